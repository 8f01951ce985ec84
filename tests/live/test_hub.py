"""The hub over a real store, with readers whose sockets are lists: races, failures and what is kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import delete

from tests.support.summit import Summit, post
from tests.support.waiting import eventually
from wall.bus import Bell, InProcessBus
from wall.entries import PUBLIC, Held, Scope
from wall.errors import NotFound, StoreUnavailable
from wall.journal import Journal, Reading
from wall.live import Hub, Snapshots, hub
from wall.live.frames import Frame
from wall.live.hub import Reader, Watch
from wall.model import new_id
from wall.store import Store, events
from wall.store.tables import entry


class Socket:
    """A writer that keeps what it was given."""

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.stuck = 0
        self.codes: list[int] = []
        self.aborted = False

    def write(self, frame: Frame) -> None:
        self.frames.append(json.loads(frame.text))

    def offer(self, frame: Frame, most: int) -> int:
        if self.stuck <= most:
            self.write(frame)
        return self.stuck

    def unsent(self) -> int:
        return self.stuck

    def abort(self) -> None:
        self.aborted = True

    async def close(self, code: int, reason: str) -> None:
        self.codes.append(code)


@pytest.fixture
def summit(sqlite_store: Store) -> Summit:
    made = Summit(sqlite_store)
    made.arrive(post("a", "One"))
    return made


@pytest.fixture
def journal(summit: Summit) -> Journal:
    return Journal(summit.store, InProcessBus())


@pytest.fixture
async def the_hub(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hub]:
    monkeypatch.setattr(hub, "LOOK_SECONDS", 0.02)
    made = Hub(journal, journal.bus, build=1, beat_seconds=3600)
    yield made
    await made.close()


@pytest.fixture
async def watch(the_hub: Hub, summit: Summit) -> Watch:
    return await the_hub.watch(summit.event_id)


def joined(watch: Watch, seq: int, scope: Scope = PUBLIC) -> tuple[Reader, Socket]:
    socket = Socket()
    reader = Reader(scope, seq, socket)
    watch.join(reader)
    return reader, socket


def folded(summit: Summit, socket: Socket, start: Held) -> Held:
    for frame in socket.frames:
        if frame["type"] == "changes":
            start.apply(frame)
    return start


async def test_readers_that_come_at_any_time_all_fold_the_same(summit: Summit, watch: Watch) -> None:
    start = [summit.held(PUBLIC)]
    readers = [joined(watch, start[0].seq)]
    for number in range(12):
        summit.arrive(post(f"k{number}", f"Post {number}"))
        if number % 3 == 0:
            watch.look(summit.event.seq)
            start.append(summit.held(PUBLIC))
            await watch.reach(start[-1].seq)
            readers.append(joined(watch, start[-1].seq))
        await asyncio.sleep(0)
    watch.look(summit.event.seq)
    await eventually(lambda: all(reader.seq == summit.event.seq for reader, _ in readers))
    expected = summit.held(PUBLIC).subjects
    for held, (_, socket) in zip(start, readers, strict=True):
        assert folded(summit, socket, held).subjects == expected


async def test_another_history_sends_everybody_away_once_and_goes_on(
    summit: Summit, watch: Watch, the_hub: Hub, journal: Journal
) -> None:
    snapshots = Snapshots(journal, the_hub)
    summit.arrive(*(post(f"k{number}") for number in range(5)))
    await watch.reach(summit.event.seq)
    await snapshots.get(summit.event_id, PUBLIC)
    reader, socket = joined(watch, summit.event.seq)
    await eventually(lambda: reader.following)
    with summit.store.writing() as conn:
        found = events.by_id(conn, summit.event_id)
        assert found is not None
        conn.execute(delete(entry).where(entry.c.seq > 3))
        events.save(conn, found.id, found.last_at, epoch="restored", seq=3)
    await eventually(lambda: watch.epoch == "restored" and socket.codes)
    assert watch.head == 3
    assert (socket.frames[-1]["type"], socket.frames[-1]["resumed"], socket.codes) == (
        "hello",
        False,
        [1000],
    )
    fresh = json.loads((await snapshots.get(summit.event_id, PUBLIC)).plain)
    assert fresh["cursor"].startswith("restored.")
    assert fresh["seq"] == 3


async def test_a_failed_snapshot_is_not_kept_and_concerns_those_who_asked(
    summit: Summit, watch: Watch, the_hub: Hub, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshots, asked = Snapshots(journal, the_hub), 0

    async def away(event_id: str, scope: Scope) -> Any:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0)
        raise StoreUnavailable("The database does not answer.")

    with monkeypatch.context() as patch:
        patch.setattr(journal, "snapshot", away)
        answers = await asyncio.gather(
            *(snapshots.get(summit.event_id, PUBLIC) for _ in range(5)), return_exceptions=True
        )
        lonely = asyncio.create_task(snapshots.get(summit.event_id, PUBLIC))
        await eventually(lambda: asked == 2)
        lonely.cancel()
        await asyncio.gather(lonely, return_exceptions=True)
        await asyncio.sleep(0)
    assert [type(answer) for answer in answers] == [StoreUnavailable] * 5
    assert json.loads((await snapshots.get(summit.event_id, PUBLIC)).plain)["seq"] == summit.event.seq


async def test_a_herd_that_asks_for_a_snapshot_has_it_built_once(
    summit: Summit, watch: Watch, the_hub: Hub, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshots, build, built = Snapshots(journal, the_hub), journal.snapshot, 0

    async def counted(event_id: str, scope: Scope) -> Any:
        nonlocal built
        built += 1
        return await build(event_id, scope)

    monkeypatch.setattr(journal, "snapshot", counted)
    first = asyncio.create_task(snapshots.get(summit.event_id, PUBLIC))
    herd = [asyncio.create_task(snapshots.get(summit.event_id, PUBLIC)) for _ in range(50)]
    await asyncio.sleep(0)
    first.cancel()
    assert len({id(one) for one in await asyncio.gather(*herd)}) == 1
    await snapshots.get(summit.event_id, PUBLIC)
    assert built == 1


async def test_a_failed_catch_up_sends_away_and_is_not_kept(
    summit: Summit, watch: Watch, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = journal.read_after
    await watch.reach(summit.event.seq)

    async def away(event_id: str, seq: int, until: int | None = None) -> Reading:
        if seq < watch.head:
            raise ZeroDivisionError("a post that cannot be read")
        return await read(event_id, seq, until)

    with monkeypatch.context() as patch:
        patch.setattr(journal, "read_after", away)
        _, socket = joined(watch, 1)
        await eventually(lambda: socket.codes)
        assert socket.frames[-1]["resumed"] is False
    reader, socket = joined(watch, 1)
    await eventually(lambda: reader.following)
    assert socket.frames[-1]["seq"] == summit.event.seq


async def test_cursors_of_every_kind_do_not_fill_the_memory(summit: Summit, watch: Watch) -> None:
    summit.arrive(*(post(f"k{number}") for number in range(60)))
    await watch.reach(summit.event.seq)
    readers = [joined(watch, seq)[0] for seq in range(1, 60)]
    await eventually(lambda: all(reader.following for reader in readers))
    await eventually(lambda: len(watch._catchups) <= hub.KEPT_FRAMES)


async def test_a_reader_that_is_sent_away_gets_nothing_more(
    summit: Summit, watch: Watch, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its role may have been taken away while it was being brought on."""
    read, gate = journal.read_after, asyncio.Event()
    summit.arrive(post("b"))
    await watch.reach(summit.event.seq)

    async def slowly(event_id: str, seq: int, until: int | None = None) -> Reading:
        reading = await read(event_id, seq, until)
        if seq < watch.head:
            await gate.wait()
        return reading

    monkeypatch.setattr(journal, "read_after", slowly)
    reader, socket = joined(watch, 1)
    await eventually(lambda: watch._catchups)
    watch.send_away(reader)
    gate.set()
    await eventually(lambda: all(task.done() for task in watch._catchups.values()))
    watch.look(summit.event.seq + 1)
    summit.arrive(post("c"))
    await watch.reach(summit.event.seq)
    assert [frame["type"] for frame in socket.frames] == ["hello", "hello"]
    assert (reader.following, socket.codes) == (False, [1000])


