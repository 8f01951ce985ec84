"""How long the pages' main threads work at a stretch, as Chromium itself traces it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, Page

_CATEGORIES = ["toplevel", "disabled-by-default-devtools.timeline", "__metadata"]
_TASKS = {"RunTask", "ThreadControllerImpl::RunTask", "ThreadPool_RunTask"}


@dataclass
class Work:
    """Milliseconds of processor time of each task of a page's main thread: other work on the machine
    does not count."""

    tasks: list[float] = field(default_factory=list)

    @property
    def longest(self) -> float:
        """The longest task."""
        return max(self.tasks, default=0.0)


@asynccontextmanager
async def traced(browser: Browser, page: Page) -> AsyncIterator[Work]:
    """Trace what is done in the block; the work is known afterwards."""
    work = Work()
    await browser.start_tracing(page=page, categories=_CATEGORIES)
    try:
        yield work
    finally:
        work.tasks += _tasks(json.loads(await browser.stop_tracing())["traceEvents"])


def _tasks(events: list[dict[str, Any]]) -> list[float]:
    names = ((one["pid"], one["tid"], one) for one in events if one.get("name") == "thread_name")
    mains = {(pid, tid) for pid, tid, one in names if one["args"].get("name") == "CrRendererMain"}
    return [
        one.get("tdur", one["dur"]) / 1000
        for one in events
        if one.get("name") in _TASKS and "dur" in one and (one["pid"], one["tid"]) in mains
    ]
