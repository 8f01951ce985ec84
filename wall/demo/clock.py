"""The demo's clock: which minute of the made-up day is when. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

USUAL_SPEED = 4.0
"""Minutes of the day in a minute. About 25 posts a minute then, and a session takes half an hour."""


@dataclass(frozen=True)
class DayClock:
    """Minute `opens` of the day is at `start`, and `speed` minutes of it pass in one minute."""

    start: datetime
    opens: float
    speed: float

    def at(self, minute: float) -> datetime:
        """When a minute of the day is, was or will be."""
        return self.start + timedelta(minutes=(minute - self.opens) / self.speed)

    def minute(self, now: datetime) -> float:
        """Which minute of the day it is."""
        return self.opens + (now - self.start).total_seconds() / 60 * self.speed

    @property
    def haste(self) -> float:
        """What a robot's pauses are multiplied by: a person's rhythm, unless the day runs faster."""
        return min(1.0, USUAL_SPEED / self.speed)
