"""The bus of several processes, over Redis or Valkey pub/sub, sorted sets and counters.

Redis may be down, slow, restarted or flushed at any time. Then bells are dropped (readers look at
the journal every second anyway), presence is unknown, and each process counts rate windows alone.
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Any, TypeVar

import structlog
from limits.aio.storage import MemoryStorage, RedisStorage
from prometheus_client import Counter, Gauge
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from wall.bus.base import Bell, Heard, Listeners
from wall.bus.kept import Kept, Word, youngest
from wall.bus.windows import Windows
from wall.errors import SetupProblem

T = TypeVar("T")

CHANNEL = "backchannel:bells"
PATIENCE = 0.5
"""Seconds that a caller waits for Redis before it goes on without."""
REST = 1.0
"""Seconds after a failed call in which no caller waits for Redis again."""
BEAT = 5.0
"""Seconds of silence after which the subscription is asked whether it lives; as many again, and it
is given up."""
LONGEST_PAUSE = 5.0
"""Seconds; the longest pause between two attempts to subscribe."""
QUEUE = 1_000
"""Events with a bell waiting to be sent. One more, and the oldest bell is dropped."""
CONNECTIONS = 16
"""Most connections of one process; further callers wait for one, within their PATIENCE."""
LONGEST_MESSAGE = 1_000
"""Bytes. No bell is longer; what is longer came from somebody else."""

_ARRIVE = """
local t = redis.call('TIME')
redis.call('ZADD', KEYS[1], t[1] + t[2] / 1000000 + ARGV[2], ARGV[1])
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
redis.call('EXPIREAT', KEYS[1], math.ceil(last[2]))
return 1
"""
_PRESENT = """
local t = redis.call('TIME')
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', t[1] + t[2] / 1000000)
return redis.call('ZRANGE', KEYS[1], 0, -1)
"""
_KEEP = """
local t = redis.call('TIME')
local now = t[1] + t[2] / 1000000
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.3f %.3f %s', now, now + ARGV[3], ARGV[2]))
if redis.call('TTL', KEYS[1]) < tonumber(ARGV[3]) then
  redis.call('EXPIRE', KEYS[1], math.ceil(ARGV[3]))
