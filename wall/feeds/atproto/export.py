"""Posts of an exported repository, with its owner as they described themselves.

A repository names its owner by their DID alone: a handle is the network's, and stands in no export.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wall.feeds.atproto.events import POST, PROFILE, time_of_rev
from wall.feeds.atproto.posts import CDN, Person, blob_of, person_of, post_of, self_labels
from wall.feeds.atproto.repo import Found, Repo
from wall.feeds.base import Arrived, Item
from wall.feeds.shapes.common import Record, Shape, attempt


class Export(Shape):
    """Reads records with their `uri`, their `value`, and the `did` and `profile` of whose they are."""

    name = "bluesky"
    words = "the repository that Bluesky gives its users (a CAR file)"

    @staticmethod
    def recognises(record: Record) -> bool:
        """Whether this is a post of a repository, as `posts_of` makes it."""
        return record.keys() == {"uri", "value", "did", "profile"}

    def parse(self, record: Record, where: str) -> list[Item]:
        """One `Arrived`, or a `Dropped`."""
        return attempt(where, _items, record)


def posts_of(repo: Repo) -> Iterator[Found]:
    """What `Export` reads of each post, by its record key; or the code of why there is none."""
    profile: Record = {}
    for rkey, value in repo.records():
        if isinstance(value, str):
            yield rkey, value
        elif value.get("$type") == PROFILE:
            profile = value
        else:
            uri = f"at://{repo.did}/{POST}/{rkey}"
            yield rkey, {"uri": uri, "value": value, "did": repo.did, "profile": profile}


def _items(record: Record) -> list[Item]:
    uri, value = record["uri"], record["value"]
    if value["$type"] != POST:
        raise ValueError("not a post")
    seen_at = time_of_rev(uri.rpartition("/")[2])
    return [Arrived(post_of(uri, value, _owner(record["did"], record["profile"]), seen_at=seen_at))]


def _owner(did: str, profile: Record) -> Person:
    """Somebody by their own profile; what is wrong with it is left out."""
    name, avatar = profile.get("displayName"), blob_of(profile.get("avatar"))
    view: dict[str, Any] = {
        "did": did,
        "displayName": name if isinstance(name, str) else "",
        "avatar": f"{CDN}/avatar/plain/{did}/{avatar}@jpeg" if avatar else None,
        "labels": [{"val": label} for label in self_labels(profile)],
    }
    return person_of(view)
