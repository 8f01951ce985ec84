"""Small things that many tests need: posts, and one event driven by plain functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection

from wall.entries import Changes, Held, Scope
from wall.feeds.base import Arrived, Edited, Withdrawn
from wall.intake import Graves, Tally, admit
from wall.journal import (
    Arrival,
    Consequence,
    Done,
    Reservation,
    Tx,
    create_event,
    read_after,
    run_command,
    snapshot,
)
from wall.model import Author, Event, Mode, Post, StoredPost, new_id
from wall.moderation import Rules
from wall.store import Store, events, posts, rules

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


OPEN_RULES = Rules(
    mode=Mode.AUTO,
    hold_images=False,
    hold_warnings=False,
    hold_sensitive=False,
    words=(),
    flood=None,
    lookalikes=None,
    identifiers=False,
)
"""Rules that let everything pass that has anything to show, for tests that are about something else."""


def open_rules(conn: Connection, event_id: str) -> None:
    """Let everything pass in an event."""
    rules.save(conn, event_id, 1, OPEN_RULES.model_dump_json())


class Summit:
    """One event in a store, driven without a server. Every command takes a second of its clock.

    Everything passes its rules, unless a `mode` is given: then they are the ordinary ones.
    `consequences`, `arrivals` and `reservations` are those of its journal.
    """

    def __init__(
        self,
        store: Store,
        mode: Mode | None = None,
        consequences: tuple[Consequence, ...] = (),
        arrivals: tuple[Arrival, ...] = (),
        reservations: tuple[Reservation, ...] = (),
    ) -> None:
        self.store = store
        self.consequences = consequences
        self.arrivals = arrivals
        self.reservations = reservations
        self.now = MORNING
        details = {"mode": mode or Mode.AUTO}
        with store.writing() as conn:
            self.event_id = create_event(
                conn, self.now, f"e-{new_id()[-12:]}", "Summit", "system", details
            ).id
            if mode is None:
                open_rules(conn, self.event_id)

    def do(self, fn: Callable[[Tx], T], *, cause: str | None = None, body: bytes = b"") -> Done[T]:
        """Run a command."""
        self.now += timedelta(seconds=1)
        with self.store.writing() as conn:
            return run_command(
                conn,
                self.event_id,
                "person:tester",
                fn,
                cause,
                body,
                self.now,
                self.consequences,
                self.arrivals,
                self.reservations,
            )[1]

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
