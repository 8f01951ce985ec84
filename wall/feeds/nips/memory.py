"""What one stream knows of posts, and the text of a Nostr feed's cursor.

The cursor is `{"at": {server: seconds}, "ends": {id: seconds}, "known": "…"}`: by our clock, up to when
each server's posts were told; posts that are over at a time; and fingerprints of the newest posts with
their authors, so that a deletion is believed after a restart.
"""

from __future__ import annotations

import binascii
import hashlib
import heapq
import json
import math
from base64 import b64decode, b64encode
from collections import deque
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from wall.feeds.base import Dropped
from wall.feeds.common.told import Told, put
from wall.feeds.nips.events import Event, Unusable, is_id, proven

SAVED = 1_000
"""How many fingerprints go into the cursor: more than twice what a recheck asks about, in 11 KB."""
ENDS = 200
"""How many posts that are over at some time go into the cursor: those that are over first."""
PROVEN = 10_000
"""How many events are kept as proven: overlaps and several servers bring each many times."""
PROVEN_BYTES = 64 << 20
"""And how much memory they take up at most: the oldest are proven again."""
CHUNK = 100
"""Posts whose deletions are subscribed to together: 20 KB, and servers refuse messages from 64 KB on."""
CHUNKS = 8
"""The newest so many: servers mostly allow 20 subscriptions to a connection."""

_BYTES = 8


@dataclass(slots=True)
class Place:
    """A cursor, read. All times are seconds since 1970."""

    at: dict[str, int] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)
    known: tuple[bytes, ...] = ()

    def __str__(self) -> str:
        packed = b64encode(b"".join(self.known)).decode("ascii")
        return json.dumps({"at": self.at, "ends": self.ends, "known": packed}, separators=(",", ":"))


def place_of(cursor: str | None) -> Place:
    """Read a cursor. One that is not ours is none: what can be read again is."""
    try:
        saved = json.loads(cursor) if cursor else {}
        ends = {one: at for one, at in _times(saved.get("ends")).items() if is_id(one)}
        return Place(_times(saved.get("at")), ends, _unpacked(saved.get("known")))
    except (ValueError, AttributeError):
        return Place()


class Proofs:
    """Events that were found to be right; the same id is the same event, whoever brings it."""

    def __init__(self) -> None:
        self._known: dict[str, Event] = {}
        self._bytes = 0

    def event(self, given: Any) -> Event:
        """The event in a JSON object. Raises Unusable."""
        if not isinstance(given, dict):
            raise Unusable("unusable_event")
        one = given.get("id")
        if isinstance(one, str) and one in self._known:
            return self._known[one]
        event = proven(given)
        self._known[event.id] = event
        self._bytes += event.bytes
        while len(self._known) > PROVEN or self._bytes > PROVEN_BYTES:
            self._bytes -= self._known.pop(next(iter(self._known))).bytes
        return event


