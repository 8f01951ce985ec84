"""The participants' page: add a point, follow one's own, read what is in the rooms and on the walls.

Plain HTML that needs no script; with one, `ui/src/join` makes the same page live.
"""

from __future__ import annotations

import io
import re
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_args

import segno
from fastapi import APIRouter, Form, Request
from pydantic import AfterValidator, StringConstraints
from starlette.responses import RedirectResponse, Response

from wall.access import NAME_CHARACTERS, Origins
from wall.access.participants import Participant
from wall.declared import DECLARED_ROLES, Country, DeclaredRole
from wall.errors import (
    BackchannelError,
    BadInput,
    Refused,
    StoreFull,
    StoreUnavailable,
    TooMany,
)
from wall.model import Event, Frozen, PostState
from wall.routes import AskingHere, access_of, event_named
from wall.routes.commands import CauseHere, IdHere, command_body
from wall.routes.contributing import (
    CONTRIBUTION_CHARACTERS,
    Added,
    AuthorName,
    Contribution,
    Contributions,
    Words,
    address_of,
    form_cause,
    remember,
)
from wall.routes.countries import codes, countries
from wall.routes.editing import Editing
from wall.routes.forms import form_of
from wall.routes.joining import KEPT, Joining, Reading
from wall.routes.pages import DIST, NotBuilt, build_number, built_face
from wall.routes.today import day_of
from wall.routes.when import When
from wall.routes.words import Views, drawn

Typed = Annotated[str, Form()]

QR_SECONDS = 300
_SAID = {
    PostState.APPROVED: "shown",
    PostState.HELD: "waits",
    PostState.RECEIVED: "waits",
    PostState.WITHDRAWN: "gone",
}
"""Words for what became of a post; of every other state: it is not shown."""


About = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,63}$")]
"""The id of a session; one that is not there changes nothing."""
_ABOUT = re.compile(r"[A-Za-z0-9-]{1,63}")


class Filled(NamedTuple):
    """What the form holds: what was typed, the page's own number, the session it is about, and what its
    author says of themselves."""

    text: str = ""
    name: str = ""
    nonce: str = ""
    session: str = ""
    role: DeclaredRole = ""
    country: str = ""


EMPTY = Filled()


class Again(NamedTuple):
    """A change of a point that did not go: which one, what was typed, and which words say why."""

    post: str
    text: str
    wrong: str
    details: Mapping[str, Any]


def _known_country(code: str) -> str:
    if code and code not in codes():
        raise ValueError("it must be a code of ISO 3166-1 such as CA")
    return code


class NewPoint(Frozen):
    """A point: what somebody says, the name to show beside it, if any, and the session it is about. `role`
    and `country` are what they say of themselves, for the staff; empty: nothing."""

    text: Words
    name: AuthorName | None = None
    session: About | None = None
    role: DeclaredRole = ""
    country: Annotated[Country, AfterValidator(_known_country)] = ""


class JoinApi:
    """`POST /api/v1/events/{slug}/points`: what the live page sends."""

    def __init__(self, contributions: Contributions) -> None:
        self._contributions = contributions
        self.router = APIRouter(prefix="/events/{slug}", tags=["posts"])
        self.router.add_api_route("/points", self.add, methods=["POST"], status_code=201)

    async def add(
        self,
        new: NewPoint,
        asking: AskingHere,
        request: Request,
        response: Response,
        cause: CauseHere = None,
    ) -> Added:
        """Add a point as whoever holds this browser, signed in or not: it is judged like any other
        post, and its author can follow it on the join face and take it back."""
        who = _who(self._contributions, request, asking.visitor.person_id)
        body = await command_body(request)
        said = Contribution(new.text, new.name or "", cause, body, new.session, new.role, new.country)
        added = await self._contributions.from_participant(asking.event, who, address_of(request), said)
        remember(self._contributions.participants, request, response, who)
        return added


