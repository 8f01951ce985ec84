"""Deliveries to local websockets: a server's processor time for each, beside other servers in the same run.

A delivery is one message of 1,024 bytes at one socket. All servers stand on one core with their sockets
open, and take turns: a message, a burst of 10, a burst of 100. Their crowds of sockets only count what
comes, on the other cores. The floor is a C program that joins what is due and does nothing else.
Backchannel is measured twice: its hub alone, and the whole way from a post in the journal's database.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Self

from rich.table import Table

from bench.support.arguments import parser
from bench.support.crowd import crowd
from bench.support.installs import LeftOut
from bench.support.peers import FLOOR, HUB, PEERS, Peer, running
from bench.support.picture import DOCS, picture
from bench.support.processes import Cores, allow_open_files, memory_bytes, pin, shared_out
from bench.support.ratios import Ratios
from bench.support.results import Report, out, rounded
from bench.support.sides import Side
from bench.support.site import API, EVENT, site
from bench.support.writer import Writer
from wall.store import Store, events

BURSTS = (1, 10, 100)
SOCKETS = 10_000
RUNS = 7
QUICK_SOCKETS = 1_000
QUICK_RUNS = 3
WHOLE = "Backchannel, from the journal"
VOID_BEYOND = 0.15
"""A single run of the floor this far from its median, as a part of it, makes a column void."""
_SETTLED_SECONDS = 1.0
_COLUMNS = {1: "one message", 10: "burst of 10", 100: "burst of 100"}


@contextlib.asynccontextmanager
async def backchannel(sockets: int, cores: Cores | None) -> AsyncIterator[Side]:
    """A `serve` process with a crowd at its wall; posts are put into its database from here."""
    async with site() as served:
        store = Store(served.database_url)
        found = await store.read(lambda conn: events.named(conn, EVENT))
        assert found is not None
        writer = Writer(store, found.id, found.seq)
        await writer.send(1)
        cursor = (await served.client.get(f"{API}/snapshot?face=wall")).json["cursor"]
        path = f"/live/{EVENT}?face=wall&cursor={cursor}"
        pid = served.process.child.pid
        before = await _settled(pid, cores)
        async with crowd(served.port, path, sockets, cores=cores and cores.load) as watching:
            each = (await _settled(pid, cores) - before) / sockets
            await writer.send(1)
            await watching.wait_for(f"seq {writer.seq}")
            await watching.reached()
            awaited = lambda burst: f"seq {writer.seq + burst}"  # noqa: E731
            yield Side(WHOLE, pid, sockets, each, watching, awaited, writer.send, looks=True)
        store.close()


@contextlib.asynccontextmanager
async def beside(peer: Peer, folder: Path, sockets: int, cores: Cores | None) -> AsyncIterator[Side]:
    """Another server with a crowd. Raises LeftOut."""
    count = min(sockets, peer.at_most)
    async with running(peer, folder) as here:
        launch, seq = here.launch, 1
        before = await _settled(here.pid, cores)
        async with crowd(
            launch.port, launch.path, count, greeting=launch.greeting, cores=cores and cores.load
        ) as watching:
            each = (await _settled(here.pid, cores) - before) / count

            def awaited(burst: int) -> str:
                return f"seq {seq + burst}" if peer.name == HUB else f"bytes {burst * launch.message_bytes}"

            async def send(burst: int) -> None:
                nonlocal seq
                seq += burst
                await here.send(burst)

            yield Side(peer.name, here.pid, count, each, watching, awaited, send)


async def _settled(pid: int, cores: Cores | None) -> int:
    """Memory of a server that nobody asks anything of, from now on on its core."""
    if cores:
        pin(pid, cores.servers)
    await asyncio.sleep(_SETTLED_SECONDS)
    return memory_bytes(pid)


class Fair:
    """All servers side by side, those that could not be had or broke down, and why."""

    def __init__(self, cores: Cores | None) -> None:
        self.sides: list[Side] = []
        self.left_out: dict[str, str] = {}
        self._cores = cores
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def invite(self, name: str, coming: contextlib.AbstractAsyncContextManager[Side]) -> None:
        """Start a server; what fails is left out by name."""
        out.print(f"  {name} ...", style="dim", markup=False)
        try:
            side = await self._stack.enter_async_context(coming)
            side.keep_apart(self._cores)
            self.sides.append(side)
        except LeftOut as reason:
            self.left_out[name] = str(reason)
        except Exception as problem:  # noqa: BLE001 - whatever it is, the others are measured
            self.left_out[name] = f"its sockets did not open: {type(problem).__name__} {problem}"[:160]

    async def run(self, runs: int) -> None:
        """Every burst at every server in turn, so that all meet the same machine."""
        for number in range(1 + runs):
            for burst in BURSTS:
                for side in list(self.sides):
                    await self._try(side, burst)
            out.print(f"  run {number} of {runs}" if number else "  warm", style="dim", markup=False)

    async def _try(self, side: Side, burst: int) -> None:
        try:
            await side.measure(burst)
            if burst == 1:
                await side.measure_idle()
        except (AssertionError, OSError, TimeoutError, asyncio.IncompleteReadError) as problem:
            self.left_out[side.name] = f"it broke down at a burst of {burst}: {problem}"[:160]
            self.sides.remove(side)


async def measure(peers: Sequence[Peer], sockets: int, runs: int, cores: Cores | None) -> Fair:
    """Everybody, measured."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with Fair(cores) as fair:
            for peer in peers:
                await fair.invite(peer.name, beside(peer, Path(folder), sockets, cores))
                if peer.name == FLOOR:
                    await fair.invite(WHOLE, backchannel(sockets, cores))
            if cores:
                pin(os.getpid(), cores.load)
            await fair.run(runs)
            return fair


