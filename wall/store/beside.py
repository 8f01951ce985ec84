"""What a reader holds beside posts and relays because people added it: questions, translations, offers
between rooms, hand-over notes."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, update

from wall.replies import Handover, QuestionState, StoredQuestion, StoredRouting, StoredTranslation
from wall.store import questions, routings
from wall.store.reply_tables import public_reply, question, translation
from wall.store.tables import receipt

Beside = StoredQuestion | StoredTranslation | StoredRouting | Handover


def hanging_on(conn: Connection, event_id: str, ids: Collection[str]) -> list[Beside]:
    """What hangs on these posts."""
    return [
        *questions.questions_of_posts(conn, event_id, ids),
        *questions.translations_of_posts(conn, event_id, ids),
        *routings.of_posts(conn, event_id, ids),
    ]


def listed(conn: Connection, event_id: str, *, staff: bool) -> list[Beside]:
    """Everything of an event; with `staff`, what only they see too."""
    said: list[Beside] = [*questions.questions(conn, event_id), *questions.translations(conn, event_id)]
    if staff:
        said += [*routings.listed(conn, event_id), *routings.handovers(conn, event_id)]
    return said


def purge(conn: Connection, post_id: str) -> None:
    """Remove what was said about a post that was taken back: answers, translations, replies. Their rows
    stay empty, so that readers who held them hear that they are gone."""
    gone = QuestionState.WITHDRAWN.value
    conn.execute(
        update(question)
        .where(question.c.post_id == post_id)
        .values(words="", answer="", state=gone, version=question.c.version + 1)
    )
    conn.execute(
        update(translation)
        .where(translation.c.post_id == post_id)
        .values(text="", version=translation.c.version + 1)
    )
    conn.execute(update(public_reply).where(public_reply.c.post_id == post_id).values(words=""))
    conn.execute(update(receipt).where(receipt.c.post_id == post_id).values(words=""))
