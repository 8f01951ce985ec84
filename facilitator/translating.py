"""Translations: a person's, beside the original and never in its place."""

from __future__ import annotations

from typing import Any

from facilitator.guards import post_of, require_there
from wall.entries import reply_kinds as kinds
from wall.errors import BadInput, NotFound, Stale
from wall.journal import Tx
from wall.model import new_id
from wall.replies import Translation
from wall.store import questions


def translate(tx: Tx, post_id: str, lang: str, text: str, version: int = 0) -> dict[str, Any]:
    """Write a post in another language, in place of an earlier translation into that one, which was looked
    at as `version` (0: there was none).

    Raises NotFound, BadInput for the post's own language, Refused for a post that was taken away, Stale
    with the translation as it is now.
    """
    stored = post_of(tx, post_id)
    require_there(stored)
    if (stored.post.lang or "").lower() == lang.lower():
        raise BadInput("The post is in this language already.", field="lang")
    known = next((one for one in _of(tx, post_id) if one.lang.lower() == lang.lower()), None)
    if known is not None and known.text == text:
        return _answer(known)
    if (known.version if known else 0) != version:
        raise Stale("Somebody else changed this translation since you looked at it.", current=_now(known))
    now = Translation(
        id=known.id if known else new_id(),
        event_id=tx.event.id,
        post_id=post_id,
        lang=known.lang if known else lang,
        text=text,
        made_by=tx.actor,
        made_at=tx.now,
        version=version + 1,
    )
    tx.append(
        kinds.TranslationWritten(post=post_id, lang=now.lang), ("translation", now.id), ("post", post_id)
    )
    (questions.save_translation if known else questions.add_translation)(tx.conn, now)
    return _answer(now)


def remove(tx: Tx, post_id: str, translation_id: str) -> dict[str, Any]:
    """Remove a translation. Raises NotFound."""
    known = next((one for one in _of(tx, post_id) if one.id == translation_id), None)
    if known is None:
        raise NotFound("There is no such translation of this post.")
    tx.append(kinds.TranslationRemoved(post=post_id), ("translation", known.id), ("post", post_id))
    questions.remove_translation(tx.conn, known.id)
    return _answer(known)


def _of(tx: Tx, post_id: str) -> list[Translation]:
    return questions.plain_translations_of(tx.conn, tx.event.id, {post_id})


def _now(known: Translation | None) -> dict[str, Any]:
    return {"version": known.version if known else 0, "text": known.text if known else ""}


def _answer(translation: Translation) -> dict[str, Any]:
    return {"translation": translation.id, "lang": translation.lang, "version": translation.version}
