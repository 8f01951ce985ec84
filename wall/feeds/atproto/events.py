"""What Jetstream says, on both of its wires: frames as events. Pure.

v1: `{"did", "time_us", "kind", "commit" | "identity" | "account": {…}}`. v2: `{"$type": "message",
"payload": {"$type": "…subscribeEvents#commit", "seq", "did", "time", "witnessedAt", …}}`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from wall.feeds.atproto.problems import StreamEnded
from wall.feeds.shapes.common import Record

POST = "app.bsky.feed.post"
PROFILE = "app.bsky.actor.profile"
DELETED = "deleted"
"""Status of an account that is away for good."""

DID = r"did:[a-z]+:[A-Za-z0-9._:%-]{1,2000}"
"""A DID (atproto.com/specs/did), as a pattern."""
RECORD_KEY = r"[A-Za-z0-9._:~-]{1,512}"
"""A record key (atproto.com/specs/record-key), as a pattern."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TID = {char: place for place, char in enumerate("234567abcdefghijklmnopqrstuvwxyz")}


@dataclass(frozen=True, slots=True)
class Commit:
    """A record that was created, updated or deleted (`record` is None). `at`: microseconds since 1970."""

    did: str
    at: int
    operation: str
    collection: str
    rkey: str
    rev: str
    cid: str | None = None
    record: Record | None = None

    @property
    def uri(self) -> str:
        """The canonical id of the record."""
        return f"at://{self.did}/{self.collection}/{self.rkey}"


@dataclass(frozen=True, slots=True)
class Account:
    """An account is active or not; `status` says why not: deleted, deactivated, suspended, takendown"""

    did: str
    at: int
    active: bool
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody's handle or keys changed."""

    did: str
    at: int


@dataclass(frozen=True, slots=True)
class Other:
    """Something that is not about posts. `at` None: it carries no time."""

    at: int | None = None


Event = Commit | Account | Identity | Other


def read(text: str | bytes) -> Event:
    """The event of one frame; `Other` for kinds that are not known.

    Raises ValueError, TypeError, LookupError or OverflowError for what is not a frame of Jetstream,
    StreamEnded for its last word.
    """
    frame = json.loads(text)
    if "$type" not in frame:
        return _event(frame, frame["kind"], int(frame["time_us"]), "commit")
    if frame["$type"] == "error" or "error" in frame:
        raise StreamEnded
    payload = frame["payload"]
    kind = payload["$type"].rpartition("#")[2]
    when = payload.get("witnessedAt") or payload.get("time")
    if when is None:
        return Other()
    return _event(payload, kind, micros(datetime.fromisoformat(when)), None)


def micros(moment: datetime) -> int:
    """Microseconds since 1970. Raises TypeError for a moment without a zone."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(at: int) -> datetime:
    """The time of so many microseconds since 1970. Raises OverflowError beyond the year 9999."""
    return _EPOCH + at * _MICROSECOND


def time_of_rev(rev: str) -> datetime | None:
    """When a commit was made, by its author's server: revisions are timestamps (atproto.com/specs/tid).

    Unlike the time at which an instance of Jetstream saw it, it is the same from every instance.
    """
    if len(rev) != 13 or any(char not in _TID for char in rev):
        return None
    number = 0
    for char in rev:
        number = number << 5 | _TID[char]
    try:
        return moment(number >> 10 & (1 << 53) - 1)
    except OverflowError:
        return None


def tid(at: int, clock: int) -> str:
    """A record key of a time in microseconds and a number of 10 bits (atproto.com/specs/tid)."""
    number = (at & (1 << 53) - 1) << 10 | clock & 1023
    chars = list(_TID)
    return "".join(chars[number >> 5 * place & 31] for place in reversed(range(13)))


def _event(frame: Record, kind: str, at: int, nested: str | None) -> Event:
    moment(at)
    match kind:
        case "commit":
            return _commit(_did(frame), at, frame[nested] if nested else frame)
        case "account":
            said = frame["account"]
            return Account(_did(frame), at, said["active"] is not False, said.get("status"))
        case "identity":
            return Identity(_did(frame), at)
    return Other(at)


def _commit(did: str, at: int, said: Record) -> Commit:
    record = said.get("record")
    return Commit(
        did=did,
        at=at,
        operation=_text(said["operation"]),
        collection=_text(said["collection"]),
        rkey=_matching(RECORD_KEY, said["rkey"]),
        rev=_text(said.get("rev", "")),
        cid=said.get("cid"),
        record=record if isinstance(record, dict) else None,
    )


def _did(frame: Record) -> str:
    return _matching(DID, frame["did"])


def _matching(pattern: str, value: Any) -> str:
    if not re.fullmatch(pattern, _text(value)):
        raise ValueError("not an identifier")
    return _text(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
