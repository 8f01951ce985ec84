"""`/wall/{slug}/plain`: a wall for browsers that are too old for the other one, or have no script.

It is asked for anew by the Refresh header, with everything on it as of one reading: what was withdrawn is
gone with the next one. A hold that needs to know what was on (frozen) shows no posts here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection
from starlette.responses import Response

from wall.access import Access
from wall.codebook import Check
from wall.display import DEFAULT_SCENE, EVERYWHERE, Hold, Policy, Scene, Theme, Warnings, default_scene
from wall.entries import PUBLIC
from wall.entries.cards import PostValue
from wall.entries.projections import post_value
from wall.errors import StoreUnavailable
from wall.model import Event, utc_now
from wall.routes import event_named
from wall.routes.embed import Quoted, quoted
from wall.routes.shown import Body, Kept, conditional, shown_page
from wall.routes.talk import Talk, talk_in
from wall.routes.when import When
from wall.routes.words import Views
from wall.store import checks, programme, scenes, walls

REFRESH_SECONDS = 15
"""Between two readings: so long a post that was withdrawn may stay."""
MOST = 8
"""Posts on a page: it does not scroll by itself."""
_WINDOW = 60
"""Among so many of the newest are those that may be on."""


class Asked(BaseModel):
    """How the page is to look, as its address says. `room` is the id or the name of a room."""

    model_config = ConfigDict(frozen=True)

    theme: Literal["dark", "light", "contrast"] | None = None
    room: Annotated[str, Field(max_length=200)] = ""


@dataclass(frozen=True)
class Board:
    """What such a wall shows: posts, pinned ones first, and notices."""

    theme: Theme
    cards: tuple[PostValue, ...]
    checks: dict[str, tuple[Check, ...]]
    """What was found about the claims of these posts, by their ids."""
    notices: tuple[str, ...]
    blank: bool
    slides_private: bool = False
    """Whether a speaker asked that their slides are not shared: a sign says so."""


class PlainWall:
    """The page."""

    def __init__(self, access: Access, views: Views) -> None:
        self._access = access
        self._views = views
        self._kept = Kept()
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/wall/{slug}/plain", self.page, methods=["GET", "HEAD"])

    async def page(self, slug: str, request: Request, asked: Annotated[Asked, Query()]) -> Response:
        """What is on now. Raises NotFound."""
        headers = {"Refresh": str(REFRESH_SECONDS), "Cache-Control": "no-cache"}
        try:
            event = await event_named(self._access, slug)
            body = self._kept.get(event, asked)
            if body is None:
                body = self._kept.put(event, await self._made(event, request, asked), asked)
        except StoreUnavailable as error:
            response = self._views.page(request, "wall_plain_later.html", status=error.status)
            response.headers.update(headers)
            return response
        return conditional(request, body, utc_now(), headers)

    async def _made(self, event: Event, request: Request, asked: Asked) -> Body:
        board = await self._access.journal.store.read(lambda conn: _read(conn, event.id, asked))
        words = self._views.words
        lang = words.choose(*event.languages)
        response = self._views.page(
            request,
            "wall_plain.html",
            lang=lang,
            event=event,
            board=board,
            theme=asked.theme or board.theme,
            posts=_quoted(board, event.slug, self._views, lang),
            host=self._access.origins.base(request.scope).partition("://")[2],
            when=When(event.zone, lang, words),
        )
        return Body.of(bytes(response.body), "text/html; charset=utf-8", event)


def _quoted(board: Board, slug: str, views: Views, lang: str) -> list[Quoted]:
    return [quoted(card, slug, views, lang) for card in board.cards]


def _read(conn: Connection, event_id: str, asked: Asked) -> Board:
    room = _room(conn, event_id, asked.room)
    names = [EVERYWHERE, *([room] if room else [])]
    controls = walls.controls_by_ids(conn, event_id, set(names))
    ordered = [controls[name] for name in names if name in controls]
    held = max((list(Hold).index(control.hold) for control in ordered), default=0)
    hold = list(Hold)[held]
    scene = scenes.by_ids(conn, event_id, {DEFAULT_SCENE}).get(DEFAULT_SCENE) or default_scene(event_id)
    notices = dict.fromkeys(control.notice.strip() for control in ordered if control.notice.strip())
    talk = talk_in(conn, event_id, room)
    is_blank, is_still = hold is Hold.BLANK, talk.is_off or hold in {Hold.FROZEN, Hold.QUIET, Hold.BLANK}
    cards = () if is_still else _cards(conn, event_id, scene, hold, talk)
    found = checks.by_post(conn, {card.id for card in cards})
    told = () if is_blank else tuple(notices)
    return Board(scene.theme, cards, found, told, is_blank, talk.is_private and not is_blank)


def _room(conn: Connection, event_id: str, wanted: str) -> str | None:
    """The id of the room that a page is for."""
    named = wanted.strip().lower()
    found = (
        one.id for one in programme.rooms(conn, event_id) if wanted == one.id or named == one.name.lower()
    )
    return next(found, None) if named else None


def _cards(conn: Connection, event_id: str, scene: Scene, hold: Hold, talk: Talk) -> tuple[PostValue, ...]:
    pinned = [card for one in walls.pins(conn, event_id) if (card := post_value(one.stored, PUBLIC))]
    chosen_only = hold is Hold.CURATED or scene.policy is Policy.CURATED
    newest = [one.card for one in shown_page(conn, event_id, _WINDOW).posts]
    ids = {card.id for card in pinned}
    others = [card for card in newest if card.id not in ids and (card.by_hand or not chosen_only)]
    skips = scene.warnings is Warnings.SKIPPED
    seen = [card for card in (*pinned, *others) if not (skips and (card.warning or card.sensitive))]
    return tuple(talk.shown(seen, ids)[:MOST])
