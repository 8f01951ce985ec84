"""The codebook: an event's tags, each with a name, a tint, and perhaps a digit that sets it at the desk."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from facilitator.guards import require_version, tag_of
from facilitator.programme import Position, Version, line
from wall.entries import kinds
from wall.errors import Refused
from wall.journal import Tx
from wall.model import Frozen, new_id
from wall.parallel import Tag, TagKey
from wall.store import codebook

MOST_TAGS = 100
"""Tags of one codebook, retired ones included."""

USUAL = {
    "en": ("Question", "Comment", "Experience", "Evidence", "Resource", "Challenge", "Off-topic"),
    "fr": ("Question", "Commentaire", "Expérience", "Données", "Ressource", "Défi", "Hors sujet"),
}
"""The tags that most events begin with, by language; the digits from 1 set them."""
_TINTS = (0, 1, 2, 3, 4, 5, 1)

TagWords = Annotated[
    str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True), BeforeValidator(line)
]
Colour = Annotated[int, Field(ge=0, le=5)]


class NewTag(Frozen):
    """A tag to add. `key` is the digit that sets it at the desk, or nothing; `colour` one of six tints."""

    name: TagWords
    key: TagKey = ""
    colour: Colour = 0


class TagChange(Frozen):
    """What to change in a tag that was looked at as `version`. A retired tag stays where it was set."""

    version: Version
    name: TagWords | None = None
    key: TagKey | None = None
    colour: Colour | None = None
    position: Position | None = None
    retired: bool | None = None


def add_tag(tx: Tx, new: NewTag) -> dict[str, Any]:
    """Add a tag at the codebook's end. Raises Refused where another tag in use has its key or name:
    `tag` says which."""
    listed = codebook.listed(tx.conn, tx.event.id)
    tag = _new(tx, listed, new)
    _require_free(tag, listed)
    _add(tx, tag)
    return _tag(tag)


def add_usual(tx: Tx) -> dict[str, Any]:
    """Add the usual tags that are missing, in the event's first language (English where we have no
    words in it). A key that is taken is left to who has it."""
    listed = codebook.listed(tx.conn, tx.event.id)
    language = tx.event.languages[0].partition("-")[0]
    names = {tag.name.casefold() for tag in listed}
    keys = {tag.key for tag in listed if not tag.retired}
    added: list[Tag] = []
    for number, name in enumerate(USUAL.get(language, USUAL["en"]), start=1):
        if name.casefold() not in names and len(listed) + len(added) < MOST_TAGS:
            key = "" if str(number) in keys else str(number)
            tag = _new(tx, [*listed, *added], NewTag(name=name, key=key, colour=_TINTS[number - 1]))
            _add(tx, tag)
            added.append(tag)
    return {"tags": [tag.id for tag in added]}


def change_tag(tx: Tx, tag_id: str, change: TagChange) -> dict[str, Any]:
    """Edit, retire or bring back a tag. Raises NotFound, Stale, and Refused as `add_tag`."""
    tag = tag_of(tx, tag_id)
    require_version(tag, change.version)
    given = change.model_dump(exclude={"version"}, exclude_none=True)
    fields = {name: value for name, value in given.items() if value != getattr(tag, name)}
    if not fields:
        return _tag(tag)
    changed = tag.model_copy(update={**fields, "version": tag.version + 1})
    _require_free(changed, codebook.listed(tx.conn, tx.event.id))
    codebook.save(tx.conn, changed)
    tx.append(kinds.TagChanged(fields=tuple(sorted(fields))), ("tag", tag.id))
    return _tag(changed)


def _new(tx: Tx, listed: list[Tag], new: NewTag) -> Tag:
    if len(listed) >= MOST_TAGS:
        raise Refused(f"A codebook has at most {MOST_TAGS} tags.", remedy="Rename one that is retired.")
    position = min(max((tag.position for tag in listed), default=-1) + 1, 10_000)
    own = {"id": new_id(), "event_id": tx.event.id, "position": position, "retired": False, "version": 1}
    return Tag(**new.model_dump(), **own)


def _add(tx: Tx, tag: Tag) -> None:
    codebook.add(tx.conn, tag)
    tx.append(kinds.TagAdded(), ("tag", tag.id))


def _require_free(tag: Tag, listed: list[Tag]) -> None:
    """Raise Refused when another tag in use answers to this one's key or name."""
    if tag.retired:
        return
    for other in listed:
        if other.id == tag.id or other.retired:
            continue
        if tag.key and tag.key == other.key:
            raise _taken("Another tag has this key.", "Choose another digit, or none.", other)
        if tag.name.casefold() == other.name.casefold():
            raise _taken("Another tag has this name.", "Choose another name.", other)


def _taken(message: str, remedy: str, other: Tag) -> Refused:
    return Refused(message, remedy=remedy, tag={"id": other.id, "name": other.name})


def _tag(tag: Tag) -> dict[str, Any]:
    return {"tag": tag.id, "version": tag.version}
