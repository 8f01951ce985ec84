"""Each hold in words, in every language."""

from __future__ import annotations

import json
import string
from pathlib import Path

import pytest

import wall
from wall.moderation import CODES, FIELDS

WORDS = Path(wall.__file__).parent / "static" / "words"
CATALOGUES = {
    path.stem: {
        key: said for key, said in json.loads(path.read_text(encoding="utf-8")).items() if "reason." in key
    }
    for path in WORDS.glob("*.json")
}


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_reason_has_words_with_its_parameters_and_no_others(lang: str) -> None:
    words = CATALOGUES[lang]
    assert set(words) == {f"reason.{code}" for code in CODES} | {f"reason.in.{field}" for field in FIELDS}
    for code, params in CODES.items():
        named = {name for _, name, _, _ in string.Formatter().parse(words[f"reason.{code}"]) if name}
        assert named == set(params)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_what_may_be_a_patients_is_called_possible_and_never_certain(lang: str) -> None:
    doubtful = {"en": ("may be", "looks like"), "fr": ("peut-être", "ressemble")}[lang]
    shapes = (
        "birth_date",
        "nhs_number",
        "health_card",
        "social_security",
        "hospital_number",
        "phone",
        "email",
    )
    assert all(any(word in CATALOGUES[lang][f"reason.{code}"] for word in doubtful) for code in shapes)
