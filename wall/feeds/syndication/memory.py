"""What one stream told of each feed, and the text of its cursor.

The cursor is `{"feeds": {address: {"etag", "modified", "at", "moved", "pace", "known"}}}`: how to ask
whether a feed changed, and of its newest entries what tells an edit from the same words, 29 bytes each.
"""

from __future__ import annotations

import binascii
import hashlib
import json
import struct
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from wall.feeds.base import Arrived, Edited, Item, Withdrawn
from wall.feeds.common.told import put
from wall.feeds.syndication.documents import Deleted
from wall.feeds.syndication.posts import NETWORK, Told, key_of
from wall.model import Post

SAVED = 1_000
"""How many entries go into the cursor, those of all feeds together, in 39 KB: the newest."""
FEWEST_SAVED = 50
TEXT_LIMIT = 2_000
"""Longest validator or address that is kept, in characters."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PACKED = struct.Struct(">7s4s6s6s6s")


@dataclass(frozen=True, slots=True)
class Seen:
    """How a feed answered: its validators, for the address `at`; where it `moved` to for good; seconds
    that it wants between two looks."""

    etag: str = ""
    modified: str = ""
    at: str = ""
    moved: str = ""
    pace: float = 0.0


@dataclass(slots=True)
class _Known:
    """An entry as it was told. Times are milliseconds since 1970, 0 for none: `claimed` is the newest
    version that its feed claimed, `edited` when it was last told as edited."""

    digest: bytes
    created: int
    claimed: int = 0
    edited: int = 0
    earlier: set[bytes] = field(default_factory=set)


class Memory:
    """The entries of one stream: each version is told once. An entry belongs to its feed alone."""

    def __init__(self, addresses: Sequence[str], cursor: str | None) -> None:
        """Take up a cursor. One that is not ours is none: what can be read again is."""
        saved = _feeds_of(cursor)
        self._seen = {one: _seen_in(saved.get(one)) for one in addresses}
        self._known = {one: _unpacked(saved.get(one)) for one in addresses}
        self._gone: dict[str, dict[bytes, None]] = {one: {} for one in addresses}
        self._most = max(FEWEST_SAVED, SAVED // len(addresses))

    def seen(self, address: str) -> Seen:
        """How a feed answered when its entries were last told."""
        return self._seen[address]

    def tell(
        self,
        address: str,
        entries: Sequence[Told],
        deleted: Sequence[Deleted],
        now: datetime,
        since: datetime,
    ) -> Iterator[Item]:
        """What is news of a feed, deletions first. New entries dated before `since` are not."""
        alive = {one.post.key: one.updated for one in entries}
        for one in deleted:
            key = key_of(one.ref, address)
            updated = alive.get(key)
            if updated and one.when and updated > one.when:
                self._gone[address].pop(_fingerprint(key), None)
                continue  # RFC 6721, section 3: written anew after it was deleted
            if self._deleted(address, key):
                yield Withdrawn(NETWORK, key)
        for told in entries:
            item = self._news(address, told, now, since)
            if item is not None:
                yield item

    def reached(self, address: str, seen: Seen) -> str:
        """Note that all of an answer was told; the cursor."""
        self._seen[address] = seen
        feeds = {one: self._saved(one) for one in self._seen}
        return json.dumps({"feeds": feeds}, separators=(",", ":"), sort_keys=True)

    def _deleted(self, address: str, key: str) -> bool:
        """Remember a deletion. Whether it is news of an entry that this very feed told: no feed can take
        back what another one brought."""
        print_ = _fingerprint(key)
        put(self._gone[address], print_, None)
        return self._known[address].pop(print_, None) is not None

    def _news(self, address: str, told: Told, now: datetime, since: datetime) -> Item | None:
        print_ = _fingerprint(told.post.key)
        if print_ in self._gone[address]:
            return None
        known = self._known[address].pop(print_, None)
        if known is not None:
            put(self._known[address], print_, known)
            return _edit(told, known, now)
        if not told.wanted or (told.dated and told.post.created_at < since):
            return None
        fresh = _Known(told.digest, _millis(told.post.created_at), _millis(told.updated))
        put(self._known[address], print_, fresh)
        return Arrived(told.post)

    def _saved(self, address: str) -> dict[str, Any]:
        newest = list(islice(reversed(self._known[address].items()), self._most))
        rows = (
            _PACKED.pack(print_, one.digest, *(_six(ms) for ms in (one.created, one.claimed, one.edited)))
            for print_, one in reversed(newest)
        )
        known = b64encode(b"".join(rows)).decode("ascii")
        return {
            **{name: value for name, value in asdict(self._seen[address]).items() if value},
            "known": known,
        }


def _edit(told: Told, known: _Known, now: datetime) -> Edited | None:
    """The entry as edited, if its words changed, and not back to an earlier version: a cache of the site
    that lags behind shows those again."""
    claimed = _millis(told.updated)
    if claimed and known.claimed and claimed < known.claimed:
        return None
    is_later = claimed > known.claimed
    known.claimed = max(claimed, known.claimed)
    if told.digest == known.digest or (told.digest in known.earlier and not is_later):
        return None
    known.earlier.add(known.digest)
    at = claimed if is_later and claimed > max(known.edited, known.created) else _millis(now)
    known.digest, known.edited = told.digest, max(at, known.edited + 1)
    return Edited(_dated(told.post, known))


def _dated(post: Post, known: _Known) -> Post:
    dates = {"created_at": _moment(known.created), "edited_at": _moment(known.edited)}
    return post.model_copy(update=dates)


def _feeds_of(cursor: str | None) -> dict[str, Any]:
    try:
        feeds = json.loads(cursor).get("feeds") if cursor else None
    except (ValueError, AttributeError, RecursionError):
        feeds = None
    return feeds if isinstance(feeds, dict) else {}


def _seen_in(saved: Any) -> Seen:
    texts = saved if isinstance(saved, dict) else {}
    pace = texts.get("pace")
    etag, modified, at, moved = (kept(texts.get(name)) for name in ("etag", "modified", "at", "moved"))
    return Seen(etag, modified, at, moved, float(pace) if isinstance(pace, int | float) else 0.0)


def kept(value: object) -> str:
    """A text that a cursor has room for; empty for any other."""
    return value if isinstance(value, str) and len(value) <= TEXT_LIMIT else ""


def _unpacked(saved: Any) -> dict[bytes, _Known]:
    packed = saved.get("known") if isinstance(saved, dict) else None
    try:
        raw = b64decode(packed, validate=True) if isinstance(packed, str) else b""
    except (binascii.Error, ValueError):
        raw = b""
    whole = raw[: len(raw) - len(raw) % _PACKED.size]
    known: dict[bytes, _Known] = {}
    for print_, digest, *times in _PACKED.iter_unpack(whole):
        created, claimed, edited = (int.from_bytes(ms, "big") for ms in times)
        known[print_] = _Known(digest, created, claimed, edited)
    return known


def _fingerprint(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()[:7]


def _millis(moment: datetime | None) -> int:
    return max(0, (moment - _EPOCH) // timedelta(milliseconds=1)) if moment else 0


def _moment(millis: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=millis)


def _six(millis: int) -> bytes:
    return min(millis, (1 << 48) - 1).to_bytes(6, "big")
