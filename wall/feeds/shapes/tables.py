"""Shapes of tables: what twarc-csv and TAGS write, and any other whose columns somebody named.

Sources: the columns of twarc-csv are the fields of the X API v2 with dots between their levels, lists as
JSON (its README); those of a TAGS sheet are the fields of the X API v1.1, flat.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime
from typing import Any

from wall.feeds.base import Item
from wall.feeds.shapes.common import (
    Record,
    Shape,
    arrived,
    as_count,
    as_key,
    as_language,
    as_text,
    attempt,
    unescaped,
)
from wall.feeds.shapes.x import X
from wall.text import find_hashtags, safe_url

_REFERENCES = ("retweeted", "replied_to", "quoted")
_JSON = re.compile(
    r"(?:.*\.)?entities\..+|attachments\.(?:media|media_keys|poll_ids|poll\.options)|(?:.*\.)?withheld\.country_codes"
    r"|edit_history_tweet_ids|context_annotations|geo\.(?:coordinates\.coordinates|geo\.bbox)|matching_rules"
)
"""The columns of twarc-csv that hold lists as JSON. In every other one a bracket is what somebody wrote."""
_DIGITS = re.compile(r"[0-9]{1,20}")
_REPOST = re.compile(r"RT @(\w{1,15}):? ?")
_KNOWN_TEXT = 100
"""Code points of a post's beginning by which its repost is known: a repost of 2014 cut the end off."""
_MEMORY = 200_000
_YEARS = range(1990, 2200)
"""When a post can be of, so that an id in the wrong column is no time."""
_NAMED_MONTH = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?"
    r"(?:[0-9]{1,2}[\s-]+[A-Za-z]{3,9}[\s-]+[0-9]{2,4},?|[A-Za-z]{3,9}\s+[0-9]{1,2},?\s+[0-9]{4})"
    r"\s+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"
    r"(?:\s+(?:[+-][0-9]{4}|UTC?|GMT|Z|[AECMP][SD]T))?"
)
"""A time of RFC 2822, and what resembles it. Python's reader passes over whatever follows, a PM too."""
_OFFSET_OF = re.compile(r"\b(?:GMT|UTC)(?=[+-][0-9]{4}\b)")
_ZONE_IN_WORDS = re.compile(r"\s+\([^()]*\)$")
"""How browsers end a time after `GMT-0500`."""


class TwarcCsv(Shape):
    """Reads rows of twarc-csv as the posts of the X API that they were."""

    name = "twarc-csv"
    words = "a table of twarc-csv"
    remembers = True

    def __init__(self) -> None:
        self._x = X()

    @staticmethod
    def recognises(record: Record) -> bool:
        """Whether this is a row with twarc's columns."""
        return {"id", "text", "created_at", "author_id", "author.username"} <= record.keys()

    def parse(self, record: Record, where: str) -> list[Item]:
        """One item, or a `Dropped`."""
        return attempt(where, lambda: self._x.parse(_api_object(record), where))

    def remember(self, record: Record) -> None:
        """Take note of edits, as X does."""
        attempt("", self._note, record)

    def _note(self, record: Record) -> list[Item]:
        self._x.remember(_api_object(record))
        return []


def _api_object(row: Record) -> Record:
    """A row as the API's object `{data, includes}`. Raises ValueError for an id that is none."""
    post: Record = {}
    for column, cell in row.items():
        value = _list_in(cell) if _JSON.fullmatch(column) else cell
        if value:
            _put(post, column.split("."), value)
    for whole in ("id", "author_id"):
        if not _DIGITS.fullmatch(post[whole]):
            raise ValueError("an id was rounded by a spreadsheet")
    author = {"id": post["author_id"], **post.pop("author", {})}
    author["public_metrics"] = _numbers(author.get("public_metrics"))
    author["protected"] = author.get("protected") == "True"
    references = post.get("referenced_tweets") or {}
    post["referenced_tweets"] = [
        {"type": kind, "id": references[kind]["id"]} for kind in _REFERENCES if kind in references
    ]
    post["possibly_sensitive"] = post.get("possibly_sensitive") == "True"
    attached = post.pop("attachments", {})
    media = attached.get("media") or []
    post["attachments"] = {"media_keys": [one.get("media_key") for one in media]}
    return {"data": post, "includes": {"users": [author], "media": media}}


def _list_in(cell: str) -> Any:
    """What a column of JSON holds; None for what is no list (or object): a spreadsheet cut it off."""
    try:
        value = json.loads(cell)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, list | dict) else None


def _put(record: Record, path: list[str], value: Any) -> None:
    for name in path[:-1]:
        record = record.setdefault(name, {})
    record[path[-1]] = value


def _numbers(cells: Any) -> Record:
    """Counts, which some spreadsheets write as 12.0."""
    return {name: int(float(cell)) for name, cell in (cells or {}).items()}


