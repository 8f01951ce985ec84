"""What was shown, for places outside of the hall: which posts, under which addresses, and whether a
reader who asks again has them already.

What may not be shown on screens (`wall.wishes`) is shown here neither: these are the same posts.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import blake2b
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Query
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from wall.entries import PUBLIC
from wall.entries.cards import PostValue, QuoteValue
from wall.entries.projections import post_value
from wall.hygiene import Run, displayed_line
from wall.model import Event
from wall.store import posts
from wall.text import has_ink

Before = Annotated[int | None, Query(ge=1, le=2**53)]
"""Query parameter that pages on: the `order` of a post; those shown before it follow."""

_WINDOWS = 8
"""So often the database is asked for one page: many posts in a row may be nobody's business here."""
_KEPT = 64
_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,5}")
_UNQUOTED = "%/:=&?~#+!$,;'@()*[]"


@dataclass(frozen=True)
class Shown:
    """A post as a card, and when its author edited it last, if they did."""

    card: PostValue
    edited_at: datetime | None


@dataclass(frozen=True)
class ShownPage:
    """Posts, newest shown first. `older` is the `before` of the page after this one; None at the end."""

    posts: tuple[Shown, ...]
    older: int | None


def shown_page(conn: Connection, event_id: str, limit: int, before: int | None = None) -> ShownPage:
    """At most `limit` posts that anybody may see anywhere. There may be fewer on a page that has one
    after it."""
    found: list[Shown] = []
    for _ in range(_WINDOWS):
        window = posts.shown_window(conn, event_id, limit + 1, before)
        for stored in window:
            card = post_value(stored, PUBLIC)
            if card is None:
                continue
            if len(found) == limit:
                return ShownPage(tuple(found), found[-1].card.order)
            found.append(Shown(card, stored.post.edited_at))
        if len(window) <= limit:
            return ShownPage(tuple(found), None)
        before = window[-1].shown
    return ShownPage(tuple(found), before)


def web_address(url: str | None) -> str | None:
    """An address that may stand under a link on somebody else's page: http or https, with a host, and
    only characters that a URI has (RFC 3986); None for any other."""
    try:
        parts = urlsplit((url or "").strip())
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return quote(parts.geturl(), safe=_UNQUOTED)


def language_of(card: PostValue | QuoteValue) -> str | None:
    """The language of a post as a BCP 47 tag, if what its network says is one."""
    return card.lang if card.lang and _TAG.fullmatch(card.lang) else None


def name_of(card: PostValue, codes: frozenset[str] = frozenset()) -> tuple[Run, ...]:
    """An author as they present themselves: a name, else a handle; nothing for somebody without either."""
    for name in (card.author.name, card.author.handle.lstrip("@")):
        runs = tuple(displayed_line(name, codes))
        if any(run.emoji or has_ink(run.text) for run in runs):
            return runs
    return ()


def codes_of(card: PostValue) -> frozenset[str]:
    """The codes of custom emoji that there is a picture for."""
    return frozenset(one.code for one in card.emoji)


def picture_path(slug: str, post_id: str, which: str | int, key: str) -> str:
    """Where this server has a picture of a post. `key` changes when the picture does."""
    return f"/media/{slug}/{post_id}/{which}?key={key}"


@dataclass(frozen=True)
class Body:
    """An answer as bytes, and the validators by which it is known again."""

    data: bytes
    media_type: str
    etag: str
    changed: datetime
    """When anything happened in the event last, to the second and never too early."""

    @classmethod
    def of(cls, data: bytes, media_type: str, event: Event) -> Body:
        """An answer that was made from an event as it is."""
        etag = f'"{blake2b(data, digest_size=12).hexdigest()}"'
        # The end of the second of the last change: what is read within that second may still change in it.
        changed = event.last_at.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
        return cls(data, media_type, etag, changed)


class Kept:
    """Bodies by what was asked for, each as of one journal seq. What is older is let go of with the
    first question after it, so nothing that was taken back stays."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], tuple[tuple[str, int], Body]] = OrderedDict()

    def get(self, event: Event, *asked: object) -> Body | None:
        """The body that was made for this, unless the event moved on."""
        as_of = (event.epoch, event.seq)
        for key in [key for key, (made, _) in self._kept.items() if key[0] == event.id and made != as_of]:
            del self._kept[key]
        found = self._kept.get((event.id, *asked))
        return found[1] if found else None

    def put(self, event: Event, body: Body, *asked: object) -> Body:
        """Keep a body that was read at `event.seq` or later."""
        self._kept[event.id, *asked] = ((event.epoch, event.seq), body)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return body


def conditional(request: Request, body: Body, now: datetime, headers: Mapping[str, str]) -> Response:
    """The body, or 304 where the reader has it (RFC 9110 §13). `headers` go with both."""
    sent = {**headers, "ETag": body.etag}
    if body.changed <= now:
        sent["Last-Modified"] = format_datetime(body.changed, usegmt=True)
    if _has_it(request, body):
        return Response(status_code=304, headers=sent)
    return Response(body.data, headers=sent, media_type=body.media_type)


def _has_it(request: Request, body: Body) -> bool:
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return bool({"*", body.etag} & set(_tags(tags)))
    since = _date(request.headers.get("if-modified-since", ""))
    return since is not None and since >= body.changed


def _tags(header: str) -> Iterator[str]:
    """Entity tags, compared weakly."""
    return (tag.strip().removeprefix("W/") for tag in header.split(","))


def _date(header: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(header)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
