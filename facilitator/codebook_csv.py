"""The codebook as a table: CSV as spreadsheets and coding programs read and write it. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from facilitator.outline import STEP, FileTag, bad_codebook, tree, ways
from wall.codebook import TagSet
from wall.hygiene import tidy, tidy_line
from wall.model import at_border
from wall.parallel import Tag

MOST_TAGS = 500
"""Tags of one codebook, retired ones included; a file has no more lines."""

COLUMNS = ("id", "set", "parent", "name", "definition", "example", "colour", "key", "code", "retired")
_NAMES = {
    "name": ("name", "tag", "code name", "codename", "nom"),
    "parent": ("parent", "above", "under"),
    "definition": ("definition", "description", "memo", "définition"),
    "example": ("example", "exemple"),
    "colour": ("colour", "color", "tint"),
    "key": ("key", "shortcut"),
    "set": ("set", "group"),
    "code": ("code",),
    "retired": ("retired",),
    "id": ("id", "guid"),
}
"""Headings, in small letters, under which each column is found. Taguette has "tag" and "description"."""
_RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula."""
_TRUE, _FALSE = {"1", "true", "yes", "x", "oui", "vrai"}, {"", "0", "false", "no", "non", "faux"}


def to_csv(tags: Iterable[Tag]) -> str:
    """All tags, in their order; a parent is named by the way to it. No cell of it is a formula."""
    listed = list(tags)
    way = ways(listed)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for tag, _ in tree(listed):
        parent = way.get(tag.parent, "") if tag.parent else ""
        told = (parent, tag.name, tag.definition, tag.example)
        writer.writerow(
            [
                tag.id,
                tag.set.value,
                *map(safe, told),
                tag.colour,
                tag.key,
                tag.code,
                "yes" if tag.retired else "",
            ]
        )
    return out.getvalue()


def from_csv(text: str, here: Sequence[Tag]) -> list[FileTag]:
    """The tags of a table: comma, semicolon or tab; a first line with headings, of which only `name` (or
    `tag`) has to be there. A parent is the name of another tag, or the way to it. Raises BadCodebook."""
    rows = _rows(text)
    columns = _columns(rows[0][1] if rows else [])
    found = [_tag(number, _cells(row, columns)) for number, row in rows[1:] if any(map(str.strip, row))]
    if len(found) > MOST_TAGS:
        raise bad_codebook(f"A codebook has at most {MOST_TAGS} tags.", "many", most=MOST_TAGS)
    if not found:
        raise bad_codebook("There is no tag in this file.", "empty")
    return _placed(found, here)


def _rows(text: str) -> list[tuple[int, list[str]]]:
    body = text.removeprefix("\ufeff")
    first = body.partition("\n")[0]
    by = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=by, strict=True)
    try:
        return [(reader.line_num, row) for row in reader]
    except csv.Error as exc:
        raise bad_codebook(
            "This line is not one of a table: a quotation mark is missing.", "quotes", line=reader.line_num
        ) from exc


def _columns(headings: Sequence[str]) -> dict[str, int]:
    told = {heading.strip().casefold(): place for place, heading in reversed(list(enumerate(headings)))}
    found = {
        column: next(told[name] for name in names if name in told)
        for column, names in _NAMES.items()
        if any(name in told for name in names)
    }
    if "name" not in found:
        raise bad_codebook(
            "The first line has to name the columns, one of them 'name'.", "headings", line=1
        )
    return found


