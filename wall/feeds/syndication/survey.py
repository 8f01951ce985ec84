"""A look through a document before it is parsed: is it safe to, and what does the parser not tell. Pure.

The parser (feedparser) knows every way in which feeds are written, well or badly, but neither deleted
entries nor whose an image's description is; and some of its lists grow in square time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from wall.feeds.syndication.documents import Deleted, NotAFeed, moment_of

MOST_ELEMENTS = 100_000
DEEPEST = 100
MOST_TAGS = 2_000
"""Categories in one document."""
MOST_NAMESPACES = 200
MOST_ATTRIBUTES = 64
"""Attributes of one element; feedparser looks each of them up among all."""
LIST_LIMIT = 20_000
"""Characters of all lists of keywords in one document."""
ILL_LIMIT = 512 * 1024
"""Characters of a document that is not well-formed and is parsed all the same: guessing takes longer."""

_TOMBSTONES = "http://purl.org/atompub/tombstones/1.0 deleted-entry"
_MEDIA = "http://search.yahoo.com/mrss/"
_SY = "http://purl.org/rss/1.0/modules/syndication/"
_PERIODS = {
    "hourly": 3_600.0,
    "daily": 86_400.0,
    "weekly": 604_800.0,
    "monthly": 2_592_000.0,
    "yearly": 31_536_000.0,
}
_ITEMS = frozenset({"item", "entry"})
_TAGS = frozenset({"category", "subject"})
_LISTS = frozenset({"tags", "keywords"})
_READ = frozenset({"ttl", f"{_SY} updatePeriod", f"{_SY} updateFrequency", f"{_MEDIA} description"})
_TAG_LIKE = re.compile(r"<(?:\w+:)?(?:category|subject)\b", re.IGNORECASE)
_LIST_LIKE = re.compile(r"<(?:\w+:)?(?:tags|keywords)\b", re.IGNORECASE)
_ENDED = re.compile(
    r"</(?:\w+:)?(?:rss|feed|rdf)\s*+>\s*+(?:<!--(?:[^-]++|-(?!->))*+-->\s*+)*+\Z", re.IGNORECASE
)
_ROOT = re.compile(r"<\w")


@dataclass(slots=True)
class Survey:
    """What was seen. `described`: descriptions of media by their address."""

    well_formed: bool = True
    deleted: list[Deleted] = field(default_factory=list)
    described: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)

    @property
    def pace(self) -> float:
        """Seconds between two looks, by `ttl` (minutes, RSS 2.0) or the module of RSS 1.0 (`sy:`)."""
        minutes = self.said.get("ttl", "").strip()
        ttl = 60.0 * int(minutes) if minutes.isdecimal() and len(minutes) < 7 else 0.0
        period = _PERIODS.get(self.said.get(f"{_SY} updatePeriod", "").strip().lower(), 0.0)
        often = self.said.get(f"{_SY} updateFrequency", "").strip()
        times = int(often) if often.isdecimal() and 0 < len(often) < 6 and int(often) else 1
        return max(ttl, period / times)


def surveyed(text: str) -> Survey:
    """Look through a document of XML. Raises NotAFeed for one that it is not safe to parse."""
    root = _ROOT.search(text)
    if "<!ENTITY" in text[: root.start() if root else len(text)]:
        raise _Unsafe
    look = _Look()
    try:
        look.parser.Parse(text.encode("utf-8"), True)
    except expat.ExpatError:
        look.seen.well_formed = False
        _refuse_ill_formed(text)
    return look.seen


class _Unsafe(NotAFeed):
    def __init__(self) -> None:
        super().__init__("It declares entities of its own, which are not read: they can be a trap")


class Unwieldy(NotAFeed):
    """A document that nobody writes but to keep a reader busy."""

    def __init__(self) -> None:
        super().__init__("It has more parts than any feed needs")


def _refuse_ill_formed(text: str) -> None:
    if len(text) > ILL_LIMIT:
        raise NotAFeed("It is not well-formed XML, and too large to be guessed at")
    if not _ENDED.search(text[-5_000:]):
        raise NotAFeed("It broke off in the middle, or is no feed")
    lists = text.count(",") if _LIST_LIKE.search(text) else 0
    if len(_TAG_LIKE.findall(text)) > MOST_TAGS or lists > MOST_TAGS or text.count("<") > MOST_ELEMENTS:
        raise Unwieldy


class _Look:
    """The handlers of one look."""

    def __init__(self) -> None:
        self.seen = Survey()
        self.parser = expat.ParserCreate("utf-8", " ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._entity
        self.parser.StartNamespaceDeclHandler = self._namespace
        self.parser.buffer_text = True
        self._path: list[str] = []
        self._elements = self._tags = self._listed = self._namespaces = 0
        self._in_item = 0
        self._media = ""
        self._parts: list[str] = []

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        self._path.append(name)
        self._elements += 1
        self._tags += local in _TAGS
        self._in_item += local in _ITEMS
        if self._elements > MOST_ELEMENTS or len(self._path) > DEEPEST:
            raise Unwieldy
        if self._tags > MOST_TAGS or len(attributes) > MOST_ATTRIBUTES:
            raise Unwieldy
        self._parts = []
        if name == _TOMBSTONES and attributes.get("ref"):
            self.seen.deleted.append(Deleted(attributes["ref"].strip(), moment_of(attributes.get("when"))))
        elif name == f"{_MEDIA} content":
            self._media = attributes.get("url", "")

    def _end(self, name: str) -> None:
        self._path.pop()
        if name in _READ:
            self._said(name, "".join(self._parts).strip())
        self._in_item -= name.rpartition(" ")[2] in _ITEMS
        if name == f"{_MEDIA} content":
            self._media = ""

    def _said(self, name: str, text: str) -> None:
        if name == f"{_MEDIA} description":
            if self._media and text:
                self.seen.described.setdefault(self._media, text)
        elif not self._in_item:
            self.seen.said.setdefault(name, text)

    def _text(self, data: str) -> None:
        if self._path[-1] in _READ:
            self._parts.append(data)
        elif self._path[-1].rpartition(" ")[2] in _LISTS:
            self._listed += len(data)
            if self._listed > LIST_LIMIT:
                raise Unwieldy

    def _entity(self, *_: object) -> None:
        raise _Unsafe

    def _namespace(self, *_: object) -> None:
        self._namespaces += 1
        if self._namespaces > MOST_NAMESPACES:
            raise Unwieldy
