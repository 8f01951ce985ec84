"""Adding a public post by its address: over the API, and as a form. How it was permitted stays with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from facilitator import pasting
from facilitator.guards import Acting
from facilitator.pasting import TEXT_LIMIT, NewPasted
from facilitator.routes import Doing, doing, event_router
from wall.entries.channel import SessionValue
from wall.errors import BackchannelError, BadInput, CauseReused, NotFound, Refused
from wall.hygiene import tidy
from wall.intake import Intake
from wall.model import Frozen, PostState, StoredPost
from wall.routes import Asking, AskingHere
from wall.routes.commands import command_body
from wall.routes.forms import form_of, new_cause
from wall.routes.joining import values_of
from wall.routes.when import When
from wall.routes.words import Views
from wall.store import pasted as stored
from wall.store import programme
from wall.wishes import bar_of

VERB = "post.add"
Adds = Annotated[Doing, doing(VERB)]
PERMISSIONS = ("public", "author", "own")
_GONE = frozenset({PostState.WITHDRAWN, PostState.UNAVAILABLE})


class Pasted(Frozen):
    """What became of a post that was added by its address. `recognised` false: its address does not tell
    its name in its network, so a feed may bring it once more."""

    post: str
    state: PostState
    network: str
    recognised: bool
    seq: int


class PasteRoutes:
    """`POST …/pasted` below /api/v1, and `/events/{slug}/paste`."""

    def __init__(self, intake: Intake, views: Views) -> None:
        self._intake = intake
        self._journal = intake.journal
        self._views = views
        self.api: APIRouter = event_router("posts")
        self.api.add_api_route("/pasted", self.add, methods=["POST"], status_code=201)
        self.pages = APIRouter(prefix="/events/{slug}/paste", include_in_schema=False)
        self.pages.add_api_route("", self.show, methods=["GET", "HEAD"])
        self.pages.add_api_route("", self.added, methods=["POST"])

    async def add(self, new: NewPasted, doing: Adds) -> Pasted:
        """Add a public post of any network by its address: a card, and a point."""
        return await self._pasted(doing.asking, new, doing.cause, doing.body)

    async def show(
        self,
        asking: AskingHere,
        request: Request,
        did: Annotated[str, "a state of a post, or empty"] = "",
        again: bool = False,
    ) -> Response:
        """The form, and what was added before."""
        asking.require(VERB)
        known = did if did in {"approved", "held", "rejected"} else ""
        return await self._page(asking, request, did=known, again=again)

    async def added(self, asking: AskingHere, request: Request) -> Response:
        """Add what was typed; where that cannot be, it comes back."""
        asking.require(VERB)
        form = await form_of(request)
        try:
            new = _typed(form, asking.event.zone)
            done = await self._pasted(asking, new, form.get("cause"), await command_body(request))
        except ValidationError as error:
            wrong = str(error.errors()[0]["loc"][0])
            return await self._page(asking, request, typed=form, wrong=wrong, status=422)
        except (BadInput, Refused, CauseReused, NotFound) as error:
            return await self._page(asking, request, typed=form, wrong=_wrong(error), status=error.status)
        again = "" if done.recognised else "&again=true"
        return RedirectResponse(f"{request.url.path}?did={done.state.value}{again}", 303)

    async def _pasted(self, asking: Asking, new: NewPasted, cause: str | None, body: bytes) -> Pasted:
        """Add it and, where a session was chosen and a clue told another, say that it belongs there."""
        acting = Acting(asking.actor.removeprefix("person:"), asking.roles)
        graves, session, event_id = self._intake.graves, new.session, asking.event.id
        done = await self._journal.command(
            event_id,
            asking.actor,
            lambda tx: pasting.paste(tx, acting, new, graves),
            cause=cause,
            body=body,
        )
        made, seq = done.result, done.seq
        if session and made["state"] in {"approved", "held"}:
            placed = await self._journal.command(
                event_id, asking.actor, lambda tx: pasting.placed(tx, made["post"], session)
            )
            seq = max(seq, placed.seq)
        return Pasted(**made, seq=seq)

    async def _page(self, asking: Asking, request: Request, *, status: int = 200, **more: Any) -> Response:
        event = asking.event
        words = self._views.words
        lang = words.offered(request, event.languages)
        listed, sessions = await self._journal.store.read(
            lambda conn: (
                stored.listed(conn, event.id),
                values_of(programme.sessions(conn, event.id), SessionValue),
            )
        )
        told: dict[str, Any] = {"did": "", "again": False, "wrong": ""} | more
        told["typed"] = defaultdict(str, told.get("typed", {}))
        return self._views.page(
            request,
            "paste.html",
            status=status,
            lang=lang,
            visitor=asking.visitor,
            event=event,
            listed=listed,
            sessions=sessions,
            permissions=PERMISSIONS,
            most=TEXT_LIMIT,
            when=When(event.zone, lang, words),
            cause=new_cause(),
            network_name=lambda one: (
                words.say(lang, f"network.{one}") if words.has(f"network.{one}") else one
            ),
            text_of=_text_of,
            bar=bar_of,
            **told,
        )


def _text_of(one: StoredPost) -> str:
    """What the list says of a post: nothing of one that was taken back."""
    return "" if one.state in _GONE else tidy(one.post.text)


def _typed(form: Mapping[str, str], zone: str) -> NewPasted:
    """What was typed, its time in the event's zone. Raises ValidationError."""
    given = {
        name: form.get(name, "") for name in ("address", "text", "author_name", "author_handle", "given")
    }
    said_at = form.get("said_at", "").strip()
    return NewPasted.model_validate(
        {
            **given,
            "permission": form.get("permission", ""),
            "session": form.get("session") or None,
            "said_at": _moment(said_at, zone) if said_at else None,
        }
    )


def _moment(typed: str, zone: str) -> datetime | str:
    """A time as a form sends it, in UTC; what is none as it was typed."""
    try:
        at = datetime.fromisoformat(typed)
        return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        return typed


def _wrong(error: BackchannelError) -> str:
    """The code of `paste.wrong.*` that says what was wrong."""
    if isinstance(error, CauseReused):
        return "sent"
    field = str(error.details.get("field", ""))
    if isinstance(error, Refused):
        return {"address": "here", "gone": "gone", "given": "given"}.get(field, "here")
    return field if field in {"address", "session"} else "address"
