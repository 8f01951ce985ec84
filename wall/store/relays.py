"""Relays: contributions on their way through sessions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from wall.model import PostState
from wall.parallel import EXAMPLES, OPEN, PUBLIC_STATES, Relay, RelayState, StoredRelay
from wall.store import posts
from wall.store.chunks import ids_in_chunks
from wall.store.tables import contribution, contribution_post, post, relay

_IDS: Any = bindparam("ids", expanding=True)
_STATES: Any = bindparam("states", expanding=True)
_IN_EVENT = select(relay).where(relay.c.event_id == bindparam("event"))
_BY_IDS = _IN_EVENT.where(relay.c.id.in_(_IDS))
_OF_CONTRIBUTIONS = (
    select(relay).where(relay.c.contribution_id.in_(_IDS)).order_by(relay.c.raised_at, relay.c.id)
)
_IN_SESSION = _IN_EVENT.where(
    relay.c.session_id == bindparam("session"), relay.c.state.in_(_STATES)
).order_by(relay.c.rank, relay.c.raised_at, relay.c.id)
_OPEN = _IN_EVENT.where(relay.c.state.in_([state.value for state in OPEN]))
_ON_FLOORS = _IN_EVENT.where(relay.c.state == RelayState.ON_FLOOR.value)
_CLOSED = (
    _IN_EVENT.where(relay.c.closed_at.is_not(None), relay.c.state.in_(_STATES))
    .order_by(relay.c.closed_at.desc(), relay.c.id)
    .limit(bindparam("most"))
)
_POSTS_OF = (
    select(
        contribution_post.c.contribution_id,
        contribution_post.c.post_id,
        post.c.state,
        post.c.network,
        post.c.author_key,
        contribution.c.wording,
    )
    .join(post, post.c.id == contribution_post.c.post_id)
    .join(contribution, contribution.c.id == contribution_post.c.contribution_id)
    .where(contribution_post.c.contribution_id.in_(_IDS))
    .order_by(contribution_post.c.position)
)


def add(conn: Connection, new: Relay) -> None:
    """Store a new relay."""
    conn.execute(insert(relay).values(**new.model_dump()))


def save(conn: Connection, changed: Relay) -> None:
    """Write a relay as it is now."""
    conn.execute(update(relay).where(relay.c.id == changed.id).values(**changed.model_dump(exclude={"id"})))


def plain(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, Relay]:
    """Relays of an event by id, without their posts."""
    return {
        row.id: _relay(row)
        for some in ids_in_chunks(ids)
        for row in conn.execute(_BY_IDS, {"event": event_id, "ids": some})
    }


def by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, StoredRelay]:
    """Relays of an event by id, with what they are rendered from."""
    found = _with_posts(conn, event_id, plain(conn, event_id, ids).values())
    return {stored.relay.id: stored for stored in found}


def in_session(
    conn: Connection, event_id: str, session_id: str, states: Iterable[RelayState] = OPEN
) -> list[Relay]:
    """The relays of a session that are in these states, in the order of its queue."""
    asked = {"event": event_id, "session": session_id, "states": [state.value for state in states]}
    return [_relay(row) for row in conn.execute(_IN_SESSION, asked)]


def on_floors(conn: Connection, event_id: str) -> list[Relay]:
    """What the rooms of an event discuss now."""
    return [_relay(row) for row in conn.execute(_ON_FLOORS, {"event": event_id})]


def set_rank(conn: Connection, relay_id: str, rank: int) -> None:
    """Move a relay within its queue, for another's sake: its version stays."""
    conn.execute(update(relay).where(relay.c.id == relay_id).values(rank=rank))


def of_contributions(conn: Connection, ids: Collection[str]) -> list[Relay]:
    """All relays of these contributions, oldest first within each portion."""
    return [
        _relay(row) for some in ids_in_chunks(ids) for row in conn.execute(_OF_CONTRIBUTIONS, {"ids": some})
    ]


def newest_of(conn: Connection, ids: Collection[str]) -> dict[str, Relay]:
    """The newest relay of each of these contributions that has one, by contribution id. What was taken
    back was no attempt."""
    return {one.contribution_id: one for one in of_contributions(conn, ids) if not one.taken_back}


def window(conn: Connection, event_id: str, most: int, *, public: bool) -> list[StoredRelay]:
    """What a snapshot holds: the relays that are open, and the `most` that were closed last; with
    `public`, only those that everybody may see."""
    states = PUBLIC_STATES if public else tuple(RelayState)
    closed = {"event": event_id, "most": most, "states": [state.value for state in states]}
    rows = [*conn.execute(_OPEN, {"event": event_id}), *conn.execute(_CLOSED, closed)]
    return _with_posts(conn, event_id, map(_relay, rows))


def _with_posts(conn: Connection, event_id: str, found: Iterable[Relay]) -> list[StoredRelay]:
    """Relays with the post that leads each, and the ids of its others that are shown."""
    listed = list(found)
    members: dict[str, list[Any]] = defaultdict(list)
    for some in ids_in_chunks({one.contribution_id for one in listed}):
        for row in conn.execute(_POSTS_OF, {"ids": some}):
            members[row.contribution_id].append(row)
    wanted = {one.post_id for rows in members.values() for one in (rows[0], *_others(rows)[:EXAMPLES])}
    leads = posts.by_ids(conn, event_id, wanted)
    return [_joined(one, members[one.contribution_id], leads) for one in listed]


def _joined(one: Relay, members: list[Any], leads: dict[str, Any]) -> StoredRelay:
    others = _others(members)
    return StoredRelay(
        relay=one,
        lead=leads[members[0].post_id],
        others=tuple(row.post_id for row in others),
        voices=len({(row.network, row.author_key) for row in (members[0], *others)}),
        wording=members[0].wording or "",
        examples=tuple(leads[row.post_id] for row in others[:EXAMPLES]),
    )


def _others(members: list[Any]) -> list[Any]:
    return [row for row in members[1:] if row.state == PostState.APPROVED.value]


def _relay(row: Row[Any]) -> Relay:
    return Relay(**row._asdict())
