"""HTTP of the facilitator side, below /api/v1/events/{slug}. Here: what every command's route shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request

from facilitator.guards import Acting
from wall.journal import Journal, Tx
from wall.routes import Asking
from wall.routes.commands import command_body

IdHere = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,63}$")]
"""Parameter type of an id in a path."""


class Commands:
    """Base of a group of routes: runs a command as the person who asks."""

    def __init__(self, journal: Journal, tag: str) -> None:
        self.journal = journal
        self.router = APIRouter(prefix="/events/{slug}", tags=[tag])

    async def run(
        self,
        asking: Asking,
        request: Request,
        cause: str | None,
        fn: Callable[[Tx, Acting], dict[str, Any]],
    ) -> dict[str, Any]:
        """What the command answers, with the `seq` up to which the journal is on disk."""
        acting = Acting(asking.actor.removeprefix("person:"), asking.roles)
        done = await self.journal.command(
            asking.event.id,
            asking.actor,
            lambda tx: fn(tx, acting),
            cause=cause,
            body=await command_body(request),
        )
        return {**done.result, "seq": done.seq}