end
return 1
"""
_KEPT = """
local t = redis.call('TIME')
return {string.format('%.3f', t[1] + t[2] / 1000000), redis.call('HGETALL', KEYS[1])}
"""

log = structlog.get_logger(__name__)

up = Gauge("backchannel_bus_up", "Whether Redis answers: 1 or 0, by what it is used for", ["use"])
lost_bells = Counter(
    "backchannel_bells_lost_total", "Bells that were dropped because Redis did not take them"
)


class _NoAnswerError(Exception):
    """Redis did not answer in time, or failed a moment ago."""


class _Link:
    """Whether one use of Redis works. Logs a line when that changes, not at every call."""

    def __init__(self, use: str) -> None:
        self.up = True
        self._use = use
        self._gauge = up.labels(use)
        self._gauge.set(1)
        self._rests_until = 0.0

    @property
    def resting(self) -> bool:
        return monotonic() < self._rests_until

    def works(self) -> None:
        if not self.up:
            log.info("bus.redis_back", use=self._use)
            self._gauge.set(1)
        self.up = True

    def failed(self, exc: Exception) -> None:
        if self.up:
            log.warning("bus.redis_lost", use=self._use, error=type(exc).__name__)
            self._gauge.set(0)
        self.up = False
        self._rests_until = monotonic() + REST


class RedisBus:
    """Doorbell, presence and rate windows shared by every process that uses the same Redis."""

    def __init__(self, url: str, *, secret: str = "") -> None:
        """Connects in `start`. Raises SetupProblem for an address that cannot be read."""
        self.lost = 0
        """Bells that were dropped because Redis did not take them."""
        self.garbled = 0
        """Messages on the channel that were not bells."""
        self._redis = _client(url)
        self._arrive = self._redis.register_script(_ARRIVE)
        self._present = self._redis.register_script(_PRESENT)
        self._keep = self._redis.register_script(_KEEP)
        self._all_kept = self._redis.register_script(_KEPT)
        self._own_kept = Kept()
        self._node = secrets.token_hex(8)
        self._listeners = Listeners()
        self._windows = Windows(_storage(self._redis), secret)
        self._own_windows = Windows(MemoryStorage(), secret)
        self._calls, self._hearing = _Link("calls"), _Link("bells")
        self._outgoing: dict[str, Bell] = {}
        self._rung = asyncio.Event()
        self._subscribed = asyncio.Event()
        self._attempts = 0
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to hear and to send bells; waits a moment for the subscription, not for ever."""
        self._tasks = [
            asyncio.create_task(_for_ever(self._hear_again), name="bus-hear"),
            asyncio.create_task(_for_ever(self._send), name="bus-send"),
        ]
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._subscribed.wait()

    async def close(self) -> None:
        """Stop both tasks and let go of every connection."""
        pending = set(self._tasks)
        while pending:  # wait_for of Python 3.11, by which redis-py sends, may swallow a cancellation
            for task in pending:
                task.cancel()
            _, pending = await asyncio.wait(pending, timeout=0.1)
        self._tasks.clear()
        await self._redis.aclose()

    def listen(self, heard: Heard) -> None:
        """Have `heard` called in the loop for each bell, this process's own ones included."""
        self._listeners.add(heard)

    async def ring(self, bell: Bell) -> None:
        """Tell this process at once and the others soon. Bells that wait are joined per event."""
        self._listeners.tell(bell)
        waiting = self._outgoing.get(bell.event)
        self._outgoing[bell.event] = waiting.joined(bell) if waiting else bell
        if len(self._outgoing) > QUEUE:
            self._outgoing.pop(next(iter(self._outgoing)))
            self._lose()
        self._rung.set()

    async def arrive(self, event: str, who: str, seconds: float) -> None:
        """Say that `who` is present at `event` for the next `seconds`, by Redis's clock."""
        with suppress(_NoAnswerError):
            await self._asked(partial(self._arrive, keys=[_presence_key(event)], args=[who, seconds]))

    async def leave(self, event: str, who: str) -> None:
        """Say that `who` is no longer present at `event`."""
        with suppress(_NoAnswerError):
            await self._asked(partial(self._redis.zrem, _presence_key(event), who))

    async def present(self, event: str) -> list[str]:
        """The ids of who is present, sorted; none while Redis does not answer."""
        try:
            here = await self._asked(partial(self._present, keys=[_presence_key(event)]))
        except _NoAnswerError:
            return []
        return sorted(who.decode() for who in here)

    async def keep(self, name: str, key: str, value: str, seconds: float) -> None:
        """Keep a word for so long, by Redis's clock, and in this process."""
        self._own_kept.keep(name, key, value, seconds)
        with suppress(_NoAnswerError):
            await self._asked(partial(self._keep, keys=[_kept_key(name)], args=[key, value, seconds]))

    async def kept(self, name: str) -> dict[str, Word]:
        """The words of every process, and this one's own where Redis lost them or does not answer."""
        own = self._own_kept.all(name)
        try:
            now, pairs = await self._asked(partial(self._all_kept, keys=[_kept_key(name)]))
        except _NoAnswerError:
            return own
        return youngest(own, _words(float(now), pairs))

    async def hit(
        self, name: str, key: str, *, limit: int, seconds: int, look: bool = False
    ) -> float | None:
        """Count one use; while Redis does not answer, in this process's own windows."""
        asked = {"limit": limit, "seconds": seconds}
        try:
            return await self._asked(partial(self._windows.hit, name, key, **asked, look=look))
        except _NoAnswerError:
            return await self._own_windows.hit(name, key, **asked, look=look)

    async def healthy(self) -> bool:
        """Whether this process is subscribed and Redis answers."""
        try:
            await self._asked(self._redis.ping)
        except _NoAnswerError:
            return False
        return self._subscribed.is_set()

    async def _asked(self, call: Callable[[], Awaitable[T]]) -> T:
        """What Redis answers within PATIENCE. Raises _NoAnswerError, at once while the link rests."""
        if self._calls.resting:
            raise _NoAnswerError
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await call()
        except (RedisError, OSError, TimeoutError) as exc:
            self._calls.failed(exc)
            raise _NoAnswerError from exc
        self._calls.works()
        return answer

    async def _send(self) -> None:
        await self._rung.wait()
        self._rung.clear()
        while self._outgoing:
            bell = self._outgoing.pop(next(iter(self._outgoing)))
            try:
                await self._asked(partial(self._redis.publish, CHANNEL, self._worded(bell)))
            except _NoAnswerError:
                self._lose()

    def _lose(self) -> None:
        self.lost += 1
        lost_bells.inc()

    async def _hear_again(self) -> None:
        try:
            async with self._redis.pubsub() as subscription:
                await self._hear(subscription)
        except (RedisError, OSError, TimeoutError) as exc:
            self._hearing.failed(exc)
        finally:
            self._subscribed.clear()
        await asyncio.sleep(random.uniform(0, min(LONGEST_PAUSE, 0.1 * 2**self._attempts)))  # noqa: S311
        self._attempts = min(self._attempts + 1, 10)

    async def _hear(self, subscription: PubSub) -> None:
        """Hear until the connection fails or has been silent for two beats."""
        async with asyncio.timeout(BEAT):
            await subscription.subscribe(CHANNEL)
        silent = False
        while True:
            message = await subscription.get_message(timeout=BEAT)
            if message is not None:
                silent = False
                self._received(message)
            elif silent:
                raise TimeoutError("the subscription fell silent")
            else:
                silent = True
                await subscription.ping()

    def _received(self, message: dict[str, Any]) -> None:
        if message["type"] == "subscribe":
            self._attempts = 0
            self._subscribed.set()
            self._hearing.works()
        elif message["type"] == "message":
            self._heard(message["data"])

    def _heard(self, data: bytes) -> None:
        try:
            node, bell = _understood(data)
        except (ValueError, TypeError):
            self.garbled += 1
            return
        if node != self._node:
            self._listeners.tell(bell)

    def _worded(self, bell: Bell) -> str:
        return json.dumps([self._node, bell.event, bell.epoch, bell.prev, bell.seq])


