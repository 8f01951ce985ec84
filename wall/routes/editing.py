"""Changing one's own point while it waits: it goes through the door again and is judged again."""

from __future__ import annotations

import math
from typing import Any

from fastapi import APIRouter, Request

from wall.access import Visitor
from wall.errors import NotFound, Refused, TooMany
from wall.feeds.base import Edited
from wall.intake import Intake, admit
from wall.journal import Tx
from wall.model import Event, Frozen, PostState, StoredPost
from wall.points import TURNED_DOWN
from wall.routes import AskingHere
from wall.routes.commands import CauseHere, IdHere, command_body
from wall.routes.contributing import Words, checked_text
from wall.store import posts
from wall.text import find_hashtags

PER_PARTICIPANT = (10, 60)
"""Changes of one participant: (times, seconds)."""
WAITS = frozenset({PostState.RECEIVED, PostState.HELD})
"""Until somebody decides, the words are their author's to change."""


class Changing(Frozen):
    """The words that a point shall have."""

    text: Words


class Changed(Frozen):
    """What became of a point whose words were changed; everything up to journal seq `seq` is on disk."""

    post: str
    state: PostState
    seq: int


class Editing:
    """Takes other words for points that wait, from those who wrote them."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self.router = APIRouter(prefix="/events/{slug}", tags=["posts"])
        self.router.add_api_route("/points/{post_id}/edit", self.edit, methods=["POST"])

    async def edit(
        self, post_id: IdHere, new: Changing, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> Changed:
        """Change the words of one's own point while it waits for a person; it is judged again."""
        body = await command_body(request)
        return await self.changed(asking.event, asking.visitor, post_id, new.text, cause, body)

    async def changed(
        self, event: Event, visitor: Visitor, post_id: str, text: str, cause: str | None, body: bytes
    ) -> Changed:
        """Change the words of a point. Raises NotFound for one that is not theirs, BadInput, TooMany, and
        Refused once somebody decided."""
        own = visitor.person_id or visitor.participant
        if own is None:
            raise _not_theirs()
        words = checked_text(text)
        await self._limit(own)
        actor = f"person:{own}" if visitor.person_id else f"participant:{own}"
        keys = {f"participant:{own}", f"person:{own}"}
        done = await self._intake.journal.command(
            event.id, actor, lambda tx: self._replace(tx, keys, post_id, words), cause=cause, body=body
        )
        return Changed.model_validate({**done.result, "seq": done.seq})

    def _replace(self, tx: Tx, keys: set[str], post_id: str, text: str) -> dict[str, Any]:
        stored = posts.by_ids(tx.conn, tx.event.id, {post_id}).get(post_id)
        if stored is None or stored.post.author.key not in keys:
            raise _not_theirs()
        _require_waiting(stored)
        if text != stored.post.text:
            words = {"text": text, "hashtags": find_hashtags(text), "edited_at": tx.now}
            admit(tx, [Edited(stored.post.model_copy(update=words))], self._intake.graves)
            stored = posts.by_ids(tx.conn, tx.event.id, {post_id})[post_id]
        return {"post": post_id, "state": stored.state.value}

    async def _limit(self, own: str) -> None:
        limit, seconds = PER_PARTICIPANT
        wait = await self._intake.journal.bus.hit("join.edit", own, limit=limit, seconds=seconds)
        if wait is not None:
            raise TooMany(
                "That is more than may be changed at a time.",
                remedy="Wait for the seconds in details, then send it again.",
                retry_after=max(1, math.ceil(wait)),
            )


def _require_waiting(stored: StoredPost) -> None:
    if stored.state in WAITS:
        return
    if stored.state is PostState.APPROVED:
        message, remedy = (
            "Your point was approved meanwhile, so its words stay as people read them.",
            "Take it back, or add another point.",
        )
    elif stored.state in TURNED_DOWN:
        message, remedy = (
            "A person decided not to show this point, so its words stay as they are.",
            "Ask for a second look, or add another point.",
        )
    else:
        message, remedy = "This point is gone.", "Add another point."
    raise Refused(message, remedy=remedy, post=stored.id, state=stored.state.value)


def _not_theirs() -> NotFound:
    return NotFound("You have no such point here.", remedy="Open the list of your points again.")
