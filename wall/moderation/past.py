"""What rules need to know of an event's earlier posts, gathered once for a batch and kept in step. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from wall.model import Post, PostState, Reason
from wall.moderation.judging import History
from wall.moderation.rules import Rules

_Who = tuple[str, str]
"""Network and key of an author."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An earlier post as far as later ones are judged by it. `digest` is its `text_digest`."""

    network: str
    key: str
    author_key: str
    created_at: datetime
    digest: str | None
    approved: bool


class Past:
    """Earlier posts of one event. `reach` says which are needed; `history` what they mean for a post.

    Posts of one batch are judged one after the other: each is added before the next is judged.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._approved: dict[_Who, set[str]] = {}
        self._times: dict[_Who, dict[str, datetime]] = {}
        self._alike: dict[str, dict[tuple[str, str], tuple[_Who, datetime]]] = {}
        self._digests: dict[tuple[str, str], str] = {}

    @staticmethod
    def reach(rules: Rules, times: Iterable[datetime]) -> tuple[datetime, datetime] | None:
        """From when to when posts matter to posts of these times; None where no rule looks at times.

        Whether an author was ever approved (`Mode.KNOWN`) has no reach: that is asked apart.
        """
        windows = [limit.minutes for limit in (rules.flood, rules.lookalikes) if limit]
        moments = sorted(times)
        if not windows or not moments:
            return None
        window = timedelta(minutes=max(windows))
        return moments[0] - window, moments[-1] + window

    def add(self, seen: Seen) -> None:
        """Take note of a post; one that is known is replaced."""
        who, post = (seen.network, seen.author_key), (seen.network, seen.key)
        self._times.setdefault(who, {})[seen.key] = seen.created_at
        approved = self._approved.setdefault(who, set())
        (approved.add if seen.approved else approved.discard)(seen.key)
        before = self._digests.pop(post, None)
        if before is not None:
            del self._alike[before][post]
        if seen.digest is not None:
            self._alike.setdefault(seen.digest, {})[post] = (who, seen.created_at)
            self._digests[post] = seen.digest

    def add_post(self, post: Post, digest: str | None, state: PostState) -> None:
        """Take note of a post that was judged just now."""
        approved = state is PostState.APPROVED
        self.add(Seen(post.network, post.key, post.author.key, post.created_at, digest, approved))

    def approve(self, network: str, author_key: str) -> None:
        """Take note that some post of this author was approved, ever."""
        self._approved.setdefault((network, author_key), set()).add("")

    def history(
        self,
        post: Post,
        digest: str | None,
        state: PostState | None = None,
        reasons: tuple[Reason, ...] = (),
    ) -> History:
        """What is known before this post is judged. `digest` is its `text_digest`; `state` and `reasons`
        are those that it has, None when it is new."""
        who = (post.network, post.author.key)
        approved = self._approved.get(who, ())
        times = [at for key, at in self._times.get(who, {}).items() if key != post.key]
        return History(
            state=state,
            reasons=reasons,
            author_approved=len(approved) - (post.key in approved),
            author_times=tuple(times),
            same_text_authors=self._same_text_authors(post, digest, who),
        )

    def _same_text_authors(self, post: Post, digest: str | None, who: _Who) -> int:
        limit = self._rules.lookalikes
        if limit is None or digest is None:
            return 0
        alike = self._alike.get(digest)
        if not alike:
            return 0
        window = timedelta(minutes=limit.minutes)
        return len(
            {other for other, at in alike.values() if other != who and abs(at - post.created_at) <= window}
        )
