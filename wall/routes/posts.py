"""HTTP API: posts. Adding one, reading and searching them, and a moderator's moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BeforeValidator, Field, StringConstraints

from wall.access import Face, may
from wall.entries import Scope, sees_held
from wall.entries.projections import PostValue, post_value
from wall.feeds.base import Arrived
from wall.intake import Intake, admit, moves
from wall.journal import Tx
from wall.model import (
    NAME_LIMIT,
    POST_TEXT_LIMIT,
    Author,
    Frozen,
    Post,
    PostState,
    Reason,
    StoredPost,
    at_border,
    new_id,
)
from wall.routes import Asking, AskingHere
from wall.routes.commands import CauseHere, command_body
from wall.store import posts
from wall.store.search import search
from wall.text import find_hashtags

WEB = "web"
"""The network of what is written here and on no network."""

Words = Annotated[
    str,
    StringConstraints(min_length=1, max_length=POST_TEXT_LIMIT, strip_whitespace=True),
    BeforeValidator(at_border),
]
AuthorName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=NAME_LIMIT, strip_whitespace=True),
    BeforeValidator(at_border),
]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
ReasonCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Before = Annotated[int | None, Query(ge=1, le=2**63 - 1)]


class NewPost(Frozen):
    """A post from the desk: what somebody said, and under which name (else the sender's)."""

    text: Words
    author_name: AuthorName | None = None


class Move(Frozen):
    """A move of a post that was looked at as `version`."""

    version: Version


class MoveWithReason(Move):
    """A move that has to say why."""

    reason: ReasonCode


class Added(Frozen):
    """What became of a new post; everything up to journal seq `seq` is on disk."""

    post: str
    state: PostState
    seq: int


class MovedTo(Frozen):
    """Where a post is now."""

    post: str
    state: PostState
    version: int
    seq: int


class Page(Frozen):
    """Posts, newest first; `next` is the `before` of the next page, None on the last."""

    posts: tuple[PostValue, ...]
    next: int | None


class PostRoutes:
    """Routes below /api/v1/events/{slug}/posts."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self.router = APIRouter(prefix="/events/{slug}/posts", tags=["posts"])
        add = self.router.add_api_route
        add("", self.page, methods=["GET"])
        add("", self.add, methods=["POST"], status_code=201)
        add("/{post_id}/approve", self.approve, methods=["POST"])
        add("/{post_id}/reject", self.reject, methods=["POST"])
        add("/{post_id}/hide", self.hide, methods=["POST"])
        add("/{post_id}/withdraw", self.withdraw, methods=["POST"])

    async def page(
        self,
        asking: AskingHere,
        face: Face = "wall",
        q: Annotated[str, Query(max_length=200)] = "",
        before: Before = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Page:
        """Older posts, or those that contain the words `q`, as this face sees them."""
        scope = asking.scope(face)
        found = await self._intake.store.read(
            lambda conn: _found(conn, asking.event.id, scope, q.strip(), before, limit)
        )
        values = tuple(value for stored in found if (value := post_value(stored, scope)))
        last = _order(found[-1], scope, bool(q.strip())) if len(found) == limit else None
        return Page(posts=values, next=last)

    async def add(
        self, new: NewPost, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> Added:
        """Add a post that was written here. It goes through the one door like any other."""
        asking.require("post.add")
        author = Author(
            key=asking.actor, handle="", name=new.author_name or asking.visitor.name or asking.actor
        )

        def put_in(tx: Tx) -> dict[str, Any]:
            post = Post(
                network=WEB,
                key=new_id(),
                author=author,
                text=new.text,
                created_at=tx.now,
                hashtags=find_hashtags(new.text),
            )
            (post_id,) = admit(tx, [Arrived(post)], self._intake.graves).ids
            stored = posts.by_ids(tx.conn, tx.event.id, {post_id})[post_id]
            if stored.state is PostState.HELD and may(asking.roles, "post.approve"):
                moves.approved(tx, stored)  # who may approve would only approve their own words next
                stored = posts.by_ids(tx.conn, tx.event.id, {post_id})[post_id]
            return {"post": post_id, "state": stored.state.value}

        result, seq = await self._done(asking, request, cause, put_in)
        return Added(**result, seq=seq)

    async def approve(
        self, post_id: str, move: Move, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> MovedTo:
        """Show a post."""
        asking.require("post.approve")
        return await self._moved(
            asking, request, cause, lambda tx: moves.approve(tx, post_id, move.version)
        )

    async def reject(
        self,
        post_id: str,
        move: MoveWithReason,
        asking: AskingHere,
        request: Request,
        cause: CauseHere = None,
    ) -> MovedTo:
        """Decide that a waiting post is not shown."""
        asking.require("post.reject")
        reason = Reason(code=move.reason)
        return await self._moved(
            asking, request, cause, lambda tx: moves.reject(tx, post_id, move.version, reason)
        )

    async def hide(
        self,
        post_id: str,
        move: MoveWithReason,
        asking: AskingHere,
        request: Request,
        cause: CauseHere = None,
    ) -> MovedTo:
        """Take a shown post off every face, reversibly."""
        asking.require("post.hide")
        reason = Reason(code=move.reason)
        return await self._moved(
            asking, request, cause, lambda tx: moves.hide(tx, post_id, move.version, reason)
        )

    async def withdraw(
        self, post_id: str, move: Move, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> MovedTo:
        """Take a post back for good: its text is purged everywhere."""
        asking.require("post.withdraw")
        graves = self._intake.graves
        return await self._moved(
            asking, request, cause, lambda tx: moves.withdraw(tx, post_id, move.version, graves)
        )

    async def _moved(
        self, asking: Asking, request: Request, cause: str | None, fn: Callable[[Tx], dict[str, Any]]
    ) -> MovedTo:
        result, seq = await self._done(asking, request, cause, fn)
        return MovedTo(**result, seq=seq)

    async def _done(
        self, asking: Asking, request: Request, cause: str | None, fn: Callable[[Tx], dict[str, Any]]
    ) -> tuple[dict[str, Any], int]:
        done = await self._intake.journal.command(
            asking.event.id, asking.actor, fn, cause=cause, body=await command_body(request)
        )
        return done.result, done.seq


def _found(
    conn: Any, event_id: str, scope: Scope, words: str, before: int | None, limit: int
) -> list[StoredPost]:
    if words:
        states = moves.ON_A_DESK if sees_held(scope) else (PostState.APPROVED,)
        return search(conn, event_id, words, states=tuple(states), limit=limit, before=before)
    window = posts.desk_window if sees_held(scope) else posts.shown_window
    return window(conn, event_id, limit, before)


def _order(stored: StoredPost, scope: Scope, searched: bool) -> int:
    """What the page was sorted by: search always goes by arrival."""
    return stored.received if searched or sees_held(scope) else stored.shown
