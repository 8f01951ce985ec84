"""The units of the YouTube Data API: what was used today, and how often that lets us look. Pure.

A key has 10,000 units a day, full again at midnight Pacific time; a look at a chat costs 5, one at a video
1 (developers.google.com/youtube/v3/determine_quota_cost).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from wall.feeds.base import Budget

CHAT = 5
VIDEO = 1
_ZONE = ZoneInfo("America/Los_Angeles")


class Quota:
    """What of a day's units is used. `where` is what an organiser knows the place by."""

    def __init__(self, most: int, where: str, saved: Any = None) -> None:
        """`saved` as `as_saved` gave it; what is none counts as nothing used."""
        self._most = most
        self._where = where
        self._day, self._used = _read(saved)
        self._told: tuple[date, float] | None = None

    def left(self, now: datetime) -> int:
        """Units that may still be used today."""
        return max(0, self._most - self._today(now))

    def use(self, units: int, now: datetime) -> None:
        """Count units. A request that fails costs them too."""
        self._used = self._today(now) + units
        self._day = _day_of(now)

    def spent(self, now: datetime) -> None:
        """The API says that none is left: somebody else uses the key as well."""
        self.use(self.left(now), now)

    def renews_at(self, now: datetime) -> datetime:
        """When the units are full again."""
        tomorrow = _day_of(now) + timedelta(days=1)
        return datetime.combine(tomorrow, time(), _ZONE).astimezone(now.tzinfo)

    def pace(self, now: datetime, spread: float) -> float:
        """Seconds between two looks at a chat, so that what is left lasts for `spread` seconds, or until
        it is full again where that is sooner. As it is asked anew each time, the units never end. 0 where
        there are none."""
        until = (self.renews_at(now) - now).total_seconds()
        left = self.left(now)
        return 0.0 if left < CHAT else CHAT * min(spread, until) / left

    def news(self, now: datetime) -> list[Budget]:
        """What to tell: the budget, where it moved by a hundredth of a day's units since it was told."""
        left = float(self.left(now))
        day, before = self._told or (None, 0.0)
        if day == _day_of(now) and abs(before - left) < self._most / 100 and (left > 0) == (before > 0):
            return []
        self._told = _day_of(now), left
        return [Budget(self._where, "units", left, float(self._most), self.renews_at(now))]

    def as_saved(self) -> list[Any]:
        """What a cursor keeps."""
        return [self._day.isoformat(), self._used]

    def _today(self, now: datetime) -> int:
        return self._used if self._day == _day_of(now) else 0


def _day_of(now: datetime) -> date:
    return now.astimezone(_ZONE).date()


def _read(saved: Any) -> tuple[date, int]:
    try:
        day, used = saved
        if isinstance(used, int) and 0 <= used < 10**12:
            return date.fromisoformat(day), used
    except (TypeError, ValueError):
        pass
    return date.min, 0
