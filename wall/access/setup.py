"""The setup code: how the first organiser comes in by a browser alone.

Whoever can read what the server prints may have it, and nobody else on the network: it is drawn from the
server's secret, so that every start and every process prints the same one and nothing is stored. It is
worth nothing from the moment in which somebody has joined.
"""

from __future__ import annotations

import hmac
from datetime import timedelta

from sqlalchemy import Connection

from wall.access.access import Access
from wall.access.links import clean_name
from wall.access.signatures import mac
from wall.access.tokens import digest_of, new_token
from wall.bus import Bus
from wall.errors import BadInput, Refused, TooMany
from wall.model import new_id, utc_now
from wall.store import people

LETTERS = "ACDEFHJKLMNPRTWXY34679"
"""As on screens: nothing that is taken for something else when it is copied from a terminal."""
LENGTH = 12
"""53 bits: with `WRONG_CODES` for each address no botnet of a size that exists finds it."""
WRONG_CODES = (20, 600)
"""Wrong codes that one address may type: (codes, seconds)."""


class WrongSetupCode(BadInput):
    """Not the code that this server printed."""

    code = "wrong_setup_code"
    remedy = "Copy it once more from where the server was started: 12 letters and digits."


class Setup:
    """The way in while nobody has joined yet."""

    def __init__(self, access: Access, bus: Bus, secret: bytes) -> None:
        self._access = access
        self._bus = bus
        self._secret = secret

    @property
    def code(self) -> str:
        """The code as it is shown: ABCD-EFGH-JKLM."""
        letters = self._letters()
        return "-".join(letters[at : at + 4] for at in range(0, LENGTH, 4))

    async def is_open(self) -> bool:
        """Whether nobody has joined this server yet."""
        return not await self._access.journal.store.read(people.any_person)

    async def enter(self, address: str, typed: str, name: str) -> str:
        """Make whoever typed the code the first organiser; the token of their sign-in.

        Raises WrongSetupCode, BadInput for the name, TooMany for this address, and Refused when somebody
        has joined.
        """
        clean = clean_name(name)
        given = "".join(letter for letter in typed.upper() if letter.isalnum())
        if not hmac.compare_digest(given.encode(), self._letters().encode()):
            # Only wrong codes count: a hall behind one address must not lock out who has the right one.
            await self._guessed(address)
            raise WrongSetupCode("This is not the setup code of this server.", field="code")
        token = new_token()
        await self._access.journal.store.write(lambda conn: self._join(conn, clean, token))
        return token

    def _join(self, conn: Connection, name: str, token: str) -> None:
        if people.any_person(conn):
            raise Refused(
                "Somebody has joined this server already, and a setup code lets the first one in.",
                remedy="Ask them for a link, or make one with `backchannel user link`.",
            )
        person, now = new_id(), utc_now()
        people.add_person(conn, person, name, now)
        people.make_organiser(conn, person)
        until = now + timedelta(seconds=self._access.sign_in_seconds)
        people.add_sign_in(conn, digest_of(token), person, now, until)

    async def _guessed(self, address: str) -> None:
        limit, seconds = WRONG_CODES
        wait = await self._bus.hit("setup-codes", address, limit=limit, seconds=seconds)
        if wait is not None:
            raise TooMany("Too many wrong codes came from this address.", retry_after=round(wait, 1))

    def _letters(self) -> str:
        number = int(mac(self._secret, "setup code"), 16)
        drawn = []
        for _ in range(LENGTH):
            number, letter = divmod(number, len(LETTERS))
            drawn.append(LETTERS[letter])
        return "".join(drawn)
