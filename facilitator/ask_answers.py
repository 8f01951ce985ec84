"""Answering an ask from a phone: kept under a name that means nothing elsewhere; one may change it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from facilitator.ask_counting import clean, fold
from facilitator.asks import ask_of, session_for
from wall.asks import MOST_WORDS, TEXT_LIMIT, WORD_LIMIT, Ask, AskKind, AskState, Given
from wall.errors import BadInput, Refused
from wall.intake.judging import judge_of
from wall.journal import Tx
from wall.model import Author, Frozen, PostState
from wall.moderation import NEW, Judge
from wall.moderation import judge as judged
from wall.programme import SessionState
from wall.routes.contributing import new_post
from wall.store import asks

_OF_MODE = frozenset({"awaits_approval", "first_post", "not_listed"})
"""Why a post waits whatever it says. A word of a cloud waits for what it says alone: who runs the session
looks at the cloud before it is shown, and strikes out what does not belong there."""
_LIMITS = {AskKind.WORDS: (MOST_WORDS, WORD_LIMIT), AskKind.TEXT: (1, TEXT_LIMIT)}
"""How many texts an answer has, and how long each may be."""

Digest = Callable[[str], str]
"""An ask's id → what stands for one participant there, and for nobody anywhere else."""


class Answering(Frozen):
    """An answer: places of options, counted from 0 (of a scale: of its numbers), or words."""

    picks: Annotated[tuple[Annotated[int, Field(ge=0, lt=9)], ...], Field(max_length=9)] = ()
    words: Annotated[
        tuple[Annotated[str, StringConstraints(max_length=2_000)], ...], Field(max_length=10)
    ] = ()


def give(tx: Tx, ask_id: str, author: str, digest: Digest, sent: Answering) -> dict[str, Any]:
    """Answer an ask, or answer it anew; nothing takes one's answer back. Nothing is appended to the
    journal.

    `author` is whose rules it is judged by, and not kept. Raises NotFound, BadInput, and Refused for one
    that is not open.
    """
    known = ask_of(tx, ask_id)
    _require_open(tx, known)
    picks = _picked(known, sent.picks)
    words = _said(known, sent.words)
    if not (picks or words):
        if asks.withdraw(tx.conn, known.id, digest(known.id)):
            return {"ask": known.id, "picks": [], "words": []}
        raise BadInput("There is no answer in this.", remedy="Choose or write something.", problem="empty")
    rules = judge_of(tx.conn, tx.event)
    held = tuple(_held(rules, known.kind, author, text, tx) for text in words)
    given = Given(picks=picks, words=words, held=held)
    name = digest(known.id)
    if asks.answer_of(tx.conn, known.id, name) != given:
        asks.answer(tx.conn, known.id, name, given)
    return {"ask": known.id, "picks": list(picks), "words": list(words)}


def _require_open(tx: Tx, known: Ask) -> None:
    """Closed is also what the clock closes in this second, or whose session has ended."""
    session = session_for(tx, known)
    over = known.closes_at is not None and tx.now > known.closes_at
    ended = session is not None and session.state is SessionState.ENDED
    if known.state is not AskState.OPEN or over or ended:
        raise Refused(
            "This question is not open for answers.",
            remedy="Add a point instead, so that it is heard.",
            ask=known.id,
            problem="closed",
        )


def _picked(known: Ask, picks: tuple[int, ...]) -> tuple[int, ...]:
    chosen = tuple(sorted(set(picks)))
    if any(place >= known.places for place in chosen):
        raise BadInput("There is no such option.", remedy="Choose one that is there.", problem="unknown")
    if len(chosen) > 1 and not known.many:
        raise BadInput("Only one can be chosen here.", remedy="Choose one.", problem="one")
    return chosen


def _said(known: Ask, words: tuple[str, ...]) -> tuple[str, ...]:
    """What was written, without what says nothing, and each thing once."""
    texts = {fold(text): text for text in reversed([clean(one) for one in words])}
    said = tuple(text for folded, text in reversed(texts.items()) if folded)
    most, longest = _LIMITS.get(known.kind, (0, 0))
    if len(said) > most:
        raise BadInput(f"At most {most} can be given here.", problem="many", most=most)
    if any(len(text) > longest for text in said):
        raise BadInput(
            f"It may have {longest} characters at most.", remedy="Shorten it.", problem="long", most=longest
        )
    return said


def _held(rules: Judge, kind: AskKind, author: str, text: str, tx: Tx) -> bool:
    verdict = judged(new_post("answer", Author(key=author, handle=""), text, tx.now), rules, NEW)
    if verdict.state is PostState.REJECTED:
        return True
    reasons = {reason.code for reason in verdict.reasons}
    return bool(reasons - _OF_MODE if kind is AskKind.WORDS else reasons)
