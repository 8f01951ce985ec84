"""One event with rooms and sessions, driven by plain functions as `serve` drives it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from facilitator import codebook, floor, programme, relays
from facilitator.codebook import NewTag
from facilitator.floor import left_view
from facilitator.guards import Acting
from facilitator.programme import NewRoom, NewSession
from tests.support.summit import MORNING, Summit, post
from wall.journal import Arrival, Reservation
from wall.model import Author, Mode, Role
from wall.parallel import Contribution, Receipt, Relay
from wall.programme import Method, Session
from wall.store import Store, contributions, entries, people
from wall.store import programme as stored_programme
from wall.store import relays as stored_relays

ORGANISER = Acting("tester", frozenset({Role.ORGANISER}))
FACILITATOR = Acting("fay", frozenset({Role.FACILITATOR}))
PARTICIPANT = Author(key="participant:pia", handle="", name="Pia")


class Floor(Summit):
    """A summit with its consequences; commands are an organiser's unless somebody else is named."""

    def __init__(
        self,
        store: Store,
        mode: Mode | None = None,
        arrivals: tuple[Arrival, ...] = (),
        reservations: tuple[Reservation, ...] = (),
    ) -> None:
        super().__init__(
            store, mode, consequences=(left_view,), arrivals=arrivals, reservations=reservations
        )

    def person(self, name: str) -> str:
        """A new person's id."""
        with self.store.writing() as conn:
            people.add_person(conn, name, name, MORNING)
        return name

    def room(self, name: str = "Hall") -> str:
        """A new room."""
        return str(self.do(lambda tx: programme.add_room(tx, NewRoom(name=name))).result["room"])

    def session(self, room: str, *, running: bool = True, **more: Any) -> str:
        """A new session."""
        ends = MORNING + timedelta(hours=1)
        plan = {
            "room": room,
            "title": "Talk",
            "method": Method.GUIDED,
            "starts_at": MORNING,
            "ends_at": ends,
        }
        new = NewSession(**plan | more)
        made = str(self.do(lambda tx: programme.add_session(tx, new)).result["session"])
        if running:
            self.do(lambda tx: programme.begin(tx, ORGANISER, made, 1))
        return made

    def tag(self, name: str = "Question", key: str = "1") -> str:
        """A new tag."""
        return str(self.do(lambda tx: codebook.add_tag(tx, NewTag(name=name, key=key))).result["tag"])

    def said(self, key: str = "1", **more: Any) -> str:
        """A new post that is shown; its id."""
        self.arrive(post(key, more.pop("text", f"Said {key}"), **more))
        return self.stored(key).id

    def raised(self, session: str, key: str, acting: Acting = ORGANISER) -> Relay:
        """A new point in a session's queue."""
        post_id = self.said(key)
        done = self.do(lambda tx: relays.raise_point(tx, acting, post_id, session))
        return self.relay(done.result["relay"])

    def move(self, relay: Relay, verb: str, *given: Any, acting: Acting = ORGANISER) -> Relay:
        """Move a relay that was looked at as it is here."""
        command = getattr(relays, verb)
        self.do(lambda tx: command(tx, acting, relay.id, relay.version, *given))
        return self.relay(relay.id)

    def advance(self, session: str, **more: Any) -> dict[str, Any]:
        """Move a session on from where it is."""
        here, following = self.standing(session)
        done = self.do(lambda tx: floor.advance(tx, ORGANISER, session, here, following, **more))
        return done.result

    def end(self, session: str) -> None:
        """End a session."""
        version = self.run_sheet(session).version
        self.do(lambda tx: programme.end(tx, ORGANISER, session, version))

    def standing(self, session: str) -> tuple[str | None, str | None]:
        """Ids of what is on a session's floor and of what is next."""
        by_state = {relay.state.value: relay.id for relay in self.open(session)}
        return by_state.get("on_floor"), by_state.get("next")

    def queue(self, session: str) -> list[str]:
        """Ids of what waits in a session, in order."""
        return [relay.id for relay in self.open(session) if relay.state.value == "queued"]

    def open(self, session: str) -> list[Relay]:
        """The open relays of a session."""
        with self.store.reading() as conn:
            return stored_relays.in_session(conn, self.event_id, session)

    def relay(self, relay_id: str) -> Relay:
        """A relay as it is now."""
        with self.store.reading() as conn:
            return stored_relays.plain(conn, self.event_id, {relay_id})[relay_id]

    def run_sheet(self, session: str) -> Session:
        """A session as it is now."""
        with self.store.reading() as conn:
            return stored_programme.sessions_by_ids(conn, self.event_id, {session})[session]

    def contribution(self, post_id: str) -> Contribution | None:
        """The contribution that a post is in."""
        with self.store.reading() as conn:
            found = contributions.of_posts(conn, {post_id})
            return contributions.by_ids(conn, self.event_id, found.values()).get(found.get(post_id, ""))

    def receipts(self, contribution_id: str) -> list[Receipt]:
        """What the authors of a contribution are owed."""
        with self.store.reading() as conn:
            return contributions.receipts(conn, contribution_id)

    def kinds(self, after: int) -> Iterable[str]:
        """The kinds of the entries that follow a seq."""
        with self.store.reading() as conn:
            return [line.kind for line in entries.after(conn, self.event_id, after, 500)]
