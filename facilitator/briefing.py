"""The brief of a session on one page, for its speakers and its chair: what was said about it beforehand,
who is online, what its speakers asked for. Everything that was said comes as everybody may read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from wall.entries import PUBLIC
from wall.entries.cards import PostValue
from wall.entries.projections import post_value
from wall.model import Event
from wall.programme import Room, Session
from wall.routes.joining import Said, said_of
from wall.routes.words import Words
from wall.speaking import Speaker, asks
from wall.store import placements, posts, programme, speakers, voices

MOST_LISTED = 12
"""Points, and questions, of one brief: it is one page."""
_LOOKED_AT = 500


@dataclass(frozen=True)
class Brief:
    """A session before it begins. `questions` and `points` are the newest of those that belong to it, and
    `told` how many there are in all; `online` counts people who wrote for the event, by network."""

    session: Session
    room: Room
    speakers: tuple[Speaker, ...]
    questions: tuple[Said, ...]
    points: tuple[Said, ...]
    told: int
    people: int
    online: tuple[tuple[str, int], ...]

    @property
    def voices(self) -> int:
        """People who wrote for the event, on all networks together."""
        return sum(count for _, count in self.online)


def read(conn: Connection, event: Event, session_id: str, words: Words, lang: str) -> Brief | None:
    """The brief of a session; None where there is none such."""
    session = programme.sessions_by_ids(conn, event.id, {session_id}).get(session_id)
    if session is None:
        return None
    cards = _placed(conn, event.id, session_id)
    asked = [one for one in cards if asks(one.text)]
    rest = [one for one in cards if not asks(one.text)]
    authors = {(one.network, one.author.handle, one.author.name) for one in cards}
    return Brief(
        session=session,
        room=programme.rooms_by_ids(conn, event.id, {session.room_id})[session.room_id],
        speakers=tuple(speakers.listed(conn, event.id, session_id)),
        questions=_said(asked, words, lang),
        points=_said(rest, words, lang),
        told=len(cards),
        people=len(authors),
        online=tuple(voices.by_network(conn, event.id)),
    )


def _placed(conn: Connection, event_id: str, session_id: str) -> list[PostValue]:
    """The cards that belong to a session, newest first, as everybody may read them."""
    ids = placements.of_session(conn, event_id, session_id, _LOOKED_AT)
    stored = posts.by_ids(conn, event_id, ids)
    cards = (post_value(one, PUBLIC) for one in stored.values())
    return sorted((one for one in cards if one), key=lambda one: one.created_at, reverse=True)


def _said(cards: Sequence[PostValue], words: Words, lang: str) -> tuple[Said, ...]:
    return tuple(said_of(one, words, lang) for one in cards[:MOST_LISTED])
