"""What the staff page's form about alarms sends: how an organiser is reached, and a test of each way."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from wall.entries.staff_kinds import AlarmWaysChosen
from wall.errors import BadInput, TooMany
from wall.journal import Journal, Tx
from wall.push import Message, Note, Reaching, Undelivered
from wall.routes import Asking, AskingHere
from wall.routes.alarm_form import WAYS, TypedWays, reaches, read_ways
from wall.routes.forms import form_of
from wall.routes.staff_pages import VERB, StaffPages, back
from wall.routes.words import Words
from wall.store import alarms

TESTS = (10, 600)
"""How often one organiser may send a test: (times, seconds)."""


class AlarmPages:
    """`/events/{slug}/staff/alarms`. Each organiser chooses for themselves."""

    def __init__(self, journal: Journal, staff: StaffPages, reaching: Reaching, words: Words) -> None:
        self._journal = journal
        self._staff = staff
        self._reaching = reaching
        self._words = words
        self.router = APIRouter(prefix="/events/{slug}/staff/alarms", include_in_schema=False)
        self.router.add_api_route("", self.choose, methods=["POST"])
        self.router.add_api_route("/{way}/test", self.test, methods=["POST"])

    async def choose(self, asking: AskingHere, request: Request) -> Response:
        """Be reached by these ways from now on."""
        asking.require(VERB)
        typed = read_ways(await form_of(request))
        event_id, person = asking.event.id, asking.actor.removeprefix("person:")
        lang = self._words.offered(request, asking.event.languages)
        try:
            self._check(typed)

            def choose(tx: Tx) -> None:
                known = alarms.ways_of(tx.conn, event_id, person)
                chosen = reaches(typed, known, event_id, person, lang)
                alarms.choose_ways(tx.conn, event_id, person, chosen)
                tx.append(AlarmWaysChosen(ways=tuple(way for way in WAYS if way in chosen)))

            await self._journal.command(event_id, asking.actor, choose)
        except BadInput as error:
            problem = str(error.details.get("problem", "webhook"))
            return await self._staff.page(asking, request, problem=problem, ways=typed, status=error.status)
        return back(asking, "alarms", "alarms")

    async def test(
        self, way: Literal["push", "email", "webhook"], asking: AskingHere, request: Request
    ) -> Response:
        """Send a test by a way that was saved."""
        asking.require(VERB)
        await self._may_test(asking)
        event_id, person = asking.event.id, asking.actor.removeprefix("person:")
        reach = (await self._journal.store.read(lambda conn: alarms.ways_of(conn, event_id, person))).get(
            way
        )
        if reach is None:
            return await self._staff.page(asking, request, problem="not_saved", status=422)
        code = await self._reaching.tell(reach, self._message(asking, reach.lang))

        def went(tx: Tx) -> None:
            alarms.reached(tx.conn, reach, tx.now, code or None)

        await self._journal.command(event_id, asking.actor, went)
        if code:
            return await self._staff.page(asking, request, undelivered=code)
        return back(asking, "tested", "alarms")

    def _check(self, typed: TypedWays) -> None:
        if "webhook" not in typed.on:
            return
        try:
            self._reaching.outgoing.check(typed.webhook)
        except Undelivered:
            raise BadInput(
                "This address cannot be posted to.", field="webhook_to", problem="webhook"
            ) from None

    async def _may_test(self, asking: Asking) -> None:
        most, seconds = TESTS
        wait = await self._journal.bus.hit("alarm.test", asking.actor, limit=most, seconds=seconds)
        if wait is not None:
            raise TooMany("Too many tests were sent.", retry_after=max(1, round(wait)))

    def _message(self, asking: Asking, lang: str) -> Message:
        say, event = self._words.say, asking.event
        note = Note(
            say(lang, "alarm.test.title", event=event.name),
            say(lang, "alarm.test.body"),
            f"/events/{event.slug}/staff",
            "alarm-test",
        )
        return Message(note, {"kind": "test", "event": event.slug})
