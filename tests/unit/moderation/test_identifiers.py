"""Shapes that may identify a patient."""

from __future__ import annotations

import sys
import unicodedata

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.moderation.making import lines_of
from wall.moderation import Rules
from wall.moderation.identifiers import _RE2_RUN, find_identifiers

REGIONS = Rules().regions
LISTED = [line.split("\t") for line in lines_of("identifiers.txt")]


def found(text: str) -> list[tuple[str, str]]:
    return [(one.code, text[one.start : one.end]) for one in find_identifiers(text, REGIONS)]


def test_there_are_more_than_60_lines_of_identifiers() -> None:
    assert len({text for _, _, text in LISTED}) == len(LISTED) > 60


@pytest.mark.parametrize(
    ("code", "text"), [(code, text) for code, _, text in LISTED], ids=[n for _, n, _ in LISTED]
)
def test_every_listed_identifier_is_found_where_it_is(code: str, text: str) -> None:
    before, _, rest = text.partition("[")
    identifier, _, after = rest.partition("]")
    assert found(before + identifier + after) == [(code, identifier)]


@pytest.mark.parametrize(
    "text",
    [
        "n=9434765919",
        "N = 9434765919",
        "x ≈ 9434765919",
        "£9434765919",
        "id: 9434765919",
        "doi 9434765919",
        "9434765918",
        "19434765919",
        "94347659190",
        "0.9434765919",
        "9,434,765,919",
        "000 000 0000",
        "https://example.org/9434765919",
        "@u_9434765919",
        "@someone9434765919@example.social",
        "943 476 5919 12",
        "hospital no. 2019",
        "hospital numbers 12345",
        "chart 12345",
        "MRN 123",
        "patient id unknown",
        "born in 1962",
        "born 12/13",
        "reborn 12/05/1962",
        "stubborn 12/05/1962",
        "né en 1962",
        "12/05/1962",
        "666-12-1234",
        "900-12-1234",
        "1 62 05 75 123 456 99",
        "1234-567-890",
        "NICE 2018 2019",
        "TREM 9913 1234",
        "2019-07-05 12:00",
        "12.05.2019 - 13.05.2019",
        "2010-2019",
        "1200-1330",
        "1-800-273-8255",
        "0800 123 4567",
        "0300 123 3393",
        "call 911",
        "phone 2 friends",
        "4165550123",
        "416-555-012",
        "116-555-0123",
        "@ada@example.social",
        "a@b",
        "me @example.org",
        "12345678901234567890",
    ],
)
def test_other_numbers_and_names_are_no_identifiers(text: str) -> None:
    assert found(text) == []


def test_one_place_is_named_once_by_the_more_telling_code() -> None:
    assert found("NHS number 943 476 5919, phone 943 476 5919") == [("nhs_number", "943 476 5919")] * 2


def test_several_identifiers_come_from_left_to_right() -> None:
    text = "jane@example.org 416-555-0123 MRN 482913 DOB 1/2/1999"
    assert [code for code, _ in found(text)] == ["email", "phone", "hospital_number", "birth_date"]


def test_numbers_of_other_countries_are_read_where_a_rule_names_them() -> None:
    text = "0151 1234 5678"
    assert find_identifiers(text, ()) == []
    assert [one.code for one in find_identifiers(text, ("DE",))] == ["phone"]


def test_digits_of_every_script_may_be_a_number() -> None:
    signs = map(chr, range(sys.maxunicode + 1))
    digits = [sign for sign in signs if unicodedata.category(sign) == "Nd"]
    missed = [sign for sign in digits if not re2.search(_RE2_RUN, " ".join(sign * 5))]
    assert len(digits) >= 650
    assert missed == []


def test_an_identifier_is_found_beside_addresses_and_mentions() -> None:
    text = (
        "@u_12345678 https://a.example/9434765919 www.b.example/12345 @a. NHS 943 476 5919, x.y@z.example"
    )
    assert found(text) == [("nhs_number", "943 476 5919"), ("email", "x.y@z.example")]
    assert found(text.replace("NHS 943 476 5919, x.y@z.example", "")) == []


@given(st.text("0123456789 -.+()@abnsDOBMRN/:=é\u00a0", max_size=120))
def test_places_are_inside_the_text_in_order_and_apart(text: str) -> None:
    end = 0
    for one in find_identifiers(text, REGIONS):
        assert end <= one.start < one.end <= len(text)
        end = one.end
