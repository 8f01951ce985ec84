"""Answers to quick asks are counted whole, folded by what they say, and say nothing about who gave them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilitator.ask_counting import MOST_LISTED, clean, count, fold, key_of
from wall.asks import Ask, AskKind, AskState, Given, SaidState, Tally

ANY = st.text(max_size=60)


def ask(kind: AskKind, **more: object) -> Ask:
    empty = {"opened_at": None, "closes_at": None, "closed_at": None, "walls_at": None}
    plain = {"options": (), "many": False, "top": 5, "low": "", "high": "", "live": False}
    own = {"id": "a", "event_id": "e", "session_id": None, "kind": kind, "question": "Q?"}
    state = {"state": AskState.OPEN, "tally": Tally(), "uncounted": False, "worded": 0, "version": 1}
    return Ask(**own | plain | empty | state | more)


CHOICE = ask(AskKind.CHOICE, options=("A", "B", "C"), many=True)
CLOUD = ask(AskKind.WORDS)


def words(*texts: str, held: bool = False) -> Given:
    return Given(words=texts, held=(held,) * len(texts))


@given(ANY)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(ANY)
def test_case_width_and_loose_ends_make_no_other_word(text: str) -> None:
    assert fold(f"  {text} ") == fold(text)
    assert fold(f"“{text}”!") == fold(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Feedback", "feedback!"), ("ＴＩＭＥ", "time"), ("more   time", "More time."), ("STRASSE", "straße")],
)
def test_these_are_the_same_word(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize(("one", "other"), [("pêche", "péché"), ("C++", "C"), ("👍", "👎")])
def test_these_are_not(one: str, other: str) -> None:
    assert key_of(one) != key_of(other)


def test_nothing_to_read_folds_to_nothing() -> None:
    assert not [text for text in ("", " ", "…!", "\u200b", "\u202e") if fold(text)]


def test_what_would_disturb_its_neighbours_is_made_tidy() -> None:
    assert clean("a\u0301\u0301\u0301\u0301\u0301b\nc") != "a\u0301\u0301\u0301\u0301\u0301b\nc"
    assert "\n" not in clean("one\ntwo")
    assert clean("\u202eevil").endswith(("\u202c", "evil"))


@given(st.lists(st.sets(st.integers(0, 2), min_size=1), max_size=60))
def test_every_pick_is_counted_once(picked: list[set[int]]) -> None:
    tally = count(CHOICE, [Given(picks=tuple(picks)) for picks in picked], {})
    assert tally.answered == len(picked)
    assert tally.counts == tuple(sum(place in picks for picks in picked) for place in range(3))
    assert tally.said == ()


@given(st.lists(st.lists(st.sampled_from(["ab", "AB", "a!", "ba"]), min_size=1, max_size=3), max_size=40))
def test_every_word_is_counted_once_for_each_who_gave_it(said: list[list[str]]) -> None:
    tally = count(CLOUD, [words(*texts) for texts in said], {})
    assert tally.answered == len(said)
    by_key = {one.key: one.count for one in tally.said}
    for text in {text for texts in said for text in texts}:
        assert by_key[key_of(text)] == sum(key_of(text) in map(key_of, texts) for texts in said)


@given(st.lists(ANY.filter(fold), max_size=30), st.randoms())
def test_the_order_in_which_answers_lie_says_nothing(said: list[str], drawn: object) -> None:
    answers = [words(text) for text in said]
    other = list(answers)
    drawn.shuffle(other)  # type: ignore[attr-defined]
    assert count(CLOUD, answers, {}) == count(CLOUD, other, {})


def test_a_word_is_written_as_most_write_it() -> None:
    (one,) = count(CLOUD, [words("time"), words("Time"), words("Time")], {}).said
    assert (one.text, one.count, one.state) == ("Time", 3, SaidState.SHOWN)


def test_what_a_rule_holds_waits_until_a_person_decides() -> None:
    answers = [words("fine"), words("odd", held=True)]
    states = {one.text: one.state for one in count(CLOUD, answers, {}).said}
    assert states == {"fine": SaidState.SHOWN, "odd": SaidState.HELD}
    decided = {key_of("odd"): True, key_of("fine"): False}
    states = {one.text: one.state for one in count(CLOUD, answers, decided).said}
    assert states == {"fine": SaidState.STRUCK, "odd": SaidState.SHOWN}


def test_of_very_many_things_the_most_said_are_listed_and_the_others_counted() -> None:
    answers = [words(f"word {number}") for number in range(400)] + [words("word 7")] * 5
    tally = count(CLOUD, answers, {})
    assert tally.said[0].text == "word 7"
    assert (len(tally.said), tally.more) == (MOST_LISTED[SaidState.SHOWN], 340)
