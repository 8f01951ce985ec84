"""Speakers: their links, what they ask for, and the one tap that quiets the walls of their room."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints, field_validator

from facilitator.programme import line, lines
from facilitator.reserving import hold_back
from wall.display import Hold
from wall.entries.speaker_kinds import SpeakerAnswered, SpeakerInvited, SpeakerRevoked
from wall.errors import LinkSpent, NotFound, Refused
from wall.journal import Tx
from wall.model import Frozen, new_id
from wall.programme import Session, SessionState
from wall.screens import control
from wall.speaking import CHOICES, NAME_LIMIT, NOTE_LIMIT, Speaker, Walls, agreed
from wall.store import programme, speakers

MOST_SPEAKERS = 20
"""Links of one session that were not taken back."""
FORGOTTEN = timedelta(days=2)
"""So long after its planned end a session that nobody ended lets nobody in any more."""

SpeakerName = Annotated[
    str, StringConstraints(max_length=NAME_LIMIT, strip_whitespace=True), BeforeValidator(line)
]
SpeakerNote = Annotated[
    str, StringConstraints(max_length=NOTE_LIMIT, strip_whitespace=True), BeforeValidator(lines)
]


class Wish(Frozen):
    """What a speaker asks for: what walls show during their talk, whether their slides are not to be
    shared, and what they want the chair and the desk to know."""

    walls: Walls
    slides_private: bool = False
    note: SpeakerNote = ""

    @field_validator("walls")
    @classmethod
    def _of_choices(cls, value: Walls) -> Walls:
        if value not in CHOICES:
            raise ValueError("choose on, curated, questions or off")
        return value


def actor_of(speaker: Speaker) -> str:
    """How the journal names a speaker."""
    return f"speaker:{speaker.id}"


def invite(tx: Tx, session_id: str, name: str, digest: str) -> dict[str, Any]:
    """Make a speaker's link to a session, by the digest of its token. `name`: whose it is, for the
    organisers. Raises NotFound, Refused for one too many."""
    session = _session(tx, session_id)
    if len(speakers.listed(tx.conn, tx.event.id, session.id)) >= MOST_SPEAKERS:
        raise Refused(
            f"A session has at most {MOST_SPEAKERS} speakers' links.", remedy="Take one back first."
        )
    new = Speaker(
        id=new_id(),
        event_id=tx.event.id,
        session_id=session.id,
        name=name,
        made_by=tx.actor,
        made_at=tx.now,
        walls=None,
        slides_private=False,
        note="",
        answered_at=None,
        revoked_at=None,
        version=1,
    )
    speakers.add(tx.conn, new, digest)
    tx.append(SpeakerInvited(speaker=new.id), ("session", session.id))
    return {"speaker": new.id, "session": session.id}


def revoke(tx: Tx, speaker_id: str) -> dict[str, Any]:
    """Take a speaker's link back: what they asked for no longer counts. Raises NotFound."""
    known = speakers.by_id(tx.conn, tx.event.id, speaker_id)
    if known is None:
        raise NotFound("There is no such speaker's link in this event.")
    if known.revoked_at is None:
        now = known.model_copy(update={"revoked_at": tx.now, "version": known.version + 1})
        speakers.save(tx.conn, now)
        _settle(tx, known.session_id, SpeakerRevoked(speaker=known.id))
    return {"speaker": known.id, "session": known.session_id}


def answer(tx: Tx, speaker_id: str, wish: Wish) -> dict[str, Any]:
    """A speaker says what they ask for; until their session ends they may say something else. Raises
    LinkSpent."""
    known = _holder(tx, speaker_id)
    given = {"walls": wish.walls, "slides_private": wish.slides_private, "note": wish.note}
    now = known.model_copy(update={**given, "answered_at": tx.now, "version": known.version + 1})
    speakers.save(tx.conn, now)
    said = SpeakerAnswered(speaker=known.id, walls=wish.walls, slides_private=wish.slides_private)
    session = _settle(tx, known.session_id, said)
    return {"session": session.id, "walls": session.walls.value, "slides_private": session.slides_private}


def quiet(tx: Tx, speaker_id: str, on: bool) -> dict[str, Any]:
    """A speaker quiets the walls of their room during their talk, or lets them go on. Raises LinkSpent,
    Refused before it began."""
    session = _session(tx, _holder(tx, speaker_id).session_id)
    if session.state is not SessionState.RUNNING:
        raise Refused("The walls can be quieted while your session runs.", session=session.id)
    return control.quiet(tx, control.Order(room=session.room_id, hold=Hold.QUIET if on else Hold.LIVE))


def require_usable(speaker: Speaker, session: Session | None, now: datetime) -> Session:
    """The session of a link that may be used. Raises LinkSpent once that ended, was planned to end days ago
    and nobody ended it, or the link was taken back."""
    if speaker.revoked_at is not None:
        raise LinkSpent("This speaker's link was taken back.", why="revoked")
    if session is None or session.state is SessionState.ENDED or _is_forgotten(speaker, session, now):
        raise LinkSpent(
            "This session has ended.", remedy="There is nothing more to do. Thank you!", why="ended"
        )
    return session


def _is_forgotten(speaker: Speaker, session: Session, now: datetime) -> bool:
    """Whether nobody ever began this session, days after it was to end."""
    late = max(session.ends_at, speaker.made_at) + FORGOTTEN
    return session.state is SessionState.PLANNED and now > late


def _holder(tx: Tx, speaker_id: str) -> Speaker:
    known = speakers.by_id(tx.conn, tx.event.id, speaker_id)
    if known is None:
        raise LinkSpent("This speaker's link was taken back.", why="revoked")
    found = programme.sessions_by_ids(tx.conn, tx.event.id, {known.session_id})
    require_usable(known, found.get(known.session_id), tx.now)
    return known


def _session(tx: Tx, session_id: str) -> Session:
    found = programme.sessions_by_ids(tx.conn, tx.event.id, {session_id}).get(session_id)
    if found is None:
        raise NotFound("There is no such session in this event.", remedy="Choose one from the programme.")
    return found


def _settle(tx: Tx, session_id: str, data: SpeakerAnswered | SpeakerRevoked) -> Session:
    """Write what its speakers together ask for to the session, and hold pictures back that were shown
    before. Its version stays where nothing changed for readers."""
    session = _session(tx, session_id)
    asked, private = agreed(speakers.listed(tx.conn, tx.event.id, session_id))
    tx.append(data, ("session", session.id))
    if (asked, private) == (session.walls, session.slides_private):
        return session
    changed = {"walls": asked, "slides_private": private, "version": session.version + 1}
    now = session.model_copy(update=changed)
    programme.save_session(tx.conn, now)
    if private and not session.slides_private:
        hold_back(tx, now)
    return now
