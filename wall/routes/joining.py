"""What the join page says, read in one go: what is in each room, one's own points, what was said last.

Everything comes from the same projections as the live face (`render`), so that no page without script
can show what the wire would not.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from wall.codebook import Check
from wall.entries import PUBLIC, Scope, State, render
from wall.entries.cards import PostValue
from wall.entries.channel import AskedValue, PointValue, RelayValue, RoomValue, SessionValue
from wall.entries.sheet import ConclusionValue
from wall.hygiene import Run, displayed, displayed_line, tidy
from wall.model import Event, PostState, Reason, utc_now
from wall.moderation import CODES
from wall.parallel import RelayState
from wall.programme import SessionState
from wall.routes.attached import Extras, extras_of
from wall.routes.cards import WHY
from wall.routes.shown import name_of
from wall.routes.words import Words
from wall.sheet import ENDORSABLE
from wall.store import channel, checks, conclusions, posts, programme, relays

Value = TypeVar("Value")

LATEST = 20
"""Posts of the walls that a page without script lists."""
KEPT = 32
"""Events, in one language each, of which is kept what everybody sees of them."""

_STEPS = {
    None: "shown",
    RelayState.QUEUED: "coming",
    RelayState.NEXT: "coming",
    RelayState.ON_FLOOR: "now",
    RelayState.DISCUSSED: "discussed",
    RelayState.ANSWERED: "answered",
    RelayState.DEFERRED: "later",
    RelayState.RETURNED: "returned",
    RelayState.DROPPED: "shown",
}
_UNSHOWN = {
    PostState.RECEIVED: "waiting",
    PostState.HELD: "waiting",
    PostState.REJECTED: "not_shown",
    PostState.HIDDEN: "taken_down",
}
_LATER = {"session": "later_session", "board": "later_board", "report": "later_report"}
_POINT_PAGE = re.compile(r"/point/[a-z0-9-]{1,63}/[A-Za-z0-9-]{1,63}")
_REACHED = {"waiting": 1, "shown": 2, "coming": 3, "now": 3, "discussed": 4, "answered": 4}


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


@dataclass(frozen=True)
class Own:
    """One's own point: how far it got, as a code of `join.step.*` and in how many of four stages, why
    it is not shown, and where in the programme it got to."""

    id: str
    text: str
    at: datetime
    step: str
    reached: int
    why: tuple[str, ...]
    session: str
    outcome: str
    reply: str
    page: str
    """The path of the public page of the point, where the reply names it; else empty."""
    question: AskedValue | None
    """What a facilitator asks its author, and what they answered."""


@dataclass(frozen=True)
class Everybodys:
    """What every phone shows alike."""

    here: tuple[Here, ...]
    latest: tuple[Said, ...]
    concluded: tuple[Concluded, ...] = ()


@dataclass(frozen=True)
class Concluded:
    """What a session concluded, while it may be endorsed."""

    session: SessionValue
    all: tuple[ConclusionValue, ...]


@dataclass(frozen=True)
class Joining:
    """What the page shows."""

    here: tuple[Here, ...]
    own: tuple[Own, ...]
    latest: tuple[Said, ...]
    concluded: tuple[Concluded, ...] = ()


class Reading:
    """Reads what the page shows. What everybody sees is read once for each journal seq, however many
    phones scan the code in that moment."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._kept: OrderedDict[tuple[str, str, int, str], Everybodys] = OrderedDict()

    def __call__(self, conn: Connection, event: Event, person: str | None, lang: str) -> Joining:
        """Everything that the page of this participant shows now. `person` is their id."""
        shared = self._everybodys(conn, event, lang)
        return Joining(shared.here, self._own(conn, event, person, lang), shared.latest, shared.concluded)

    def of_newcomer(self, event: Event, lang: str) -> Joining | None:
        """What the page of somebody shows who wrote nothing yet, without reading; None where it was not
        read since the journal moved."""
        shared = self._kept.get(_key(event, lang))
        return Joining(shared.here, (), shared.latest, shared.concluded) if shared else None

    def _own(self, conn: Connection, event: Event, person: str | None, lang: str) -> tuple[Own, ...]:
        points = channel.own_points(conn, event.id, person) if person else []
        if not points:
            return ()
        sessions = values_of(programme.sessions(conn, event.id), SessionValue)
        mine = values_of(points, PointValue, Scope(person=person))
        return tuple(own for value in mine if (own := _own(value, sessions, self._words, lang)))

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
        floors = {one.said.id for one in here if one.said}
        found = checks.by_post(conn, floors | {value.id for value in shown})
        return Everybodys(
            here=tuple(replace(one, said=_checked(one.said, found)) for one in here),
            latest=tuple(_with(said_of(value, self._words, lang), found) for value in shown),
            concluded=tuple(_concluded(conn, event, sessions)),
        )


