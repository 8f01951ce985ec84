"""Which languages a stream leaves out, told from what the timeline has and the stream never told.

Mastodon's streams keep to the languages that the owner of the token chose; its timelines do not, and no
part of the API says which were chosen.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from datetime import datetime, timedelta

from wall.feeds.common.told import put
from wall.feeds.shapes.common import Record, as_language
from wall.model import utc_now

SUSPECT = 3
"""So many posts of one language in a row that no stream told are no chance."""

LATE = timedelta(hours=1)
"""A post that is older when it comes to a server is not streamed: nothing is learnt from it."""

_CODE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?")


class Hearing:
    """What one instance's stream told, beside its timelines. `changed`: `languages` is another."""

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self._unheard: Counter[str] = Counter()
        self._pending: dict[str, str] = {}

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages that the stream seems to leave out; an empty text for posts that name none."""
        return tuple(sorted(one for one, count in self._unheard.items() if count >= SUSPECT))

    def heard(self, status: Record) -> None:
        """The stream told of a post."""
        before = self.languages
        self._pending.pop(str(status.get("uri")), None)
        self._unheard.pop(_language(status), None)
        self._note(before)

    def read(self, status: Record) -> None:
        """A timeline has a post that came while the stream was open, and the stream has not told it yet."""
        if _is_new(status):
            put(self._pending, str(status.get("uri")), _language(status))

    def look(self) -> None:
        """A timeline is looked at again: what the stream has not told until now it does not tell."""
        before = self.languages
        self._unheard.update(self._pending.values())
        self._pending.clear()
        self._note(before)

    def forget(self) -> None:
        """The stream was not open all the time: nothing is learnt from what it did not tell."""
        self._pending.clear()

    def _note(self, before: tuple[str, ...]) -> None:
        if self.languages != before:
            self.changed.set()


def _language(status: Record) -> str:
    said = as_language(status.get("language")) or ""
    return said if _CODE.fullmatch(said) else ""


def _is_new(status: Record) -> bool:
    try:
        return datetime.fromisoformat(str(status.get("created_at"))) > utc_now() - LATE
    except (ValueError, TypeError):
        return False
