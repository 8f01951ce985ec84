"""A signed event as a post, with its author as they describe themselves. Pure.

Posts: kind 1 (NIP-10), with pictures (NIP-92), a content warning (NIP-36), quotes (NIP-18), and mentions of
people in their text (NIP-27). People: kind 0 (NIP-01, NIP-24).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from nostr_sdk import Nip21, NostrSdkError, PublicKey

from wall.feeds.common.plain import links_in
from wall.feeds.nips.events import Event, is_id
from wall.feeds.shapes.common import Record, as_size
from wall.model import NAME_LIMIT, POST_TEXT_LIMIT, Post
from wall.text import safe_url

NETWORK = "nostr"

MEDIA_LIMIT = 20
HASHTAGS_LIMIT = 50
MENTIONS_LIMIT = 10
"""People named in one text who are asked for; a longer list is that of somebody who wants to be seen."""

_MENTION = re.compile(r"\bnostr:(n(?:pub|profile)1[02-9ac-hj-np-z]{50,1000})\b")
_QUOTED = re.compile(r"\s*\bnostr:(n(?:ote|event)1[02-9ac-hj-np-z]{50,1000})\b")
_KINDS = {"image": "image", "video": "video", "audio": "audio"}
_ENDINGS = {
    **dict.fromkeys(("jpg", "jpeg", "png", "gif", "webp", "avif"), "image"),
    **dict.fromkeys(("mp4", "webm", "mov", "m4v"), "video"),
    **dict.fromkeys(("mp3", "m4a", "ogg", "wav", "flac"), "audio"),
}
_MARKS = ("reply", "root", "mention")

Names = Mapping[str, Record]
"""Authors by public key, those who are known."""


def npub(pubkey: str) -> str:
    """A public key as people write it (NIP-19)."""
    return str(PublicKey.parse(pubkey).to_bech32())


def author_of(pubkey: str, profile: Event | None = None) -> Record:
    """The fields of an author: a key that stays theirs, and what they last said of themselves."""
    said = _described(profile)
    key = npub(pubkey)
    name = _line(said, "display_name") or _line(said, "displayName") or _line(said, "name")
    return {
        "key": key,
        "handle": key,
        "name": name,
        "avatar": safe_url(said.get("picture")),
        "bot": said.get("bot") is True,
    }


def mentioned(event: Event) -> list[str]:
    """The public keys of those whom a text names."""
    found = (_person(match[1]) for match in _MENTION.finditer(event.content[:POST_TEXT_LIMIT]))
    return list(dict.fromkeys(key for key in found if key))[:MENTIONS_LIMIT]


def quoted_id(event: Event) -> str | None:
    """The id of the post that an event quotes (NIP-18)."""
    found = event.ids("q")
    return found[0] if found else None


def reply_to(event: Event) -> str | None:
    """The id of the post that an event answers: marked as such, or else the last that it names (NIP-10)."""
    named = [
        (tag[1], tag[3] if len(tag) > 3 else "") for tag in event.tags if tag[0] == "e" and len(tag) > 1
    ]
    named = [(one, mark) for one, mark in named if is_id(one)]
    for wanted in _MARKS[:2]:
        for one, mark in named:
            if mark == wanted:
                return one
    bare = [one for one, mark in named if mark not in _MARKS]
    return bare[-1] if bare else None


def post_of(event: Event, people: Names, quoted: Event | None = None) -> Post:
    """A note as a post. `people`: authors who are known; `quoted`: the event that it quotes, where it may
    be shown. Raises pydantic's ValidationError for what is longer than a post can be."""
    warning = event.values("content-warning")
    quote = _quote(quoted, people) if quoted is not None else None
    text = event.content if len(event.content) > POST_TEXT_LIMIT else _text(event, people, quote)
    return Post.model_validate(
        {
            "network": NETWORK,
            "key": event.id,
            "author": _author(event.pubkey, people),
            "text": text,
            "links": links_in(text),
            "created_at": event.made_at,
            "hashtags": [tag[:NAME_LIMIT] for tag in event.values("t")[:HASHTAGS_LIMIT] if tag],
            "media": _media(event),
            "warning": next((one for one in warning if one.strip()), None),
            "sensitive": event.has("content-warning"),
            "reply_to": reply_to(event),
            "quote_of": quoted_id(event),
            "quote": quote,
        }
    )


