"""What the join page says, read in one go: what is in each room, one's own points, what was said last.

Everything comes from the same projections as the live face (`render`), so that no page without script
can show what the wire would not.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import Connection

from wall.access.participants import Participant
from wall.asks import FEEDBACK_FOR
from wall.codebook import Check
from wall.declared import DeclaredRole
from wall.entries import PUBLIC, Scope, State, render
from wall.entries.asks import AskValue
from wall.entries.cards import PostValue
from wall.entries.channel import PointValue, RelayValue, RoomValue, SessionValue
from wall.entries.resources import ResourceValue
from wall.entries.sheet import ConclusionValue
from wall.hygiene import Run, displayed, displayed_line, tidy
from wall.model import Event, PostState, utc_now
from wall.parallel import RelayState
from wall.points import StoredSupport
from wall.programme import SessionState
from wall.routes.attached import Extras, extras_of
from wall.routes.networks import network_names, networks_of
from wall.routes.own_points import Own, own_of
from wall.routes.shown import name_of
from wall.routes.today import Planned, day_of, todays
from wall.routes.words import Words
from wall.sheet import ENDORSABLE
from wall.store import asks, channel, checks, conclusions, posts, programme, relays, resources, supports

Value = TypeVar("Value")
Key = tuple[str, str, int, str, date]
"""Event, epoch, seq, language and day there: as long as all are the same, everybody sees the same."""
StandIn = Callable[[str, str], str]
"""(participant, post) → what stands for this participant among those who think so too of this post."""

LATEST = 20
"""Posts of the walls that a page without script lists."""
KEPT = 32
"""Events, in one language each, of which is kept what everybody sees of them."""


@dataclass(frozen=True)
class Here:
    """A room: the session that runs there, what is asked in it, and what is in the room now."""

    room: RoomValue
    session: SessionValue
    prompt: str | None
    said: Said | None
    wording: str = ""


@dataclass(frozen=True)
class Said:
    """One post as a page shows it: who said it, in runs of plain text, and what is attached."""

    id: str
    name: tuple[Run, ...]
    handle: str
    network: str
    at: datetime
    lang: str | None
    covered: str | None
    runs: tuple[Run, ...]
    media: tuple[tuple[str, str], ...]
    """Kind and description of each attachment."""
    extras: Extras
    checks: tuple[Check, ...] = ()
    """What was found about its claim."""
    support: int = 0
    """So many think so too."""


@dataclass(frozen=True)
class Everybodys:
    """What every phone shows alike."""

    here: tuple[Here, ...]
    latest: tuple[Said, ...]
    concluded: tuple[Concluded, ...] = ()
    asks: tuple[AskValue, ...] = ()
    """Quick asks that may be answered, or whose result may be read."""
    feedback: tuple[SessionValue, ...] = ()
    """Sessions that may be told what one thinks of them."""
    today: tuple[Planned, ...] = ()
    resources: tuple[ResourceValue, ...] = ()


@dataclass(frozen=True)
class Concluded:
    """What a session concluded, while it may be endorsed."""

    session: SessionValue
    all: tuple[ConclusionValue, ...]


@dataclass(frozen=True)
class Mine:
    """What only one participant's page shows."""

    points: tuple[Own, ...] = ()
    supported: frozenset[str] = frozenset()
    known: tuple[str, DeclaredRole, str] = ("", "", "")


@dataclass(frozen=True)
class Joining:
    """What the page shows."""

    here: tuple[Here, ...]
    own: tuple[Own, ...]
    latest: tuple[Said, ...]
    concluded: tuple[Concluded, ...] = ()
    asks: tuple[AskValue, ...] = ()
    feedback: tuple[SessionValue, ...] = ()
    today: tuple[Planned, ...] = ()
    resources: tuple[ResourceValue, ...] = ()
    supported: frozenset[str] = frozenset()
    """Posts of which this participant said that they think so too."""
    known: tuple[str, DeclaredRole, str] = ("", "", "")
    """Under which name, as what and from where they wrote last."""