def _cells(row: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
    return {
        column: unsafe(row[place].strip()) if place < len(row) else "" for column, place in columns.items()
    }


def _tag(number: int, cells: Mapping[str, str]) -> tuple[int, str, FileTag]:
    """A line's number, how it names its parent, and its tag."""
    retired = cells.get("retired", "").casefold()
    if "retired" in cells and retired not in _TRUE | _FALSE:
        raise bad_codebook("'retired' is yes or empty.", "retired", line=number)
    tag = FileTag(
        name=named(cells["name"], number),
        id=cells.get("id") or None,
        code=cells.get("code") or None,
        definition=described(cells.get("definition"), number),
        example=described(cells.get("example"), number),
        colour=_colour(cells.get("colour"), number),
        key=_key(cells.get("key"), number),
        set=_set(cells.get("set"), number),
        retired=retired in _TRUE if "retired" in cells else None,
    )
    return number, cells.get("parent", ""), tag


def named(said: str, number: int | None) -> str:
    """A tag's name as it is kept. Raises BadCodebook."""
    name = _line(said).strip()
    if not name:
        raise bad_codebook("A tag needs a name.", "unnamed", line=number)
    if len(name) > 60:
        raise bad_codebook(
            f"'{name[:60]}…' is longer than 60 letters.", "long", line=number, name=name[:60]
        )
    return name


def described(said: str | None, number: int | None) -> str | None:
    """A definition or an example as it is kept. Raises BadCodebook."""
    if said is not None and len(said) > 2_000:
        raise bad_codebook("A definition or example is longer than 2,000 letters.", "wordy", line=number)
    return None if said is None else tidy(str(at_border(said))).strip()


def _colour(said: str | None, number: int) -> int | None:
    if not said:
        return None
    if said not in {"0", "1", "2", "3", "4", "5"}:
        raise bad_codebook("'colour' is a number from 0 to 5.", "colour", line=number)
    return int(said)


def _key(said: str | None, number: int) -> str | None:
    if said and not (len(said) == 1 and said in "0123456789"):
        raise bad_codebook("'key' is one digit, or empty.", "key", line=number)
    return said


def _set(said: str | None, number: int) -> TagSet | None:
    if not said:
        return None
    try:
        return TagSet(said.casefold())
    except ValueError:
        known = ", ".join(TagSet)
        raise bad_codebook(f"'set' is one of: {known}.", "set", line=number, known=known) from None


def _placed(found: Sequence[tuple[int, str, FileTag]], here: Sequence[Tag]) -> list[FileTag]:
    """The tags with their parents. Of a parent that only the codebook has, the id."""
    by_name: dict[str, list[int]] = {}
    for place, (_, _, one) in enumerate(found):
        by_name.setdefault(one.name.casefold(), []).append(place)
    placed = [one for _, _, one in found]
    for place, (number, said, _) in enumerate(found):
        if said:
            parent, above = _parent(said, number, found, by_name, here)
            placed[place] = replace(placed[place], parent=parent, above=above)
    return placed


def _parent(
    said: str,
    number: int,
    found: Sequence[tuple[int, str, FileTag]],
    by_name: Mapping[str, list[int]],
    here: Sequence[Tag],
) -> tuple[int | None, str | None]:
    """The place of the tag that a line names as its parent; the id of one that only the codebook has."""
    *higher, name = (_line(part).strip().casefold() for part in said.split(STEP.strip()))
    fitting = [place for place in by_name.get(name, ()) if not higher or _ends(found[place][1], higher)]
    if len(fitting) == 1:
        return fitting[0], None
    if fitting:
        raise bad_codebook(
            f"There are several tags '{said}': write the way to the one that is meant, as in "
            f"'Logistics{STEP}{said}'.",
            "which",
            line=number,
            name=said,
        )
    for tag_id, way in ways(here).items():
        if way.casefold() == said.casefold():
            return None, tag_id
    raise bad_codebook(
        f"There is no tag '{said}' that this one could be under.", "orphan", line=number, name=said
    )


def _ends(said: str, higher: Sequence[str]) -> bool:
    """Whether a parent as a line names it is the one that a way goes through."""
    steps = [_line(part).strip().casefold() for part in said.split(STEP.strip())]
    shorter = min(len(steps), len(higher))
    return steps[-shorter:] == list(higher)[-shorter:]


def _line(said: str) -> str:
    return tidy_line(str(at_border(said)))


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe before one that it would."""
    return f"'{cell}" if _is_risky(cell) else cell


def unsafe(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _is_risky(cell) else cell


def _is_risky(cell: str) -> bool:
    """Whether it is a formula, or one behind apostrophes: those need one more, or theirs would be lost."""
    return cell.lstrip("'").startswith(_RISKY)
