"""Figures: what was measured, how far its runs lay apart, and on what machine."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).resolve().parents[1] / "results"

out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 120)


@dataclass(frozen=True)
class Figure:
    """One line of the table. `spread` says in words how far single runs lay apart."""

    what: str
    value: float | None
    unit: str
    spread: str = ""


@dataclass
class Report:
    """What one module measured. `notes` are what a reader of the figures has to know."""

    name: str
    title: str
    quick: bool
    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    machine: dict[str, Any] = field(default_factory=lambda: machine())
    detail: dict[str, Any] = field(default_factory=dict)

    def add(self, what: str, value: float | None, unit: str, spread: str = "") -> None:
        """Add a figure."""
        self.figures.append(Figure(what, value, unit, spread))

    def median(self, what: str, runs: Sequence[float], unit: str) -> float:
        """Add the median of several runs, with their range; the median."""
        value = statistics.median(runs)
        self.add(what, value, unit, spread_of(runs))
        return value

    def latencies(self, what: str, seconds: Sequence[float]) -> None:
        """Add p50, p95 and the longest of single durations, in milliseconds."""
        for name, share in (("p50", 0.50), ("p95", 0.95), ("longest", 1.0)):
            self.add(f"{what}, {name}", percentile(seconds, share) * 1000, "ms", f"n={len(seconds)}")

    def finish(self, table: Table | None = None) -> None:
        """Print the figures, or another table of them, and write bench/results/NAME.json."""
        self.machine["load_after"] = _load()
        if table is None:
            print_table(self.title, self.figures)
        else:
            out.print(table)
        for note in [*self.notes, in_words(self.machine)]:
            out.print(f"  {note}", style="dim", markup=False)
        RESULTS.mkdir(exist_ok=True)
        written = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **asdict(self)}
        path = RESULTS / f"{self.name}.json"
        path.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def print_table(title: str, figures: Sequence[Figure]) -> None:
    """Print figures as a short table."""
    table = Table("figure", box=None, title=title, title_justify="left", title_style="bold")
    table.add_column("", justify="right")
    table.add_column("unit")
    table.add_column("runs", style="dim")
    for figure in figures:
        table.add_row(figure.what, rounded(figure.value), figure.unit, figure.spread)
    out.print(table)


def rounded(value: float | None) -> str:
    """A number with as many digits as it is worth."""
    if value is None:
        return "-"
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def spread_of(runs: Sequence[float]) -> str:
    """The range of several runs; a single run has none."""
    if len(runs) < 2:
        return "1 run"
    return f"{rounded(min(runs))} to {rounded(max(runs))}, n={len(runs)}"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1)]


def machine() -> dict[str, Any]:
    """What the figures were measured on, and how busy it was before."""
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "fsync_ms": round(_fsync_seconds() * 1000, 3),
        "load_before": _load(),
    }


def in_words(found: dict[str, Any]) -> str:
    """The machine in one line, with a warning when it had other work."""
    busy = found["load_before"] is not None and found["load_before"] > 0.25 * (found["cores"] or 1)
    warning = " BUSY BEFORE IT BEGAN: do not quote these figures." if busy else ""
    return (
        f"{found['cores']} cores ({found['processor']}), {found['memory_gb']} GB, {found['system']}, "
        f"Python {found['python']}; fsync of 4 KB {found['fsync_ms']} ms; "
        f"load {found['load_before']} before, {found['load_after']} after.{warning}"
    )


def _load() -> float | None:
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def _processor() -> str:
    if sys.platform.startswith("linux"):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _fsync_seconds() -> float:
    """Median of 20: what the disk under the temporary directory takes to promise 4 KB."""
    taken = []
    with tempfile.TemporaryFile() as file:
        for _ in range(20):
            file.write(b"\0" * 4096)
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - began)
    return statistics.median(taken)
