"""HTTP of the facilitator side, below /api/v1/events/{slug}. Here: what every command's route shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Path, Request

from facilitator.guards import Acting
from wall.journal import Journal, Tx
from wall.model import Frozen
from wall.routes import Asking, AskingHere, access_of
from wall.routes.commands import CauseHere, command_body

IdHere = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,63}$")]
"""Parameter type of an id in a path."""

Answer = TypeVar("Answer", bound=Frozen)


def event_router(tag: str) -> APIRouter:
    """A router for one group of routes below an event."""
    return APIRouter(prefix="/events/{slug}", tags=[tag])


@dataclass(frozen=True)
class Doing:
    """A command of somebody whose roles allow it: who gives it where, and what makes it this one."""

    asking: Asking
    journal: Journal
    cause: str | None
    body: bytes

    async def run(self, answer: type[Answer], fn: Callable[[Tx, Acting], dict[str, Any]]) -> Answer:
        """Do it. What it answers, with the `seq` up to which the journal is on disk."""
        acting = Acting(self.asking.actor.removeprefix("person:"), self.asking.roles)
        done = await self.journal.command(
            self.asking.event.id,
            self.asking.actor,
            lambda tx: fn(tx, acting),
            cause=self.cause,
            body=self.body,
        )
        return answer.model_validate({**done.result, "seq": done.seq})


def doing(verb: str) -> Any:
    """Dependency of a route that does `verb` of `access.RIGHTS`. Raises NotSignedIn or NotYours, before
    anything is said about the body: what is wrong with it is the business of those who may."""

    async def dependency(asking: AskingHere, request: Request, cause: CauseHere = None) -> Doing:
        asking.require(verb)
        return Doing(asking, access_of(request).journal, cause, await command_body(request))

    return Depends(dependency)
