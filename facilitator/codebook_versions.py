"""Versions of the codebook that are kept whole, and files that are taken into it."""

from __future__ import annotations

from typing import Any, Literal

from facilitator.codebook import NewTag, changed, made, stored
from facilitator.codebook_csv import from_csv
from facilitator.codebook_qdc import from_qdc
from facilitator.outline import Difference, bad_codebook, difference, require_tree
from wall.codebook import Edition, TagSet
from wall.entries import codebook_kinds
from wall.errors import Stale
from wall.journal import Tx
from wall.parallel import Tag
from wall.store import codebook

Format = Literal["csv", "qdc"]


def keep(tx: Tx, note: str) -> dict[str, Any]:
    """Keep the codebook as it is under its present version. One that is kept already stays as it was."""
    number = codebook.version(tx.conn, tx.event.id)
    if codebook.edition(tx.conn, tx.event.id, number) is None:
        listed = codebook.listed(tx.conn, tx.event.id)
        head = Edition(version=number, note=note, tags=len(listed), fixed_by=tx.actor, fixed_at=tx.now)
        codebook.keep(tx.conn, tx.event.id, head, listed)
        tx.append(codebook_kinds.CodebookFixed(version=number))
    return {"version": number}


def read(text: str, form: Format, here: list[Tag]) -> Difference:
    """What taking this file into the codebook would do. Raises BadCodebook."""
    file = from_csv(text, here) if form == "csv" else from_qdc(text)
    found = difference(here, file)
    require_tree(_after(here, found))
    _require_names(_after(here, found))
    return found


def take_in(tx: Tx, text: str, form: Format, version: int, *, retire: bool = False) -> dict[str, Any]:
    """Take a file into the codebook that was looked at as `version`; that version is kept. `retire`: tags
    that the file does not have are retired, else they stay. Raises BadCodebook, Refused, Stale."""
    now = codebook.version(tx.conn, tx.event.id)
    if now != version:
        raise Stale("The codebook changed since you looked at the differences.", current={"version": now})
    here = codebook.listed(tx.conn, tx.event.id)
    found = read(text, form, here)
    if here:
        keep(tx, "")
    added, edited = len(found.added), len(found.changed)
    tx.append(codebook_kinds.CodebookImported(format=form, added=added, changed=edited))
    missing = found.missing if retire else ()
    _Taking(tx, found, here).run(missing)
    return {"added": added, "changed": edited, "retired": len(missing)}


class _Taking:
    """A difference as it is being made, with the tags as they are by then."""

    def __init__(self, tx: Tx, found: Difference, here: list[Tag]) -> None:
        self._tx = tx
        self._found = found
        self._tags = {tag.id: tag for tag in here}
        self._ids = dict(found.matched)

    def run(self, missing: tuple[Tag, ...]) -> None:
        """Retire, add and change. Keys are given up before others take them."""
        for tag in missing:
            self._change(tag.id, {"retired": True})
        for change in self._found.changed:
            if "key" in change.fields and change.tag.key:
                self._change(change.tag.id, {"key": ""})
        for place in self._found.added:
            self._added(place)
        places = {tag_id: place for place, tag_id in self._found.matched.items()}
        for change in self._found.changed:
            given = {name: new for name, (_, new) in change.fields.items() if name != "parent"}
            if "parent" in change.fields:
                given["parent"] = self._above(places[change.tag.id]) or ""
            self._change(change.tag.id, given)

    def _change(self, tag_id: str, given: dict[str, Any]) -> None:
        changed(self._tx, self._tags[tag_id], given, self._tags)

    def _above(self, place: int) -> str | None:
        one = self._found.file[place]
        return one.above if one.parent is None else self._added(one.parent)

    def _added(self, place: int) -> str:
        """The id of a file's tag, which is added now if it is not there; those above it first."""
        if place not in self._ids:
            one = self._found.file[place]
            new = NewTag(
                name=one.name,
                key=one.key or "",
                colour=one.colour or 0,
                set=one.set or TagSet.OWN,
                parent=self._above(place),
                definition=one.definition or "",
                example=one.example or "",
            )
            tag = made(self._tx, list(self._tags.values()), new, retired=bool(one.retired))
            stored(self._tx, tag)
            self._tags[tag.id] = tag
            self._ids[place] = tag.id
        return self._ids[place]


def _after(here: list[Tag], found: Difference) -> dict[str, Tag]:
    """The codebook as it would be, with made-up ids for what is added."""
    ids = {**{place: f"new-{place}" for place in found.added}, **found.matched}
    tags = {tag.id: tag for tag in here}
    for place, tag_id in ids.items():
        one = found.file[place]
        parent = ids[one.parent] if one.parent is not None else one.above
        said = {
            name: value
            for name in ("name", "key", "retired", "set")
            if (value := getattr(one, name)) is not None
        }
        blank = {"id": tag_id, "event_id": "", "key": "", "colour": 0, "position": 0, "retired": False}
        base = tags.get(tag_id) or Tag(**{**blank, "name": one.name, "version": 1})
        tags[tag_id] = base.model_copy(update={**said, "parent": parent})
    return tags


def _require_names(tags: dict[str, Tag]) -> None:
    """Raise BadCodebook where two tags in use would have one name in one place, or one key."""
    names: dict[tuple[str | None, str], str] = {}
    keys: dict[str, str] = {}
    for tag in tags.values():
        if tag.retired:
            continue
        place = (tag.parent, tag.name.casefold())
        if place in names:
            raise bad_codebook(f"'{tag.name}' is there twice in one place.", "twice", name=tag.name)
        names[place] = tag.id
        if tag.key and tag.key in keys:
            raise bad_codebook(
                f"The key {tag.key} would set both '{keys[tag.key]}' and '{tag.name}'.",
                "keys",
                key=tag.key,
                name=keys[tag.key],
                other=tag.name,
            )
        if tag.key:
            keys[tag.key] = tag.name
