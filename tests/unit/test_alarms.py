"""When organisers are alarmed, over made-up days."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.support.summit import MORNING
from wall.alarms import AGAIN, PATIENCE, PERIOD, Alarm, Attended, Clear, Tell, Waits, decide

MATTERS = ("posts", "points")
minutes = st.integers(0, 600)
seconds = st.integers(1, 1_200)


@st.composite
def days(draw: st.DrawFn) -> list[tuple[int, dict, dict]]:
    """Looks one after the other: (seconds since the last, what waits since when, who is there)."""
    looks = []
    for _ in range(draw(st.integers(1, 30))):
        waits = {matter: draw(st.none() | minutes) for matter in MATTERS}
        there = {matter: draw(st.tuples(st.booleans(), st.none() | seconds)) for matter in MATTERS}
        looks.append((draw(seconds), waits, there))
    return looks


def lived(day: list[tuple[int, dict, dict]]) -> list[tuple]:
    """Every look of a day with what was decided and what is known afterwards."""
    now, known, seen = MORNING, {}, []
    for passed, waits, there in day:
        now += timedelta(seconds=passed)
        waiting = [Waits(m, now - timedelta(minutes=age), 3) for m, age in waits.items() if age is not None]
        attended = {
            m: Attended(here, None if ago is None else now - timedelta(seconds=0 if here else ago))
            for m, (here, ago) in there.items()
        }
        steps = decide(now, waiting, attended, list(known.values()))
        seen.append((now, waiting, attended, dict(known), steps))
        known |= {step.alarm.matter: step.alarm for step in steps}
    return seen


@given(days())
def test_nobody_is_alarmed_while_somebody_is_at_a_desk_or_was_within_five_minutes(day: list) -> None:
    for now, waiting, attended, _, steps in lived(day):
        for told in (step.alarm for step in steps if isinstance(step, Tell)):
            who = attended[told.matter]
            assert not who.now
            assert who.last is None or now - who.last >= PATIENCE
            assert [one.since for one in waiting if one.matter == told.matter] == [told.since]
            assert now - told.since >= PATIENCE


@given(days())
def test_of_one_matter_organisers_are_told_at_most_once_a_period(day: list) -> None:
    told: dict[str, list] = {}
    for now, *_, steps in lived(day):
        for step in steps:
            if isinstance(step, Tell):
                told.setdefault(step.alarm.matter, []).append((now, step.alarm.times))
    for times in told.values():
        for (before, _), (after, number) in pairwise(times):
            assert after - before >= PERIOD
            if number > 1:
                assert after - before >= AGAIN[number - 2]
        assert all(number <= len(AGAIN) + 1 for _, number in times)


@given(days())
def test_an_alarm_is_cleared_once_and_only_when_nothing_waits_too_long_unattended(day: list) -> None:
    for _, waiting, attended, known, steps in lived(day):
        for step in steps:
            before = known.get(step.alarm.matter)
            if isinstance(step, Clear):
                assert before is not None
                assert before.times
                assert step.alarm == Alarm(before.matter, before.since, before.told_at, 0)
        for matter, alarm in known.items():
            still = [one for one in waiting if one.matter == matter]
            if alarm.times and (attended[matter].now or not still):
                assert any(isinstance(step, Clear) and step.alarm.matter == matter for step in steps)


def test_what_waits_unattended_is_told_after_five_minutes_and_then_ever_more_rarely_four_times() -> None:
    known: dict[str, Alarm] = {}
    told = []
    for minute in range(24 * 60):
        now = MORNING + timedelta(minutes=minute)
        for step in decide(now, [Waits("posts", MORNING, 1)], {}, list(known.values())):
            assert isinstance(step, Tell)
            known[step.alarm.matter] = step.alarm
            told.append(minute)
    assert told == [5, 20, 50, 110]


def test_the_five_minutes_begin_when_the_last_who_could_see_to_it_left() -> None:
    waits = [Waits("posts", MORNING, 1)]
    left = MORNING + timedelta(minutes=30)
    who = {"posts": Attended(now=False, last=left)}
    assert decide(left + timedelta(minutes=4, seconds=59), waits, who, []) == []
    assert len(decide(left + PATIENCE, waits, who, [])) == 1
