"""Walls beside thousands of sockets that never read: what those cost the server and the others.

The sockets belong to a process that is stopped once they are open, so that nothing reads what they
are sent. Posts go out meanwhile until the server has cut every one of them off; twenty walls read on,
and their lag is what is measured, before and meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from bench.support.crowd import Crowd, crowd
from bench.support.processes import memory_bytes, pin, shared_out
from bench.support.recorded import run_recorded
from bench.support.results import Report, percentile
from bench.support.site import API, EVENT, Site, site
from bench.support.writer import Writer
from wall.store import Store, events

WALLS = 20
BURST = 20
"""Posts in one transaction, some 20 KB on the wire."""
_PAUSE_SECONDS = 0.25
_LONGEST_SECONDS = 240.0
_MB = 1_000_000


@dataclass(frozen=True)
class Size:
    """How much is measured: sockets that never read, and rounds of posts without them."""

    sockets: int
    rounds: int


FULL = Size(sockets=10_000, rounds=40)
QUICK = Size(sockets=1_000, rounds=12)


class Hall:
    """A server, the walls that read, and posts for them."""

    def __init__(self, served: Site, walls: Crowd, writer: Writer) -> None:
        self._served, self._walls, self._writer = served, walls, writer

    async def lag(self) -> float:
        """Seconds from a burst in the database until all walls that read have it."""
        await self._walls.wait_for(f"seq {self._writer.seq + BURST}")
        began = time.perf_counter()
        await self._writer.send(BURST)
        await self._walls.reached()
        return time.perf_counter() - began

    async def lags(self, rounds: int) -> list[float]:
        """The lag again and again."""
        found = []
        for _ in range(rounds):
            found.append(await self.lag())
            await asyncio.sleep(_PAUSE_SECONDS)
        return found

    async def lags_until_alone(self) -> tuple[list[float], float, float]:
        """The lag until the server has no other sockets; the seconds that took, and its most memory."""
        found, most, began = [], 0.0, time.perf_counter()
        while await self.sockets() > WALLS:
            assert time.perf_counter() - began < _LONGEST_SECONDS, "sockets that never read are still open"
            found.append(await self.lag())
            most = max(most, self.memory())
            await asyncio.sleep(_PAUSE_SECONDS)
        return found, time.perf_counter() - began, most

    async def sockets(self) -> int:
        """Sockets of walls that the server holds."""
        return await asyncio.to_thread(_open_sockets, self._served.process.child.pid) - self.others

    others = 0
    """Sockets of the server that are not those of walls."""

    def memory(self) -> float:
        """What the server holds of memory, in MB."""
        return memory_bytes(self._served.process.child.pid) / _MB


def _open_sockets(pid: int) -> int:
    """How many sockets a process holds; a descriptor may close while it is looked at."""
    found = 0
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found += str(descriptor.readlink()).startswith("socket:")
    return found


@contextlib.asynccontextmanager
async def never_reading(served: Site, path: str, count: int) -> AsyncIterator[None]:
    """So many open sockets of a process that stands still, until the block ends."""
    async with crowd(served.port, path, count) as still:
        os.kill(still.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(still.pid, signal.SIGCONT)


async def _path(served: Site) -> str:
    cursor = (await served.client.get(f"{API}/snapshot?face=wall")).json["cursor"]
    return f"/live/{EVENT}?face=wall&cursor={cursor}"


async def measure(report: Report, size: Size) -> dict[str, float]:
    """The walls' lag before and meanwhile, and the server's memory; what is compared with earlier runs."""
    cores = shared_out()
    async with site() as served:
        if cores:
            pin(served.process.child.pid, cores.servers)
            pin(os.getpid(), cores.load)
        store = Store(served.database_url)
        found = await store.read(lambda conn: events.named(conn, EVENT))
        assert found is not None
        writer = Writer(store, found.id, found.seq)
        async with crowd(served.port, await _path(served), WALLS, cores=cores and cores.load) as walls:
            hall = Hall(served, walls, writer)
            before = await hall.lags(size.rounds)
            hall.others = _open_sockets(served.process.child.pid) - WALLS
            async with never_reading(served, await _path(served), size.sockets):
                opened = hall.memory()
                meanwhile, took, most = await hall.lags_until_alone()
            after = hall.memory()
        store.close()
    report.latencies(f"lag of {WALLS} walls, alone", before)
    report.latencies(f"lag of {WALLS} walls beside {size.sockets:,} sockets that never read", meanwhile)
    report.add("until the last of those was cut off", took, "s")
    for what, value in (("with all open", opened), ("at most", most), ("after", after)):
        report.add(f"the server's memory, {what}", value, "MB")
    report.notes.append(
        f"Bursts of {BURST} posts, put in from outside: the server finds them by its look, within a second."
    )
    times = percentile(meanwhile, 0.95) / percentile(before, 0.95)
    return {"lag beside those who never read, times alone": times, "most memory, MB": most}


def main() -> None:
    """Measure what sockets that never read cost."""
    run_recorded(__doc__, ("stuck", "Beside sockets that never read"), (FULL, QUICK), measure)


if __name__ == "__main__":
    main()
