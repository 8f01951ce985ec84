"""Quick asks: drafting, opening, closing and showing a question to the participants."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from facilitator.ask_counting import count, fold
from facilitator.guards import Acting, current, require_running, session_of
from facilitator.programme import Id, Words, line
from wall.asks import MOST_OPTIONS, OPTION_LIMIT, Ask, AskKind, AskState, Tally
from wall.entries import ask_kinds as kinds
from wall.entries.data import Data
from wall.errors import BadInput, NotFound, Refused, Stale
from wall.journal import Tx
from wall.model import Frozen, new_id
from wall.programme import Session
from wall.store import asks, programme

MOST = 30
"""Asks of one session, drafts included."""
SECONDS = (10, 3_600)
"""Shortest and longest time that an ask may be open by the clock."""

OptionWords = Annotated[
    str,
    StringConstraints(min_length=1, max_length=OPTION_LIMIT, strip_whitespace=True),
    BeforeValidator(line),
]
EndWords = Annotated[
    str, StringConstraints(max_length=OPTION_LIMIT, strip_whitespace=True), BeforeValidator(line)
]
Worded = Annotated[int, Field(ge=0, le=2**31 - 1)]
Seconds = Annotated[int, Field(ge=SECONDS[0], le=SECONDS[1])]


class Question(Frozen):
    """What is asked: for a choice `options` (`many`: several may be chosen); for a scale its `top` and the
    names of its ends. `live`: the result is seen while it is open."""

    kind: AskKind
    question: Words
    options: Annotated[tuple[OptionWords, ...], Field(max_length=MOST_OPTIONS)] = ()
    many: bool = False
    top: Literal[5, 7, 9] = 5
    low: EndWords = ""
    high: EndWords = ""
    live: bool = False


class NewAsk(Question):
    """An ask to draft; without a session it is for the whole event."""

    session: Id | None = None


class AskChange(Question):
    """What a draft, which was changed `worded` times when it was looked at, should be."""

    worded: Worded


class Seen(Frozen):
    """An ask as it was looked at."""

    worded: Worded


class Opening(Seen):
    """For how many seconds it is open; without, until somebody closes it. `walls`: put it on them."""

    seconds: Seconds | None = None
    walls: bool = True


class Putting(Seen):
    """Whether it is to be on the walls."""

    on: bool


def draft(tx: Tx, acting: Acting, new: NewAsk) -> dict[str, Any]:
    """Write an ask that nobody sees yet. Raises BadInput, NotFound, NotYourSession, Refused."""
    session = _session(tx, acting, new.session)
    if len(asks.of_session(tx.conn, tx.event.id, new.session)) >= MOST:
        raise Refused(f"A session has at most {MOST} questions.", remedy="Remove one that you do not need.")
    added = Ask(
        **_checked(new),
        id=new_id(),
        event_id=tx.event.id,
        session_id=session.id if session else None,
        state=AskState.DRAFTED,
        opened_at=None,
        closes_at=None,
        closed_at=None,
        walls_at=None,
        tally=Tally(),
        uncounted=False,
        worded=0,
        version=1,
    )
    asks.add(tx.conn, added)
    tx.append(kinds.AskDrafted(session=added.session_id), ("ask", added.id))
    return answer(added)


def change(tx: Tx, acting: Acting, ask_id: str, change: AskChange) -> dict[str, Any]:
    """Edit a draft: what was asked once stays as it was answered. Raises BadInput, Refused, Stale."""
    known = _seen(tx, acting, ask_id, change.worded)
    _require(known, {AskState.DRAFTED}, "It was asked already.", "Write another question.")
    fields = {name: value for name, value in _checked(change).items() if value != getattr(known, name)}
    if not fields:
        return answer(known)
    return answer(_saved(tx, known, kinds.AskChanged(fields=tuple(sorted(fields))), **fields))


def remove(tx: Tx, acting: Acting, ask_id: str, seen: Seen) -> dict[str, Any]:
    """Remove a draft. Raises NotFound, NotYourSession, Refused, Stale."""
    known = _seen(tx, acting, ask_id, seen.worded)
    _require(known, {AskState.DRAFTED}, "It was asked already.", "Keep its result back instead.")
    return answer(_saved(tx, known, kinds.AskChanged(fields=("state",)), state=AskState.REMOVED))


def open_ask(tx: Tx, acting: Acting, ask_id: str, opening: Opening) -> dict[str, Any]:
    """Let participants answer; what was closed goes on with the answers that it has. Late viewers of the
    session's stream are given its delay beside the seconds. Raises Refused for a session that does not run
    or has another ask open."""
    known = _seen(tx, acting, ask_id, opening.worded)
    _require(known, {AskState.DRAFTED, AskState.CLOSED}, "It was closed for good.", "Write another.")
    session = _session(tx, acting, known.session_id)
    if session:
        require_running(session)
    others = asks.of_session(tx.conn, tx.event.id, known.session_id)
    if any(one.state is AskState.OPEN for one in others):
        raise Refused("Another question is open here.", remedy="Close it first.")
    seconds = opening.seconds
    closes = None if seconds is None else tx.now + timedelta(seconds=seconds + _delay(session))
    return answer(
        _saved(
            tx,
            known,
            kinds.AskOpened(seconds=seconds),
            state=AskState.OPEN,
            opened_at=known.opened_at or tx.now,
            closes_at=closes,
            closed_at=None,
            walls_at=tx.now if opening.walls else None,
        )
    )


def close(tx: Tx, acting: Acting, ask_id: str, seen: Seen) -> dict[str, Any]:
    """End answering: where the session's stream is behind the room, that much later, and at once the second
    time. Raises NotFound, NotYourSession, Refused, Stale."""
    known = _seen(tx, acting, ask_id, seen.worded)
    _require(known, {AskState.OPEN}, "It is not open.", "Open it first.")
    delay = _delay(_session(tx, acting, known.session_id))
    late = tx.now + timedelta(seconds=delay)
    if delay and (known.closes_at is None or known.closes_at > late):
        return answer(_saved(tx, known, kinds.AskClosing(seconds=delay), closes_at=late))
    return answer(closed(tx, known, by_person=True))


def closed(tx: Tx, known: Ask, *, by_person: bool) -> Ask:
    """Close an open ask with everything counted that came in time."""
    return _saved(
        tx,
        known,
        kinds.AskClosed(),
        by_person=by_person,
        state=AskState.CLOSED,
        closes_at=None,
        closed_at=tx.now,
        **_counted(tx, known),
    )


def counted(tx: Tx, known: Ask) -> Ask:
    """Count what was answered since, for everybody to hear."""
    return _saved(tx, known, kinds.AskCounted(), by_person=False, **_counted(tx, known))


def show(tx: Tx, acting: Acting, ask_id: str, seen: Seen) -> dict[str, Any]:
    """Show the result to everybody, on walls too. Raises NotFound, NotYourSession, Refused, Stale."""
    known = _seen(tx, acting, ask_id, seen.worded)
    _require(known, {AskState.CLOSED, AskState.KEPT}, "It is not closed.", "Close it first.")
    return answer(_saved(tx, known, kinds.AskShown(), state=AskState.SHOWN, walls_at=tx.now))


def keep(tx: Tx, acting: Acting, ask_id: str, seen: Seen) -> dict[str, Any]:
    """Keep the result back: it leaves every face but the staff's."""
    known = _seen(tx, acting, ask_id, seen.worded)
    _require(known, {AskState.CLOSED, AskState.SHOWN}, "It is not closed.", "Close it first.")
    return answer(_saved(tx, known, kinds.AskKept(), state=AskState.KEPT, walls_at=None))


