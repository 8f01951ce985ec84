"""What a server costs while nothing happens: memory of idle sockets, idle processor time, cold start.

Memory is of the whole process (PSS). An idle wall is a websocket that is at the head and gets beats.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from bench.support.crowd import Crowd, crowd
from bench.support.processes import cpu_seconds, memory_bytes, pin, shared_out
from bench.support.recorded import run_recorded
from bench.support.results import Report
from bench.support.site import API, EVENT, Site, site
from tests.support.processes import serve_process
from wall.store import Store, migrate

_SETTLED_SECONDS = 2.0
_LEAVES_WITHIN = 30.0
_PROBED_SECONDS = 0.1
_WATCHERS = 100
_AT_ONCE = 1_000


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    sockets: int
    churned: int
    idle_seconds: float
    starts: int


FULL = Size(sockets=10_000, churned=100_000, idle_seconds=30, starts=7)
QUICK = Size(sockets=1_000, churned=10_000, idle_seconds=4, starts=3)
KB = 1024


@contextlib.asynccontextmanager
async def walls(served: Site, count: int) -> AsyncIterator[Crowd]:
    """So many walls, all at the head, until the block ends."""
    cursor = (await served.client.get(f"{API}/snapshot?face=wall")).json["cursor"]
    path = f"/live/{EVENT}?face=wall&cursor={cursor}"
    cores = shared_out()
    async with crowd(served.port, path, count, cores=cores and cores.load) as watching:
        yield watching


async def memory(served: Site, count: int) -> float:
    """KB of memory for each of `count` idle walls, above the process without them."""
    async with walls(served, 50):
        pass
    before = await _settled(served)
    async with walls(served, count):
        return (await _settled(served) - before) / KB / count


async def _settled(served: Site) -> int:
    await asyncio.sleep(_SETTLED_SECONDS)
    return memory_bytes(served.process.child.pid)


async def churn(served: Site, total: int) -> list[float]:
    """MB of memory after each tenth of so many sockets that came and went."""
    found = []
    for number in range(total // _AT_ONCE):
        async with walls(served, _AT_ONCE):
            pass
        await _left(served)
        if (number + 1) % max(1, total // _AT_ONCE // 10) == 0:
            found.append(memory_bytes(served.process.child.pid) / KB / KB)
    return found


async def _left(served: Site) -> None:
    """Return when the server has closed its ends of the sockets."""
    descriptors, deadline = f"/proc/{served.process.child.pid}/fd", time.monotonic() + _LEAVES_WITHIN
    while len(os.listdir(descriptors)) > _WATCHERS:  # noqa: PTH208 - thousands of names, not paths
        assert time.monotonic() < deadline, "the server keeps sockets whose clients have gone"
        await asyncio.sleep(_PROBED_SECONDS)


async def idle_share(served: Site, seconds: float) -> float:
    """Percent of a core that the server uses with 100 idle walls."""
    pid = served.process.child.pid
    async with walls(served, _WATCHERS):
        await asyncio.sleep(_SETTLED_SECONDS)
        cpu, began = cpu_seconds(pid), time.perf_counter()
        await asyncio.sleep(seconds)
        return 100 * (cpu_seconds(pid) - cpu) / (time.perf_counter() - began)


async def cold_starts(count: int) -> list[float]:
    """Seconds from the start of `serve` on a migrated database until it is ready, each time anew."""
    taken = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        url = f"sqlite:///{folder}/backchannel.db"
        store = Store(url)
        migrate(store)
        store.close()
        environment = {"BACKCHANNEL_DATA_DIR": folder, "BACKCHANNEL_DATABASE_URL": url}
        for _ in range(count + 1):
            process = serve_process(Path(folder), environment)
            await process.start()
            process.stop()
            taken.append(process.started_in)
    return taken[1:]


async def measure(report: Report, size: Size) -> dict[str, float]:
    """Everything; what is compared with earlier runs."""
    cores = shared_out()
    starts = await cold_starts(size.starts)
    async with site() as served:
        if cores:
            pin(served.process.child.pid, cores.servers)
        share = await idle_share(served, size.idle_seconds)
        each = await memory(served, size.sockets)
        steps = await churn(served, size.churned)
    grown = steps[-1] - steps[len(steps) // 2 - 1]
    report.add("memory for each idle wall, above the process", each, "KB", f"n={size.sockets:,}")
    kept = f"{steps[0]:.0f} MB after the first tenth, {steps[-1]:.0f} MB at the end"
    report.add(f"growth over the later half of {size.churned:,} connects", grown, "MB", kept)
    report.add(f"idle, with {_WATCHERS} walls", share, "% of a core", f"over {size.idle_seconds:.0f} s")
    report.median("cold start, until /readyz says yes", starts, "s")
    report.detail |= {"memory_mb": steps, "starts": starts}
    return {
        "KB for each idle wall": each,
        "% of a core with 100 walls": share,
        "seconds of a cold start": statistics.median(starts),
    }


def main() -> None:
    """Measure idleness."""
    run_recorded(__doc__, ("idle", "While nothing happens"), (FULL, QUICK), measure)


if __name__ == "__main__":
    main()
