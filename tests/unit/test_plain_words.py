"""The table of plain words in docs/reference/words.md says what pages say, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from wall.routes.words import Words

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "words.md"
DEMANDED = (
    "Waiting",
    "Not on walls",
    "Curated only",
    "Don’t show",
    "Take down",
    "Set aside",
    "Deleted by its author",
)


class Row(NamedTuple):
    """What a row says is read under a key."""

    key: str
    english: str
    french: str


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def rows() -> Iterator[Row]:
    """Every row of every table, by the names of its columns."""
    header: list[str] = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            header = []
        elif not header:
            header = cells(line)
        elif not line.startswith("|-"):
            row = dict(zip(header, cells(line), strict=True))
            yield Row(row["key"].strip("`"), row["English"], row["French"])


ROWS = tuple(rows())


@pytest.mark.parametrize("row", ROWS, ids=[row.key for row in ROWS])
def test_a_word_of_the_table_stands_in_both_catalogues_under_its_key(row: Row) -> None:
    words = Words()
    assert row.english
    assert row.french
    assert row.english.casefold() in words.catalogues["en"][row.key].casefold()
    assert row.french.casefold() in words.catalogues["fr"][row.key].casefold()


@pytest.mark.parametrize("word", DEMANDED)
def test_holds_and_ways_off_are_named_as_people_were_promised(word: str) -> None:
    assert [row for row in ROWS if row.english.startswith(word)]


def test_every_key_is_told_once() -> None:
    assert len({row.key for row in ROWS}) == len(ROWS) > 35
