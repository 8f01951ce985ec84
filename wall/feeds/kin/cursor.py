"""How far each hashtag of each instance was read: the text of a Mastodon feed's cursor.

`{"at": {host: {tag: min_id}}, "ids": {host: {fingerprint: local id}}}`, compact JSON.
"""

from __future__ import annotations

import json
from typing import Any

_SNOWFLAKE = 1 << 40
"""Ids of Mastodon since 2.0 are larger: milliseconds since 1970, shifted by 16 bits."""


class Place:
    """A cursor as it grows."""

    def __init__(self, cursor: str | None) -> None:
        """Read a cursor. One that is not ours is none: everything is read again."""
        try:
            saved = json.loads(cursor) if cursor else {}
        except ValueError:
            saved = {}
        self._at = _texts(saved, "at")
        self._ids = _texts(saved, "ids")

    def min_id(self, host: str, tag: str) -> str | None:
        """The id up to which a hashtag was read."""
        return self._at.get(host, {}).get(tag)

    def ids(self, host: str) -> dict[str, str]:
        """Fingerprints and ids saved for an instance."""
        return self._ids.get(host, {})

    def reached(self, host: str, tag: str, min_id: str, ids: dict[str, str]) -> bool:
        """Note that everything up to `min_id` was told. False: that was known."""
        known = self.min_id(host, tag)
        if known is not None and order(min_id) <= order(known):
            return False
        self._at.setdefault(host, {})[tag] = min_id
        self._ids[host] = ids
        return True

    def __str__(self) -> str:
        return json.dumps({"at": self._at, "ids": self._ids}, separators=(",", ":"), sort_keys=True)


def order(local_id: str) -> tuple[int, str]:
    """A key by which ids sort by age: numbers by size, others (flakes, ULIDs) have one length each."""
    return len(local_id), local_id


def back(min_id: str, seconds: float) -> str:
    """An id about `seconds` older. Where ids are not Mastodon's, which carry a time, the id itself."""
    if not min_id.isdecimal() or int(min_id) < _SNOWFLAKE:
        return min_id
    return str(max(0, int(min_id) - (int(seconds * 1000) << 16)))


def _texts(saved: Any, name: str) -> dict[str, dict[str, str]]:
    part = saved.get(name) if isinstance(saved, dict) else None
    if not isinstance(part, dict):
        return {}
    return {
        host: {key: value for key, value in values.items() if isinstance(value, str)}
        for host, values in part.items()
        if isinstance(values, dict)
    }
