"""What is known of posts, and the text of a Bluesky feed's cursor.

The cursor is `{"us": …, "known": […]}`: microseconds up to which everything was told, and fingerprints of
the newest posts, so that their deletion is understood after a restart.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from wall.feeds.base import Arrived, Dropped, Edited
from wall.feeds.common.told import Told, fingerprint, put

SAVED = 300
"""How many fingerprints go into the cursor: more than a wall shows at once."""


@dataclass(frozen=True, slots=True)
class Place:
    """A cursor, read. `at`: microseconds since 1970; None: from the start."""

    at: int | None = None
    known: tuple[str, ...] = ()

    def __str__(self) -> str:
        return json.dumps({"us": self.at, "known": self.known}, separators=(",", ":"))


def place_of(cursor: str | None) -> Place:
    """Read a cursor. One that is not ours is none: what can be read again is."""
    try:
        saved = json.loads(cursor) if cursor else {}
        at, known = saved.get("us"), saved.get("known", ())
        prints = tuple(one for one in known if isinstance(one, str))[-SAVED:]
    except (ValueError, AttributeError, TypeError):
        return Place()
    return Place(at, prints) if isinstance(at, int) and not isinstance(at, bool) else Place(None, prints)


@dataclass(slots=True)
class Version:
    """A post as it was told: of which commit, edited when, and `since` when (monotonic seconds)."""

    cid: str | None
    edited_at: datetime | None
    since: float
    was_there: bool = False
    """The AppView had it once: when it has it no more, it is gone."""


class Known:
    """The posts of one feed, as far as they are remembered: the newest 50,000."""

    def __init__(self) -> None:
        self._told = Told()
        self._versions: dict[str, Version] = {}
        self._of: dict[str, dict[str, None]] = {}
        self._prints: dict[str, None] = {}

    def restore(self, place: Place) -> None:
        """Take up the fingerprints of a cursor."""
        for one in place.known:
            self._prints.setdefault(one)

    def at(self, micros: int) -> Place:
        """A cursor for everything up to a time, with the newest fingerprints."""
        newest = list(islice(reversed(self._prints), SAVED))
        return Place(micros, tuple(reversed(newest)))

    def is_news(self, item: Arrived | Edited, cid: str | None) -> bool:
        """Whether a post, in this version, was not told yet. Asking counts as telling."""
        if not self._told.is_news(item):
            return False
        post = item.post
        known = self._versions.pop(post.key, None)
        since = known.since if known else time.monotonic()
        put(self._versions, post.key, Version(cid, post.edited_at, since, bool(known and known.was_there)))
        put(self._of, post.author.key, self._of.pop(post.author.key, {}) | {post.key: None})
        put(self._prints, fingerprint(post.key), None)
        return True

    def is_new_loss(self, code: str, name: str) -> bool:
        """Whether something that could not be used was not counted yet."""
        return self._told.is_new_loss(Dropped(code, ""), name)

    def has(self, uri: str) -> bool:
        """Whether a post was told, now or before a restart."""
        return uri in self._versions or (bool(self._prints) and fingerprint(uri) in self._prints)

    def version(self, uri: str) -> Version | None:
        """A post as it was told in this run."""
        return self._versions.get(uri)

    def delete(self, uri: str) -> bool:
        """Remember that a post is deleted, should it come yet. Whether it was told, and its end was not."""
        return self._told.is_first_farewell(uri) and self.has(uri)

    def is_deleted(self, uri: str) -> bool:
        """Whether a post was deleted."""
        return self._told.is_gone(uri)

    def keys_of(self, did: str) -> list[str]:
        """The posts of somebody that were told in this run."""
        return list(self._of.get(did, ()))
