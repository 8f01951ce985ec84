"""One installation as its operator has it: a database, its command line, and settings for `serve`."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from tests.support.processes import ROOT, clean_environment
from tests.support.summit import open_rules
from tests.support.waiting import PATIENCE
from wall.bus import InProcessBus
from wall.intake import Intake
from wall.journal import Journal, broken_link
from wall.model import Event, Feed, Mode
from wall.store import Store, events, feeds
from wall.store.tables import entry, feed

SECRET = "the secret of an instance under test"


@dataclass
class Instance:
    """A migrated database and what is done to it without a server."""

    store: Store
    settings: dict[str, str]
    """The environment of every process of this instance."""

    async def event(self, slug: str = "summit") -> Event:
        """A new event."""
        journal = Journal(self.store, InProcessBus())
        event = await journal.create(
            slug=slug, name="Summit", actor="system", hashtags=("smsummit",), mode=Mode.AUTO
        )
        await self.store.write(lambda conn: open_rules(conn, event.id))
        return event

    def process(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """A command of `backchannel`, running."""
        return subprocess.Popen(
            [sys.executable, "-m", "wall.cli", *map(str, arguments)],
            env={**clean_environment(), **self.settings, "NO_COLOR": "1"},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    async def run(self, *arguments: str | Path) -> Ran:
        """A command of `backchannel`, to its end."""
        process = self.process(*arguments)
        said, _ = await asyncio.to_thread(process.communicate, timeout=2 * PATIENCE)
        return Ran(process.returncode, said)

    async def add_replay(self, slug: str, archive: Path, speed: float | str) -> str:
        """A replay feed, added beside the server as `backchannel feed add` does; its id."""
        intake = Intake(Journal(self.store, InProcessBus()), SECRET.encode())
        event = await intake.journal.event(slug)
        config = {"path": str(archive), "speed": str(speed)}
        feed_id = await intake.add_feed(event.id, "system", "replay", config)
        await intake.close()
        return feed_id

    def feed(self, event_id: str, feed_id: str) -> Feed:
        """A feed as it is now."""
        with self.store.reading() as conn:
            return feeds.by_ids(conn, event_id, {feed_id})[feed_id]

    def feed_process(self, feed_id: str) -> int | None:
        """The process id of who runs a feed, or ran it until its lease is over; None for nobody."""
        with self.store.reading() as conn:
            owner = conn.execute(select(feed.c.lease_owner).where(feed.c.id == feed_id)).scalar_one()
        return int(owner.rpartition(":")[2]) if owner else None

    def head(self, event_id: str) -> int:
        """The seq of an event's newest entry."""
        with self.store.reading() as conn:
            found = events.head(conn, event_id)
        assert found is not None
        return found[1]

    def assert_sound(self, event_id: str) -> None:
        """AssertionError unless the journal has no gap and every entry is as it was written."""
        with self.store.reading() as conn:
            assert broken_link(conn, event_id) is None
            entries = select(func.count()).where(entry.c.event_id == event_id)
            head = events.head(conn, event_id)
            assert head is not None
            assert conn.execute(entries).scalar_one() == head[1]


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    code: int
    said: str


@contextmanager
def instance_at(url: str, directory: Path, **settings: str) -> Iterator[Instance]:
    """An instance over a migrated database; `settings` are BACKCHANNEL_ ones, in lower case."""
    named = {f"BACKCHANNEL_{name.upper()}": value for name, value in settings.items()}
    own = {
        "BACKCHANNEL_DATABASE_URL": url,
        "BACKCHANNEL_DATA_DIR": str(directory),
        "BACKCHANNEL_SECRET_KEY": SECRET,
    }
    store = Store(url)
    try:
        yield Instance(store, own | named)
    finally:
        store.close()
