"""HTTP API: the codebook."""

from __future__ import annotations

from typing import Annotated

from facilitator import codebook
from facilitator.codebook import NewTag, TagChange
from facilitator.routes import Doing, IdHere, doing, event_router
from wall.model import Frozen

ChangesCodebook = Annotated[Doing, doing("codebook.change")]

router = event_router("codebook")
"""`…/tags` and `…/codebook/preset`."""


class TagNow(Frozen):
    """A tag that was added or edited."""

    tag: str
    version: int
    seq: int


class TagsAdded(Frozen):
    """Ids of the tags that were added."""

    tags: tuple[str, ...]
    seq: int


@router.post("/codebook/preset")
async def preset(doing: ChangesCodebook) -> TagsAdded:
    """Add the usual tags that are missing, in the event's first language."""
    return await doing.run(TagsAdded, lambda tx, _: codebook.add_usual(tx))


@router.post("/tags", status_code=201)
async def add_tag(new: NewTag, doing: ChangesCodebook) -> TagNow:
    """Add a tag. 409 with `details.tag` where another one has its key or name."""
    return await doing.run(TagNow, lambda tx, _: codebook.add_tag(tx, new))


@router.patch("/tags/{tag_id}")
async def change_tag(tag_id: IdHere, change: TagChange, doing: ChangesCodebook) -> TagNow:
    """Edit, retire or bring back a tag."""
    return await doing.run(TagNow, lambda tx, _: codebook.change_tag(tx, tag_id, change))
