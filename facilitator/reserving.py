"""Slides that a speaker asked not to share: pictures about their session wait until a person has looked.

`reserved` is asked before posts are judged; `hold_back` is for those that were shown before the speaker
asked (docs/decisions/0024).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from facilitator.arriving import places_of
from facilitator.placing import LINGERS, Clues, Programme, suggest
from wall.entries.speaker_kinds import PostReserved
from wall.intake.settling import settle
from wall.journal import Tx
from wall.model import Post, PostState, Reason, StoredPost, fold_hashtag
from wall.programme import Session, SessionState
from wall.speaking import shows_picture
from wall.store import placements, posts, programme

CODE = "slides_private"
LOOKS_BACK = 500
"""So many of the newest posts on walls are looked at when a speaker asks while they talk."""


def reserved(tx: Tx, batch: Sequence[Post]) -> frozenset[tuple[str, str]]:
    """The reservation of posts that come in, or are edited: those with pictures of private slides."""
    shown = [post for post in batch if shows_picture(post)]
    if not shown:
        return frozenset()
    known = _programme(tx)
    if not any(one.slides_private for one in known.sessions):
        return frozenset()
    answered = _answered(tx, shown)
    return frozenset(
        (post.network, post.key)
        for post in shown
        if private_session(post, known, answered.get((post.network, post.reply_to or ""))) is not None
    )


def private_session(post: Post, programme: Programme, answered: str | None = None) -> Session | None:
    """The session with private slides that a picture may be of: the one that it is about; where nothing
    tells, one that runs while it comes, or ended lately. `answered`: the session of what it answers."""
    found = suggest(post, programme, Clues(answered=answered))
    private = [one for one in programme.sessions if one.slides_private]
    if found is not None:
        return next((one for one in private if one.id == found[0]), None)
    return next((one for one in private if _spoken_of(one, post.created_at)), None)


def hold_back(tx: Tx, session: Session) -> int:
    """Let the posts with pictures of this session's slides wait that nobody looked at; how many. What a
    person approved stays."""
    seen = posts.shown_window(tx.conn, tx.event.id, LOOKS_BACK)
    shown = [one for one in seen if shows_picture(one.post) and not one.by_hand]
    if not shown:
        return 0
    known = _programme(tx)
    told = {
        id_: one.session_id for id_, one in placements.plain(tx.conn, {one.id for one in shown}).items()
    }
    actor, tx.actor = tx.actor, "system"
    held = [one for one in shown if _about(one, session, known, told)]
    for stored in held:
        tx.append(PostReserved(session=session.id), ("post", stored.id))
        settle(tx, stored, PostState.HELD, reasons=(Reason(code=CODE),))
    tx.actor = actor
    return len(held)


def _about(
    stored: StoredPost, session: Session, programme: Programme, told: Mapping[str, str | None]
) -> bool:
    placed = told.get(stored.id)
    if placed is not None:
        return placed == session.id
    found = private_session(stored.post, programme)
    return found is not None and found.id == session.id


def _spoken_of(session: Session, at: datetime) -> bool:
    """Whether it runs at this time, or ended so lately that it is still spoken of."""
    if session.begun_at is None or at < session.begun_at:
        return False
    if session.state is SessionState.RUNNING:
        return True
    return session.ended_at is not None and at <= session.ended_at + LINGERS


def _programme(tx: Tx) -> Programme:
    own = frozenset(map(fold_hashtag, tx.event.hashtags))
    return Programme(programme.sessions(tx.conn, tx.event.id), own)


def _answered(tx: Tx, batch: Sequence[Post]) -> dict[tuple[str, str], str]:
    """The sessions of the posts that these answer, by their network and key."""
    wanted: dict[str, set[str]] = {}
    for post in batch:
        if post.reply_to:
            wanted.setdefault(post.network, set()).add(post.reply_to)
    found = {
        (network, key): stored
        for network, keys in wanted.items()
        for key, stored in posts.known(tx.conn, tx.event.id, network, keys).items()
    }
    places = places_of(tx, found.values())
    return {name: places[stored.id] for name, stored in found.items() if stored.id in places}
