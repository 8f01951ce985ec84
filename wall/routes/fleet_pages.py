"""`/screens/{slug}`: an event's screens, how each is, and what walls are held to. Plain HTML forms; a small
script looks every few seconds how things are, and touches nothing while somebody is at a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import ValidationError
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from wall import doors
from wall.access import Access, digest_of, may, new_token
from wall.display import EVERYWHERE, Control, Hold, Scene, Screen
from wall.errors import BadInput, CauseReused, NotFound, Refused, Stale
from wall.journal import Done, Tx
from wall.live import Beats
from wall.model import Event, utc_now
from wall.programme import Room
from wall.routes import Asking, AskingHere
from wall.routes.commands import IdHere, command_body
from wall.routes.fleet import Row, held_of, row_of
from wall.routes.forms import form_of, new_cause
from wall.routes.join import qr_svg
from wall.routes.pages import DIST, build_number
from wall.routes.screen_form import TypedScreen, wrong_fields
from wall.routes.screens import again_path
from wall.routes.when import When
from wall.routes.words import Views
from wall.screens import control, fleet, pairing
from wall.screens.control import Order
from wall.screens.fleet import ScreenChange
from wall.store import entries, programme, scenes, screens, walls

Did = Literal["hold", "notice", "flash", "reload", "change", "larger", "card", "hide", "unpair"]
WATCH_SECONDS = 10
"""How often the page looks again without script, for who asked for that."""
_REMOVALS = frozenset({"post.hidden", "post.unavailable", "post.withdrawn"})
_LOOK_BACK = 200
"""Entries among which the newest removal is looked for: about what a busy event writes in a minute."""


@dataclass(frozen=True)
class _Found:
    screens: list[Screen]
    scenes: dict[str, Scene]
    rooms: list[Room]
    controls: list[Control]
    removal: int | None


class FleetPages:
    """The page of an event's screens, that of each, and what their buttons send."""

    def __init__(self, access: Access, beats: Beats, views: Views, dist: Path = DIST) -> None:
        self._access = access
        self._journal = access.journal
        self._beats = beats
        self._views = views
        self._dist = dist
        self.router = APIRouter(prefix="/screens/{slug}", include_in_schema=False)
        add = self.router.add_api_route
        add("", self.show, methods=["GET", "HEAD"])
        add("/walls", self.hold, methods=["POST"])
        add("/notice", self.tell, methods=["POST"])
        add("/{screen_id}", self.one, methods=["GET", "HEAD"])
        add("/{screen_id}/change", self.change, methods=["POST"])
        add("/{screen_id}/flash", self.flash, methods=["POST"])
        add("/{screen_id}/reload", self.load_anew, methods=["POST"])
        add("/{screen_id}/card", self.show_card, methods=["POST"])
        add("/{screen_id}/hide", self.hide_card, methods=["POST"])
        add("/{screen_id}/larger", self.larger, methods=["POST"])
        add("/{screen_id}/link", self.link, methods=["POST"])
        add("/{screen_id}/unpair", self.unpair, methods=["POST"])

    async def show(
        self,
        asking: AskingHere,
        request: Request,
        did: Did | None = None,
        seq: Annotated[int | None, Query(ge=0, le=2**53)] = None,
        watch: bool = False,
    ) -> Response:
        """All screens. With `seq`, which have not painted that far; else, of the newest removal. `watch`:
        the page looks again by itself where no script does."""
        asking.require("screens.see")
        event = asking.event
        found, rows, when = await self._rows(asking, request)
        mark = found.removal if seq is None else seq
        return self._views.page(
            request,
            "fleet.html",
            visitor=asking.visitor,
            event=event,
            rows=rows,
            places=held_of(found.rooms, found.controls),
            holds=tuple(Hold),
            when=when,
            did=did,
            mark=mark,
            asked=seq is not None,
            unanswered=[row for row in rows if mark is not None and row.painted < mark],
            runs=may(asking.roles, "screens.run"),
            edits=may(asking.roles, "scenes.change"),
            looks=may(asking.roles, "look.change"),
            everywhere=EVERYWHERE,
            watch=watch,
            seq=seq,
            watch_seconds=WATCH_SECONDS,
            new_cause=new_cause,
        )

    async def hold(self, asking: AskingHere, request: Request) -> Response:
        """Hold the walls of a room, or all. The last one counts, so that sending it twice does no harm."""
        asking.require("walls.control")
        form = await form_of(request)
        order = _checked(lambda: Order.model_validate({"room": _room(form), "hold": form.get("hold")}))
        done = await self._do(asking, lambda tx: control.control(tx, order))
        return self._back(asking, "hold", f"&seq={done.seq}#walls")

    async def tell(self, asking: AskingHere, request: Request) -> Response:
        """Write the notice of the walls of a room, or of all, and leave what they are held to."""
        asking.require("walls.control")
        form = await form_of(request)
        words = form.get("notice", "")
        order = _checked(
            lambda: Order.model_validate({"room": _room(form), "hold": "live", "notice": words})
        )
        done = await self._do(asking, lambda tx: control.tell(tx, order.room, order.notice or ""))
        return self._back(asking, "notice", f"&seq={done.seq}#walls")

    async def one(self, screen_id: IdHere, asking: AskingHere, request: Request) -> Response:
        """One screen: how it is, and everything that can be done with it."""
        asking.require("screens.run")
        screen = await self._screen(asking, screen_id)
        return await self._page(asking, request, screen, TypedScreen.of(screen))

    async def change(self, screen_id: IdHere, asking: AskingHere, request: Request) -> Response:
        """Edit a screen; where that cannot be, the form comes back as it was typed."""
        asking.require("screens.run")
        form = await form_of(request)
        typed, version = TypedScreen.read(form), form.get("version", "")
        try:
            wanted = ScreenChange.model_validate({"version": version, **typed.data()})
            await self._do(
                asking, lambda tx: fleet.change(tx, screen_id, wanted), form.get("cause"), request
            )
        except ValidationError as error:
            wrong, status = wrong_fields(error), 422
        except (Stale, CauseReused):
            wrong, status = frozenset({"stale"}), 409
        except NotFound as error:
            if "field" not in error.details:
                raise
            wrong, status = frozenset({str(error.details["field"])}), 422
        else:
            return self._back(asking, "change", f"#screen-{screen_id}")
        screen = await self._screen(asking, screen_id)
        return await self._page(asking, request, screen, typed, wrong=wrong, status=status)

    async def flash(self, screen_id: IdHere, asking: AskingHere, request: Request) -> Response:
        """Have a screen show its number."""
        return await self._told(asking, request, screen_id, "flash", fleet.flash)

    async def load_anew(self, screen_id: IdHere, asking: AskingHere, request: Request) -> Response:
        """Have a screen load itself anew."""
        return await self._told(asking, request, screen_id, "reload", fleet.load_anew)

    async def show_card(self, screen_id: IdHere, asking: AskingHere, request: Request) -> Response:
        """Have a screen show its test card."""
        return await self._told(asking, request, screen_id, "card", fleet.show_card)

    async def hide_card(self, screen_id: IdHere, asking: AskingHere, request: Request) -> Response:
        """Have a screen show its test card no longer."""
        return await self._told(asking, request, screen_id, "hide", fleet.hide_card)

    async def larger(self, screen_id: IdHere, asking: AskingHere, request: Request) -> Response:
        """The last row cannot read the test card: larger letters."""
        return await self._told(asking, request, screen_id, "larger", fleet.set_larger)

    async def unpair(self, screen_id: IdHere, asking: AskingHere, request: Request) -> Response:
        """Unpair a screen. The page asked before."""
        return await self._told(asking, request, screen_id, "unpair", fleet.unpair)

    async def link(self, screen_id: IdHere, asking: AskingHere, request: Request) -> Response:
        """Make the link with which another browser takes this screen's place: shown here, once."""
        asking.require("screens.run")
        token, form = new_token(), await form_of(request)
        done = await self._do(
            asking,
            lambda tx: pairing.make_link(tx, screen_id, digest_of(token)),
            form.get("cause"),
            request,
        )
        if done.replayed:
            raise Refused("This link was made already, and a link is shown only once.")
        address = f"{self._access.origins.base(request.scope)}{again_path(token)}"
        return self._views.page(
            request,
            "screen_link.html",
            visitor=asking.visitor,
            event=asking.event,
            screen=await self._screen(asking, screen_id),
            address=address,
            code=qr_svg(address).decode(),
        )

    async def _told(
        self,
        asking: Asking,
        request: Request,
        screen_id: str,
        did: Did,
        command: Callable[[Tx, str], dict[str, Any]],
    ) -> Response:
        asking.require("screens.run")
        form = await form_of(request)
        await self._do(asking, lambda tx: command(tx, screen_id), form.get("cause"), request)
        if form.get("from") == "doors":
            return RedirectResponse(f"/events/{asking.event.slug}/doors#{doors.card_of(screen_id)}", 303)
        return self._back(asking, did, f"#screen-{screen_id}" if did != "unpair" else "")

    async def _do(
        self,
        asking: Asking,
        fn: Callable[[Tx], dict[str, Any]],
        cause: str | None = None,
        request: Request | None = None,
    ) -> Done[dict[str, Any]]:
        body = await command_body(request) if request else b""
        return await self._journal.command(
            asking.event.id, asking.actor, fn, cause=cause or None, body=body
        )

    async def _rows(self, asking: Asking, request: Request) -> tuple[_Found, list[Row], When]:
        found = await self._journal.store.read(lambda conn: _found(conn, asking.event))
        heard = await self._beats.of(asking.event.id)
        rooms, now, build = {room.id: room for room in found.rooms}, utc_now(), build_number(self._dist)
        rows = [
            row_of(one, heard.get(one.id), asking.event, rooms, found.scenes, now=now, build=build)
            for one in found.screens
        ]
        lang = self._views.words.language_of(request)
        return found, rows, When(asking.event.zone, lang, self._views.words)

    async def _screen(self, asking: Asking, screen_id: str) -> Screen:
        found = await self._journal.store.read(
            lambda conn: screens.by_ids(conn, asking.event.id, {screen_id}).get(screen_id)
        )
        if found is None or not found.paired:
            raise NotFound("There is no such screen in this event.")
        return found

    async def _page(
        self,
        asking: Asking,
        request: Request,
        screen: Screen,
        typed: TypedScreen,
        *,
        wrong: frozenset[str] = frozenset(),
        status: int = 200,
    ) -> Response:
        found, rows, when = await self._rows(asking, request)
        return self._views.page(
            request,
            "screen_one.html",
            status=status,
            visitor=asking.visitor,
            event=asking.event,
            row=next((row for row in rows if row.screen.id == screen.id), None),
            screen=screen,
            typed=typed,
            rooms=found.rooms,
            scenes=list(found.scenes.values()),
            wrong={field: {} for field in wrong},
            when=when,
            new_cause=new_cause,
        )

    def _back(self, asking: Asking, did: Did, more: str) -> Response:
        return RedirectResponse(f"/screens/{asking.event.slug}?did={did}{more}", 303)


def _checked(make: Callable[[], Order]) -> Order:
    try:
        return make()
    except ValidationError:
        raise BadInput("This form cannot be used as it is.", remedy="Load the page again.") from None


def _room(form: Mapping[str, str]) -> str | None:
    """The room of a form; None for all walls."""
    return None if form.get("room") == EVERYWHERE else form.get("room", "")


def _found(conn: Connection, event: Event) -> _Found:
    lines = entries.after(conn, event.id, max(0, event.seq - _LOOK_BACK), _LOOK_BACK)
    return _Found(
        screens=screens.listed(conn, event.id),
        scenes={scene.id: scene for scene in scenes.listed(conn, event.id)},
        rooms=programme.rooms(conn, event.id),
        controls=walls.controls(conn, event.id),
        removal=max((line.seq for line in lines if line.kind in _REMOVALS), default=None),
    )
