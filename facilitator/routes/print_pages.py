"""What a facilitator takes into a room on paper: run-sheets and queues of what runs and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import Response

from wall.errors import NotFound
from wall.hygiene import displayed, tidy_line
from wall.journal import Journal
from wall.model import Event, PostState, StoredPost, utc_now
from wall.parallel import RelayState, StoredRelay
from wall.programme import Prompt, Room, Session, SessionState
from wall.routes import AskingHere
from wall.routes.when import When
from wall.routes.words import Views
from wall.store import programme, relays

SPARE_LINES = 4
"""Empty lines below each queue, for what is brought up on paper."""


@dataclass(frozen=True)
class Point:
    """A point of a queue. `others`: how many people besides its author said the same."""

    state: RelayState
    text: str
    name: str
    handle: str
    network: str
    others: int
    wording: str
    note: str
    raised_at: datetime


@dataclass(frozen=True)
class Step:
    """A step of a run-sheet, by the clock: from when the session began, or else is to begin."""

    at: datetime
    prompt: Prompt
    is_now: bool


@dataclass(frozen=True)
class Sheet:
    """One session on paper. `points` are what is in the room, what is next, then the queue."""

    session: Session
    room: Room
    steps: tuple[Step, ...]
    points: tuple[Point, ...]


class PrintPages:
    """`/events/{slug}/print/queue`."""

    def __init__(self, journal: Journal, views: Views) -> None:
        self._journal = journal
        self._views = views
        self.router = APIRouter(prefix="/events/{slug}/print", include_in_schema=False)
        self.router.add_api_route("/queue", self.queue, methods=["GET", "HEAD"])

    async def queue(self, asking: AskingHere, request: Request, session: str = "") -> Response:
        """Every session that runs, and the next one of each room; or the one session that is asked for.
        Raises NotSignedIn, NotYours, NotFound."""
        asking.require("session.run")
        event = asking.event
        sheets = await self._journal.store.read(lambda conn: sheets_of(conn, event, session))
        if session and not sheets:
            raise NotFound(
                "There is no such session in this event.", remedy="Choose one from the programme."
            )
        words = self._views.words
        lang = words.offered(request, event.languages)
        return self._views.page(
            request,
            "print_queue.html",
            lang=lang,
            visitor=asking.visitor,
            event=event,
            sheets=sheets,
            one=bool(session),
            spare=SPARE_LINES,
            when=When(event.zone, lang, words),
            network=lambda name: (
                words.say(lang, f"network.{name}") if words.has(f"network.{name}") else name
            ),
            printed_at=utc_now(),
        )


def sheets_of(conn: Connection, event: Event, session_id: str = "") -> list[Sheet]:
    """The sheets to print, by room; of one session only where an id is given."""
    rooms = {room.id: room for room in programme.rooms(conn, event.id)}
    listed = programme.sessions(conn, event.id)
    wanted = [one for one in listed if one.id == session_id] if session_id else to_print(listed)
    ordered = sorted(wanted, key=lambda one: (rooms[one.room_id].position, one.starts_at, one.id))
    return [
        Sheet(one, rooms[one.room_id], steps_of(one), tuple(_points(conn, event, one))) for one in ordered
    ]


def to_print(sessions: Sequence[Session]) -> list[Session]:
    """Of sessions by their planned beginning: all that run, and of each room the next that is planned."""
    running = [one for one in sessions if one.state is SessionState.RUNNING]
    following: dict[str, Session] = {}
    for one in sessions:
        if one.state is SessionState.PLANNED:
            following.setdefault(one.room_id, one)
    return [*running, *following.values()]


def steps_of(session: Session) -> tuple[Step, ...]:
    """A session's run-sheet by the clock."""
    begins = session.begun_at or session.starts_at
    return tuple(
        Step(begins + timedelta(minutes=one.minute), one, one.id == session.prompt)
        for one in session.prompts
    )


def _points(conn: Connection, event: Event, session: Session) -> list[Point]:
    """What is open in a session. What may not be shown stays off paper too."""
    listed = relays.in_session(conn, event.id, session.id)
    found = relays.by_ids(conn, event.id, {one.id for one in listed})
    order = (RelayState.ON_FLOOR, RelayState.NEXT, RelayState.QUEUED)
    ordered = sorted((found[one.id] for one in listed), key=lambda one: order.index(one.relay.state))
    return [_point(one) for one in ordered if one.lead.state is PostState.APPROVED]


def _point(stored: StoredRelay) -> Point:
    lead, relay = stored.lead, stored.relay
    author = lead.post.author
    return Point(
        state=relay.state,
        text=_words_of(lead),
        name=tidy_line(author.name),
        handle=tidy_line(author.handle),
        network=lead.post.network,
        others=max(0, stored.voices - 1),
        wording=stored.wording,
        note=relay.note,
        raised_at=relay.raised_at,
    )


def _words_of(stored: StoredPost) -> str:
    """As it is shown: what its author covered with a warning is read with it."""
    said = "".join(run.text for run in displayed(stored.post.text, stored.post.links))
    return f"[{tidy_line(stored.post.warning)}] {said}" if stored.post.warning else said
