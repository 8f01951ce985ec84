"""Times of day where clocks change, shifts by days, and sessions that clash."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilitator.answering import GRACE, answer_of
from facilitator.programme_clashes import Planned, clashes, clashes_of
from facilitator.programme_times import after_gap, fold_of, local, moment, moments, moved, rewritten
from wall.programme import Method, Prompt, Session, SessionState
from wall.sheet import Answering

TORONTO = "America/Toronto"
BEGUN = datetime(2026, 5, 4, 13, tzinfo=UTC)
ZONES = st.sampled_from(
    [TORONTO, "Europe/Paris", "Australia/Lord_Howe", "Asia/Kolkata", "UTC", "Africa/Casablanca"]
)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(  # noqa: DTZ001
    lambda told: told.replace(second=0, microsecond=0, tzinfo=UTC)
)


def test_a_usual_time_is_one_moment() -> None:
    assert moments(date(2026, 5, 4), time(9), TORONTO) == (datetime(2026, 5, 4, 13, tzinfo=UTC),)


def test_a_skipped_time_is_none_and_says_what_clocks_show_instead() -> None:
    assert moments(date(2026, 3, 8), time(2, 30), TORONTO) == ()
    assert after_gap(date(2026, 3, 8), time(2, 30), TORONTO) == time(3, 30)
    assert after_gap(date(2026, 10, 4), time(2, 10), "Australia/Lord_Howe") == time(2, 40)


def test_a_repeated_time_is_two_the_earlier_first() -> None:
    found = moments(date(2026, 11, 1), time(1, 30), TORONTO)
    assert [at.hour for at in found] == [5, 6]
    assert [fold_of(at, TORONTO) for at in found] == ["first", "second"]
    assert fold_of(found[0] - timedelta(hours=2), TORONTO) == ""


@given(MOMENTS, ZONES)
def test_every_moment_is_among_those_of_what_clocks_show_then(at: datetime, zone: str) -> None:
    told = local(at, zone)
    assert at in moments(told.date(), told.time().replace(fold=0), zone)


@given(MOMENTS, ZONES, st.integers(-800, 800))
def test_a_shift_by_days_keeps_the_time_of_day_wherever_clocks_show_it(
    at: datetime, zone: str, days: int
) -> None:
    before = local(at, zone)
    after = local(moved(at, days, zone), zone)
    if moments(before.date() + timedelta(days=days), before.time().replace(fold=0), zone):
        assert after.replace(fold=0) == before.replace(fold=0) + timedelta(days=days)
    else:
        assert after > before.replace(fold=0) + timedelta(days=days)


def test_another_zone_shows_the_same_time_of_day() -> None:
    at = datetime(2026, 5, 4, 13, tzinfo=UTC)
    assert rewritten(at, TORONTO, "Europe/Paris") == datetime(2026, 5, 4, 7, tzinfo=UTC)
    assert moment(local(at, TORONTO), TORONTO) == at


def planned(name: str, room: str, begin: int, end: int) -> Planned:
    day = datetime(2026, 5, 4, tzinfo=UTC)
    return Planned(name, room, name, day + timedelta(hours=begin), day + timedelta(hours=end))


@pytest.mark.parametrize(
    ("room", "begin", "end", "found"),
    [
        ("a", 9, 10, ["one"]),
        ("a", 10, 11, []),
        ("b", 9, 10, []),
        ("a", 8, 13, ["one", "two"]),
        ("a", 8, 9, []),
    ],
)
def test_sessions_clash_in_one_room_at_one_time_and_not_when_one_follows(
    room: str, begin: int, end: int, found: list[str]
) -> None:
    there = [planned("one", "a", 9, 10), planned("two", "a", 11, 12)]
    assert [one.id for one in clashes_of(planned("", room, begin, end), there)] == found
    assert clashes(there) == []
    assert len(clashes([*there, planned("new", room, begin, end)])) == len(found)


def test_a_session_does_not_clash_with_itself() -> None:
    one = planned("one", "a", 9, 10)
    assert clashes_of(one._replace(starts_at=one.starts_at + timedelta(minutes=5)), [one]) == []


def running(**more: Any) -> Session:
    plan: dict[str, Any] = {
        "id": "s",
        "event_id": "e",
        "room_id": "r",
        "title": "Talk",
        "method": Method.CHAT,
        "speakers": (),
        "facilitators": (),
        "starts_at": BEGUN,
        "ends_at": BEGUN + timedelta(hours=1),
        "prompts": (Prompt(id="p", text="Why?", minute=0, code="Q1"),),
        "prompt": "p",
        "prompt_at": BEGUN,
        "state": SessionState.RUNNING,
        "begun_at": BEGUN,
        "ended_at": None,
        "note": "",
        "version": 1,
    }
    return Session(**plan | more)


@pytest.mark.parametrize(("seconds", "found"), [(20, None), (31, Answering.TIME)])
def test_a_new_prompt_is_meant_once_those_who_follow_the_stream_have_heard_it(
    seconds: int, found: Answering | None
) -> None:
    meant = answer_of("I think so", BEGUN + timedelta(seconds=seconds), [running(delay_seconds=30)])
    assert (meant.how if meant else None) == found
    assert answer_of("I think so", BEGUN + timedelta(seconds=seconds), [running()]) is not None


@pytest.mark.parametrize(("delay", "heard"), [(0, False), (60, True)])
def test_a_prompt_is_answered_by_its_code_until_the_grace_and_the_streams_delay_are_over(
    delay: int, heard: bool
) -> None:
    over = running(state=SessionState.ENDED, ended_at=BEGUN + timedelta(hours=1), delay_seconds=delay)
    late = BEGUN + timedelta(hours=1) + GRACE + timedelta(seconds=45)
    assert (answer_of("A1: yes", late, [over]) is not None) is heard
