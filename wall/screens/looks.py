"""An event's own look: its colours, its logo and fonts, and the file in which all of it travels."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, model_validator
from sqlalchemy import Connection

from wall.display import Theme
from wall.entries import display_kinds
from wall.errors import BadInput, Stale
from wall.journal import Tx
from wall.look import (
    FILE_BYTES,
    Colours,
    EventLook,
    FileKind,
    LookFile,
    Slot,
    digest_of,
    stylesheet,
    unreadable,
)
from wall.model import Frozen
from wall.screens.typed import Name
from wall.store import looks

FILE_VERSION = 1
_BASE64_BYTES = FILE_BYTES * 4 // 3 + 4


class Prepared(NamedTuple):
    """A file that was looked into and may be kept. `width` and `height` of a logo, in pixels."""

    kind: FileKind
    name: str
    content: bytes
    width: int = 0
    height: int = 0

    @property
    def described(self) -> LookFile:
        """The file without what is in it."""
        return LookFile(
            digest=hashlib.blake2b(self.content, digest_size=16).hexdigest(),
            kind=self.kind,
            name=self.name,
            size=len(self.content),
            width=self.width,
            height=self.height,
        )


class LookChange(Frozen):
    """What to change in a look that was looked at as `version` (0: none was ever edited). A theme is given
    whole: a colour that it does not name is ours again."""

    version: Annotated[int, Field(ge=0, le=2**31 - 1)]
    dark: Colours | None = None
    light: Colours | None = None
    contrast: Colours | None = None
    variable: bool | None = None


class CarriedFile(Frozen):
    """A file within a file: its name, and what is in it in base64."""

    name: Name
    content: Annotated[str, Field(max_length=_BASE64_BYTES)]


class LookCarried(Frozen):
    """A look as a file: everything that it is, and nothing of its event."""

    backchannel_look: Literal[1]
    dark: Colours = Colours()
    light: Colours = Colours()
    contrast: Colours = Colours()
    variable: bool = False
    files: Mapping[Slot, CarriedFile] = {}

    @model_validator(mode="before")
    @classmethod
    def _of_this_version(cls, given: Any) -> Any:
        """Raise BadInput for a file of another version, whatever else is in it."""
        version = given.get("backchannel_look") if isinstance(given, dict) else None
        if isinstance(version, int) and version != FILE_VERSION:
            raise BadInput(
                f"This look file is of version {version}; this server reads version {FILE_VERSION}.",
                remedy="Export the look again from a server of the same version as this one.",
                field="backchannel_look",
            )
        return given


def change(
    tx: Tx, change: LookChange, files: Mapping[Slot, Prepared | None] | None = None
) -> dict[str, Any]:
    """Edit the event's look; every page that shows the event follows. A file of None is taken away.
    Raises Stale, and BadInput for colours in which text could not be read."""
    before = looks.of(tx.conn, tx.event.id)
    _require_version(before, change.version)
    given = change.model_dump(include=change.model_fields_set - {"version"}, exclude_none=True)
    fields = EventLook(**before.model_dump() | given)
    return _save(tx, before, fields, _with(before.files, files or {}), files or {})


def bring(tx: Tx, files: Mapping[Slot, Prepared | None], version: int | None = None) -> dict[str, Any]:
    """Bring files, or take them away (None). Without a `version` it does not matter what the look is now.
    Raises Stale."""
    before = looks.of(tx.conn, tx.event.id)
    if version is not None:
        _require_version(before, version)
    return _save(tx, before, before, _with(before.files, files), files)


def replace(tx: Tx, carried: LookCarried, files: Mapping[Slot, Prepared]) -> dict[str, Any]:
    """Take a look over from a file, whole. Raises BadInput for colours in which text could not be read."""
    before = looks.of(tx.conn, tx.event.id)
    fields = EventLook(**carried.model_dump(include={"dark", "light", "contrast", "variable"}))
    return _save(tx, before, fields, _with({}, files), files)


def copy(tx: Tx, event_id: str) -> None:
    """Let this event look like another one."""
    theirs = looks.of(tx.conn, event_id)
    files: dict[Slot, Prepared] = {}
    for slot, file in theirs.files.items():
        if found := looks.file(tx.conn, event_id, file.digest):
            files[slot] = Prepared(file.kind, file.name, found[1], file.width, file.height)
    _save(tx, looks.of(tx.conn, tx.event.id), theirs, _with({}, files), files)


def value(conn: Connection, event_id: str, path: str) -> dict[str, Any]:
    """An event's look as the API says it; `path` is where its files are."""
    look = looks.of(conn, event_id)
    files = {slot.value: _file_value(file, path) for slot, file in look.files.items()}
    return look.model_dump(mode="json", exclude={"files"}) | {"files": files}


