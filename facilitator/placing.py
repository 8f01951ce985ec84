"""Whose is it? Which session a post belongs to, and by which clue. Pure.

The clues are asked in the order of `wall.parallel.Placed`, the strongest first; one that fits several
sessions tells by the one that runs, else by the one nearest in time, and nothing where two are alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from facilitator.answering import answer_of
from wall.model import Post, fold_hashtag
from wall.parallel import Placed
from wall.programme import Session, SessionState, heard_from_afar
from wall.sheet import Answering

LINGERS = timedelta(minutes=30)
"""For so long after its end a session is still spoken of."""

_HANDLE = re.compile(r"(?<![\w.@/])[@＠]([\w][\w.\-]*(?:@[\w.\-]+)?)")


@dataclass(frozen=True)
class Clues:
    """What is known of a post besides itself: the session that the post it answers belongs to, and the
    one that it was written for."""

    answered: str | None = None
    page: str | None = None


NO_CLUES = Clues()


@dataclass(frozen=True)
class Programme:
    """An event's sessions, ready to be asked again and again. `own_tags`: the event's hashtags, which
    tell nothing."""

    sessions: Sequence[Session]
    own_tags: frozenset[str] = frozenset()
    by_tag: Mapping[str, Sequence[Session]] = field(init=False, repr=False)
    by_speaker: Mapping[str, Sequence[Session]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        tags: dict[str, list[Session]] = {}
        speakers: dict[str, list[Session]] = {}
        for session in self.sessions:
            for tag in {fold_hashtag(tag) for tag in session.hashtags} - self.own_tags:
                tags.setdefault(tag, []).append(session)
            for handle in {handle for one in session.speakers for handle in handles_of(one)}:
                speakers.setdefault(handle, []).append(session)
        object.__setattr__(self, "by_tag", tags)
        object.__setattr__(self, "by_speaker", speakers)

    def has(self, session_id: str | None) -> bool:
        """Whether there is such a session."""
        return any(session.id == session_id for session in self.sessions)


def suggest(post: Post, programme: Programme, clues: Clues = NO_CLUES) -> tuple[str, Placed] | None:
    """The session that a post belongs to, and the clue that told; None: nothing tells."""
    at = post.created_at
    for clue, found in (
        (Placed.HASHTAG, _by_tag(post, programme)),
        (Placed.REPLY, _named(programme, clues.answered)),
        (Placed.SPEAKER, _by_speaker(post, programme)),
        (Placed.PAGE, _named(programme, clues.page)),
        (Placed.PROMPT, _by_prompt(post, programme)),
        (Placed.TIME, [one for one in programme.sessions if _runs(one, at)]),
    ):
        chosen = _alone(found) if clue in _EXACT else _likeliest(found, at)
        if chosen is not None:
            return chosen.id, clue
    return None


_EXACT = frozenset({Placed.PROMPT, Placed.TIME})
"""Clues that tell only where they fit one session."""


def handles_of(text: str) -> frozenset[str]:
    """The handles that are written in a text, folded and without `@`; of `@name@server` the name too."""
    found = {match.rstrip(".-").casefold() for match in _HANDLE.findall(text)}
    return frozenset(found | {handle.partition("@")[0] for handle in found})


def _by_tag(post: Post, programme: Programme) -> list[Session]:
    tags = {fold_hashtag(tag) for tag in post.hashtags}
    return _each(found for tag in tags for found in programme.by_tag.get(tag, ()))


def _by_speaker(post: Post, programme: Programme) -> list[Session]:
    """Who mentions a speaker speaks to them; a speaker speaks of their own session."""
    named = handles_of(post.text) | handles_of(f"@{post.author.handle.lstrip('@')}")
    return _each(found for handle in named for found in programme.by_speaker.get(handle, ()))


def _by_prompt(post: Post, programme: Programme) -> list[Session]:
    """The session whose prompt a post names; that one was on while it was written says no more than
    the time does."""
    found = answer_of(post.text, post.created_at, programme.sessions)
    return _named(programme, found.session if found and found.how is Answering.CODE else None)


def _named(programme: Programme, session_id: str | None) -> list[Session]:
    return [one for one in programme.sessions if one.id == session_id] if session_id else []


def _runs(session: Session, at: datetime) -> bool:
    """Whether it ran then, as far as is known: from its planned time on, if somebody began it later."""
    if session.begun_at is None or at < min(session.begun_at, session.starts_at):
        return False
    if session.state is SessionState.RUNNING:
        return True
    return session.ended_at is not None and at <= heard_from_afar(session, session.ended_at)


def _alone(found: Sequence[Session]) -> Session | None:
    return found[0] if len(found) == 1 else None


def _likeliest(found: Sequence[Session], at: datetime) -> Session | None:
    """Of several: the one that ran then, else the nearest in time; None where two are alike."""
    if len(found) < 2:
        return _alone(found)
    running = [one for one in found if _runs(one, at)]
    if running:
        return _alone(running)
    away = sorted((_away(one, at), one.id, one) for one in found)
    return away[0][2] if away[0][0] < away[1][0] else None


def _away(session: Session, at: datetime) -> timedelta:
    """How far a time is from a session; one that was just over is not far."""
    begins = session.begun_at or session.starts_at
    ends = heard_from_afar(session, session.ended_at or session.ends_at)
    if at < begins:
        return begins - at
    return max(timedelta(), at - ends - LINGERS)


def _each(found: Iterable[Session]) -> list[Session]:
    return list({one.id: one for one in found}.values())
