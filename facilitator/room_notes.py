"""Room notes: one line of what was said in a room, typed by its scribe or facilitator, public like any
post and raised like any point."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints

from facilitator import answers
from facilitator.guards import Acting, may_approve, require_begun, room_of, session_for_notes
from facilitator.programme import line
from wall.entries.sheet_kinds import AnswerLinked
from wall.feeds.base import Arrived
from wall.intake import Graves, admit, moves
from wall.journal import Tx
from wall.model import Author, Post, PostState, StoredPost, new_id
from wall.programme import Room, Session
from wall.sheet import ROOM, Answering
from wall.store import posts
from wall.text import find_hashtags

NOTE_LIMIT = 500
"""Longest note, in code points: one line of what somebody said."""

NoteWords = Annotated[
    str,
    StringConstraints(min_length=1, max_length=NOTE_LIMIT, strip_whitespace=True),
    BeforeValidator(line),
]

BY_MODE = frozenset({"awaits_approval", "first_post", "not_listed", "flood", "lookalike"})
"""Why a stranger's post would wait. Somebody of the staff listened to this and typed it."""


def write(tx: Tx, acting: Acting, session_id: str, text: str, graves: Graves) -> dict[str, Any]:
    """Write what was said in the room of a session. It goes through the one door like any post, and what
    a rule catches in its words waits for a moderator.

    Raises NotFound, NotYourSession, and Refused before the session began.
    """
    session = session_for_notes(tx, acting, session_id)
    require_begun(session)
    (post_id,) = admit(tx, [Arrived(_post(tx, room_of(tx, session.room_id), text))], graves).ids
    _link(tx, post_id, session)
    stored = _stored(tx, post_id)
    if stored.state is PostState.HELD and (may_approve(acting) or _only_by_mode(stored)):
        moves.approved(tx, stored)
        stored = _stored(tx, post_id)
    return {"post": post_id, "state": stored.state.value}


def _post(tx: Tx, room: Room, text: str) -> Post:
    """A note as a post: its author is the room."""
    return Post(
        network=ROOM,
        key=new_id(),
        author=Author(key=f"room:{room.id}", handle="", name=room.name),
        text=text,
        created_at=tx.now,
        hashtags=find_hashtags(text),
    )


def _link(tx: Tx, post_id: str, session: Session) -> None:
    data = AnswerLinked(session=session.id, prompt=session.prompt, how=Answering.ROOM)
    tx.append(data, ("answer", post_id))
    answers.put(tx, post_id, session.id, session.prompt, Answering.ROOM)
    tx.came_for(post_id, session.id)


def _only_by_mode(stored: StoredPost) -> bool:
    return all(reason.code in BY_MODE for reason in stored.reasons)


def _stored(tx: Tx, post_id: str) -> StoredPost:
    return posts.by_ids(tx.conn, tx.event.id, {post_id})[post_id]