class Tags(Shape):
    """Reads rows of a TAGS sheet. A repost names no original there: it is found by its words, or counted on
    an original that stays unseen."""

    name = "tags"
    words = "a table of TAGS"
    remembers = True

    def __init__(self) -> None:
        self._said: dict[tuple[str, str], str] = {}

    @staticmethod
    def recognises(record: Record) -> bool:
        """Whether this is a row with the columns of TAGS."""
        return {"id_str", "from_user", "text", "created_at"} <= record.keys()

    def parse(self, record: Record, where: str) -> list[Item]:
        """One `Arrived`, or a `Dropped`."""
        return attempt(where, self._items, record)

    def remember(self, record: Record) -> None:
        """Take note of a post that may be repeated later."""
        attempt("", self._note, record)

    def _items(self, row: Record) -> list[Item]:
        key, handle, text = row["id_str"].strip(), row["from_user"].strip(), row["text"]
        if not _DIGITS.fullmatch(key):
            raise ValueError("the id was rounded by a spreadsheet")
        self._note(row)
        return arrived(
            {
                "network": "x",
                "key": key,
                "author": {
                    "key": row.get("from_user_id_str") or handle.casefold(),
                    "handle": handle,
                    "avatar": safe_url(row.get("profile_image_url")),
                    "followers": as_count(_whole(row.get("user_followers_count"))),
                },
                "text": unescaped(text, ())[0],
                "created_at": moment(row["created_at"], Times()),
                "url": safe_url(row.get("status_url")) or safe_url(f"https://x.com/{handle}/status/{key}"),
                "lang": as_language(row.get("user_lang") or None),
                "hashtags": find_hashtags(text),
                "reply_to": row.get("in_reply_to_status_id_str") or None,
                "repost_of": self._original(text),
            }
        )

    def _note(self, row: Record) -> list[Item]:
        if not _REPOST.match(row["text"]):
            self._said[row["from_user"].strip().casefold(), _begin(row["text"])] = row["id_str"].strip()
        while len(self._said) > _MEMORY:
            del self._said[next(iter(self._said))]
        return []

    def _original(self, text: str) -> str | None:
        match = _REPOST.match(text)
        if match is None:
            return None
        handle, words = match[1].casefold(), _begin(text[match.end() :])
        return self._said.get((handle, words)) or f"unknown:{_digest(handle, words)}"


def _begin(text: str) -> str:
    return " ".join(text.split())[:_KNOWN_TEXT].rstrip("….")


def _whole(cell: Any) -> int | None:
    return int(float(cell)) if cell else None


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True)
class Times:
    """How a table writes times: the zone of those that name none, and their format (as `strptime` has it)
    where they are not ISO 8601, RFC 2822, those of X or a browser, or seconds since 1970."""

    zone: tzinfo = UTC
    format: str | None = None


def moment(cell: str, times: Times) -> datetime:
    """The time that a cell says. Raises ValueError, naming no value, for one that says none, or says one at
    which nobody posted."""
    cell = cell.strip()
    read = datetime.strptime(cell, times.format) if times.format else _guessed(cell)  # noqa: DTZ007 - below
    if read.year not in _YEARS:
        raise ValueError("not a time")
    return read if read.tzinfo else read.replace(tzinfo=times.zone)


def _guessed(cell: str) -> datetime:
    if _DIGITS.fullmatch(cell):
        if len(cell) < 9:
            raise ValueError("not a time")
        return datetime.fromtimestamp(int(cell) / (1000 if len(cell) > 11 else 1), UTC)
    for read_as in (datetime.fromisoformat, _as_x, _with_named_month):
        try:
            return read_as(cell)
        except ValueError:
            continue
    raise ValueError("not a time")


def _as_x(cell: str) -> datetime:
    return datetime.strptime(cell, "%a %b %d %H:%M:%S %z %Y")


def _with_named_month(cell: str) -> datetime:
    """As RFC 2822 has it, and as browsers write it. Raises ValueError for anything that was not read whole:
    `2:30 PM` is not half past two at night."""
    plain = _OFFSET_OF.sub("", _ZONE_IN_WORDS.sub("", cell))
    if not _NAMED_MONTH.fullmatch(plain):
        raise ValueError("not a time")
    return parsedate_to_datetime(plain)


FIELDS = (
    "text",
    "time",
    "author",
    "name",
    "author_id",
    "id",
    "url",
    "lang",
    "hashtags",
    "followers",
    "repost_of",
    "reply_to",
    "quote_of",
    "warning",
)
"""What a column may be said to hold; the first three have to be there."""
NEEDED = FIELDS[:3]


@dataclass(frozen=True)
class Columns:
    """Which column of a table holds what (`named`: by field, one of FIELDS), in which network, by which
    clock."""

    named: Mapping[str, str]
    network: str = "import"
    times: Times = field(default_factory=Times)


class Mapped(Shape):
    """Reads rows of any table, by columns that somebody named."""

    name = "table"
    words = "a table with the columns that were named"

    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    @staticmethod
    def recognises(record: Record) -> bool:  # noqa: ARG004 - the contract of Shape
        """Never by itself: somebody names the columns."""
        return False

    def parse(self, record: Record, where: str) -> list[Item]:
        """One `Arrived`, or a `Dropped`. A row without id is known again by its author, time and text."""
        return attempt(where, self._items, record)

    def _items(self, row: Record) -> list[Item]:
        cells = {name: row.get(column, "").strip() for name, column in self._columns.named.items()}
        text, author = cells["text"], cells["author"]
        at = moment(cells["time"], self._columns.times)
        tags = cells.get("hashtags", "").replace(",", " ").split()
        return arrived(
            {
                "network": self._columns.network,
                "key": as_key(cells.get("id") or _digest(author, at.isoformat(), text)),
                "author": {
                    "key": cells.get("author_id") or author.casefold(),
                    "handle": author.removeprefix("@"),
                    "name": as_text(cells.get("name")),
                    "followers": as_count(_whole(cells.get("followers"))),
                },
                "text": text,
                "created_at": at,
                "url": safe_url(cells.get("url")),
                "lang": as_language(cells.get("lang") or None),
                "hashtags": [tag.lstrip("#") for tag in tags] or find_hashtags(text),
                "warning": cells.get("warning") or None,
                "sensitive": bool(cells.get("warning")),
                **{name: cells.get(name) or None for name in ("repost_of", "reply_to", "quote_of")},
            }
        )
