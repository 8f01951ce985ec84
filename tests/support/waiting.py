"""Waiting for a condition with a deadline, in place of sleeping and hoping."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds. It only ends a test that hangs: no machine, however slow, is to meet it by accident."""
_PAUSE = 0.01


def until(condition: Callable[[], T], within: float = PATIENCE, what: str = "the condition") -> T:
    """Call `condition` until it is true, and return what it said. AssertionError after `within` seconds."""
    deadline = time.monotonic() + within
    while not (said := condition()):
        assert time.monotonic() < deadline, f"{what} did not come true within {within} s"
        time.sleep(_PAUSE)
    return said


async def eventually(
    condition: Callable[[], Any], within: float = PATIENCE, what: str = "the condition"
) -> Any:
    """As `until`, without blocking the loop; `condition` may be a coroutine function."""
    deadline = time.monotonic() + within
    while True:
        said = condition()
        if inspect.isawaitable(said):
            said = await said
        if said:
            return said
        assert time.monotonic() < deadline, f"{what} did not come true within {within} s"
        await asyncio.sleep(_PAUSE)