def put(tx: Tx, acting: Acting, ask_id: str, putting: Putting) -> dict[str, Any]:
    """Put it on the walls of its room, or take it off them; on phones it stays."""
    known = _seen(tx, acting, ask_id, putting.worded)
    public = {AskState.OPEN, AskState.CLOSED, AskState.SHOWN}
    _require(known, public, "Nobody was asked this yet.", "Open it first.")
    if (known.walls_at is not None) == putting.on:
        return answer(known)
    at = tx.now if putting.on else None
    return answer(_saved(tx, known, kinds.AskPut(on=putting.on), walls_at=at))


def judge(tx: Tx, acting: Acting, ask_id: str, key: str, *, shown: bool) -> dict[str, Any]:
    """Decide that words may be shown, or strike them out. Raises NotFound for words that nobody gave."""
    known = ask_of(tx, ask_id)
    _session(tx, acting, known.session_id)
    fresh = _counted(tx, known)["tally"]
    if key not in {one.key for one in (*known.tally.said, *fresh.said)}:
        raise NotFound("Nobody answers this any more.", remedy="Look at the answers again.")
    asks.judge(tx.conn, known.id, key, shown=shown)
    now = _saved(tx, known, kinds.AskJudged(shown=shown), by_person=False, **_counted(tx, known))
    return answer(now)


