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
        """Count one time; one without a cookie, who may be anybody, is held by the address.

        Raises TooMany."""
        known = who.fresh is None
        kind, key = ("participant", who.id) if known else ("address", address_of(request))
        limit, seconds = PER_PARTICIPANT if known else NEW_PER_ADDRESS
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
