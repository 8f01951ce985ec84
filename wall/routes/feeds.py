"""HTTP API: the feeds of an event."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import Field, JsonValue, StringConstraints

from wall.entries.projections import FeedValue, feed_value
from wall.errors import BadInput
from wall.intake import Intake
from wall.model import Frozen
from wall.routes import AskingHere
from wall.routes.commands import CauseHere, command_body
from wall.store import feeds

_COMMAND_LINE_ONLY = frozenset({"replay"})
"""Networks that open paths of this machine: an organiser over HTTP must not choose those."""


class NewFeed(Frozen):
    """A network and its settings, as the network's page in the docs describes them."""

    network: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
    config: Annotated[dict[str, JsonValue], Field(max_length=50, default_factory=dict)]


class FeedRoutes:
    """Routes below /api/v1/events/{slug}/feeds."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self.router = APIRouter(prefix="/events/{slug}/feeds", tags=["feeds"])
        self.router.add_api_route("", self.listed, methods=["GET"])
        self.router.add_api_route("", self.add, methods=["POST"], status_code=201)

    async def listed(self, asking: AskingHere) -> dict[str, list[FeedValue]]:
        """The feeds of an event and how they are."""
        asking.require("feed.see")
        listed = await self._intake.store.read(lambda conn: feeds.listed(conn, asking.event.id))
        return {"feeds": [feed_value(feed) for feed in listed]}

    async def add(
        self, new: NewFeed, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> dict[str, Any]:
        """Add a feed; it starts within seconds."""
        asking.require("feed.add")
        if new.network in _COMMAND_LINE_ONLY:
            raise BadInput(
                "This network reads files of the server and is started on its command line.",
                remedy="Run `backchannel replay FILE --event …` there.",
            )
        self._intake.checked(new.network, new.config)
        feed_id = await self._intake.add_feed(
            asking.event.id,
            asking.actor,
            new.network,
            new.config,
            cause=cause,
            body=await command_body(request),
        )
        return {"feed": feed_id}
