"""Questions to the authors of posts, and translations of posts: what people add beside what was said."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from wall.replies import Question, QuestionState, StoredQuestion, StoredTranslation, Translation
from wall.store import posts
from wall.store.chunks import ids_in_chunks
from wall.store.reply_tables import question, translation

_IDS: Any = bindparam("ids", expanding=True)
_QUESTIONS = select(question).where(question.c.event_id == bindparam("event"))
_QUESTIONS_BY_IDS = _QUESTIONS.where(question.c.id.in_(_IDS))
_QUESTIONS_LISTED = _QUESTIONS.where(question.c.state != QuestionState.WITHDRAWN.value).order_by(
    question.c.id
)
_QUESTIONS_OF = _QUESTIONS.where(question.c.post_id.in_(_IDS)).order_by(question.c.asked_at, question.c.id)
_TRANSLATIONS = select(translation).where(translation.c.event_id == bindparam("event"))
_TRANSLATIONS_BY_IDS = _TRANSLATIONS.where(translation.c.id.in_(_IDS))
_TRANSLATIONS_LISTED = _TRANSLATIONS.order_by(translation.c.id)
_TRANSLATIONS_OF = _TRANSLATIONS.where(translation.c.post_id.in_(_IDS)).order_by(translation.c.lang)


def add_question(conn: Connection, new: Question) -> None:
    """Store a new question."""
    conn.execute(insert(question).values(**new.model_dump()))


def save_question(conn: Connection, changed: Question) -> None:
    """Write a question as it is now."""
    values = changed.model_dump(exclude={"id"})
    conn.execute(update(question).where(question.c.id == changed.id).values(**values))


def plain_of_posts(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, list[Question]]:
    """The questions about these posts, by post, oldest first; withdrawn ones too."""
    found: dict[str, list[Question]] = {}
    for some in ids_in_chunks(ids):
        for row in conn.execute(_QUESTIONS_OF, {"event": event_id, "ids": some}):
            found.setdefault(row.post_id, []).append(Question(**row._asdict()))
    return found


def questions_by_ids(conn: Connection, event_id: str, ids: Collection[str]) -> dict[str, StoredQuestion]:
    """Questions of an event by id, with their posts."""
    found = [
        Question(**row._asdict())
        for some in ids_in_chunks(ids)
        for row in conn.execute(_QUESTIONS_BY_IDS, {"event": event_id, "ids": some})
    ]
    return {one.question.id: one for one in _asked(conn, event_id, found)}


def questions_of_posts(conn: Connection, event_id: str, ids: Collection[str]) -> list[StoredQuestion]:
    """The questions about these posts, with them; withdrawn ones too."""
    found = plain_of_posts(conn, event_id, ids)
    return _asked(conn, event_id, [one for of_post in found.values() for one in of_post])


def questions(conn: Connection, event_id: str) -> list[StoredQuestion]:
    """All questions of an event that were not taken back."""
    rows = conn.execute(_QUESTIONS_LISTED, {"event": event_id})
    return _asked(conn, event_id, [Question(**row._asdict()) for row in rows])


def add_translation(conn: Connection, new: Translation) -> None:
    """Store a new translation."""
    conn.execute(insert(translation).values(**new.model_dump()))


def save_translation(conn: Connection, changed: Translation) -> None:
    """Write a translation as it is now."""
    values = changed.model_dump(exclude={"id"})
    conn.execute(update(translation).where(translation.c.id == changed.id).values(**values))


def remove_translation(conn: Connection, translation_id: str) -> None:
    """Remove a translation with its words."""
    conn.execute(delete(translation).where(translation.c.id == translation_id))


def forget_translations(conn: Connection, post_id: str) -> list[str]:
    """Remove the translations of a post with their words; their ids."""
    here = translation.c.post_id == post_id
    return list(conn.execute(delete(translation).where(here).returning(translation.c.id)).scalars())


def plain_translations_of(conn: Connection, event_id: str, ids: Collection[str]) -> list[Translation]:
    """The translations of these posts, by language."""
    return [
        Translation(**row._asdict())
        for some in ids_in_chunks(ids)
        for row in conn.execute(_TRANSLATIONS_OF, {"event": event_id, "ids": some})
    ]


def translations_by_ids(
    conn: Connection, event_id: str, ids: Collection[str]
) -> dict[str, StoredTranslation]:
    """Translations of an event by id, with their posts."""
    found = [
        Translation(**row._asdict())
        for some in ids_in_chunks(ids)
        for row in conn.execute(_TRANSLATIONS_BY_IDS, {"event": event_id, "ids": some})
    ]
    return {one.translation.id: one for one in _translated(conn, event_id, found)}


def translations_of_posts(conn: Connection, event_id: str, ids: Collection[str]) -> list[StoredTranslation]:
    """The translations of these posts, with them."""
    return _translated(conn, event_id, plain_translations_of(conn, event_id, ids))


def translations(conn: Connection, event_id: str) -> list[StoredTranslation]:
    """All translations of an event: a person typed each, so they are few."""
    rows = conn.execute(_TRANSLATIONS_LISTED, {"event": event_id})
    return _translated(conn, event_id, [Translation(**row._asdict()) for row in rows])


def _asked(conn: Connection, event_id: str, found: Iterable[Question]) -> list[StoredQuestion]:
    listed = list(found)
    about = posts.by_ids(conn, event_id, {one.post_id for one in listed}) if listed else {}
    return [StoredQuestion(question=one, stored=about[one.post_id]) for one in listed]


def _translated(conn: Connection, event_id: str, found: Iterable[Translation]) -> list[StoredTranslation]:
    listed = list(found)
    about = posts.by_ids(conn, event_id, {one.post_id for one in listed}) if listed else {}
    return [StoredTranslation(translation=one, stored=about[one.post_id]) for one in listed]
