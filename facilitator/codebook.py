"""The codebook: an event's tags, each with a name, a tint, a place under another one, and perhaps a digit
that sets it at the desk."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from facilitator.codebook_csv import MOST_TAGS
from facilitator.guards import require_version, tag_of
from facilitator.outline import require_tree
from facilitator.presets import PRESETS, Usual, words_of
from facilitator.programme import Id, Position, Version, line, lines
from wall.codebook import TagSet
from wall.entries import kinds
from wall.errors import NotFound, Refused
from wall.journal import Tx
from wall.model import Frozen, new_id
from wall.parallel import Tag, TagKey
from wall.store import codebook

TagWords = Annotated[
    str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True), BeforeValidator(line)
]
Described = Annotated[
    str, StringConstraints(max_length=2_000, strip_whitespace=True), BeforeValidator(lines)
]
Colour = Annotated[int, Field(ge=0, le=5)]
AboveId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{0,63}$")]
"""Id of the tag above; empty: it stands at the top."""


class NewTag(Frozen):
    """A tag to add. `key` is the digit that sets it at the desk, or nothing; `colour` one of six tints.
    A tag below another one is in its set."""

    name: TagWords
    key: TagKey = ""
    colour: Colour = 0
    set: TagSet = TagSet.OWN
    parent: Id | None = None
    definition: Described = ""
    example: Described = ""


class TagChange(Frozen):
    """What to change in a tag that was looked at as `version`. A retired tag stays where it was set."""

    version: Version
    name: TagWords | None = None
    key: TagKey | None = None
    colour: Colour | None = None
    position: Position | None = None
    retired: bool | None = None
    set: TagSet | None = None
    parent: AboveId | None = None
    definition: Described | None = None
    example: Described | None = None


def add_tag(tx: Tx, new: NewTag) -> dict[str, Any]:
    """Add a tag at the codebook's end. Raises NotFound for its parent, and Refused where another tag in
    use has its key, or its name in the same place: `tag` says which."""
    listed = codebook.listed(tx.conn, tx.event.id)
    tag = made(tx, listed, new)
    _require_place(tag, listed)
    stored(tx, tag)
    return _tag(tag)


def add_preset(tx: Tx, wanted: TagSet = TagSet.KIND) -> dict[str, Any]:
    """Add the tags of a preset that are missing, in the event's first language (English where we have no
    words in it). A key that is taken is left to who has it. Some sets begin empty."""
    listed = codebook.listed(tx.conn, tx.event.id)
    there = {tag.code for tag in listed if tag.set is wanted}
    names = {tag.name.casefold() for tag in listed if tag.parent is None and not tag.retired}
    added: list[Tag] = []
    for usual in PRESETS[wanted]:
        tag = _usual(tx, usual, wanted, [*listed, *added])
        if usual.code not in there and tag.name.casefold() not in names:
            stored(tx, tag)
            added.append(tag)
    return {"tags": [tag.id for tag in added]}


def change_tag(tx: Tx, tag_id: str, change: TagChange) -> dict[str, Any]:
    """Edit, move, retire or bring back a tag; what stands below one that moves to another set goes with
    it. Raises NotFound, Stale, BadCodebook for a circle, and Refused as `add_tag`."""
    tag = tag_of(tx, tag_id)
    require_version(tag, change.version)
    given = change.model_dump(exclude={"version"}, exclude_none=True)
    tags = {one.id: one for one in codebook.listed(tx.conn, tx.event.id)}
    return _tag(changed(tx, tag, given, tags))


def changed(tx: Tx, tag: Tag, given: dict[str, Any], tags: dict[str, Tag]) -> Tag:
    """Write what is different in a tag, if anything is; `tags` are all, and are kept up with it."""
    listed = list(tags.values())
    if "parent" in given:
        given = {**given, "parent": given["parent"] or None}
    now = tag.model_copy(update=given)
    now = now.model_copy(update={"set": _set_of(now, listed, moved="set" in given)})
    fields = [name for name in Tag.model_fields if getattr(now, name) != getattr(tag, name)]
    if not fields:
        return tag
    now = now.model_copy(update={"version": tag.version + 1})
    _require_place(now, listed)
    tags[tag.id] = now
    codebook.save(tx.conn, now)
    codebook.bump(tx.conn, tx.event.id)
    tx.append(kinds.TagChanged(fields=tuple(sorted(fields))), ("tag", tag.id))
    for below in listed:
        if below.parent == tag.id and below.set is not now.set:
            changed(tx, below, {"set": now.set}, tags)
    return now


def made(tx: Tx, listed: list[Tag], new: NewTag, **more: Any) -> Tag:
    """A tag at the codebook's end that is not stored yet. Raises NotFound, Refused."""
    if len(listed) >= MOST_TAGS:
        raise Refused(f"A codebook has at most {MOST_TAGS} tags.", remedy="Rename one that is retired.")
    position = min(max((tag.position for tag in listed), default=-1) + 1, 10_000)
    own = {"id": new_id(), "event_id": tx.event.id, "position": position, "retired": False, "version": 1}
    tag = Tag(**{**new.model_dump(), **own, **more})
    return tag.model_copy(update={"set": _set_of(tag, listed, moved=False)})


def stored(tx: Tx, tag: Tag) -> None:
    """Store a new tag, with the entry that says so."""
    codebook.add(tx.conn, tag)
    codebook.bump(tx.conn, tx.event.id)
    tx.append(kinds.TagAdded(), ("tag", tag.id))


def _usual(tx: Tx, usual: Usual, wanted: TagSet, listed: list[Tag]) -> Tag:
    name, definition, example = words_of(usual, tx.event.languages[0].partition("-")[0])
    taken = {tag.key for tag in listed if not tag.retired}
    key = "" if usual.key in taken else usual.key
    described = {"definition": definition, "example": example}
    new = NewTag(name=name, key=key, colour=usual.colour, set=wanted, **described)
    return made(tx, listed, new, code=usual.code)


def _set_of(tag: Tag, listed: list[Tag], *, moved: bool) -> TagSet:
    """The set that a tag is in: its parent's. Raises NotFound, Refused."""
    if tag.parent is None:
        if moved and tag.code:
            raise _coded(tag)
        return tag.set
    parent = next((other for other in listed if other.id == tag.parent), None)
    if parent is None:
        raise NotFound("There is no such tag to put it under.", remedy="Choose another one.")
    if tag.code and parent.set is not tag.set:
        raise _coded(tag)
    return parent.set


def _coded(tag: Tag) -> Refused:
    return Refused(
        "A tag of a preset stays in its set.",
        remedy="Add a tag of your own to the other set.",
        field="set",
        tag={"id": tag.id, "name": tag.name},
    )


def _require_place(tag: Tag, listed: list[Tag]) -> None:
    """Raise Refused when another tag in use answers to this one's key, or to its name in the same place;
    BadCodebook when it would be above itself."""
    require_tree({**{other.id: other for other in listed}, tag.id: tag})
    if tag.retired:
        return
    for other in listed:
        if other.id == tag.id or other.retired:
            continue
        if tag.key and tag.key == other.key:
            raise _taken("key", "Another tag has this key.", "Choose another digit, or none.", other)
        if tag.parent == other.parent and tag.name.casefold() == other.name.casefold():
            raise _taken("name", "Another tag has this name.", "Choose another name.", other)


def _taken(field: str, message: str, remedy: str, other: Tag) -> Refused:
    return Refused(message, remedy=remedy, field=field, tag={"id": other.id, "name": other.name})


def _tag(tag: Tag) -> dict[str, Any]:
    return {"tag": tag.id, "version": tag.version}
