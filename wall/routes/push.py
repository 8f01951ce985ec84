"""HTTP API: notifications of browsers, for the staff and for participants alike."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import ConfigDict, StringConstraints
from sqlalchemy import Connection

from wall.access.participants import Participant, Participants
from wall.errors import BadInput, Refused, TooMany
from wall.journal import Journal
from wall.model import Frozen, new_id, utc_now
from wall.push import Outgoing, ServerKey, Undelivered, readable_keys
from wall.routes import Asking, AskingHere
from wall.routes.contributing import address_of, remember
from wall.routes.words import Words
from wall.store import pushes
from wall.store.pushes import Subscription

MOST_BROWSERS = 10
"""Browsers of one reader that are told of one event."""
MOST_SUBSCRIPTIONS = 5_000
"""Browsers that are told of one event, of all readers."""
PER_ADDRESS = (600, 600)
"""How often one network address may subscribe: (times, seconds). A whole hall may share one."""

Endpoint = Annotated[str, StringConstraints(min_length=12, max_length=2_000, pattern=r"^https://[!-~]+$")]
Key = Annotated[str, StringConstraints(min_length=8, max_length=100)]


class Keys(Frozen):
    """What seals notifications for one browser, in base64url."""

    p256dh: Key
    auth: Key


class NewSubscription(Frozen):
    """A browser's subscription, as PushSubscription.toJSON() gives it; what else that has is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    endpoint: Endpoint
    keys: Keys


class EndedSubscription(Frozen):
    """Which browser is not told any more."""

    endpoint: Endpoint


class PushState(Frozen):
    """`key`: what a browser subscribes with. `browsers`: how many of this reader are told of this event."""

    key: str
    subscribed: bool
    browsers: int


class PushRoutes:
    """`…/push` below /api/v1/events/{slug}."""

    def __init__(
        self, journal: Journal, participants: Participants, outgoing: Outgoing, key: ServerKey, words: Words
    ) -> None:
        self._journal = journal
        self._participants = participants
        self._outgoing = outgoing
        self._key = key
        self._words = words
        self.router = APIRouter(prefix="/events/{slug}/push", tags=["push"])
        self.router.add_api_route("", self.state, methods=["GET"])
        self.router.add_api_route("", self.subscribe, methods=["POST"], status_code=201)
        self.router.add_api_route("", self.end, methods=["DELETE"])

    async def state(self, asking: AskingHere) -> PushState:
        """The key to subscribe with, and whether whoever asks is told of this event in some browser."""
        return await self._state(asking, asking.visitor.person_id or asking.visitor.participant)

    async def subscribe(
        self, new: NewSubscription, asking: AskingHere, request: Request, response: Response
    ) -> PushState:
        """Tell this browser what becomes of one's own points and, to organisers who chose so, what waits.
        Needs no sign-in: a browser that has no pseudonym yet gets one."""
        await self._may_subscribe(request)
        readable_keys(new.keys.p256dh, new.keys.auth)
        self._check(new.endpoint)
        visitor = asking.visitor
        who = Participant(visitor.person_id) if visitor.person_id else self._participants.of(request.scope)
        subscription = Subscription(
            id=new_id(),
            event_id=asking.event.id,
            reader=who.id,
            endpoint=new.endpoint,
            p256dh=new.keys.p256dh,
            auth=new.keys.auth,
            lang=self._words.offered(request, asking.event.languages),
            made_at=utc_now(),
            failed=0,
        )
        await self._keep(subscription)
        remember(self._participants, request, response, who)
        return await self._state(asking, who.id)

    async def end(self, ended: EndedSubscription, asking: AskingHere) -> PushState:
        """Tell this browser nothing of this event any more, whoever asks: who knows the endpoint holds the
        browser. What was not subscribed stays so."""
        event_id = asking.event.id
        await self._journal.store.write(lambda conn: pushes.drop(conn, event_id, ended.endpoint))
        return await self._state(asking, asking.visitor.person_id or asking.visitor.participant)

    async def _state(self, asking: Asking, reader: str | None) -> PushState:
        event_id, browsers = asking.event.id, 0
        if reader is not None:
            browsers = await self._journal.store.read(lambda conn: pushes.number(conn, event_id, reader))
        return PushState(key=self._key.public, subscribed=browsers > 0, browsers=browsers)

    async def _keep(self, new: Subscription) -> None:
        def keep(conn: Connection) -> None:
            pushes.drop(conn, new.event_id, new.endpoint)
            if pushes.number(conn, new.event_id) >= MOST_SUBSCRIPTIONS:
                raise Refused(
                    f"{MOST_SUBSCRIPTIONS} browsers are told of this event already, and no more can be.",
                    remedy="Look at the event's page instead: it shows the same without notifications.",
                )
            if pushes.number(conn, new.event_id, new.reader) >= MOST_BROWSERS:
                raise Refused(
                    f"You are told of this event in {MOST_BROWSERS} browsers already.",
                    remedy="Switch notifications off in another browser first.",
                )
            pushes.put(conn, new)
            pushes.begin(conn, new.event_id)

        await self._journal.store.write(keep)

    async def _may_subscribe(self, request: Request) -> None:
        most, seconds = PER_ADDRESS
        wait = await self._journal.bus.hit("push", address_of(request), limit=most, seconds=seconds)
        if wait is not None:
            raise TooMany("Too many subscriptions came from this network address.", retry_after=round(wait))

    def _check(self, endpoint: str) -> None:
        """Raise BadInput for an endpoint that can be nobody's push service. What its name resolves to is
        looked at whenever something is sent."""
        try:
            self._outgoing.check(endpoint)
        except Undelivered:
            raise BadInput(
                "This is not the address of a push service.",
                remedy="Send the endpoint as PushSubscription.toJSON() gives it.",
                field="endpoint",
            ) from None
