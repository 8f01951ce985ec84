"""Items that arrive together share a transaction; one that cannot be stored costs no other its place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from tests.support.summit import GRAVES, Summit, post
from tests.support.waiting import PATIENCE, eventually
from wall.bus import InProcessBus
from wall.entries import kinds
from wall.errors import LeaseLost, StoreUnavailable
from wall.feeds.base import Arrived
from wall.intake import commits
from wall.intake.commits import GroupCommit, Progress
from wall.intake.door import Given, Tally
from wall.intake.intake import new_feed
from wall.journal import Journal, Tx
from wall.model import Feed
from wall.store import Store, feeds
from wall.store import posts as posts_module


@pytest.fixture
def summit(store: Store) -> Summit:
    return Summit(store)


class CountingJournal(Journal):
    """Counts transactions, and runs `before` ahead of each."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, InProcessBus())
        self.transactions = 0
        self.before: Callable[[], None] = lambda: None

    async def command(self, *given: Any, **named: Any) -> Any:
        self.transactions += 1
        self.before()
        return await super().command(*given, **named)


@pytest.fixture
def journal(summit: Summit) -> CountingJournal:
    return CountingJournal(summit.store)


@pytest.fixture
async def group(summit: Summit, journal: CountingJournal) -> AsyncIterator[GroupCommit]:
    made = GroupCommit(journal, GRAVES, summit.event_id)
    yield made
    await made.close()


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keys that the database will not take: their rows break a NOT NULL."""
    refused: list[str] = []
    add = posts_module.add

    def breaking(conn: Connection, rows: Any) -> None:
        add(conn, [{**row, "content": None if row["key"] in refused else row["content"]} for row in rows])

    monkeypatch.setattr(posts_module, "add", breaking)
    return refused


def arrivals(*keys: str) -> list[Given]:
    return [Arrived(post(key)) for key in keys]


def leased(summit: Summit) -> tuple[Feed, int]:
    feed = new_feed(summit.event_id, "replay", {})

    def add(tx: Tx) -> int | None:
        feeds.add(tx.conn, feed)
        tx.append(kinds.FeedAdded(network="replay"), ("feed", feed.id))
        return feeds.take_lease(tx.conn, feed.id, "tests", 60)

    fence = summit.do(add).result
    assert fence is not None
    return feed, fence


def now(summit: Summit, feed: Feed) -> Feed:
    with summit.store.reading() as conn:
        return feeds.by_ids(conn, summit.event_id, {feed.id})[feed.id]


async def test_what_arrives_together_is_one_transaction(
    summit: Summit, group: GroupCommit, journal: CountingJournal
) -> None:
    tallies = await asyncio.gather(*(group.submit(arrivals(f"k{n}"), "feed:f", None) for n in range(40)))
    assert [tally.accepted for tally in tallies] == [1] * 40
    assert journal.transactions == 1
    assert summit.event.shown == 40


async def test_a_full_batch_does_not_wait(
    group: GroupCommit, journal: CountingJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "COMMIT_AFTER_SECONDS", 3600)
    monkeypatch.setattr(commits, "COMMIT_AT_ITEMS", 6)
    halves = [group.submit(arrivals(*(f"{n}-{m}" for m in range(3))), "feed:f", None) for n in range(2)]
    async with asyncio.timeout(PATIENCE):
        tallies = await asyncio.gather(*halves)
    assert sum(tally.accepted for tally in tallies) == 6


async def test_each_submission_keeps_its_own_actor_and_ids(summit: Summit, group: GroupCommit) -> None:
    one, other = await asyncio.gather(
        group.submit(arrivals("a", "b"), "feed:one", None),
        group.submit(arrivals("c", "a"), "feed:two", None),
    )
    assert (one.accepted, other.accepted, other.known) == (2, 1, 1)
    assert other.ids == [summit.stored("c").id, one.ids[0]]
    with summit.store.reading() as conn:
        bodies = [row[0] for row in conn.execute(text("SELECT body FROM entry ORDER BY seq"))]
    actors = [body.split('"actor":"')[1].split('"')[0] for body in bodies]
    assert actors == ["system", "feed:one", "feed:one", "feed:two"]


async def test_an_item_that_the_database_refuses_is_dropped_alone_and_counted(
    summit: Summit, group: GroupCommit, refusing: list[str]
) -> None:
    feed, fence = leased(summit)
    refusing.append("bad")
    keys = [f"k{n}" for n in range(20)]
    keys.insert(13, "bad")
    mine, neighbour = await asyncio.gather(
        group.submit(arrivals(*keys), f"feed:{feed.id}", Progress(feed.id, fence, "21", dropped=2)),
        group.submit(arrivals("n1", "n2"), "feed:else", None),
    )
    assert (mine.accepted, neighbour.accepted) == (20, 2)
    assert mine.ids == [summit.stored(key).id for key in keys if key != "bad"]
    stored = now(summit, feed)
    assert (stored.accepted, stored.dropped, stored.cursor) == (20, 3, "21")
    assert summit.event.shown == 22


async def test_an_item_that_breaks_the_program_is_dropped_alone_too(
    summit: Summit, group: GroupCommit, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = commits.admit

    def stumbling(tx: Tx, items: Any, graves: Any) -> Tally:
        if any(item.post.key == "bad" for item in items):
            raise OverflowError("a number of somebody's")
        return judge(tx, items, graves)

    monkeypatch.setattr(commits, "admit", stumbling)
    mine, neighbour = await asyncio.gather(
        group.submit(arrivals("a", "bad", "b"), "feed:f", None), group.submit(arrivals("c"), "feed:g", None)
    )
    assert (mine.accepted, neighbour.accepted, summit.event.shown) == (2, 1, 3)


async def test_a_lost_lease_concerns_its_own_submission_only(summit: Summit, group: GroupCommit) -> None:
    feed, fence = leased(summit)
    other, other_fence = leased(summit)
    with summit.store.writing() as conn:
        conn.execute(text("UPDATE feed SET fence = fence + 1 WHERE id = :id"), {"id": feed.id})
    lost, kept, plain = await asyncio.gather(
        group.submit(arrivals("lost"), "feed:f", Progress(feed.id, fence, "1")),
        group.submit(arrivals("kept"), "feed:g", Progress(other.id, other_fence, "9")),
        group.submit(arrivals("plain"), "feed:h", None),
        return_exceptions=True,
    )
    assert isinstance(lost, LeaseLost)
    assert isinstance(kept, Tally)
    assert isinstance(plain, Tally)
    assert (now(summit, feed).cursor, now(summit, other).cursor) == (None, "9")
    assert summit.event.shown == 2


async def test_a_store_that_is_away_concerns_everybody_and_stores_nothing(
    summit: Summit, group: GroupCommit, journal: CountingJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise StoreUnavailable("The database does not answer.")

    with monkeypatch.context() as patch:
        patch.setattr(posts_module, "add", away)
        answers = await asyncio.gather(
            *(group.submit(arrivals(f"k{n}"), "feed:f", None) for n in range(3)), return_exceptions=True
        )
    assert [type(answer) for answer in answers] == [StoreUnavailable] * 3
    assert (journal.transactions, summit.event.seq) == (1, 1)
    again = await group.submit(arrivals("k0", "k1"), "feed:f", None)
    assert again.accepted == 2


async def test_the_cursor_is_never_past_what_was_not_stored(
    summit: Summit, group: GroupCommit, journal: CountingJournal, refusing: list[str]
) -> None:
    """The store goes away while a batch with a bad item is taken apart."""
    feed, fence = leased(summit)
    refusing.append("bad")
    trouble = iter([None, StoreUnavailable("Gone for a moment.")])

    def sometimes() -> None:
        if problem := next(trouble, None):
            raise problem

    journal.before = sometimes
    keys = ["k0", "k1", "bad", "k2"]
    progress = Progress(feed.id, fence, "4")
    with pytest.raises(StoreUnavailable):
        await group.submit(arrivals(*keys), "feed:f", progress)
    assert now(summit, feed).cursor is None
    assert (await group.submit(arrivals(*keys), "feed:f", progress)).accepted == 3
    assert (now(summit, feed).cursor, now(summit, feed).dropped) == ("4", 1)


async def test_trouble_that_is_not_about_an_item_ends_and_says_so(
    summit: Summit, group: GroupCommit, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed, fence = leased(summit)

    def broken(conn: Connection, *_: object, **__: object) -> bool:
        conn.execute(text("SELECT * FROM a_table_that_is_not_there"))
        return True

    monkeypatch.setattr(feeds, "save_progress", broken)
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(DBAPIError, match="a_table_that_is_not_there"):
            await group.submit(arrivals("a", "b"), "feed:f", Progress(feed.id, fence, "2"))
    assert summit.event.shown == 0


async def test_whoever_stops_waiting_takes_nobody_along(
    summit: Summit, group: GroupCommit, refusing: list[str]
) -> None:
    refusing.append("bad")
    leaving = asyncio.create_task(group.submit(arrivals("a", "bad", "b"), "feed:f", None))
    staying = asyncio.create_task(group.submit(arrivals("c"), "feed:g", None))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying).accepted == 1
    assert (await group.submit(arrivals("d"), "feed:g", None)).accepted == 1
    assert summit.event.shown == 4


async def test_closing_commits_what_waits_and_what_is_under_way(
    summit: Summit, journal: CountingJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "COMMIT_AFTER_SECONDS", 3600)
    group = GroupCommit(journal, GRAVES, summit.event_id)
    waiting = [asyncio.create_task(group.submit(arrivals(f"k{n}"), "feed:f", None)) for n in range(3)]
    await asyncio.sleep(0)
    async with asyncio.timeout(PATIENCE):
        await group.close()
        assert [(await one).accepted for one in waiting] == [1, 1, 1]
    assert summit.event.shown == 3
    with pytest.raises(StoreUnavailable):
        await group.submit(arrivals("late"), "feed:f", None)


async def test_closing_in_the_middle_of_a_commit_answers_it(
    summit: Summit, journal: CountingJournal
) -> None:
    group = GroupCommit(journal, GRAVES, summit.event_id)
    under_way = asyncio.create_task(group.submit(arrivals("a"), "feed:f", None))
    await eventually(lambda: journal.transactions)
    async with asyncio.timeout(PATIENCE):
        await group.close()
        assert (await under_way).accepted == 1


async def test_nothing_waits_for_a_group_without_work(summit: Summit, journal: CountingJournal) -> None:
    group = GroupCommit(journal, GRAVES, summit.event_id)
    async with asyncio.timeout(PATIENCE):
        await group.close()
    assert journal.transactions == 0
