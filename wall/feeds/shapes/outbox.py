"""Activities of an ActivityPub outbox: what Mastodon and its kin give people who ask for their archive.

The canonical key of a post is the `id` of its Note, which is its `uri` in the API: a post that was read
live is known again. An outbox says of its author no more than the address of their account.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from wall.feeds.base import Item
from wall.feeds.shapes.common import (
    NotPublic,
    Record,
    Shape,
    arrived,
    as_key,
    as_language,
    as_size,
    as_text,
    attempt,
    parts_of,
)
from wall.text import from_html, safe_url

PUBLIC = frozenset({"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"})
"""How everybody is addressed (ActivityPub §5.6)."""
HTML_LIMIT = 200_000
_ACCOUNT = re.compile(r"(?:@|users/)([^/@]+)/?$")


class Outbox(Shape):
    """Reads `Create` and `Announce` activities, and a Note by itself."""

    name = "outbox"
    words = "activities of an ActivityPub outbox (the archive that Mastodon gives its users)"

    @staticmethod
    def recognises(record: Record) -> bool:
        """Whether this is an activity with an object, or a Note."""
        kind = record.get("type")
        return (kind in ("Create", "Announce") and "object" in record and "actor" in record) or (
            kind == "Note" and "attributedTo" in record
        )

    def parse(self, record: Record, where: str) -> list[Item]:
        """One `Arrived`, or a `Dropped`; nothing for other activities."""
        return attempt(where, _items, record)


def _items(record: Record) -> list[Item]:
    match record["type"]:
        case "Create":
            return arrived(_note(record["object"]))
        case "Announce":
            return arrived(_announced(record))
        case "Note":
            return arrived(_note(record))
    return []


def _note(note: Record) -> Record:
    if note["type"] != "Note":
        raise ValueError("not a post")
    _require_public(note)
    if len(note["content"]) > HTML_LIMIT:
        raise ValueError("content is too long")
    text, links = from_html(note["content"])
    return {
        "network": "mastodon",
        "key": note["id"],
        "author": _author(note["attributedTo"]),
        "text": text,
        "links": links,
        "created_at": note["published"],
        "edited_at": note.get("updated"),
        "url": safe_url(note.get("url")) or safe_url(note["id"]),
        "lang": as_language(next(iter(note.get("contentMap") or {}), None)),
        "hashtags": [
            tag["name"].lstrip("#") for tag in parts_of(note.get("tag")) if tag["type"] == "Hashtag"
        ],
        "media": [made for part in parts_of(note.get("attachment")) if (made := _attached(part))],
        "warning": as_text(note.get("summary")) or None,
        "sensitive": bool(note.get("sensitive")),
        "reply_to": as_key(note["inReplyTo"]) if note.get("inReplyTo") else None,
    }


def _announced(activity: Record) -> Record:
    _require_public(activity)
    repeated = activity["object"]
    return {
        "network": "mastodon",
        "key": activity["id"],
        "author": _author(activity["actor"]),
        "text": "",
        "created_at": activity["published"],
        "repost_of": as_key(repeated if isinstance(repeated, str) else repeated["id"]),
    }


def _require_public(activity: Record) -> None:
    """Only what was sent to everybody is for a wall; what only can be found by its address is not."""
    to = activity.get("to") or []
    if PUBLIC.isdisjoint([to] if isinstance(to, str) else to):
        raise NotPublic


def _author(address: Any) -> Record:
    """An account by its address: `https://host/users/ada` is ada@host."""
    parts = urlsplit(as_key(address))
    account = _ACCOUNT.search(parts.path)
    if account is None or not parts.hostname:
        raise ValueError("not the address of an account")
    return {"key": address, "handle": f"{account[1]}@{parts.hostname}", "url": safe_url(address)}


def _attached(part: Record) -> Record | None:
    """An attachment that has an address of its own; in a file, those of the archive itself have a path."""
    url = safe_url(part.get("url"))
    kind = as_text(part.get("mediaType")).partition("/")[0]
    if url is None:
        return None
    return {
        "kind": kind if kind in {"image", "video", "audio"} else "other",
        "url": url,
        "alt": as_text(part.get("name")),
        "width": as_size(part.get("width")),
        "height": as_size(part.get("height")),
    }
