"""What is known of posts, and the text of a Bluesky feed's cursor.

The cursor is `{"us": …, "known": "…"}`: microseconds up to which everything was told, and fingerprints of
the newest posts, so that their deletion is understood after a restart.
"""

from __future__ import annotations

import binascii
import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from wall.feeds.atproto.posts import did_of
from wall.feeds.base import Arrived, Dropped, Edited
from wall.feeds.common.told import Told, put

SAVED = 5_000
"""How many fingerprints go into the cursor: more than most events have posts, in 34 KB."""

_BYTES = 5
"""Of a fingerprint: 39 bits that tell a post, and the lowest one, which says that the AppView had it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A cursor, read. `at`: microseconds since 1970; None: from the start. `known`: fingerprints."""

    at: int | None = None
    known: tuple[bytes, ...] = ()

    def __str__(self) -> str:
        packed = b64encode(b"".join(self.known)).decode("ascii")
        return json.dumps({"us": self.at, "known": packed}, separators=(",", ":"))


def place_of(cursor: str | None) -> Place:
    """Read a cursor. One that is not ours is none: what can be read again is."""
    try:
        saved = json.loads(cursor) if cursor else {}
        at, known = saved.get("us"), _unpacked(saved.get("known"))
    except (ValueError, AttributeError):
        return Place()
    return Place(at if isinstance(at, int) and not isinstance(at, bool) else None, known)


@dataclass(slots=True)
class Version:
    """A post as it was told: of which commit, edited when, and whether as one that a person looks at."""

    cid: str | None
    edited_at: datetime | None
    sensitive: bool


class Remembered:
    """What outlives a stream: which posts were told, whose they are, and which accounts are away.

    A stream tells all of it anew, as what it told last may not have been stored. The newest 50,000.
    """

    def __init__(self) -> None:
        self._there: dict[bytes, bool] = {}
        self._of: dict[str, dict[str, None]] = {}
        self._away: dict[str, str] = {}

    def restore(self, place: Place) -> None:
        """Take up the fingerprints of a cursor; what is known better stays."""
        for one in place.known:
            self._there.setdefault(_bare(one), bool(one[-1] & 1))

    def saved(self) -> tuple[bytes, ...]:
        """The newest fingerprints, the oldest of them first."""
        newest = list(islice(reversed(self._there.items()), SAVED))
        return tuple(_with(one, there=there) for one, there in reversed(newest))

    def learn(self, uris: Iterable[str]) -> None:
        """Remember posts that were told at some time, and whose they are."""
        for uri in uris:
            one = _fingerprint(uri)
            if one not in self._there:
                put(self._there, one, False)
            self._owned(uri, did_of(uri))

    def tell(self, uri: str, did: str) -> None:
        """Remember a post of somebody as the newest."""
        one = _fingerprint(uri)
        put(self._there, one, self._there.pop(one, False))
        self._owned(uri, did)

    def has(self, uri: str) -> bool:
        """Whether a post was told, now or before a restart."""
        return _fingerprint(uri) in self._there

    def was_there(self, uri: str) -> bool:
        """Whether the AppView had a post when it was last asked."""
        return self._there.get(_fingerprint(uri), False)

    def see(self, uri: str, *, there: bool) -> None:
        """The AppView has a post, or shows it no more for a while."""
        one = _fingerprint(uri)
        if one in self._there:
            self._there[one] = there
        else:
            put(self._there, one, there)

    def keys_of(self, did: str) -> list[str]:
        """The posts of somebody that this source told, or was asked about."""
        return list(self._of.get(did, ()))

    def _owned(self, uri: str, did: str) -> None:
        if uri not in self._of.get(did, ()):
            put(self._of, did, self._of.pop(did, {}) | {uri: None})

    def account(self, did: str, away: str | None) -> None:
        """An account is active (None), or `away`: deleted, deactivated, suspended, takendown."""
        if away is None:
            self._away.pop(did, None)
        else:
            put(self._away, did, away)

    def away(self, did: str) -> str | None:
        """Why an account is away, as far as the stream said so; None for most."""
        return self._away.get(did)


class Known:
    """The posts of one stream: each version is told once."""

    def __init__(self, posts: Remembered | None = None) -> None:
        self.posts = Remembered() if posts is None else posts
        self._told = Told()
        self._versions: dict[str, Version] = {}

    def at(self, micros: int) -> Place:
        """A cursor for everything up to a time, with the newest fingerprints."""
        return Place(micros, self.posts.saved())

    def is_news(self, item: Arrived | Edited, cid: str | None) -> bool:
        """Whether a post, in this version, was not told yet. Asking counts as telling."""
        if not self._told.is_news(item):
            return False
        post = item.post
        self._versions.pop(post.key, None)
        put(self._versions, post.key, Version(cid, post.edited_at, post.sensitive))
        self.posts.tell(post.key, post.author.key)
        return True

    def is_new_loss(self, code: str, name: str) -> bool:
        """Whether something that could not be used was not counted yet."""
        return self._told.is_new_loss(Dropped(code, ""), name)

    def version(self, uri: str) -> Version | None:
        """A post as it was told by this stream."""
        return self._versions.get(uri)

    def delete(self, uri: str) -> bool:
        """Remember that a post is deleted, should it come yet. Whether it was told, and its end was not."""
        return self._told.is_first_farewell(uri) and self.posts.has(uri)

    def is_deleted(self, uri: str) -> bool:
        """Whether a post was deleted."""
        return self._told.is_gone(uri)


def _unpacked(packed: object) -> tuple[bytes, ...]:
    try:
        known = b64decode(packed, validate=True) if isinstance(packed, str) else b""
    except binascii.Error:
        known = b""
    every = [known[at : at + _BYTES] for at in range(0, len(known) - _BYTES + 1, _BYTES)]
    return tuple(every[-SAVED:])


def _fingerprint(uri: str) -> bytes:
    return _bare(hashlib.sha256(uri.encode("utf-8", "replace")).digest()[:_BYTES])


def _bare(one: bytes) -> bytes:
    return one[:-1] + bytes([one[-1] & 0xFE])


def _with(one: bytes, *, there: bool) -> bytes:
    return one[:-1] + bytes([one[-1] | there])
