"""Pairing: a display shows a short code, somebody types it in, and the display is a screen.

A display proves itself with a token in a cookie, from before it is paired; the store has the token's
digest. A code pairs once and within ten minutes. A screen's link gives its place to another browser.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from wall.access import digest_of, new_token
from wall.bus import Bus
from wall.display import Inches, Metres, Screen, ScreenState
from wall.entries import display_kinds
from wall.errors import BadInput, NotFound, Refused, TooMany
from wall.journal import Tx
from wall.model import Frozen, new_id, utc_now
from wall.screens.typed import Id, Name, room_of, scene_of, screen_of
from wall.store import Store, screens

CODE_SECONDS = 600
CODE_LETTERS = "ACDEFHJKLMNPRTWXY34679"
"""What codes are made of: nothing that is taken for something else when read across a hall."""
CODE_LENGTH = 6
CODES_PER_ADDRESS = (30, 60)
"""New codes that one address gets: (codes, seconds). A venue's screens may share one address."""
WRONG_CODES = (20, 600)
"""Wrong codes that one person may type: (codes, seconds)."""
MOST_SCREENS = 200
_DRAWS = 20


class WrongCode(BadInput):
    """No display waits with this code."""

    code = "wrong_code"
    remedy = "Read the code from the screen again: it is new every 10 minutes, and pairs once."


class NewScreen(Frozen):
    """A display to pair, by the code that it shows."""

    code: str = Field(max_length=40)
    name: Name
    room: Id | None = None
    scene: Id | None = None
    distance_m: Metres
    diagonal_in: Inches


class Codes:
    """The codes that displays of this instance wait with."""

    def __init__(self, store: Store, bus: Bus, clock: Callable[[], datetime] = utc_now) -> None:
        self._store = store
        self._bus = bus
        self._clock = clock

    async def waiting(self, token: str) -> tuple[str, int] | None:
        """The code with which the display of this token waits, and for how many more seconds."""
        now = self._clock()
        found = await self._store.read(lambda conn: screens.waiting(conn, digest_of(token), now))
        if found is None:
            return None
        return shown(found.code), max(1, int((found.expires_at - now).total_seconds()))

    async def issue(self, address: str) -> tuple[str, str]:
        """(code, token) for a display at this address that nobody knows yet. Raises TooMany."""
        limit, seconds = CODES_PER_ADDRESS
        wait = await self._bus.hit("screen-codes", address, limit=limit, seconds=seconds)
        if wait is not None:
            raise TooMany("Too many screens asked for a code just now.", retry_after=round(wait, 1))
        token = new_token()
        for _ in range(_DRAWS):
            code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
            if await self._kept(code, token):
                return shown(code), token
        raise Refused("No code is free just now.", remedy="Wait a minute and load the page again.")

    async def check_guesses(self, person: str) -> None:
        """Raise TooMany for somebody who typed too many wrong codes."""
        await self._guessed(person, look=True)

    async def wrong(self, person: str) -> None:
        """Count a wrong code. Raises TooMany when it was one too many."""
        await self._guessed(person, look=False)

    async def _guessed(self, person: str, *, look: bool) -> None:
        limit, seconds = WRONG_CODES
        wait = await self._bus.hit("wrong-codes", person, limit=limit, seconds=seconds, look=look)
        if wait is not None:
            raise TooMany("You typed too many codes that no screen shows.", retry_after=round(wait, 1))

    async def _kept(self, code: str, token: str) -> bool:
        now = self._clock()
        new = screens.Code(code, digest_of(token), now + timedelta(seconds=CODE_SECONDS))
        return await self._store.write(lambda conn: screens.add_code(conn, new, now))


def shown(code: str) -> str:
    """A code as it is shown: ABCD-EF."""
    return f"{code[:4]}-{code[4:]}"


def typed(code: str) -> str:
    """A code as it is kept, however it was typed: any case, with dashes, spaces or without."""
    return "".join(letter for letter in code.upper() if letter.isalnum())


def pair(tx: Tx, new: NewScreen) -> dict[str, Any]:
    """Make the display that shows this code a screen. Raises WrongCode, NotFound, Refused."""
    _check_places(tx, new.room, new.scene)
    known = screens.listed(tx.conn, tx.event.id)
    if len(known) >= MOST_SCREENS:
        raise Refused(f"An event has at most {MOST_SCREENS} screens.", remedy="Unpair one first.")
    code = typed(new.code)
    token = screens.spend_code(tx.conn, code, tx.now) if code.isascii() else None
    if token is None:
        raise WrongCode("No screen shows this code.", field="code")
    screen = Screen(
        id=new_id(),
        event_id=tx.event.id,
        number=_free_number(known),
        room_id=new.room,
        scene_id=new.scene,
        flash=0,
        reload=0,
        state=ScreenState.PAIRED,
        version=1,
        **new.model_dump(exclude={"code", "room", "scene"}),
    )
    screens.add(tx.conn, screen, token)
    tx.append(display_kinds.ScreenPaired(number=screen.number), ("screen", screen.id))
    return answer(screen)


def make_link(tx: Tx, screen_id: str, digest: str) -> dict[str, Any]:
    """Give a screen a link by the digest of its token; one that it had before is worth nothing more.

    Raises NotFound.
    """
    screen = screen_of(tx, screen_id)
    screens.save(tx.conn, screen, link=digest)
    tx.append(display_kinds.ScreenLinked(screen=screen.id))
    return answer(screen)


def pair_again(tx: Tx, link: str, token: str) -> dict[str, Any]:
    """Give a screen's place to the browser that opened its link: whoever had it is turned out.

    Both are digests. Raises NotFound for a link that was replaced, or whose screen was unpaired.
    """
    screen = screens.with_link(tx.conn, link)
    if screen is None or screen.event_id != tx.event.id:
        raise no_such_link()
    screens.save(tx.conn, screen, token=token)
    tx.append(display_kinds.ScreenPaired(number=screen.number, again=True), ("screen", screen.id))
    return answer(screen)


def no_such_link() -> NotFound:
    """What whoever opens a link of no screen is told."""
    return NotFound("There is no such link.", remedy="Ask whoever looks after the screens for a new one.")


def answer(screen: Screen) -> dict[str, Any]:
    """What a command says of a screen."""
    return {
        "screen": screen.id,
        "number": screen.number,
        "state": screen.state.value,
        "version": screen.version,
    }


def _check_places(tx: Tx, room: str | None, scene: str | None) -> None:
    if room is not None:
        room_of(tx, room)
    if scene is not None:
        scene_of(tx, scene)


def _free_number(known: list[Screen]) -> int:
    """The smallest number that no paired screen has."""
    taken = {screen.number for screen in known}
    return next(number for number in range(1, len(taken) + 2) if number not in taken)
