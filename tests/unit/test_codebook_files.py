"""The codebook as files: what is written is read back, and what makes no codebook is refused in words."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from facilitator.codebook_csv import MOST_TAGS, from_csv, to_csv
from facilitator.codebook_qdc import NAMESPACE, TINTS, from_qdc, to_qdc
from facilitator.codebook_versions import read
from facilitator.outline import BadCodebook, difference, tree, ways
from wall.codebook import TagSet
from wall.parallel import Tag

NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters=">"),
    min_size=1,
    max_size=12,
)


def tag(number: int, name: str, parent: int | None = None, **more: Any) -> Tag:
    """A tag with an id of its number."""
    own = {"event_id": "e", "key": "", "colour": 0, "position": number, "retired": False, "version": 1}
    above = None if parent is None else str(UUID(int=parent))
    return Tag(**{**own, "id": str(UUID(int=number)), "name": name, "parent": above, **more})


@st.composite
def codebooks(draw: st.DrawFn) -> list[Tag]:
    """Trees of tags whose names are different, whatever their case."""
    names = draw(st.lists(NAMES, max_size=12, unique_by=lambda name: name.casefold()))
    tags: list[Tag] = []
    for number, name in enumerate(names, start=1):
        above = draw(st.sampled_from([None, *(one for one in tags if not one.parent)]))
        more = {
            "set": above.set if above else draw(st.sampled_from(TagSet)),
            "colour": draw(st.integers(0, 5)),
            "definition": draw(NAMES | st.just("")),
            "example": draw(NAMES | st.just("")),
            "key": str(number) if number < 10 and draw(st.booleans()) else "",
        }
        tags.append(tag(number, name, int(UUID(above.id)) if above else None, **more))
    return tags


@given(codebooks())
@example([tag(1, "'-", definition="''=1", example="'")])
def test_a_table_that_was_written_changes_nothing_when_it_is_read(tags: list[Tag]) -> None:
    if tags:
        found = read("\ufeff" + to_csv(tags), "csv", tags)
        assert (found.empty, found.missing, found.same) == (True, (), len(tags))


@given(codebooks())
def test_a_refi_file_that_was_written_changes_nothing_when_it_is_read(tags: list[Tag]) -> None:
    if tags:
        found = read(to_qdc(tags, "e"), "qdc", tags)
        assert (found.empty, found.missing, found.same) == (True, (), len(tags))


@given(codebooks())
def test_another_event_gets_the_whole_codebook_from_either_file(tags: list[Tag]) -> None:
    if not tags:
        return
    way = ways(tags)
    for text, form in ((to_csv(tags), "csv"), (to_qdc(tags, "e"), "qdc")):
        file = read(text, form, []).file  # type: ignore[arg-type]
        named = {
            one.name: (
                one.set,
                one.colour,
                one.definition,
                one.example,
                file[one.parent].name if one.parent is not None else None,
            )
            for one in file
        }
        for one in tags:
            above = way[one.parent] if one.parent else None
            assert named[one.name] == (one.set, one.colour, one.definition, one.example, above)


def problem_of(text: str, form: Any) -> BadCodebook | None:
    try:
        read(text, form, [])
    except BadCodebook as error:
        return error
    return None


@given(st.text(max_size=300))
def test_any_text_at_all_is_a_codebook_or_refused_in_words(text: str) -> None:
    for form in ("csv", "qdc"):
        told = problem_of(text, form)
        assert told is None or (str(told) and told.details["code"])


def test_no_cell_is_a_formula_and_none_of_that_is_left_after_reading() -> None:
    tags = [tag(1, "=cmd()", definition="+1", example="@x")]
    text = to_csv(tags)
    assert "'=cmd()" in text
    assert ",+1" not in text
    assert read(text, "csv", tags).empty


@pytest.mark.parametrize(
    "text",
    [
        "name;parent\nSleep;Wellbeing\nWellbeing;\n",
        "tag\tabove\nSleep\tWellbeing\nWellbeing\t\n",
        '"Name","Parent"\r\n"Sleep","wellbeing"\r\n"Wellbeing",""\r\n',
    ],
)
def test_tables_of_other_programs_are_read(text: str) -> None:
    one, other = from_csv(text, [])
    assert (one.name, one.parent, other.name, other.parent) == ("Sleep", 1, "Wellbeing", None)


def test_a_tag_may_stand_below_one_that_only_the_codebook_has() -> None:
    here = [tag(1, "Logistics"), tag(2, "Other", 1)]
    (one,) = from_csv("name,parent\nWifi,Logistics > Other\n", here)
    assert one.above == here[1].id


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("name,parent\nA,B\nB,A\n", "circle"),
        ("name,parent\nA,A\n", "itself"),
        ("name,parent\nA,Nowhere\n", "orphan"),
        ("name,parent\nX,\nO,X\nY,\nO,Y\nD,O\n", "which"),
        ("name\nA\nA\n", "twice"),
        ("name,key\nA,1\nB,1\n", "keys"),
        ("name,key\nA,x\n", "key"),
        ("name,colour\nA,7\n", "colour"),
        ("name,set\nA,kinds\n", "set"),
        ("name,retired\nA,perhaps\n", "retired"),
        ("name,definition\nA," + "x" * 2_001 + "\n", "wordy"),
        ("name,definition\n,said\n", "unnamed"),
        (f"name\n{'x' * 61}\n", "long"),
        ('name\n"A\n', "quotes"),
        ("title\nA\n", "headings"),
        ("name\n", "empty"),
        ("", "headings"),
        ("name\n" + "".join(f"T{number}\n" for number in range(MOST_TAGS + 1)), "many"),
        ("name,parent\nA,\nB,A\nC,B\nD,C\nE,D\nF,E\nG,F\n", "deep"),
    ],
)
def test_a_table_that_makes_no_codebook_is_refused_in_words(text: str, code: str) -> None:
    with pytest.raises(BadCodebook) as problem:
        read(text, "csv", [])
    assert problem.value.details["code"] == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<CodeBook><Codes><Code name='A'/></Codes>", "xml"),
        ("<Project/>", "other"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><CodeBook><Code name='&a;'/></CodeBook>", "doctype"),
        ("<CodeBook><Codes/></CodeBook>", "empty"),
        ("<CodeBook>" + "<Code name='A'>" * 7 + "</Code>" * 7 + "</CodeBook>", "deep"),
        ("<CodeBook>" + "<Code name='A'/>" * (MOST_TAGS + 1) + "</CodeBook>", "many"),
    ],
)
def test_a_file_that_is_no_refi_codebook_is_refused_in_words(text: str, code: str) -> None:
    with pytest.raises(BadCodebook) as problem:
        read(text, "qdc", [])
    assert problem.value.details["code"] == code


def test_a_codebook_of_another_program_is_read() -> None:
    text = (
        f'<?xml version="1.0" encoding="utf-8"?><CodeBook xmlns="{NAMESPACE}" origin="Elsewhere"><Codes>'
        '<Code guid="AAAAAAAA-0000-4000-8000-000000000001" name="Feelings" color="#97bdf4">'
        "<Description>What is felt.\nExample: I was glad.</Description>"
        '<Code guid="AAAAAAAA-0000-4000-8000-000000000002" name="Joy" isCodable="true"/></Code></Codes>'
        '<Sets><Set guid="x" name="theme"><MemberCode targetGUID="aaaaaaaa-0000-4000-8000-000000000001"/>'
        "</Set></Sets></CodeBook>"
    )
    one, other = from_qdc(text)
    assert (one.name, one.definition, one.example, one.colour) == (
        "Feelings",
        "What is felt.",
        "I was glad.",
        4,
    )
    assert (other.name, other.parent, other.set, one.set) == ("Joy", 0, TagSet.THEME, TagSet.THEME)
    assert len(TINTS) == 6


def test_a_file_of_ours_finds_a_tag_by_its_id_whatever_it_is_called_now() -> None:
    then, now = [tag(1, "Wifi", key="1")], [tag(1, "Network", key="2")]
    (change,) = difference(now, from_csv(to_csv(then), now)).changed
    assert change.fields == {"name": ("Network", "Wifi"), "key": ("2", "1")}


def test_the_tree_goes_set_by_set_and_each_stands_under_its_own() -> None:
    tags = [
        tag(1, "Own"),
        tag(2, "Below", 3, set=TagSet.KIND),
        tag(3, "Kind", set=TagSet.KIND),
        tag(4, "Orphan", 99, set=TagSet.KIND),
    ]
    assert [(one.name, depth) for one, depth in tree(tags)] == [
        ("Kind", 0),
        ("Below", 1),
        ("Orphan", 0),
        ("Own", 0),
    ]
