"""`/codebook/{slug}`: an event's tags as a page that works without script. Sets, a form for each tag,
presets, versions, and files in and out with their differences shown first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from facilitator import codebook, codebook_versions
from facilitator.codebook import NewTag, TagChange
from facilitator.codebook_versions import Format
from facilitator.outline import BadCodebook, tree, ways
from facilitator.presets import PRESETS, SETS
from facilitator.routes import IdHere
from facilitator.routes.codebook import FILE_MOST, file_of
from wall.access import may
from wall.codebook import TagSet
from wall.errors import BackchannelError, BadInput, CauseReused, NotFound, Stale
from wall.journal import Journal, Tx
from wall.parallel import Tag
from wall.routes import Asking, AskingHere
from wall.routes.commands import command_body
from wall.routes.forms import file_of_form, form_of, new_cause
from wall.routes.when import When
from wall.routes.words import Views
from wall.store import codebook as stored
from wall.store import people

CODEBOOK_PATHS = r"/(?:api/v1/events/[^/]+/codebook|codebook/[^/]+)/(?:differences|import)"
"""The paths, whole, to which files of a codebook are sent."""
CODEBOOK_BODY_BYTES = 4 * FILE_MOST + 65_536
"""Largest of them: each letter may take four bytes."""
NEW = "new"
"""Stands for the id of a tag that is yet to be made."""
Said = tuple[str, dict[str, Any]]
"""A key of the catalogue, with its fields."""
_DID = frozenset({"saved", "preset", "kept", "imported"})
_FIELDS = ("name", "definition", "example", "set", "parent", "colour", "key", "position")


class CodebookPages:
    """The list, the form of a tag, presets, versions and files."""

    def __init__(self, journal: Journal, views: Views) -> None:
        self._journal = journal
        self._views = views
        self.router = APIRouter(prefix="/codebook/{slug}", include_in_schema=False)
        add = self.router.add_api_route
        add("", self.listed, methods=["GET", "HEAD"])
        add("/tag/{tag_id}", self.show, methods=["GET", "HEAD"])
        add("/tag/{tag_id}", self.save, methods=["POST"])
        add("/preset", self.preset, methods=["POST"])
        add("/keep", self.keep, methods=["POST"])
        add("/differences", self.differences, methods=["POST"])
        add("/import", self.take_in, methods=["POST"])
        add("/file", self.file, methods=["GET"])

    async def listed(self, asking: AskingHere, request: Request, did: str = "") -> Response:
        """All tags, set by set, each under the one above it."""
        asking.require("codebook.see")
        return await self._list(asking, request, did=did if did in _DID else "")

    async def show(
        self,
        tag_id: IdHere,
        asking: AskingHere,
        request: Request,
        set: TagSet = TagSet.OWN,  # noqa: A002 - its name in the address
        parent: Annotated[str, Query(pattern=r"^[A-Za-z0-9-]{0,63}$")] = "",
    ) -> Response:
        """A tag in its form, or an empty one."""
        asking.require("codebook.change")
        tags = await self._tags(asking)
        if tag_id == NEW:
            return self._form(asking, request, tags, None, {"set": set.value, "parent": parent})
        tag = _one(tags, tag_id)
        return self._form(asking, request, tags, tag, _typed(tag))

    async def save(self, tag_id: IdHere, asking: AskingHere, request: Request) -> Response:
        """Make or edit a tag; what cannot be used comes back as it was typed, with what is wrong."""
        asking.require("codebook.change")
        form = await form_of(request)
        typed = {name: form[name] for name in _FIELDS if name in form}
        typed["retired"] = "yes" if "retired" in form else ""
        tags = await self._tags(asking)
        tag = None if tag_id == NEW else _one(tags, tag_id)
        try:
            await self._run(asking, request, form, _saving(tag, typed, form))
        except ValidationError as error:
            fields = {str(one["loc"][0]) for one in error.errors() if one["loc"]}
            wrong: Said = ("codebook.problem.fields", {})
            return self._form(asking, request, tags, tag, typed, wrong=wrong, fields=fields, status=422)
        except BackchannelError as error:
            wrong = _said(error)
            return self._form(asking, request, tags, tag, typed, wrong=wrong, status=error.status)
        return _back(asking, "saved")

    async def preset(self, asking: AskingHere, request: Request) -> Response:
        """Add a preset."""
        asking.require("codebook.change")
        form = await form_of(request)
        wanted = form.get("set", "")
        if wanted not in set(TagSet):
            raise NotFound("There is no such set.", remedy="Choose one of the list.")
        return await self._do(
            asking, request, form, lambda tx: codebook.add_preset(tx, TagSet(wanted)), "preset"
        )

    async def keep(self, asking: AskingHere, request: Request) -> Response:
        """Keep the codebook as it is."""
        asking.require("codebook.change")
        form = await form_of(request)
        note = form.get("note", "")[:200]
        return await self._do(asking, request, form, lambda tx: codebook_versions.keep(tx, note), "kept")

    async def differences(self, asking: AskingHere, request: Request) -> Response:
        """What a file would change. Nothing is changed yet."""
        asking.require("codebook.change")
        try:
            text = await file_of_form(request, "file")
        except UnicodeDecodeError:
            return await self._list(asking, request, wrong=("codebook.problem.text", {}), status=422)
        if len(text) > FILE_MOST:
            return await self._list(asking, request, wrong=("codebook.problem.large", {}), status=422)
        return await self._differences(asking, request, text, "qdc" if _is_xml(text) else "csv")

    async def take_in(self, asking: AskingHere, request: Request) -> Response:
        """Take in a file whose differences were shown."""
        asking.require("codebook.change")
        names = ("text", "format", "version", "retire", "cause")
        try:
            form = {name: await file_of_form(request, name) for name in names}
        except UnicodeDecodeError:
            return await self._list(asking, request, wrong=("codebook.problem.text", {}), status=422)
        kind: Format = "qdc" if form["format"] == "qdc" else "csv"
        version = int(form["version"]) if form["version"].isdecimal() else -1

        def take(tx: Tx) -> dict[str, Any]:
            retire = form["retire"] == "yes"
            return codebook_versions.take_in(tx, form["text"], kind, version, retire=retire)

        try:
            await self._run(asking, request, form, take)
        except (Stale, CauseReused):
            return await self._differences(asking, request, form["text"], kind, stale=True)
        except BackchannelError as error:
            return await self._list(asking, request, wrong=_said(error), status=error.status)
        return _back(asking, "imported")

    async def file(
        self,
        asking: AskingHere,
        format: Format = "csv",  # noqa: A002 - its name in the address
        version: Annotated[int | None, Query(ge=0, le=2**31 - 1)] = None,
    ) -> Response:
        """The codebook, or a version of it that was kept, as a file to save."""
        asking.require("codebook.see")
        event = asking.event
        found = await self._journal.store.read(
            lambda conn: (
                stored.listed(conn, event.id)
                if version is None
                else stored.edition(conn, event.id, version)
            )
        )
        if found is None:
            raise NotFound("This version of the codebook was not kept.", remedy="Choose one of the list.")
        return file_of(found, event, format, version)

    async def _differences(
        self, asking: Asking, request: Request, text: str, kind: Format, *, stale: bool = False
    ) -> Response:
        version, tags = await self._journal.store.read(
            lambda conn: (stored.version(conn, asking.event.id), stored.listed(conn, asking.event.id))
        )
        try:
            found = codebook_versions.read(text, kind, tags)
        except BadCodebook as error:
            return await self._list(asking, request, wrong=_said(error), status=422)
        return self._page(
            asking,
            request,
            "codebook_import.html",
            status=409 if stale else 200,
            found=found,
            text=text,
            format=kind,
            version=version,
            stale=stale,
        )

    async def _tags(self, asking: Asking) -> list[Tag]:
        return await self._journal.store.read(lambda conn: stored.listed(conn, asking.event.id))

    async def _do(
        self,
        asking: Asking,
        request: Request,
        form: Mapping[str, str],
        fn: Callable[[Tx], dict[str, Any]],
        did: str,
    ) -> Response:
        try:
            await self._run(asking, request, form, fn)
        except BackchannelError as error:
            return await self._list(asking, request, wrong=_said(error), status=error.status)
        return _back(asking, did)

    async def _run(
        self,
        asking: Asking,
        request: Request,
        form: Mapping[str, str],
        fn: Callable[[Tx], dict[str, Any]],
    ) -> None:
        cause, body = form.get("cause") or None, await command_body(request)
        await self._journal.command(asking.event.id, asking.actor, fn, cause=cause, body=body)

    async def _list(
        self,
        asking: Asking,
        request: Request,
        *,
        did: str = "",
        wrong: Said | None = None,
        status: int = 200,
    ) -> Response:
        event = asking.event

        def read(conn: Any) -> tuple[Any, ...]:
            editions = stored.editions(conn, event.id)
            who = {one.fixed_by.removeprefix("person:") for one in editions}
            return (
                stored.listed(conn, event.id),
                stored.version(conn, event.id),
                stored.uses(conn, event.id),
                editions,
                people.names(conn, who),
            )

        tags, version, uses, editions, names = await self._journal.store.read(read)
        ordered = tree(tags)
        return self._page(
            asking,
            request,
            "codebook.html",
            status=status,
            sets=[(one, [row for row in ordered if row[0].set is one]) for one in SETS],
            presets=[one for one in SETS if PRESETS[one]],
            version=version,
            uses=uses,
            editions=editions,
            names=names,
            did=did,
            wrong=wrong,
        )

    def _form(
        self,
        asking: Asking,
        request: Request,
        tags: list[Tag],
        tag: Tag | None,
        typed: Mapping[str, str],
        *,
        wrong: Said | None = None,
        fields: frozenset[str] | set[str] = frozenset(),
        status: int = 200,
    ) -> Response:
        way = ways(tags)
        inside = {tag.id} if tag else set()
        for one, _ in tree(tags):
            if one.parent in inside:
                inside.add(one.id)
        above = [(one.id, way[one.id]) for one, _ in tree(tags) if one.id not in inside and not one.retired]
        return self._page(
            asking,
            request,
            "codebook_tag.html",
            status=status,
            tag=tag,
            typed=typed,
            above=above,
            sets=SETS,
            keys={one.key: one.name for one in tags if one.key and not one.retired and one is not tag},
            wrong=wrong,
            fields=fields,
        )

    def _page(
        self, asking: Asking, request: Request, template: str, *, status: int = 200, **context: Any
    ) -> Response:
        lang = self._views.words.offered(request, asking.event.languages)
        return self._views.page(
            request,
            template,
            status=status,
            lang=lang,
            when=When(asking.event.zone, lang, self._views.words),
            visitor=asking.visitor,
            event=asking.event,
            here=f"/codebook/{asking.event.slug}",
            changes=may(asking.roles, "codebook.change"),
            cause=new_cause(),
            new_cause=new_cause,
            **context,
        )


def _saving(
    tag: Tag | None, typed: Mapping[str, str], form: Mapping[str, str]
) -> Callable[[Tx], dict[str, Any]]:
    """The command that a form asks for. Raises ValidationError."""
    given: dict[str, Any] = {name: value for name, value in typed.items() if name != "retired"}
    if tag is None:
        given.pop("position", None)
        new = NewTag.model_validate({**given, "parent": given.get("parent") or None})
        return lambda tx: codebook.add_tag(tx, new)
    version = form.get("version", "")
    sent = {**given, "retired": bool(typed["retired"]), "version": version if version.isdecimal() else -1}
    change = TagChange.model_validate({name: value for name, value in sent.items() if value is not None})
    return lambda tx: codebook.change_tag(tx, tag.id, change)


def _typed(tag: Tag) -> dict[str, str]:
    return {
        "name": tag.name,
        "definition": tag.definition,
        "example": tag.example,
        "set": tag.set.value,
        "parent": tag.parent or "",
        "colour": str(tag.colour),
        "key": tag.key,
        "position": str(tag.position),
        "retired": "yes" if tag.retired else "",
    }


def _one(tags: list[Tag], tag_id: str) -> Tag:
    found = next((tag for tag in tags if tag.id == tag_id), None)
    if found is None:
        raise NotFound("There is no such tag in this event's codebook.")
    return found


def _said(error: BackchannelError) -> Said:
    """What went wrong, as a key of the catalogue with its fields."""
    if isinstance(error, BadCodebook):
        said = error.details
        return f"codebook.problem.{said['code']}", {**said["params"], "line": said["line"]}
    if isinstance(error, Stale | CauseReused):
        return "codebook.problem.stale", {}
    other = error.details.get("tag")
    if isinstance(other, dict):
        return f"codebook.problem.taken_{error.details['field']}", {"name": other["name"]}
    if isinstance(error, BadInput | NotFound):
        return "codebook.problem.fields", {}
    return "codebook.problem.refused", {}


def _is_xml(text: str) -> bool:
    return text.lstrip().startswith("<")


def _back(asking: Asking, did: str) -> Response:
    return RedirectResponse(f"/codebook/{asking.event.slug}?did={did}", 303)
