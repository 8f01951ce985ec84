"""Messages between the desk and the chair of a session. Each stays until whom it is for says that they
read it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints

from facilitator.guards import Acting, session_of
from facilitator.programme import line
from wall.access import may
from wall.entries.sheet_kinds import MessageAcknowledged, MessageSent
from wall.errors import NotFound, NotYours, Refused
from wall.journal import Tx
from wall.model import new_id
from wall.programme import Session
from wall.sheet import Message, Receiver, Signal
from wall.store import messages, programme

MOST_OPEN = 5
"""Messages to one chair that were not acknowledged: more would hide the floor behind them."""

MessageWords = Annotated[
    str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), BeforeValidator(line)
]
"""What a chair reads at a glance, while somebody speaks."""

_READS = {Receiver.CHAIR: "stage.signal", Receiver.DESK: "message.send"}
"""Who acknowledges what was sent to whom: a verb of `access.RIGHTS`."""


def send(tx: Tx, acting: Acting, session_id: str, text: str) -> dict[str, Any]:
    """Write to the chair of a session. Raises NotFound, NotYourSession, and Refused while the chair has
    five messages to read."""
    session = session_of(tx, acting, session_id)
    _require_room(tx, session)
    return _sent(tx, session, Receiver.CHAIR, Signal.WORDS, text)


def signal(tx: Tx, session_id: str, what: Signal) -> dict[str, Any]:
    """Signal from the stage to the desk. The same signal again, while it was not acknowledged, changes
    nothing. Raises NotFound."""
    session = programme.sessions_by_ids(tx.conn, tx.event.id, {session_id}).get(session_id)
    if session is None:
        raise NotFound("There is no such session in this event.")
    for other in _open(tx, session, Receiver.DESK):
        if other.signal is what:
            return _answer(other)
    return _sent(tx, session, Receiver.DESK, what, "")


def acknowledge(tx: Tx, acting: Acting, message_id: str) -> dict[str, Any]:
    """Say that a message was read; twice changes nothing. Raises NotFound, NotYourSession, and NotYours
    for who it was not sent to."""
    known = messages.by_ids(tx.conn, tx.event.id, {message_id}).get(message_id)
    if known is None:
        raise NotFound("There is no such message in this event.")
    if not may(acting.roles, _READS[known.to]):
        raise NotYours(f"This message is for the {known.to}.", remedy="They acknowledge it themselves.")
    if known.to is Receiver.DESK:
        session_of(tx, acting, known.session_id)
    if known.ok_at is None:
        read = {"ok_by": tx.actor, "ok_at": tx.now, "version": known.version + 1}
        known = known.model_copy(update=read)
        messages.save(tx.conn, known)
        tx.append(MessageAcknowledged(), ("message", known.id))
    return _answer(known)


def _sent(tx: Tx, session: Session, to: Receiver, what: Signal, text: str) -> dict[str, Any]:
    new = Message(
        id=new_id(),
        event_id=tx.event.id,
        session_id=session.id,
        to=to,
        signal=what,
        text=text,
        sent_by=tx.actor,
        sent_at=tx.now,
        ok_by=None,
        ok_at=None,
        version=1,
    )
    messages.add(tx.conn, new)
    tx.append(MessageSent(session=session.id, to=to, signal=what), ("message", new.id))
    return _answer(new)


def _require_room(tx: Tx, session: Session) -> None:
    if len(_open(tx, session, Receiver.CHAIR)) >= MOST_OPEN:
        raise Refused(
            f"The chair has {MOST_OPEN} messages that they did not read yet.",
            remedy="Go to them, or wait until they have said OK.",
            session=session.id,
        )


def _open(tx: Tx, session: Session, to: Receiver) -> list[Message]:
    return [
        one
        for one in messages.unread(tx.conn, tx.event.id)
        if one.session_id == session.id and one.to is to
    ]


def _answer(message: Message) -> dict[str, Any]:
    return {"message": message.id, "acknowledged": message.ok_at is not None}
