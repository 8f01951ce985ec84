"""The codebook as REFI-QDA's exchange format (QDC, codebook 1.0, www.qdasoftware.org), which ATLAS.ti,
MAXQDA, NVivo, QualCoder and Taguette read and write. Pure.

An example stands in a code's description after a line "Example: …". Keys and what is retired have no
place in it: an import leaves them as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from uuid import NAMESPACE_URL, UUID, uuid5
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from facilitator.codebook_csv import MOST_TAGS, described, named
from facilitator.outline import DEEPEST, FileTag, bad_codebook
from facilitator.presets import SETS
from wall.codebook import TagSet
from wall.parallel import Tag

NAMESPACE = "urn:QDA-XML:codebook:1.0"
TINTS = ("#F2A48F", "#F0C46C", "#A9D08A", "#7FD1C8", "#97BDF5", "#CFAAF0")
"""The six tints as the dark theme has them; a colour of a file becomes the nearest of them."""
_EXAMPLE = "Example: "
_HEX = re.compile(r"^#([0-9A-Fa-f]{2})([0-9A-Fa-f]{2})([0-9A-Fa-f]{2})$")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What XML 1.0 has no way to write."""


def to_qdc(tags: Iterable[Tag], event: str) -> str:
    """The tags in use, one below the other as they stand, with a set for each of ours. `event` is the id
    from which the sets' own ids are made."""
    listed = sorted((tag for tag in tags if not tag.retired), key=lambda tag: (tag.position, tag.id))
    known = {tag.id for tag in listed}
    codes = "".join(_code(tag, listed) for tag in listed if tag.parent not in known)
    sets = "".join(_written_set(one, listed, event) for one in SETS)
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<CodeBook xmlns="{NAMESPACE}" origin="Backchannel">\n'
        f"<Codes>\n{codes}</Codes>\n" + (f"<Sets>\n{sets}</Sets>\n" if sets else "") + "</CodeBook>\n"
    )


def from_qdc(text: str) -> list[FileTag]:
    """The tags of a QDC file. Raises BadCodebook for what is none, and for a file with a document type:
    entities could make a small file into a huge one."""
    found = _Reading().read(text)
    if not found.tags:
        raise bad_codebook("There is no tag in this file.", "empty")
    in_sets = {guid: one for guid, one in found.sets.items() if one is not None}
    placed = [replace(one, set=in_sets.get(one.id or "")) for one in found.tags]
    return [_inheriting(placed, place) for place in range(len(placed))]


def _inheriting(tags: Sequence[FileTag], place: int) -> FileTag:
    """A tag below one that is in a set is in it too."""
    at = tags[place]
    while at.set is None and at.parent is not None:
        at = tags[at.parent]
    return replace(tags[place], set=at.set)


def _code(tag: Tag, listed: Sequence[Tag]) -> str:
    words = "\n".join(part for part in (tag.definition, tag.example and _EXAMPLE + tag.example) if part)
    below = "".join(_code(one, listed) for one in listed if one.parent == tag.id)
    description = f"<Description>{escape(_written(words))}</Description>" if words else ""
    return (
        f'<Code guid={quoteattr(tag.id)} name={quoteattr(_written(tag.name))} isCodable="true" '
        f'color="{TINTS[tag.colour]}">{description}{below}</Code>\n'
    )


def _written_set(one: TagSet, listed: Sequence[Tag], event: str) -> str:
    members = [tag.id for tag in listed if tag.set is one]
    if not members:
        return ""
    codes = "".join(f"<MemberCode targetGUID={quoteattr(member)}/>" for member in members)
    return f'<Set guid="{uuid5(NAMESPACE_URL, f"{event}/{one}")}" name="{one}">{codes}</Set>\n'


def _written(text: str) -> str:
    return _UNWRITABLE.sub("\ufffd", text)


