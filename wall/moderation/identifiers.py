"""Shapes that may identify a patient: numbers, dates of birth, addresses of e-mail. Pure.

A shape is a reason for a person to look, never a finding: about one in eleven numbers of ten digits
passes the check of an NHS number, and a story can identify a patient without any number. Every
expression here is bounded, so that hostile text costs no more than other text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from wall.moderation.patterns import Prefilter
from wall.moderation.phones import SHORTEST_PHONE, find_phones
from wall.moderation.terms import Span

PLACES = 20
"""Places of one kind that are looked at in one text."""


class Found(NamedTuple):
    """A shape that was found: the code of its reason, and where, in code points."""

    code: str
    start: int
    end: int


_QUIET = re.compile(r"https?://\S+|www\.\S+|doi:\s?10\.\S+|@(?<![\w.]@)[\w@.-]+")
"""Addresses of pages, and mentions: their numbers are nobody's. Each alternative begins with a letter of
its own, to which the expression engine skips."""

_S = "[ .\u00a0\u2009\u202f\u2010\u2011-]?"
"""What may part the groups of a number."""
_RUN = re.compile(r"\d(?:[ ./\u00a0\u2009\u202f\u2010\u2011-]?\d){4,}")
"""Digits that may be a number of some kind: five or more."""
_NUMERIC = r"[^\pL\pM\pP\pS\pZ\pC]"
_RE2_RUN = rf"{_NUMERIC}(?:[ ./\x{{a0}}\x{{2009}}\x{{202f}}\x{{2010}}\x{{2011}}-]?{_NUMERIC}){{4}}"
"""Wherever `_RUN` matches, and a little more: what RE2 takes for no other category is a number to it, so
that digits of a newer Unicode than its own are among them."""
_LINK = (
    r"[\s:#=.()°º\-]{0,4}"
    r"(?:(?:is|was|est|était|le|on|the|no|nr|number|num|numéro|n)\b[\s:#=.()°º\-]{0,4}){0,3}"
)
"""What may stand between the name of a number and the number."""

_EMAIL = re.compile(r"(?<![\w.+%@-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w@])")
_MAY_BE_EMAIL = re.compile(r"@(?<=[\w.+%-]@)(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2}")
"""Most of `_EMAIL` from its sign on, to which the expression engine skips."""
_TEN = re.compile(rf"(?<![\w.,/=#$£€])(?<!\d[ -])\d{{3}}{_S}\d{{3}}{_S}\d{{4}}(?![\w%])(?!{_S}\d|,\d)")
_COUNTED = re.compile(
    r"(?:\b[a-z]\s?[=≈~<>≤≥]|[$£€]|\b(?:pmid|pmcid|pmc|doi|isbn|issn|nct|isrctn|grant|id|ids|zoom|orcid|oclc))"
    r"[\s:#=≈~<>≤≥.(]{0,3}$",
    re.IGNORECASE,
)
"""Before a number that counts people or names a paper, a meeting or a trial."""

_NUMBERED = r"(?:\s{0,2}(?:#|\b(?:no|nr|number|num|numéro|id|identifier|n)\b|n[°º]))"
_HOSPITAL = re.compile(
    rf"(?<![\w/])(?:mrn|m\.r\.n\.?|urn|ipp|nip|(?:medical\s?record|med\s?rec|hospital|hosp\.?|patient|pt|unit|"
    rf"chart|nhs|chi|dossier(?:\s(?:médical|patient))?){_NUMBERED}|(?:numéro|n[°º]|no)\s?(?:de\s|du\s|d['’])?"
    rf"(?:dossier|patient|hôpital)){_LINK}((?:[a-z]{{1,3}}[ -]?)?\d(?:[ \-/]?\d){{4,14}})(?!\w)",
    re.IGNORECASE,
)

_MONTH = (
    r"(?:jan(?:uary|vier|v)?|feb(?:ruary)?|f[ée]v(?:rier|r)?|mar(?:ch|s)?|a[pv]r(?:il)?|ma[yi]|june?|juin|july?|juil(?:let)?|"
    r"aug(?:ust)?|ao[uû]t|sept?(?:ember|embre)?|oct(?:ober|obre)?|nov(?:ember|embre)?|d[eé]c(?:ember|embre)?)\.?"
)
_YEAR = r"(?:19|20)\d\d"
_DATE = (
    rf"(?:\d{{1,2}}\s?[./-]\s?\d{{1,2}}\s?[./-]\s?(?:{_YEAR}|\d\d)|{_YEAR}[./-]\d{{1,2}}[./-]\d{{1,2}}|"
    rf"\d{{1,2}}(?:st|nd|rd|th|er)?[\s-](?:of\s)?{_MONTH}[\s,-]{{1,2}}(?:{_YEAR}|\d\d)|"
    rf"{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s{_YEAR}|\d{{8}})"
)
_BIRTH = re.compile(
    rf"(?<!\w)(?:d\.?o\.?b\.?|date\s?of\s?birth|birth\s?date|born|d\.?d\.?n\.?|date\s?de\s?naissance|"
    rf"née|nee|né(?:\(e\)|·e)?){_LINK}({_DATE})(?!\w)",
    re.IGNORECASE,
)
_BIRTH_HINTS = ("birth", "born", "dob", "d.o.b", "ddn", "d.d.n", "naissance", "né", "nee")

_PREFILTER = Prefilter("|".join(map(re.escape, _BIRTH_HINTS)), _RE2_RUN)
_HINTS_OF_BIRTH, _DIGITS = range(2)

_ONTARIO = re.compile(r"(?<![\w=.,-])(?<!\d )\d{4}[ -]\d{3}[ -]\d{3}([ -]?[A-Z]{2})?(?![\w-])")
_QUEBEC = re.compile(r"(?<!\w)[A-Z]{4}[ -]?(\d{4})[ -]?(\d{4})(?![\w-])")
_CARD = re.compile(
    rf"(?<!\w)(?:ohip|hcn|phn|ramq|health\s?(?:card|insurance)|medicare|carte\s(?:d['’]assurance[\s-]maladie|santé|"
    rf"vitale)|assurance[\s-]maladie){_NUMBERED}?{_LINK}((?:[a-z]{{4}}[ -]?)?\d(?:[ -]?\d){{7,11}}"
    rf"(?:[ -]?(?-i:[A-Z]{{2}}))?)(?!\w)",
    re.IGNORECASE,
)
_AMERICAN = re.compile(r"(?<![\w./-])(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\w/-])")
_FRENCH = re.compile(
    r"(?<![\w.,-])(?<!\d )([12] ?\d\d ?(?:0[1-9]|1[0-2]|[2-4]\d) ?(?:\d\d|2[ABab]) ?\d{3} ?\d{3}) ?"
    r"(\d\d)(?![\w-])"
)
_YEARS = re.compile(r"(?:19|20)\d\d(?:[ \-/]?(?:19|20)?\d\d)?")


def find_identifiers(text: str, regions: Sequence[str]) -> list[Found]:
    """Possible identifiers in a text, from left to right; where two overlap, the more telling one.

    `regions` are the ISO 3166 codes of the countries whose telephone numbers are read without `+`.
    """
    found: list[Found] = []
    if _MAY_BE_EMAIL.search(text):
        _add(found, "email", (match.span() for match in _EMAIL.finditer(text)))
    maybe = _PREFILTER.matching(text)
    if _HINTS_OF_BIRTH in maybe and any(hint in text.lower() for hint in _BIRTH_HINTS):
        _add(found, "birth_date", (match.span(1) for match in _BIRTH.finditer(text)))
    if _DIGITS in maybe:
        quiet = _QUIET.sub(lambda match: "\0" * len(match[0]), text)
        if _DIGITS in _PREFILTER.matching(quiet):
            _add_numbers(found, quiet, regions)
    return sorted(found, key=lambda one: one.start) if found else found


def _add_numbers(found: list[Found], quiet: str, regions: Sequence[str]) -> None:
    most = max((len(_digits(run)) for run in _RUN.findall(quiet)), default=0)
    for code, least, find in _FINDERS:
        if most >= least:
            _add(found, code, find(quiet))
    if most >= SHORTEST_PHONE:
        _add(found, "phone", find_phones(quiet, regions))


def _add(found: list[Found], code: str, spans: Iterator[Span]) -> None:
    for start, end in islice(spans, PLACES):
        if all(end <= other.start or other.end <= start for other in found):
            found.append(Found(code, start, end))


def _nhs_numbers(text: str) -> Iterator[Span]:
    for match in _TEN.finditer(text):
        if _nhs_check(_digits(match[0])) and not _COUNTED.search(
            text[max(0, match.start() - 20) : match.start()]
        ):
            yield match.span()


def _nhs_check(digits: list[int]) -> bool:
    """Modulus 11 of the NHS Data Dictionary: weights 10 to 2, the last digit checks."""
    if len(set(digits)) == 1:
        return False
    check = 11 - sum(weight * digit for weight, digit in zip(range(10, 1, -1), digits, strict=False)) % 11
    return check % 11 == digits[9] and check != 10


def _hospital_numbers(text: str) -> Iterator[Span]:
    for match in _HOSPITAL.finditer(text):
        if not _YEARS.fullmatch(match[1]):
            yield match.span(1)


def _health_cards(text: str) -> Iterator[Span]:
    for match in _ONTARIO.finditer(text):
        if match[1] or _luhn_check(_digits(match[0])):
            yield match.span()
    for match in _QUEBEC.finditer(text):
        if _quebec_date(match[1] + match[2]) and not (
            _YEARS.fullmatch(match[1]) and _YEARS.fullmatch(match[2])
        ):
            yield match.span()
    for match in _CARD.finditer(text):
        yield match.span(1)


def _quebec_date(digits: str) -> bool:
    """Whether the digits begin with a date of birth, year, month (+50 for women) and day."""
    return 1 <= int(digits[2:4]) % 50 <= 12 and int(digits[2:4]) < 63 and 1 <= int(digits[4:6]) <= 31


def _luhn_check(digits: list[int]) -> bool:
    """The Luhn check of ISO/IEC 7812-1."""
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(doubled) + sum(digits[::-2])) % 10 == 0


def _social_security_numbers(text: str) -> Iterator[Span]:
    for match in _AMERICAN.finditer(text):
        yield match.span()
    for match in _FRENCH.finditer(text):
        number = match[1].replace(" ", "").upper().replace("2A", "19").replace("2B", "18")
        if 97 - int(number) % 97 == int(match[2]):
            yield match.span()


def _digits(text: str) -> list[int]:
    return [int(char) for char in text if char.isdecimal()]


_FINDERS: tuple[tuple[str, int, Callable[[str], Iterator[Span]]], ...] = (
    ("nhs_number", 10, _nhs_numbers),
    ("health_card", 8, _health_cards),
    ("social_security", 9, _social_security_numbers),
    ("hospital_number", 5, _hospital_numbers),
)
"""Code, fewest digits in a run, and what finds it. The most telling first: what one has found, the next
ones leave alone."""
