"""What is remembered of posts: which local id of an instance is which uri."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from wall.feeds.common.told import fingerprint, put

SAVED = 300
"""How many ids of one instance go into the cursor: more than a wall shows at once."""


class LocalIds:
    """Which uri belongs to which id of one instance, and which ids it deleted."""

    def __init__(self) -> None:
        self._uris: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        self._deleted: dict[str, None] = {}

    def keep(self, local_id: str, uri: str) -> None:
        """Remember a status."""
        self._uris.pop(local_id, None)
        put(self._uris, local_id, uri)
        print_ = fingerprint(uri)
        self._ids.pop(print_, None)
        put(self._ids, print_, local_id)

    def delete(self, local_id: str) -> str | None:
        """Remember that a status is deleted; its uri, if it was seen before."""
        put(self._deleted, local_id, None)
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
                put(self._ids, print_, local_id)
