"""What one stream already told, so that overlaps, rewinds and several servers tell it once."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from datetime import datetime, timezone
from typing import TypeVar

from wall.feeds.base import Arrived, Dropped, Edited
from wall.model import Post
from wall.wishes import wish_of

MEMORY = 50_000
"""How many posts of one server, or of one stream, are remembered: the newest."""

_NEVER = datetime.min.replace(tzinfo=timezone.utc)  # noqa: UP017  3.11's UTC is the same
K = TypeVar("K")
V = TypeVar("V")


class Told:
    """What one stream already told, so that overlaps and several instances tell it once."""

    def __init__(self) -> None:
        self._posts: dict[str, tuple[datetime, bool]] = {}
        self._dropped: dict[tuple[str, str], None] = {}
        self._gone: dict[str, None] = {}

    def is_news(self, item: Arrived | Edited) -> bool:
        """Whether this post, in this version, was not told yet. Asking counts as telling."""
        post = item.post
        if post.key in self._gone:
            return False
        version = _version(post)
        known = self._posts.pop(post.key, None)
        put(self._posts, post.key, version if known is None else max(known, version))
        return known is None or version > known

    def is_new_loss(self, item: Dropped, name: str) -> bool:
        """Whether this one was not counted yet."""
        known = (item.code, name) in self._dropped
        put(self._dropped, (item.code, name), None)
        return not known

    def is_first_farewell(self, uri: str) -> bool:
        """Whether this withdrawal was not told yet."""
        known = uri in self._gone
        put(self._gone, uri, None)
        return not known

    def is_gone(self, uri: str) -> bool:
        """Whether a withdrawal of this was told."""
        return uri in self._gone


def fingerprint(uri: str) -> str:
    """Ten characters that tell uris apart: a cursor has no room for whole ones."""
    return urlsafe_b64encode(hashlib.sha256(uri.encode("utf-8", "replace")).digest()[:7])[:10].decode(
        "ascii"
    )


def put(memory: dict[K, V], key: K, value: V) -> None:
    """Remember something as the newest, and forget the oldest of more than `MEMORY`."""
    memory[key] = value
    if len(memory) > MEMORY:
        del memory[next(iter(memory))]


def _version(post: Post) -> tuple[datetime, bool]:
    """When it was edited, and whether somebody asks that it be not shown: that is news without an edit."""
    return post.edited_at or _NEVER, wish_of(post) is not None
