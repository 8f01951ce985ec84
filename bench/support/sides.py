"""One server with its crowd: bursts sent, and what they cost it, its crowd and its memory."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bench.support.crowd import Crowd, Received
from bench.support.processes import Cores, cpu_seconds, family, pin

IDLE_SECONDS = 0.5


@dataclass(frozen=True)
class Sample:
    """One burst to all sockets. Times in seconds; `cpu` is the server's, `load_cpu` the crowd's."""

    cpu: float
    load_cpu: float
    until_received: float
    received: Received


@dataclass
class Side:
    """A server: how to have it send, what its sockets then wait for, and what was measured."""

    name: str
    pid: int
    sockets: int
    socket_bytes: float
    crowd: Crowd
    awaited: Callable[[int], str]
    """What each socket waits for, for a burst: `seq N` or `bytes N`."""
    send: Callable[[int], Awaitable[None]]
    looks: bool = False
    """It finds what is there by a look every second: what it does while it waits is taken off."""
    idle: list[float] = field(default_factory=list)
    samples: dict[int, list[Sample]] = field(default_factory=dict)

    async def measure(self, burst: int) -> None:
        """One burst to everybody."""
        pids = family(self.pid)
        await self.crowd.wait_for(self.awaited(burst))
        cpu, load_cpu, began = _cpu(pids), cpu_seconds(self.crowd.pid), time.perf_counter()
        await self.send(burst)
        received = await self.crowd.reached()
        taken = time.perf_counter() - began
        sample = Sample(_cpu(pids) - cpu, cpu_seconds(self.crowd.pid) - load_cpu, taken, received)
        self.samples.setdefault(burst, []).append(sample)

    async def measure_idle(self) -> None:
        """What the server does on its own (seconds of processor time a second)."""
        pids = family(self.pid)
        cpu, began = _cpu(pids), time.perf_counter()
        await asyncio.sleep(IDLE_SECONDS)
        self.idle.append((_cpu(pids) - cpu) / (time.perf_counter() - began))

    def keep_apart(self, cores: Cores | None) -> None:
        """The server on its core, its crowd on the others."""
        if cores:
            pin(self.crowd.pid, cores.load)
            for pid in family(self.pid):
                pin(pid, cores.servers)

    def microseconds(self, burst: int) -> list[float]:
        """Processor time of each delivery, run by run. The first run of all was warm-up."""
        idle = statistics.median(self.idle) if self.looks else 0.0
        runs = self.samples[burst][1:]
        return [1e6 * (run.cpu - idle * run.until_received) / (burst * self.sockets) for run in runs]

    def load_share(self, burst: int) -> float:
        """How much of one core its crowd used while it received (median, 0 to 1)."""
        return statistics.median(run.load_cpu / run.until_received for run in self.samples[burst][1:])


def _cpu(pids: list[int]) -> float:
    return sum(map(cpu_seconds, pids))
