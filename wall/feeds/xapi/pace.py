"""When a post that is shown is looked for again. Pure.

X wants a deleted post off within 24 hours, and bills a post once a day (UTC). So a young post is looked for
every few minutes, at most once at a price; an older one every two hours on a day on which it is paid for
anyway, and else every 20 hours.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from wall.feeds.common.told import put
from wall.feeds.xapi.config import Times
from wall.feeds.xapi.ids import moment_of

TOGETHER = 100
"""Posts of one request."""


class Pace:
    """What was asked for when."""

    def __init__(self, times: Times) -> None:
        self._times = times
        self._asked: dict[str, datetime] = {}
        self._gone: dict[str, None] = {}

    def chosen(self, keys: Sequence[str], now: datetime, is_paid: Callable[[str], bool]) -> list[str]:
        """Which of these to ask for, the most urgent first; none where nothing is due.

        What is gone comes first, then what was not asked for longest. The last request is filled with posts
        that are paid for; where something is gone also with others: whoever judges how much is gone at once
        must know of what is there.
        """
        due = [key for key in keys if self._is_due(key, now, is_paid)]
        if not due:
            return []
        due.sort(key=lambda key: (key not in self._gone, self._last(key)))
        taken = set(due)
        others = [key for key in keys if key not in taken]
        if not any(key in self._gone for key in due):
            others = [key for key in others if is_paid(key)]
        others.sort(key=lambda key: (not is_paid(key), self._last(key)))
        return [*due, *others[: -len(due) % TOGETHER]]

    def answered(self, asked: Collection[str], gone: Collection[str], now: datetime) -> None:
        """Note what was asked for, and what of it is gone."""
        for key in asked:
            self._asked.pop(key, None)
            put(self._asked, key, now)
            self._gone.pop(key, None)
        for key in gone:
            put(self._gone, key, None)

    def _is_due(self, key: str, now: datetime, is_paid: Callable[[str], bool]) -> bool:
        waited = (now - self._last(key)).total_seconds()
        return waited < 0 or waited >= self._every(key, now, is_paid)

    def _last(self, key: str) -> datetime:
        """When it was asked for; what never was is as fresh as it is new."""
        return self._asked.get(key) or moment_of(key)

    def _every(self, key: str, now: datetime, is_paid: Callable[[str], bool]) -> float:
        if key in self._gone:
            return self._times.gone
        age = (now - moment_of(key)).total_seconds()
        young = next((every for limit, every in self._times.young if age < limit), None)
        if young is not None:
            return young
        return self._times.paid if is_paid(key) else self._times.unpaid
