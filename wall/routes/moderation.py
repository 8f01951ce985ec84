"""The moderation page: what waits and why, in words, and a moderator's decisions. Plain HTML forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import Field, StringConstraints, ValidationError
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from wall import duty
from wall.access import may
from wall.errors import BadInput, CauseReused, NotFound, Refused, Stale
from wall.intake import Intake, moves
from wall.intake.listing import Listing, list_author
from wall.journal import Tx
from wall.model import Frozen, Mode, PostState, Reason, StoredPost
from wall.points import SecondLook
from wall.routes import Asking, AskingHere
from wall.routes.cards import WHY, Why, card_of
from wall.routes.commands import command_body
from wall.routes.countries import country_name
from wall.routes.forms import form_of, new_cause
from wall.routes.words import Views
from wall.store import posts, queue, second_looks

PAGE_POSTS = 50
"""Posts on one page: about what a person reads in one go."""

See = Literal["waiting", "shown", "hidden", "asked"]
Decision = Literal["approve", "reject", "hide", "withdraw", "trust", "block"]
_NEEDS: Mapping[Decision, str] = {
    "approve": "post.approve",
    "reject": "post.reject",
    "hide": "post.hide",
    "withdraw": "post.withdraw",
    "trust": "rules.set",
    "block": "rules.set",
}
_WINDOWS: Mapping[See, Callable[[Connection, str, int, int | None], list[StoredPost]]] = {
    "waiting": queue.waiting,
    "shown": posts.shown_window,
    "hidden": queue.turned_down,
    "asked": second_looks.waiting,
}
_GONE = frozenset({PostState.WITHDRAWN, PostState.UNAVAILABLE, PostState.TWIN})

Place = Annotated[int | None, Field(ge=0, le=2**63 - 1)]


class Sent(Frozen):
    """The form of a card: what was decided, what the person had seen, and where they were."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    cause: str
    reason: Why = "other"
    state: PostState
    edits: int
    see: See = "waiting"
    at: Place = None
    next: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{0,63}$")] = ""


