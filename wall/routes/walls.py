"""HTTP API: what walls are held to, and the posts that are kept on them."""

from __future__ import annotations

from fastapi import APIRouter, Request

from wall.access import may
from wall.display import Hold
from wall.journal import Journal
from wall.model import Frozen
from wall.routes import AskingHere
from wall.routes.commands import CauseHere, IdHere, run
from wall.screens import control as commands
from wall.screens.control import Order


class ControlNow(Frozen):
    """What walls are held to now. `room` null: all of the event's."""

    room: str | None
    hold: Hold
    version: int
    seq: int


class PinNow(Frozen):
    """Whether a post is kept on the walls."""

    post: str
    pinned: bool
    seq: int


class WallRoutes:
    """`…/walls`, `…/posts/{post_id}/pin` and `unpin` below /api/v1/events/{slug}."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.router = APIRouter(prefix="/events/{slug}", tags=["walls"])
        add = self.router.add_api_route
        add("/walls", self.control, methods=["POST"])
        add("/posts/{post_id}/pin", self.pin, methods=["POST"])
        add("/posts/{post_id}/unpin", self.unpin, methods=["POST"])

    async def control(
        self, order: Order, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> ControlNow:
        """Hold the walls of a room, or all, and write their notice. A chair quiets the walls of a room."""
        if may(asking.roles, "walls.quiet") and not may(asking.roles, "walls.control"):
            command = commands.quiet
        else:
            asking.require("walls.control")
            command = commands.control
        return ControlNow(**await run(self._journal, asking, request, cause, lambda tx: command(tx, order)))

    async def pin(
        self, post_id: IdHere, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> PinNow:
        """Keep a shown post on the walls."""
        asking.require("post.pin")
        return PinNow(
            **await run(self._journal, asking, request, cause, lambda tx: commands.pin(tx, post_id))
        )

    async def unpin(
        self, post_id: IdHere, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> PinNow:
        """No longer keep a post on the walls."""
        asking.require("post.pin")
        return PinNow(
            **await run(self._journal, asking, request, cause, lambda tx: commands.unpin(tx, post_id))
        )