def _joining(shared: Everybodys, mine: Mine | None = None) -> Joining:
    own = mine or Mine()
    return Joining(
        here=shared.here,
        own=own.points,
        latest=shared.latest,
        concluded=shared.concluded,
        asks=shared.asks,
        feedback=shared.feedback,
        today=shared.today,
        resources=shared.resources,
        supported=own.supported,
        known=own.known,
    )


class Reading:
    """Reads what the page shows. What everybody sees is read once for each journal seq, however many
    phones scan the code in that moment."""

    def __init__(self, words: Words, stand_in: StandIn) -> None:
        self._words = words
        self._stand_in = stand_in
        self._kept: OrderedDict[Key, Everybodys] = OrderedDict()

    def __call__(self, conn: Connection, event: Event, who: Participant | None, lang: str) -> Joining:
        """Everything that the page of this participant shows now."""
        shared = self._everybodys(conn, event, lang)
        return _joining(shared, self._mine(conn, event, who.id, shared, lang) if who else None)

    def of_newcomer(self, event: Event, lang: str) -> Joining | None:
        """What the page of somebody shows who wrote nothing yet, without reading; None where it was not
        read since the journal moved."""
        shared = self._kept.get(_key(event, lang))
        return _joining(shared) if shared else None

    def _mine(self, conn: Connection, event: Event, person: str, shared: Everybodys, lang: str) -> Mine:
        listed = {said.id for said in (*(here.said for here in shared.here), *shared.latest) if said}
        digests = {post_id: self._stand_in(person, post_id) for post_id in listed}
        points = channel.own_points(conn, event.id, person)
        sessions = {one.id: one for one in values_of(programme.sessions(conn, event.id), SessionValue)}
        counted = supports.by_ids(conn, event.id, {point.stored.id for point in points})
        own = (
            own_of(value, sessions, _people(counted.get(value.id)), self._words, lang)
            for value in values_of(points, PointValue, Scope(person=person))
        )
        written = (one.stored.post.author for one in points if one.stored.state is not PostState.WITHDRAWN)
        last = next(written, None)
        return Mine(
            points=tuple(one for one in own if one),
            supported=supports.given(conn, digests),
            known=(last.name, last.role, last.country) if last else ("", "", ""),
        )

    def _everybodys(self, conn: Connection, event: Event, lang: str) -> Everybodys:
        """As it is at `event.seq` or later: under its key nothing is found that was taken back before."""
        key = _key(event, lang)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = self._read(conn, event, lang)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found

    def _read(self, conn: Connection, event: Event, lang: str) -> Everybodys:
        shown = [value for stored in posts.shown_window(conn, event.id, LATEST) if (value := _post(stored))]
        sessions = values_of(programme.sessions(conn, event.id), SessionValue)
        here = list(_here(conn, event.id, sessions, self._words, lang))
        listed = {one.said.id for one in here if one.said} | {value.id for value in shown}
        found = checks.by_post(conn, listed)
        counted = supports.by_ids(conn, event.id, listed)
        rooms = values_of(programme.rooms(conn, event.id), RoomValue)
        return Everybodys(
            here=tuple(_here_with(one, found, counted) for one in here),
            latest=tuple(_with(said_of(value, self._words, lang), found, counted) for value in shown),
            concluded=tuple(_concluded(conn, event, sessions)),
            asks=tuple(_asks(conn, event, sessions)),
            feedback=tuple(_feedback(sessions)),
            today=todays(event, rooms, sessions, day_of(event)),
            resources=tuple(values_of(resources.listed(conn, event.id), ResourceValue)),
        )


def _key(event: Event, lang: str) -> Key:
    return event.id, event.epoch, event.seq, lang, day_of(event)


def _people(counted: StoredSupport | None) -> int:
    return counted.support.people if counted else 0


