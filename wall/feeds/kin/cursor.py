"""How far each hashtag of each instance was read: the text of a Mastodon feed's cursor.

`{"at": {host: {tag: min_id}}, "ids": {host: {fingerprint: local id}}}`, compact JSON.
"""

from __future__ import annotations

import json
from typing import Any

from wall.feeds.kin.ids import order


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


def _texts(saved: Any, name: str) -> dict[str, dict[str, str]]:
    part = saved.get(name) if isinstance(saved, dict) else None
    if not isinstance(part, dict):
        return {}
    return {
        host: {key: value for key, value in values.items() if isinstance(value, str)}
        for host, values in part.items()
        if isinstance(values, dict)
    }
