"""The bus: bells, presence and rate windows, in one process and over a real Valkey."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator

import pytest
import structlog

from tests.support.fault_proxy import FaultProxy
from tests.support.valkey import ValkeyServer
from tests.support.waiting import eventually
from wall.bus import Bell, Bus, InProcessBus, open_bus
from wall.bus.redis import CHANNEL, PATIENCE, QUEUE, RedisBus
from wall.errors import SetupProblem

BELL = Bell("event-1", "epoch", 4, 5)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis counts as lost when it says so, and not when a slow machine lets it wait."""
    monkeypatch.setattr("wall.bus.redis.PATIENCE", 30.0)


@pytest.fixture(params=["inprocess", "redis"])
def bus_url(request: pytest.FixtureRequest) -> str | None:
    if request.param == "inprocess":
        return None
    valkey: ValkeyServer = request.getfixturevalue("valkey")
    return valkey.url


@pytest.fixture
async def bus(patient: None, bus_url: str | None) -> AsyncIterator[Bus]:
    opened = open_bus(bus_url)
    await opened.start()
    yield opened
    await opened.close()


@pytest.fixture
async def pair(patient: None, valkey_server: ValkeyServer) -> AsyncIterator[tuple[RedisBus, RedisBus]]:
    """Two processes' buses over a Valkey that may be killed."""
    both = RedisBus(valkey_server.url), RedisBus(valkey_server.url)
    for one in both:
        await one.start()
    yield both
    for one in both:
        await one.close()


@pytest.fixture
async def slow(valkey: ValkeyServer) -> AsyncIterator[FaultProxy]:
    async with FaultProxy(valkey.socket) as proxy:
        yield proxy


@pytest.fixture
def logged() -> Iterator[list[dict[str, object]]]:
    with structlog.testing.capture_logs() as lines:
        yield lines  # type: ignore[misc]


async def test_a_bell_is_heard_by_every_listener_of_its_own_process(bus: Bus) -> None:
    first: list[Bell] = []
    second: list[Bell] = []
    bus.listen(first.append)
    bus.listen(second.append)
    await bus.ring(BELL)
    await eventually(lambda: first and second)
    assert first == second == [BELL]


async def test_a_listener_that_raises_neither_stops_the_others_nor_the_caller(bus: Bus) -> None:
    heard: list[Bell] = []
    reported: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))

    def broken(bell: Bell) -> None:
        raise RuntimeError(bell.event)

    bus.listen(broken)
    bus.listen(heard.append)
    await bus.ring(BELL)
    await eventually(lambda: heard)
    assert isinstance(reported[0]["exception"], RuntimeError)


async def test_who_arrives_is_present_until_they_leave(bus: Bus) -> None:
    await bus.arrive("event-1", "bo", 60)
    await bus.arrive("event-1", "al", 60)
    await bus.arrive("event-2", "cy", 60)
    assert await bus.present("event-1") == ["al", "bo"]
    await bus.leave("event-1", "al")
    await bus.leave("event-1", "nobody")
    assert await bus.present("event-1") == ["bo"]
    assert await bus.present("event-3") == []


async def test_presence_runs_out_and_is_prolonged_by_arriving_again(bus: Bus) -> None:
    await bus.arrive("event-1", "brief", 0.1)
    await bus.arrive("event-1", "kept", 0.1)
    await bus.arrive("event-1", "kept", 60)

    async def only_kept() -> bool:
        return await bus.present("event-1") == ["kept"]

    await eventually(only_kept)


async def test_a_window_has_room_for_its_limit_and_says_how_long_until_more(bus: Bus) -> None:
    answers = [await bus.hit("post", "a", limit=3, seconds=3600) for _ in range(5)]
    assert answers[:3] == [None, None, None]
    assert all(wait is not None and 0 < wait <= 3601 for wait in answers[3:])


async def test_windows_of_other_names_and_keys_are_apart(bus: Bus) -> None:
    assert await bus.hit("post", "a", limit=1, seconds=3600) is None
    assert await bus.hit("post", "b", limit=1, seconds=3600) is None
    assert await bus.hit("sign-in", "a", limit=1, seconds=3600) is None
    assert await bus.hit("post", "a", limit=1, seconds=3600) is not None


@pytest.mark.parametrize("limit", [1, 2])
async def test_after_the_wait_that_was_named_there_is_room(bus: Bus, limit: int) -> None:
    wait = None
    while wait is None:
        wait = await bus.hit("brief", "a", limit=limit, seconds=1)
    await asyncio.sleep(wait)
    assert await bus.hit("brief", "a", limit=limit, seconds=1) is None


