"""What earlier posts mean for the next one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.moderation.making import NOON, auto, post
from wall.model import Author, Post, PostState, Reason
from wall.moderation import Flood, History, Lookalikes, Past, Rules, fold_text, judge, text_digest

SPEECH = "Register now for the best course in town"


def known(past: Past, given: Post, *own: Any) -> History:
    return past.history(given, text_digest(given.text), *own)


def add(past: Past, given: Post, state: PostState = PostState.APPROVED) -> None:
    past.add_post(given, text_digest(given.text), state)


def by(author: str, key: str, text: str = SPEECH, *, after: float = 0) -> Post:
    at = NOON + timedelta(minutes=after)
    return post(text, key=key, author=Author(key=author, handle=author), created_at=at)


def test_nothing_is_known_of_a_newcomer() -> None:
    history = known(Past(auto()), by("a", "1"))
    assert (history.author_approved, history.author_times, history.same_text_authors) == (0, (), 0)


def test_a_posts_own_past_is_handed_through() -> None:
    reasons = (Reason(code="off_topic"),)
    history = known(Past(auto()), by("a", "1"), PostState.HELD, reasons)
    assert (history.state, history.reasons) == (PostState.HELD, reasons)


def test_posts_of_a_batch_count_for_those_after_them() -> None:
    rules = auto(flood=Flood(posts=2, minutes=1))
    past, states = Past(rules), []
    for number in range(4):
        each = by("a", str(number), f"text {number}", after=number / 10)
        verdict = judge(each, rules, known(past, each))
        add(past, each, verdict.state)
        states.append(verdict.state)
    assert states == [PostState.APPROVED] * 2 + [PostState.HELD] * 2


def test_a_post_does_not_count_against_its_own_edit() -> None:
    past = Past(auto())
    add(past, by("a", "1"), PostState.APPROVED)
    history = known(past, by("a", "1", "edited"), PostState.APPROVED)
    assert (history.author_approved, history.author_times, history.same_text_authors) == (0, (), 0)


def test_an_author_who_was_approved_is_known() -> None:
    past = Past(auto())
    add(past, by("a", "1"), PostState.HELD)
    assert known(past, by("a", "2")).author_approved == 0
    add(past, by("a", "1"), PostState.APPROVED)
    assert known(past, by("a", "2")).author_approved == 1
    past.approve("x", "b")
    assert known(past, by("b", "3")).author_approved == 1
    assert known(past, by("c", "4")).author_approved == 0


def test_the_same_text_counts_once_for_each_other_author_within_the_window() -> None:
    past = Past(auto(lookalikes=Lookalikes(authors=3, minutes=10)))
    add(past, by("a", "1"))
    add(past, by("b", "2", SPEECH.upper() + "!! https://spam.example/x"))
    add(past, by("b", "3", "@you " + SPEECH))
    add(past, by("c", "4", after=-11))
    add(past, by("d", "5", "something else that is long enough"), PostState.APPROVED)
    assert known(past, by("e", "6")).same_text_authors == 2
    assert known(past, by("a", "7")).same_text_authors == 1


def test_an_edited_text_is_no_longer_alike() -> None:
    past = Past(auto())
    add(past, by("a", "1"))
    add(past, by("a", "1", "other words that are long enough"), PostState.APPROVED)
    assert known(past, by("b", "2")).same_text_authors == 0


def test_reach_is_the_widest_window_around_the_batch() -> None:
    rules = Rules(flood=Flood(minutes=2), lookalikes=Lookalikes(minutes=30))
    times = [NOON + timedelta(hours=1), NOON]
    half_hour = timedelta(minutes=30)
    assert Past.reach(rules, times) == (NOON - half_hour, NOON + timedelta(hours=1) + half_hour)
    assert Past.reach(Rules(flood=None, lookalikes=None), times) is None
    assert Past.reach(rules, []) is None


@pytest.mark.parametrize(
    "text",
    [
        "REGISTER now for the best course in town!!!",
        "@ada register now for the best course in town https://spam.example/a?b",
        "Régister   now\nfor the best course… in town 8",
    ],
)
def test_texts_that_say_the_same_have_the_same_digest(text: str) -> None:
    alike = text_digest(text.removesuffix(" 8")) == text_digest(SPEECH)
    assert alike
    assert text_digest(text + " and gown") != text_digest(SPEECH)


@pytest.mark.parametrize(
    "text", ["", "Yes!", "Thank you so much", "👏👏👏", "https://example.org/a/long/address"]
)
def test_short_texts_are_not_compared(text: str) -> None:
    assert text_digest(text) is None


def test_folded_text_is_its_words() -> None:
    assert fold_text("@Ada, see  HTTPS://x.example/1 – the École #SMSummit!") == "see the ecole smsummit"


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = fold_text(text)
    assert fold_text(once) == once
