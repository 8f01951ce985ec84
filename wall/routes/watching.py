"""Whether the first page offers to watch a made-up summit. What plays it is above the server: the command
line puts it into `app.state.watching`; an application without it offers nothing."""

from __future__ import annotations

from typing import Literal, Protocol

from fastapi import Request

from wall.access import Visitor

Offer = Literal["start", "running"]


class Watching(Protocol):
    """Plays the made-up summit beside the real server."""

    running: bool

    def may_start(self, visitor: Visitor, *, in_use: bool) -> bool:
        """Whether this visitor may start and end it."""
        ...


def offer_of(request: Request, visitor: Visitor, *, in_use: bool) -> Offer | None:
    """What this visitor is offered: to start it, to look at the one that runs, or nothing."""
    watching: Watching | None = getattr(request.app.state, "watching", None)
    if watching is None or not watching.may_start(visitor, in_use=in_use):
        return None
    return "running" if watching.running else "start"
