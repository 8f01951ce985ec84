"""Finding the twin of a post that came or changed, within one batch at the door."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from wall.intake import twinning
from wall.journal import Tx
from wall.model import Post, PostState, StoredPost
from wall.store import posts, twins
from wall.twinned import TwinWhy
from wall.twins import SIGNS, WINDOW, key_of, same
from wall.wishes import key_name

Digest = Callable[[str, str], str]
"""(event id, names) → the keyed digest by which they are known again."""


class Pairing:
    """What the posts of a batch are found by, and whether another network has one that begins alike:
    asked of the store once for all of them."""

    def __init__(self, tx: Tx, digest: Digest, batch: Sequence[Post] = ()) -> None:
        self._tx = tx
        self._digest = digest
        self._keys: dict[tuple[str, str, str], str | None] = {}
        self._seen: dict[str, set[str]] = {}
        if batch:
            self._look_up(batch)

    def key(self, post: Post) -> str | None:
        """What a post is found by; None for one that is nobody's twin."""
        name = (post.network, post.key, post.text)
        if name not in self._keys:
            self._keys[name] = key_of(post)
        return self._keys[name]

    def is_likely(self, post: Post) -> bool:
        """Whether another network had a post that begins alike, before this one in the batch or in the
        store. Take note of it."""
        key = self.key(post)
        if key is None:
            return False
        seen = self._seen.setdefault(key, set())
        likely = not seen <= {post.network}
        seen.add(post.network)
        return likely

    def pair(self, post_id: str) -> frozenset[str]:
        """Let one post stand for the other, if this one, which is stored, has a twin; the ids of both. One
        that stands for others already goes on, else the one that came first does."""
        stored = posts.by_ids(self._tx.conn, self._tx.event.id, {post_id})[post_id]
        found = self._twin_of(stored) if stored.state in twins.STANDING and not stored.twins else None
        if found is None:
            return frozenset()
        standing, why = found
        if not standing.twins and stored.received < standing.received:
            standing, stored = stored, standing
        if not twinning.may_stand(standing, why):
            return frozenset()
        twinning.cover(self._tx, standing, stored, why)
        return frozenset({standing.id, stored.id})

    def _look_up(self, batch: Sequence[Post]) -> None:
        times = [min(post.created_at, self._tx.now) for post in batch]
        keys = {key for post in batch if (key := self.key(post))}
        reach = (min(times) - WINDOW, max(times) + WINDOW)
        for key, network in twins.elsewhere(self._tx.conn, self._tx.event.id, keys, *reach):
            self._seen.setdefault(key, set()).add(network)

    def _twin_of(self, stored: StoredPost) -> tuple[StoredPost, TwinWhy] | None:
        """The post that may stand for this one or be its twin, and the best that says so."""
        post, key = stored.post, self.key(stored.post)
        if key is None:
            return None
        near = (post.created_at - WINDOW, post.created_at + WINDOW)
        there = twins.candidates(self._tx.conn, self._tx.event.id, key, post.network, *near)
        pairs = {one.id: pair_of(self._digest, self._tx.event.id, post, one.post) for one in there}
        told = twins.told(self._tx.conn, self._tx.event.id, set(pairs.values()))
        signs = [(one, same(post, one.post, told.get(pairs[one.id]))) for one in there]
        likely = [(one, why) for one, why in signs if why is not None]
        for one, why in sorted(likely, key=lambda found: SIGNS.index(found[1])):
            standing = self._standing(one)
            if standing and _may_pair(stored, standing, why):
                return standing, why
        return None

    def _standing(self, one: StoredPost) -> StoredPost | None:
        if one.state is not PostState.TWIN:
            return one
        found = posts.by_ids(self._tx.conn, self._tx.event.id, {one.twin_of or ""})
        return next(iter(found.values()), None)


def pair_of(digest: Digest, event_id: str, one: Post, other: Post) -> str:
    """By what it is known what a moderator said of two accounts, in whatever order."""
    return digest(event_id, " + ".join(sorted(_names((one, other)))))


def _names(both: Iterable[Post]) -> Iterable[str]:
    return (key_name(post.network, post.author) for post in both)


def _may_pair(stored: StoredPost, standing: StoredPost, why: TwinWhy) -> bool:
    """Whether one may stand for the other: of each network one, whole groups say the same, and where it
    could be feigned who they are nobody is kept off the walls by another's post."""
    room = twinning.has_room(standing, stored) and twinning.is_still(stored, standing, why)
    return room and twinning.may_stand(standing, why)
