"""`/events/{slug}/first`: from a new event to its first post on a television. The page waits for the first
post, shows the wall as it is, has the code that phones scan, and pairs a display without leaving it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response

from wall.access import Access, may
from wall.access.going_on import GoingOn
from wall.access.reach import reach_of
from wall.display import Screen
from wall.errors import BackchannelError, NotFound, TooMany
from wall.intake.feeding import PAUSED_WORDS
from wall.model import Feed, StoredPost
from wall.programme import Room
from wall.routes import Asking, AskingHere
from wall.routes.commands import command_body
from wall.routes.forms import form_of, new_cause
from wall.routes.screen_form import TypedScreen, wrong_fields
from wall.routes.security import FRAMING
from wall.routes.words import Views
from wall.screens import pairing
from wall.screens.pairing import Codes, NewScreen, WrongCode
from wall.store import feeds, posts, programme, queue, screens

USUAL = {"distance_m": "5", "diagonal_in": "55"}
"""A television in a seminar room."""


@dataclass(frozen=True)
class Now:
    """An event on its way to its first post. `shown`, `waiting`: the newest that is, if there is one."""

    shown: StoredPost | None
    waiting: StoredPost | None
    feeds: tuple[Feed, ...]
    screens: tuple[Screen, ...]
    rooms: tuple[Room, ...]


class FirstPost:
    """The page, and the form on it that pairs a display."""

    def __init__(
        self, access: Access, codes: Codes, views: Views, going_on: GoingOn, listens: tuple[str, int]
    ) -> None:
        """`listens`: on which host and port this process does."""
        self._access = access
        self._journal = access.journal
        self._codes = codes
        self._views = views
        self._going_on = going_on
        self._listens = listens
        self.router = APIRouter(prefix="/events/{slug}/first", include_in_schema=False)
        self.router.add_api_route("", self.show, methods=["GET", "HEAD"])
        self.router.add_api_route("/pair", self.pair, methods=["POST"])

    async def show(self, asking: AskingHere, request: Request, paired: str = "") -> Response:
        """How far it is."""
        asking.require("screens.run")
        return await self._page(asking, request, TypedScreen(**USUAL), paired=paired)

    async def pair(self, asking: AskingHere, request: Request) -> Response:
        """Pair the display that shows this code; else the form comes back as it was typed."""
        asking.require("screens.run")
        form = await form_of(request)
        code, typed = form.get("code", "").strip()[:40], TypedScreen.read(form)
        try:
            await self._codes.check_guesses(asking.actor)
            new = NewScreen.model_validate({"code": code, **typed.data()})
            done = await self._journal.command(
                asking.event.id,
                asking.actor,
                lambda tx: pairing.pair(tx, new),
                cause=form.get("cause") or None,
                body=await command_body(request),
            )
        except ValidationError as error:
            wrong, status = wrong_fields(error), 422
        except WrongCode as error:
            wrong, status = frozenset({"code"}), error.status
            await self._codes.wrong(asking.actor)
        except NotFound as error:
            wrong, status = frozenset({"room"}), error.status
        except TooMany as error:
            wrong, status = frozenset({"many"}), error.status
        except BackchannelError as error:
            wrong, status = frozenset({"again"}), error.status
        else:
            return RedirectResponse(
                f"/events/{asking.event.slug}/first?paired={done.result['screen']}#television", 303
            )
        return await self._page(asking, request, typed, code=code, wrong=wrong, status=status)

    async def _page(
        self,
        asking: Asking,
        request: Request,
        typed: TypedScreen,
        *,
        code: str = "",
        wrong: frozenset[str] = frozenset(),
        paired: str = "",
        status: int = 200,
    ) -> Response:
        event = asking.event
        now = await self._journal.store.read(lambda conn: _now(conn, event.id))
        base = self._access.origins.base(request.scope)
        page = self._views.page(
            request,
            "first_post.html",
            status=status,
            visitor=asking.visitor,
            event=event,
            now=now,
            typed=typed,
            code=code,
            wrong=wrong,
            paired=next((one for one in now.screens if one.id == paired), None),
            host=base.partition("://")[2],
            base=base,
            approves=may(asking.roles, "post.approve"),
            paused_words=PAUSED_WORDS,
            go_on=self._going_on.path(asking.visitor.person_id or "", event.slug),
            reach=reach_of(Headers(scope=request.scope), self._access.origins.public, *self._listens),
            says=self._views.words.has,
            cause=new_cause(),
        )
        page.headers["Content-Security-Policy"] = FRAMING
        return page


def _now(conn: Any, event_id: str) -> Now:
    shown = posts.shown_window(conn, event_id, 1)
    waiting = queue.waiting(conn, event_id, 1)
    return Now(
        shown=shown[0] if shown else None,
        waiting=waiting[0] if waiting else None,
        feeds=tuple(feeds.listed(conn, event_id)),
        screens=tuple(screens.listed(conn, event_id)),
        rooms=tuple(programme.rooms(conn, event_id)),
    )
