"""HTTP API: the codebook."""

from __future__ import annotations

from fastapi import Request

from facilitator import codebook
from facilitator.codebook import NewTag, TagChange
from facilitator.routes import Commands, IdHere
from wall.journal import Journal
from wall.model import Frozen
from wall.routes import AskingHere
from wall.routes.commands import CauseHere


class TagNow(Frozen):
    """A tag that was added or edited."""

    tag: str
    version: int
    seq: int


class TagsAdded(Frozen):
    """Ids of the tags that were added."""

    tags: tuple[str, ...]
    seq: int


class CodebookRoutes(Commands):
    """`…/tags` and `…/codebook/preset`."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal, "codebook")
        add = self.router.add_api_route
        add("/codebook/preset", self.preset, methods=["POST"])
        add("/tags", self.add_tag, methods=["POST"], status_code=201)
        add("/tags/{tag_id}", self.change_tag, methods=["PATCH"])

    async def preset(self, asking: AskingHere, request: Request, cause: CauseHere = None) -> TagsAdded:
        """Add the usual tags that are missing, in the event's first language."""
        asking.require("codebook.change")
        return TagsAdded(**await self.run(asking, request, cause, lambda tx, _: codebook.add_usual(tx)))

    async def add_tag(
        self, new: NewTag, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> TagNow:
        """Add a tag. 409 with `details.tag` where another one has its key or name."""
        asking.require("codebook.change")
        return TagNow(**await self.run(asking, request, cause, lambda tx, _: codebook.add_tag(tx, new)))

    async def change_tag(
        self,
        tag_id: IdHere,
        change: TagChange,
        asking: AskingHere,
        request: Request,
        cause: CauseHere = None,
    ) -> TagNow:
        """Edit, retire or bring back a tag."""
        asking.require("codebook.change")
        return TagNow(
            **await self.run(asking, request, cause, lambda tx, _: codebook.change_tag(tx, tag_id, change))
        )
