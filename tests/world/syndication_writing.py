"""How sites write feeds: Atom (RFC 4287, with RFC 6721), RSS 2.0, and JSON Feed 1.1."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Any, Literal
from xml.sax.saxutils import escape as xml_escape
from xml.sax.saxutils import quoteattr

Kind = Literal["atom", "rss", "json"]
CONTENT_TYPES: dict[Kind, str] = {
    "atom": "application/atom+xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "json": "application/feed+json",
}
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'


@dataclass
class Entry:
    """An entry. `html` is what it says, where that is not its text as a paragraph."""

    id: str
    text: str
    at: datetime | None
    number: int
    title: str = ""
    author: str = "Ada"
    tags: tuple[str, ...] = ()
    html: str | None = None
    updated: datetime | None = None
    first: tuple[str, datetime | None] | None = None
    more: str = ""
    """Further elements, as they are written."""
    home: str = ""
    """The address of its feed."""

    @property
    def key(self) -> str:
        """Under which a reader of that address knows it."""
        return f"{self.home}#{self.id}"

    @property
    def content(self) -> str:
        """What it says, as HTML."""
        return self.html if self.html is not None else f"<p>{escape(self.text)}</p>"

    @property
    def link(self) -> str:
        """Its page."""
        return f"https://site.example/{self.number}"


@dataclass
class Listing:
    """What a feed says, the newest last."""

    kind: Kind
    title: str
    entries: list[Entry] = field(default_factory=list)
    deleted: list[tuple[str, datetime]] = field(default_factory=list)
    more: str = ""
    """Further elements of the feed itself, as they are written."""


def written(listing: Listing, window: int, *, copies: int = 1, order: random.Random | None = None) -> bytes:
    """A document of the newest entries, each `copies` times, in another order if one is drawn."""
    entries = [one for one in reversed(listing.entries[-window:]) for _ in range(copies)]
    if order is not None:
        order.shuffle(entries)
    match listing.kind:
        case "atom":
            return _xml(_atom(listing, entries, window))
        case "rss":
            return _xml(_rss(listing, entries))
        case "json":
            return json.dumps(_json(listing, entries)).encode()


def _xml(text: str) -> bytes:
    return (_HEAD + _FORBIDDEN.sub("\ufffd", text)).encode("utf-8")


def _atom(listing: Listing, entries: Sequence[Entry], window: int) -> str:
    deleted = "".join(
        f"<at:deleted-entry ref={quoteattr(ref)} when={quoteattr(when.isoformat())}/>"
        for ref, when in listing.deleted[-window:]
    )
    head = f"<title>{xml_escape(listing.title)}</title><id>tag:site.example,2026:feed</id>{listing.more}"
    spaces = 'xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"'
    body = "".join(map(_atom_entry, entries))
    return f'<feed {spaces} xml:lang="en">{head}<link href="https://site.example/"/>{deleted}{body}</feed>'


def _atom_entry(entry: Entry) -> str:
    dates = ""
    if entry.at is not None:
        dates = f"<published>{entry.at.isoformat()}</published>"
        dates += f"<updated>{(entry.updated or entry.at).isoformat()}</updated>"
    return (
        f"<entry><id>{xml_escape(entry.id)}</id><title>{xml_escape(entry.title)}</title>{dates}"
        f'<link href="{entry.link}"/><author><name>{xml_escape(entry.author)}</name></author>'
        + "".join(f"<category term={quoteattr(tag)}/>" for tag in entry.tags)
        + f'<content type="html">{xml_escape(entry.content)}</content>{entry.more}</entry>'
    )


def _rss(listing: Listing, entries: Sequence[Entry]) -> str:
    head = f"<title>{xml_escape(listing.title)}</title><link>https://site.example/</link>"
    body = "".join(map(_rss_item, entries))
    spaces = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
    return (
        f'<rss version="2.0" {spaces}><channel>{head}<description/><language>en</language>{listing.more}'
        f"{body}</channel></rss>"
    )


def _rss_item(entry: Entry) -> str:
    title = f"<title>{xml_escape(entry.title)}</title>" if entry.title else ""
    date = f"<pubDate>{format_datetime(entry.at)}</pubDate>" if entry.at else ""
    return (
        f'<item><guid isPermaLink="false">{xml_escape(entry.id)}</guid>{title}'
        f"<link>{entry.link}</link>{date}"
        f"<dc:creator>{xml_escape(entry.author)}</dc:creator>"
        + "".join(f"<category>{xml_escape(tag)}</category>" for tag in entry.tags)
        + f"<description>{xml_escape(entry.content)}</description>{entry.more}</item>"
    )


def _json(listing: Listing, entries: Sequence[Entry]) -> dict[str, Any]:
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": listing.title,
        "home_page_url": "https://site.example/",
        "language": "en",
        "items": [_json_item(one) for one in entries],
    }


def _json_item(entry: Entry) -> dict[str, Any]:
    dates = {"date_published": entry.at, "date_modified": entry.updated}
    return {
        "id": entry.id,
        "url": entry.link,
        "title": entry.title,
        "content_html": entry.content,
        "authors": [{"name": entry.author}],
        "tags": list(entry.tags),
        **{name: at.isoformat() for name, at in dates.items() if at},
        **(json.loads(entry.more) if entry.more else {}),
    }
