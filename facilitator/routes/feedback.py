"""Feedback on sessions: the participants' form, the staff's page and its table."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from facilitator import feedback
from facilitator.routes import IdHere
from facilitator.routes.phones import NOBODY, Phones
from wall.access.participants import Participant
from wall.asks import REMARK_LIMIT, STEPS, TELLING, Feedback
from wall.errors import BackchannelError, BadInput, NotFound, Refused, TooMany
from wall.model import Event, utc_now
from wall.programme import Session
from wall.routes import Asking, AskingHere, access_of
from wall.routes.forms import form_of
from wall.routes.when import When
from wall.routes.words import Views
from wall.store import feedback as stored
from wall.store import programme

PURPOSE = "feedback"


def _reader(asking: AskingHere) -> Asking:
    asking.require("feedback.see")
    return asking


Reader = Annotated[Asking, Depends(_reader)]


class FeedbackPages:
    """`/join/{slug}/feedback/{session}`, `/events/{slug}/feedback` and `…/feedback.csv`."""

    def __init__(self, phones: Phones, views: Views) -> None:
        """`phones` are those of `PURPOSE`."""
        self._phones = phones
        self._views = views
        self.router = APIRouter(include_in_schema=False)
        add = self.router.add_api_route
        add("/join/{slug}/feedback/{session_id}", self.form, methods=["GET", "HEAD"])
        add("/join/{slug}/feedback/{session_id}", self.give, methods=["POST"])
        add("/events/{slug}/feedback", self.page, methods=["GET", "HEAD"])
        add("/events/{slug}/feedback.csv", self.table, methods=["GET", "HEAD"])

    async def form(self, slug: str, session_id: IdHere, request: Request) -> Response:
        """The form with what this browser said before."""
        event = await access_of(request).journal.event(slug)
        return await self._form(request, event, await self._who(request), session_id)

    async def give(self, slug: str, session_id: IdHere, request: Request) -> Response:
        """Keep what was said, and back to the form; or the form with what was wrong."""
        event = await access_of(request).journal.event(slug)
        who = await self._who(request)
        fields = await form_of(request)
        try:
            given = _given(fields)
            await self._phones.limit(who, request)
            digest = self._phones.digest(who)
            await self._phones.journal.command(
                event.id, NOBODY, lambda tx: feedback.give(tx, session_id, digest, given)
            )
        except (BadInput, Refused, TooMany) as error:
            return await self._form(request, event, who, session_id, fields, error)
        response = RedirectResponse(f"/join/{event.slug}/feedback/{session_id}?given=1", 303)
        self._phones.remember(request, response, who)
        return response

    async def page(self, asking: Reader, request: Request) -> Response:
        """What was said of each session, for whoever facilitates."""
        event = asking.event
        found = await self._phones.journal.store.read(lambda conn: feedback.summaries(conn, event.id))
        lang = self._views.words.offered(request, event.languages)
        return self._views.page(
            request,
            "feedback.html",
            lang=lang,
            visitor=asking.visitor,
            event=event,
            found=found,
            fewest=TELLING,
            when=When(event.zone, lang, self._views.words),
        )

    async def table(self, asking: Reader) -> Response:
        """The same as CSV, which spreadsheets open without taking a cell for a formula."""
        event = asking.event
        found = await self._phones.journal.store.read(lambda conn: feedback.summaries(conn, event.id))
        headers = {"Content-Disposition": f'attachment; filename="{event.slug}-feedback.csv"'}
        body = "\ufeff" + feedback.to_csv(found)
        return Response(body, media_type="text/csv; charset=utf-8", headers=headers)

    async def _who(self, request: Request) -> Participant:
        return self._phones.who(await access_of(request).visitor_of(request.scope), request)

    async def _form(
        self,
        request: Request,
        event: Event,
        who: Participant,
        session_id: str,
        sent: dict[str, str] | None = None,
        error: BackchannelError | None = None,
    ) -> Response:
        session, given = await self._read(event, who, session_id)
        lang = self._views.words.offered(request, event.languages)
        response = self._views.page(
            request,
            "feedback_form.html",
            status=error.status if error else 200,
            lang=lang,
            event=event,
            session=session,
            is_open=feedback.is_open(session, utc_now()),
            given=sent if sent is not None else _fields(given),
            thanked=request.query_params.get("given") == "1" and given is not None and error is None,
            wrong=_wrong(error) if error else None,
            most=REMARK_LIMIT,
            steps=range(1, STEPS + 1),
        )
        response.headers["Cache-Control"] = "no-store"
        if error is None:
            self._phones.remember(request, response, who)
        return response

    async def _read(
        self, event: Event, who: Participant, session_id: str
    ) -> tuple[Session, Feedback | None]:
        """The session, and what this participant said of it. Raises NotFound."""
        name = self._phones.digest(who)(session_id)
        session, given = await self._phones.journal.store.read(
            lambda conn: (
                programme.sessions_by_ids(conn, event.id, {session_id}).get(session_id),
                stored.of(conn, session_id, name),
            )
        )
        if session is None:
            raise NotFound("There is no such session in this event.")
        return session, given


def _given(fields: dict[str, str]) -> Feedback:
    remarks = {name: fields.get(name, "").strip() for name in ("keep", "change")}
    if any(len(text) > REMARK_LIMIT for text in remarks.values()):
        raise BadInput(f"A remark has at most {REMARK_LIMIT} characters.", problem="long")
    return Feedback(worth=_step(fields, "worth"), heard=_step(fields, "heard"), **remarks)


def _step(fields: dict[str, str], name: str) -> int | None:
    said = fields.get(name, "")
    if said and said not in {str(step) for step in range(1, STEPS + 1)}:
        raise BadInput("There is no such number on this scale.", problem="unknown")
    return int(said) if said else None


def _fields(given: Feedback | None) -> dict[str, str]:
    """An answer as a form has it."""
    known = given.model_dump(exclude_none=True) if given else {}
    return {name: str(value) for name, value in known.items()}


def _wrong(error: BackchannelError) -> str:
    """Which words say what is wrong."""
    if isinstance(error, TooMany):
        return "often"
    problem = str(error.details.get("problem", ""))
    return problem if problem in {"empty", "long", "closed"} else "unknown"
