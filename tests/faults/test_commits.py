"""Group commit over a real store, with items that the database refuses and submitters who leave."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from tests.support.summit import Summit, post
from tests.support.waiting import PATIENCE
from wall.bus import InProcessBus
from wall.entries import Held, Scope
from wall.errors import LeaseLost
from wall.feeds.base import Arrived
from wall.intake import Intake, Progress, Tally, commits
from wall.intake.door import Given
from wall.journal import Journal, Tx
from wall.model import Feed, Role
from wall.store import Store, feeds
from wall.store.tables import feed as feed_table

POISON = "poison"


class Refused(Exception):
    """What a driver raises."""


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], Any]]:
    """Makes the database refuse every batch with poison in it; what to call when it does."""
    admit, calls = commits.admit, list[Callable[[], Any]]()

    def refusing(tx: Tx, items: Sequence[Given], graves: Any) -> Tally:
        if any(isinstance(item, Arrived) and item.post.text == POISON for item in items):
            for call in calls:
                call()
            raise DBAPIError("INSERT", {}, Refused())
        return admit(tx, items, graves)

    monkeypatch.setattr(commits, "admit", refusing)
    return calls


class Fed:
    """An event with a feed that this process holds the lease of."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.summit = Summit(store)
        self.intake = Intake(Journal(store, InProcessBus()), b"a secret")
        self.feed_id = ""
        self.fence = 0

    async def begin(self) -> None:
        """Add the feed and take its lease."""
        config = {"path": "archive.jsonl"}
        self.feed_id = await self.intake.add_feed(self.summit.event_id, "system", "replay", config)
        fence = await self.store.write(lambda conn: feeds.take_lease(conn, self.feed_id, "here", 60))
        assert fence is not None
        self.fence = fence

    async def bring(self, texts: Sequence[str], cursor: str, dropped: int = 0) -> Tally:
        """Submit a burst of this feed."""
        items = [Arrived(post(f"{cursor}-{number}", text)) for number, text in enumerate(texts)]
        progress = Progress(self.feed_id, self.fence, cursor, dropped)
        return await self.intake.submit(self.summit.event_id, items, f"feed:{self.feed_id}", progress)

    @property
    def feed(self) -> Feed:
        """The feed as it is."""
        with self.store.reading() as conn:
            return feeds.by_ids(conn, self.summit.event_id, {self.feed_id})[self.feed_id]


@pytest.fixture
async def fed(store: Store) -> Fed:
    fed = Fed(store)
    await fed.begin()
    return fed


async def test_what_the_database_refuses_is_lost_alone(fed: Fed, refused: list[Any]) -> None:
    web = [Arrived(post("web", "from elsewhere"))]
    tallies = await asyncio.gather(
        fed.bring(["one", "two", POISON, "four", "five"], cursor="5"),
        fed.intake.submit(fed.summit.event_id, web, "person:ann"),
    )
    await fed.intake.close()
    assert [tally.accepted for tally in tallies] == [4, 1]
    assert (fed.feed.cursor, fed.feed.accepted, fed.feed.dropped) == ("5", 4, 1)
    assert fed.summit.event.shown == 5


async def test_a_submitter_who_leaves_in_between_does_not_stop_the_door(
    fed: Fed, refused: list[Any]
) -> None:
    leaving = asyncio.create_task(fed.bring(["one", POISON, "three"], cursor="3"))
    loop = asyncio.get_running_loop()
    refused.append(lambda: loop.call_soon_threadsafe(leaving.cancel))
    with pytest.raises(asyncio.CancelledError):
        await leaving
    async with asyncio.timeout(PATIENCE):
        assert (await fed.bring(["four"], cursor="4")).accepted == 1
    await fed.intake.close()
    assert (fed.feed.cursor, fed.feed.accepted, fed.feed.dropped) == ("4", 3, 1)


async def test_who_lost_the_lease_stores_nothing_and_does_not_take_others_along(fed: Fed) -> None:
    with fed.store.writing() as conn:
        taken = update(feed_table).where(feed_table.c.id == fed.feed_id)
        conn.execute(taken.values(fence=feed_table.c.fence + 1))
    web = [Arrived(post("web", "from elsewhere"))]
    lost, kept = await asyncio.gather(
        fed.bring(["one"], cursor="1"),
        fed.intake.submit(fed.summit.event_id, web, "person:ann"),
        return_exceptions=True,
    )
    await fed.intake.close()
    assert isinstance(lost, LeaseLost)
    assert isinstance(kept, Tally)
    assert (fed.feed.cursor, fed.summit.event.shown) == (None, 1)


@pytest.mark.parametrize(
    ("texts", "dropped"), [(["one", "two"], 0), (["one"], 2), ([], 1), ([], 0)], ids=str
)
async def test_a_desk_that_follows_has_a_feeds_counts_right(
    fed: Fed, texts: list[str], dropped: int
) -> None:
    desk = Scope(frozenset({Role.ORGANISER}), "ann")
    held = fed.summit.held(desk)
    await fed.bring(texts, "9", dropped)
    await fed.intake.close()
    held.apply(fed.summit.frame(desk, held.seq))
    assert held == Held.of(fed.summit.snapshot(desk))
