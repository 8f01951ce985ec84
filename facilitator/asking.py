"""Asking back: a facilitator's question to the author of a point, on their phone, and what comes back."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from facilitator.guards import Acting, current, may_approve, post_of, require_shown, session_of
from wall.entries import reply_kinds as kinds
from wall.errors import NotFound, Refused, Stale
from wall.intake.judging import rules_of
from wall.journal import Tx
from wall.model import Mode, StoredPost, new_id
from wall.moderation import judge
from wall.parallel import OPEN
from wall.replies import Question, QuestionState
from wall.store import contributions, questions
from wall.store.channel import is_own

_WAITS = frozenset({QuestionState.ASKED, QuestionState.ANSWERED})


def ask(tx: Tx, acting: Acting, post_id: str, words: str) -> dict[str, Any]:
    """Ask the author of a post something: it appears on their phone.

    Raises NotFound, NotYourSession for a point that another session has, and Refused for a post that is
    not shown, an author who has no phone here, and where a question waits already.
    """
    stored = post_of(tx, post_id)
    require_shown(stored)
    _require_session(tx, acting, post_id)
    if not is_own(stored):
        raise Refused(
            "Its author did not write here, so no phone would show the question.",
            remedy="Ask them in their network, or reply to them in public.",
            network=stored.post.network,
        )
    if any(one.state in _WAITS for one in _about(tx, post_id)):
        raise Refused(
            "A question to its author waits already.", remedy="Share the answer, or take the question back."
        )
    question = Question(
        id=new_id(),
        event_id=tx.event.id,
        post_id=post_id,
        words=words,
        answer="",
        state=QuestionState.ASKED,
        asked_by=tx.actor,
        asked_at=tx.now,
        answered_at=None,
        shared_at=None,
        version=1,
    )
    tx.append(kinds.QuestionAsked(post=post_id), ("question", question.id), ("post", post_id))
    questions.add_question(tx.conn, question)
    return _answer(question)


def answer(tx: Tx, keys: Collection[str], question_id: str, words: str) -> dict[str, Any]:
    """What the author of a post answers; `keys` are the author keys of whoever sends it. They may answer
    again until their answer is shared. Raises NotFound for a question to somebody else, Refused."""
    question, stored = _question(tx, question_id)
    if stored.post.author.key not in keys:
        raise NotFound("There is no such question to you.")
    if question.state not in _WAITS:
        shared = question.state is QuestionState.SHARED
        raise Refused("Your answer is shown already." if shared else "This question was taken back.")
    tx.append(kinds.QuestionAnswered(post=stored.id), *_subjects(question))
    return _answer(_saved(tx, question, answer=words, state=QuestionState.ANSWERED, answered_at=tx.now))


def share(tx: Tx, acting: Acting, question_id: str, version: int, on: bool) -> dict[str, Any]:
    """Let an answer be read by everybody beside its point, or no longer.

    Raises NotFound, NotYourSession, Stale, and Refused where there is no answer, and where a rule would
    hold such a post back and they may not decide that.
    """
    question, stored = _looked_at(tx, acting, question_id, version)
    wanted = QuestionState.ANSWERED if on else QuestionState.SHARED
    if question.state is not wanted:
        raise Refused("There is no answer to share." if on else "This answer is not shown.")
    if on:
        _require_clean(tx, acting, stored, question.answer)
    tx.append(kinds.QuestionShared(on=on), *_subjects(question))
    state = QuestionState.SHARED if on else QuestionState.ANSWERED
    shared_at = question.shared_at or (tx.now if on else None)
    return _answer(_saved(tx, question, state=state, shared_at=shared_at))


def withdraw(tx: Tx, acting: Acting, question_id: str, version: int) -> dict[str, Any]:
    """Take a question back, with what was answered. Raises NotFound, NotYourSession, Stale, Refused."""
    question, _ = _looked_at(tx, acting, question_id, version)
    if question.state is QuestionState.WITHDRAWN:
        raise Refused("This question was taken back already.")
    tx.append(kinds.QuestionWithdrawn(), *_subjects(question))
    return _answer(_saved(tx, question, words="", answer="", state=QuestionState.WITHDRAWN))


def _about(tx: Tx, post_id: str) -> list[Question]:
    return questions.plain_of_posts(tx.conn, tx.event.id, {post_id}).get(post_id, [])


def _question(tx: Tx, question_id: str) -> tuple[Question, StoredPost]:
    found = questions.questions_by_ids(tx.conn, tx.event.id, {question_id}).get(question_id)
    if found is None:
        raise NotFound("There is no such question in this event.")
    return found.question, found.stored


def _looked_at(tx: Tx, acting: Acting, question_id: str, version: int) -> tuple[Question, StoredPost]:
    question, stored = _question(tx, question_id)
    _require_session(tx, acting, stored.id)
    if question.version != version:
        found = questions.questions_by_ids(tx.conn, tx.event.id, {question_id})[question_id]
        raise Stale("This changed since you looked at it.", current=current(found))
    return question, stored


def _require_session(tx: Tx, acting: Acting, post_id: str) -> None:
    """A point that is on its way through a session is asked about by those whose session it is."""
    made = contributions.of_posts(tx.conn, {post_id}).get(post_id, "")
    point = contributions.by_ids(tx.conn, tx.event.id, {made}).get(made)
    if point and point.relay and point.relay.state in OPEN:
        session_of(tx, acting, point.relay.session_id)


def _require_clean(tx: Tx, acting: Acting, stored: StoredPost, words: str) -> None:
    """What a rule would hold back is let through by who may approve posts, as any other words are."""
    said = stored.post.model_copy(update={"text": words, "links": (), "media": ()})
    rules = rules_of(tx.conn, tx.event).model_copy(update={"mode": Mode.AUTO})
    reasons = judge(said, rules).reasons
    if reasons and not may_approve(acting):
        raise Refused(
            "This answer needs a moderator: a rule would hold it back.",
            remedy="Ask somebody who may approve posts to share it.",
            reasons=[reason.code for reason in reasons],
        )


def _saved(tx: Tx, question: Question, **changed: Any) -> Question:
    now = question.model_copy(update={"version": question.version + 1, **changed})
    questions.save_question(tx.conn, now)
    return now


def _subjects(question: Question) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("question", question.id), ("post", question.post_id)


def _answer(question: Question) -> dict[str, Any]:
    return {"question": question.id, "state": question.state.value, "version": question.version}
