"""What a reader holds beside posts and relays because people added it: questions, translations, offers
between rooms, hand-over notes."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, or_, update

from wall.replies import (
    Handover,
    PublicReplyState,
    QuestionState,
    StoredQuestion,
    StoredRouting,
    StoredTranslation,
)
from wall.store import pasted, questions, routings, second_looks, supports
from wall.store.feeds import database_now
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
    """Remove what was said about a post that was taken back: answers, translations, replies to it and those
    that may repeat its words. Their rows stay empty: readers who held them hear that they are gone."""
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
    for table in (public_reply, receipt):
        about = or_(table.c.post_id == post_id, table.c.lead == post_id)
        conn.execute(update(table).where(about).values(words=""))
    pasted.purge(conn, post_id)
    supports.purge(conn, post_id)
    second_looks.purge(conn, post_id)
    call_off(conn)


def call_off(conn: Connection) -> None:
    """Post no reply whose words were emptied: it is refused as one whose post is gone."""
    emptied = (public_reply.c.state == PublicReplyState.SENDING.value, public_reply.c.words == "")
    refused = {"state": PublicReplyState.REFUSED.value, "problem": "post_gone"}
    conn.execute(update(public_reply).where(*emptied).values(**refused, ended_at=database_now(conn)))
