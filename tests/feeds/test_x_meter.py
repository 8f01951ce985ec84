"""What reading X costs: counted, kept over restarts, and never more than the budget."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.feeds.x_reading import config_of, reading
from tests.support.waiting import eventually
from tests.world.x import FakeX
from wall.feeds.base import Budget
from wall.feeds.xapi.meter import SAVED, Meter

NOW = datetime(2026, 5, 12, 14, tzinfo=UTC)
QUICK: dict[str, Any] = {"delay": 0.0, "keepalive": 0.05}


def page(*ids: str, **beside: Any) -> dict[str, Any]:
    return {"data": [{"id": one} for one in ids], "includes": beside}


def spent_of(cursor: str | None) -> int | None:
    """Thousandths of a dollar, as a cursor has them."""
    spent = json.loads(cursor)["meter"]["spent"] if cursor else None
    assert spent is None or isinstance(spent, int)
    return spent


def test_posts_authors_media_and_what_they_refer_to_are_counted() -> None:
    meter = Meter(50)
    beside = {"users": [{"id": "7"}, {"id": "8"}], "tweets": [{"id": "5"}], "media": [{"media_key": "3_1"}]}
    meter.charge(page("1", "2", **beside), NOW)
    assert meter.left(NOW) == 50_000 - 2 * 5 - 2 * 10 - 5 - 5
    newer = {"users": [{"id": "9"}], "posts": [{"id": "6"}]}
    meter.charge({"data": {"id": "3"}, "includes": newer}, NOW)
    assert meter.left(NOW) == 50_000 - 40 - 20


def test_a_day_bills_a_thing_once_and_the_next_day_again() -> None:
    meter = Meter(50)
    for _ in range(3):
        meter.charge(page("1", users=[{"id": "7"}]), NOW)
    assert meter.left(NOW) == 50_000 - 15
    tomorrow = NOW + timedelta(days=1)
    assert meter.is_paid("1", NOW)
    assert not meter.is_paid("1", tomorrow)
    meter.charge(page("1"), tomorrow)
    assert meter.left(tomorrow) == 50_000 - 20


def test_a_month_renews_it_and_a_clock_that_goes_back_does_not() -> None:
    meter = Meter(50)
    december = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
    meter.charge(page("1"), december)
    assert meter.renews_at(december) == datetime(2027, 1, 1, tzinfo=UTC)
    assert meter.left(december - timedelta(days=40)) == 50_000 - 5
    assert meter.left(december + timedelta(minutes=1)) == 50_000


def test_pages_become_smaller_and_end_before_the_reserve() -> None:
    meter = Meter(50)
    assert meter.page(NOW) == 100
    meter.charge(page(*map(str, range(7_000))), NOW)
    assert meter.page(NOW) == (40_000 - 35_000) // 65
    meter.charge(page(*map(str, range(7_000, 7_880))), NOW)
    assert meter.page(NOW) is None
    assert meter.rechecks(NOW) == (50_000 - 39_400) // 5


def test_a_cursor_keeps_what_was_spent_and_what_was_paid_for_in_bounds() -> None:
    meter = Meter(50)
    meter.charge(page(*map(str, range(3 * SAVED))), NOW)
    saved = json.loads(json.dumps(meter.saved()))
    assert len(json.dumps(saved)) < 16_000
    again = Meter(50)
    again.restore(saved)
    assert again.left(NOW) == meter.left(NOW)
    assert again.is_paid(str(3 * SAVED - 1), NOW)
    again.restore(Meter(50).saved())
    assert again.left(NOW) == meter.left(NOW)


def test_what_is_left_is_told_in_dollars() -> None:
    meter = Meter(50)
    meter.charge(page(*map(str, range(100))), NOW)
    assert meter.budget("X", NOW) == Budget("X", "money", 49.5, 50, datetime(2026, 6, 1, tzinfo=UTC))


@pytest.mark.parametrize("way", ["stream", "search"])
async def test_it_counts_what_x_bills_also_after_a_restart(way: str) -> None:
    async with FakeX(**QUICK) as world:
        world.user("8", "bo")
        first = [(await world.publish(f"post {n}", by=by)).key for n, by in enumerate("78788")]
        config = config_of(world, way=way)
        async with reading(world, config=config) as read:
            await read.has(*first)
            source = read.source
            await source.recheck(first)
            await eventually(lambda: spent_of(read.cursor) == world.spent, what="the meter")
        assert world.spent == 5 * 5 + 2 * 10
        picture = {"media_key": "3_1", "type": "photo", "url": "https://i.example/1.jpg"}
        quoted = {"referenced_tweets": [{"type": "quoted", "id": first[0]}]}
        late = (await world.publish("late", media=[picture], **quoted)).key
        async with reading(world, config=config, cursor=read.cursor) as again:
            await again.has(late)
            await eventually(lambda: spent_of(again.cursor) == world.spent, what="the meter")
        assert world.spent == 45 + 5 + 5


@pytest.mark.parametrize("way", ["stream", "search"])
async def test_reading_stops_before_the_budget_is_passed_and_rechecks_go_on(way: str) -> None:
    async with FakeX(**QUICK) as world:
        config = config_of(world, way=way, budget=5)
        async with reading(world, config=config) as read:
            keys = []
            for number in range(800):
                keys.append((await world.publish(f"post {number}")).key)
                if not number % 5:
                    await eventually(lambda: keys[-1] in read.posts or read.troubled_now, what="a post")
            trouble = await read.troubled("budget_used")
            assert trouble.where == "X"
            assert trouble.retry_seconds is None
            assert "$5" in trouble.message
            assert "wait until 20" in trouble.message
            await eventually(lambda: not world.open, what="the stream to end")
            spent = world.spent
            assert spent <= 4_000
            for number in range(5):
                await world.publish(f"after {number}")
            said = await read.source.recheck(list(read.posts))
            assert said.present == set(read.posts)
            assert world.spent == spent
            money = [one for one in read.items if isinstance(one, Budget) and one.what == "money"]
            assert (money[0].left, money[0].most) == (5, 5)
            assert len(money) <= 100
            assert money[-1].left == pytest.approx(5 - spent / 1_000, abs=0.05)
            assert [one.left for one in money] == sorted((one.left for one in money), reverse=True)
        async with reading(world, config=config, cursor=read.cursor) as again:
            await again.troubled("budget_used")
        assert world.spent == spent


async def test_a_new_month_lets_it_read_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FakeX(**QUICK) as world:
        config, used = config_of(world, budget=5), Meter(5)
        used.charge(page(*map(str, range(900))), datetime.now(UTC))
        cursor = json.dumps({"since": None, "meter": used.saved()})
        async with reading(world, config=config, cursor=cursor) as read:
            key = (await world.publish("waiting")).key
            await read.troubled("budget_used")
            assert not world.requests
            later = datetime.now(UTC) + timedelta(days=32)
            monkeypatch.setattr("wall.feeds.xapi.flow.utc_now", lambda: later)
            monkeypatch.setattr("wall.feeds.xapi.api.utc_now", lambda: later)
            monkeypatch.setattr("wall.feeds.xapi.stream.utc_now", lambda: later)
            await read.has(key)
            await eventually(lambda: not read.troubled_now, what="the end of the trouble")


async def test_without_money_for_rechecks_it_says_so_and_asks_for_what_is_free() -> None:
    async with FakeX(**QUICK) as world:
        old = [(await world.publish(f"post {number}", told=False)).key for number in range(3)]
        used = Meter(5)
        used.charge(page(*map(str, range(998))), datetime.now(UTC))
        used.charge(page(old[0]), datetime.now(UTC))
        cursor = json.dumps({"since": None, "meter": used.saved()})
        async with reading(world, config=config_of(world, budget=5), cursor=cursor) as read:
            await read.troubled("budget_used")
            said = await read.source.recheck(old)
            assert old[0] in said.present
            assert len(said.present) == 2
            await eventually(lambda: "X recheck" in read.troubled_now, what="the trouble")
            assert "within 24 hours" in read.troubled_now["X recheck"].message
        assert world.spent == 10
