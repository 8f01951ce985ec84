"""`/embed/{slug}`: what was shown, in a frame of the event's own site. No script, no cookie, no search.

The page asks for itself again by the Refresh header, at a calm pace and only while it shows the newest
posts; a link stops that (WCAG 2.2.2), and `?still=1` never begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection
from starlette.responses import Response

from wall.access import Access
from wall.display import EVERYWHERE, Hold
from wall.entries.cards import MediaValue, PostValue
from wall.errors import StoreUnavailable
from wall.hygiene import Run, displayed, displayed_line, tidy, tidy_line
from wall.model import Event, utc_now
from wall.routes import event_named
from wall.routes.attached import Extras, extras_of
from wall.routes.networks import network_name, network_names, networks_of
from wall.routes.shown import (
    Body,
    Kept,
    ShownPage,
    codes_of,
    conditional,
    language_of,
    name_of,
    picture_path,
    shown_page,
    web_address,
)
from wall.routes.when import When
from wall.routes.words import Views
from wall.store import walls

REFRESH_SECONDS = 30
"""Between two looks of a frame for what is new."""
FRESH_SECONDS = 30
"""For how long a cache in between may answer for this server: less than frames wait."""
MOST = 50

_MOST_MEDIA = 4
_TINTS = 6
_MARKS = frozenset({"bluesky", "mastodon", "matrix", "nostr", "rss", "web", "x", "youtube"})
_OWN = "web"


class Asked(BaseModel):
    """How a frame is to look, as its address says. `still`: it never refreshes by itself."""

    model_config = ConfigDict(frozen=True)

    theme: Literal["auto", "light", "dark"] = "auto"
    limit: Annotated[int, Field(ge=1, le=MOST)] = 20
    lang: Annotated[str, Field(max_length=35)] | None = None
    before: Annotated[int, Field(ge=1, le=2**53)] | None = None
    still: bool = False

    def at(self, slug: str, **changes: object) -> str:
        """The address of this frame with other options. What is as usual is left out of it."""
        options = self.model_copy(update=changes).model_dump(exclude_defaults=True)
        query = urlencode({name: int(value) if value is True else value for name, value in options.items()})
        return f"/embed/{slug}{'?' if query else ''}{query}"

    @property
    def moves(self) -> bool:
        """Whether it looks for what is new by itself."""
        return not self.still and self.before is None


@dataclass(frozen=True)
class Attached:
    """One attachment: where its picture is, if it may be shown, and how large it is in pixels."""

    kind: str
    alt: str
    picture: str | None
    width: int | None
    height: int | None


@dataclass(frozen=True)
class Quoted:
    """One post as the frame shows it. `warning` is empty unless its author covered it; what is covered
    is not here."""

    id: str
    name: tuple[Run, ...]
    initial: str
    tint: int
    handle: str
    avatar: str | None
    network: str
    networks: str
    marks: tuple[str, ...]
    link: str | None
    at: datetime
    lang: str | None
    warning: tuple[Run, ...]
    runs: tuple[Run, ...]
    media: tuple[Attached, ...]
    veiled: bool
    """Whether it has pictures that its author marked as sensitive."""
    edited: bool
    bot: bool
    extras: Extras
    emoji: dict[str, str | None]
    """Where the pictures of its custom emoji are, by code."""


def policy_of(origins: Sequence[str]) -> str:
    """The Content-Security-Policy of a frame that pages of these origins may show."""
    return "; ".join(
        (
            "default-src 'none'",
            "style-src 'self'",
            "img-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            " ".join(("frame-ancestors 'self'", *origins)),
        )
    )


class EmbedPages:
    """The frame. `origins`: those of the sites that may show it, besides this server."""

    def __init__(self, access: Access, views: Views, origins: Sequence[str] = ()) -> None:
        self._access = access
        self._views = views
        self._kept = Kept()
        self._headers = {
            "Content-Security-Policy": policy_of(origins),
            # A site that isolates itself (COEP) shows only frames that say this.
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Cross-Origin-Embedder-Policy": "require-corp",
            "X-Robots-Tag": "noindex",
        }
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/embed/{slug}", self.frame, methods=["GET", "HEAD"])

    async def frame(self, slug: str, request: Request, asked: Annotated[Asked, Query()]) -> Response:
        """The newest posts that were shown, or those before."""
        try:
            event = await event_named(self._access, slug)
            body = self._kept.get(event, asked)
            if body is None:
                body = self._kept.put(event, await self._made(event, request, asked), asked)
        except StoreUnavailable as error:
            return self._later(request, asked, error.status)
        headers = {
            **self._headers,
            "Cache-Control": f"public, max-age={FRESH_SECONDS}",
            "Content-Language": self._lang(event, asked),
            **_refresh(asked),
        }
        return conditional(request, body, utc_now(), headers)

    async def _made(self, event: Event, request: Request, asked: Asked) -> Body:
        store = self._access.journal.store
        page = await store.read(lambda conn: _read(conn, event.id, asked))
        lang = self._lang(event, asked)
        response = self._views.page(
            request,
            "embed.html",
            lang=lang,
            event=event,
            asked=asked,
            posts=[quoted(one.card, event.slug, self._views, lang) for one in page.posts] if page else None,
            older=asked.at(event.slug, before=page.older) if page and page.older else None,
            when=When(event.zone, lang, self._views.words),
        )
        return Body.of(bytes(response.body), "text/html; charset=utf-8", event)

    def _later(self, request: Request, asked: Asked, status: int) -> Response:
        """A frame that looks again by itself: nobody is there to reload it."""
        response = self._views.page(request, "embed_later.html", status=status, asked=asked)
        response.headers.update(self._headers | {"Refresh": str(REFRESH_SECONDS)})
        return response

    def _lang(self, event: Event, asked: Asked) -> str:
        return self._views.words.choose(*([asked.lang] if asked.lang else []), *event.languages)


def _refresh(asked: Asked) -> dict[str, str]:
    return {"Refresh": str(REFRESH_SECONDS)} if asked.moves else {}


def _read(conn: Connection, event_id: str, asked: Asked) -> ShownPage | None:
    """None while somebody holds every wall to showing no posts."""
    control = walls.controls_by_ids(conn, event_id, {EVERYWHERE}).get(EVERYWHERE)
    if control and control.hold in {Hold.QUIET, Hold.BLANK}:
        return None
    return shown_page(conn, event_id, asked.limit, asked.before)


def quoted(card: PostValue, slug: str, views: Views, lang: str) -> Quoted:
    """A card as pages without script show it: what is covered is left out."""
    words, codes = views.words, codes_of(card)
    covered = tidy_line(card.warning or "")
    handle = tidy_line(card.author.handle.lstrip("@"))
    name = name_of(card, codes)
    letters = "".join(run.text for run in name if run.emoji is None)
    return Quoted(
        id=card.id,
        name=name,
        initial=next((letter.upper() for letter in letters if letter.isalnum()), "·")[:1],
        tint=sum(handle.encode()) % _TINTS,
        handle=handle,
        avatar=_path(card, slug, "avatar", card.author.avatar),
        network=network_name(card.network, words, lang),
        networks=network_names(networks_of(card), words, lang),
        marks=tuple(one if one in _MARKS else "other" for one in networks_of(card)),
        link=web_address(card.url) if card.network != _OWN else None,
        at=card.created_at,
        lang=language_of(card),
        warning=tuple(displayed_line(covered, codes)),
        runs=() if covered else tuple(displayed(card.text.rstrip(), card.links, codes)),
        media=() if covered or card.sensitive else tuple(_attached(card, slug)),
        veiled=card.sensitive and bool(card.media) and not covered,
        edited=card.edited,
        bot=card.author.bot,
        extras=extras_of(card, slug),
        emoji={one.code: _path(card, slug, f"emoji-{one.code}", one.picture) for one in card.emoji},
    )


def _attached(card: PostValue, slug: str) -> Iterator[Attached]:
    for place, one in enumerate(card.media[:_MOST_MEDIA]):
        width, height = _size(one)
        picture = _path(card, slug, place, one.picture)
        yield Attached(one.kind, tidy(one.alt).strip(), picture, width, height)


def _path(card: PostValue, slug: str, which: str | int, key: str | None) -> str | None:
    return picture_path(slug, card.id, which, key) if key else None


def _size(media: MediaValue) -> tuple[int | None, int | None]:
    """The size that its network says, if it says both and they can be true."""
    width, height = media.width or 0, media.height or 0
    return (width, height) if 0 < width < 100_000 and 0 < height < 100_000 else (None, None)
