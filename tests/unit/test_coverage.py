"""Coverage: shares of what was said online that came to the floors. Properties, and one day by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from facilitator.coverage import (
    Coverage,
    Made,
    Raised,
    Said,
    Share,
    coverage,
    drawn,
    primary,
    unheard,
)
from wall.parallel import HEARD, RelayState

NINE = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def said(post: str, author: str, lang: str = "en", minute: float = 0) -> Said:
    return Said(post, author, lang, at(minute))


moments = st.integers(0, 600).map(at)
states = st.sampled_from(list(RelayState))
authors = st.sampled_from([f"x:{name}" for name in "abcdef"])


@st.composite
def raiseds(draw: st.DrawFn) -> Raised:
    state, raised_at = draw(states), draw(moments)
    floored = state in {RelayState.ON_FLOOR, *HEARD} or draw(st.booleans())
    floor_at = raised_at + timedelta(seconds=draw(st.integers(0, 3_600))) if floored else None
    return Raised(draw(st.sampled_from(["s1", "s2"])), state, raised_at, floor_at)


@st.composite
def points(draw: st.DrawFn) -> Made:
    number = draw(st.integers(0, 10**6))
    posts = draw(
        st.lists(st.tuples(authors, st.sampled_from(["en", "fr-CA", ""]), moments), min_size=1, max_size=3)
    )
    return Made(
        said=tuple(
            Said(f"p{number}-{at}", author, lang, when) for at, (author, lang, when) in enumerate(posts)
        ),
        online=draw(st.booleans()),
        themes=draw(st.frozensets(st.sampled_from(["t1", "t2", "t3"]))),
        raised=tuple(draw(st.lists(raiseds(), max_size=2))),
        owed=draw(st.integers(0, 3)),
        told=draw(st.integers(0, 3)),
    )


days = st.lists(points(), max_size=12)


def shares(found: Coverage) -> list[Share]:
    whole = [found.authors, found.languages, found.themes, found.floor_online, found.replied]
    return whole + [one.online for one in found.sessions]


def voices(made: list[Made], seed: str) -> list[str]:
    return [one.author for one in drawn(unheard(made), seed)]


@given(days)
def test_no_share_is_more_than_its_whole_and_what_was_answered_was_forwarded(made: list[Made]) -> None:
    found = coverage(made)
    assert 0 <= found.answered <= found.forwarded <= found.asked <= len(made)
    assert all(0 <= one.part <= one.whole for one in shares(found))
    assert all(one.percent is None or 0 <= one.percent <= 100 for one in shares(found))
    assert all(span is None or span >= 0 for span in (found.to_floor_seconds, found.waiting_seconds))
    for one in found.sessions:
        assert max(one.floor, one.answered) <= one.forwarded


@given(days, st.randoms())
def test_the_order_of_points_makes_no_difference(made: list[Made], random: object) -> None:
    mixed = list(made)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert coverage(mixed) == coverage(made)
    assert voices(mixed, "s") == voices(made, "s")


@given(days)
def test_who_was_heard_is_not_among_those_who_were_not(made: list[Made]) -> None:
    silent = {one.author for one in unheard(made)}
    online = [one for one in made if one.online]
    heard = {one.author for point in online if point.floor_at for one in point.said}
    every = {one.author for point in online for one in point.said}
    assert silent == every - heard
    assert len(silent) == coverage(made).authors.whole - coverage(made).authors.part


@given(days, points())
def test_a_point_more_takes_nothing_away(made: list[Made], more: Made) -> None:
    before, after = coverage(made), coverage([*made, more])
    assert (after.asked, after.forwarded) >= (before.asked, before.forwarded)
    assert after.authors.part >= before.authors.part


def test_a_day_by_hand() -> None:
    made = [
        Made(
            said=(said("1", "a", "en", 0), said("2", "b", "fr-CA", 4)),
            themes=frozenset({"credit"}),
            raised=(Raised("s1", RelayState.ANSWERED, at(6), at(10)),),
            owed=1,
            told=1,
        ),
        Made(said=(said("3", "c", "de", 2),), raised=(Raised("s1", RelayState.DEFERRED, at(8), None),)),
        Made(said=(said("4", "d", "", 3),), themes=frozenset({"time"})),
        Made(
            said=(said("5", "room"),),
            online=False,
            raised=(Raised("s1", RelayState.DISCUSSED, at(1), at(2)),),
        ),
    ]
    found = coverage(made)
    assert (found.asked, found.forwarded, found.answered) == (3, 2, 1)
    assert found.authors == Share(part=2, whole=4)
    assert found.languages == Share(part=2, whole=3)
    assert found.themes == Share(part=1, whole=2)
    assert (found.floor_online, found.floor_online.percent) == (Share(part=1, whole=2), 50)
    assert found.replied == Share(part=1, whole=2)
    assert (found.to_floor_seconds, found.waiting_seconds) == (600.0, 240.0)
    (one,) = found.sessions
    assert (one.forwarded, one.floor, one.answered) == (3, 2, 2)
    assert set(voices(made, "s")) == {"c", "d"}


def test_of_nothing_there_is_no_share() -> None:
    found = coverage([])
    assert found.authors.percent is None
    assert (found.to_floor_seconds, found.sessions) == (None, ())


def test_lots_are_drawn_anew_for_another_seed_and_say_nothing_of_how_loud_somebody_is() -> None:
    made = [
        Made(said=tuple(said(f"{name}{n}", name) for n in range(9 if name == "loud" else 1)))
        for name in ("loud", *"abcdefgh")
    ]
    orders = {tuple(voices(made, str(seed))) for seed in range(40)}
    assert len(orders) > 20
    assert {order[0] for order in orders} > {"loud", "a"}
    assert voices(made, "1") == voices(made, "1")


def test_a_language_is_counted_without_its_region() -> None:
    assert [primary(one) for one in ("fr-CA", "pt_BR", "EN", "")] == ["fr", "pt", "en", ""]
