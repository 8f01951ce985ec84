"""The codebook as a tree, and as files see it: what stands under what, which way leads to a tag, and what
a file would change. Pure.

A file's tags are in a list in which each one's parent is named by its place. Nothing here knows of a
database: `difference` says what an import would do, and somebody sees that before it is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from facilitator.presets import SETS
from wall.codebook import TagSet
from wall.errors import BadInput
from wall.parallel import Tag

DEEPEST = 6
"""Levels of a codebook."""
STEP = " > "
"""What stands between the names of a way to a tag."""


class BadCodebook(BadInput):
    """A codebook that cannot be: `details` has the code of why (there are words for it), its parameters,
    and the line of the file where it is of one."""

    code = "bad_codebook"
    remedy = "Correct the file and send it again. Until then the codebook stays as it is."


def bad_codebook(message: str, why: str, *, line: int | None = None, **params: str | int) -> BadCodebook:
    """The error of a codebook that cannot be; `why` is its code, `line` that of its file."""
    where = f"Line {line}: " if line is not None else ""
    return BadCodebook(f"{where}{message}", code=why, line=line, params=params)


@dataclass(frozen=True)
class FileTag:
    """A tag as a file has it. None where the file says nothing of it. `id` is the tag's own where the file
    was ours; `parent` the place of its parent in the file, `above` the id of one that is only here."""

    name: str
    id: str | None = None
    code: str | None = None
    parent: int | None = None
    above: str | None = None
    definition: str | None = None
    example: str | None = None
    colour: int | None = None
    key: str | None = None
    set: TagSet | None = None
    retired: bool | None = None


@dataclass(frozen=True)
class Change:
    """What a file changes in a tag: field → (what is, what will be); a parent by its name."""

    tag: Tag
    fields: dict[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Difference:
    """What an import would do. `matched`: place in the file → id of the tag that it is; the places that
    are not in it are `added`. `missing` are tags in use that the file does not have."""

    file: tuple[FileTag, ...]
    matched: dict[int, str]
    added: tuple[int, ...]
    changed: tuple[Change, ...]
    missing: tuple[Tag, ...]

    @property
    def same(self) -> int:
        """How many tags stay as they are."""
        return len(self.matched) - len(self.changed)

    @property
    def empty(self) -> bool:
        """Whether nothing would change."""
        return not self.added and not self.changed


def tree(tags: Iterable[Tag]) -> list[tuple[Tag, int]]:
    """Tags in the order of a page, each with its depth from 0: set by set, each under its parent, as they
    are placed. A tag whose parent is not among them stands at the top."""
    listed = sorted(tags, key=lambda tag: (SETS.index(tag.set), tag.position, tag.id))
    known = {tag.id for tag in listed}
    below: dict[str | None, list[Tag]] = {}
    for tag in listed:
        below.setdefault(tag.parent if tag.parent in known else None, []).append(tag)
    return list(_down(below, None, 0))


def _down(
    below: Mapping[str | None, list[Tag]], parent: str | None, depth: int
) -> Iterator[tuple[Tag, int]]:
    for tag in below.get(parent, ()):
        yield tag, depth
        yield from _down(below, tag.id, depth + 1)


def ways(tags: Iterable[Tag]) -> dict[str, str]:
    """The way to each tag, by its id: the names from the top, such as "Wellbeing > Sleep"."""
    by_id = {tag.id: tag for tag in tags}
    return {tag_id: STEP.join(one.name for one in reversed(above(by_id, tag_id))) for tag_id in by_id}


def above(tags: Mapping[str, Tag], tag_id: str) -> list[Tag]:
    """A tag and those above it, from itself up. Raises BadCodebook for one that is above itself."""
    found: list[Tag] = []
    at: str | None = tag_id
    while at is not None and at in tags:
        tag = tags[at]
        if tag in found:
            raise circle(tag.name, found[-1].name)
        found.append(tag)
        at = tag.parent
    return found


def require_tree(tags: Mapping[str, Tag]) -> None:
    """Raise BadCodebook for a tag that is above itself, or below more than DEEPEST levels."""
    for tag_id, tag in tags.items():
        if len(above(tags, tag_id)) > DEEPEST:
            raise bad_codebook(
                f"'{tag.name}' would be more than {DEEPEST} levels down.",
                "deep",
                name=tag.name,
                most=DEEPEST,
            )


def circle(name: str, other: str) -> BadCodebook:
    """Why two tags cannot be above each other."""
    if name == other:
        return bad_codebook(f"'{name}' cannot be above itself.", "itself", name=name)
    return bad_codebook(
        f"'{name}' would be above '{other}', and '{other}' above '{name}': a tag cannot be above itself.",
        "circle",
        name=name,
        other=other,
    )


def difference(here: Sequence[Tag], file: Sequence[FileTag]) -> Difference:
    """What taking a file into a codebook would do. Tags are the same by their id, by what they are of a
    preset, or by the way to them. Raises BadCodebook for a file that would make a circle, two tags in
    one place, or a key that sets two."""
    matched = _matched(here, file)
    by_id = {tag.id: tag for tag in here}
    if len(set(matched.values())) < len(matched):
        twice = next(place for place, found in matched.items() if list(matched.values()).count(found) > 1)
        raise bad_codebook(f"'{file[twice].name}' is there twice.", "twice", name=file[twice].name)
    names = {tag.id: tag.name for tag in here}
    changed = tuple(
        Change(by_id[found], fields)
        for place, found in matched.items()
        if (fields := _fields(by_id[found], file, place, matched, names))
    )
    there = set(matched.values())
    added = tuple(place for place in range(len(file)) if place not in matched)
    missing = tuple(tag for tag in here if tag.id not in there and not tag.retired)
    return Difference(tuple(file), matched, added, changed, missing)


def _matched(here: Sequence[Tag], file: Sequence[FileTag]) -> dict[int, str]:
    ids = {tag.id for tag in here}
    codes = {(tag.set, tag.code): tag.id for tag in here if tag.code}
    by_way = {way.casefold(): tag_id for tag_id, way in ways(here).items()}
    in_file = _ways_of(file)
    matched: dict[int, str] = {}
    for place, one in enumerate(file):
        found = one.id if one.id in ids else None
        if found is None and one.code and one.set:
            found = codes.get((one.set, one.code))
        if found is None:
            found = by_way.get(in_file[place].casefold())
        if found is not None:
            matched[place] = found
    return matched


def _ways_of(file: Sequence[FileTag]) -> list[str]:
    """The ways to a file's tags by their names. Raises BadCodebook for a circle."""
    found = []
    for place in range(len(file)):
        names: list[str] = []
        seen: set[int] = set()
        at: int | None = place
        while at is not None:
            if at in seen:
                raise circle(file[place].name, names[-1])
            seen.add(at)
            names.append(file[at].name)
            at = file[at].parent
        found.append(STEP.join(reversed(names)))
    return found


def _fields(
    tag: Tag, file: Sequence[FileTag], place: int, matched: Mapping[int, str], names: Mapping[str, str]
) -> dict[str, tuple[Any, Any]]:
    """What a file's tag says otherwise than the tag that it is."""
    one = file[place]
    fields: dict[str, tuple[Any, Any]] = {}
    for name in ("name", "definition", "example", "colour", "key", "retired"):
        said = getattr(one, name)
        if said is not None and said != getattr(tag, name):
            fields[name] = (getattr(tag, name), said)
    if one.set is not None and one.set is not tag.set and not tag.code:
        fields["set"] = (tag.set, one.set)
    parent, shown = _parent(file, one, matched, names)
    if parent != tag.parent:
        fields["parent"] = (names.get(tag.parent or "", ""), shown)
    return fields


def _parent(
    file: Sequence[FileTag], one: FileTag, matched: Mapping[int, str], names: Mapping[str, str]
) -> tuple[str | None, str]:
    """The id of a file tag's parent ("" for one that is still to be added), and its name."""
    if one.parent is None:
        return one.above, names.get(one.above or "", "")
    return matched.get(one.parent, ""), file[one.parent].name