def _key(event: Event, lang: str) -> tuple[str, str, int, str]:
    return event.id, event.epoch, event.seq, lang


def said_of(value: PostValue, words: Words, lang: str) -> Said:
    """A card as a page shows it."""
    key = f"network.{value.network}"
    handle = "".join(run.text for run in displayed_line(value.author.handle.lstrip("@")))
    covered = value.warning is not None and bool(value.warning.strip())
    return Said(
        id=value.id,
        name=name_of(value),
        handle=handle,
        network=words.say(lang, key) if words.has(key) else value.network,
        at=value.created_at,
        lang=value.lang,
        covered=tidy(value.warning.strip()) if covered and value.warning else None,
        runs=() if covered else tuple(displayed(value.text.rstrip(), value.links)),
        media=() if covered else tuple((one.kind, tidy(one.alt).strip()) for one in value.media[:4]),
        extras=_without_picture(extras_of(value, "")),
    )


def _checked(said: Said | None, found: Mapping[str, tuple[Check, ...]]) -> Said | None:
    return _with(said, found) if said else None


def _with(said: Said, found: Mapping[str, tuple[Check, ...]]) -> Said:
    return replace(said, checks=found.get(said.id, ()))


def _without_picture(extras: Extras) -> Extras:
    """A phone's page loads none."""
    return replace(extras, linked=replace(extras.linked, picture=None)) if extras.linked else extras


def step_of(state: str, relay_state: str | None, detail: str = "") -> str | None:
    """How far a point got, as its author is told; None for one that is gone. `detail` is what it was set
    aside for. `ui/src/join/steps.ts` says the same."""
    if state == PostState.APPROVED:
        step = _STEPS.get(RelayState(relay_state) if relay_state else None)
        return _LATER.get(detail, step) if step == "later" else step
    return _UNSHOWN.get(PostState(state))


def why_of(reasons: Iterable[Reason], words: Words, lang: str) -> tuple[str, ...]:
    """Reasons of why a point is not shown, for its author, each once."""
    return tuple(dict.fromkeys(_why(reason, words, lang) for reason in reasons))


def _why(reason: Reason, words: Words, lang: str) -> str:
    if reason.code in WHY:
        return words.say(lang, f"join.why.{reason.code}")
    names = CODES.get(reason.code)
    if names is None or not all(name in reason.params for name in names):
        return words.say(lang, "join.why.other")
    return words.say(lang, f"reason.{reason.code}", **{name: reason.params[name] for name in names})


def _own(value: PointValue, sessions: Sequence[SessionValue], words: Words, lang: str) -> Own | None:
    step = step_of(value.state, value.relay_state, value.detail)
    if step is None:
        return None
    titles = {session.id: session.title for session in sessions}
    told = step not in {"waiting", "shown", "not_shown", "taken_down"}
    return Own(
        id=value.id,
        text=tidy(value.text),
        at=value.created_at,
        step=step,
        reached=_REACHED.get(step, 0),
        why=why_of(value.reasons, words, lang) if step in {"not_shown", "taken_down"} else (),
        session=titles.get(value.session or "", "") if told else "",
        outcome=_outcome(value) if step in {"discussed", "answered"} else "",
        reply=tidy(value.reply),
        page=found.group() if (found := _POINT_PAGE.search(value.reply)) else "",
        question=value.question,
    )


def _outcome(value: PointValue) -> str:
    """What came of it, unless the reply says so already."""
    return "" if value.outcome in value.reply else tidy(value.outcome)


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