class JoinRoutes:
    """`/join/{slug}` with what belongs to it, `/j/{slug}` and `/take-back/{token}`."""

    def __init__(self, contributions: Contributions, views: Views, dist: Path = DIST) -> None:
        self._contributions = contributions
        self._editing = Editing(contributions.intake)
        self._views = views
        self._dist = dist
        self._read = Reading(views.words, contributions.supporter)
        self._drawn: OrderedDict[tuple[object, ...], str] = OrderedDict()
        """Pages of newcomers, with `_ANY_NONCE` in them."""
        self.router = APIRouter(include_in_schema=False)
        add = self.router.add_api_route
        add("/join/{slug}", self.page, methods=["GET", "HEAD"])
        add("/join/{slug}", self.send, methods=["POST"])
        add("/join/{slug}/edit/{post_id}", self.edit, methods=["POST"])
        add("/join/{slug}/qr.svg", self.qr, methods=["GET", "HEAD"])
        add("/join/{slug}/take-back/{post_id}", self.own, methods=["GET", "HEAD"])
        add("/j/{slug}", self.short, methods=["GET", "HEAD"])
        add("/take-back/{token}", self.ask, methods=["GET", "HEAD"])
        add("/take-back/{token}", self.take_back, methods=["POST"])

    async def page(self, slug: str, request: Request, session: str = "") -> Response:
        """The page with an empty form. `session`: the id of the one that it is asked for in."""
        event = await event_named(access_of(request), slug)
        who = await self._who(request)
        about = session if _ABOUT.fullmatch(session) else ""
        if who.fresh is None or about:
            return await self._join(request, event, who, Filled(session=about))
        response = await self._newcomers_page(request, event)
        remember(self._contributions.participants, request, response, who)
        return response

    async def send(
        self,
        slug: str,
        request: Request,
        text: Typed = "",
        name: Typed = "",
        nonce: Typed = "",
        session: Typed = "",
        role: Typed = "",
        country: Typed = "",
    ) -> Response:
        """The page with what became of what was typed; or with it and what was wrong."""
        event = await event_named(access_of(request), slug)
        who = await self._who(request)
        body = "\0".join((name, text, role, country)).encode("utf-8", "surrogatepass")
        about = session if _ABOUT.fullmatch(session) else ""
        declared: DeclaredRole = next((one for one in get_args(DeclaredRole) if one == role), "")
        where = country if country in codes() else ""
        said = Contribution(text, name, form_cause(nonce, body), body, about or None, declared, where)
        filled = Filled(text, name, nonce, about, declared, where)
        try:
            added = await self._contributions.from_participant(event, who, address_of(request), said)
        except (BadInput, TooMany) as error:
            return await self._join(request, event, who, filled, error=error)
        except (StoreUnavailable, StoreFull) as error:
            # The lists cannot be read either: the form alone keeps what was typed.
            form = _form(filled, error)
            return self._page(request, event, "join.html", error.status, **form, joining=None)
        emptied = filled._replace(text="", nonce="")
        return await self._join(request, event, who, emptied, added=added, sent=text)

    async def edit(self, slug: str, post_id: IdHere, request: Request) -> Response:
        """Change the words of one's own point while it waits; or the page with what was typed and why."""
        event = await event_named(access_of(request), slug)
        visitor = await access_of(request).visitor_of(request.scope)
        text = (await form_of(request)).get("text", "")
        try:
            await self._editing.changed(event, visitor, post_id, text, None, b"")
        except (BadInput, TooMany, Refused, StoreUnavailable, StoreFull) as error:
            again = Again(post_id, text, _unchanged(error), error.details)
            return await self._join(request, event, await self._who(request), error=error, again=again)
        return RedirectResponse(f"/join/{event.slug}#yours", 303)

    async def short(self, slug: str) -> Response:
        """From the short address, which fits on a wall, to the page."""
        return RedirectResponse(f"/join/{slug}", 307)

    async def qr(self, slug: str, request: Request) -> Response:
        """A QR code of the page's absolute address, dark on light whatever the page around it."""
        access = access_of(request)
        event = await event_named(access, slug)
        headers = {"Cache-Control": f"public, max-age={QR_SECONDS}", "Vary": "Host"}
        drawn = qr_svg(join_address(access.origins, request, event.slug))
        return Response(drawn, media_type="image/svg+xml", headers=headers)

    async def own(self, slug: str, post_id: str, request: Request) -> Response:
        """From a point on its author's own list to the page where they take it back."""
        event = await event_named(access_of(request), slug)
        who = await self._who(request)
        return RedirectResponse(await self._contributions.take_back_of(event, who, post_id), 303)

    async def ask(self, token: str, request: Request) -> Response:
        """The post and a button. Changes nothing: mail and chat scanners open links."""
        event, stored = await self._contributions.find(token)
        text = stored.post.text if stored else None
        return self._page(request, event, "take_back.html", text=text)

    async def take_back(self, token: str, request: Request) -> Response:
        """Withdraw the post."""
        event = await self._contributions.take_back(token)
        return self._page(request, event, "take_back.html", text=None)

    async def _who(self, request: Request) -> Participant:
        visitor = await access_of(request).visitor_of(request.scope)
        return _who(self._contributions, request, visitor.person_id)

    async def _newcomers_page(self, request: Request, event: Event) -> Response:
        """The page of everybody who never wrote: drawn once for each journal seq, and with the number of
        its own in each. Four hundred phones may scan the code within seconds."""
        lang = self._views.words.offered(request, event.languages)
        base = access_of(request).origins.base(request.scope)
        day, build = day_of(event), build_number(self._dist)
        key = (event.id, event.epoch, event.seq, lang, day, base, self._script(), build)
        html = self._drawn.get(key)
        if html is None:
            joining = await self._joining(event, None, lang)
            form = _form(Filled(nonce=_ANY_NONCE)) | {"joining": joining}
            html = bytes(self._page(request, event, "join.html", **form).body).decode()
            self._drawn[key] = html
            while len(self._drawn) > KEPT:
                self._drawn.popitem(last=False)
        return drawn(html.replace(_ANY_NONCE, _nonce()), lang)

    async def _joining(self, event: Event, who: Participant | None, lang: str) -> Joining:
        if who is None and (at_hand := self._read.of_newcomer(event, lang)):
            return at_hand
        store = self._contributions.intake.store
        return await store.read(lambda conn: self._read(conn, event, who, lang))

    async def _join(
        self,
        request: Request,
        event: Event,
        who: Participant,
        filled: Filled = EMPTY,
        *,
        error: BackchannelError | None = None,
        added: Added | None = None,
        sent: str = "",
        again: Again | None = None,
    ) -> Response:
        lang = self._views.words.offered(request, event.languages)
        joining = await self._joining(event, who, lang)
        if not filled.text and added is None:
            name, role, country = joining.known
            filled = filled._replace(name=name, role=role, country=country)
        form = _form(filled, None if again else error, added) | {
            "sent": sent,
            "joining": joining,
            "again": again,
        }
        response = self._page(request, event, "join.html", error.status if error else 200, **form)
        if isinstance(error, TooMany):
            response.headers["Retry-After"] = str(error.details["retry_after"])
        remember(self._contributions.participants, request, response, who)
        return response

    def _page(
        self, request: Request, event: Event, template: str, status: int = 200, **context: Any
    ) -> Response:
        words = self._views.words
        lang = words.offered(request, event.languages)
        return self._views.page(
            request,
            template,
            status=status,
            lang=lang,
            event=event,
            when=When(event.zone, lang, words),
            short=f"{access_of(request).origins.base(request.scope).partition('://')[2]}/j/{event.slug}",
            script=self._script(),
            build=build_number(self._dist),
            roles=DECLARED_ROLES,
            countries=countries(lang),
            **context,
        )

    def _script(self) -> str | None:
        """The live face; None in a bare checkout, where the page works without it."""
        try:
            return built_face("join", self._dist).script
        except NotBuilt:
            return None


