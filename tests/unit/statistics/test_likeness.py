"""Texts that say the same, texts that are like each other, and the themes among them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilitator.statistics.likeness import Likeness, Weighed, key_of, same_words
from facilitator.statistics.sampling import at_random, every
from facilitator.statistics.themes import adjusted_rand, themes

WIFI = ("The wifi is down in hall B", "Is the wifi down for everyone?", "Please fix the wifi in hall B")
FOOD = (
    "The coffee queue is far too long",
    "Coffee queue takes forty minutes",
    "A longer coffee queue again",
)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("RT @chair: Éducation  ouverte! https://example.org #MedEd #FOAM", "education ouverte"),
        ("#MedEd", "meded"),
        ("ＷＩＦＩ down 🔥", "wifi down 🔥"),
        ("", ""),
    ],
)
def test_a_key_is_what_a_text_says_without_its_trimmings(text: str, key: str) -> None:
    assert key_of(text) == key


def test_what_says_the_same_in_nearly_the_same_words_is_gathered() -> None:
    texts = [
        "Wifi down in hall B again",
        "Lunch was cold",
        "RT @speaker: Wifi down in hall B again!! #MedEd",
        "wifi down in hall B, again",
        "Burnout is a system problem",
    ]
    assert same_words(texts) == [(0, 2, 3)]


def test_the_most_like_comes_first_and_what_is_unlike_not_at_all() -> None:
    likeness = Likeness([*WIFI, *FOOD])
    found = likeness.similar("wifi down again in the hall", most=2)
    assert [place for place, _ in found] == [0, 2]
    assert found[0][1] > found[1][1] > 0.2
    assert likeness.similar("zzz") == []


def test_letters_find_what_whole_words_do_not() -> None:
    texts = ["Moderation of panels", "Lunch was cold"]
    assert Weighed(texts).like("moderating") == {}
    assert [place for place, _ in Likeness(texts).similar("moderating", least=0.05)] == [0]


def test_themes_are_groups_named_by_words_that_tell_them_apart() -> None:
    found = themes([*WIFI, *FOOD, "Burnout among trainees"])
    assert sorted(sorted(one.places) for one in found) == [[0, 1, 2], [3, 4, 5]]
    names = {name for one in found for name in one.words}
    assert {"wifi", "coffee"} <= names
    assert not names & {"the", "is", "in"}


@given(st.lists(st.text(max_size=60), max_size=12))
def test_any_texts_at_all_have_themes_that_hold_each_text_once(texts: list[str]) -> None:
    places = [place for one in themes(texts, least=2) for place in one.places]
    assert len(places) == len(set(places))
    assert set(places) <= set(range(len(texts)))
    assert themes(texts, least=2) == themes(texts, least=2)


@given(st.text(max_size=80), st.lists(st.text(max_size=40), max_size=6))
def test_likeness_lies_between_0_and_1(text: str, texts: list[str]) -> None:
    for _, like in Likeness(texts).similar(text, most=10, least=0.0):
        assert 0 <= like <= 1 + 1e-9


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=20))
def test_the_rand_index_is_1_for_the_same_partition_whatever_its_names(labels: list[str]) -> None:
    assert adjusted_rand(labels, [{"a": 3, "b": 1, "c": 2}[label] for label in labels]) == 1.0


def test_the_rand_index_is_the_published_one() -> None:
    # scikit-learn's documentation: adjusted_rand_score([0, 0, 1, 2], [0, 0, 1, 1]) is 0.57.
    assert adjusted_rand([0, 0, 1, 2], [0, 0, 1, 1]) == pytest.approx(4 / 7)
    assert adjusted_rand([0, 0, 1, 1], [0, 1, 0, 1]) == pytest.approx(-0.5)


def test_every_third_is_the_third_the_sixth_and_so_on() -> None:
    assert every(list("abcdefgh"), 3) == ["c", "f"]
    assert every(list("ab"), 3) == []


@given(st.sets(st.text(min_size=1, max_size=5), max_size=30), st.integers(1, 10), st.integers(0, 100))
def test_the_same_seed_chooses_the_same_in_their_order(ids: set[str], size: int, seed: int) -> None:
    listed = sorted(ids)
    chosen = at_random(listed, size, seed)
    assert chosen == [one for one in listed if one in set(chosen)]
    assert len(chosen) == min(size, len(listed))
    assert set(at_random(listed[::-1], size, seed)) == set(chosen)


def test_another_seed_chooses_others() -> None:
    ids = [str(number) for number in range(100)]
    assert at_random(ids, 10, 1) != at_random(ids, 10, 2)
