"""One websocket to a Nostr server: requests that end, and subscriptions that do not (NIP-01)."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidURI, SecurityError

from wall.feeds.common.addresses import address_of
from wall.feeds.common.client import USER_AGENT
from wall.feeds.common.fields import is_plain, url_of
from wall.feeds.common.problems import Passing
from wall.feeds.common.told import fingerprint
from wall.feeds.nips.config import Times
from wall.feeds.nips.events import Event, Unusable
from wall.feeds.nips.memory import Proofs
from wall.feeds.nips.problems import closed, no_answer

FRAME_LIMIT = 4 << 20
"""Longest frame that is read, in bytes. Servers take events of 64 KB to 1 MB."""
MOST = 5_000
"""Events that one answer may have: what is more is not read."""
MOST_BYTES = 16 << 20
"""And how much memory they may take up."""
BREATH = 16
"""Events after which everything else has a turn: proving one takes a tenth of a millisecond."""

AT_ONCE = 100
"""Values of one filter: servers refuse messages that are too long."""

Filter = dict[str, Any]
Heard = Callable[[Event], Awaitable[None]]
Lost = Callable[[str, str], Awaitable[None]]
"""Told the code and a fingerprint of what a server sent and nobody could use."""


@dataclass(slots=True)
class Subscription:
    """What is wanted of one subscription. `ended`: told why the server ended it, or None for its EOSE: what
    it has is told, and what comes now is new."""

    heard: Heard
    ended: Callable[[Passing | None], Awaitable[None]]


@dataclass(slots=True)
class _Request:
    """A request that waits for its end. `is_cut`: there was more than we read."""

    events: list[Event] = field(default_factory=list)
    bytes: int = 0
    is_cut: bool = False
    done: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    async def heard(self, event: Event) -> None:
        if self.done.done():
            return
        self.events.append(event)
        self.bytes += event.bytes
        if len(self.events) >= MOST or self.bytes >= MOST_BYTES:
            self.is_cut = True
            await self.ended(None)

    async def ended(self, problem: Passing | None) -> None:
        if not self.done.done():
            self.done.set_exception(problem) if problem else self.done.set_result(None)


class Connection:
    """A websocket that is open. `run` reads it; the rest needs that `run` runs."""

    def __init__(self, socket: ClientConnection, times: Times, proofs: Proofs, lost: Lost) -> None:
        self._socket = socket
        self._times = times
        self._proofs = proofs
        self._lost = lost
        self._numbers = count()
        self._wanted: dict[str, Subscription] = {}
        self._notice = ""

    async def run(self) -> None:
        """Read what the server sends, until the connection ends. Raises what ended it."""
        read = 0
        while True:
            text = await self._socket.recv()
            await self._take(text)
            read += 1
            if read % BREATH == 0:
                await asyncio.sleep(0)

    async def ask(self, filters: Sequence[Filter]) -> list[Event]:
        """What the server has of this, proven, in its order, as far as it is read. Raises as `page`."""
        events, _ = await self.page(filters)
        return events

    async def page(self, filters: Sequence[Filter]) -> tuple[list[Event], bool]:
        """What the server has of this, proven, in its order, and whether that is all that it gave: more
        than `MOST` or `MOST_BYTES` is not read. Raises Passing where it does not answer, or will not."""
        request, name = _Request(), f"ask{next(self._numbers)}"
        try:
            async with asyncio.timeout(self._times.answer):
                await self.subscribe(name, filters, Subscription(request.heard, request.ended))
                await request.done
        except TimeoutError:
            raise no_answer(self._notice) from None
        finally:
            self._wanted.pop(name, None)
        await self._send("CLOSE", name)
        return request.events, not request.is_cut

    async def subscribe(self, name: str, filters: Sequence[Filter], wanted: Subscription) -> None:
        """Ask for this from now on, in place of what was asked under the same name."""
        self._wanted[name] = wanted
        await self._send("REQ", name, *filters)

    async def unsubscribe(self, name: str) -> None:
        """Ask for this no more."""
        if self._wanted.pop(name, None) is not None:
            await self._send("CLOSE", name)

    async def _send(self, *parts: Any) -> None:
        await self._socket.send(json.dumps(parts, separators=(",", ":")))

    async def _take(self, text: str | bytes) -> None:
        try:
            frame = json.loads(text)
            kind, *rest = frame
        except (ValueError, TypeError, RecursionError):
            await self._lost("unusable_event", fingerprint(str(text)))
            return
        match kind, rest:
            case "EVENT", [str(name), given]:
                await self._event(name, given)
            case "EOSE", [str(name), *_]:
                await self._ended(name, None)
            case "CLOSED", [str(name), *said]:
                await self._ended(name, closed(str(said[0]) if said else ""))
            case "NOTICE", [str(said), *_]:
                self._notice = said

    async def _event(self, name: str, given: Any) -> None:
        wanted = self._wanted.get(name)
        if wanted is None:
            return
        try:
            event = self._proofs.event(given)
        except Unusable as problem:
            await self._lost(problem.code, fingerprint(json.dumps(given)))
        else:
            await wanted.heard(event)

    async def _ended(self, name: str, problem: Passing | None) -> None:
        """A subscription has told what it has (None), or was ended by the server. One that nobody waits for
        any more is closed."""
        wanted = self._wanted.get(name)
        if problem is not None:
            self._wanted.pop(name, None)
        if wanted is not None:
            await wanted.ended(problem)
        elif problem is None:
            await self._send("CLOSE", name)


def in_filters(values: Sequence[str]) -> list[Sequence[str]]:
    """Values in parts that each fit into one filter."""
    return [values[at : at + AT_ONCE] for at in range(0, len(values), AT_ONCE)]


async def connected(relay: str, times: Times) -> ClientConnection:
    """A websocket to a server of the configuration. Raises Passing, and what `of_transport` knows."""
    url = url_of(relay)
    parts = urlsplit(url)
    port = parts.port or (80 if is_plain(relay) else 443)
    address = await address_of(parts.hostname or "", port, loopback=is_plain(relay))
    try:
        return await connect(
            url.replace("http", "ws", 1),
            host=address,
            port=port,
            user_agent_header=USER_AGENT,
            compression=None,
            proxy=None,
            open_timeout=times.answer,
            close_timeout=1,
            ping_interval=times.silence,
            ping_timeout=times.silence,
            max_size=FRAME_LIMIT,
        )
    except ssl.SSLError:  # a bad certificate is a ValueError too
        raise
    except (ValueError, InvalidURI, SecurityError):  # how websockets says that it was sent elsewhere
        raise Passing("moved", "It sends us to another address, where we do not go") from None
