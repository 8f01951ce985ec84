"""HTTP API: the fleet of screens, and pairing them."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request

from wall.access import Access, digest_of, new_token
from wall.display import Screen, ScreenState
from wall.entries.display import ScreenValue, screen_value
from wall.errors import Refused
from wall.live import Beats, Heard
from wall.model import Event, Frozen, Time, utc_now
from wall.routes import AskingHere
from wall.routes.commands import CauseHere, IdHere, command_body, run
from wall.screens import fleet, pairing
from wall.screens.fleet import ScreenChange
from wall.screens.pairing import Codes, NewScreen, WrongCode
from wall.store import screens


class ScreenNow(Frozen):
    """A screen that was paired, edited, told something or unpaired."""

    screen: str
    number: int
    state: ScreenState
    version: int
    seq: int


class BeatValue(Frozen):
    """What a screen said last, `seen_s` seconds ago. `late` after 15 seconds, `gone` after 30.

    `seq` is what it has painted, `behind` how many entries that is behind the journal. `scale` is of
    its pixels, `clock_s` how many seconds its clock is ahead. Null is what it did not say.
    """

    at: Time
    seen_s: float
    state: Literal["here", "late", "gone"]
    seq: int
    behind: int
    step: int | None
    scene: str | None
    width: int | None
    height: int | None
    scale: float | None
    build: int | None
    clock_s: float | None


class FleetScreen(ScreenValue):
    """A screen with its last beat; null for one that was not heard for a day."""

    beat: BeatValue | None


class Waiting(Frozen):
    """A screen that has not said that it painted so far. `seen_s` null: not heard for a day."""

    id: str
    name: str
    seen_s: float | None


class Acknowledged(Frozen):
    """Which screens have painted everything up to `seq`, and which have not said so."""

    seq: int
    painted: list[str]
    waiting: list[Waiting]


class ScreenRoutes:
    """`…/screens` below /api/v1/events/{slug}."""

    def __init__(self, access: Access, codes: Codes, beats: Beats) -> None:
        self._access = access
        self._journal = access.journal
        self._codes = codes
        self._beats = beats
        self.router = APIRouter(prefix="/events/{slug}/screens", tags=["walls"])
        add = self.router.add_api_route
        add("", self.listed, methods=["GET"])
        add("", self.pair, methods=["POST"], status_code=201)
        add("/acknowledged", self.acknowledged, methods=["GET"])
        add("/{screen_id}", self.change, methods=["PATCH"])
        add("/{screen_id}", self.unpair, methods=["DELETE"])
        add("/{screen_id}/flash", self.flash, methods=["POST"])
        add("/{screen_id}/reload", self.load_anew, methods=["POST"])
        add("/{screen_id}/card", self.show_card, methods=["POST"])
        add("/{screen_id}/card", self.hide_card, methods=["DELETE"])
        add("/{screen_id}/link", self.link, methods=["POST"], status_code=201)

    async def listed(self, asking: AskingHere) -> dict[str, list[FleetScreen]]:
        """The paired screens by number, each with its last beat."""
        asking.require("screens.see")
        found, heard = await self._fleet(asking.event)
        return {"screens": [_fleet_screen(one, heard.get(one.id), asking.event) for one in found]}

    async def acknowledged(
        self, asking: AskingHere, seq: Annotated[int, Query(ge=0, le=2**53)]
    ) -> Acknowledged:
        """Which screens have painted what the journal says up to `seq`: a removal, say."""
        asking.require("screens.see")
        found, heard = await self._fleet(asking.event)
        done = {one.id for one in found if _painted(heard.get(one.id), asking.event) >= seq}
        waiting = [
            Waiting(id=one.id, name=one.name, seen_s=_seen(heard.get(one.id)))
            for one in found
            if one.id not in done
        ]
        return Acknowledged(seq=seq, painted=[one.id for one in found if one.id in done], waiting=waiting)

    async def pair(
        self, new: NewScreen, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> ScreenNow:
        """Pair the display that shows this code. 422 for a code that no display shows, 429 after 20."""
        asking.require("screens.run")
        await self._codes.check_guesses(asking.actor)
        try:
            paired = await run(self._journal, asking, request, cause, lambda tx: pairing.pair(tx, new))
        except WrongCode:
            await self._codes.wrong(asking.actor)
            raise
        return ScreenNow(**paired)

    async def change(
        self,
        screen_id: IdHere,
        change: ScreenChange,
        asking: AskingHere,
        request: Request,
        cause: CauseHere = None,
    ) -> ScreenNow:
        """Edit a screen: its name, room, scene, or how it stands."""
        asking.require("screens.run")
        return ScreenNow(
            **await run(
                self._journal, asking, request, cause, lambda tx: fleet.change(tx, screen_id, change)
            )
        )

    async def flash(
        self, screen_id: IdHere, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> ScreenNow:
        """Have a screen show its number, to see which one it is."""
        asking.require("screens.run")
        return ScreenNow(
            **await run(self._journal, asking, request, cause, lambda tx: fleet.flash(tx, screen_id))
        )

    async def load_anew(
        self, screen_id: IdHere, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> ScreenNow:
        """Have a screen load itself anew."""
        asking.require("screens.run")
        return ScreenNow(
            **await run(self._journal, asking, request, cause, lambda tx: fleet.load_anew(tx, screen_id))
        )

    async def show_card(
        self, screen_id: IdHere, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> ScreenNow:
        """Have a screen show its test card for two minutes: can the last row read it?"""
        asking.require("screens.run")
        return ScreenNow(
            **await run(self._journal, asking, request, cause, lambda tx: fleet.show_card(tx, screen_id))
        )

    async def hide_card(
        self, screen_id: IdHere, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> ScreenNow:
        """Have a screen show its test card no longer."""
        asking.require("screens.run")
        return ScreenNow(
            **await run(self._journal, asking, request, cause, lambda tx: fleet.hide_card(tx, screen_id))
        )

    async def unpair(
        self, screen_id: IdHere, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> ScreenNow:
        """Unpair a screen: it reads nothing from now on, and its link is worth nothing."""
        asking.require("screens.run")
        return ScreenNow(
            **await run(self._journal, asking, request, cause, lambda tx: fleet.unpair(tx, screen_id))
        )

    async def link(
        self, screen_id: IdHere, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> dict[str, str]:
        """Make the link with which another browser takes this screen's place. It is shown once, and
        works until the next one is made or the screen is unpaired."""
        asking.require("screens.run")
        token = new_token()
        done = await self._journal.command(
            asking.event.id,
            asking.actor,
            lambda tx: pairing.make_link(tx, screen_id, digest_of(token)),
            cause=cause,
            body=await command_body(request),
        )
        if done.replayed:
            raise Refused(
                "This link was made already, and a link is shown only once.",
                remedy="Make a new link, with a new Idempotency-Key.",
            )
        return {"url": f"{self._access.origins.base(request.scope)}{again_path(token)}"}

    async def _fleet(self, event: Event) -> tuple[list[Screen], dict[str, Heard]]:
        found = await self._journal.store.read(lambda conn: screens.listed(conn, event.id))
        return found, await self._beats.of(event.id)


def again_path(token: str) -> str:
    """Where a screen's link leads, to be put behind this server's address."""
    return f"/screen/again/{token}"


def _painted(heard: Heard | None, event: Event) -> int:
    """The seq up to which a screen has painted; 0 for what it painted of another history."""
    return heard.said.seq if heard and heard.said.epoch == event.epoch else 0


def _seen(heard: Heard | None) -> float | None:
    return round(heard.age_s, 1) if heard else None


def _fleet_screen(screen: Screen, heard: Heard | None, event: Event) -> FleetScreen:
    beat = _beat(heard, event) if heard else None
    return FleetScreen(**screen_value(screen).model_dump(), beat=beat)


def _beat(heard: Heard, event: Event) -> BeatValue:
    seq = _painted(heard, event)
    own: dict[str, Any] = heard.said.model_dump(exclude={"seq", "epoch"})
    return BeatValue(
        at=utc_now() - timedelta(seconds=heard.age_s),
        seen_s=round(heard.age_s, 1),
        state=heard.state,
        seq=seq,
        behind=max(0, event.seq - seq),
        **own,
    )
