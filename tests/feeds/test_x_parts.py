"""The pure parts of the X feed: ids, rules' texts, what is asked for, waits, lines, the pace of
rechecks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.feeds.x_reading import FAST, config_of
from tests.world.x import FakeX
from tests.world.x_posts import id_of
from wall.errors import FeedFatal
from wall.feeds.base import Arrived, Checkpoint, Dropped, Item
from wall.feeds.common.outlet import WAITING
from wall.feeds.common.problems import Passing
from wall.feeds.x import XSource
from wall.feeds.xapi.asking import POSTS, Asking
from wall.feeds.xapi.config import Times, checked
from wall.feeds.xapi.flow import Flow
from wall.feeds.xapi.ids import back, is_id, moment_of
from wall.feeds.xapi.meter import Meter
from wall.feeds.xapi.pace import TOGETHER, Pace
from wall.feeds.xapi.place import Place
from wall.feeds.xapi.problems import (
    Limited,
    NoCredits,
    NoRules,
    ServerTrouble,
    StreamRefused,
    TooManyConnections,
    of_answer,
    of_words,
    retry_after,
)
from wall.feeds.xapi.rules import QUERY_LIMIT, RULE_LIMIT, queries
from wall.feeds.xapi.search import Search
from wall.feeds.xapi.signals import Signals
from wall.feeds.xapi.stream import LINE_LIMIT, lines

NOW = datetime(2026, 5, 12, 14, tzinfo=UTC)


def test_an_id_tells_when_it_was_made() -> None:
    made = moment_of(id_of(NOW, 5))
    assert made == NOW
    assert moment_of(back(id_of(NOW, 5), 60)) == NOW - timedelta(minutes=1)
    recorded = moment_of("1050118621198921728")  # docs.x.com has it with its time, in whole seconds
    assert recorded.replace(microsecond=0) == datetime(2018, 10, 10, 20, 19, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("key", "known"),
    [
        ("1050118621198921728", True),
        ("never-seen", False),
        ("1", False),
        ("²" * 18, False),
        ("9" * 4_400, False),
    ],
)
def test_only_numbers_that_x_can_have_given_are_ids(key: str, known: bool) -> None:
    assert is_id(key) is known


@pytest.mark.parametrize("limit", [RULE_LIMIT, QUERY_LIMIT])
def test_hashtags_share_as_few_rules_as_fit(limit: int) -> None:
    assert queries(["a", "b"], limit) == ["(#a OR #b) -is:retweet"]
    long = [f"{letter * 99}x" for letter in "abcdefghij"]
    made = queries(long, limit)
    assert all(len(one) <= limit for one in made)
    assert [tag for one in made for tag in long if f"#{tag}" in one] == long
    assert len(made) == (2 if limit == RULE_LIMIT else 3)


def test_a_field_that_x_does_not_know_is_asked_for_by_its_newer_name_or_no_more() -> None:
    asking = Asking(POSTS)
    errors = [
        {
            "parameters": {"tweet.fields": [asking.params["tweet.fields"]]},
            "message": f"The `tweet.fields` query parameter value [{unknown}] is not one of [id,text]",
        }
        for unknown in ("note_tweet", "withheld")
    ]
    assert asking.refused({"errors": errors})
    assert "note_post" in asking.params["tweet.fields"]
    assert "withheld" not in asking.params["tweet.fields"]
    assert asking.params["tweet.fields"].count(",") == len(POSTS["tweet.fields"]) - 2
    assert not asking.refused({"errors": errors})
    assert not asking.follows({"errors": errors}, asking.params)
    assert asking.follows({"errors": errors}, Asking(POSTS).params), "another request learnt it"
    message = "The query parameter [tweet.fields] is not one of [ids,expansions]"
    assert asking.refused({"errors": [{"parameters": {"tweet.fields": ["id"]}, "message": message}]})
    assert "note_post" in asking.params["post.fields"]
    assert "tweet.fields" not in asking.params


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"errors": None},
        {"errors": [{"parameters": {"query": ["#"]}}]},
        {"errors": [{"message": 5}]},
        {"errors": [{"message": "The `query` query parameter value [#] is not one of [cats]"}]},
        {"errors": [{"message": "The `tweet.fields` query parameter value [dogs] is not one of [cats]"}]},
        {"errors": [{"message": "The query parameter [query] is not one of [ids]"}]},
    ],
)
def test_a_refusal_of_something_else_changes_nothing(said: dict[str, object]) -> None:
    asking = Asking(POSTS)
    before = asking.params
    assert not asking.refused(said)
    assert asking.params == before


@pytest.mark.parametrize(
    ("problem", "waits"),
    [
        (Passing("timeout", ""), [0, 0.25, 0.5, 0.75]),
        (TimeoutError(), [0, 0.25, 0.5, 0.75]),
        (ServerTrouble("server_error", ""), [5, 10, 20, 40]),
        (Limited("rate_limited", ""), [60, 120, 240, 480]),
        (Limited("rate_limited", "", wait=7), [7, 7, 7, 7]),
        (TooManyConnections(), [60, 120, 240, 480]),
        (NoCredits(), [300] * 4),
        (StreamRefused(), [900] * 4),
    ],
)
def test_waits_are_those_that_x_documents(problem: Exception, waits: list[float]) -> None:
    assert [retry_after(problem, attempt) for attempt in (1, 2, 3, 4)] == waits


def test_no_wait_grows_for_ever_and_faults_of_the_program_end_it() -> None:
    assert retry_after(Passing("timeout", ""), 10_000) == 16
    assert retry_after(ServerTrouble("server_error", ""), 10_000) == 320
    assert retry_after(Limited("rate_limited", ""), 10_000) == 900
    assert retry_after(ValueError(), 1) is None


@pytest.mark.parametrize(
    ("status", "said", "streaming", "kind"),
    [
        (401, {"title": "Unauthorized"}, False, FeedFatal),
        (401, None, False, ServerTrouble),
        (402, {"title": "CreditsDepleted"}, False, NoCredits),
        (403, {"title": "Client Forbidden"}, False, FeedFatal),
        (403, {"title": "Client Forbidden"}, True, StreamRefused),
        (403, {"type": "https://api.x.com/2/problems/usage-capped"}, True, NoCredits),
        (404, {"title": "Not Found"}, True, StreamRefused),
        (404, {"title": "Not Found"}, False, ServerTrouble),
        (409, {"title": "ConnectionException"}, True, NoRules),
        (429, {"title": "Too Many Requests"}, False, Limited),
        (429, None, False, Limited),
        (429, {"connection_issue": "TooManyConnections"}, True, TooManyConnections),
        (429, {"title": "UsageCapExceeded", "type": "…/usage-capped"}, False, NoCredits),
        (302, None, False, ServerTrouble),
        (503, {"title": "Service Unavailable"}, False, ServerTrouble),
    ],
)
def test_what_an_answer_means(status: int, said: object, streaming: bool, kind: type[Exception]) -> None:
    assert type(of_answer(status, {}, said, streaming=streaming)) is kind


def test_a_429_is_waited_for_until_its_reset_and_no_clock_stretches_it() -> None:
    soon = {"x-rate-limit-reset": "1778594460", "date": "Tue, 12 May 2026 14:00:00 GMT"}
    problem = of_answer(429, soon, {})
    assert isinstance(problem, Limited)
    assert problem.wait == 60
    far = of_answer(429, soon | {"x-rate-limit-reset": "9999999999"}, {})
    assert isinstance(far, Limited)
    assert far.wait == 900


def test_words_in_a_stream_that_mean_nothing_are_no_problem() -> None:
    assert of_words({"errors": [{"title": "Something new"}]}) is None
    assert of_words({"errors": "all of it"}) is None


async def _parts(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_lines_end_at_newlines_only_wherever_they_are_cut() -> None:
    whole = '{"text":"a\u2028b\u0085c"}\r\n\r\n{"id":1}\r\n'.encode()
    for size in (1, 2, 3, 7, len(whole)):
        pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
        found = [line async for line in lines(_parts(*pieces))]
        assert found == ['{"text":"a\u2028b\u0085c"}\r'.encode(), b"\r", b'{"id":1}\r']


async def test_a_line_that_never_ends_is_not_kept() -> None:
    long = b"x" * (LINE_LIMIT // 2)
    found = [line async for line in lines(_parts(long, long, long, b"x\nnext\n"))]
    assert found == [None, b"next"]


def _ids(*ages: float) -> list[str]:
    """Ids of posts so many hours old."""
    return [id_of(NOW - timedelta(hours=age), low) for low, age in enumerate(ages)]


def _rounds(pace: Pace, keys: list[str], minutes: int, *, paid: bool) -> list[float]:
    """When a recheck is due, in minutes from now, if the supervisor asks every minute."""
    found = []
    for minute in range(minutes):
        now = NOW + timedelta(minutes=minute)
        if chosen := pace.chosen(keys, now, lambda _: paid):
            found.append(float(minute))
            pace.answered(chosen, [], now)
    return found


def test_a_new_post_is_looked_for_within_minutes_and_less_often_later() -> None:
    found = _rounds(Pace(Times()), _ids(0), 12 * 60, paid=True)
    assert found[:3] == [5, 10, 15]
    assert found[-1] - found[-2] == 120


def test_an_old_post_is_looked_for_every_two_hours_where_that_is_free_and_else_within_a_day() -> None:
    day = 24 * 60
    assert _rounds(Pace(Times()), _ids(30), day, paid=True) == [float(at) for at in range(0, day, 120)]
    assert _rounds(Pace(Times()), _ids(30), 2 * day, paid=False) == [0, 1_200, 2_400]


def test_after_a_restart_a_post_counts_as_looked_for_when_it_was_written() -> None:
    day = 24 * 60
    for hours, paid, first in (
        (2, False, 0),
        (10, True, 0),
        (10, False, 600),
        (21, False, 0),
        (0, False, 5),
    ):
        assert _rounds(Pace(Times()), _ids(hours), day, paid=paid)[0] == first


def test_what_is_gone_is_asked_for_again_soon_beside_others_that_are_there() -> None:
    pace, keys = Pace(Times()), _ids(30, 31, 32, 33)
    assert set(pace.chosen(keys, NOW, lambda _: False)) == set(keys)
    pace.answered(keys, [keys[2]], NOW)
    assert pace.chosen(keys, NOW + timedelta(minutes=2), lambda _: False) == []
    again = pace.chosen(keys, NOW + timedelta(minutes=3), lambda _: False)
    assert again[0] == keys[2]
    assert set(again) == set(keys)


def test_a_request_is_filled_with_what_is_free_and_nothing_else() -> None:
    pace, keys = Pace(Times()), _ids(*[30 + number / 100 for number in range(250)])
    pace.answered(keys[1:], [], NOW)
    free = set(keys[50:])
    chosen = pace.chosen(keys, NOW + timedelta(minutes=3), lambda key: key in free)
    assert chosen[0] == keys[0]
    assert len(chosen) == TOGETHER
    assert set(chosen[1:]) <= free


def test_a_clock_that_goes_back_makes_nothing_wait_for_ever() -> None:
    pace, keys = Pace(Times()), _ids(30)
    pace.answered(keys, [], NOW + timedelta(days=400))
    assert pace.chosen(keys, NOW, lambda _: False) == keys


@pytest.mark.parametrize(
    "cursor",
    [
        None,
        "",
        "5",
        "[]",
        '{"since": 5, "meter": 7}',
        '{"since": "x"}',
        "[" * 100_000,
        '{"meter": {"spent": "9"}}',
        '{"meter": {"month": "2026-05", "spent": 9, "day": "", "paid": "="}}',
    ],
)
def test_a_cursor_that_is_not_ours_is_none(cursor: str | None) -> None:
    meter = Meter(50)
    assert Place(cursor, meter).since is None
    assert meter.left(NOW) >= 50_000 - 9


def test_a_place_keeps_where_it_began_until_it_has_moved_and_believes_no_time_to_come() -> None:
    place = Place(None, Meter(50))
    assert place.start(NOW) == NOW
    again = Place(str(place), Meter(50))
    assert again.start(NOW + timedelta(days=3)) == NOW
    again.reached(id_of(NOW, 1))
    assert Place(str(again), Meter(50)).start(NOW + timedelta(days=4)) == NOW + timedelta(days=4)
    assert Place(str(place), Meter(50)).start(NOW - timedelta(days=3)) == NOW - timedelta(days=3)


@pytest.mark.parametrize("start", [5, "", "soon", "2026-05-12T14:00:00"])
def test_a_beginning_that_is_no_time_is_none(start: object) -> None:
    assert Place(json.dumps({"from": start}), Meter(50)).start(NOW) == NOW


async def test_a_search_that_runs_while_the_stream_opens_does_not_count_for_it() -> None:
    """Neither of the two that a connection needs: what it does not know of the last 30 seconds."""
    async with FakeX(delay=0.0) as world:
        source = XSource(checked(config_of(world)), times=replace(FAST, settle=0.0, net=0.05))
        flow = Flow(Place(None, Meter(50)), Meter(50), {}, FAST)
        search = Search(source._api, source._config, flow, source._times)
        signals = Signals()
        signals.opened()
        assert not await search._until_next(signals)
        assert signals.settling == 2
        signals.look.clear()
        assert await search._until_next(signals)
        assert signals.settling == 1
        await source.aclose()


async def test_a_place_that_is_kept_never_overtakes_a_post() -> None:
    """Where all that may wait waits: the post stands in line, and a search that saw it moves the place."""
    meter = Meter(50)
    place = Place(None, meter)
    flow = Flow(place, meter, {}, replace(FAST, checkpoint=0.0))
    for _ in range(WAITING):
        await flow.tell(Dropped("unusable_event", "X"))
    post = {"id": id_of(NOW, 1), "text": "a", "author_id": "7", "created_at": "2026-05-12T14:00:00Z"}
    record = {"data": post, "includes": {"users": [{"id": "7", "username": "ada"}]}}
    work: list[Coroutine[Any, Any, object]] = [
        flow.keep(),
        flow.take(record, "X stream"),
        _searched(flow, record),
    ]
    tasks = [asyncio.create_task(one) for one in work]
    await asyncio.sleep(0)
    flow._out.get_nowait()
    found: list[Item] = []
    async for item in flow.items():
        found.append(item)
        if isinstance(item, Checkpoint) and str(post["id"]) in item.cursor:
            break
    assert any(isinstance(item, Arrived) for item in found)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _searched(flow: Flow, record: dict[str, Any]) -> None:
    await flow.take(record, "X search")
    flow.place.reached(record["data"]["id"])


def test_a_place_only_moves_forward() -> None:
    place = Place(None, Meter(50))
    for key in (id_of(NOW, 2), id_of(NOW, 1), "junk", ""):
        place.reached(key)
    assert place.since == id_of(NOW, 2)
    assert Place(str(place), Meter(50)).since == place.since
