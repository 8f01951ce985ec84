"""What the public page of a point says: what was said, where it came up, what came of it, the replies.

Everything comes through the projections that everybody's faces get (`render` for the public), so that the
page can show nothing that a wall would not, and what is withdrawn vanishes from it too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from wall.entries import PUBLIC, Put, State, render
from wall.entries.cards import PostValue
from wall.entries.channel import RelayValue
from wall.entries.replies import QuestionValue, TranslationValue
from wall.hygiene import tidy
from wall.model import Event
from wall.parallel import HEARD, Receipt, ReceiptState
from wall.programme import Room, Session
from wall.replies import PublicReplyState
from wall.routes.joining import Said, said_of
from wall.routes.words import Words
from wall.store import contributions, joining, posts, programme, questions, relays, replies

T = TypeVar("T")


@dataclass(frozen=True)
class Voice:
    """One post of a point: as its author presents it, where it stands in its network, what it says in
    other languages (language, text), and what its author answered (question, answer)."""

    said: Said
    url: str | None
    translations: tuple[tuple[str, str], ...]
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Told:
    """What the authors were told, when, and where it stands in a network."""

    words: str
    at: datetime | None
    urls: tuple[str, ...]


@dataclass(frozen=True)
class PointPage:
    """A point as everybody may read it. `state` is that of its newest relay that is public; `wording` a
    facilitator's."""

    id: str
    voices: tuple[Voice, ...]
    session: Session
    room: Room
    state: str
    heard: bool
    at: datetime | None
    outcome: str
    wording: str
    replies: tuple[Told, ...]


def read(conn: Connection, event: Event, contribution_id: str, words: Words, lang: str) -> PointPage | None:
    """The page of a point; None for one that was never in a room, is gone, or is not shown (any more)."""
    home = joining.stands_in(conn, contribution_id)
    point = contributions.by_ids(conn, event.id, {home}).get(home)
    if point is None or not point.posts:
        return None
    raised = relays.of_contributions(conn, {point.id})
    known = relays.by_ids(conn, event.id, {one.id for one in raised})
    public = [value for one in raised if (value := _value(known[one.id], RelayValue))]
    voices = tuple(_voices(conn, event.id, point.posts, words, lang))
    if not public or not voices:
        return None
    relay = public[-1]
    session = programme.sessions_by_ids(conn, event.id, {relay.session})[relay.session]
    return PointPage(
        id=point.id,
        voices=voices,
        session=session,
        room=programme.rooms_by_ids(conn, event.id, {session.room_id})[session.room_id],
        state=relay.state,
        heard=relay.state in HEARD,
        at=relay.closed_at or relay.floor_at,
        outcome=tidy(relay.outcome),
        wording=tidy(relay.wording),
        replies=_told(conn, event.id, contributions.receipts(conn, point.id)),
    )


def _voices(
    conn: Connection, event_id: str, ids: Iterable[str], words: Words, lang: str
) -> Iterable[Voice]:
    wanted = list(ids)
    there = posts.by_ids(conn, event_id, wanted)
    translated = _by_post(questions.translations_of_posts(conn, event_id, wanted), TranslationValue)
    asked = _by_post(questions.questions_of_posts(conn, event_id, wanted), QuestionValue)
    for post_id in wanted:
        value = _value(there[post_id], PostValue) if post_id in there else None
        if value is not None:
            yield Voice(
                said=said_of(value, words, lang),
                url=value.url,
                translations=tuple((one.lang, tidy(one.text)) for one in translated.get(post_id, ())),
                answers=tuple(
                    (tidy(one.words), tidy(one.answer)) for one in asked.get(post_id, ()) if one.answer
                ),
            )


def _told(conn: Connection, event_id: str, receipts: list[Receipt]) -> tuple[Told, ...]:
    """What was told, each wording once, oldest first; only while the post whose beginning it may repeat is
    shown."""
    told = [one for one in receipts if one.state is ReceiptState.TOLD and one.words]
    leads = posts.by_ids(conn, event_id, {one.lead or one.post_id for one in told})
    shown = {post_id for post_id, stored in leads.items() if _value(stored, PostValue) is not None}
    told = [one for one in told if (one.lead or one.post_id) in shown]
    sent = replies.newest_of_posts(conn, event_id, {one.post_id for one in told})
    found: dict[str, Told] = {}
    for one in sorted(told, key=lambda one: (one.told_at is None, one.told_at)):
        reply = sent.get(one.post_id)
        stands = reply is not None and reply.state is PublicReplyState.POSTED and reply.url
        known = found.get(one.words, Told(tidy(one.words), one.told_at, ()))
        urls = (*known.urls, reply.url) if stands and reply is not None else known.urls
        found[one.words] = Told(known.words, known.at, urls)
    return tuple(found.values())


def _by_post(stored: Iterable[State], kind: type[T]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for one in stored:
        value = _value(one, kind)
        if value is not None:
            found.setdefault(str(getattr(value, "post", "")), []).append(value)
    return found


def _value(state: State, kind: type[T]) -> T | None:
    """What everybody holds of something; None where they may not."""
    change = render(state, PUBLIC)
    return change.value if isinstance(change, Put) and isinstance(change.value, kind) else None
