"""Documents that tests write, and what a reader makes of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from wall.feeds.syndication.documents import Document
from wall.feeds.syndication.posts import Place, Told, told_of
from wall.feeds.syndication.reader import opened
from wall.feeds.syndication.worker import answer
from wall.model import Post

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOME = "https://blog.example/feed"
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom" {}><title>The blog</title>{}</feed>'
RSS = (
    '<?xml version="1.0"?><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<channel><title>The blog</title><link>https://blog.example/</link>{}</channel></rss>"
)


def parsed(body: bytes, kind: str) -> Document:
    """A document as the source reads it, with the worker's part done here. Raises NotAFeed."""
    found = opened(body, kind)
    return found if isinstance(found, Document) else found.document(*answer(found.given))


def entries(document: str | bytes, *wanted: str, base: str = HOME, kind: str = "") -> list[Told]:
    """Every entry of a document, ready to be told."""
    raw = document if isinstance(document, bytes) else document.encode("utf-8", "surrogatepass")
    told, _ = told_of(parsed(raw, kind), Place(base, "blog.example", base), frozenset(wanted), NOW)
    return told


def post(document: str | bytes, **more: Any) -> Post:
    """The only post of a document."""
    (told,) = entries(document, **more)
    return told.post


def rss(item: str) -> str:
    """An RSS 2.0 document of one item."""
    return RSS.format(f"<item>{item}</item>")


def atom(entry: str, about: str = "") -> str:
    """An Atom document of one entry."""
    return ATOM.format(about, f"<entry><id>tag:blog.example,2026:1</id>{entry}</entry>")


def json_feed(*items: dict[str, Any], **more: Any) -> str:
    """A JSON Feed."""
    said = {"version": "https://jsonfeed.org/version/1.1", "title": "The blog", "items": items}
    return json.dumps(said | more)
