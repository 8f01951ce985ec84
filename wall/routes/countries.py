"""Countries by their codes, with their names: what participants may say of themselves."""

from __future__ import annotations

import json
import unicodedata
from functools import lru_cache
from pathlib import Path

_NAMES = Path(__file__).resolve().parents[1] / "words" / "countries"
_FIRST = "en"


@lru_cache(maxsize=32)
def countries(lang: str) -> tuple[tuple[str, str], ...]:
    """(code, name) of every country and territory of ISO 3166-1, by their names in a language, or in
    English where nobody translated them."""
    file = _NAMES / f"{lang}.json"
    known = file if file.is_file() else _NAMES / f"{_FIRST}.json"
    named: dict[str, str] = json.loads(known.read_text("utf-8"))
    return tuple(sorted(named.items(), key=lambda one: _sorted_as(one[1])))


def country_name(lang: str, code: str) -> str:
    """The name of one of them; its code where it has none."""
    return dict(countries(lang)).get(code, code)


@lru_cache(maxsize=1)
def codes() -> frozenset[str]:
    """Every code that a participant may choose."""
    return frozenset(code for code, _ in countries(_FIRST))


def _sorted_as(name: str) -> str:
    """Without accents: É stands with E."""
    apart = unicodedata.normalize("NFD", name.casefold())
    return "".join(one for one in apart if not unicodedata.combining(one))
