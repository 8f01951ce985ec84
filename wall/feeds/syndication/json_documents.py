"""JSON Feed 1.0 and 1.1 (jsonfeed.org) as entries. Pure."""

from __future__ import annotations

import json
from typing import Any

from wall.feeds.shapes.common import Record, as_language, parts_of
from wall.feeds.syndication.documents import Author, Document, Entry, NotAFeed, Picture, Words, moment_of
from wall.feeds.syndication.survey import Unwieldy

ENDED_PACE = 86_400.0
"""Seconds between two looks at a feed that says of itself that nothing more comes (`expired`)."""


MOST_ITEMS = 10_000
"""Items in one document."""


def of_json(text: str) -> Document:
    """A document of JSON. Raises NotAFeed."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise NotAFeed("It answers with JSON that cannot be read") from None
    if not isinstance(said, dict) or not isinstance(said.get("items"), list):
        raise NotAFeed("It answers with JSON that is no JSON Feed")
    if len(said["items"]) > MOST_ITEMS:
        raise Unwieldy
    author = _author(said)
    lang = as_language(said.get("language"))
    return Document(
        title=_text(said, "title"),
        link=_text(said, "home_page_url") or None,
        entries=tuple(_entry(one, author, lang) for one in parts_of(said["items"])),
        author=Author(
            _text(said, "title"),
            _text(said, "home_page_url") or None,
            _text(said, "icon") or _text(said, "favicon") or None,
        ),
        pace=ENDED_PACE if said.get("expired") is True else 0.0,
    )


def _entry(item: Record, of_feed: Author, lang: str | None) -> Entry:
    html = _text(item, "content_html")
    author = _author(item)
    return Entry(
        id=_id(item.get("id")),
        link=_text(item, "url") or _text(item, "external_url") or None,
        title=Words(_text(item, "title")),
        summary=Words(_text(item, "summary")),
        content=Words(html or _text(item, "content_text"), bool(html)),
        author=author if author.name else of_feed,
        published=moment_of(item.get("date_published")),
        updated=moment_of(item.get("date_modified")),
        tags=tuple(tag for tag in item["tags"] if isinstance(tag, str))
        if isinstance(item.get("tags"), list)
        else (),
        lang=as_language(item.get("language")) or lang,
        media=tuple(_media(item)),
    )


def _author(said: Record) -> Author:
    """1.1 has `authors`, 1.0 `author`."""
    every = [*parts_of(said.get("authors")), *parts_of([said.get("author")])]
    one = next((author for author in every if _text(author, "name")), {})
    return Author(_text(one, "name"), _text(one, "url") or None, _text(one, "avatar") or None)


def _media(item: Record) -> list[Picture]:
    pictures = [_text(item, name) for name in ("image", "banner_image")]
    found: list[Picture] = [{"kind": "image", "url": url} for url in dict.fromkeys(filter(None, pictures))]
    for part in parts_of(item.get("attachments")):
        kind = _text(part, "mime_type").partition("/")[0]
        known = kind if kind in ("image", "video", "audio") else "other"
        found.append({"kind": known, "url": _text(part, "url"), "alt": _text(part, "title")})
    return found


def _id(value: Any) -> str:
    """An id is text; numbers are seen and to be taken as text (jsonfeed.org/version/1.1)."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 64:
        return str(value)
    return value if isinstance(value, str) else ""


def _text(of: Record, name: str) -> str:
    value = of.get(name)
    return value.strip() if isinstance(value, str) else ""
