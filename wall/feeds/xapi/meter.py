"""What was spent of a month's budget: counted at every answer, kept in the cursor. Pure.

The month and the day are UTC, as X bills. A clock that goes back renews nothing.
"""

from __future__ import annotations

import binascii
import hashlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from wall.feeds.base import Budget
from wall.feeds.common.told import put
from wall.feeds.shapes.common import Record
from wall.feeds.xapi.prices import MILLS, POST, RESERVED, WORST_POST, billed

PAGE = 100
"""Posts of a page at most: what X gives."""
LEAST_PAGE = 10
"""And at least: X gives no smaller one, so reading stops with less than this left."""
SAVED = 2_000
"""How many resources that were paid for today the cursor remembers, in 14 KB: the newest."""

_BYTES = 5


class Meter:
    """The meter of one feed."""

    def __init__(self, budget: float) -> None:
        """`budget`: US dollars a month."""
        self.most = round(budget * MILLS)
        self._reserve = round(self.most * RESERVED)
        self._month = ""
        self._day = ""
        self._spent = 0
        self._paid: dict[bytes, None] = {}

    def charge(self, record: Record, now: datetime) -> None:
        """Count what an answer holds; what was paid for today is free."""
        self._roll(now)
        for name, price in billed(record):
            one = _fingerprint(name)
            if one not in self._paid:
                self._spent += price
            self._paid.pop(one, None)
            put(self._paid, one, None)

    def left(self, now: datetime) -> int:
        """Mills that are left of this month, the reserve included."""
        self._roll(now)
        return max(0, self.most - self._spent)

    def page(self, now: datetime) -> int | None:
        """How many posts may be asked for at once, 10 to 100, so that the budget cannot be passed whatever
        comes beside them; None: nothing new may be read."""
        size = min(PAGE, (self.left(now) - self._reserve) // WORST_POST)
        return size if size >= LEAST_PAGE else None

    def rechecks(self, now: datetime) -> int:
        """How many posts can still be paid for to see whether they are there."""
        return self.left(now) // POST

    def is_paid(self, key: str, now: datetime) -> bool:
        """Whether a post was paid for today."""
        self._roll(now)
        return _fingerprint(f"post {key}") in self._paid

    def renews_at(self, now: datetime) -> datetime:
        """When the next month begins."""
        years, month = divmod(now.month, 12)
        return datetime(now.year + years, month + 1, 1, tzinfo=UTC)

    def budget(self, where: str, now: datetime) -> Budget:
        """What is left, in US dollars."""
        return Budget(where, "money", self.left(now) / MILLS, self.most / MILLS, self.renews_at(now))

    def saved(self) -> dict[str, Any]:
        """What a cursor keeps."""
        newest = list(islice(reversed(self._paid), SAVED))
        packed = b64encode(b"".join(reversed(newest))).decode("ascii")
        return {"month": self._month, "spent": self._spent, "day": self._day, "paid": packed}

    def restore(self, saved: Any) -> None:
        """Take up what a cursor kept, unless more is known here. What is not ours is passed over."""
        if not isinstance(saved, Mapping):
            return
        month, spent, day = saved.get("month"), saved.get("spent"), saved.get("day")
        if not (isinstance(month, str) and isinstance(spent, int) and isinstance(day, str)):
            return
        if (month, spent) > (self._month, self._spent):
            self._month, self._spent = month, max(0, spent)
        if day >= self._day:
            kept = self._paid if day == self._day else {}
            self._day = day
            self._paid = dict.fromkeys(_unpacked(saved.get("paid"))) | kept

    def _roll(self, now: datetime) -> None:
        month, day = f"{now.astimezone(UTC):%Y-%m}", f"{now.astimezone(UTC):%Y-%m-%d}"
        if month > self._month:
            self._month, self._spent = month, 0
        if day > self._day:
            self._day, self._paid = day, {}


def _fingerprint(name: str) -> bytes:
    return hashlib.sha256(name.encode("utf-8", "replace")).digest()[:_BYTES]


def _unpacked(packed: object) -> list[bytes]:
    try:
        known = b64decode(packed, validate=True) if isinstance(packed, str) else b""
    except binascii.Error:
        return []
    return [known[at : at + _BYTES] for at in range(0, len(known) - _BYTES + 1, _BYTES)][-SAVED:]
