"""Small things that many tests need: posts, and one event driven by plain functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from wall.entries import Changes, Held, Scope
from wall.feeds.base import Arrived, Edited, Withdrawn
from wall.intake import Graves, Tally, admit
from wall.journal import Done, Tx, create_event, read_after, run_command, snapshot
from wall.model import Author, Event, Post, StoredPost, new_id
from wall.store import Store, events, posts

T = TypeVar("T")
MORNING = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
GRAVES = Graves(b"a secret of the tests")


def post(key: str = "1", text: str = "Hello", **more: Any) -> Post:
    """A post on network "x", by an author named after nobody."""
    author = Author(key=f"author-{key}", handle="ada", name="Ada")
    return Post(
        **{"network": "x", "key": key, "author": author, "text": text, "created_at": MORNING} | more
    )


def repost(key: str, of: str, **more: Any) -> Post:
    """A repost of another post."""
    return post(key, "RT", repost_of=of, **more)


class Summit:
    """One event in a store, driven without a server. Every command takes a second of its clock."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = MORNING
        with store.writing() as conn:
            self.event_id = create_event(conn, self.now, f"e-{new_id()[-12:]}", "Summit", "system", {}).id

    def do(self, fn: Callable[[Tx], T], *, cause: str | None = None, body: bytes = b"") -> Done[T]:
        """Run a command."""
        self.now += timedelta(seconds=1)
        with self.store.writing() as conn:
            return run_command(conn, self.event_id, "person:tester", fn, cause, body, self.now)[1]

    def admit(self, *items: Arrived | Edited | Withdrawn) -> Tally:
        """Let items through the door in one batch."""
        return self.do(lambda tx: admit(tx, items, GRAVES)).result

    def arrive(self, *given: Post) -> Tally:
        """Let posts arrive in one batch."""
        return self.admit(*(Arrived(one) for one in given))

    @property
    def event(self) -> Event:
        """The event as it is now."""
        with self.store.reading() as conn:
            found = events.by_id(conn, self.event_id)
        assert found is not None
        return found

    def stored(self, key: str, network: str = "x") -> StoredPost:
        """The post stored under a network's key."""
        with self.store.reading() as conn:
            return posts.known(conn, self.event_id, network, {key})[key]

    def snapshot(self, scope: Scope) -> dict[str, Any]:
        """The snapshot of an audience, as JSON."""
        with self.store.reading() as conn:
            return snapshot(conn, self.event_id, scope).model_dump(mode="json")

    def frame(self, scope: Scope, after: int, until: int | None = None) -> dict[str, Any]:
        """The changes frame of an audience, as JSON."""
        with self.store.reading() as conn:
            reading = read_after(conn, self.event_id, after, until)
        changes = Changes(after=after, seq=reading.seq, changes=reading.changes(scope))
        return changes.model_dump(mode="json")

    def held(self, scope: Scope) -> Held:
        """A reader's copy, fresh from a snapshot."""
        return Held.of(self.snapshot(scope))