def said_of(value: PostValue, words: Words, lang: str) -> Said:
    """A card as a page shows it."""
    handle = "".join(run.text for run in displayed_line(value.author.handle.lstrip("@")))
    covered = value.warning is not None and bool(value.warning.strip())
    return Said(
        id=value.id,
        name=name_of(value),
        handle=handle,
        network=network_names(networks_of(value), words, lang),
        at=value.created_at,
        lang=value.lang,
        covered=tidy(value.warning.strip()) if covered and value.warning else None,
        runs=() if covered else tuple(displayed(value.text.rstrip(), value.links)),
        media=() if covered else tuple((one.kind, tidy(one.alt).strip()) for one in value.media[:4]),
        extras=_without_picture(extras_of(value, "")),
    )


def _here_with(
    here: Here, found: Mapping[str, tuple[Check, ...]], counted: Mapping[str, StoredSupport]
) -> Here:
    return replace(here, said=_with(here.said, found, counted)) if here.said else here


def _with(said: Said, found: Mapping[str, tuple[Check, ...]], counted: Mapping[str, StoredSupport]) -> Said:
    return replace(said, checks=found.get(said.id, ()), support=_people(counted.get(said.id)))


def _without_picture(extras: Extras) -> Extras:
    """A phone's page loads none."""
    return replace(extras, linked=replace(extras.linked, picture=None)) if extras.linked else extras


def _here(
    conn: Connection, event_id: str, sessions: Sequence[SessionValue], words: Words, lang: str
) -> Iterable[Here]:
    rooms = {room.id: room for room in values_of(programme.rooms(conn, event_id), RoomValue)}
    floors = _floors(conn, event_id)
    running = {one.room: one for one in sessions if one.state == SessionState.RUNNING}
    for room in rooms.values():
        if session := running.get(room.id):
            relay = floors.get(session.id)
            said = said_of(relay.post, words, lang) if relay else None
            yield Here(room, session, prompt_of(session), said, relay.wording if relay else "")


def _concluded(conn: Connection, event: Event, sessions: Sequence[SessionValue]) -> Iterable[Concluded]:
    found = values_of(conclusions.listed(conn, event.id), ConclusionValue)
    since = utc_now() - ENDORSABLE
    for session in sessions:
        own = tuple(one for one in found if one.session == session.id)
        if own and (session.ended_at is None or session.ended_at >= since):
            yield Concluded(session, own)


def _asks(conn: Connection, event: Event, sessions: Sequence[SessionValue]) -> Iterable[AskValue]:
    """Oldest first: those of the whole event, and of sessions that run or ended within the hour."""
    since = utc_now() - ENDORSABLE
    lately = {one.id for one in sessions if one.ended_at is None or one.ended_at >= since}
    found = values_of(asks.window(conn, event.id, staff=False), AskValue)
    return [one for one in reversed(found) if one.session is None or one.session in lately]


def _feedback(sessions: Sequence[SessionValue]) -> Iterable[SessionValue]:
    since = utc_now() - FEEDBACK_FOR
    ended = [one for one in sessions if one.state == SessionState.ENDED]
    return [one for one in ended if one.ended_at is not None and one.ended_at >= since]


def prompt_of(session: SessionValue) -> str | None:
    """What is asked in a session now."""
    return next((prompt.text for prompt in session.prompts if prompt.id == session.prompt), None)


def _floors(conn: Connection, event_id: str) -> dict[str, RelayValue]:
    """What is in the room now, by session."""
    open_now = values_of(relays.window(conn, event_id, 0, public=True), RelayValue)
    return {relay.session: relay for relay in open_now if relay.state == RelayState.ON_FLOOR}


def values_of(states: Iterable[State], kind: type[Value], scope: Scope = PUBLIC) -> list[Value]:
    """What a reader of this scope would hold of these."""
    changes = (render(state, scope) for state in states)
    values = (getattr(change, "value", None) for change in changes)
    return [value for value in values if isinstance(value, kind)]


def _post(stored: State) -> PostValue | None:
    return next(iter(values_of([stored], PostValue)), None)