def join_address(origins: Origins, request: Request, slug: str) -> str:
    """The absolute address of an event's join page."""
    return f"{origins.base(request.scope)}/join/{slug}"


@lru_cache(maxsize=64)
def qr_svg(address: str) -> bytes:
    """An address as a QR code with its quiet zone, dark on white."""
    out = io.BytesIO()
    code = segno.make(address, micro=False, error="m")
    code.save(out, kind="svg", border=4, dark="#10182a", light="#fff", omitsize=True, nl=False)
    return out.getvalue()


def _who(contributions: Contributions, request: Request, person_id: str | None) -> Participant:
    """Who writes: somebody who is signed in keeps one pseudonym in every browser of theirs."""
    return Participant(person_id) if person_id else contributions.participants.of(request.scope)


def _nonce() -> str:
    return secrets.token_urlsafe(16)


_ANY_NONCE = _nonce()
"""Stands for the number of a page that is yet to be given out; nobody else can have written it."""


def _form(
    filled: Filled, error: BackchannelError | None = None, added: Added | None = None
) -> dict[str, Any]:
    """What the form of the page is filled with, and what is said about it."""
    return {
        "text": filled.text,
        "name": filled.name,
        "nonce": filled.nonce or _nonce(),
        "session": filled.session,
        "role": filled.role,
        "country": filled.country,
        "most": CONTRIBUTION_CHARACTERS,
        "most_name": NAME_CHARACTERS,
        "wrong": _wrong(error) if error else None,
        "details": error.details if error else {},
        "added": added,
        "became": _SAID.get(added.state, "not_shown") if added else None,
        "sent": "",
        "again": None,
    }


def _unchanged(error: BackchannelError) -> str:
    """Which words say why a point was not changed."""
    if not isinstance(error, Refused):
        return f"wrong.{_wrong(error)}"
    return "edit_turned" if error.details.get("state") in {"rejected", "hidden"} else "edit_late"


def _wrong(error: BackchannelError) -> str:
    """Which words say what is wrong."""
    if isinstance(error, TooMany):
        return "many"
    if not isinstance(error, BadInput):
        return "store"
    return "name" if error.details["field"] == "name" else "long" if "length" in error.details else "empty"
