"""Which prompt a post was said to."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilitator.answering import GRACE, answer_of, codes_in
from facilitator.run_sheets import LATEST, SOONEST, proposed_breaks
from tests.support.summit import MORNING
from wall.programme import Method, Prompt, PromptKind, Session, SessionState
from wall.sheet import Answering


def at(minute: float) -> datetime:
    return MORNING + timedelta(minutes=minute)


def prompt(code: str, minute: int = 0, kind: PromptKind = PromptKind.PROMPT) -> Prompt:
    return Prompt(id=f"p-{code}", text=f"What about {code}?", minute=minute, code=code, kind=kind)


def session(name: str, *codes: str, now: str | None = None, since: float = 10, **more: object) -> Session:
    """A session that began at nine; `now` is the code of what is asked since minute `since`."""
    given = {
        "id": name,
        "event_id": "e",
        "room_id": f"room of {name}",
        "title": name,
        "method": Method.CHAT,
        "speakers": (),
        "facilitators": (),
        "starts_at": MORNING,
        "ends_at": at(60),
        "prompts": tuple(prompt(code) for code in codes),
        "prompt": f"p-{now}" if now else None,
        "prompt_at": at(since) if now else None,
        "state": SessionState.RUNNING,
        "begun_at": MORNING,
        "ended_at": None,
        "note": "",
        "version": 1,
    }
    return Session.model_validate({**given, **more})


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("A1: We use checklists.", ("Q1",)),
        ("a1 we use checklists", ("Q1",)),
        ("A 2. We should ask them.", ("Q2",)),
        ("@host #meded A3 it depends", ("Q3",)),
        ("Q1 How do you teach?", ("Q1",)),
        ("I agree with her. A2: Yes, and more.", ("Q2",)),
        ("Yes #A4", ("Q4",)),
        ("We never did that. A1", ("Q1",)),
        ("A1 & A2 are the same to me (A2)", ("Q1", "Q2")),
        ("D2: destiny is what we make", ("D2",)),
        ("A01 counts as one", ("Q1",)),
        ("Print it on A4 paper and pin it up", ()),
        ("B12 deficiency is not rare", ("B12",)),
        ("COVID19 changed it", ()),
        ("see https://example.org/A1 for more", ()),
        ("mail me@A1: no", ()),
        ("vitamin a1 is nothing", ()),
        ("A1% of all", ()),
        ("", ()),
    ],
)
def test_a_code_counts_where_a_tweet_chat_has_it(text: str, codes: tuple[str, ...]) -> None:
    assert codes_in(text) == codes


@given(st.text(max_size=300))
def test_any_text_has_codes_or_none_and_takes_no_time(text: str) -> None:
    assert all(code[0].isalpha() and code[-1].isdecimal() for code in codes_in(text))


def test_a_text_of_many_marks_takes_no_time() -> None:
    assert codes_in("#" * 20_000 + " A1") == ("Q1",)
    assert codes_in("@a " * 8_000 + "A1") == ("Q1",)


def test_an_answer_says_which_prompt_even_when_another_one_is_asked() -> None:
    chat = session("chat", "Q1", "Q2", now="Q2")
    found = answer_of("A1: late, but still", at(20), [chat])
    assert found is not None
    assert (found.session, found.prompt, found.how) == ("chat", "p-Q1", Answering.CODE)


def test_what_says_nothing_answers_the_prompt_that_is_on() -> None:
    chat = session("chat", "Q1", "Q2", now="Q2")
    found = answer_of("It depends", at(20), [chat])
    assert found is not None
    assert (found.prompt, found.how) == ("p-Q2", Answering.TIME)
    assert answer_of("It depends", at(9), [chat]) is None  # written before that was asked


def test_of_two_sessions_with_one_code_the_one_that_asks_it_now_is_meant() -> None:
    two = [session("one", "Q1", "Q2", now="Q2"), session("two", "Q1", now="Q1")]
    found = answer_of("A1 yes", at(20), two)
    assert found is not None
    assert found.session == "two"


def test_nobody_guesses_between_two_sessions_that_ask_the_same() -> None:
    two = [session("one", "Q1", now="Q1"), session("two", "Q1", now="Q1")]
    assert answer_of("A1 yes", at(20), two) is None
    assert answer_of("Yes", at(20), two) is None
    found = answer_of("A1 yes", at(20), two, own="one")
    assert found is not None
    assert (found.session, found.how) == ("one", Answering.CODE)


def test_what_is_known_to_be_for_one_session_answers_nothing_of_another() -> None:
    two = [session("one", "Q1"), session("two", "Q1", now="Q1")]
    assert answer_of("Yes", at(20), two, own="one") is None


def test_a_break_asks_nothing() -> None:
    pause = prompt("B1", 10, PromptKind.BREAK)
    chat = session("chat", now="B1").model_copy(update={"prompts": (pause,)})
    assert answer_of("It depends", at(20), [chat]) is None


def test_a_session_is_answered_by_code_until_a_while_after_its_end() -> None:
    over = session("chat", "Q1", state=SessionState.ENDED, ended_at=at(60))
    assert answer_of("A1 I am late", at(60) + GRACE, [over]) is not None
    assert answer_of("A1 I am too late", at(61) + GRACE, [over]) is None
    assert answer_of("It depends", at(59), [over]) is None
    planned = session("chat", "Q1", state=SessionState.PLANNED, begun_at=None)
    assert answer_of("A1 too early", at(1), [planned]) is None


def steps(*minutes: int, kind: PromptKind = PromptKind.PROMPT) -> list[Prompt]:
    return [Prompt(id=f"{kind}{minute}", text="T", minute=minute, kind=kind) for minute in minutes]


def test_breaks_are_proposed_where_a_prompt_begins_if_one_does() -> None:
    assert proposed_breaks(steps(0, 14, 30), 60) == (14, 26, 38, 50)
    assert proposed_breaks([], 60) == (12, 24, 36, 48)
    assert proposed_breaks([], 15) == ()
    assert proposed_breaks(steps(15, 30, kind=PromptKind.BREAK), 45) == ()


@given(
    st.lists(st.integers(0, 240), max_size=12),
    st.lists(st.integers(0, 240), max_size=12),
    st.integers(1, 240),
)
def test_with_the_proposed_breaks_the_online_side_is_heard_often_enough(
    prompts: list[int], breaks: list[int], minutes: int
) -> None:
    there = [*steps(*prompts), *steps(*breaks, kind=PromptKind.BREAK)]
    proposed = proposed_breaks(there, minutes)
    assert all(0 < minute < minutes for minute in proposed)
    stops = sorted({0, minutes, *proposed, *(minute for minute in breaks if 0 < minute < minutes)})
    gaps = [after - before for before, after in pairwise(stops)]
    assert all(gap <= LATEST + SOONEST for gap in gaps)
    for minute in proposed:
        before = max(stop for stop in stops if stop < minute)
        assert SOONEST <= minute - before <= LATEST
    again = [*there, *steps(*proposed, kind=PromptKind.BREAK)]
    assert proposed_breaks(again, minutes) == ()
