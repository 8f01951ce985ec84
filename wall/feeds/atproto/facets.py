"""Rich text of the AT protocol: facets point into UTF-8 bytes, a post's links into code points. Pure.

What is broken is left out: offsets outside of the text, inside of a letter, or over an earlier facet
(docs.bsky.app/docs/advanced-guides/post-richtext).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from wall.feeds.shapes.common import Record, parts_of
from wall.model import fold_hashtag
from wall.text import safe_url

FACETS_LIMIT = 200
"""Most facets of one post that are read: a post has at most 300 letters."""

WEB = "https://bsky.app"
_FEATURE = "app.bsky.richtext.facet#"
_TAGS_LIMIT = 50
_URL = re.compile(r"https?://[^\s<>\"')\]]*[^\s<>\"')\].,;:!?]")


def links_of(record: Record) -> list[Record]:
    """Links and mentions in the text of a record, as `Link` takes them, in order."""
    text = record["text"]
    found = [(a, b, url) for a, b, feature in _features(record) if (url := _address(feature))]
    if not found:
        return []
    raw = text.encode("utf-8", "surrogatepass")
    kept: list[Record] = []
    end = 0
    for first, last, url in sorted(found, key=lambda one: one[:2]):
        if end <= first < last <= len(raw) and _is_start(raw, first) and _is_start(raw, last):
            kept.append({"start": _points(raw, first), "end": _points(raw, last), "url": url})
            end = last
    return kept


def hashtags_of(record: Record) -> tuple[str, ...]:
    """The hashtags of a record as they are written, without `#`, each once: those in its text that its
    author's app marked, and those beside it."""
    beside = record.get("tags")
    marked = [feature.get("tag") for _, _, feature in _features(record)]
    found: dict[str, str] = {}
    for tag in (*marked, *(beside if isinstance(beside, list) else ())):
        if isinstance(tag, str) and (plain := tag.strip().lstrip("#＃")) and len(plain) <= 640:
            found.setdefault(folded(plain), plain)
    return tuple(found.values())[:_TAGS_LIMIT]


def folded(tag: str) -> str:
    """The form in which hashtags are compared: width and case do not matter."""
    return fold_hashtag(unicodedata.normalize("NFKC", tag))


def link_facets(text: str) -> list[Record]:
    """The facets that make the addresses in a text into links: apps do not find them by themselves."""
    return [
        {
            "index": {
                "byteStart": len(text[: match.start()].encode()),
                "byteEnd": len(text[: match.end()].encode()),
            },
            "features": [{"$type": f"{_FEATURE}link", "uri": match[0]}],
        }
        for match in _URL.finditer(text)
    ]


def profile_url(who: str) -> str:
    """Where people read somebody's profile, by a handle or a DID."""
    return f"{WEB}/profile/{quote(who, safe=':.%', errors='replace')}"


def _features(record: Record) -> Iterator[tuple[int, int, Record]]:
    """(first byte, last byte, feature) of each facet, as they were given."""
    for facet in parts_of(record.get("facets"))[:FACETS_LIMIT]:
        index = facet.get("index")
        first, last = _offsets(index if isinstance(index, dict) else {})
        for feature in parts_of(facet.get("features")):
            yield first, last, feature


def _offsets(index: Record) -> tuple[int, int]:
    first, last = index.get("byteStart"), index.get("byteEnd")
    whole = isinstance(first, int) and isinstance(last, int) and not isinstance(first, bool)
    return (int(first), int(last)) if whole and first is not None and last is not None else (-1, -1)


def _address(feature: Record) -> str | None:
    match feature.get("$type"):
        case "app.bsky.richtext.facet#link":
            return safe_url(feature.get("uri"))
        case "app.bsky.richtext.facet#mention":
            did: Any = feature.get("did")
            return safe_url(profile_url(did)) if isinstance(did, str) else None
    return None


def _is_start(raw: bytes, at: int) -> bool:
    """Whether a letter starts at this byte, or the text ends."""
    return at == len(raw) or raw[at] & 0b1100_0000 != 0b1000_0000


def _points(raw: bytes, at: int) -> int:
    """Code points before a byte, in the text as a post keeps it: with `\\n` for `\\r\\n`."""
    before = raw[:at]
    return _starts(before) - before.count(b"\r\n")


def _starts(raw: bytes) -> int:
    return len(raw.decode("utf-8", "surrogatepass"))


def any_of(tags: Iterable[str], wanted: frozenset[str]) -> bool:
    """Whether one of these hashtags is wanted. `wanted` are folded."""
    return any(folded(tag) in wanted for tag in tags)
