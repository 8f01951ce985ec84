"""Telephone numbers that may be a person's. Pure.

`phonenumbers` takes almost any seven digits for a possible number, so it is asked only about what is
written like one: with `+`, in the groups of North America, with a leading 0, or after a word that
announces one. Helplines (free, shared cost and national numbers) are nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from phonenumbers import (
    SUPPORTED_REGIONS,
    NumberParseException,
    PhoneNumberType,
    is_possible_number,
    number_type,
    parse,
)

from wall.moderation.terms import Span

SHORTEST_PHONE = 7
"""Digits of the shortest number that is taken for a telephone number."""

_LOOKED_AT = 40
"""Numbers of one text that `phonenumbers` is asked about: it takes its time."""

_SEP = "[ .\u00a0\u2009\u202f\u2010\u2011/-]"
_SHAPES = re.compile(
    rf"""(?<![\w.,/=\#$£€-])(?<!\d\ )(?:
        (?P<abroad>(?:\+\s?|00(?=[1-9]))[1-9](?:{_SEP}?[()]?{_SEP}?\d){{7,14}})
      | (?P<american>(?:1{_SEP})?(?:\([2-9]\d\d\)\s?|[2-9]\d\d{_SEP})[2-9]\d\d{_SEP}\d{{4}})
      | (?P<trunk>\(?0[1-9](?:{_SEP}?[()]?{_SEP}?\d){{7,10}})
    )(?![\w%])(?!{_SEP}?\d)""",
    re.VERBOSE,
)
_ANNOUNCED = re.compile(
    rf"(?<!\w)(?:tel|tél|téléphone|telephone|phone|phoned|call|called|ring|rang|text|texted|sms|whatsapp|mobile|"
    rf"mob|cell|fax|dial|bleep|pager|portable|appeler|appelez|joindre|ph)\b[\s:.#=()-]{{0,3}}"
    rf"(?:(?:me|us|him|her|them|number|no|on|at|is|was|au|le|sur|est)\b[\s:.#=()-]{{0,3}}){{0,3}}"
    rf"((?:\+|\()?\d(?:{_SEP}?[()]?{_SEP}?\d){{6,14}})(?![\w%])",
    re.IGNORECASE,
)
_DATED = re.compile(r"\d{1,2}[ ./-]\d{1,2}[ ./-](?:19|20)\d\d|(?:19|20)\d\d[./-]\d\d[./-]\d\d")
_NOBODYS = frozenset(
    {
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
    }
)


def is_region(code: str) -> bool:
    """Whether telephone numbers of this country (ISO 3166, two capitals) can be read."""
    return code in SUPPORTED_REGIONS


def find_phones(text: str, regions: Sequence[str]) -> Iterator[Span]:
    """Where possible telephone numbers stand in a text. `regions`: ISO 3166 codes of countries."""
    for match in islice(_SHAPES.finditer(text), _LOOKED_AT):
        if not _DATED.match(match[0]) and _possible(_dialled(match), _regions_of(match, regions)):
            yield match.span()
    for match in islice(_ANNOUNCED.finditer(text), _LOOKED_AT):
        if not _DATED.match(match[1]) and _possible(match[1], regions):
            yield match.span(1)


def _regions_of(match: re.Match[str], regions: Sequence[str]) -> Sequence[str]:
    return regions if match["trunk"] else ("US",)


def _dialled(match: re.Match[str]) -> str:
    return re.sub("^00", "+", match[0]) if match["abroad"] else match[0]


def _possible(written: str, regions: Sequence[str]) -> bool:
    """Whether one of the countries may have such a number, and none knows it as a helpline."""
    possible = False
    for region in regions:
        try:
            number = parse(written, region)
        except NumberParseException:
            continue
        if number_type(number) in _NOBODYS:
            return False
        possible = possible or is_possible_number(number)
    return possible
