"""Answers: the posts that come in are linked to what they were said to, and people correct it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from facilitator.answering import answer_of
from facilitator.guards import Acting, post_of, session_of
from wall.entries.sheet_kinds import AnswerCleared, AnswerLinked
from wall.errors import BadInput
from wall.journal import Came, Tx
from wall.sheet import ROOM, Answer, Answering
from wall.store import answers, programme

_SaidTo = tuple[str, str | None, Answering]
"""A session, its prompt if any, and how that is known."""


def answered(tx: Tx, came: Sequence[Came]) -> None:
    """The consequence of posts that came in: those that answer a prompt are linked to it.

    The entries of the posts tell readers; a link that a rule found has none of its own.
    """
    heard = [one for one in came if one.stored.post.network != ROOM]
    sessions = programme.sessions(tx.conn, tx.event.id) if heard else []
    if not any(session.prompts for session in sessions):
        return
    said_to: dict[str, _SaidTo] = {}
    for one in heard:
        post = one.stored.post
        found = answer_of(post.text, post.created_at, sessions, one.session)
        if found is not None:
            said_to[one.stored.id] = (found.session, found.prompt, found.how)
    _put(tx, said_to)


def put(tx: Tx, post_id: str, session: str, prompt: str | None, how: Answering) -> None:
    """Write what a post was said to."""
    _put(tx, {post_id: (session, prompt, how)})


def _put(tx: Tx, said_to: Mapping[str, _SaidTo]) -> None:
    known = answers.plain(tx.conn, tx.event.id, said_to.keys())
    now = [
        Answer(
            id=post_id,
            event_id=tx.event.id,
            session_id=session,
            prompt_id=prompt,
            how=how,
            version=known[post_id].version + 1 if post_id in known else 1,
        )
        for post_id, (session, prompt, how) in said_to.items()
    ]
    answers.put(tx.conn, now)


def link(tx: Tx, acting: Acting, post_id: str, session_id: str, prompt: str) -> dict[str, Any]:
    """Say to which prompt of a session a post was said. Raises NotFound, NotYourSession, BadInput."""
    stored = post_of(tx, post_id)
    session = session_of(tx, acting, session_id)
    if prompt not in {one.id for one in session.prompts}:
        raise BadInput("There is no such prompt in this session's run-sheet.", field="prompt")
    data = AnswerLinked(session=session.id, prompt=prompt, how=Answering.HAND)
    tx.append(data, ("answer", stored.id))
    put(tx, stored.id, session.id, prompt, Answering.HAND)
    return {"post": stored.id, "session": session.id, "prompt": prompt}


def unlink(tx: Tx, acting: Acting, post_id: str) -> dict[str, Any]:
    """Say that a post answers no prompt. Saying it twice changes nothing. Raises NotFound,
    NotYourSession, and BadInput for a note of the room: it was said there."""
    stored = post_of(tx, post_id)
    known = answers.plain(tx.conn, tx.event.id, {stored.id}).get(stored.id)
    if known is not None:
        session_of(tx, acting, known.session_id)
        if known.how is Answering.ROOM:
            raise BadInput("A note of the room was said in its session.", field="post")
        tx.append(AnswerCleared(), ("answer", stored.id))
        answers.clear(tx.conn, stored.id)
    return {"post": stored.id, "session": None, "prompt": None}