def repost_of(event: Event, people: Names) -> Post | None:
    """A repost as a post without words (docs/decisions/0005); None where it names no post."""
    named = event.ids()
    if not named:
        return None
    return Post.model_validate(
        {
            "network": NETWORK,
            "key": event.id,
            "author": _author(event.pubkey, people),
            "text": "",
            "created_at": event.made_at,
            "repost_of": named[-1],
        }
    )


def _author(pubkey: str, people: Names) -> Record:
    return people.get(pubkey) or author_of(pubkey)


def _described(profile: Event | None) -> Record:
    try:
        said = json.loads(profile.content) if profile else {}
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _line(said: Record, name: str) -> str:
    value = said.get(name)
    return value.strip()[:NAME_LIMIT] if isinstance(value, str) else ""


def _text(event: Event, people: Names, quote: Record | None) -> str:
    """The words as Nostr shows them: names in place of keys, and no address of what is quoted beside it."""

    def named(match: re.Match[str]) -> str:
        key = _person(match[1])
        return f"@{_called(key, people)}" if key else match[0]

    def unquoted(match: re.Match[str]) -> str:
        return "" if quote and _event_named(match[1]) == quote["key"] else match[0]

    text = _MENTION.sub(named, event.content)
    return _QUOTED.sub(unquoted, text) if quote else text


def _called(pubkey: str, people: Names) -> str:
    name = people[pubkey]["name"] if pubkey in people else ""
    return name or f"{npub(pubkey)[:12]}…"


def _person(bech32: str) -> str | None:
    """The public key in `npub1…` or `nprofile1…`."""
    found = _named(bech32)
    if found is None:
        return None
    if found.is_PUBKEY():
        return str(found.public_key.to_hex())
    return str(found.profile.public_key().to_hex()) if found.is_PROFILE() else None


def _event_named(bech32: str) -> str | None:
    """The event id in `note1…` or `nevent1…`."""
    found = _named(bech32)
    if found is None:
        return None
    if found.is_NOTE():
        return str(found.event_id.to_hex())
    return str(found.event.event_id().to_hex()) if found.is_EVENT() else None


def _named(bech32: str) -> Any:
    try:
        return Nip21.parse(f"nostr:{bech32}").as_enum()
    except NostrSdkError:
        return None


def _media(event: Event) -> list[Record]:
    """What is attached: said in `imeta` (NIP-92), or an address in the text that ends like a file."""
    described = {url: fields for fields in map(_imeta, event.tags) if (url := safe_url(fields.get("url")))}
    written = [link["url"] for link in links_in(event.content) if link["url"] not in described]
    made = [_one(url, fields) for url, fields in described.items()]
    made += [_one(url, {}) for url in written if _ending(url) in _ENDINGS]
    return made[:MEDIA_LIMIT]


def _imeta(tag: tuple[str, ...]) -> dict[str, str]:
    """The fields of an `imeta` tag: each value is a name, a space and the rest."""
    if tag[0] != "imeta":
        return {}
    parts = (value.partition(" ") for value in tag[1:])
    return {name: rest for name, _, rest in parts}


def _one(url: str, fields: Mapping[str, str]) -> Record:
    wide, _, high = fields.get("dim", "").partition("x")
    kind = _KINDS.get(fields.get("m", "").partition("/")[0]) or _ENDINGS.get(_ending(url), "other")
    return {
        "kind": kind,
        "url": url,
        "preview": safe_url(fields.get("thumb") or fields.get("image")),
        "alt": fields.get("alt", ""),
        "width": _pixels(wide),
        "height": _pixels(high),
    }


def _pixels(value: str) -> int | None:
    return as_size(int(value)) if value.isdecimal() and len(value) < 8 else None


def _ending(url: str) -> str:
    try:
        return urlsplit(url).path.rpartition(".")[2].lower()
    except ValueError:
        return ""


def _quote(event: Event, people: Names) -> Record | None:
    """The words of a quoted post; none of one that its author put a warning on, or that is too long."""
    if event.has("content-warning") or len(event.content) > POST_TEXT_LIMIT:
        return None
    text = _text(event, people, None)
    return {"key": event.id, "author": _author(event.pubkey, people), "text": text, "links": links_in(text)}