class Standing:
    """What is said of a fair: times, ratios to the floor run by run, and what is void."""

    def __init__(self, fair: Fair) -> None:
        self.sides = sorted(fair.sides, key=lambda side: statistics.median(side.microseconds(BURSTS[-1])))
        self.left_out = fair.left_out
        self._most = max(side.sockets for side in fair.sides)
        self._floor = next((side for side in self.sides if side.name == FLOOR), None)

    def ratios(self, side: Side, burst: int) -> list[float]:
        """How many times the floor's each run was; empty without a floor."""
        if self._floor is None:
            return []
        pairs = zip(side.microseconds(burst), self._floor.microseconds(burst), strict=True)
        return [mine / floor for mine, floor in pairs]

    def floor_spread(self, burst: int) -> float:
        """How far the floor's farthest run is from its median, as a part of it."""
        if self._floor is None:
            return 1.0
        runs = self._floor.microseconds(burst)
        middle = statistics.median(runs)
        return max(abs(run - middle) for run in runs) / middle

    def void(self) -> list[str]:
        """The columns in which even the floor was not steady."""
        return [_COLUMNS[burst] for burst in BURSTS if self.floor_spread(burst) > VOID_BEYOND]

    def table(self, title: str) -> Table:
        """A row for every server."""
        table = Table("server", box=None, title=title, title_justify="left", title_style="bold")
        for column in (*_COLUMNS.values(), "KB a socket", "its crowd's core"):
            table.add_column(column, justify="right")
        for side in self.sides:
            table.add_row(*self._row(side))
        return table

    def _row(self, side: Side) -> list[str]:
        cells = [side.name if side.sockets == self._most else f"{side.name} ({side.sockets:,} sockets)"]
        for burst in BURSTS:
            ratios = self.ratios(side, burst)
            times = f" ({statistics.median(ratios):.2f}x)" if ratios else ""
            cells.append(f"{rounded(statistics.median(side.microseconds(burst)))} µs{times}")
        shares = "/".join(f"{100 * side.load_share(burst):.0f}" for burst in BURSTS)
        return [*cells, f"{side.socket_bytes / 1024:.1f}", f"{shares} %"]


def fill(report: Report, standing: Standing) -> None:
    """Every figure, for the JSON."""
    for side in standing.sides:
        for burst in BURSTS:
            what = f"{_COLUMNS[burst]}: {side.name}"
            report.median(what, side.microseconds(burst), "µs/delivery")
            if ratios := standing.ratios(side, burst):
                report.median(f"{what}, to the floor", ratios, "x")
            report.add(f"{what}, its crowd's share of a core", 100 * side.load_share(burst), "%")
            report.detail.setdefault("runs", {})[what] = [
                {"cpu": one.cpu, "load_cpu": one.load_cpu, "until_received": one.until_received}
                for one in side.samples[burst]
            ]
        report.add(f"memory: {side.name}", side.socket_bytes / 1024, "KB/socket")
        report.median(f"idle: {side.name}", [1000 * share for share in side.idle], "ms of CPU/s")
    report.detail["left_out"] = standing.left_out
    report.detail["void"] = standing.void()
    report.detail["servers"] = [
        {
            "name": side.name,
            "sockets": side.sockets,
            "kb": side.socket_bytes / 1024,
            "micros": {str(burst): statistics.median(side.microseconds(burst)) for burst in BURSTS},
        }
        for side in standing.sides
    ]


