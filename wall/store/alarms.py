"""What waits for the staff, the alarms that were raised about it, and how organisers are reached."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from wall.alarms import Alarm, Reach, Waits
from wall.entries.staff_kinds import Way
from wall.model import PostState, Role
from wall.parallel import RelayState
from wall.programme import SessionState
from wall.store import vitals
from wall.store.staff_tables import alarm, alarm_way
from wall.store.tables import event, member, person, post, post_revision, relay, session

_WAITING = (PostState.RECEIVED.value, PostState.HELD.value)
_QUEUED = (RelayState.QUEUED.value, RelayState.NEXT.value)


def watched_events(conn: Connection, active_since: datetime) -> list[str]:
    """The events in which an alarm may be raised, or stands: those of which anything was written since
    then. What nobody cared for in an event that was over long ago alarms nobody. Rehearsals are none."""
    standing = select(alarm.c.event_id).where(alarm.c.times > 0)
    there = or_(event.c.last_at > active_since, event.c.id.in_(standing))
    query = select(event.c.id).where(event.c.rehearsal_of.is_(None), event.c.deleted_at.is_(None), there)
    return list(conn.execute(query.order_by(event.c.id)).scalars())


def waiting(conn: Connection, event_id: str) -> list[Waits]:
    """What waits in an event for somebody to see to it."""
    found = [_posts(conn, event_id), _points(conn, event_id), _feeds(conn, event_id)]
    return [one for one in found if one is not None]


def alarms(conn: Connection, event_id: str) -> list[Alarm]:
    """The alarms of an event, those that are over included."""
    columns = (alarm.c.matter, alarm.c.since, alarm.c.told_at, alarm.c.times)
    return [Alarm(*row) for row in conn.execute(select(*columns).where(alarm.c.event_id == event_id))]


def put(conn: Connection, event_id: str, now: Alarm) -> None:
    """Write an alarm as it is now."""
    here = (alarm.c.event_id == event_id, alarm.c.matter == now.matter)
    values = {"since": now.since, "told_at": now.told_at, "times": now.times}
    if conn.execute(update(alarm).where(*here).values(**values)).rowcount == 0:
        conn.execute(insert(alarm).values(event_id=event_id, matter=now.matter, **values))


def ways_of(conn: Connection, event_id: str, person_id: str) -> dict[Way, Reach]:
    """How one organiser is reached about an event."""
    here = (alarm_way.c.event_id == event_id, alarm_way.c.person_id == person_id)
    return {row.way: Reach(**row._asdict()) for row in conn.execute(select(alarm_way).where(*here))}


def all_ways(conn: Connection, event_id: str) -> list[Reach]:
    """How those are reached about an event who are its organisers now."""
    query = (
        select(alarm_way)
        .join(person, person.c.id == alarm_way.c.person_id)
        .join(
            member,
            and_(member.c.event_id == alarm_way.c.event_id, member.c.person_id == alarm_way.c.person_id),
            isouter=True,
        )
        .where(
            alarm_way.c.event_id == event_id,
            or_(person.c.organiser, member.c.roles.contains(f'"{Role.ORGANISER.value}"')),
        )
        .order_by(alarm_way.c.person_id, alarm_way.c.way)
    )
    return [Reach(**row._asdict()) for row in conn.execute(query)]


def choose_ways(conn: Connection, event_id: str, person_id: str, ways: Mapping[Way, Reach]) -> None:
    """Reach somebody by these ways from now on, and by no other. What stays as it was keeps how it went."""
    known = ways_of(conn, event_id, person_id)
    forget_ways(conn, event_id, person_id)
    for way, reach in ways.items():
        before = known.get(way)
        kept = before if before and (before.target, before.lang) == (reach.target, reach.lang) else reach
        conn.execute(insert(alarm_way).values(**vars(kept)))


def forget_ways(conn: Connection, event_id: str, person_id: str) -> None:
    """Reach somebody by no way any more; their addresses are forgotten."""
    here = (alarm_way.c.event_id == event_id, alarm_way.c.person_id == person_id)
    conn.execute(delete(alarm_way).where(*here))


def reached(conn: Connection, reach: Reach, at: datetime, problem: str | None) -> None:
    """Write how it went to reach somebody: `problem` is the code of why not."""
    here = (
        alarm_way.c.event_id == reach.event_id,
        alarm_way.c.person_id == reach.person_id,
        alarm_way.c.way == reach.way,
    )
    went = {"problem": problem, "problem_at": at} if problem else {"problem": None, "reached_at": at}
    conn.execute(update(alarm_way).where(*here).values(**went))


def _posts(conn: Connection, event_id: str) -> Waits | None:
    """Posts that wait for a decision; since they came, or since their author edited them last. Those of
    authors who are left off can never be shown, so nobody has to decide about them."""
    edited = (
        select(post_revision.c.post_id, func.max(post_revision.c.replaced_at).label("at"))
        .group_by(post_revision.c.post_id)
        .subquery()
    )
    since = func.coalesce(edited.c.at, post.c.received_at)
    query = (
        select(func.min(since, type_=post.c.received_at.type), func.count())
        .select_from(post)
        .join(edited, edited.c.post_id == post.c.id, isouter=True)
        .where(post.c.event_id == event_id, post.c.state.in_(_WAITING), post.c.received > 0)
        .where(post.c.left_off.is_(None))
    )
    oldest, count = conn.execute(query).one()
    return Waits("posts", oldest, count) if count else None


def _feeds(conn: Connection, event_id: str) -> Waits | None:
    """Feeds that are silent for longer than their rhythm explains, since the first of them is."""
    found = vitals.silent(conn, event_id)
    return Waits("feeds", *found) if found else None


def _points(conn: Connection, event_id: str) -> Waits | None:
    """Points in queues of sessions that run; since they were raised, or since their session began."""
    query = (
        select(relay.c.raised_at, session.c.begun_at)
        .join(session, session.c.id == relay.c.session_id)
        .where(relay.c.event_id == event_id, relay.c.state.in_(_QUEUED))
        .where(session.c.state == SessionState.RUNNING.value)
    )
    rows = conn.execute(query).all()
    waits = [max(row.raised_at, row.begun_at or row.raised_at) for row in rows]
    return Waits("points", min(waits), len(waits)) if waits else None
