"""What a robot facilitator sees when it looks up: its session, the queue, and what was said lately."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from wall.demo.cast import Cast, RoomCast
from wall.demo.day import Item
from wall.model import StoredPost
from wall.parallel import HEARD, OPEN, Contribution, Relay, RelayState
from wall.programme import Session, SessionState
from wall.store import contributions, posts, programme, relays


@dataclass(frozen=True)
class Scene:
    """A room at one moment. `recent` are shown posts, newest first; `made` is by post id."""

    planned: dict[str, Session]
    session: Session | None
    item: Item | None
    floor: Relay | None
    upcoming: Relay | None
    queue: tuple[Relay, ...]
    owing: tuple[Relay, ...]
    recent: tuple[StoredPost, ...]
    made: dict[str, Contribution]


def look(conn: Connection, cast: Cast, room: RoomCast, recent: int) -> Scene:
    """A room as it is now, and the newest `recent` posts."""
    ids = [session_id for session_id, _ in room.sessions]
    planned = programme.sessions_by_ids(conn, cast.event_id, ids)
    running = [(planned[one], item) for one, item in room.sessions if _runs(planned[one])]
    session, item = running[0] if running else (None, None)
    relayed = _relayed(conn, cast, session)
    shown = posts.shown_window(conn, cast.event_id, recent)
    by_post = contributions.of_posts(conn, {stored.id for stored in shown})
    made = contributions.by_ids(conn, cast.event_id, set(by_post.values()))
    return Scene(
        planned=planned,
        session=session,
        item=item,
        floor=next((one for one in relayed if one.state is RelayState.ON_FLOOR), None),
        upcoming=next((one for one in relayed if one.state is RelayState.NEXT), None),
        queue=tuple(one for one in relayed if one.state is RelayState.QUEUED),
        owing=_owing(conn, cast, [one for one in relayed if one.state in HEARD]),
        recent=tuple(shown),
        made={post_id: made[contribution] for post_id, contribution in by_post.items()},
    )


def _runs(session: Session) -> bool:
    return session.state is SessionState.RUNNING


def _relayed(conn: Connection, cast: Cast, session: Session | None) -> list[Relay]:
    if session is None:
        return []
    return relays.in_session(conn, cast.event_id, session.id, (*OPEN, *HEARD))


def _owing(conn: Connection, cast: Cast, heard: list[Relay]) -> tuple[Relay, ...]:
    """What was heard and whose authors are still owed a reply, longest ago first."""
    made = contributions.by_ids(conn, cast.event_id, {relay.contribution_id for relay in heard})
    owed = [relay for relay in heard if made[relay.contribution_id].owed]
    return tuple(sorted(owed, key=lambda relay: (relay.closed_at is None, relay.closed_at)))