async def _for_ever(turn: Callable[[], Awaitable[None]]) -> None:
    """Take turn after turn. A defect in one is logged, and costs a rest and not the bus."""
    while True:
        try:
            await turn()
        except Exception:
            log.exception("bus.turn_failed")
            await asyncio.sleep(REST)


def _understood(data: bytes) -> tuple[str, Bell]:
    """The node and the bell of a message. Raises ValueError or TypeError for anything else."""
    if len(data) > LONGEST_MESSAGE:
        raise ValueError("longer than any bell")
    node, event, epoch, prev, seq = json.loads(data)
    if not (isinstance(node, str) and isinstance(event, str) and isinstance(epoch, str)):
        raise TypeError("not a bell")
    if type(prev) is not int or type(seq) is not int:
        raise TypeError("not a bell")
    return node, Bell(event, epoch, prev, seq)


def _words(now: float, pairs: list[bytes]) -> dict[str, Word]:
    """What the script answers, without what has run out: keys and words in turn."""
    found = {}
    for key, kept in zip(pairs[::2], pairs[1::2], strict=True):
        at, until, value = kept.decode().split(" ", 2)
        if float(until) > now:
            found[key.decode()] = Word(value, max(0.0, now - float(at)))
    return found


def _kept_key(name: str) -> str:
    return f"backchannel:kept:{name}"


def _presence_key(event: str) -> str:
    return f"backchannel:present:{event}"


def _client(url: str) -> Redis:
    try:
        pool = BlockingConnectionPool.from_url(
            url,
            protocol=2,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),
            max_connections=CONNECTIONS,
            timeout=None,
        )
    except ValueError as exc:
        raise SetupProblem(
            "The Redis address cannot be read.",
            remedy="Use redis://host:6379/0, rediss://… or unix:///path/to/socket.",
        ) from exc
    return Redis.from_pool(pool)


def _storage(redis: Redis) -> RedisStorage:
    options: dict[str, Any] = {"connection_pool": redis.connection_pool}
    return RedisStorage(
        "async+redis://", implementation="redispy", key_prefix="backchannel:rate", **options
    )
