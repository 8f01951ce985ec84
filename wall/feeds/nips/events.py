"""Signed events (NIP-01), and what their tags say. Pure.

An event is `{"id", "pubkey", "created_at", "kind", "tags", "content", "sig"}`. Its id is a digest of the
rest, and the signature is one of the id: whatever a server says of an author is proven, or not believed.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from sys import getsizeof
from typing import Any

from nostr_sdk import Event as SignedEvent
from nostr_sdk import NostrSdkError

from wall.feeds.common.matching import plain_fold
from wall.model import utc_now

PROFILE, NOTE, DELETION, REPOST, GENERIC_REPOST, VANISHING = 0, 1, 5, 6, 16, 62
"""Kinds: NIP-01, NIP-10, NIP-09, NIP-18 (two of them), NIP-62."""

EVENT_LIMIT = 1 << 19
"""Longest event that is looked at, in characters: reading and proving one holds up everything else. Most
servers take no more than an eighth of it."""

_ID = re.compile(r"[0-9a-f]{64}")
_EVERYWHERE = "all_relays"
_EVENT_BYTES = 500
"""The event itself, its id and its public key."""
_LATEST = 253_402_300_799
"""The last second of the year 9999."""


class Unusable(Exception):
    """What a server sent is no event, or was not signed by whom it says."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Event:
    """An event whose id and signature were found to be right. `at`: the author's clock, seconds."""

    id: str
    pubkey: str
    at: int
    kind: int
    tags: tuple[tuple[str, ...], ...]
    content: str

    def values(self, name: str) -> list[str]:
        """The first value of each tag of this name."""
        return [tag[1] for tag in self.tags if tag[0] == name and len(tag) > 1]

    def ids(self, name: str = "e") -> list[str]:
        """The event ids in tags of this name, each once."""
        return [value for value in dict.fromkeys(self.values(name)) if is_id(value)]

    def has(self, name: str) -> bool:
        """Whether there is a tag of this name."""
        return any(tag[0] == name for tag in self.tags)

    @property
    def bytes(self) -> int:
        """The memory that it takes up, as good as: each tag and each value of one is an object."""
        values = (getsizeof(value) for tag in self.tags for value in tag)
        return _EVENT_BYTES + getsizeof(self.content) + sum(map(getsizeof, self.tags)) + sum(values)

    @property
    def made_at(self) -> datetime:
        """When it was made, by the author's clock, and never in the future."""
        return min(moment(self.at), utc_now())

    @property
    def expires(self) -> float:
        """When it is over (NIP-40), in seconds since 1970; infinite for most."""
        ends = [int(value) for value in self.values("expiration") if value.isdecimal() and len(value) < 16]
        return min(ends, default=math.inf)


def proven(given: Any) -> Event:
    """The event in a JSON object, if its id and signature are right. Raises Unusable.

    It takes a tenth of a millisecond.
    """
    text = json.dumps(given, separators=(",", ":"))
    if len(text) > EVENT_LIMIT:
        raise Unusable("event_too_large")
    try:
        signed = SignedEvent.from_json(text)
    except NostrSdkError:
        raise Unusable("unusable_event") from None
    if not (signed.verify() and is_id(given["id"]) and is_id(given["pubkey"])):
        raise Unusable("wrong_signature")
    return Event(
        id=given["id"],
        pubkey=given["pubkey"],
        at=given["created_at"],
        kind=given["kind"],
        tags=tuple(tuple(tag) for tag in given["tags"]),
        content=given["content"],
    )


def is_id(value: object) -> bool:
    """Whether this can be the id of an event, or a public key."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def moment(at: int) -> datetime:
    """The time of so many seconds since 1970; a later one than datetimes have is the latest."""
    return datetime.fromtimestamp(min(at, _LATEST), UTC)


def is_wanted(event: Event, hashtags: Iterable[str], authors: frozenset[str]) -> bool:
    """Whether an event is what a feed asked for: a post with one of the folded hashtags, by somebody who is
    trusted (where nobody is named: by anybody)."""
    if event.kind != NOTE or (authors and event.pubkey not in authors):
        return False
    tags = {plain_fold(tag) for tag in event.values("t")}
    return not tags.isdisjoint(hashtags)


def is_asked_to_vanish(event: Event, servers: frozenset[str]) -> bool:
    """Whether a request to vanish (NIP-62) is meant for everybody, or for one of these servers (addresses
    without scheme and final slash)."""
    named = {value.strip().lower().rstrip("/").rpartition("://")[2] for value in event.values("relay")}
    return event.kind == VANISHING and not named.isdisjoint(servers | {_EVERYWHERE})
