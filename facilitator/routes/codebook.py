"""HTTP API: the codebook. Its tags, its versions, and files in and out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BeforeValidator, Field, StringConstraints
from starlette.responses import Response

from facilitator import codebook, codebook_versions
from facilitator.codebook import NewTag, TagChange
from facilitator.codebook_csv import to_csv
from facilitator.codebook_qdc import to_qdc
from facilitator.codebook_versions import Format
from facilitator.outline import Difference
from facilitator.programme import line
from facilitator.routes import Doing, IdHere, doing, event_router
from wall.codebook import Edition, TagSet
from wall.entries import render
from wall.entries.channel import TagValue
from wall.errors import NotFound
from wall.journal import Journal
from wall.model import Event, Frozen
from wall.parallel import Tag
from wall.routes import AskingHere
from wall.store import codebook as stored

ChangesCodebook = Annotated[Doing, doing("codebook.change")]

FILE_MOST = 1_000_000
"""Longest file of a codebook, in letters."""
FileText = Annotated[str, StringConstraints(max_length=FILE_MOST)]
EditionNote = Annotated[
    str, StringConstraints(max_length=200, strip_whitespace=True), BeforeValidator(line)
]

_FILE: dict[str, Any] = {
    "description": "The codebook as a file.",
    "content": {kind: {"schema": {"type": "string"}} for kind in ("text/csv", "application/xml")},
}

router = event_router("codebook")
"""`…/tags`, `…/codebook/preset`, `…/codebook/versions` and `…/codebook/import`."""


class TagNow(Frozen):
    """A tag that was added or edited."""

    tag: str
    version: int
    seq: int


class TagsAdded(Frozen):
    """Ids of the tags that were added."""

    tags: tuple[str, ...]
    seq: int


class Preset(Frozen):
    """The set whose usual tags are wanted."""

    set: TagSet = TagSet.KIND


class Keeping(Frozen):
    """Why the codebook is kept as it is."""

    note: EditionNote = ""


class Kept(Frozen):
    """The version under which the codebook is kept."""

    version: int
    seq: int


class CodebookFile(Frozen):
    """A file: its text, and whether it is a table (csv) or REFI-QDA (qdc)."""

    format: Format
    text: FileText


class Importing(CodebookFile):
    """A file to take into the codebook that was looked at as `version`. `retire`: tags that are not in
    the file are retired."""

    version: Annotated[int, Field(ge=0)]
    retire: bool = False


class Imported(Frozen):
    """How many tags a file added, changed and retired."""

    added: int
    changed: int
    retired: int
    seq: int


class FieldChange(Frozen):
    """One field of a tag: what is there, and what the file has."""

    field: str
    now: str | int | bool
    then: str | int | bool


class TagDifference(Frozen):
    """A tag that a file changes."""

    tag: str
    name: str
    fields: tuple[FieldChange, ...]


class Differences(Frozen):
    """What taking a file in would do to the codebook as it is at `version`."""

    version: int
    added: tuple[str, ...]
    changed: tuple[TagDifference, ...]
    same: int
    missing: tuple[str, ...]


class Codebook(Frozen):
    """All tags of an event, retired ones too, and how often the codebook was changed."""

    version: int
    tags: tuple[TagValue, ...]
    editions: tuple[Edition, ...]


@router.post("/codebook/preset")
async def preset(doing: ChangesCodebook, wanted: Preset | None = None) -> TagsAdded:
    """Add the usual tags of a set that are missing, in the event's first language."""
    chosen = (wanted or Preset()).set
    return await doing.run(TagsAdded, lambda tx, _: codebook.add_preset(tx, chosen))


@router.post("/codebook/versions")
async def keep(sent: Keeping, doing: ChangesCodebook) -> Kept:
    """Keep the codebook as it is, whole, under its present version."""
    return await doing.run(Kept, lambda tx, _: codebook_versions.keep(tx, sent.note))


@router.post("/codebook/import")
async def take_in(sent: Importing, doing: ChangesCodebook) -> Imported:
    """Take a file into the codebook, as the differences said. 422 for a file that makes no codebook, 409
    where that changed since."""
    return await doing.run(
        Imported,
        lambda tx, _: codebook_versions.take_in(
            tx, sent.text, sent.format, sent.version, retire=sent.retire
        ),
    )