def values(standing: Standing) -> dict[str, float]:
    """What is compared with earlier runs: ratios to the floor, and memory."""
    found = {
        f"{side.name}: {_COLUMNS[burst]}": statistics.median(ratios)
        for side in standing.sides
        for burst in BURSTS
        if (ratios := standing.ratios(side, burst)) and side.name in (HUB, WHOLE)
    }
    return found | {
        f"{side.name}: KB a socket": side.socket_bytes / 1024
        for side in standing.sides
        if side.name in (HUB, WHOLE)
    }


def notes(standing: Standing, cores: Cores | None) -> list[str]:
    """What a reader of the table has to know."""
    spreads = ", ".join(f"{100 * standing.floor_spread(burst):.0f} %" for burst in BURSTS)
    kind = "/".join(sorted({side.crowd.kind for side in standing.sides}))
    where = "Servers on one core, crowds on the rest." if cores else "One core for all: worth little."
    lines = [
        "CPU of the whole server (all its processes) for each delivery, in medians. In "
        f"brackets the median of its ratio to the floor, run by run. {where}",
        f"Farthest run of the floor from its median: {spreads}. The crowds are written in {kind}; a "
        "share of a core near 100 % says that the server waited for its crowd, which costs it no CPU time.",
    ]
    lines += [f"Left out: {name}: {reason}" for name, reason in standing.left_out.items()]
    if void := standing.void():
        lines.append(
            f"VOID: {', '.join(void)}: the floor itself spread more than {100 * VOID_BEYOND:.0f} %."
        )
    return lines


def main() -> None:
    """Measure deliveries."""
    arguments = parser(__doc__)
    arguments.add_argument(
        "--sockets", type=int, help=f"at each server ({SOCKETS}; quick: {QUICK_SOCKETS})"
    )
    arguments.add_argument("--runs", type=int, help=f"{RUNS}; quick: {QUICK_RUNS}")
    arguments.add_argument("--only", action="append", metavar="WORD", help="peers whose name has this word")
    arguments.add_argument(
        "--record", action="store_true", help="keep ratios and picture in docs/reference"
    )
    given = arguments.parse_args()
    sockets = given.sockets or (QUICK_SOCKETS if given.quick else SOCKETS)
    runs = given.runs or (QUICK_RUNS if given.quick else RUNS)
    allow_open_files(sockets + 200)
    cores = shared_out()
    fair = asyncio.run(measure(_peers(given.quick, given.only), sockets, runs, cores))
    if not fair.sides:
        sys.exit(f"No server could be measured: {fair.left_out}")
    standing = Standing(fair)
    title = f"Fan-out: server CPU for each delivery of 1 KB to {sockets:,} websockets, {runs} runs"
    report = Report("fanout", title, given.quick)
    fill(report, standing)
    report.notes += notes(standing, cores)
    report.notes += Ratios(f"fanout, {sockets} sockets").outcome(
        values(standing), keep=given.record and not standing.void()
    )
    report.finish(standing.table(title))
    _draw(report, whole=given.record and sockets == SOCKETS and runs >= RUNS and not standing.void())


def _peers(quick: bool, only: Sequence[str] | None) -> list[Peer]:
    chosen = [peer for peer in PEERS if peer.quick or not quick]
    if not only:
        return chosen
    words = [word.lower() for word in only]
    always = (FLOOR, HUB)
    return [
        peer for peer in PEERS if peer.name in always or any(word in peer.name.lower() for word in words)
    ]


def _draw(report: Report, *, whole: bool) -> None:
    path = picture(report.detail["servers"], report.title, report.machine)
    if whole:
        (DOCS / path.name).write_bytes(path.read_bytes())
    out.print(f"  Picture: {DOCS / path.name if whole else path}", style="dim", markup=False)


if __name__ == "__main__":
    main()
