"""What phones give without signing in: once each, under a name that means nothing elsewhere."""

from __future__ import annotations

import math
from collections.abc import Callable

from fastapi import Request, Response

from wall.access import Visitor
from wall.access.participants import Participant, Participants
from wall.access.signatures import mac
from wall.errors import TooMany
from wall.journal import Journal
from wall.routes.contributing import address_of, remember

PER_PARTICIPANT = (60, 60)
"""Of one phone: (times, seconds)."""
NEW_PER_ADDRESS = (120, 60)
"""Phones that were never seen before, of one address: a hall behind one address, but no machine that
forgets its cookie each time."""
PER_ADDRESS = (1_500, 60)
"""All phones of one address, whatever cookies they hold: cookies are free for whoever asks."""
NOBODY = "participants"
"""The actor of everything that phones give: the journal knows that somebody did, and not who."""


class Phones:
    """The participants of one instance as they are counted for one purpose, such as endorsing."""

    def __init__(self, journal: Journal, participants: Participants, secret: bytes, purpose: str) -> None:
        """`purpose` names the digests and the windows of the limits."""
        self.journal = journal
        self._participants = participants
        self._secret = secret
        self._purpose = purpose

    def who(self, visitor: Visitor, request: Request) -> Participant:
        """Somebody who is signed in is one and the same in every browser of theirs."""
        return Participant(visitor.person_id) if visitor.person_id else self._participants.of(request.scope)

    def digest(self, who: Participant) -> Callable[[str], str]:
        """The id of a thing → what stands for this participant there, and for nobody anywhere else."""
        return lambda of: mac(self._secret, self._purpose, of, who.id)

    async def limit(self, who: Participant, request: Request, what: str = "sent") -> None:
        """Count one time, of this phone and of its address; one without a cookie, who may be anybody, is
        held by the address more tightly.

        Raises TooMany."""
        address = address_of(request)
        if who.fresh is None:
            await self._hit("participant", who.id, PER_PARTICIPANT, what)
        else:
            await self._hit("new", address, NEW_PER_ADDRESS, what)
        await self._hit("address", address, PER_ADDRESS, what)

    async def _hit(self, kind: str, key: str, window: tuple[int, int], what: str) -> None:
        limit, seconds = window
        wait = await self.journal.bus.hit(f"{self._purpose}.{kind}", key, limit=limit, seconds=seconds)
        if wait is not None:
            raise TooMany(
                f"That is more than may be {what} at a time.",
                remedy="Wait for the seconds in details, then try again.",
                retry_after=max(1, math.ceil(wait)),
            )

    def remember(self, request: Request, response: Response, who: Participant) -> None:
        """Give a new participant their cookie."""
        remember(self._participants, request, response, who)
