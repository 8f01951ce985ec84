"""HTTP API: points. Tagging one, noting it, bringing it into a session, and replying to its authors."""

from __future__ import annotations

from typing import Annotated

from fastapi import Request
from pydantic import BeforeValidator, StringConstraints

from facilitator import contributions, receipts, relays, tagging
from facilitator.programme import Id, Remark, lines
from facilitator.routes import Commands, IdHere
from wall.journal import Journal
from wall.model import Frozen
from wall.parallel import RelayState
from wall.routes import AskingHere
from wall.routes.commands import CauseHere

ReplyWords = Annotated[
    str,
    StringConstraints(min_length=1, max_length=1_000, strip_whitespace=True),
    BeforeValidator(lines),
]


class Tagging(Frozen):
    """A tag to set (`on`) or to take off."""

    tag: Id
    on: bool = True


class Noting(Frozen):
    """Whether it was seen and there is nothing to do."""

    on: bool = True


class Raising(Frozen):
    """The session to bring a point into, with a note for its chair."""

    session: Id
    note: Remark = ""


class Reply(Frozen):
    """What the authors are told."""

    words: ReplyWords


class Tagged(Frozen):
    """The tags of a contribution now, in the order in which they were set."""

    contribution: str
    tags: tuple[str, ...]
    seq: int


class Noted(Frozen):
    """Whether a contribution is noted now."""

    contribution: str
    noted: bool
    seq: int


class Raised(Frozen):
    """The relay that brings a contribution into a session."""

    relay: str
    contribution: str
    state: RelayState
    version: int
    seq: int


class Replied(Frozen):
    """The posts whose authors were told, or need no reply."""

    contribution: str
    posts: tuple[str, ...]
    seq: int


class PointRoutes(Commands):
    """`…/posts/{id}/tag|note|raise` and `…/contributions/{id}/reply|waive`."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal, "points")
        add = self.router.add_api_route
        add("/posts/{post_id}/tag", self.tag, methods=["POST"])
        add("/posts/{post_id}/note", self.note, methods=["POST"])
        add("/posts/{post_id}/raise", self.raise_point, methods=["POST"])
        add("/contributions/{contribution_id}/reply", self.reply, methods=["POST"])
        add("/contributions/{contribution_id}/waive", self.waive, methods=["POST"])

    async def tag(
        self,
        post_id: IdHere,
        sent: Tagging,
        asking: AskingHere,
        request: Request,
        cause: CauseHere = None,
    ) -> Tagged:
        """Set a tag on the point that a post makes, or take it off."""
        asking.require("point.tag")
        return Tagged(
            **await self.run(
                asking, request, cause, lambda tx, _: tagging.tag(tx, post_id, sent.tag, sent.on)
            )
        )

    async def note(
        self,
        post_id: IdHere,
        sent: Noting,
        asking: AskingHere,
        request: Request,
        cause: CauseHere = None,
    ) -> Noted:
        """Say that a post was seen and there is nothing to do."""
        asking.require("point.note")
        return Noted(
            **await self.run(asking, request, cause, lambda tx, _: contributions.note(tx, post_id, sent.on))
        )

    async def raise_point(
        self,
        post_id: IdHere,
        sent: Raising,
        asking: AskingHere,
        request: Request,
        cause: CauseHere = None,
    ) -> Raised:
        """Queue the point that a post makes for a session; who may approve approves it with that."""
        asking.require("point.raise")
        return Raised(
            **await self.run(
                asking,
                request,
                cause,
                lambda tx, acting: relays.raise_point(tx, acting, post_id, sent.session, sent.note),
            )
        )

    async def reply(
        self,
        contribution_id: IdHere,
        sent: Reply,
        asking: AskingHere,
        request: Request,
        cause: CauseHere = None,
    ) -> Replied:
        """Tell every author who is owed a reply what became of their point."""
        asking.require("reply.send")
        return Replied(
            **await self.run(
                asking,
                request,
                cause,
                lambda tx, acting: receipts.reply(tx, acting, contribution_id, sent.words),
            )
        )

    async def waive(
        self, contribution_id: IdHere, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> Replied:
        """Decide that nobody needs a reply for this."""
        asking.require("reply.send")
        return Replied(
            **await self.run(
                asking, request, cause, lambda tx, acting: receipts.waive(tx, acting, contribution_id)
            )
        )
