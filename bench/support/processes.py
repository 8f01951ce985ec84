"""What a process used of the processors, and where it may run. Linux only: it reads /proc."""

from __future__ import annotations

import contextlib
import os
import resource
from pathlib import Path
from typing import NamedTuple


def cpu_seconds(pid: int) -> float:
    """Processor time of a process and its living threads so far, to the nanosecond."""
    total = 0
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with contextlib.suppress(OSError):  # a thread that ended meanwhile
            total += int(task.read_text(encoding="ascii").split()[0])
    return total / 1e9


def family(pid: int) -> list[int]:
    """A process and its children, and theirs."""
    parents = {int(path.name): _parent(path) for path in Path("/proc").glob("[0-9]*")}
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def _parent(process: Path) -> int | None:
    try:
        return int((process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    except OSError:  # it ended meanwhile
        return None


def memory_bytes(pid: int) -> int:
    """Memory of a process and its children: what they share is counted once (PSS)."""
    total = 0
    for one in family(pid):
        lines = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii").splitlines()
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total * 1024


def pin(pid: int, cores: set[int]) -> None:
    """Let a process, with the threads that it has and will have, run on these cores only."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), cores)


class Cores(NamedTuple):
    """Which processor cores are whose."""

    servers: set[int]
    load: set[int]


def shared_out() -> Cores | None:
    """The first core for the servers and the rest for the load; None where there is one core only."""
    cores = sorted(os.sched_getaffinity(0))
    return Cores({cores[0]}, set(cores[1:])) if len(cores) > 1 else None


def allow_open_files(needed: int) -> None:
    """Raise the soft limit of open files to the hard one. Exits with words if that is too low."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise SystemExit(f"{needed} open files are needed and {hard} allowed: raise `ulimit -Hn`.")
