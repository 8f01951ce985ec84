"""What follows from posts that come in: each gets the session that it belongs to, and those that make one
point are gathered. It happens in the transaction that lets them in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from facilitator.contributions import is_handled, new_contribution
from facilitator.joining import MOST_POSTS, owe_if_heard
from facilitator.placing import Clues, Programme, suggest
from wall.entries.contribution_kinds import ContributionGathered
from wall.journal import Came, Tx
from wall.model import PostState, StoredPost, fold_hashtag
from wall.parallel import HEARD, Contribution, Placed, Placement
from wall.store import contributions, joining, likeness, placements, posts, programme, relays

_THERE = frozenset({PostState.APPROVED, PostState.HELD, PostState.RECEIVED})
How = Literal["thread", "same"]


def arrived(tx: Tx, came: Sequence[Came]) -> None:
    """The consequence of posts that came in: where they belong, and with what they make one point."""
    actor, tx.actor = tx.actor, "system"
    answered = _answered(tx, came)
    place(tx, came, answered)
    gather(tx, came, answered)
    tx.actor = actor


def place(tx: Tx, came: Sequence[Came], answered: Mapping[str, StoredPost]) -> None:
    """Write which session each post belongs to, where a clue tells. `answered`: what posts answer, by
    their ids. The entries of the posts tell readers."""
    sessions = programme.sessions(tx.conn, tx.event.id)
    if not sessions:
        return
    known = Programme(sessions, frozenset(map(fold_hashtag, tx.event.hashtags)))
    places = places_of(tx, answered.values())
    made = []
    for one in came:
        before = answered.get(one.stored.id)
        clues = Clues(answered=places.get(before.id) if before else None, page=one.session)
        found = suggest(one.stored.post, known, clues)
        if found is not None:
            places[one.stored.id] = found[0]
            made.append(_placement(tx, one.stored.id, *found))
    placements.add(tx.conn, made)


def gather(tx: Tx, came: Sequence[Came], answered: Mapping[str, StoredPost]) -> None:
    """Put posts that go on with what their own author said, or that say the same as another one, into
    the contribution of that. However many come, it takes as many statements."""
    found = list(_going_with(tx, came, answered))
    made = contributions.of_posts(tx.conn, {stored.id for stored, _, _ in found}) if found else {}
    found = [one for one in found if one[0].id not in made]  # whoever let it in made it a point of its own
    if not found:
        return
    gathering = _Gathering(tx, _homes(tx, {other.id for _, other, _ in found}))
    for stored, other, how in found:
        gathering.join(stored, other, how)
    gathering.write()


def _going_with(
    tx: Tx, came: Sequence[Came], answered: Mapping[str, StoredPost]
) -> Iterator[tuple[StoredPost, StoredPost, How]]:
    """The posts that belong to another one, with that and why, in the order in which they came."""
    alike = _alike(tx, came)
    for one in came:
        stored = one.stored
        if stored.state not in _THERE:
            continue
        same, before = alike.get(one.digest or ""), answered.get(stored.id)
        if same is not None:
            yield stored, same, "same"
        elif before and _goes_on(stored, before):
            yield stored, before, "thread"
        if one.digest:
            alike[one.digest] = stored


def _homes(tx: Tx, ids: Collection[str]) -> dict[str, Contribution]:
    """The contributions of those of these posts that are in one, by post."""
    made = contributions.of_posts(tx.conn, ids)
    known = contributions.by_ids(tx.conn, tx.event.id, set(made.values()))
    return {post_id: known[home] for post_id, home in made.items()}


@dataclass
class _Gathering:
    """Posts on their way into contributions. `homes`: the contributions that are there, by their posts;
    all are read and written at once."""

    tx: Tx
    homes: dict[str, Contribution]
    made: list[Contribution] = field(default_factory=list)
    joined: dict[tuple[str, How], list[str]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def join(self, stored: StoredPost, other: StoredPost, how: How) -> None:
        home = self._home(other)
        if self.sizes.setdefault(home.id, len(home.posts)) >= MOST_POSTS:
            return
        if how == "thread" and is_handled(home):
            return  # nobody would see what is new in it
        self.sizes[home.id] += 1
        self.homes[stored.id] = home
        self.joined.setdefault((home.id, how), []).append(stored.id)

    def write(self) -> None:
        """Whoever hears of a post hears of the contribution that it is in now."""
        contributions.add(self.tx.conn, *self.made)
        behind: dict[str, list[str]] = {}
        for (home, how), ids in self.joined.items():
            behind.setdefault(home, []).extend(ids)
            data = ContributionGathered(posts=tuple(ids), how=how)
            self.tx.append(data, *(("post", post_id) for post_id in ids))
        joining.append(self.tx.conn, behind)
        self._owe(list(behind))

    def _owe(self, homes: Collection[str]) -> None:
        """Owe a reply to who came to a point that a room took up already."""
        raised = relays.of_contributions(self.tx.conn, homes)
        heard = {one.contribution_id for one in raised if one.state in HEARD}
        for now in contributions.by_ids(self.tx.conn, self.tx.event.id, heard).values():
            owe_if_heard(self.tx, now)

    def _home(self, other: StoredPost) -> Contribution:
        if other.id not in self.homes:
            self.homes[other.id] = new_contribution(self.tx, other)
            self.made.append(self.homes[other.id])
        return self.homes[other.id]


def _answered(tx: Tx, came: Sequence[Came]) -> dict[str, StoredPost]:
    """The posts that these answer, as far as they are here: by the id of the one that answers."""
    wanted: dict[str, set[str]] = {}
    for one in came:
        if one.stored.post.reply_to:
            wanted.setdefault(one.stored.post.network, set()).add(one.stored.post.reply_to)
    found = {
        (network, key): stored
        for network, keys in wanted.items()
        for key, stored in posts.known(tx.conn, tx.event.id, network, keys).items()
    }
    pairs = (
        (one.stored, found.get((one.stored.post.network, one.stored.post.reply_to or ""))) for one in came
    )
    return {stored.id: before for stored, before in pairs if before and before.id != stored.id}


def places_of(tx: Tx, before: Iterable[StoredPost]) -> dict[str, str]:
    """Where posts belong: to the session that they were brought into, else to the one that was told."""
    ids = {stored.id for stored in before}
    placed = {id_: one.session_id for id_, one in placements.plain(tx.conn, ids).items() if one.session_id}
    made = contributions.of_posts(tx.conn, ids)
    raised = relays.newest_of(tx.conn, set(made.values()))
    return placed | {id_: raised[home].session_id for id_, home in made.items() if home in raised}


def _placement(tx: Tx, post_id: str, session_id: str, reason: Placed) -> Placement:
    return Placement(
        id=post_id,
        event_id=tx.event.id,
        session_id=session_id,
        reason=reason,
        by_hand=False,
        claimed_by=None,
        claimed_at=None,
        version=1,
    )


def _alike(tx: Tx, came: Sequence[Came]) -> dict[str, StoredPost]:
    """By what look-alikes are found by: the newest post that was here before and says the same."""
    digests = {one.digest for one in came if one.digest}
    if not digests:
        return {}
    first = min(one.stored.received for one in came)
    newest = likeness.same_text(tx.conn, tx.event.id, digests, _THERE, first)
    there = posts.by_ids(tx.conn, tx.event.id, newest.values())
    return {digest: there[post_id] for digest, post_id in newest.items()}


def _goes_on(stored: StoredPost, before: StoredPost) -> bool:
    """Whether a post is the next one of a thread that one author writes."""
    one, other = stored.post, before.post
    same = (one.network, one.author.key) == (other.network, other.author.key)
    return same and before.state in _THERE
