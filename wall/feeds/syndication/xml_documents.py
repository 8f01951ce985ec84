"""RSS (0.9 to 2.0) and Atom as entries: what the worker is asked, and what its answer means. Pure."""

from __future__ import annotations

import calendar
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from wall.feeds.shapes.common import as_language, as_size, parts_of
from wall.feeds.syndication.charset import without_forbidden
from wall.feeds.syndication.documents import Author, Document, Entry, NotAFeed, Picture, Words
from wall.feeds.syndication.survey import Survey, surveyed
from wall.feeds.syndication.worker import DONE, REQUEST

NAME_LIMIT = 300
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_DECLARATION = re.compile(r"\A<\?xml[^>]{0,200}\?>")
_DESCRIBING = re.compile(r"<(/?)media:(description|title)\b", re.IGNORECASE)
_WITH_ADDRESS = re.compile(r"[^\s@]+@[^\s@(]+\s*\((.{1,200})\)|(.{1,200})[<(][^\s@<>()]+@[^\s@<>()]+[>)]")
"""Mail and name, in either order. No two of its parts fit the same text: cubic time otherwise."""


@dataclass(frozen=True, slots=True)
class Xml:
    """A document that is safe to hand over to the worker: its bytes, and what the worker does not tell."""

    given: bytes
    seen: Survey

    @property
    def request(self) -> bytes:
        """What the worker is asked."""
        return REQUEST.pack(len(self.given)) + self.given

    def document(self, status: int, said: bytes) -> Document:
        """The document, by the worker's answer. Raises NotAFeed."""
        if status != DONE:
            raise NotAFeed("It cannot be read as RSS or Atom")
        found = json.loads(said.decode("utf-8", "surrogatepass"))
        if not found["version"] and not found["entries"]:
            raise NotAFeed("It answers with something else than RSS, Atom or JSON Feed")
        return _document(found, self.seen)


def xml_of(text: str) -> Xml:
    """A document of XML, looked through. Raises NotAFeed."""
    text = _DECLARATION.sub("", without_forbidden(text).lstrip(), count=1).lstrip()
    seen = surveyed(text)
    # feedparser takes an image's own description and title for the entry's.
    return Xml(_DESCRIBING.sub(r"<\1media:of-\2", text).encode("utf-8"), seen)


def _document(found: Mapping[str, Any], seen: Survey) -> Document:
    feed = found["feed"]
    image = feed.get("image")
    picture = (
        feed.get("logo") or (image.get("href") if isinstance(image, Mapping) else None) or feed.get("icon")
    )
    lang = feed.get("language")
    return Document(
        title=_text(feed, "title"),
        link=_text(feed, "link") or None,
        entries=tuple(_entry(one, lang, seen) for one in found["entries"]),
        author=Author(_text(feed, "title"), _text(feed, "link") or None, picture),
        deleted=tuple(seen.deleted),
        pace=seen.pace,
    )


def _entry(entry: Mapping[str, Any], lang: Any, seen: Survey) -> Entry:
    content, details = _content(entry), parts_of([entry.get("title_detail"), entry.get("summary_detail")])
    rating = entry.get("media_rating")
    return Entry(
        id=_text(entry, "id"),
        link=_text(entry, "link") or None,
        title=_words(entry, "title"),
        summary=_words(entry, "summary"),
        content=Words(str(content.get("value") or ""), content.get("type") in _HTML),
        author=_author(entry),
        published=_moment(entry.get("published_parsed")),
        updated=_moment(entry.get("updated_parsed")),
        tags=tuple(str(tag.get("label") or tag.get("term") or "") for tag in parts_of(entry.get("tags"))),
        lang=next(
            filter(None, (as_language(one.get("language")) for one in [content, *details])),
            as_language(lang),
        ),
        media=tuple(_media(entry, seen)),
        sensitive=isinstance(rating, Mapping) and rating.get("content") == "adult",
    )


def _content(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """The words themselves: HTML before plain text, as Atom and RSS may give both."""
    every = [one for one in parts_of(entry.get("content")) if one.get("value")]
    return next((one for one in every if one.get("type") in _HTML), every[0] if every else {})


def _words(entry: Mapping[str, Any], name: str) -> Words:
    detail = entry.get(f"{name}_detail")
    kind = detail.get("type") if isinstance(detail, Mapping) else "text/html"
    return Words(_text(entry, name), kind in _HTML)


def _author(entry: Mapping[str, Any]) -> Author:
    """Whoever is named; an e-mail address is nobody's name, and nobody's business."""
    name = _text(entry, "author")[:NAME_LIMIT]
    if "@" in name:
        found = _WITH_ADDRESS.fullmatch(name)
        name = (found[1] or found[2] or "").strip() if found else ""
    detail = entry.get("author_detail")
    return Author(name, detail.get("href") if isinstance(detail, Mapping) else None)


def _media(entry: Mapping[str, Any], seen: Survey) -> list[Picture]:
    found: dict[str, Picture] = {}
    for part in (*parts_of(entry.get("media_content")), *parts_of(entry.get("enclosures"))):
        url = part.get("url") or part.get("href")
        if isinstance(url, str) and url not in found:
            sizes = {name: as_size(_number(part.get(name))) for name in ("width", "height")}
            found[url] = {"kind": _kind(part), "url": url, "alt": seen.described.get(url, ""), **sizes}
    return list(found.values())


def _kind(part: Mapping[str, Any]) -> str:
    said = part.get("medium") or str(part.get("type") or "").partition("/")[0]
    return said if said in ("image", "video", "audio") else "other"


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 8 else None


def _text(of: Mapping[str, Any], name: str) -> str:
    value = of.get(name)
    return value.strip() if isinstance(value, str) else ""


def _moment(parsed: Any) -> datetime | None:
    """feedparser's dates are UTC, without a fraction of a second."""
    with suppress(ValueError, OverflowError, TypeError, OSError):
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
    return None
