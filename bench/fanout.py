"""Deliveries to local websockets: a server's processor time for each, beside a loop of send_text.

A delivery is one post's card at one socket. Backchannel's hub reads what a burst of 1, 10 or 100 posts
(one transaction, as a feed's) left in the journal; the plain FastAPI server awaits `send_text` of as
many messages of the same bytes, socket by socket. Both run on the same core in turn, the sockets
that count what arrives on another.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.support.arguments import parser
from bench.support.crowd import Crowd, Received, crowd
from bench.support.http import Client
from bench.support.processes import Cores, allow_open_files, cpu_seconds, pin, shared_out
from bench.support.results import Report
from bench.support.site import API, EVENT, Site, site
from tests.support.children import Child
from tests.support.ports import free_port
from tests.support.processes import ROOT, clean_environment
from tests.support.waiting import eventually
from wall.feeds.base import Arrived
from wall.intake import Graves, admit
from wall.journal import Tx, run_command
from wall.model import Author, Post, new_id, utc_now
from wall.store import Store, events

BURSTS = (1, 10, 100)
SOCKETS = 1_000
RUNS = 7
QUICK_RUNS = 3
IDLE_SECONDS = 0.5
_WORDS = "Has anybody tried to bring the questions of those who are not in the room to its floor first? "


@dataclass
class Sample:
    """One burst to all sockets. Times in seconds; `cpu` is the server's, idle work taken off."""

    cpu: float
    until_received: float
    received: Received


@dataclass
class Side:
    """One of the two servers with its crowd: how to have it send, and what was measured."""

    name: str
    pid: int
    crowd: Crowd
    next_seq: Callable[[int], int]
    send: Callable[[int], Awaitable[int]]
    idle: list[float] = field(default_factory=list)
    samples: dict[int, list[Sample]] = field(default_factory=dict)

    async def measure(self, burst: int) -> None:
        """One burst, and how much the server does on its own afterwards."""
        await self.crowd.wait_for(self.next_seq(burst))
        cpu, began = cpu_seconds(self.pid), time.perf_counter()
        await self.send(burst)
        received = await self.crowd.reached()
        taken, cpu = time.perf_counter() - began, cpu_seconds(self.pid) - cpu
        self.samples.setdefault(burst, []).append(Sample(cpu, taken, received))
        await self._measure_idle()

    async def _measure_idle(self) -> None:
        cpu, began = cpu_seconds(self.pid), time.perf_counter()
        await asyncio.sleep(IDLE_SECONDS)
        self.idle.append((cpu_seconds(self.pid) - cpu) / (time.perf_counter() - began))

    def microseconds(self, burst: int, sockets: int) -> list[float]:
        """Processor time of each delivery, run by run. The first run of all was warm-up."""
        idle = statistics.median(self.idle)
        runs = self.samples[burst][1:]
        return [1e6 * (run.cpu - idle * run.until_received) / (burst * sockets) for run in runs]


class Writer:
    """Puts posts into the server's SQLite file from here, so that the server only delivers."""

    def __init__(self, store: Store, event_id: str, seq: int) -> None:
        self._store = store
        self._event_id = event_id
        self.seq = seq

    def next_seq(self, burst: int) -> int:
        """The journal's head after a burst of so many: an entry for each post."""
        return self.seq + burst

    async def send(self, burst: int) -> int:
        """Admit posts in one transaction; the head."""
        self.seq = await asyncio.to_thread(self._admit, burst)
        return self.seq

    def _admit(self, burst: int) -> int:
        items = [Arrived(_post()) for _ in range(burst)]

        def put_in(tx: Tx) -> None:
            admit(tx, items, Graves(b"a secret of the measurements"))

        with self._store.writing() as conn:
            return run_command(conn, self._event_id, "feed:bench", put_in, None, b"", utc_now())[1].seq


def _post() -> Post:
    author = Author(key="a", handle="ada@summit.example", name="Ada Lovelace-Example")
    key, words = new_id(), _WORDS * 4
    return Post(network="mastodon", key=key, author=author, text=words, created_at=utc_now(), lang="en")


@contextlib.asynccontextmanager
async def backchannel(sockets: int) -> AsyncIterator[tuple[Side, Site]]:
    """A `serve` process with a crowd at its wall."""
    async with site() as served:
        store = Store(served.database_url)
        found = await store.read(lambda conn: events.named(conn, EVENT))
        assert found is not None
        writer = Writer(store, found.id, found.seq)
        await writer.send(1)
        snapshot = (await served.client.get(f"{API}/snapshot?face=wall")).json
        path = f"/live/{EVENT}?face=wall&cursor={snapshot['cursor']}"
        async with crowd(served.port, path, sockets) as watching:
            pid = served.process.child.pid
            yield Side("Backchannel", pid, watching, writer.next_seq, writer.send), served
        store.close()


