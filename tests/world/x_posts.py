"""Posts of the fake X, and how its API writes them, in both vocabularies."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

EPOCH_MS = 1_288_834_974_657
SHORT = 280

_NEWER = {
    "edit_history_tweet_ids": "edit_history_post_ids",
    "note_tweet": "note_post",
    "referenced_tweets": "referenced_posts",
    "tweets": "posts",
}


@dataclass
class Version:
    """A post as it was written, or changed."""

    id: str
    text: str
    created_at: datetime


@dataclass
class Post:
    """A post with all its versions, the oldest first. `fields` are more of its JSON."""

    versions: list[Version]
    author: str
    tags: tuple[str, ...]
    fields: dict[str, Any] = field(default_factory=dict)
    media: list[dict[str, Any]] = field(default_factory=list)
    deleted: bool = False
    hidden: bool = False
    """Its author protects their posts, or is suspended."""

    @property
    def key(self) -> str:
        """Its first id."""
        return self.versions[0].id

    @property
    def newest(self) -> Version:
        """As it is now."""
        return self.versions[-1]


def id_of(moment: datetime, low: int) -> str:
    """A Snowflake, made without the code that is tested."""
    return str((int(moment.timestamp() * 1000) - EPOCH_MS << 22) | low)


def made_at(post_id: str) -> datetime:
    """When an id was made."""
    return datetime.fromtimestamp(((int(post_id) >> 22) + EPOCH_MS) / 1000, UTC)


def escaped(text: str) -> str:
    """As X sends text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def iso(moment: datetime) -> str:
    """As X writes times."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def as_json(post: Post, version: Version, fields: Collection[str]) -> dict[str, Any]:
    """A version with the fields that were asked for, in the words of tweets."""
    text = escaped(version.text)
    every = {
        "author_id": post.author,
        "created_at": iso(version.created_at),
        "lang": "en",
        "possibly_sensitive": False,
        "entities": {"hashtags": [{"start": 0, "end": 1, "tag": tag} for tag in post.tags]},
        **post.fields,
    }
    if len(text) > SHORT:
        every["note_tweet"] = {"text": text, "entities": every["entities"]}
        text = text[: SHORT - 1] + "…"
    if post.media:
        every["attachments"] = {"media_keys": [one["media_key"] for one in post.media]}
    made = {"id": version.id, "text": text, "edit_history_tweet_ids": [one.id for one in post.versions]}
    return made | {name: value for name, value in every.items() if name in fields}


def included(
    posts: Iterable[Post], expansions: Collection[str], users: dict[str, Any], known: dict[str, Post]
) -> dict[str, Any]:
    """What comes beside posts."""
    found: dict[str, dict[str, Any]] = {"users": {}, "tweets": {}, "media": {}}
    for post in posts:
        if "author_id" in expansions:
            found["users"][post.author] = users[post.author]
        if "attachments.media_keys" in expansions:
            found["media"] |= {one["media_key"]: one for one in post.media}
        for one in post.fields.get("referenced_tweets", []) if "referenced_tweets.id" in expansions else []:
            other = known[one["id"]]
            found["tweets"][one["id"]] = as_json(other, other.newest, {"author_id", "created_at", "lang"})
            found["users"][other.author] = users[other.author]
    return {name: list(things.values()) for name, things in found.items() if things}


def renamed(said: Any) -> Any:
    """An answer in the words of posts."""
    if isinstance(said, dict):
        return {_NEWER.get(name, name): renamed(value) for name, value in said.items()}
    return [renamed(one) for one in said] if isinstance(said, list) else said
