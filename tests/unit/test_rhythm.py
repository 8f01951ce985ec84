"""A silence is told of when a feed's own rhythm does not explain it, and hardly ever besides."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wall.intake.rhythm import SHORTEST, Rhythm, begun, heard, is_silent, longest

DAY, HOUR = 86_400.0, 3_600.0
START = 1_790_000_000.0 - 1_790_000_000.0 % DAY
"""A midnight in UTC."""
Rate = Callable[[float], float]
"""A share of the highest rate, by the hour of the day."""
Day = Callable[[random.Random, int], list[float]]
"""Simulated posts of so many days, in seconds from the first midnight."""


def even(_hour: float) -> float:
    return 1.0


def diurnal(hour: float) -> float:
    """A day with a slow morning, a lunch, an evening, and a night in which nearly all sleep."""
    if hour < 6 or hour >= 23:
        return 0.02
    if hour < 8 or hour >= 20:
        return 0.3
    return 0.15 if 12 <= hour < 13 else 1.0


def sessions(hour: float) -> float:
    """A conference: four sessions, and breaks in which an eighth is posted."""
    on = any(begin <= hour < end for begin, end in ((9, 10.5), (11, 12.5), (13.5, 15), (15.5, 17)))
    return 1.0 if on else 0.12 if 8 <= hour < 22 else 0.01


def thinned(rate: Rate, top: float, rng: random.Random, days: int) -> list[float]:
    """A Poisson process of a changing rate, `top` a second at most (Lewis and Shedler, 1979)."""
    at, found = 0.0, []
    while (at := at + rng.expovariate(top)) < days * DAY:
        if rng.random() < rate(at % DAY / HOUR):
            found.append(at)
    return found


def poisson(every: float, rate: Rate) -> Day:
    return lambda rng, days: thinned(rate, 1 / every, rng, days)


def bursts(every: float, rate: Rate, size: float, spread: float) -> Day:
    """Bursts of `size` posts on average within about `spread` seconds (Neyman and Scott)."""

    def made(rng: random.Random, days: int) -> list[float]:
        found = []
        for at in thinned(rate, 1 / (every * size), rng, days):
            found.append(at)
            while rng.random() < 1 - 1 / size:
                found.append(at + rng.expovariate(1 / spread))
        return sorted(found)

    return made


def learnt(posts: Iterable[float]) -> Rhythm:
    rhythm = Rhythm()
    for at in posts:
        rhythm = heard(rhythm, START + at)
    return rhythm


def false_alarms(posts: list[float]) -> int:
    """Silences that would have been told of although the next post came."""
    rhythm, found = Rhythm(), 0
    for at in posts:
        found += is_silent(rhythm, START + at)
        rhythm = heard(rhythm, START + at)
    return found


def delay(posts: list[float], cut: float) -> float:
    """Seconds from when a feed went dead to when that is told of; infinite where it is not within a day."""
    rhythm = learnt(at for at in posts if at < cut)
    tried = (cut + 15.0 * step for step in range(int(DAY / 15)))
    return next((at - cut for at in tried if is_silent(rhythm, START + at)), math.inf)


DAYS: list[tuple[str, Day, int]] = [
    *((f"Poisson {every} s", poisson(every, even), 12) for every in (1_200, 180, 40)),
    *((f"a day, {every} s", poisson(every, diurnal), 12) for every in (180, 40)),
    *((f"sessions, {every} s", poisson(every, sessions), 12) for every in (180, 40)),
    *((f"bursts of 5, {every} s", bursts(every, diurnal, 5, 60), 12) for every in (180, 40, 15)),
    *(
        (f"bursts of 5 in sessions, {every} s", bursts(every, sessions, 5, 20), 12)
        for every in (180, 40, 15)
    ),
    ("a busy day, 5 s", poisson(5, diurnal), 3),
    ("busy bursts in sessions, 5 s", bursts(5, sessions, 5, 20), 3),
]


@pytest.mark.parametrize(("day", "days"), [one[1:] for one in DAYS], ids=[one[0] for one in DAYS])
def test_there_is_at_most_one_false_alarm_a_day_the_night_included(day: Day, days: int) -> None:
    posts = day(random.Random(4), days)
    assert false_alarms(posts) <= days


def test_over_all_these_days_there_is_one_false_alarm_in_three_days_at_most() -> None:
    found = sum(false_alarms(day(random.Random(9), 3)) for _, day, _ in DAYS)
    assert found <= len(DAYS) * 3 / 3


@pytest.mark.parametrize(
    ("day", "minutes"),
    [
        (poisson(5, diurnal), 13),
        (poisson(40, even), 30),
        (poisson(40, diurnal), 45),
        (bursts(5, diurnal, 5, 60), 20),
        (bursts(40, diurnal, 5, 60), 200),
    ],
    ids=["busy", "steady", "a day", "busy bursts", "bursts"],
)
def test_a_feed_that_goes_dead_in_the_afternoon_is_told_of_soon(day: Day, minutes: float) -> None:
    found = [delay(day(random.Random(seed), 2), DAY + 14.3 * HOUR) for seed in range(5)]
    assert median(found) <= minutes * 60


@pytest.mark.parametrize("zone", ["UTC", "America/Toronto", "Asia/Tokyo"])
def test_the_night_at_the_events_place_counts_for_a_twelfth(zone: str) -> None:
    rhythm = learnt(40.0 * number for number in range(180))
    end = START + 40.0 * 179
    silent_at = next(at for at in (end + 60.0 * m for m in range(3_000)) if is_silent(rhythm, at, zone))
    by_night = {"UTC": True, "America/Toronto": False, "Asia/Tokyo": False}[zone]
    assert (silent_at - end > 2 * HOUR) == by_night


def test_an_hour_of_the_day_that_was_slow_before_is_expected_to_be_slow_again() -> None:
    before = [at for at in thinned(diurnal, 1 / 20, random.Random(2), 1) if not 11 * HOUR < at < 13 * HOUR]
    again = [DAY + at for at in before if at < 11 * HOUR]
    new, known = learnt(again), learnt([*before, *again])
    noon = START + DAY + 11.9 * HOUR
    assert (is_silent(new, noon), is_silent(known, noon)) == (True, False)


@given(st.lists(st.floats(0, 5_000), max_size=80), st.floats(0, 1e6))
def test_whatever_came_the_longer_a_silence_the_surer(gaps: list[float], after: float) -> None:
    rhythm, at = Rhythm(), START
    for gap in gaps:
        at += gap
        rhythm = heard(rhythm, at)
    assert longest(rhythm) >= SHORTEST
    assert rhythm.burstiness >= 1
    assert not is_silent(rhythm, at + min(after, SHORTEST - 1))
    assert is_silent(rhythm, at + after) <= is_silent(rhythm, at + 2 * after)


@given(st.integers(0, 5), st.floats(0, 1e7))
def test_a_few_posts_are_no_rhythm(count: int, after: float) -> None:
    assert not is_silent(learnt(60.0 * number for number in range(count)), START + 300 + after)


def test_a_pause_is_not_taken_for_a_silence_and_nothing_is_learnt_of_it() -> None:
    rhythm = learnt(20.0 * number for number in range(200))
    later = START + 8 * HOUR
    assert is_silent(rhythm, later)
    back = begun(rhythm, later)
    assert not is_silent(back, later + SHORTEST)
    assert back.usual == rhythm.usual
    assert is_silent(back, later + HOUR)


def test_a_clock_that_was_set_back_raises_nothing() -> None:
    rhythm = heard(learnt(20.0 * number for number in range(50)), START - DAY)
    assert rhythm.last == START + 20.0 * 49
    assert not is_silent(rhythm, START - DAY)