class ModerationPages:
    """`/moderate/{slug}`, and the decisions that its cards send."""

    def __init__(self, intake: Intake, views: Views) -> None:
        self._intake = intake
        self._views = views
        self.router = APIRouter(prefix="/moderate/{slug}", include_in_schema=False)
        self.router.add_api_route("", self.show, methods=["GET", "HEAD"])
        self.router.add_api_route("/{post_id}/{decision}", self.decide, methods=["POST"])

    async def show(
        self,
        asking: AskingHere,
        request: Request,
        see: See = "waiting",
        at: Annotated[int | None, Query(ge=0, le=2**63 - 1)] = None,
        did: Decision | Literal["keep"] | None = None,
    ) -> Response:
        """One page of what waits, is shown, was turned down, or shall be looked at again; `at` is where it
        starts."""
        asking.require("posts.judge")
        await self._arrive(asking)
        found = await self._intake.store.read(
            lambda conn: _WINDOWS[see](conn, asking.event.id, PAGE_POSTS + 1, at)
        )
        more = _place(found[PAGE_POSTS - 1], see) if len(found) > PAGE_POSTS else None
        looks = await self._looks(asking.event.id, found)
        return self._page(
            asking, request, found[:PAGE_POSTS], see=see, at=at, more=more, did=did, looks=looks
        )

    async def decide(
        self, post_id: str, decision: Decision, asking: AskingHere, request: Request
    ) -> Response:
        """Do what a button of a card says, then go back to the next card."""
        asking.require(_NEEDS[decision])
        await self._arrive(asking)
        sent = await _sent(request)
        try:
            await self._intake.journal.command(
                asking.event.id,
                asking.actor,
                lambda tx: self._done(tx, post_id, decision, sent),
                # A card's buttons share its cause: another button is another command.
                cause=f"{sent.cause}.{decision}",
                body=await command_body(request),
            )
        except (Stale, Refused, CauseReused, BadInput) as error:
            return await self._again(asking, request, post_id, decision, sent, error)
        place = {"see": sent.see, **({} if sent.at is None else {"at": sent.at}), "did": decision}
        anchor = f"#post-{sent.next}" if sent.next else "#queue"
        return RedirectResponse(f"/moderate/{asking.event.slug}?{urlencode(place)}{anchor}", 303)

    async def _arrive(self, asking: Asking) -> None:
        """Whoever moderates here is as much there as at a desk."""
        person, bus = asking.actor.removeprefix("person:"), self._intake.journal.bus
        await duty.arrive(bus, asking.event.id, person, duty.PAGE_SECONDS)

    def _done(self, tx: Tx, post_id: str, decision: Decision, sent: Sent) -> dict[str, Any]:
        reason = Reason(code=sent.reason)
        match decision:
            case "approve":
                return moves.approve(tx, post_id, sent.version)
            case "reject":
                return moves.reject(tx, post_id, sent.version, reason)
            case "hide":
                return moves.hide(tx, post_id, sent.version, reason)
            case "withdraw":
                return moves.withdraw(tx, post_id, sent.version, self._intake.graves)
            case _:
                return list_author(tx, post_id, decision)

    async def _again(
        self,
        asking: Asking,
        request: Request,
        post_id: str,
        decision: Decision,
        sent: Sent,
        error: Stale | Refused | CauseReused | BadInput,
    ) -> Response:
        """The card as it is now, with what is different from what the person saw."""
        found = await self._intake.store.read(lambda conn: posts.by_ids(conn, asking.event.id, {post_id}))
        if post_id not in found:
            raise NotFound("There is no such post in this event.")
        now = found[post_id]
        changes = ("list",) if decision in get_args(Listing) else _changes(sent, now)
        looks = await self._looks(asking.event.id, [now])
        return self._page(
            asking,
            request,
            [now],
            see=sent.see,
            at=sent.at,
            changes=changes,
            looks=looks,
            status=error.status,
        )

    async def _looks(self, event_id: str, found: list[StoredPost]) -> dict[str, SecondLook]:
        """The second looks that wait at these posts, by their ids."""
        ids = {stored.id for stored in found}
        known = await self._intake.store.read(lambda conn: second_looks.by_ids(conn, event_id, ids))
        return {id_: one.look for id_, one in known.items() if one.waits}

    def _page(
        self,
        asking: Asking,
        request: Request,
        found: list[StoredPost],
        *,
        see: See,
        at: int | None,
        more: int | None = None,
        did: str | None = None,
        looks: Mapping[str, SecondLook] = MappingProxyType({}),
        changes: tuple[str, ...] = (),
        status: int = 200,
    ) -> Response:
        words, event = self._views.words, asking.event
        lang = words.language_of(request)
        return self._views.page(
            request,
            "moderate.html",
            status=status,
            lang=lang,
            visitor=asking.visitor,
            event=event,
            cards=[card_of(stored, event.zone, words, lang) for stored in found],
            see=see,
            at=at,
            more=more,
            did=did,
            changes=changes,
            gone=_GONE,
            why=WHY,
            looks=looks,
            country=partial(country_name, lang),
            lists=may(asking.roles, "rules.set"),
            trusts=event.mode is not Mode.PRE,
            new_cause=new_cause,
        )


async def _sent(request: Request) -> Sent:
    form = await form_of(request)
    try:
        return Sent.model_validate({name: value for name, value in form.items() if name != "at" or value})
    except ValidationError:
        raise BadInput(
            "This form cannot be used as it is.", remedy="Load the page again, then decide again."
        ) from None


def _changes(sent: Sent, now: StoredPost) -> tuple[str, ...]:
    """Keys of what changed since the person looked; that something did, where it cannot be seen."""
    changes = [f"state.{now.state.value}"] if now.state is not sent.state else []
    if now.edits != sent.edits:
        changes.append("edited")
    return tuple(changes) or ("other",)


def _place(last: StoredPost, see: See) -> int:
    """Where the next page starts: what the list is sorted by."""
    return last.shown if see == "shown" else last.received
