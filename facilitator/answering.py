"""Which prompt of which session a post was said to. Pure.

A post says so itself ("A1" answers "Q1", as tweet chats have it), or it was written while one prompt was
on and no other. Where two sessions could be meant and nothing tells them apart, nobody guesses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wall.programme import Prompt, PromptKind, Session, SessionState, heard_from_afar
from wall.sheet import Answering

GRACE = timedelta(minutes=30)
"""For so long after its end a session is still answered by code: networks and people are late. The delay
of its stream comes on top."""

_LEADING = re.compile(r"(?:\s*[@#][^\s]+)*[\s:>\-–—]*")
"""Mentions and hashtags that a post begins with."""
_CODE = r"([A-Za-z]{1,2})[ ]?([0-9]{1,3})"
_FIRST = re.compile(_CODE + r"(?![\w%°])")
_MARKED = re.compile(r"(?<![\w@/.+-])([A-Z]{1,2})([0-9]{1,3})(?=\s*[:)\]–—]|\.\s|\s+[-–—]\s)")
_TAG = re.compile(r"(?<!\w)#" + _CODE.replace("[ ]?", "") + r"(?!\w)")
_LAST = re.compile(r"(?<![\w@/.+-])([A-Z]{1,2})([0-9]{1,3})\s*$")

ANSWERS = {"A": "Q", "R": "Q"}
"""The letter that an answer begins with (in French, R) → that of what it answers."""


@dataclass(frozen=True)
class Found:
    """What a post was said to, and how that is known."""

    session: str
    prompt: str
    how: Answering


def codes_in(text: str) -> tuple[str, ...]:
    """The codes of prompts that a text names, each once, first the one that it begins with.

    A code counts where it stands at the beginning (after mentions and hashtags), before a colon, a
    bracket or a dash, as a hashtag, or at the end: "on A4 paper" names none.
    """
    start = _LEADING.match(text)
    first = _FIRST.match(text, start.end() if start else 0)
    found = [first, *_MARKED.finditer(text), *_TAG.finditer(text), _LAST.search(text)]
    return tuple(dict.fromkeys(_code(match) for match in found if match))


def answer_of(text: str, at: datetime, sessions: Sequence[Session], own: str | None = None) -> Found | None:
    """What a text that was written `at` that time answers; None: nothing, or nobody can tell.

    `own` is the session that is known to be meant, by other means.
    """
    return _by_code(codes_in(text), at, sessions, own) or _by_time(at, sessions, own)


def _by_code(
    codes: Iterable[str], at: datetime, sessions: Sequence[Session], own: str | None
) -> Found | None:
    heard = [session for session in sessions if _answered_at(session, at)]
    for code in codes:
        asked = [(session, prompt) for session in heard if (prompt := _prompt_of(session, code))]
        now = [(session, prompt) for session, prompt in asked if session.prompt == prompt.id]
        mine = [(session, prompt) for session, prompt in asked if session.id == own]
        for some in (mine, asked, now):
            if len(some) == 1:
                session, prompt = some[0]
                return Found(session.id, prompt.id, Answering.CODE)
    return None


def _by_time(at: datetime, sessions: Sequence[Session], own: str | None) -> Found | None:
    on = [(session, prompt) for session in sessions if (prompt := _on_at(session, at))]
    mine = [(session, prompt) for session, prompt in on if session.id == own]
    if own is not None and not mine:
        return None
    for some in (mine, on):
        if len(some) == 1:
            session, prompt = some[0]
            return Found(session.id, prompt.id, Answering.TIME)
    return None


def _answered_at(session: Session, at: datetime) -> bool:
    """Whether a session could be answered at that time: it has begun, and not long ended."""
    if session.begun_at is None or at < session.begun_at:
        return False
    return session.state is SessionState.RUNNING or (
        session.ended_at is not None and at <= heard_from_afar(session, session.ended_at) + GRACE
    )


def _on_at(session: Session, at: datetime) -> Prompt | None:
    """What was asked in a session at that time, as far as it is still asked. A break asks nothing. Until
    those who follow its stream have heard a new prompt, people may mean it or the one before."""
    if session.state is not SessionState.RUNNING or session.prompt_at is None:
        return None
    if at < heard_from_afar(session, session.prompt_at):
        return None
    asked = (one for one in session.prompts if one.id == session.prompt)
    prompt = next(asked, None)
    return prompt if prompt and prompt.kind is not PromptKind.BREAK else None


def _prompt_of(session: Session, code: str) -> Prompt | None:
    """The prompt of this code. One without a code is called by its number, as faces call it: Q2."""
    if named := [one for one in session.prompts if one.code == code]:
        return named[0]
    asked = [one for one in session.prompts if one.kind is not PromptKind.BREAK]
    numbered = ((f"Q{number}", one) for number, one in enumerate(asked, start=1) if not one.code)
    return next((one for name, one in numbered if name == code), None)


def _code(match: re.Match[str]) -> str:
    letters, number = match[1].upper(), int(match[2])
    return f"{ANSWERS.get(letters, letters)}{number}"