@router.post("/tags", status_code=201)
async def add_tag(new: NewTag, doing: ChangesCodebook) -> TagNow:
    """Add a tag. 409 with `details.tag` where another one has its key or name."""
    return await doing.run(TagNow, lambda tx, _: codebook.add_tag(tx, new))


@router.patch("/tags/{tag_id}")
async def change_tag(tag_id: IdHere, change: TagChange, doing: ChangesCodebook) -> TagNow:
    """Edit, move, retire or bring back a tag."""
    return await doing.run(TagNow, lambda tx, _: codebook.change_tag(tx, tag_id, change))


class CodebookRoutes:
    """`GET …/codebook`, its file, and what another file would change."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.router = APIRouter(prefix="/events/{slug}/codebook", tags=["codebook"])
        self.router.add_api_route("", self.show, methods=["GET"])
        self.router.add_api_route(
            "/file", self.file, methods=["GET"], response_class=Response, responses={200: _FILE}
        )
        self.router.add_api_route("/differences", self.differences, methods=["POST"])

    async def show(self, asking: AskingHere) -> Codebook:
        """The whole codebook."""
        asking.require("codebook.see")
        version, tags, editions = await self._read(asking.event)
        scope = asking.scope("desk")
        rendered = (render(tag, scope) for tag in tags)
        values = (change.value for change in rendered if change is not None and change.op == "put")
        return Codebook(
            version=version,
            tags=tuple(value for value in values if isinstance(value, TagValue)),
            editions=tuple(editions),
        )

    async def file(
        self,
        asking: AskingHere,
        format: Annotated[Literal["csv", "qdc"], Query()] = "csv",  # noqa: A002 - its name on the wire
        version: Annotated[int | None, Query(ge=0, le=2**31 - 1)] = None,
    ) -> Response:
        """The codebook, or a version of it that was kept, as a file. 404 for one that was not."""
        asking.require("codebook.see")
        tags = await self._journal.store.read(
            lambda conn: (
                stored.listed(conn, asking.event.id)
                if version is None
                else stored.edition(conn, asking.event.id, version)
            )
        )
        if tags is None:
            raise NotFound("This version of the codebook was not kept.", remedy="Choose one of the list.")
        return file_of(tags, asking.event, format, version)

    async def differences(self, sent: CodebookFile, asking: AskingHere) -> Differences:
        """What taking a file in would do. Nothing is changed."""
        asking.require("codebook.change")
        version, tags, _ = await self._read(asking.event)
        return told(codebook_versions.read(sent.text, sent.format, tags), version)

    async def _read(self, event: Event) -> tuple[int, list[Tag], list[Edition]]:
        return await self._journal.store.read(
            lambda conn: (
                stored.version(conn, event.id),
                stored.listed(conn, event.id),
                stored.editions(conn, event.id),
            )
        )


def file_of(tags: list[Tag], event: Event, form: Format, version: int | None) -> Response:
    """A codebook as a file to save."""
    name = f"codebook-{event.slug}{'' if version is None else f'-{version}'}.{form}"
    text = to_csv(tags) if form == "csv" else to_qdc(tags, event.id)
    # Spreadsheets take a table without this mark for one in the letters of the computer's country.
    body = ("\ufeff" if form == "csv" else "") + text
    kind = "text/csv; charset=utf-8" if form == "csv" else "application/xml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body.encode(), media_type=kind, headers=headers)


def told(found: Difference, version: int) -> Differences:
    """A difference as a program is told it."""
    return Differences(
        version=version,
        added=tuple(found.file[place].name for place in found.added),
        changed=tuple(
            TagDifference(tag=change.tag.id, name=change.tag.name, fields=tuple(_fields(change.fields)))
            for change in found.changed
        ),
        same=found.same,
        missing=tuple(tag.id for tag in found.missing),
    )


def _fields(fields: dict[str, tuple[Any, Any]]) -> list[FieldChange]:
    return [FieldChange(field=name, now=now, then=then) for name, (now, then) in fields.items()]
