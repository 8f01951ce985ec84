"""Going on as the same person at another address of this server, whose cookies the browser does not bring
along: a link that signs in whoever is signed in here, once."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from wall.access.access import Access
from wall.access.links import spent
from wall.access.signatures import mac
from wall.access.tokens import digest_of, new_token
from wall.errors import NotFound
from wall.model import utc_now
from wall.store import people

GOING_ON_MINUTES = 60
"""Long enough to start the server again and walk to the television; it signs in, so no longer."""


@dataclass(frozen=True)
class Going:
    """Who goes on, in which event (its slug), and until when the link works."""

    person_id: str
    slug: str
    until: datetime


class GoingOn:
    """Makes, reads and uses these links. Nothing is stored before one is used, so that a page may offer a
    new one whenever it is drawn; they outlive a new start, which another address may need."""

    def __init__(self, access: Access, secret: bytes) -> None:
        self._access = access
        self._secret = secret

    def path(self, person_id: str, slug: str) -> str:
        """Where this person goes on with an event, to be put behind an address of this server."""
        until = int((utc_now() + timedelta(minutes=GOING_ON_MINUTES)).timestamp())
        named = f"{person_id}.{slug}.{until}"
        return f"/go-on/{named}.{self._proof(named)}"

    def read(self, token: str) -> Going:
        """What a link says. Raises NotFound for one not made here, LinkSpent for one that has run out."""
        named, _, proof = token.rpartition(".")
        if not hmac.compare_digest(proof.encode("utf-8", "surrogatepass"), self._proof(named).encode()):
            raise NotFound("There is no such link.", remedy="Copy the whole address of the link.")
        person_id, slug, until = named.split(".")
        going = Going(person_id, slug, datetime.fromtimestamp(int(until), UTC))
        if going.until <= utc_now():
            raise spent()
        return going

    async def name_of(self, going: Going) -> str:
        """The name of who goes on."""
        names = await self._access.journal.store.read(lambda conn: people.names(conn, {going.person_id}))
        return names.get(going.person_id, "")

    async def use(self, token: str, going: Going) -> str:
        """Sign the person in anew; the token of the sign-in. Raises LinkSpent for a link that was used."""
        fresh = new_token()
        await self._access.journal.store.write(lambda conn: self._sign_in(conn, token, going, fresh))
        return fresh

    def _sign_in(self, conn: Connection, token: str, going: Going, fresh: str) -> None:
        now = utc_now()
        if not people.use_once(conn, f"used {digest_of(token)}", going.person_id, now, going.until):
            raise spent()
        until = now + timedelta(seconds=self._access.sign_in_seconds)
        people.add_sign_in(conn, digest_of(fresh), going.person_id, now, until)

    def _proof(self, named: str) -> str:
        return mac(self._secret, "going on", named)