async def test_many_hits_at_once_never_pass_the_limit(bus: Bus) -> None:
    hits = [bus.hit("post", "crowd", limit=10, seconds=3600) for _ in range(60)]
    answers = await asyncio.gather(*hits)
    assert sum(answer is None for answer in answers) == 10


async def test_a_bus_that_works_is_healthy(bus: Bus) -> None:
    assert await bus.healthy()


async def test_redis_holds_no_address_and_no_name(patient: None, valkey: ValkeyServer) -> None:
    bus = RedisBus(valkey.url, secret="s")
    await bus.hit("sign-in", "192.0.2.77", limit=1, seconds=60)
    with valkey.client() as client:
        keys = b" ".join(client.keys())
    assert b"sign-in" in keys
    assert b"192.0.2" not in keys
    await bus.close()


async def test_bells_cross_from_process_to_process_once_each(pair: tuple[RedisBus, RedisBus]) -> None:
    here, there = pair
    heard_here: list[Bell] = []
    heard_there: list[Bell] = []
    here.listen(heard_here.append)
    there.listen(heard_there.append)
    await here.ring(BELL)
    await there.ring(Bell("event-2", "epoch", 0, 1))
    await eventually(lambda: len(heard_here) == len(heard_there) == 2)
    assert set(heard_here) == set(heard_there) == {BELL, Bell("event-2", "epoch", 0, 1)}


async def test_presence_and_windows_are_shared(pair: tuple[RedisBus, RedisBus]) -> None:
    here, there = pair
    await here.arrive("event-1", "al", 60)
    assert await there.present("event-1") == ["al"]
    assert await here.hit("post", "a", limit=1, seconds=3600) is None
    assert await there.hit("post", "a", limit=1, seconds=3600) is not None


async def test_a_killed_redis_is_heard_again_after_its_restart(
    pair: tuple[RedisBus, RedisBus], valkey_server: ValkeyServer
) -> None:
    heard: list[Bell] = []
    pair[1].listen(heard.append)
    valkey_server.kill()
    await pair[0].ring(BELL)
    assert not await pair[0].healthy()
    assert heard == []
    valkey_server.start()
    await _rings_across(pair[0], heard)
    await eventually(pair[1].healthy)


async def _rings_across(bus: Bus, heard: list[Bell]) -> None:
    async def rung() -> bool:
        await bus.ring(BELL)
        return bool(heard)

    await eventually(rung, what="a bell from the other process")


async def test_a_flush_in_the_middle_is_harmless(
    pair: tuple[RedisBus, RedisBus], valkey_server: ValkeyServer
) -> None:
    heard: list[Bell] = []
    pair[1].listen(heard.append)
    await pair[0].hit("post", "a", limit=1, seconds=3600)
    await pair[0].arrive("event-1", "al", 60)
    valkey_server.flush()
    with valkey_server.client() as client:
        client.script_flush()
    assert await pair[0].present("event-1") == []
    await pair[0].arrive("event-1", "al", 60)
    assert await pair[1].present("event-1") == ["al"]
    assert await pair[0].hit("post", "a", limit=1, seconds=3600) is None
    await pair[0].ring(BELL)
    await eventually(lambda: heard == [BELL])


async def test_without_redis_nothing_raises_and_windows_go_on(
    pair: tuple[RedisBus, RedisBus], valkey_server: ValkeyServer, logged: list[dict[str, object]]
) -> None:
    bus = pair[0]
    own: list[Bell] = []
    bus.listen(own.append)
    valkey_server.kill()
    for _ in range(50):
        await bus.ring(BELL)
        await bus.arrive("event-1", "al", 60)
        await bus.leave("event-1", "al")
    assert await bus.present("event-1") == []
    answers = [await bus.hit("post", "a", limit=2, seconds=3600) for _ in range(3)]
    assert [answer is None for answer in answers] == [True, True, False]
    await eventually(lambda: bus.lost > 0 and len(own) == 50)
    lost = [line for line in logged if line["event"] == "bus.redis_lost" and line["use"] == "calls"]
    assert len(lost) == 1


async def test_each_change_of_state_is_logged_once(
    valkey_server: ValkeyServer, logged: list[dict[str, object]]
) -> None:
    bus = RedisBus(valkey_server.url)
    await bus.start()
    valkey_server.kill()
    await eventually(lambda: _codes(logged, "bells") == ["bus.redis_lost"])
    valkey_server.start()
    await eventually(lambda: _codes(logged, "bells") == ["bus.redis_lost", "bus.redis_back"])
    await bus.close()


def _codes(logged: list[dict[str, object]], use: str) -> list[object]:
    return [line["event"] for line in logged if line.get("use") == use]


