"""`/join/{slug}/ask/{id}`: answering a quick ask without script, and its result."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from facilitator.ask_answers import Answering
from facilitator.routes import IdHere
from facilitator.routes.asks import Answerer
from wall.access.participants import Participant
from wall.asks import MOST_WORDS, TEXT_LIMIT, WORD_LIMIT, Ask, AskState, Given
from wall.entries import PUBLIC, Put, render
from wall.entries.asks import AskValue
from wall.errors import BackchannelError, BadInput, NotFound, Refused, TooMany
from wall.model import Event
from wall.routes import access_of
from wall.routes.forms import form_of
from wall.routes.when import When
from wall.routes.words import Views
from wall.store import asks

_PLACE = re.compile(r"[0-9]")
_PROBLEMS = frozenset({"empty", "unknown", "one", "many", "long", "closed"})


class AskPages:
    """A page for each ask, with a form while it is open."""

    def __init__(self, answerer: Answerer, views: Views) -> None:
        self._answerer = answerer
        self._views = views
        self.router = APIRouter(include_in_schema=False)
        add = self.router.add_api_route
        add("/join/{slug}/ask/{ask_id}", self.page, methods=["GET", "HEAD"])
        add("/join/{slug}/ask/{ask_id}", self.answer, methods=["POST"])

    async def page(self, slug: str, ask_id: IdHere, request: Request) -> Response:
        """The question with what this browser answered; or its result."""
        event = await access_of(request).journal.event(slug)
        return await self._page(request, event, await self._who(request), ask_id)

    async def answer(self, slug: str, ask_id: IdHere, request: Request) -> Response:
        """Answer, and back to the page; or the page with what was wrong."""
        event = await access_of(request).journal.event(slug)
        who = await self._who(request)
        fields, sent = await form_of(request), None
        try:
            sent = _sent(fields)
            await self._answerer.answer(event, who, request, ask_id, sent)
        except (BadInput, Refused, TooMany) as error:
            return await self._page(request, event, who, ask_id, sent, error)
        given = "?given=1" if sent.picks or any(sent.words) else ""
        response = RedirectResponse(f"/join/{event.slug}/ask/{ask_id}{given}", 303)
        self._answerer.phones.remember(request, response, who)
        return response

    async def _who(self, request: Request) -> Participant:
        visitor = await access_of(request).visitor_of(request.scope)
        return self._answerer.phones.who(visitor, request)

    async def _page(
        self,
        request: Request,
        event: Event,
        who: Participant,
        ask_id: str,
        sent: Answering | None = None,
        error: BackchannelError | None = None,
    ) -> Response:
        ask, value, given = await self._read(event, who, ask_id)
        lang = self._views.words.offered(request, event.languages)
        response = self._views.page(
            request,
            "ask.html",
            status=error.status if error else 200,
            lang=lang,
            event=event,
            ask=value,
            is_open=ask.state is AskState.OPEN,
            given=sent or given,
            kept=given is not None,
            thanked=request.query_params.get("given") == "1" and given is not None and error is None,
            wrong=_wrong(error) if error else None,
            most=error.details.get("most", 0) if error else 0,
            when=When(event.zone, lang, self._views.words),
            limits={"words": MOST_WORDS, "word": WORD_LIMIT, "text": TEXT_LIMIT},
        )
        response.headers["Cache-Control"] = "no-store"
        if error is None:
            self._answerer.phones.remember(request, response, who)
        return response

    async def _read(
        self, event: Event, who: Participant, ask_id: str
    ) -> tuple[Ask, AskValue, Given | None]:
        """The ask as everybody sees it, and this participant's answer. Raises NotFound."""
        name = self._answerer.phones.digest(who)(ask_id)
        store = self._answerer.phones.journal.store
        found, given = await store.read(
            lambda conn: (
                asks.by_ids(conn, event.id, {ask_id}).get(ask_id),
                asks.answer_of(conn, ask_id, name),
            )
        )
        change = render(found, PUBLIC) if found else None
        if found is None or not isinstance(change, Put) or not isinstance(change.value, AskValue):
            raise NotFound("There is no such question in this event.")
        return found, change.value, given


def _sent(fields: dict[str, str]) -> Answering:
    """What a form says: `pick` or `pick-0`, `pick-1` …, and `word-0` … or `text`."""
    picked = [value for name, value in fields.items() if name == "pick" or name.startswith("pick-")]
    written = [
        value for name, value in sorted(fields.items()) if name.startswith("word-") or name == "text"
    ]
    if not all(map(_PLACE.fullmatch, picked)) or any(place == "9" for place in picked):
        raise BadInput("There is no such option.", remedy="Choose one that is there.", problem="unknown")
    return Answering(
        picks=tuple(map(int, picked[:9])),
        words=tuple(text[:2_000] for text in written[:10] if text.strip()),
    )


def _wrong(error: BackchannelError) -> str:
    """Which words say what is wrong."""
    if isinstance(error, TooMany):
        return "often"
    problem = str(error.details.get("problem", ""))
    return problem if problem in _PROBLEMS else "unknown"
