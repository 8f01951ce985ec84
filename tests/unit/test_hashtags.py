"""What an organiser is told about a hashtag."""

from __future__ import annotations

import pytest

from wall.hashtags import advice_about, plain_of, works_everywhere


@pytest.mark.parametrize(
    ("tag", "plain"),
    [
        ("Santé26", "Sante26"),
        ("MedEd🎉", "MedEd"),
        ("our-summit", "oursummit"),
        ("हिन्दी", "हिन्दी"),
        ("تعليم", "تعليم"),
        ("🎉", ""),
        ("2026", ""),
    ],
)
def test_the_plain_spelling_is_what_every_network_reads(tag: str, plain: str) -> None:
    assert plain_of(tag) == plain


@pytest.mark.parametrize(
    ("tag", "codes"),
    [
        ("OurSummit26", []),
        ("health", ["common"]),
        ("#Santé", ["accent", "common"]),
        ("Santé26", ["accent"]),
        ("MedEd🎉", ["signs", "common"]),
        ("a-b-c-d", ["signs"]),
        ("abc", ["short"]),
        ("2026", ["digits"]),
        ("हिन्दी", []),
    ],
)
def test_each_hashtag_is_advised_on_for_what_it_is(tag: str, codes: list[str]) -> None:
    assert [one.code for one in advice_about([tag])] == codes


def test_a_plain_spelling_that_is_listed_is_not_advised_again() -> None:
    assert [one.plain for one in advice_about(["Santé26"])] == ["Sante26"]
    assert advice_about(["Santé26", "sante26"]) == ()


def test_accents_work_everywhere_and_signs_do_not() -> None:
    assert works_everywhere("Santé26")
    assert not works_everywhere("MedEd🎉")
    assert not works_everywhere("2026")
