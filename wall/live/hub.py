"""The hub: one reader of the journal per event and process, and everybody who watches that event.

It keeps a head. When the bell rings, and every second anyway, it reads what follows the head,
renders it once per audience and writes the same bytes to every socket that is at the head. A socket
that is not at the head (new, resuming, or slow) is brought there by the same rendering, from its own
cursor; then it is at the head like the others. Nobody is ever waited for.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from wall.bus import Bell, Bus
from wall.entries import FAR_BEHIND, Changes, Cursor, Hello, Scope
from wall.errors import BackchannelError, NotFound
from wall.journal import Journal, Reading
from wall.live import metrics
from wall.live.built import Built
from wall.live.fanout import Writer
from wall.live.frames import Frame

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
SLICE_SECONDS = 0.004
"""For how long sockets are written to before HTTP gets its turn: an answer takes some ten of them."""
WITHHOLD_BYTES = 64 * 1024
RESUME_BYTES = 16 * 1024
FRAME_ENTRIES = 250
"""Entries in one frame: what a slow line has to take in one piece, and every socket may have to hold."""
KEPT_FRAMES = 32
"""Catch-up frames that are kept, while the head stands still, for others who come from the same place."""
LINGER_SECONDS = 30.0
REACH_SECONDS = 2.0
REACH_LOOKS = 3
DONE = 1000
TOO_SLOW = 4408


@dataclass(eq=False)
class Reader:
    """One socket: what it may see, how far it was written to, and whether it follows the head."""

    scope: Scope
    seq: int
    writer: Writer
    following: bool = False
    slow_since: float | None = None
    painted: int = 0
    over: bool = False
    """It is being closed and gets nothing more."""
    key: str = field(init=False)
    shared_key: str = field(init=False)
    """The names of its audience and of what everybody with its roles sees, looked up at every delivery."""

    def __post_init__(self) -> None:
        self.key, self.shared_key = self.scope.key, self.scope.shared.key


class Hub:
    """All events that somebody in this process watches."""

    def __init__(
        self,
        journal: Journal,
        bus: Bus,
        *,
        build: int,
        beat_seconds: float,
        unsent_bytes: int = 1024 * 1024,
        stuck_seconds: float = 20.0,
    ) -> None:
        """`unsent_bytes` and `stuck_seconds` are how far and how long a slow reader is put up with."""
        self.journal = journal
        self.build = build
        self.beat_seconds = beat_seconds
        self.unsent_bytes = unsent_bytes
        self.stuck_seconds = stuck_seconds
        self._watches: dict[str, Watch] = {}
        bus.listen(self._heard)

    async def watch(self, event_id: str) -> Watch:
        """The watch over an event, begun if nobody watched it. Raises NotFound, StoreUnavailable."""
        watch = self._watches.get(event_id)
        if watch is None or watch.ended:
            epoch, seq = await self.journal.head(event_id)
            watch = self._watches.get(event_id)
            if watch is None or watch.ended:
                watch = self._watches[event_id] = Watch(self, event_id, epoch, seq)
        watch.used = time.monotonic()
        return watch

    def readers(self) -> int:
        """How many sockets are open in this process."""
        return sum(len(watch.readers) for watch in self._watches.values())

    def open_readers(self) -> list[Reader]:
        """The readers of all events."""
        return [reader for watch in self._watches.values() for reader in watch.readers]

    async def close(self) -> None:
        """Stop watching. Sockets are closed by the server."""
        for watch in self._watches.values():
            await watch.close()

    def _heard(self, bell: Bell) -> None:
        watch = self._watches.get(bell.event)
        if watch is not None:
            watch.look(bell.seq)


class Watch:
    """One event's head and readers."""

    def __init__(self, hub: Hub, event_id: str, epoch: str, seq: int) -> None:
        self.event_id = event_id
        self.epoch = epoch
        self.head = seq
        self.readers: set[Reader] = set()
        self.ended = False
        self.used = time.monotonic()
        self.snapshots: dict[str, Built] = {}
        """Built snapshots by audience. Emptied whenever the head moves, as all rendered text is."""
        self._hub = hub
        self._look = asyncio.Event()
        self._looked = asyncio.Event()
        self._beat_at = time.monotonic() + hub.beat_seconds
        self._sweep_at = time.monotonic() + LOOK_SECONDS
        self._catchups: dict[tuple[str, int, int], asyncio.Task[Frame]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._task = asyncio.create_task(self._run(), name=f"watch:{event_id}")

    def look(self, seq: int) -> None:
        """The bell: there is something up to `seq`."""
        if seq > self.head:
            self._look.set()

    async def reach(self, seq: int) -> None:
        """Look until the head is at `seq`: a snapshot may be newer than it.

        A few looks and REACH_SECONDS at most, because a cursor may claim any seq.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(REACH_SECONDS):
                for _ in range(REACH_LOOKS):
                    if self.head >= seq:
                        return
                    self._look.set()
                    await self._looked.wait()

    def resumes(self, cursor: Cursor, scope: Scope) -> bool:
        """Whether this cursor continues here, for this audience, without a snapshot."""
        same = (cursor.epoch, cursor.scope) == (self.epoch, scope.key)
        return same and 0 <= self.head - cursor.seq <= FAR_BEHIND

    def join(self, reader: Reader) -> None:
        """Let a reader in: say hello, bring it to the head, and keep it there."""
        self.readers.add(reader)
        reader.writer.write(Frame.of(Hello(build=self._hub.build, resumed=True)))
        self._bring(reader)

    def leave(self, reader: Reader) -> None:
        """Forget a reader whose socket is closed."""
        self.readers.discard(reader)
        self.used = time.monotonic()

    def send_away(self, reader: Reader) -> None:
        """Tell a reader that it has to fetch a snapshot, and close its socket."""
        if reader.over:
            return
        reader.writer.write(Frame.of(Hello(build=self._hub.build, resumed=False)))
        self._end(reader, DONE)

    def turn_out(self, reader: Reader, code: int) -> None:
        """Close the socket of a reader who may read nothing more."""
        if not reader.over:
            self._end(reader, code)

    async def changes(self, scope: Scope, after: int) -> Changes:
        """What a polling reader folds next: one reading from its cursor to the head."""
        return _changes(await self._hub.journal.read_after(self.event_id, after, self.head), scope)

    async def close(self) -> None:
        """Stop following the journal."""
        self.ended = True
        tasks = [self._task, *self._tasks, *self._catchups.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        """Follow the journal until nobody watches. What fails is tried again at the next look."""
        while not self._idle():
            # Not wait_for: in Python 3.11 it loses a cancellation that comes together with a bell.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._look.wait()
            self._look.clear()
            try:
                await self._follow()
                await self._beat()
                self._sweep()
            except NotFound:
                self._send_everybody_away()
            except BackchannelError as problem:
                metrics.journal_failures.inc()
                log.warning("watch.store_problem", event_id=self.event_id, code=problem.code)
            except Exception:
                metrics.journal_failures.inc()
                log.exception("watch.failed", event_id=self.event_id)
            self._looked.set()
            self._looked = asyncio.Event()
        self.ended = True
        metrics.forget(self.event_id)

    def _idle(self) -> bool:
        return not self.readers and time.monotonic() - self.used > LINGER_SECONDS

    async def _follow(self) -> None:
        while True:
            until = self.head + FRAME_ENTRIES
            reading = await self._hub.journal.read_after(self.event_id, self.head, until)
            if reading.epoch != self.epoch or reading.head < self.head:
                self._begin_anew(reading.epoch, reading.head)
                continue
            metrics.followed(reading, self.head)
            if reading.seq == self.head:
                return
            await self._publish(reading)

    def _begin_anew(self, epoch: str, head: int) -> None:
        """Another history, after a restore: nothing that was rendered of the former one holds."""
        self.epoch, self.head = epoch, head
        self._forget_rendered()
        self._send_everybody_away()

    def _forget_rendered(self) -> None:
        self._catchups.clear()
        self.snapshots.clear()

    async def _publish(self, reading: Reading) -> None:
        """Write what was read to every reader at the head; HTTP gets its turn between slices."""
        after, self.head = self.head, reading.seq
        self._forget_rendered()
        frames: dict[str, Frame] = {}
        written, owners = 0, reading.owners
        async for reader in _in_slices(list(self.readers)):
            if not reader.following or reader.seq != after:
                continue
            own = reader.scope.person in owners
            key = reader.key if own else reader.shared_key
            frame = frames.get(key)
            if frame is None:
                scope = reader.scope if own else reader.scope.shared
                frame = frames[key] = Frame.of(_changes(reading, scope))
            self._write(reader, frame, reading.seq)
            written += 1
        metrics.published(reading, written)

    def _write(self, reader: Reader, frame: Frame, seq: int) -> None:
        unsent = reader.writer.offer(frame, WITHHOLD_BYTES)
        if unsent <= WITHHOLD_BYTES:
            reader.seq = seq
            return
        reader.following = False
        reader.slow_since = time.monotonic()
        metrics.withheld.inc()
        if unsent > self._hub.unsent_bytes:
            self._cut_off(reader)

    async def _beat(self) -> None:
        if time.monotonic() < self._beat_at:
            return
        self._beat_at = time.monotonic() + self._hub.beat_seconds
        frame = Frame.of(Changes(after=self.head, seq=self.head, changes=()))
        head = self.head
        async for reader in _in_slices(list(self.readers)):
            if reader.following and reader.seq == head:
                self._write(reader, frame, head)

    def _sweep(self) -> None:
        """Once a second: bring slow readers on that have drained; cut off those that do not."""
        now = time.monotonic()
        if now < self._sweep_at:
            return
        self._sweep_at = now + LOOK_SECONDS
        slow = [(reader, reader.slow_since) for reader in self.readers if reader.slow_since is not None]
        for reader, since in slow:
            if reader.writer.unsent() <= RESUME_BYTES:
                reader.slow_since = None
                self._bring(reader)
            elif now - since > self._hub.stuck_seconds:
                self._cut_off(reader)

    def _cut_off(self, reader: Reader) -> None:
        metrics.cut_off.inc()
        reader.writer.abort()
        self._end(reader, TOO_SLOW)

    def _end(self, reader: Reader, code: int) -> None:
        """Close a socket; its endpoint hears of it like of any other disconnect."""
        reader.over = True
        reader.following = False
        reader.slow_since = None
        self._spawn(reader.writer.close(code, ""))

    def _send_everybody_away(self) -> None:
        for reader in list(self.readers):
            self.send_away(reader)

    def _bring(self, reader: Reader) -> None:
        self._spawn(self._catch_up(reader))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _catch_up(self, reader: Reader) -> None:
        """Bring a reader to the head. At the head, with no await in between, it follows."""
        try:
            while reader.seq != self.head and not reader.over:
                if self.head - reader.seq > FAR_BEHIND or reader.seq > self.head:
                    self.send_away(reader)
                    return
                if reader.writer.unsent() > WITHHOLD_BYTES:
                    reader.slow_since = time.monotonic()
                    return
                until = min(self.head, reader.seq + FRAME_ENTRIES)
                frame = await self._catchup_frame(reader.scope, reader.seq, until)
                self._bring_to(reader, frame, until)
            reader.following = not reader.over
        except Exception as problem:  # noqa: BLE001  whatever it is, a fresh snapshot is the way on
            log.warning("watch.catch_up_failed", event_id=self.event_id, problem=type(problem).__name__)
            self.send_away(reader)

    def _bring_to(self, reader: Reader, frame: Frame, seq: int) -> None:
        if not reader.over:  # it may have been sent away while the frame was made
            reader.writer.write(frame)
        reader.seq = seq

    async def _catchup_frame(self, scope: Scope, after: int, until: int) -> Frame:
        """One rendering for all who come back from the same place (a herd reads once)."""
        key = (scope.key, after, until)
        task = self._catchups.get(key)
        if task is None:
            task = self._catchups[key] = asyncio.create_task(self._render_between(scope, after, until))
            task.add_done_callback(lambda done: self._keep_rendered(key, done))
        return await asyncio.shield(task)

    def _keep_rendered(self, key: tuple[str, int, int], done: asyncio.Task[Frame]) -> None:
        """Keep a frame for who comes next from there, but no failure, and not of every cursor there is."""
        if (done.cancelled() or done.exception()) and self._catchups.get(key) is done:
            del self._catchups[key]
        while len(self._catchups) > KEPT_FRAMES:
            del self._catchups[next(iter(self._catchups))]

    async def _render_between(self, scope: Scope, after: int, until: int) -> Frame:
        reading = await self._hub.journal.read_after(self.event_id, after, until)
        if reading.epoch != self.epoch:
            raise NotFound("This history ended.")  # the reader is sent for a snapshot of the new one
        return Frame.of(_changes(reading, scope))


def _changes(reading: Reading, scope: Scope) -> Changes:
    return Changes(after=reading.after, seq=reading.seq, changes=reading.changes(scope))


async def _in_slices(readers: Sequence[Reader]) -> AsyncIterator[Reader]:
    """One reader after the other; HTTP gets its turn whenever theirs has lasted for long enough."""
    end = time.perf_counter() + SLICE_SECONDS
    for reader in readers:
        yield reader
        if time.perf_counter() > end:
            await asyncio.sleep(0)
            end = time.perf_counter() + SLICE_SECONDS