@dataclass
class _Reading:
    """A file as it is read, element by element."""

    tags: list[FileTag] = field(default_factory=list)
    sets: dict[str, TagSet | None] = field(default_factory=dict)
    _path: list[str] = field(default_factory=list)
    _open: list[int] = field(default_factory=list)
    _said: list[str] = field(default_factory=list)
    _set: TagSet | None = None
    _line: int = 0

    def read(self, text: str) -> _Reading:
        """Read it whole."""
        parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
        parser.StartElementHandler = lambda name, has: self._begin(parser, _local(name), has)
        parser.EndElementHandler = lambda name: self._end(_local(name))
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._refuse
        try:
            parser.Parse(text.encode("utf-8"), True)
        except expat.ExpatError as exc:
            raise bad_codebook(
                "This is not XML: the file breaks off, or is another one.", "xml", line=exc.lineno
            ) from exc
        return self

    def _refuse(self, *_: object) -> None:
        raise bad_codebook("A codebook has no document type.", "doctype")

    def _begin(self, parser: expat.XMLParserType, name: str, has: dict[str, str]) -> None:
        self._line = parser.CurrentLineNumber
        if not self._path and name != "CodeBook":
            raise bad_codebook("This file is no REFI-QDA codebook.", "other", line=self._line)
        self._path.append(name)
        if len(self._path) > 40:
            raise bad_codebook(f"Tags go at most {DEEPEST} levels down.", "deep", name="", most=DEEPEST)
        match name:
            case "Code":
                self._add(has)
            case "Description":
                self._said.clear()
            case "Set":
                self._set = _set_named(has.get("name", ""))
            case "MemberCode" if self._set is not None:
                self.sets.setdefault(_guid(has.get("targetGUID", "")), self._set)

    def _add(self, has: dict[str, str]) -> None:
        if len(self.tags) >= MOST_TAGS:
            raise bad_codebook(f"A codebook has at most {MOST_TAGS} tags.", "many", most=MOST_TAGS)
        if len(self._open) >= DEEPEST:
            raise bad_codebook(
                f"'{has.get('name', '')[:60]}' is more than {DEEPEST} levels down.",
                "deep",
                name=has.get("name", "")[:60],
                most=DEEPEST,
            )
        self.tags.append(
            FileTag(
                name=named(has.get("name", ""), self._line),
                id=_guid(has.get("guid", "")) or None,
                parent=self._open[-1] if self._open else None,
                colour=_tint(has.get("color", "")),
                definition="",
                example="",
            )
        )
        self._open.append(len(self.tags) - 1)

    def _text(self, text: str) -> None:
        if self._path and self._path[-1] == "Description":
            self._said.append(text)

    def _end(self, name: str) -> None:
        self._path.pop()
        if name == "Code":
            self._open.pop()
        elif name == "Set":
            self._set = None
        elif name == "Description" and self._path[-1] == "Code":
            definition, example = _parted("".join(self._said))
            place = self._open[-1]
            self.tags[place] = replace(
                self.tags[place],
                definition=described(definition, self._line),
                example=described(example, self._line),
            )


def _parted(said: str) -> tuple[str, str]:
    """The definition and the example of a description."""
    text = said.strip()
    if text.startswith(_EXAMPLE):
        return "", text.removeprefix(_EXAMPLE).strip()
    definition, _, example = text.partition("\n" + _EXAMPLE)
    return definition.strip(), example.strip()


def _local(name: str) -> str:
    """An element's name without its namespace: programs differ in how they write that."""
    return name.rpartition(" ")[2]


def _guid(text: str) -> str:
    """An id in the one form in which ids are compared; as it is where it is none."""
    try:
        return str(UUID(text.strip()))
    except ValueError:
        return text.strip()


def _set_named(name: str) -> TagSet | None:
    try:
        return TagSet(name.strip().casefold())
    except ValueError:
        return None


def _tint(said: str) -> int | None:
    """The nearest of the six tints, by distance in RGB."""
    wanted = _HEX.match(said.strip())
    if wanted is None:
        return None
    return min(range(len(TINTS)), key=lambda tint: _distance(wanted, tint))


def _distance(wanted: re.Match[str], tint: int) -> int:
    there = _HEX.match(TINTS[tint])
    if there is None:
        return 0
    parts = zip(wanted.groups(), there.groups(), strict=True)
    return sum((int(one, 16) - int(other, 16)) ** 2 for one, other in parts)
