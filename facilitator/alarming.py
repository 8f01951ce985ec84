"""Alarms organisers when something waits and nobody is at a desk who could see to it.

Every process looks; what is to be told is written in one command first, under the event's lock, so that one
of them tells it. Rehearsals alarm nobody.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from wall.access import may
from wall.alarms import Attended, Reach, Step, Tell, decide
from wall.duty import PRESENT_SECONDS, last_seen
from wall.entries import staff_kinds as kinds
from wall.entries.staff_kinds import Matter
from wall.errors import BackchannelError
from wall.journal import Journal, Tx
from wall.model import Event, Role, utc_now
from wall.push import Message, Note, Reaching
from wall.routes.when import When
from wall.routes.words import Words
from wall.store import alarms, members, people

LOOK_SECONDS = 15.0
"""Between two looks at what waits."""
ACTIVE = timedelta(hours=24)
"""An event in whose journal nothing was written for so long is over, or has not begun."""
ACTOR = "system"
VERBS: dict[Matter, str] = {"posts": "posts.judge", "points": "queue.move", "feeds": "feed.add"}
"""Who could see to a matter: whoever may do this."""

log = structlog.get_logger(__name__)


class Alarming:
    """Looks after every event for as long as it runs."""

    def __init__(
        self,
        journal: Journal,
        reaching: Reaching,
        words: Words,
        *,
        look_seconds: float = LOOK_SECONDS,
        clock: Callable[[], datetime] = utc_now,
        known_after: float = PRESENT_SECONDS + 5,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`known_after`: seconds after which this process has heard from every open desk."""
        self._journal = journal
        self._reaching = reaching
        self._words = words
        self._look_seconds = look_seconds
        self._clock = clock
        self._monotonic = monotonic
        self._known_at = monotonic() + known_after
        self._telling: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Look for ever. What fails is looked at again."""
        try:
            while True:
                await asyncio.sleep(self._look_seconds)
                try:
                    await self.look()
                except BackchannelError as problem:
                    log.warning("alarm.look_failed", code=problem.code)
                except Exception:
                    log.exception("alarm.look_failed")
        finally:
            for task in self._telling:
                task.cancel()
            await asyncio.gather(*self._telling, return_exceptions=True)

    async def look(self) -> None:
        """Look once at every event in which something waits. While it cannot be known who is at a desk,
        nobody is alarmed."""
        if self._monotonic() < self._known_at or not await self._journal.bus.healthy():
            return
        since = self._clock() - ACTIVE
        for event_id in await self._journal.store.read(lambda conn: alarms.watched_events(conn, since)):
            try:
                await self._look_at(event_id)
            except BackchannelError as problem:
                log.warning("alarm.look_failed", event_id=event_id, code=problem.code)

    async def settled(self) -> None:
        """Wait until everybody was told, or could not be."""
        while self._telling:
            await asyncio.gather(*self._telling, return_exceptions=True)

    async def _look_at(self, event_id: str) -> None:
        now = self._clock()
        attended = await attendance(self._journal, event_id, now)
        steps = await self._journal.store.read(lambda conn: _steps(conn, event_id, now, attended))
        if not steps:
            return
        done = await self._journal.command(event_id, ACTOR, lambda tx: _write(tx, now, attended))
        for step in done.result:
            if isinstance(step, Tell):
                self._tell(event_id, step)

    def _tell(self, event_id: str, step: Tell) -> None:
        task = asyncio.create_task(self._told(event_id, step), name=f"alarm:{step.alarm.matter}")
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _told(self, event_id: str, step: Tell) -> None:
        matter = step.alarm.matter
        log.info("alarm.raised", event_id=event_id, matter=matter, times=step.alarm.times)
        event = await self._journal.event(event_id)
        ways = await self._journal.store.read(lambda conn: alarms.all_ways(conn, event_id))
        await asyncio.gather(*(self._one(event, reach, step) for reach in ways))

    async def _one(self, event: Event, reach: Reach, step: Tell) -> None:
        try:
            code = await self._reaching.tell(reach, message_of(self._words, event, step, reach.lang))
        except Exception:
            log.exception("alarm.failed", event_id=event.id, way=reach.way)
            code = "fault"
        try:
            await went(self._journal, reach, code)
        except BackchannelError as problem:
            log.warning("alarm.not_noted", event_id=event.id, way=reach.way, code=problem.code)


def _steps(conn: Connection, event_id: str, now: datetime, attended: dict[Matter, Attended]) -> list[Step]:
    return decide(now, alarms.waiting(conn, event_id), attended, alarms.alarms(conn, event_id))


def _write(tx: Tx, now: datetime, attended: dict[Matter, Attended]) -> list[Step]:
    """Command: write what is to be done, as it is seen under the event's lock."""
    steps = _steps(tx.conn, tx.event.id, now, attended)
    for step in steps:
        alarms.put(tx.conn, tx.event.id, step.alarm)
        if isinstance(step, Tell):
            told = kinds.AlarmRaised(matter=step.alarm.matter, times=step.alarm.times, waiting=step.waiting)
            tx.append(told)
        else:
            tx.append(kinds.AlarmCleared(matter=step.alarm.matter))
    return steps


async def attendance(journal: Journal, event_id: str, now: datetime) -> dict[Matter, Attended]:
    """Who could see to each matter of an event."""
    seen = await last_seen(journal.bus, event_id)
    roles = await journal.store.read(lambda conn: _roles(conn, event_id))
    found: dict[Matter, Attended] = {}
    for matter, verb in VERBS.items():
        ages = [age for person, age in seen.items() if may(roles.get(person, ()), verb)]
        last = now - timedelta(seconds=min(ages)) if ages else None
        found[matter] = Attended(now=bool(ages) and min(ages) <= PRESENT_SECONDS, last=last)
    return found


def _roles(conn: Connection, event_id: str) -> dict[str, frozenset[Role]]:
    roles = {one.person_id: frozenset(one.roles) for one in members.listed(conn, event_id)}
    for one in people.organisers(conn):
        roles[one.id] = roles.get(one.id, frozenset()) | {Role.ORGANISER}
    return roles


def message_of(words: Words, event: Event, step: Tell, lang: str) -> Message:
    """What an organiser is told of an alarm. No words of anybody are in it."""
    matter, since = step.alarm.matter, step.alarm.since
    when = When(event.zone, lang, words)
    title = words.say(lang, f"alarm.{matter}.title", event=event.name)
    body = words.say(lang, f"alarm.{matter}.body", count=step.waiting, time=when.clock(since))
    page = f"/events/{event.slug}/feeds" if matter == "feeds" else f"/desk/{event.slug}"
    note = Note(title, body, page, f"alarm-{matter}")
    fields: dict[str, str | int | None] = {
        "kind": "alarm",
        "event": event.slug,
        "matter": matter,
        "waiting": step.waiting,
        "since": since.isoformat(),
        "times": step.alarm.times,
    }
    return Message(note, fields)


async def went(journal: Journal, reach: Reach, code: str) -> None:
    """Write how it went to reach somebody; where it failed, the journal says so."""

    def write(tx: Tx) -> None:
        alarms.reached(tx.conn, reach, tx.now, code or None)
        if code:
            tx.append(kinds.AlarmUndelivered(person=reach.person_id, way=reach.way, problem=code))

    await journal.command(reach.event_id, ACTOR, write)