async def test_starting_without_redis_is_no_error_and_it_is_found_later(
    valkey_server: ValkeyServer,
) -> None:
    valkey_server.kill()
    here, there = RedisBus(valkey_server.url), RedisBus(valkey_server.url)
    heard: list[Bell] = []
    there.listen(heard.append)
    await here.start()
    await there.start()
    valkey_server.start()
    await _rings_across(here, heard)
    await here.close()
    await there.close()


async def test_a_slow_redis_holds_up_no_ring_and_every_other_call_only_once(slow: FaultProxy) -> None:
    bus = RedisBus(f"redis://127.0.0.1:{slow.port}")
    own: list[Bell] = []
    bus.listen(own.append)
    await bus.start()
    slow.latency = 10.0
    loop = asyncio.get_running_loop()
    began = loop.time()
    for seq in range(100):
        await bus.ring(Bell("event-1", "epoch", seq, seq + 1))
    assert loop.time() - began < 1
    for _ in range(20):
        assert await bus.hit("post", "a", limit=100, seconds=3600) is None
    assert loop.time() - began < 10 * PATIENCE
    assert len(own) == 100
    await bus.close()


async def test_a_subscription_that_fell_silent_is_noticed(
    slow: FaultProxy, valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wall.bus.redis.BEAT", 0.2)
    bus = RedisBus(f"redis://127.0.0.1:{slow.port}")
    heard: list[Bell] = []
    bus.listen(heard.append)
    await bus.start()
    await eventually(bus.healthy)
    slow.stall()
    await eventually(lambda: not bus._subscribed.is_set(), what="the loss of the subscription")
    slow.calm()
    other = RedisBus(valkey.url)
    await other.start()
    await _rings_across(other, heard)
    await other.close()
    await bus.close()


async def test_a_quiet_subscription_is_kept(
    slow: FaultProxy, valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wall.bus.redis.BEAT", 0.4)
    bus = RedisBus(f"redis://127.0.0.1:{slow.port}")
    await bus.start()
    await eventually(bus.healthy)
    connections = slow.accepted
    with pytest.raises(AssertionError):
        await eventually(lambda: not bus._subscribed.is_set(), 1.2)
    assert slow.accepted == connections
    await bus.close()


@pytest.mark.parametrize(
    "message",
    [b"", b"\xff", b"[]", b"7", b'["n","e","p",1]', b'["n","e","p","1",2]', b'["n","e","p",true,2]',
     b'[1,"e","p",1,2]', b"[" * 900, b"x" * 2_000],
)  # fmt: skip
async def test_what_is_not_a_bell_is_counted_and_dropped(valkey: ValkeyServer, message: bytes) -> None:
    bus = RedisBus(valkey.url)
    heard: list[Bell] = []
    bus.listen(heard.append)
    await bus.start()
    with valkey.client() as client:
        await eventually(lambda: client.publish(CHANNEL, message))
        await eventually(lambda: bus.garbled == 1)
        client.publish(CHANNEL, json.dumps(["other", "event-1", "epoch", 4, 5]))
    await eventually(lambda: heard == [BELL])
    await bus.close()


async def test_a_defect_while_sending_costs_a_rest_and_not_the_bus(
    valkey: ValkeyServer, logged: list[dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = RedisBus(valkey.url), RedisBus(valkey.url)
    heard: list[Bell] = []
    there.listen(heard.append)
    await there.start()
    await here.start()
    with monkeypatch.context() as broken:
        broken.setattr(here, "_worded", lambda bell: 1 / 0)
        await here.ring(BELL)
        await eventually(lambda: any(line["event"] == "bus.turn_failed" for line in logged))
    await _rings_across(here, heard)
    await here.close()
    await there.close()


async def test_waiting_bells_of_one_event_become_one_and_the_queue_is_bounded(valkey: ValkeyServer) -> None:
    bus = RedisBus(valkey.url)
    for seq in range(3):
        await bus.ring(Bell("event-1", "epoch", seq, seq + 1))
    assert list(bus._outgoing.values()) == [Bell("event-1", "epoch", 0, 3)]
    for number in range(QUEUE + 5):
        await bus.ring(Bell(f"other-{number}", "epoch", 0, 1))
    assert len(bus._outgoing) == QUEUE
    assert bus.lost == 6
    await bus.close()


def test_joined_bells_cover_both_and_a_new_epoch_replaces_the_old() -> None:
    assert Bell("e", "a", 4, 5).joined(Bell("e", "a", 2, 3)) == Bell("e", "a", 2, 5)
    assert Bell("e", "a", 4, 5).joined(Bell("e", "b", 0, 1)) == Bell("e", "b", 0, 1)


def test_an_address_that_cannot_be_read_is_refused_with_words() -> None:
    with pytest.raises(SetupProblem, match="Redis address"):
        open_bus("http://example.org")
    assert isinstance(open_bus(None), InProcessBus)
