"""What is kept of how a feed is: live posts apart from missed ones, troubles with their ends, all small."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.support.summit import post
from wall.feeds.base import Budget, Trouble
from wall.intake.rhythm import SHORTEST
from wall.intake.vitals import (
    BUDGETS,
    LAGS,
    MINUTES,
    PLACES,
    SPELLS,
    Measuring,
    Vitals,
    read,
    written,
)

T = datetime(2026, 5, 16, 14, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return T + timedelta(seconds=seconds)


def measuring(*places: str) -> Measuring:
    made = Measuring(Vitals())
    made.began(places or ("a.example", "b.example"), T)
    return made


def live(made: Measuring, count: int, every: float = 10.0, lag: float = 2.0) -> datetime:
    """Posts that came one after the other; when the last did."""
    for number in range(1, count + 1):
        made.came([after(number * every - lag)], after(number * every))
    return after(count * every)


def test_posts_of_before_the_start_are_missed_ones_and_count_for_no_figure() -> None:
    made = measuring()
    made.came([after(-600), after(-300)], after(1))
    found = made.vitals
    assert (found.missed, found.lag, sum(found.by_minute(after(1)))) == (2, None, 0)
    assert found.is_catching_up(after(5))
    assert not found.is_catching_up(after(60))
    made.came([after(58), after(59)], after(60))
    found = made.vitals
    assert (found.missed, found.lag, sum(found.by_minute(after(60)))) == (2, (1.5, 2.0), 2)
    assert (found.came_at, found.written_at) == (after(60), after(59))


def test_what_was_written_during_a_trouble_was_missed() -> None:
    made = measuring()
    made.trouble(Trouble("a.example", "unreachable", "It cannot be reached", 5.0), after(10))
    made.trouble(Trouble("a.example", None), after(100))
    made.came([after(50), after(101)], after(102))
    assert (made.vitals.missed, made.vitals.lag) == (1, (1.0, 1.0))


def test_a_server_whose_clock_is_ahead_makes_no_lag_below_zero_and_is_named() -> None:
    made = measuring()
    ahead = post("soon").model_copy(
        update={"created_at": after(90_000), "url": "https://wrong.example/@ada/1"}
    )
    made.saw([ahead], after(5))
    made.came([after(6)], after(5))
    assert made.vitals.lag == (0.0, 0.0)
    assert made.vitals.ahead is not None
    assert (made.vitals.ahead.host, made.vitals.ahead.seconds) == ("wrong.example", 89_995)


def test_the_last_hour_is_kept_by_minutes() -> None:
    made = measuring()
    live(made, 360, every=20.0)
    now = after(7_200)
    assert made.vitals.by_minute(now)[:-1] == (3,) * (MINUTES - 1)
    assert made.vitals.per_minute(now) == (5 * 3 + 1) / 5
    assert made.vitals.by_minute(now + timedelta(minutes=10))[-10:] == (0,) * 10
    assert made.vitals.by_minute(now + timedelta(days=1)) == (0,) * MINUTES


def test_a_trouble_has_a_beginning_and_an_end_and_one_that_comes_again_soon_is_the_same() -> None:
    made = measuring()
    lost = Trouble("a.example stream", "stream_lost", "Its stream broke off", 1.0)
    for second in (10, 20, 30):
        made.trouble(lost, after(second))
        made.trouble(Trouble("a.example stream", None), after(second + 2))
    (spell,) = made.vitals.spells
    assert (spell.began, spell.ended, spell.times) == (after(10), after(32), 3)
    made.trouble(lost, after(1_000))
    assert len(made.vitals.spells) == 2
    assert made.vitals.trouble_at("a.example") is None
    made.trouble(Trouble("a.example", "timeout", "It does not answer", 1.0), after(1_010))
    assert [spell.code for spell in made.vitals.open_spells] == ["timeout"]


def test_a_failure_of_the_whole_lasts_over_new_tries_until_posts_can_come() -> None:
    made = measuring()
    made.failed("server_error", "It answers with status 502.", 5.0, after(10))
    made.began(("a.example",), after(15), first=False)
    assert [spell.where for spell in made.vitals.open_spells] == [""]
    assert made.vitals.trouble_at("a.example") is not None
    made.works(after(20))
    assert not made.vitals.open_spells


def test_a_silence_is_told_of_only_while_nothing_else_explains_it() -> None:
    made = measuring()
    end = live(made, 200)
    late = end + timedelta(seconds=SHORTEST * 3)
    assert made.vitals.is_silent(late, "UTC")
    assert not made.vitals.is_silent(end + timedelta(seconds=SHORTEST / 2), "UTC")
    stuck = Measuring(made.vitals)
    stuck.trouble(Trouble("a.example", "timeout", "It does not answer", 1.0), late)
    assert not stuck.vitals.is_silent(late, "UTC")
    reading = Measuring(made.vitals)
    reading.came([after(-100)], late)
    assert not reading.vitals.is_silent(late, "UTC")
    again = Measuring(made.vitals)
    again.began(("a.example",), late)
    assert not again.vitals.is_silent(late, "UTC")


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("came"), st.floats(-1e6, 1e6)),
            st.tuples(st.just("trouble"), st.integers(0, 60)),
            st.tuples(st.just("budget"), st.integers(0, 60)),
            st.tuples(st.just("began"), st.integers(0, 60)),
        ),
        max_size=150,
    )
)
def test_whatever_happens_it_stays_small_and_reads_back(steps: list[tuple[str, float]]) -> None:
    made = measuring()
    for at, (what, number) in enumerate(steps):
        now = after(7.0 * at)
        if what == "came":
            made.came([after(number)], now)
        elif what == "trouble":
            code = None if number % 3 == 0 else f"code_{number % 5:.0f}"
            made.trouble(Trouble(f"{number:.0f}.example", code, "m" * 5_000, 1.0), now)
        elif what == "budget":
            made.budget(Budget(f"{number:.0f}.example", "requests", number, 60))
        else:
            made.began([f"{number}{'x' * 500}" for number in range(int(number))], now)
    found = made.vitals
    assert len(found.lags) <= LAGS
    assert len(found.counts) <= MINUTES
    assert len(found.spells) <= SPELLS
    assert len(found.places) <= PLACES
    assert len(found.budgets) <= BUDGETS
    assert len(written(found)) < 40_000
    assert read(written(found)) == found


def test_what_a_newer_version_kept_is_nothing_and_no_error() -> None:
    assert read('{"of": "tomorrow"}') == read("not json") == read(None) == Vitals()
