"""Whose is it? The clues in their order, and that nothing is guessed where two sessions are alike."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from facilitator.placing import NO_CLUES, Clues, Programme, handles_of, suggest
from tests.support.summit import MORNING, post
from wall.model import Author, Post
from wall.parallel import Placed
from wall.programme import Method, Prompt, Session, SessionState

HOUR = timedelta(hours=1)
LATER = MORNING + timedelta(minutes=10)


def session(id_: str, *, at: datetime = MORNING, state: str = "running", **more: Any) -> Session:
    began = at if state != "planned" else None
    ended = at + HOUR if state == "ended" else None
    plan = {
        "id": id_,
        "event_id": "e",
        "room_id": f"room-{id_}",
        "title": f"Session {id_}",
        "method": Method.CHAT,
        "speakers": (),
        "facilitators": (),
        "starts_at": at,
        "ends_at": at + HOUR,
        "prompts": (),
        "prompt": None,
        "state": SessionState(state),
        "begun_at": began,
        "ended_at": ended,
        "note": "",
        "version": 1,
    }
    return Session(**plan | more)


def said(text: str = "Said", *tags: str, at: datetime = LATER, handle: str = "ada") -> Post:
    author = Author(key="a", handle=handle)
    return post("1", text, hashtags=tags, created_at=at, author=author)


def test_the_one_session_that_runs_is_the_last_clue() -> None:
    alone = Programme([session("a"), session("b", state="planned", at=MORNING + HOUR)])
    assert suggest(said(), alone) == ("a", Placed.TIME)
    both = Programme([session("a"), session("b")])
    assert suggest(said(), both) is None


def test_what_was_said_before_a_session_began_is_not_its_own() -> None:
    assert suggest(said(at=MORNING - HOUR), Programme([session("a")])) is None
    over = Programme([session("a", state="ended")])
    assert suggest(said(at=LATER), over) == ("a", Placed.TIME)
    assert suggest(said(at=MORNING + 2 * HOUR), over) is None


def test_a_hashtag_of_the_session_tells_first() -> None:
    two = Programme([session("a", hashtags=("rooma",)), session("b", speakers=("Bo (@bo)",))])
    assert suggest(said("@bo says #RoomA", "RoomA"), two, Clues("b", "b")) == ("a", Placed.HASHTAG)


def test_a_hashtag_of_the_event_tells_nothing() -> None:
    two = [session("a", hashtags=("smsummit",)), session("b")]
    assert suggest(said("Hi", "SMSummit"), Programme(two, frozenset({"smsummit"}))) is None


def test_each_clue_tells_where_no_stronger_one_does() -> None:
    asked = (Prompt(id="p", text="Why?", minute=0, code="Q2"),)
    two = Programme([session("a", speakers=("Ada Bo, @BO",)), session("b", prompts=asked)])
    assert suggest(said("Thanks @bo, A2: because"), two, Clues(answered="b", page="b")) == (
        "b",
        Placed.REPLY,
    )
    assert suggest(said("Thanks @bo, A2: because"), two, Clues(page="b")) == ("a", Placed.SPEAKER)
    assert suggest(said("A2: because"), two, Clues(page="a")) == ("a", Placed.PAGE)
    assert suggest(said("A2: because"), two) == ("b", Placed.PROMPT)


def test_a_speaker_speaks_of_their_own_session() -> None:
    two = Programme([session("a", speakers=("Bo Li (@bo@uni.example)",)), session("b")])
    assert suggest(said("Slides are up", handle="bo"), two) == ("a", Placed.SPEAKER)
    assert suggest(said("Hello @bo@uni.example"), two) == ("a", Placed.SPEAKER)
    assert suggest(said("mail me: ada@bo.example"), two) is None


def test_of_two_sessions_with_one_hashtag_the_nearest_is_meant() -> None:
    far = session("far", at=MORNING - timedelta(days=1), state="ended", hashtags=("delphi",))
    near = session("near", at=MORNING + HOUR, state="planned", hashtags=("delphi",))
    assert suggest(said("#delphi", "delphi"), Programme([far, near])) == ("near", Placed.HASHTAG)
    twin = session("twin", at=MORNING + HOUR, state="planned", hashtags=("delphi",))
    assert suggest(said("#delphi", "delphi"), Programme([near, twin])) is None


def test_a_clue_about_a_session_that_is_not_there_tells_nothing() -> None:
    assert suggest(said(), Programme([]), Clues("gone", "gone")) is None


def test_handles_are_found_without_addresses() -> None:
    assert handles_of("Dr Bo (@Bo.Li), @eve@uni.example.") == {"bo.li", "eve@uni.example", "eve"}
    assert handles_of("bo@uni.example, https://x.example/@bo") == frozenset()


SESSIONS = st.lists(
    st.builds(
        session,
        st.sampled_from("abcd"),
        at=st.integers(-5, 5).map(lambda hours: MORNING + hours * HOUR),
        state=st.sampled_from(["planned", "running", "ended"]),
        hashtags=st.lists(st.sampled_from(["one", "two"]), unique=True).map(tuple),
        speakers=st.lists(st.sampled_from(["Ada @ada", "@bo"]), unique=True).map(tuple),
    ),
    unique_by=lambda one: one.id,
)
POSTS = st.builds(
    said,
    st.sampled_from(["Said", "@ada and @bo", "A1: yes", "#one", "@"]),
    at=st.integers(-400, 400).map(lambda minutes: MORNING + timedelta(minutes=minutes)),
    handle=st.sampled_from(["ada", "eve", ""]),
)


@given(SESSIONS, POSTS, st.sampled_from([None, *"abcdz"]), st.sampled_from([None, *"abcdz"]))
def test_a_suggestion_is_of_the_programme_and_its_order_does_not_matter(
    sessions: list[Session], one: Post, answered: str | None, page: str | None
) -> None:
    clues = Clues(answered, page)
    found = suggest(one, Programme(sessions), clues)
    assert found is None or found[0] in {each.id for each in sessions}
    assert suggest(one, Programme(sessions[::-1]), clues) == found


@given(SESSIONS, POSTS)
def test_more_clues_never_take_an_answer_away(sessions: list[Session], one: Post) -> None:
    programme = Programme(sessions)
    if suggest(one, programme, NO_CLUES) is not None:
        for each in sessions:
            assert suggest(one, programme, Clues(answered=each.id)) is not None
