"""Contributions: the points that facilitation is about. One is made when it is first touched."""

from __future__ import annotations

from typing import Any

from facilitator.guards import Acting, may_approve, post_of, require_there
from wall.entries import Subject, kinds
from wall.intake import moves
from wall.journal import Tx
from wall.model import PostState, StoredPost, new_id
from wall.parallel import Contribution
from wall.store import contributions
from wall.wishes import bar_of

_WAITING = frozenset({PostState.HELD, PostState.RECEIVED})


def contribution_with(tx: Tx, stored: StoredPost) -> Contribution:
    """The contribution that this post is in; made now if there is none."""
    known = contributions.of_posts(tx.conn, {stored.id}).get(stored.id)
    if known is not None:
        return contributions.by_ids(tx.conn, tx.event.id, {known})[known]
    made = new_contribution(tx, stored)
    contributions.add(tx.conn, made)
    return made


def new_contribution(tx: Tx, stored: StoredPost) -> Contribution:
    """A contribution of this post alone, said to readers; its row is yet to be written."""
    made = Contribution(
        id=new_id(),
        event_id=tx.event.id,
        posts=(stored.id,),
        lead=stored.state,
        shown=stored.shown > 0,
        tags=(),
        noted=False,
        relay=None,
        owed=0,
        told=0,
        version=1,
    )
    tx.append(kinds.ContributionMade(posts=made.posts), *posts_of(made))
    return made


def posts_of(contribution: Contribution) -> tuple[Subject, ...]:
    """Its posts as subjects: whoever hears of them hears of all that hangs on them."""
    return tuple(("post", post_id) for post_id in contribution.posts)


def is_handled(contribution: Contribution) -> bool:
    """Whether somebody did something about it."""
    return contribution.noted or bool(contribution.tags) or contribution.relay is not None


def approve_waiting(tx: Tx, acting: Acting, stored: StoredPost) -> None:
    """Show a post that waits, if they may decide that and it may be shown: whoever does something with it
    has read it."""
    if stored.state in _WAITING and may_approve(acting) and bar_of(stored) is None:
        moves.approved(tx, stored)


def note(tx: Tx, post_id: str, on: bool) -> dict[str, Any]:
    """Say that a post was seen and there is nothing to do, or take that back. Saying it twice changes
    nothing. Raises NotFound, Refused for what was taken away."""
    stored = post_of(tx, post_id)
    require_there(stored)
    known = contribution_with(tx, stored)
    if known.noted is not on:
        tx.append(kinds.ContributionNoted(on=on), *posts_of(known))
        contributions.save(tx.conn, known.id, noted=on, version=known.version + 1)
    return {"contribution": known.id, "noted": on}