class Known:
    """The posts of one stream: each is told once, and withdrawn once."""

    def __init__(self, place: Place) -> None:
        self._told: dict[str, tuple[str, int]] = {}
        """By id: whose, and from when."""
        self._prints = dict.fromkeys(place.known)
        self._ends = dict(place.ends)
        self._due = [(at, one) for one, at in place.ends.items()]
        heapq.heapify(self._due)
        self._seen: dict[str, None] = {}
        self._gone: dict[tuple[str, str], None] = {}
        self._withdrawn: dict[str, None] = {}
        self._vanished: dict[str, int] = {}
        self._losses = Told()
        self.chunks: deque[list[tuple[str, str]]] = deque(maxlen=CHUNKS)
        """The newest posts with their authors, for subscriptions."""
        self.count = 0
        """Posts that were told."""

    def place(self, at: dict[str, int]) -> Place:
        """A cursor for so much of each server."""
        ends = dict(heapq.nsmallest(ENDS, self._ends.items(), key=lambda item: item[1]))
        newest = list(islice(reversed(self._prints), SAVED))
        return Place(dict(at), ends, tuple(reversed(newest)))

    def see(self, event: Event) -> bool:
        """Whether an event was not seen by this stream yet. Asking counts as seeing."""
        new = event.id not in self._seen
        put(self._seen, event.id, None)
        return new

    def is_new_loss(self, item: Dropped, name: str) -> bool:
        """Whether something that could not be used was not counted yet."""
        return self._losses.is_new_loss(item, name)

    def learn(self, event: Event) -> None:
        """Remember a post, whose it is and when it is over."""
        put(self._told, event.id, (event.pubkey, event.at))
        self._prints.pop(one := _fingerprint(event.id, event.pubkey), None)
        put(self._prints, one, None)
        if event.expires < math.inf and event.id not in self._ends:
            put(self._ends, event.id, int(event.expires))
            heapq.heappush(self._due, (int(event.expires), event.id))

    def tell(self, event: Event) -> None:
        """Remember a post as the newest that was told."""
        self.learn(event)
        if self.count % CHUNK == 0:
            self.chunks.append([])
        self.chunks[-1].append((event.id, event.pubkey))
        self.count += 1

    def numbered(self) -> list[tuple[int, list[tuple[str, str]]]]:
        """The newest chunks with their numbers, from 0 for the first there was."""
        first = -(-self.count // CHUNK) - len(self.chunks)
        return list(enumerate(self.chunks, first))

    def author(self, one: str) -> tuple[str, int] | None:
        """Whose a post is, and from when, as far as this stream told or read it."""
        return self._told.get(one)

    def delete(self, one: str, pubkey: str) -> bool:
        """Remember that somebody deleted a post of theirs. Whether that is to be told: it was, as theirs,
        and its end was not. Only its author can delete a post (NIP-09)."""
        put(self._gone, (one, pubkey), None)
        return self._is_theirs(one, pubkey) and self._withdraw(one)

    def vanish(self, pubkey: str, at: int) -> list[str]:
        """Remember that somebody wants all of theirs up to then to go; the ids of posts to withdraw."""
        put(self._vanished, pubkey, max(at, self._vanished.get(pubkey, at)))
        theirs = [one for one, (who, made) in self._told.items() if who == pubkey and made <= at]
        return [one for one in theirs if self._withdraw(one)]

    def over(self, now: float) -> list[str]:
        """The ids of posts that are over by now (NIP-40), each once."""
        ended = []
        while self._due and self._due[0][0] <= now:
            _, one = heapq.heappop(self._due)
            self._ends.pop(one, None)
            if self._withdraw(one):
                ended.append(one)
        return ended

    def next_end(self) -> float:
        """When the next post is over, in seconds since 1970; infinite where none is."""
        return self._due[0][0] if self._due else math.inf

    def is_gone(self, event: Event, now: float) -> bool:
        """Whether its author took a post back, or it is over."""
        if (event.id, event.pubkey) in self._gone or event.id in self._withdrawn:
            return True
        return event.at <= self._vanished.get(event.pubkey, -1) or event.expires <= now

    def is_withdrawn(self, one: str) -> bool:
        """Whether a post that was told was taken back, or is over."""
        return one in self._withdrawn

    def _is_theirs(self, one: str, pubkey: str) -> bool:
        told = self._told.get(one)
        return told[0] == pubkey if told else _fingerprint(one, pubkey) in self._prints

    def _withdraw(self, one: str) -> bool:
        new = one not in self._withdrawn
        put(self._withdrawn, one, None)
        return new


def _fingerprint(one: str, pubkey: str) -> bytes:
    return hashlib.sha256(f"{one}{pubkey}".encode()).digest()[:_BYTES]


def _times(given: object) -> dict[str, int]:
    """Seconds since 1970, by name; whatever else is in it is left out."""
    if not isinstance(given, dict):
        return {}
    return {name: at for name, at in given.items() if isinstance(at, int) and not isinstance(at, bool)}


def _unpacked(packed: object) -> tuple[bytes, ...]:
    try:
        known = b64decode(packed, validate=True) if isinstance(packed, str) else b""
    except binascii.Error:
        known = b""
    every = [known[at : at + _BYTES] for at in range(0, len(known) - _BYTES + 1, _BYTES)]
    return tuple(every[-SAVED:])
