"""How a measurement of many sockets is run: its sizes, its report, and what it compares itself with."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, TypeVar

from bench.support.arguments import parser
from bench.support.processes import allow_open_files
from bench.support.ratios import Ratios
from bench.support.results import Report


class Sized(Protocol):
    """How large a measurement is."""

    @property
    def sockets(self) -> int: ...


S = TypeVar("S", bound=Sized)


def run_recorded(
    doc: str | None,
    report: tuple[str, str],
    sizes: tuple[S, S],
    measure: Callable[[Report, S], Awaitable[Mapping[str, float]]],
) -> None:
    """Measure in full or, with --quick, small; say what got worse; with --record, keep the figures.

    `report` is its name and title, `sizes` the full and the quick one.
    """
    arguments = parser(doc)
    arguments.add_argument("--record", action="store_true", help="keep the figures in the docs")
    given = arguments.parse_args()
    size = sizes[1] if given.quick else sizes[0]
    allow_open_files(size.sockets + 200)
    written = Report(*report, given.quick)

    async def run() -> Mapping[str, float]:
        return await measure(written, size)

    found = asyncio.run(run())
    written.notes += Ratios(f"{report[0]}, {size.sockets} sockets").outcome(found, keep=given.record)
    written.finish()
