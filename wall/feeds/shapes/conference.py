"""The archive shape of a conference hashtag: one flat JSON object per post, any network.

Fields: `id`, `created_at` (ISO 8601), `text`, `source` (the network, "x" when absent), `lang`,
`author {id, username, name, followers_count}`, `hashtags`, `warning`, and `repost_of`, `reply_to`,
`quote_of`, each an object with an `id`. Other fields are ignored.
"""

from __future__ import annotations

from typing import Any

from wall.feeds.base import Item
from wall.feeds.shapes.common import Record, Shape, arrived, as_count, as_key, as_language, attempt
from wall.text import find_hashtags


class Conference(Shape):
    """Reads the conference shape; needs no memory."""

    name = "conference"
    words = "conference posts (one object per post with author, text and created_at)"

    @staticmethod
    def recognises(record: Record) -> bool:
        """Whether this is a flat post with an author object."""
        author = record.get("author")
        return (
            isinstance(author, dict)
            and "username" in author
            and {"id", "text", "created_at"} <= record.keys()
        )

    def parse(self, record: Record, where: str) -> list[Item]:
        """One `Arrived`, or a `Dropped`."""
        return attempt(where, _items, record)


def _items(record: Record) -> list[Item]:
    author = record["author"]
    fields = {
        "network": record.get("source") or "x",
        "key": as_key(record["id"]),
        "author": {
            "key": as_key(author["id"]),
            "handle": author["username"],
            "name": author.get("name") or "",
            "followers": as_count(author.get("followers_count")),
        },
        "text": record["text"],
        "created_at": record["created_at"],
        "lang": as_language(record.get("lang")),
        "hashtags": record["hashtags"] if "hashtags" in record else find_hashtags(record["text"]),
        "repost_of": _key_in(record.get("repost_of")),
        "reply_to": _key_in(record.get("reply_to")),
        "quote_of": _key_in(record.get("quote_of")),
        "warning": record.get("warning") or None,
        "sensitive": bool(record.get("warning")),
    }
    return arrived(fields)


def _key_in(reference: Any) -> str | None:
    return as_key(reference["id"]) if reference else None
