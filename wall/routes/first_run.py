"""`/start`: how an event begins by a browser alone. The setup code lets the first organiser in; five
questions on one page make the event, its rooms and its feeds, in one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from wall.access import Access, Visitor
from wall.access.setup import Setup, WrongSetupCode
from wall.entries import kinds
from wall.errors import BadInput, Refused, TooMany
from wall.feeds import forms
from wall.feeds.probing import Rate, tag_rates
from wall.hashtags import BUSY_A_DAY, Advice, advice_about
from wall.intake.intake import Intake, new_feed
from wall.journal import Tx, create_event, run_command
from wall.model import Event, Mode, new_id, utc_now
from wall.programme import Room
from wall.routes.first_run_form import Answers, Plan, planned, searched, slug_of
from wall.routes.forms import form_of, new_cause
from wall.routes.words import Views
from wall.store import entries, events, feeds, programme

START = "/start"
_MODES = (Mode.PRE, Mode.KNOWN, Mode.AUTO, Mode.TRUSTED)
_MOST_FIELDS = 200
_RECENT = 20
"""Events among which one that the same form made is looked for."""


class FirstRun:
    """The way in, and the five questions."""

    def __init__(self, access: Access, setup: Setup, views: Views, intake: Intake) -> None:
        self._access = access
        self._intake = intake
        self._setup = setup
        self._views = views
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route(START, self.show, methods=["GET", "HEAD"])
        self.router.add_api_route(START, self.answer, methods=["POST"])
        self.router.add_api_route(f"{START}/code", self.enter, methods=["POST"])

    async def show(self, request: Request) -> Response:
        """The questions; for who is no organiser, how to become one."""
        visitor = await self._access.visitor_of(request.scope)
        if not visitor.organiser:
            return await self._entrance(request, visitor)
        lang = self._views.words.language_of(request)
        known = await self._access.journal.store.read(events.listed)
        return self._form(
            request,
            visitor,
            Answers(languages=lang, chosen=frozenset(forms.ready())),
            earlier=[one for one in known if one.rehearsal_of is None],
        )

    async def enter(self, request: Request) -> Response:
        """Let in whoever typed the setup code, as the first organiser."""
        visitor = await self._access.visitor_of(request.scope)
        form = await form_of(request)
        address = request.client.host if request.client else ""
        try:
            token = await self._setup.enter(address, form.get("code", ""), form.get("name", ""))
        except WrongSetupCode as error:
            return await self._entrance(request, visitor, "code", form, error.status)
        except BadInput as error:
            return await self._entrance(request, visitor, "name", form, error.status)
        except TooMany as error:
            return await self._entrance(request, visitor, "many", form, error.status)
        except Refused as error:
            return await self._entrance(request, visitor, "", form, error.status)
        response = RedirectResponse(START, 303)
        response.set_cookie(
            self._access.cookie_name(request.scope),
            token,
            max_age=self._access.sign_in_seconds,
            path="/",
            secure=self._access.origins.is_secure(request.scope),
            httponly=True,
            samesite="lax",
        )
        return response

    async def answer(self, request: Request) -> Response:
        """Make the event, or give the form back as it was typed: with what is wrong, with what is to be
        known of its hashtags first, or, where that was asked for, with how much is posted under them."""
        visitor = await self._access.visitor_of(request.scope)
        if not visitor.organiser:
            return await self._entrance(request, visitor, status=403 if visitor.person_id else 401)
        form = await form_of(request, most=_MOST_FIELDS)
        answers, cause = Answers.read(form), form.get("cause", "")
        if form.get("do") == "check":
            return await self._checked(request, visitor, answers, cause)
        known = await self._access.journal.store.read(events.listed)
        plan, wrong = planned(
            answers,
            slug_of(answers.name, answers.tags, frozenset(one.slug for one in known)),
            self._intake.checked,
        )
        advice = advice_about(answers.tags)
        if plan is None:
            return self._form(
                request,
                visitor,
                answers,
                wrong=wrong,
                advice=advice,
                advised=answers.hashtags,
                cause=cause,
                status=422,
            )
        if advice and form.get("advised") != answers.hashtags:
            return self._form(
                request, visitor, answers, advice=advice, advised=answers.hashtags, cause=cause
            )
        event = await self._access.journal.store.write(
            lambda conn: _made(conn, plan, visitor.actor, cause or new_cause())
        )
        return RedirectResponse(f"/events/{event.slug}/first", 303)

    async def _checked(self, request: Request, visitor: Visitor, answers: Answers, cause: str) -> Response:
        """The form with the rates of its hashtags, as far as a chosen network tells them."""
        tags = searched(answers.tags)
        rates: list[Rate] = []
        for network in sorted(answers.chosen):
            typed = {one.name: one.value for one in answers.fields_of(network)}
            try:
                config = self._intake.checked(
                    network, forms.typed_config(network, {**typed, forms.HASHTAGS: " ".join(tags)})
                )
            except BadInput:
                continue
            rates += await tag_rates(network, config, tags)
        advice = advice_about(answers.tags)
        return self._form(
            request,
            visitor,
            answers,
            advice=advice,
            advised=answers.hashtags,
            cause=cause,
            rates=rates,
            asked=True,
        )

    async def _entrance(
        self,
        request: Request,
        visitor: Visitor,
        wrong: str = "",
        form: Mapping[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        opened = await self._setup.is_open()
        return self._views.page(
            request,
            "start_code.html",
            status=status,
            visitor=visitor,
            opened=opened,
            wrong=wrong,
            name=(form or {}).get("name", ""),
        )

    def _form(
        self,
        request: Request,
        visitor: Visitor,
        answers: Answers,
        *,
        wrong: Mapping[str, str] | None = None,
        advice: tuple[Advice, ...] = (),
        advised: str = "",
        rates: list[Rate] | None = None,
        asked: bool = False,
        earlier: Sequence[Event] = (),
        cause: str = "",
        status: int = 200,
    ) -> Response:
        return self._views.page(
            request,
            "start.html",
            status=status,
            visitor=visitor,
            answers=answers,
            wrong=wrong or {},
            advice=advice,
            advised=advised,
            rates=rates or [],
            asked=asked,
            earlier=earlier,
            busy=BUSY_A_DAY,
            networks=forms.ready(),
            says=self._views.words.has,
            modes=_MODES,
            zones=zones(),
            cause=cause or new_cause(),
        )


@cache
def zones() -> tuple[str, ...]:
    """The time zones that people name, by place."""
    return (
        "UTC",
        *sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")),
    )


def _made(conn: Connection, plan: Plan, actor: str, cause: str) -> Event:
    """Make the event with its rooms and feeds in this transaction; the one that the same form made before,
    where it was sent twice. Raises Refused when another took its short name meanwhile."""
    for earlier in events.listed(conn)[:_RECENT]:
        if entries.answered(conn, earlier.id, actor, cause) is not None:
            return earlier
    details: dict[str, Any] = plan.event.model_dump()
    event = create_event(conn, utc_now(), details.pop("slug"), details.pop("name"), actor, details)
    run_command(conn, event.id, actor, lambda tx: _furnish(tx, plan), cause, b"", utc_now())
    return event


def _furnish(tx: Tx, plan: Plan) -> dict[str, Any]:
    for position, name in enumerate(plan.rooms):
        room = Room(id=new_id(), event_id=tx.event.id, name=name, position=position, version=1)
        programme.add_room(tx.conn, room)
        tx.append(kinds.RoomAdded(), ("room", room.id))
    for network, config in plan.feeds:
        feed = new_feed(tx.event.id, network, config)
        feeds.add(tx.conn, feed)
        tx.append(kinds.FeedAdded(network=network), ("feed", feed.id))
    if not plan.rooms and not plan.feeds:
        tx.append(kinds.EventChanged(fields=()), ("event", tx.event.id))
    return {"event": tx.event.id}
