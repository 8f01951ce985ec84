"""Each hold, and each problem of rules, in words of every language."""

from __future__ import annotations

import string

import pytest

from wall.moderation import CODES, FIELDS, PROBLEMS
from wall.routes.words import Words

CATALOGUES = Words().catalogues
BUTTONS = ("moderate.approve", "moderate.reject")


def fields_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def keys_of(lang: str, prefix: str) -> set[str]:
    return {key.removeprefix(prefix) for key in CATALOGUES[lang] if key.startswith(prefix)}


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_reason_has_words_with_its_parameters_and_no_others(lang: str) -> None:
    words = CATALOGUES[lang]
    assert keys_of(lang, "reason.") == {*CODES, *(f"in.{field}" for field in FIELDS)}
    assert keys_of(lang, "moderate.check.") == {*CODES, "other"}
    for code, params in CODES.items():
        assert fields_of(words[f"reason.{code}"]) == set(params)
        words[f"reason.{code}"].format(**dict.fromkeys(params, 7))


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_problem_of_rules_has_words_with_its_parameters_and_no_others(lang: str) -> None:
    words = CATALOGUES[lang]
    assert keys_of(lang, "rules.problem.") == set(PROBLEMS)
    for code, params in PROBLEMS.items():
        assert fields_of(words[f"rules.problem.{code}"]) == set(params)
        words[f"rules.problem.{code}"].format(**dict.fromkeys(params, 7))


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("code", [*CODES, "other"])
def test_every_hold_says_which_button_to_press_by_its_name(lang: str, code: str) -> None:
    words = CATALOGUES[lang]
    named = words[f"moderate.check.{code}"]
    quoted = {"en": "“{}”", "fr": "«\u00a0{}\u00a0»"}[lang]
    assert any(quoted.format(words[button]) in named for button in BUTTONS)
    said = (words.get(f"reason.{code}", "") + named).lower()
    assert not any(other in said for other in ("approve", "reject", "approuve", "refuse"))


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
