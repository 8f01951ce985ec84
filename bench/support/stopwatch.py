"""Where the time goes: seconds by part of the program, each without the parts it calls."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Self
from unittest.mock import patch


class Stopwatch:
    """Times functions while it is open. `wall` holds seconds that passed, `cpu` those of work."""

    def __init__(self) -> None:
        self.wall: dict[str, float] = defaultdict(float)
        self.cpu: dict[str, float] = defaultdict(float)
        self._threads = threading.local()
        self._patches = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._patches.close()

    def time(self, part: str, owner: Any, name: str) -> None:
        """Count calls of `owner.name` as `part` from now on."""
        timed = self._timed(part, getattr(owner, name))
        self._patches.enter_context(patch.object(owner, name, timed))

    def _timed(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            stack = self._threads.__dict__.setdefault("stack", [])
            stack.append([0.0, 0.0])
            wall, cpu = time.perf_counter(), time.thread_time()
            try:
                return function(*args, **kwargs)
            finally:
                self._count(part, stack, time.perf_counter() - wall, time.thread_time() - cpu)

        return timed

    def _count(self, part: str, stack: list[list[float]], wall: float, cpu: float) -> None:
        within = stack.pop()
        self.wall[part] += wall - within[0]
        self.cpu[part] += cpu - within[1]
        if stack:
            stack[-1][0] += wall
            stack[-1][1] += cpu