async def test_a_slow_reader_is_withheld_brought_on_or_cut_off(
    summit: Summit, watch: Watch, the_hub: Hub
) -> None:
    quick, quick_socket = joined(watch, summit.event.seq)
    slow, slow_socket = joined(watch, summit.event.seq)
    dead, dead_socket = joined(watch, summit.event.seq)
    await eventually(lambda: quick.following and slow.following and dead.following)
    slow_socket.stuck = dead_socket.stuck = hub.WITHHOLD_BYTES + 1
    summit.arrive(post("b"))
    await watch.reach(summit.event.seq)
    await eventually(lambda: quick.seq == summit.event.seq)
    slow_socket.stuck = 0
    await eventually(lambda: slow.seq == summit.event.seq and slow.following)
    the_hub.stuck_seconds = 0.1
    await eventually(lambda: dead_socket.aborted and dead_socket.codes)
    assert (dead_socket.codes, quick_socket.codes, slow_socket.codes) == ([4408], [], [])


async def test_a_watch_outlives_a_look_that_fails(
    summit: Summit, watch: Watch, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, socket = joined(watch, summit.event.seq)
    await eventually(lambda: reader.following)
    troubles = iter([ZeroDivisionError("a bug"), StoreUnavailable("Away."), OSError("away")])
    read = journal.read_after

    async def sometimes(event_id: str, seq: int, until: int | None = None) -> Reading:
        if trouble := next(troubles, None):
            raise trouble
        return await read(event_id, seq, until)

    monkeypatch.setattr(journal, "read_after", sometimes)
    summit.arrive(post("b"))
    await eventually(lambda: reader.seq == summit.event.seq)
    assert socket.codes == []


async def test_a_cursor_from_the_far_future_costs_a_few_looks_only(
    summit: Summit, watch: Watch, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, read = 0, journal.read_after

    async def counted(event_id: str, seq: int, until: int | None = None) -> Reading:
        nonlocal looks
        looks += 1
        return await read(event_id, seq, until)

    monkeypatch.setattr(journal, "read_after", counted)
    await watch.reach(10**18)
    assert looks <= 10


async def test_a_lost_bell_is_never_unheard_and_a_false_one_does_no_harm(
    summit: Summit, watch: Watch, journal: Journal
) -> None:
    reader, _ = joined(watch, summit.event.seq)
    epoch = summit.event.epoch
    for bell in (
        Bell(summit.event_id, epoch, 0, 10**9),
        Bell(summit.event_id, "x", 5, 1),
        Bell(new_id(), "x", 0, 9),
    ):
        await journal.bus.ring(bell)
    summit.arrive(post("b"))
    await eventually(lambda: reader.seq == summit.event.seq)


async def test_an_event_that_is_not_there_is_not_watched(the_hub: Hub) -> None:
    with pytest.raises(NotFound):
        await the_hub.watch(new_id())


async def test_many_who_begin_to_watch_at_once_share_one_watch(the_hub: Hub, summit: Summit) -> None:
    found = await asyncio.gather(*(the_hub.watch(summit.event_id) for _ in range(20)))
    assert len({id(one) for one in found}) == 1


async def test_an_event_that_nobody_watches_is_left_and_taken_up_again(
    the_hub: Hub, summit: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "LINGER_SECONDS", 0.0)
    first = await the_hub.watch(summit.event_id)
    reader, _ = joined(first, summit.event.seq)
    await eventually(lambda: reader.following)
    assert not first.ended
    first.leave(reader)
    await eventually(lambda: first.ended)
    assert the_hub.readers() == 0
    assert await the_hub.watch(summit.event_id) is not first
