"""What the contract kit puts a feed between: a world of its network, and the real door."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

import pytest
from sqlalchemy import func, select

from tests.support.waiting import PATIENCE, eventually
from wall.bus import InProcessBus
from wall.feeds.base import Source, check_config
from wall.intake import Intake, Tally, run_feed
from wall.intake.intake import new_feed
from wall.intake.moves import ON_A_DESK
from wall.journal import Journal
from wall.model import Event, Feed, FeedState, Mode, PostState, StoredPost
from wall.store import Store, feeds, posts
from wall.store import tables as t


class Driver(Protocol):
    """A world of one network, with a feed's configuration for it."""

    network: str
    network_of_posts: str
    """The network that its posts name: another where an archive is played."""
    config: dict[str, Any]
    ends: bool
    """Whether the source ends when it has given everything (an archive); then it is run again."""
    edits: bool
    """Whether posts of this network can be changed by their authors."""

    async def publish(self, text: str, **more: Any) -> str:
        """Post; the key of the post. `created_at` dates it."""
        ...

    async def edit(self, key: str, text: str) -> None:
        """Change a post."""
        ...

    async def delete(self, key: str) -> None:
        """Take a post back."""
        ...

    async def repeat(self, key: str) -> None:
        """Send a post again as it was first written."""
        ...

    async def delete_unseen(self) -> str:
        """Let the deletion of a post be told before the post itself; its key."""
        ...

    async def revive(self, key: str) -> None:
        """Let upstream list a deleted post again, as a restored backup does."""
        ...

    def misbehave(self, *, doubled: bool = False, shuffled: int = 0) -> None:
        """Deliver everything twice, or in another order."""
        ...

    async def settle(self) -> None:
        """Deliver what is held back."""
        ...

    def connections(self) -> int:
        """Connections that are open to this world."""
        ...

    def tasks(self) -> set[asyncio.Task[Any]]:
        """Tasks that this world runs itself."""
        ...


class LiveDriver(Driver, Protocol):
    """A world that is reached over connections."""

    forgets: bool
    """Whether a recheck finds out that a post is gone. Else each deletion is told, also of long ago."""

    async def listening(self) -> None:
        """Wait until the feed is connected."""
        ...

    async def cut(self, how: str) -> None:
        """Break every connection: "reset", "fin", or "mid" for in the middle of a frame."""
        ...

    def stall(self, stalled: bool) -> None:
        """Deliver nothing more, and keep connections open."""
        ...

    def attempts(self) -> int:
        """Connections that were made to this world so far."""
        ...

    def answer(self, status: int | None) -> None:
        """Answer every request with this status (429 until soon), HTML for 5xx; None: properly."""
        ...

    def refusals(self) -> int:
        """Requests that were answered so."""
        ...

    async def revoke(self) -> None:
        """Let the credentials be refused from now on."""
        ...

    def lose(self) -> None:
        """Let upstream forget every post."""
        ...


class Door:
    """One event in a store, and the feed that fills it."""

    def __init__(self, store: Store, event: Event, intake: Intake) -> None:
        self.store = store
        self.event = event
        self.intake = intake
        self.source: Source | None = None
        self.feed: Feed | None = None

    @asynccontextmanager
    async def fed_by(self, driver: Driver, *, cursor: str | None = None) -> AsyncIterator[Door]:
        """Run the driver's feed until the end of the block, from a cursor."""
        config = check_config(driver.network, driver.config)
        made = new_feed(self.event.id, driver.network, config).model_copy(update={"cursor": cursor})
        task = asyncio.create_task(self._run(made, again=driver.ends))
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self, feed: Feed, *, again: bool) -> None:
        await self.store.write(lambda conn: feeds.add(conn, feed))
        self.feed = feed
        while True:
            leased = await self.store.write(lambda conn: feeds.take_lease(conn, feed.id, "kit", 60))
            assert leased is not None
            await run_feed(self.intake, self.now(), leased, self._heard)
            if not again or self.now().state is not FeedState.DONE:
                return
            await asyncio.sleep(0.02)

    async def running(self) -> Source:
        """The source that fills it, once it brought something."""
        await eventually(lambda: self.source, what="the source")
        assert self.source is not None
        return self.source

    def _heard(self, _tally: Tally, source: Source) -> None:
        self.source = source

    def now(self) -> Feed:
        """The feed as it is stored."""
        assert self.feed is not None
        with self.store.reading() as conn:
            return feeds.by_ids(conn, self.event.id, {self.feed.id})[self.feed.id]

    def post(self, key: str, network: str) -> StoredPost | None:
        """A stored post, withdrawn ones included."""
        grave = self.intake.graves(network, key)
        with self.store.reading() as conn:
            found = posts.known(conn, self.event.id, network, {key, grave})
        return found.get(key) or found.get(grave)

    def state(self, key: str, network: str) -> PostState | None:
        """The state of a post; None where it is not stored."""
        found = self.post(key, network)
        return found.state if found else None

    def keys(self) -> set[str]:
        """The keys of the posts that came and were not taken back, however they were judged."""
        mine = (t.post.c.event_id == self.event.id) & t.post.c.state.in_(
            [state.value for state in ON_A_DESK]
        )
        with self.store.reading() as conn:
            return set(conn.execute(select(t.post.c.key).where(mine)).scalars())

    def text(self, key: str, network: str) -> str | None:
        """The words of a post; None where it is not stored."""
        found = self.post(key, network)
        return found.post.text if found else None

    def assert_each_received_once(self) -> None:
        """AssertionError if the journal says of a post that it was received twice."""
        mine = (t.post.c.event_id == self.event.id) & (t.post.c.received > 0)
        kind = (t.entry.c.event_id == self.event.id) & (t.entry.c.kind == "post.received")
        with self.store.reading() as conn:
            stored = conn.execute(select(func.count()).select_from(t.post).where(mine)).scalar_one()
            received = conn.execute(select(func.count()).select_from(t.entry).where(kind)).scalar_one()
        assert received == stored

    async def has(self, *keys: str, within: float = PATIENCE) -> None:
        """Wait until exactly these posts are there."""
        await eventually(lambda: self.keys() == set(keys), within, "the posts to be there")
        self.assert_each_received_once()


@asynccontextmanager
async def door_of(store: Store) -> AsyncIterator[Door]:
    """A new event in this store."""
    journal = Journal(store, InProcessBus())
    event = await journal.create(
        slug="kit", name="Kit", actor="system", hashtags=("smsummit",), mode=Mode.AUTO
    )
    intake = Intake(journal, b"a secret of the kit")
    yield Door(store, event, intake)
    await intake.close()


@pytest.fixture
async def door(sqlite_store: Store) -> AsyncIterator[Door]:
    """An event to be filled."""
    async with door_of(sqlite_store) as opened:
        yield opened
