"""A record of Bluesky, with its author as the AppView shows them, as a post. Pure.

Records: `app.bsky.feed.post` (github.com/bluesky-social/atproto, lexicons). Views of the AppView carry the
same record with its author, its labels and what it quotes.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeGuard
from urllib.parse import quote as quoted

from wall.feeds.atproto.events import DID, POST, RECORD_KEY
from wall.feeds.atproto.facets import WEB, hashtags_of, links_of, profile_url
from wall.feeds.shapes.common import Record, as_count, as_key, as_language, as_size, as_text, parts_of
from wall.model import Post
from wall.text import safe_url
from wall.twins import elsewhere

NETWORK = "bluesky"

HELD = frozenset(
    {
        "porn",
        "sexual",
        "nudity",
        "graphic-media",
        "gore",
        "nsfl",
        "corpse",
        "self-harm",
        "spam",
        "scam",
        "impersonation",
        "unsafe-link",
        "!warn",
    }
)
"""Labels with which a post counts as sensitive: a person looks before it is on a screen."""

NOT_FOR_STRANGERS = "!no-unauthenticated"

LABELS_LIMIT = 30
IMAGES_LIMIT = 20
TITLE_LIMIT = 300
_POST_URI = re.compile(rf"at://{DID}/{re.escape(POST)}/{RECORD_KEY}")
CDN = "https://cdn.bsky.app/img"
"""Where pictures of accounts are served."""
_VIDEO = "https://video.bsky.app/watch"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the AppView shows them: the fields of an author, and the labels of the account."""

    author: Record
    labels: tuple[str, ...] = ()


def person_of(view: Record) -> Person:
    """The author in a profile view. Raises KeyError, TypeError."""
    did, handle = as_key(view["did"]), as_text(view.get("handle"))
    if not handle or handle == "handle.invalid":
        handle = did
    labels = labels_of(view)
    author = {
        "key": did,
        "handle": handle,
        "name": as_text(view.get("displayName")),
        "url": safe_url(profile_url(handle)),
        "avatar": safe_url(view.get("avatar")),
        "followers": as_count(view.get("followersCount")),
        "bot": "bot" in labels,
        "also": elsewhere(as_text(view.get("description"))),
    }
    return Person(author, labels)


def labels_of(view: Record) -> tuple[str, ...]:
    """What labellers say of a post or an account now; what they took back is left out."""
    said = parts_of(view.get("labels"))
    values = [one.get("val") for one in said if one.get("neg") is not True]
    return _codes(values)


def post_of(
    uri: str,
    record: Record,
    person: Person,
    *,
    labels: Collection[str] = (),
    quote: Record | None = None,
    edited_at: datetime | None = None,
    seen_at: datetime | None = None,
) -> Post:
    """A record as a post. `quote`: the view of the post that it quotes, where that may be read; `seen_at`:
    when the network saw it, for records that do not say when they were made.

    Raises what Python raises for missing keys and wrong types, and pydantic's ValidationError.
    """
    embed, did = _embed(record), as_key(person.author["key"])
    marked = _codes([*self_labels(record), *labels, *person.labels])
    reply = record.get("reply")
    return Post.model_validate(
        {
            "network": NETWORK,
            "key": uri,
            "author": person.author,
            "text": as_text(record["text"]),
            "links": links_of(record),
            "created_at": _made(record, seen_at),
            "edited_at": edited_at,
            "url": web_address(uri),
            "lang": _language(record),
            "hashtags": hashtags_of(record),
            "media": _media(embed, did),
            "link_card": _link_card(embed, did),
            "sensitive": not HELD.isdisjoint(marked),
            "labels": marked,
            "reply_to": _post_uri(reply.get("parent")) if isinstance(reply, dict) else None,
            "quote_of": quoted_uri(record),
            "quote": _quote(quote) if quote else None,
        }
    )


def quoted_uri(record: Record) -> str | None:
    """The canonical id of the post that a record quotes; lists, feeds and the like are no posts."""
    embed = record.get("embed")
    if not isinstance(embed, dict):
        return None
    match embed.get("$type"):
        case "app.bsky.embed.record":
            return _post_uri(embed.get("record"))
        case "app.bsky.embed.recordWithMedia":
            inner = embed.get("record")
            return _post_uri(inner.get("record")) if isinstance(inner, dict) else None
    return None


def is_quote_withheld(view: Record) -> bool:
    """Whether the view of a post says that what it quotes may not be read with it: its author detached or
    deleted it, or blocks who quotes it."""
    embed = view.get("embed")
    record = embed.get("record") if isinstance(embed, dict) else None
    if isinstance(record, dict) and isinstance(record.get("record"), dict):
        record = record["record"]
    kind = record.get("$type") if isinstance(record, dict) else None
    return isinstance(kind, str) and kind.endswith(("#viewDetached", "#viewBlocked", "#viewNotFound"))


