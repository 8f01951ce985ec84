"""How far X was read, and what was paid for it: the text of an X feed's cursor.

`{"since": id, "from": time, "mark": text, "meter": {…}}`, compact JSON: the newest post that a search
found when everything before it was told; where there is none yet, the time from which is searched (ISO
8601, UTC, whole seconds); by what this feed's rules at X are known from those of others; and what
`Meter.saved` gives.
"""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from typing import Any

from wall.feeds.xapi.ids import is_id, order
from wall.feeds.xapi.meter import Meter

TIME = "%Y-%m-%dT%H:%M:%SZ"
"""How X takes times, and a cursor keeps them."""


_LONGEST_MARK = 64


class Place:
    """A cursor as it grows."""

    def __init__(self, cursor: str | None, meter: Meter) -> None:
        """Read a cursor; the meter takes up its part. One that is not ours is none: posts are read
        again."""
        saved: Any = None
        try:
            saved = json.loads(cursor) if cursor else None
        except (ValueError, RecursionError):
            saved = None
        saved = saved if isinstance(saved, dict) else {}
        self.read = cursor or ""
        """The text that it was read from."""
        since = saved.get("since")
        self.since: str | None = since if isinstance(since, str) and is_id(since) else None
        self._start = None if self.since else _moment(saved.get("from"))
        mark = saved.get("mark")
        self.mark = (
            mark if isinstance(mark, str) and 0 < len(mark) <= _LONGEST_MARK else secrets.token_hex(16)
        )
        """What no other feed has, for as long as its cursor is kept."""
        self._meter = meter
        meter.restore(saved.get("meter"))

    def start(self, otherwise: datetime) -> datetime:
        """From when is searched while no post was reached: the first time that this was asked, here or for
        a cursor before; never later than `otherwise`, which no clock of before can pass."""
        if self._start is None or self._start > otherwise:
            self._start = otherwise
        return self._start

    def reached(self, newest: str) -> None:
        """Everything up to this post was told."""
        if is_id(newest) and order(newest) > order(self.since or ""):
            self.since, self._start = newest, None

    def __str__(self) -> str:
        kept = {"since": self.since, "mark": self.mark, "meter": self._meter.saved()}
        kept |= {"from": f"{self._start:{TIME}}"} if self._start else {}
        return json.dumps(kept, separators=(",", ":"), sort_keys=True)


def _moment(saved: object) -> datetime | None:
    try:
        return datetime.strptime(str(saved), TIME).replace(tzinfo=UTC)
    except ValueError:
        return None
