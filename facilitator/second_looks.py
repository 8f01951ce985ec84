"""Second looks: the author of a point that is not shown asks a person to look again, once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from wall.entries.point_kinds import SecondLookAnswered, SecondLookAsked
from wall.errors import NotFound, Refused, Stale
from wall.journal import Tx
from wall.model import StoredPost
from wall.points import TURNED_DOWN, LookState, SecondLook
from wall.store import posts, second_looks


def ask(tx: Tx, keys: Collection[str], post_id: str, words: str) -> dict[str, Any]:
    """Ask for a second look at one's own post; `words` say why, `keys` are the author keys of whoever asks.

    Raises NotFound for a post that is not theirs, Refused for one that is not turned down, and where they
    asked before.
    """
    stored = own_post(tx, keys, post_id)
    if stored.state not in TURNED_DOWN:
        raise Refused(
            "Nobody decided against this point.",
            remedy="Load the page again to see where it is.",
            post=post_id,
        )
    if second_looks.plain(tx.conn, tx.event.id, {post_id}):
        raise Refused(
            "You asked for a second look at this point before.",
            remedy="A person answers it. You can add another point.",
            post=post_id,
        )
    look = SecondLook(
        id=post_id,
        event_id=tx.event.id,
        words=words,
        asked_at=tx.now,
        state=LookState.ASKED,
        answer="",
        answered_by=None,
        answered_at=None,
        version=1,
    )
    second_looks.add(tx.conn, look)
    tx.append(SecondLookAsked(), *_subjects(post_id))
    return _answer(look)


def keep(tx: Tx, post_id: str, version: int, words: str) -> dict[str, Any]:
    """Answer a second look: the post stays as it is, and its author is told why. To show the post instead,
    approve it. Raises NotFound, Stale for one that was answered, Refused for a post that is shown again."""
    found = second_looks.by_ids(tx.conn, tx.event.id, {post_id}).get(post_id)
    if found is None:
        raise NotFound("Nobody asked for a second look at this post.")
    if found.look.version != version:
        raise Stale("This second look was answered.", current=_answer(found.look))
    if not found.waits:
        raise Refused(
            "This post is not turned down any more.", remedy="There is nothing to answer.", post=post_id
        )
    changed = {"state": LookState.KEPT, "answer": words, "answered_by": tx.actor, "answered_at": tx.now}
    now = found.look.model_copy(update={**changed, "version": version + 1})
    second_looks.save(tx.conn, now)
    tx.append(SecondLookAnswered(), *_subjects(post_id))
    return _answer(now)


def own_post(tx: Tx, keys: Collection[str], post_id: str) -> StoredPost:
    """A post that was written under one of these author keys. Raises NotFound for any other."""
    stored = posts.by_ids(tx.conn, tx.event.id, {post_id}).get(post_id)
    if stored is None or stored.post.author.key not in keys:
        raise NotFound("You have no such point here.", remedy="Open the list of your points again.")
    return stored


def _subjects(post_id: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("second_look", post_id), ("post", post_id)


def _answer(look: SecondLook) -> dict[str, Any]:
    return {"post": look.id, "state": look.state.value, "version": look.version}
