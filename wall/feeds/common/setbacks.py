"""Failures in a row of one place: how long to wait, and what to say when that changes."""

from __future__ import annotations

from wall.feeds.base import Trouble
from wall.feeds.common.problems import Passing, wait_after


class Setbacks:
    """One place that is asked again and again. What is to be told is returned, mostly nothing."""

    def __init__(self, where: str, first: float, longest: float) -> None:
        """`where` is what an organiser knows the place by; waits are `first` to `longest` seconds."""
        self._where = where
        self._first = first
        self._longest = longest
        self.failed = 0
        """Failures in a row."""
        self._code: str | None = None

    def well(self) -> list[Trouble]:
        """It works."""
        self.failed = 0
        return self._now(None, "", None)

    def trouble(self, known: Passing) -> tuple[float, list[Trouble]]:
        """It failed: seconds to wait, and what to tell."""
        self.failed += 1
        wait = wait_after(known, self.failed, self._first, self._longest)
        return wait, self._now(known.code, known.message, wait)

    def _now(self, code: str | None, message: str, wait: float | None) -> list[Trouble]:
        if code == self._code:
            return []
        self._code = code
        return [Trouble(self._where, code, message, wait)]