def is_post(uri: object) -> TypeGuard[str]:
    """Whether an id is that of a post of this network."""
    return isinstance(uri, str) and _POST_URI.fullmatch(uri) is not None


def did_of(uri: str) -> str:
    """Whose record this is."""
    return uri.split("/")[2]


def web_address(uri: str) -> str | None:
    """Where people read a post."""
    _, _, did, _, rkey = uri.split("/")
    return safe_url(f"{WEB}/profile/{did}/post/{quoted(rkey, safe='~._:-')}")


def _made(record: Record, seen_at: datetime | None) -> datetime | str:
    made = record.get("createdAt")
    try:
        datetime.fromisoformat(made)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        if seen_at is None:
            raise
        return seen_at
    return made  # type: ignore[return-value]


def _language(record: Record) -> str | None:
    langs = record.get("langs")
    return as_language(langs[0]) if isinstance(langs, list) and langs else None


def _embed(record: Record) -> Record:
    """What is attached, apart from a quote."""
    embed = record.get("embed")
    if isinstance(embed, dict) and embed.get("$type") == "app.bsky.embed.recordWithMedia":
        embed = embed.get("media")
    return embed if isinstance(embed, dict) else {}


def self_labels(record: Record) -> list[Any]:
    """What an author said of a post or, in their profile, of all of theirs; nothing is checked."""
    labels = record.get("labels")
    return [one.get("val") for one in parts_of(labels.get("values"))] if isinstance(labels, dict) else []


def _codes(values: Collection[Any]) -> tuple[str, ...]:
    codes = (value for value in values if isinstance(value, str) and 0 < len(value) <= 128)
    return tuple(dict.fromkeys(codes))[:LABELS_LIMIT]


def _post_uri(ref: Any) -> str | None:
    uri = ref.get("uri") if isinstance(ref, dict) else None
    return uri if is_post(uri) else None


def blob_of(part: Any) -> str | None:
    """The CID of a blob; the oldest records have it beside their type."""
    if not isinstance(part, dict):
        return None
    ref = part.get("ref")
    cid = ref.get("$link") if isinstance(ref, dict) else part.get("cid")
    return cid if isinstance(cid, str) and cid.isalnum() and len(cid) <= 200 else None


def _picture(size: str, did: str, cid: str) -> str:
    return f"{CDN}/{size}/plain/{did}/{cid}@jpeg"


def _media(embed: Record, did: str) -> list[Record]:
    match embed.get("$type"):
        case "app.bsky.embed.images":
            made = (_image(part, did) for part in parts_of(embed.get("images"))[:IMAGES_LIMIT])
            return [one for one in made if one]
        case "app.bsky.embed.video":
            return _video(embed, did)
    return []


def _image(part: Record, did: str) -> Record | None:
    cid = blob_of(part.get("image"))
    if cid is None:
        return None
    return {
        "kind": "image",
        "url": _picture("feed_fullsize", did, cid),
        "preview": _picture("feed_thumbnail", did, cid),
        "alt": as_text(part.get("alt")),
        **_size(part),
    }


def _video(embed: Record, did: str) -> list[Record]:
    cid = blob_of(embed.get("video"))
    if cid is None:
        return []
    at = f"{_VIDEO}/{quoted(did, safe='')}/{cid}"
    still = {"url": f"{at}/playlist.m3u8", "preview": f"{at}/thumbnail.jpg"}
    return [{"kind": "video", **still, "alt": as_text(embed.get("alt")), **_size(embed)}]


def _size(part: Record) -> Record:
    ratio = part.get("aspectRatio")
    ratio = ratio if isinstance(ratio, dict) else {}
    return {name: as_size(ratio.get(name)) for name in ("width", "height")}


def _link_card(embed: Record, did: str) -> Record | None:
    external = embed.get("external") if embed.get("$type") == "app.bsky.embed.external" else None
    if not isinstance(external, dict) or not (url := safe_url(external.get("uri"))):
        return None
    cid = blob_of(external.get("thumb"))
    title = as_text(external.get("title")).strip() or as_text(external.get("description")).strip()
    image = _picture("feed_thumbnail", did, cid) if cid else None
    return {"url": url, "title": title[:TITLE_LIMIT], "image": image} if title or image else None


def _quote(view: Record) -> Record | None:
    """The words of a quoted post; none where it is labelled as nothing for every screen, or unreadable."""
    try:
        person, record = person_of(view["author"]), view["value"] if "value" in view else view["record"]
        labels = _codes([*self_labels(record), *labels_of(view), *person.labels])
        if not HELD.isdisjoint(labels):
            return None
        return {
            "key": as_key(view["uri"]),
            "author": person.author,
            "text": as_text(record["text"]),
            "links": links_of(record),
            "url": web_address(view["uri"]),
            "lang": _language(record),
            "labels": labels,
        }
    except (LookupError, TypeError, ValueError, AttributeError):
        return None