@contextlib.asynccontextmanager
async def plain(sockets: int, folder: Path, rest: str) -> AsyncIterator[Side]:
    """The plain server with a crowd; `rest` is what follows the seq in its messages."""
    port = free_port()
    command = [sys.executable, "-m", "bench.support.plain_server", str(port)]
    child = Child(command, folder / "plain.log", env=clean_environment(), cwd=ROOT)
    child.start()
    client, seq = Client(port), 0
    try:
        await eventually(lambda: _answers(client), 30, "the plain server")
        await client.post_bytes("/message", rest.encode(), "text/plain")

        async def send(burst: int) -> int:
            nonlocal seq
            seq = int((await client.post(f"/burst/{burst}", None)).json["seq"])
            return seq

        async with crowd(port, "/live", sockets) as watching:
            yield Side("loop of send_text", child.pid, watching, lambda burst: seq + burst, send)
    finally:
        await client.close()
        child.stop()


async def _answers(client: Client) -> bool:
    try:
        return (await client.get("/ready")).status == 200
    except OSError:
        return False


async def one_message(served: Site) -> str:
    """What follows the seq in the frame of a single post, as the wall's sockets get it."""
    snapshot = (await served.client.get(f"{API}/snapshot?face=wall")).json
    epoch, scope, seq = snapshot["cursor"].split(".")
    cursor = f"{epoch}.{scope}.{int(seq) - 1}"
    frame: dict[str, Any] = (await served.client.get(f"{API}/changes?face=wall&cursor={cursor}")).json
    return json.dumps({"changes": frame["changes"]}, ensure_ascii=False, separators=(",", ":"))[1:]


async def measure(sockets: int, runs: int, cores: Cores | None) -> tuple[list[Side], int]:
    """Both servers in turn; the two sides, and the bytes of one message."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with backchannel(sockets) as (ours, served):
            rest = await one_message(served)
            async with plain(sockets, Path(folder), rest) as theirs:
                _keep_apart([ours, theirs], cores)
                for _ in range(1 + runs):
                    for burst in BURSTS:
                        for side in (ours, theirs):
                            await side.measure(burst)
                return [ours, theirs], len(rest.encode()) + 40


def _keep_apart(sides: list[Side], cores: Cores | None) -> None:
    if cores:
        for side in sides:
            pin(side.pid, cores.servers)
            pin(side.crowd.pid, cores.load)
        pin(os.getpid(), cores.load)


def fill(report: Report, sides: list[Side], sockets: int) -> None:
    """Figures of each burst: both servers, then how many times cheaper."""
    for burst in BURSTS:
        name = "one message" if burst == 1 else f"burst of {burst}"
        ours, theirs = (side.microseconds(burst, sockets) for side in sides)
        for side, runs in zip(sides, (ours, theirs), strict=True):
            report.median(f"{name}: {side.name}", runs, "µs/delivery")
            report.detail[f"{name}, {side.name}"] = [
                {"cpu": one.cpu, "until_received": one.until_received, **one.received._asdict()}
                for one in side.samples[burst]
            ]
        ratios = [their / our for our, their in zip(ours, theirs, strict=True)]
        report.median(f"{name}: times as much in the loop", ratios, "x")
    for side in sides:
        report.median(f"idle: {side.name}", [1000 * share for share in side.idle], "ms of CPU/s")


def main() -> None:
    """Measure deliveries."""
    arguments = parser(__doc__)
    arguments.add_argument("--sockets", type=int, default=SOCKETS, help="open websockets at each server")
    given = arguments.parse_args()
    allow_open_files(given.sockets + 200)
    title = f"Fan-out: server CPU for each delivery to {given.sockets:,} websockets"
    report = Report("fanout", title, given.quick)
    cores = shared_out()
    sides, size = asyncio.run(measure(given.sockets, QUICK_RUNS if given.quick else RUNS, cores))
    fill(report, sides, given.sockets)
    report.notes += [
        f"Messages of about {size:,} bytes; a burst is one transaction at Backchannel, as of a feed. It "
        "finds it by its look at the journal every second, so its wait is not in these figures.",
        "Processor time of the whole server process, its reading and rendering included, less what it "
        "uses when idle (median). "
        + ("Servers on the first core, all else on the rest." if cores else "One core for all."),
    ]
    report.finish()


if __name__ == "__main__":
    main()
