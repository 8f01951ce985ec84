"""The robots: they run a whole day through the real commands, and stop at once when they are told to."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.support.waiting import eventually
from wall.bus import InProcessBus
from wall.demo.cast import Cast
from wall.demo.playing import play
from wall.demo.preparing import prepare
from wall.demo.robots import Robots
from wall.demo.world import make_world
from wall.entries import kinds
from wall.errors import Stale
from wall.intake import Intake
from wall.journal import Journal, Tx
from wall.model import PostState
from wall.parallel import RelayState
from wall.store import Store, contributions, posts, programme
from wall.store import tables as t

FAST = 2_500.0
"""Minutes of the day in one minute: all of it in about ten seconds."""
SLOW = 40.0
ENOUGH = 10
"""Points taken up, on a day that shows what robots do."""
WORLD = make_world(3)


class Stage:
    """A prepared demo over a real store."""

    def __init__(self, store: Store, journal: Journal, intake: Intake, cast: Cast) -> None:
        self.store = store
        self.journal = journal
        self.intake = intake
        self.cast = cast

    @contextlib.asynccontextmanager
    async def running(self, robots: Robots) -> AsyncIterator[None]:
        """Robots at work while the block runs."""
        task = asyncio.create_task(robots.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def entries(self, after: int = 0) -> list[dict[str, Any]]:
        """The journal after a seq."""
        ours = t.entry.c.event_id == self.cast.event_id
        query = select(t.entry.c.body).where(ours, t.entry.c.seq > after).order_by(t.entry.c.seq)
        with self.store.reading() as conn:
            return [json.loads(row.body) for row in conn.execute(query)]

    def of_robots(self, after: int = 0) -> list[dict[str, Any]]:
        """What robots did after a seq."""
        staff = {
            f"person:{who}" for who in (self.cast.moderator, *(room.robot for room in self.cast.rooms))
        }
        return [entry for entry in self.entries(after) if entry["actor"] in staff]

    async def mark(self) -> int:
        """The seq of a command of somebody else, given now."""
        done = await self.journal.command(
            self.cast.event_id, "system", lambda tx: tx.append(kinds.EventChanged(fields=()))
        )
        return done.seq

    def relays(self) -> list[Any]:
        """All relays, as rows."""
        with self.store.reading() as conn:
            return list(conn.execute(select(t.relay)))


async def staged(store: Store, speed: float) -> Stage:
    """A demo at the moment at which it begins."""
    journal = Journal(store, InProcessBus())
    intake = Intake(journal, b"a secret of the tests")
    return Stage(store, journal, intake, await prepare(intake, WORLD, speed))


async def test_it_begins_with_something_on_every_face(sqlite_store: Store) -> None:
    stage = await staged(sqlite_store, SLOW)
    event = await stage.journal.event("demo")
    assert event.shown > 100
    for room in stage.cast.rooms:
        session_id = room.sessions[0][0]
        states = [row.state for row in stage.relays() if row.session_id == session_id]
        assert states.count(RelayState.ON_FLOOR) == states.count(RelayState.NEXT) == 1
        assert states.count(RelayState.QUEUED) >= 3
        assert states.count(RelayState.DISCUSSED) + states.count(RelayState.ANSWERED) >= 3
    with stage.store.reading() as conn:
        own = [
            p for p in posts.shown_window(conn, event.id, 400) if stage.cast.visitor in p.post.author.key
        ]
        made = contributions.of_posts(conn, {own[0].id})
        point = contributions.by_ids(conn, event.id, set(made.values())).popitem()[1]
    assert point.relay is not None
    assert point.relay.state is RelayState.NEXT
    await stage.intake.close()


async def test_robots_run_the_day_to_its_end(sqlite_template: Path, tmp_path: Path) -> None:
    """How much they get done depends on the machine: a slow one is given a slower day."""
    taken = 0
    for speed in (FAST, FAST / 4, FAST / 16):
        path = shutil.copy(sqlite_template, tmp_path / f"{speed}.db")
        with contextlib.closing(Store(f"sqlite:///{path}")) as store:
            taken = await _whole_day(store, speed)
        if taken > ENOUGH:
            break
    assert taken > ENOUGH


async def _whole_day(store: Store, speed: float) -> int:
    """Let robots run the day; how many points were taken up. AssertionError where one went wrong."""
    stage = await staged(store, speed)
    async with stage.running(Robots(stage.cast, stage.journal)):
        await play(stage.intake, stage.cast)
        await eventually(lambda: not _running(stage), what="the end of all sessions")
        await eventually(lambda: _rejected(stage), what="a rejection")
    rows = stage.relays()
    heard = [row for row in rows if row.state in {RelayState.DISCUSSED, RelayState.ANSWERED}]
    assert not [
        row for row in rows if row.state in {RelayState.ON_FLOOR, RelayState.NEXT, RelayState.QUEUED}
    ]
    with stage.store.reading() as conn:
        told = conn.execute(select(t.receipt).where(t.receipt.c.state == "told")).all()
    assert all(row.words and "<" not in row.words for row in told)
    await stage.intake.close()
    taken = _taken_one_at_a_time(stage)
    assert taken <= ENOUGH or (heard and told)
    return taken


def _running(stage: Stage) -> list[str]:
    with stage.store.reading() as conn:
        listed = programme.sessions(conn, stage.cast.event_id)
    return [session.id for session in listed if session.state == "running"]


def _rejected(stage: Stage) -> bool:
    rejected = select(t.post.c.id).where(t.post.c.state == PostState.REJECTED.value)
    with stage.store.reading() as conn:
        return conn.execute(rejected).first() is not None


def _taken_one_at_a_time(stage: Stage) -> int:
    """How many points were taken up. AssertionError if a room ever had two points on its floor, or a
    point was taken up twice."""
    rooms = {session_id: room.id for room in stage.cast.rooms for session_id, _ in room.sessions}
    room_of = {row.id: rooms[row.session_id] for row in stage.relays()}
    floors: dict[str, str] = {}
    taken: set[str] = set()
    for entry in stage.entries():
        relay = next((one for kind, one in entry["subjects"] if kind == "relay"), "")
        if entry["kind"] == "relay.taken_up":
            assert room_of[relay] not in floors
            assert relay not in taken
            taken.add(relay)
            floors[room_of[relay]] = relay
        elif entry["kind"] == "relay.closed" and floors.get(room_of[relay]) == relay:
            del floors[room_of[relay]]
    assert not floors
    return len(taken)


async def test_robots_that_are_off_give_no_command(sqlite_store: Store) -> None:
    stage = await staged(sqlite_store, SLOW)
    robots = Robots(stage.cast, stage.journal, on=False)
    began = await stage.mark()
    async with stage.running(robots):
        day = asyncio.create_task(play(stage.intake, stage.cast))
        await eventually(lambda: len(stage.entries(began)) > 10, what="some posts")
        assert stage.of_robots(began) == []
        robots.on = True
        await eventually(lambda: stage.of_robots(began), what="the robots")
        robots.on = False
        off = await stage.mark()
        await eventually(lambda: len(stage.entries(off)) > 10, what="more posts")
        assert stage.of_robots(off) == []
        day.cancel()
    await stage.intake.close()


async def test_a_robot_that_comes_too_late_lets_it_be(sqlite_store: Store) -> None:
    stage = await staged(sqlite_store, SLOW)
    robots = Robots(stage.cast, stage.journal)

    def too_late(tx: Tx) -> None:
        raise Stale("The queue moved since you looked at it.")

    before = await stage.mark()
    assert await robots.give(stage.cast.moderator, too_late) is False
    assert stage.entries(before) == []
    await stage.intake.close()


@pytest.mark.parametrize("on", [True, False])
async def test_the_switch_tells_how_it_stands(sqlite_store: Store, on: bool) -> None:
    stage = await staged(sqlite_store, SLOW)
    assert Robots(stage.cast, stage.journal, on=on).on is on
    await stage.intake.close()
