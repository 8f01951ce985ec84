"""What a feed's document holds, whichever format it is written in, and which one that is. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from wall.feeds.common.problems import Passing

Picture = dict[str, object]
"""The fields of a `wall.model.Media`, its address perhaps relative."""

OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Earlier dates are what software writes that knows none: 1970, the year 1."""

_PAGE = re.compile(
    r"\s*+(?:<\?xml[^>]{0,200}>\s*+)?(?:<!--(?:[^-]++|-(?!->))*+-->\s*+)*+<(?:!doctype\s+html|html)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Words:
    """A text as a feed gives it."""

    raw: str = ""
    is_html: bool = False


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote an entry, or a whole feed, as far as it says so."""

    name: str = ""
    url: str | None = None
    avatar: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as its feed gives it, nothing of it checked. `updated` dates a later version."""

    id: str
    link: str | None
    title: Words
    summary: Words
    content: Words
    author: Author
    published: datetime | None
    updated: datetime | None
    tags: tuple[str, ...] = ()
    lang: str | None = None
    media: tuple[Picture, ...] = ()
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Deleted:
    """An entry that its feed says was deleted (RFC 6721)."""

    ref: str
    when: datetime | None


@dataclass(frozen=True, slots=True)
class Document:
    """A feed as it is now: its newest entries. `pace`: seconds that it wants between two looks."""

    title: str
    link: str | None
    entries: tuple[Entry, ...]
    author: Author = Author()
    deleted: tuple[Deleted, ...] = ()
    pace: float = 0.0


class NotAFeed(Passing):
    """What came is no feed, or one that cannot be read."""

    def __init__(self, message: str) -> None:
        super().__init__("not_a_feed", message)


def is_page(text: str) -> bool:
    """Whether this is a page for people."""
    return _PAGE.match(text[:5_000]) is not None


def believed(moment: datetime | None, now: datetime) -> datetime | None:
    """A date that can be right: with a zone, not of the future, and not from before there were feeds."""
    if moment is None:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment if OLDEST <= moment <= now else None


def moment_of(text: object) -> datetime | None:
    """A date of RFC 3339, None for anything else."""
    try:
        found = datetime.fromisoformat(text.strip()) if isinstance(text, str) else None
        return found.astimezone(UTC) if found and found.tzinfo else found and found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