def ask_of(tx: Tx, ask_id: str) -> Ask:
    """An ask of the event that was not removed. Raises NotFound."""
    found = asks.by_ids(tx.conn, tx.event.id, {ask_id}).get(ask_id)
    if found is None or not found.there:
        raise NotFound("There is no such question in this event.")
    return found


def answer(ask: Ask) -> dict[str, Any]:
    """What a command answers."""
    return {"ask": ask.id, "state": ask.state.value, "worded": ask.worded, "version": ask.version}


def _checked(given: Question) -> dict[str, Any]:
    """The fields of an ask as it has them: what its kind does not use is empty. Raises BadInput."""
    fields = given.model_dump(include=set(Question.model_fields))
    if given.kind is not AskKind.CHOICE:
        fields |= {"options": (), "many": False}
    elif len(given.options) < 2:
        raise BadInput(
            "A choice has at least two options.", remedy="Add another one.", field="options", problem="few"
        )
    folded = [fold(one) or one for one in fields["options"]]
    if twice := [one for one, name in zip(given.options, folded, strict=False) if folded.count(name) > 1]:
        raise BadInput(
            f"Two options are the same: {twice[0]}.",
            remedy="Word them so that they can be told apart.",
            field="options",
            problem="twice",
        )
    if given.kind is not AskKind.SCALE:
        fields |= {"top": 5, "low": "", "high": ""}
    return fields


def _counted(tx: Tx, known: Ask) -> dict[str, Any]:
    given = asks.answers(tx.conn, known.id)
    return {"tally": count(known, given, asks.judged(tx.conn, known.id)), "uncounted": False}


def _session(tx: Tx, acting: Acting, session_id: str | None) -> Session | None:
    return None if session_id is None else session_of(tx, acting, session_id)


def _delay(session: Session | None) -> int:
    return session.delay_seconds if session else 0


def _seen(tx: Tx, acting: Acting, ask_id: str, worded: int) -> Ask:
    known = ask_of(tx, ask_id)
    _session(tx, acting, known.session_id)
    if known.worded != worded:
        raise Stale("This changed since you looked at it.", current=current(known))
    return known


def _require(known: Ask, states: set[AskState], message: str, remedy: str) -> None:
    if known.state not in states:
        raise Refused(message, remedy=remedy, ask=known.id, state=known.state.value)


def _saved(tx: Tx, known: Ask, data: Data, *, by_person: bool = True, **changed: Any) -> Ask:
    counts = {"worded": known.worded + by_person, "version": known.version + 1}
    now = known.model_copy(update={**changed, **counts})
    asks.save(tx.conn, now)
    tx.append(data, ("ask", now.id))
    return now


def session_for(tx: Tx, ask: Ask) -> Session | None:
    """The session that an ask is for."""
    if ask.session_id is None:
        return None
    return programme.sessions_by_ids(tx.conn, tx.event.id, {ask.session_id}).get(ask.session_id)
