"""What every shape is, and how fields of unknown quality become posts."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from wall.feeds.base import Arrived, Dropped, Item
from wall.model import Post
from wall.text import safe_url

Record = dict[str, Any]
"""One JSON object as it came, nothing about it checked."""

_UNUSABLE = (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)
_NO_LANGUAGE = frozenset({"und", "zxx", "mul"})
_ESCAPED = re.compile(r"&(amp|lt|gt);|\r\n")
_PLAIN = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "\r\n": "\n"}


class NotPublic(Exception):
    """The post was not meant for everybody, so it is not for a wall."""


class Shape(ABC):
    """A way in which posts are written as JSON objects. One instance reads one archive or stream.

    What it must know of earlier records (edits and deletes name posts by other ids) it remembers.
    """

    name: ClassVar[str]
    words: ClassVar[str]
    """What this shape is called in a message."""

    remembers: ClassVar[bool] = False
    """Whether skipped records have to be given to `remember`."""

    @staticmethod
    @abstractmethod
    def recognises(record: Record) -> bool:
        """Whether an object looks like this shape."""

    @abstractmethod
    def parse(self, record: Record, where: str) -> list[Item]:
        """The items of one object, in order. Never raises: what cannot be used is `Dropped`."""

    def remember(self, record: Record) -> None:  # noqa: B027 - most shapes have nothing to remember
        """Take note of an object that was read before, without making items of it. Never raises."""


def attempt(where: str, build: Callable[..., list[Item]], *parts: Any) -> list[Item]:
    """`build(*parts)`, or a `Dropped` when the parts are not what the network says they are.

    Builders take fields as if they were right: on bad data they raise what Python raises for a
    missing key or a wrong type, or pydantic's ValidationError (a ValueError).
    """
    try:
        return build(*parts)
    except NotPublic:
        return [Dropped("not_public", where)]
    except _UNUSABLE:
        return [Dropped("unusable_post", where)]


def arrived(fields: Record) -> list[Item]:
    """One `Arrived`. Raises pydantic.ValidationError."""
    return [Arrived(Post.model_validate(fields))]


def as_key(value: Any) -> str:
    """An id as text. Raises TypeError for what is not an id."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise TypeError("not an id")


def as_language(value: Any) -> str | None:
    """A language code, or None where the network says that it does not know."""
    if not isinstance(value, str) or value in _NO_LANGUAGE or (len(value) == 3 and value[0] == "q"):
        return None
    return value[:35] or None


def as_count(value: Any) -> int | None:
    """A number of followers; None where it is hidden (networks send null or -1)."""
    return value if isinstance(value, int) and value >= 0 else None


def as_size(value: Any) -> int | None:
    """A width or height in pixels."""
    return value if isinstance(value, int) and 0 < value < 1_000_000 else None


def as_text(value: Any) -> str:
    """A text that may be absent. Raises TypeError for what is neither text nor absent."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise TypeError("not a text")


def parts_of(value: Any) -> list[Record]:
    """The objects in a list; empty for anything else."""
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def unescaped(text: str, spans: Iterable[tuple[int, int, str]]) -> tuple[str, list[Record]]:
    """Text without `&amp;` `&lt;` `&gt;`, and links whose offsets were counted in the escaped text.

    Offsets are code points, end exclusive. Spans whose address is unsafe are left out.
    """
    ends: list[int] = []
    removed = [0]

    def shorten(match: re.Match[str]) -> str:
        ends.append(match.end())
        removed.append(removed[-1] + match.end() - match.start() - 1)
        return _PLAIN[match[0]]

    def moved(offset: int) -> int:
        return offset - removed[bisect_left(ends, offset + 1)]

    plain = _ESCAPED.sub(shorten, text)
    safe = ((start, end, safe_url(url)) for start, end, url in spans)
    return plain, [{"start": moved(a), "end": moved(b), "url": url} for a, b, url in safe if url]
