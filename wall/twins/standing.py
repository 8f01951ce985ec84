"""What a post shows of the one that it stands for, and what becomes of that one by itself. Pure."""

from __future__ import annotations

from wall.model import PostState, Reason, StoredPost
from wall.twinned import SURE, Twin, TwinWhy
from wall.wishes import BARS, bar_of

_STRICTNESS = {
    PostState.APPROVED: 0,
    PostState.RECEIVED: 1,
    PostState.HELD: 1,
    PostState.REJECTED: 2,
    PostState.HIDDEN: 2,
}


def marked(twin: StoredPost, why: TwinWhy) -> Twin:
    """What the post that stands for this one has to know of it. A wish counts for both only where it is
    sure that one person asks."""
    post = twin.post
    return Twin(
        id=twin.id,
        network=post.network,
        url=post.url,
        why=why,
        warning=post.warning,
        sensitive=post.sensitive,
        bar=bar_of(twin) if why in SURE else None,
    )


def by_itself(
    own: PostState,
    reasons: tuple[Reason, ...],
    stood: StoredPost,
    *,
    strangers: bool = False,
    sure: bool = True,
) -> tuple[PostState, tuple[Reason, ...]]:
    """Where moderation has a post that another one stood for until now: what was judged of itself, or what
    was decided of the other one if that is stricter. `strangers`: they were never one person's, so a wish
    of the other one says nothing. Where it is not `sure` that they are, no decision of it is taken over
    either: words that somebody took off the walls wait for a person, who sees whose they are."""
    wished = (strangers or not sure) and any(one.code in BARS for one in stood.reasons)
    if wished or _STRICTNESS.get(own, 2) >= _STRICTNESS.get(stood.state, 0):
        return own, reasons
    if not sure:
        return PostState.HELD, (Reason(code="reconsidered"),)
    return stood.state, stood.reasons
