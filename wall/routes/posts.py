"""HTTP API: posts. Adding one, reading and searching them, and a moderator's moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field, StringConstraints

from wall.access import Face, may
from wall.access.signatures import SIGNATURE_HEADER, BadSignature
from wall.access.tokens import bearer_of
from wall.entries import Scope, sees_held
from wall.entries.cards import PostValue
from wall.entries.projections import post_value
from wall.feeds.base import Arrived
from wall.intake import Intake, admit, moves, parting
from wall.intake.pairing import Digest
from wall.journal import Tx
from wall.model import Author, Frozen, PostState, Reason, StoredPost, new_id
from wall.routes import Asking, AskingHere, access_of
from wall.routes.commands import CauseHere, command_body
from wall.routes.contributing import (
    Added,
    Contribution,
    Contributions,
    NewPost,
    address_of,
    new_post,
    remember,
)
from wall.store import posts
from wall.store.search import search

Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
ReasonCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,63}$")]
_TO_THE_WEBHOOK = "Send them to /api/v1/events/…/webhook, as docs/reference/webhook.md says."
Before = Annotated[int | None, Query(ge=1, le=2**63 - 1)]


class Move(Frozen):
    """A move of a post that was looked at as `version`."""

    version: Version


class MoveWithReason(Move):
    """A move that has to say why."""

    reason: ReasonCode


class MoveWithTwin(Move):
    """A move of a post with the same one on another network."""

    twin: Id


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

    def __init__(self, intake: Intake, contributions: Contributions) -> None:
        self._intake = intake
        self._contributions = contributions
        self.router = APIRouter(prefix="/events/{slug}/posts", tags=["posts"])
        add = self.router.add_api_route
        add("", self.page, methods=["GET"])
        add("", self.add, methods=["POST"], status_code=201)
        add("/{post_id}/approve", self.approve, methods=["POST"])
        add("/{post_id}/reject", self.reject, methods=["POST"])
        add("/{post_id}/hide", self.hide, methods=["POST"])
        add("/{post_id}/reconsider", self.reconsider, methods=["POST"])
        add("/{post_id}/withdraw", self.withdraw, methods=["POST"])
        add("/{post_id}/pair", self.pair, methods=["POST"])
        add("/{post_id}/part", self.part, methods=["POST"])

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
        self,
        new: NewPost,
        asking: AskingHere,
        request: Request,
        response: Response,
        cause: CauseHere = None,
    ) -> Added:
        """Add a post that was written here: by the staff, or by a participant, who needs no sign-in. It
        goes through the one door like any other."""
        if SIGNATURE_HEADER in request.headers:
            raise BadSignature("This address takes no signed requests.", remedy=_TO_THE_WEBHOOK)
        if asking.visitor.person_id is None and bearer_of(request.headers) is None:
            return await self._from_participant(new, asking, request, response, cause)
        asking.require("post.add")
        return await self._from_staff(new, asking, request, cause)

    async def _from_staff(self, new: NewPost, asking: Asking, request: Request, cause: str | None) -> Added:
        name = new.author_name or asking.visitor.name or asking.actor
        author = Author(key=asking.actor, handle="", name=name)

        def put_in(tx: Tx) -> dict[str, Any]:
            post = new_post(new_id(), author, new.text, tx.now)
            (post_id,) = admit(tx, [Arrived(post)], self._intake.graves).ids
            stored = posts.by_ids(tx.conn, tx.event.id, {post_id})[post_id]
            if stored.state is PostState.HELD and may(asking.roles, "post.approve"):
                moves.approved(tx, stored)  # who may approve would only approve their own words next
                stored = posts.by_ids(tx.conn, tx.event.id, {post_id})[post_id]
            return {"post": post_id, "state": stored.state.value}

        result, seq = await self._done(asking, request, cause, put_in)
        return Added(**result, seq=seq)

    async def _from_participant(
        self, new: NewPost, asking: Asking, request: Request, response: Response, cause: str | None
    ) -> Added:
        who = self._contributions.participants.of(request.scope)
        said = Contribution(new.text, new.author_name or "", cause, await command_body(request))
        added = await self._contributions.from_participant(asking.event, who, address_of(request), said)
        remember(self._contributions.participants, request, response, who)
        return _with_address(added, request)

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

    async def reconsider(
        self, post_id: str, move: Move, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> MovedTo:
        """Take a decision back: the post waits for a person again."""
        asking.require("post.reconsider")
        return await self._moved(
            asking, request, cause, lambda tx: moves.reconsider(tx, post_id, move.version)
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

    async def pair(
        self,
        post_id: str,
        move: MoveWithTwin,
        asking: AskingHere,
        request: Request,
        cause: CauseHere = None,
    ) -> MovedTo:
        """Let a post stand for the same one on another network; what is answered is of that one."""
        return await self._twinned(parting.pair, post_id, move, asking, request, cause)

    async def part(
        self,
        post_id: str,
        move: MoveWithTwin,
        asking: AskingHere,
        request: Request,
        cause: CauseHere = None,
    ) -> MovedTo:
        """Take two posts apart that are not one person's; what is answered is of the other one."""
        return await self._twinned(parting.part, post_id, move, asking, request, cause)

    async def _twinned(
        self,
        do: Callable[[Tx, str, str, int, Digest], dict[str, Any]],
        post_id: str,
        move: MoveWithTwin,
        asking: Asking,
        request: Request,
        cause: str | None,
    ) -> MovedTo:
        asking.require("post.pair")
        digest = self._intake.graves.person
        return await self._moved(
            asking, request, cause, lambda tx: do(tx, post_id, move.twin, move.version, digest)
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


def _with_address(added: Added, request: Request) -> Added:
    base = access_of(request).origins.base(request.scope)
    return added.model_copy(update={"take_back": f"{base}{added.take_back}"})


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
