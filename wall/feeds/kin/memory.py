"""What is remembered of posts: which local id is which uri, and what the stream already said."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timezone
from itertools import islice
from typing import TypeVar

from wall.feeds.base import Arrived, Dropped, Edited
from wall.model import Post
from wall.wishes import wish_of

MEMORY = 50_000
"""How many statuses of one instance, or posts of one stream, are remembered: the newest."""

SAVED = 300
"""How many ids of one instance go into the cursor: more than a wall shows at once."""

_NEVER = datetime.min.replace(tzinfo=timezone.utc)  # noqa: UP017  3.11's UTC is the same
K = TypeVar("K")
V = TypeVar("V")


class LocalIds:
    """Which uri belongs to which id of one instance, and which ids it deleted."""

    def __init__(self) -> None:
        self._uris: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        self._deleted: dict[str, None] = {}

    def keep(self, local_id: str, uri: str) -> None:
        """Remember a status."""
        self._uris.pop(local_id, None)
        _put(self._uris, local_id, uri)
        print_ = fingerprint(uri)
        self._ids.pop(print_, None)
        _put(self._ids, print_, local_id)

    def delete(self, local_id: str) -> str | None:
        """Remember that a status is deleted; its uri, if it was seen before."""
        _put(self._deleted, local_id, None)
        return self._uris.get(local_id)

    def is_deleted(self, local_id: str) -> bool:
        """Whether a status was deleted: a page that was asked for before may still have it."""
        return local_id in self._deleted

    def id_of(self, uri: str) -> str | None:
        """The local id of a status."""
        return self._ids.get(fingerprint(uri))

    def saved(self) -> dict[str, str]:
        """Fingerprint and id of the newest, for a cursor: recheck knows them after a restart."""
        newest = list(islice(reversed(self._ids.items()), SAVED))
        return dict(reversed(newest))

    def restore(self, saved: Mapping[str, str]) -> None:
        """Take up what a cursor holds; what is known better stays."""
        for print_, local_id in saved.items():
            if print_ not in self._ids:
                _put(self._ids, print_, local_id)


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
        _put(self._posts, post.key, version if known is None else max(known, version))
        return known is None or version > known

    def is_new_loss(self, item: Dropped, name: str) -> bool:
        """Whether this one was not counted yet."""
        known = (item.code, name) in self._dropped
        _put(self._dropped, (item.code, name), None)
        return not known

    def is_first_farewell(self, uri: str) -> bool:
        """Whether this withdrawal was not told yet."""
        known = uri in self._gone
        _put(self._gone, uri, None)
        return not known


def fingerprint(uri: str) -> str:
    """Ten characters that tell uris apart: a cursor has no room for whole ones."""
    return urlsafe_b64encode(hashlib.sha256(uri.encode("utf-8", "replace")).digest()[:7])[:10].decode(
        "ascii"
    )


def _version(post: Post) -> tuple[datetime, bool]:
    """When it was edited, and whether somebody asks that it be not shown: that is news without an edit."""
    return post.edited_at or _NEVER, wish_of(post) is not None


def _put(memory: dict[K, V], key: K, value: V) -> None:
    memory[key] = value
    if len(memory) > MEMORY:
        del memory[next(iter(memory))]