def file_of(conn: Connection, event_id: str) -> dict[str, Any]:
    """An event's look as a file."""
    look = looks.of(conn, event_id)
    files = {}
    for slot, file in look.files.items():
        found = looks.file(conn, event_id, file.digest)
        if found is not None:
            files[slot.value] = {"name": file.name, "content": base64.b64encode(found[1]).decode("ascii")}
    chosen = look.model_dump(mode="json", exclude={"files", "version"})
    return {"backchannel_look": FILE_VERSION, **chosen, "files": files}


def path_of(slug: str) -> str:
    """Where the files of an event's look are."""
    return f"/look/{slug}/"


def require_readable(look: EventLook) -> None:
    """Raise BadInput, with the nearest colours that would do, unless all text of a look can be read."""
    found = unreadable(look)
    if not found:
        return
    first = found[0]
    raise BadInput(
        f"Text could not be read: the {first.text} on the {first.on} of the {first.theme.value} theme "
        f"has a contrast of {first.ratio:.1f}:1 and needs {first.needed:g}:1.",
        remedy="Take the proposed colours, or choose others that are further apart.",
        field=f"{first.theme.value}.{first.text}",
        unreadable=[
            {
                "theme": one.theme.value,
                "text": one.text,
                "on": one.on,
                "ratio": round(one.ratio, 2),
                "needed": one.needed,
                "proposal": one.proposal,
            }
            for one in found
        ],
    )


def _file_value(file: LookFile, path: str) -> dict[str, Any]:
    return file.model_dump(mode="json") | {"url": f"{path}{file.digest}.{file.kind.value}"}


def _require_version(look: EventLook, version: int) -> None:
    if look.version != version:
        current = look.model_dump(mode="json")
        raise Stale("This look changed since you looked at it.", current=current)


def _with(before: Mapping[Slot, LookFile], files: Mapping[Slot, Prepared | None]) -> dict[Slot, LookFile]:
    now = {**before, **{slot: file.described for slot, file in files.items() if file is not None}}
    gone = {slot for slot, file in files.items() if file is None}
    return {slot: now[slot] for slot in Slot if slot in now and slot not in gone}


def _save(
    tx: Tx,
    before: EventLook,
    fields: EventLook,
    described: Mapping[Slot, LookFile],
    files: Mapping[Slot, Prepared | None],
) -> dict[str, Any]:
    now = fields.model_copy(update={"files": described, "version": before.version})
    require_readable(now)
    if changed := _differing(before, now):
        now = now.model_copy(update={"version": before.version + 1})
        looks.save(tx.conn, tx.event.id, now)
        for file in files.values():
            if file is not None:
                looks.keep(tx.conn, tx.event.id, file.described.digest, file.kind, file.content)
        sheet = stylesheet(now, path_of(tx.event.slug))
        digest = digest_of(sheet) if sheet else None
        tx.change_event(look=digest, version=tx.event.version + 1)
        tx.append(display_kinds.LookChanged(fields=changed), ("event", tx.event.id))
        return {"look": digest, "version": now.version}
    return {"look": tx.event.look, "version": now.version}


def _differing(before: EventLook, now: EventLook) -> tuple[str, ...]:
    names = [theme.value for theme in Theme] + ["variable"]
    plain = [name for name in names if getattr(before, name) != getattr(now, name)]
    slots = [slot.value for slot in Slot if before.files.get(slot) != now.files.get(slot)]
    return tuple(sorted([*plain, *slots]))
