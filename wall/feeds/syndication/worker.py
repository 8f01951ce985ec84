"""The process that reads RSS and Atom by feedparser, with hard limits (`wall.confined`).

feedparser takes square time over what somebody writes to keep it busy, and holds the interpreter
meanwhile. So it runs here, and is killed when it takes too long. A request is `REQUEST` (length) and a
document in UTF-8; an answer is `ANSWER` (`DONE` or `BROKEN`, length) and JSON of what is used of it.
"""

from __future__ import annotations

import io
import json
import struct
import sys
from collections.abc import Mapping
from typing import Any, BinaryIO

import feedparser

from wall.confined.limits import ANSWER, allow_time, limit, private_output

REQUEST = struct.Struct(">I")
DONE, BROKEN = range(2)
MOST_BYTES = 24 << 20
"""Longest answer: three times the longest document."""

_FEED = ("title", "link", "logo", "icon", "language")
_ENTRY = ("id", "link", "title", "summary", "author", "published_parsed")
_LISTS = {
    "content": ("value", "type", "language"),
    "tags": ("label", "term"),
    "media_content": ("url", "href", "width", "height", "medium", "type"),
    "enclosures": ("url", "href", "width", "height", "medium", "type"),
}
_PARTS = {
    "title_detail": ("type", "language"),
    "summary_detail": ("type", "language"),
    "author_detail": ("href",),
    "media_rating": ("content",),
}
_UTF_8 = {"content-type": "application/xml; charset=utf-8"}
_SMALL = b"<rss version='2.0'><channel><item><title>x</title><pubDate>2026</pubDate></item></channel></rss>"
"""Read once before the limits hold, so that nothing is loaded after."""


def answer(document: bytes) -> tuple[int, bytes]:
    """What is used of a document, as JSON; `BROKEN` where it cannot be read or is too long."""
    try:
        found = feedparser.parse(
            io.BytesIO(document),
            response_headers=_UTF_8,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        said = json.dumps(_used(found), ensure_ascii=False).encode("utf-8", "surrogatepass")
    except Exception:  # noqa: BLE001  feedparser raises nearly everything
        return BROKEN, b""
    return (DONE, said) if len(said) <= MOST_BYTES else (BROKEN, b"")


def _used(found: Mapping[str, Any]) -> dict[str, Any]:
    feed = found["feed"]
    return {
        "version": found.get("version") or "",
        "feed": _some(feed, _FEED) | {"image": _part(feed.get("image"), ("href",))},
        "entries": [_entry(one) for one in found["entries"]],
    }


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    used = _some(entry, _ENTRY)
    # Without this, feedparser gives the date of publication in its place.
    used["updated_parsed"] = entry.get("updated_parsed") if "updated" in entry else None
    for name, names in _LISTS.items():
        parts = entry.get(name)
        used[name] = [_part(one, names) for one in parts] if isinstance(parts, list) else []
    return used | {name: _part(entry.get(name), names) for name, names in _PARTS.items()}


def _part(value: Any, names: tuple[str, ...]) -> dict[str, Any] | None:
    return _some(value, names) if isinstance(value, Mapping) else None


def _some(of: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name in names if (value := of.get(name)) is not None}


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the other side closes."""
    while len(header := requests.read(REQUEST.size)) == REQUEST.size:
        (length,) = REQUEST.unpack(header)
        document = requests.read(length)
        allow_time()
        status, said = answer(document)
        answers.write(ANSWER.pack(status, len(said)) + said)
        answers.flush()


def main() -> None:
    """Serve over the pipes this process was started with."""
    with private_output() as answers:
        answer(_SMALL)
        limit()
        serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
