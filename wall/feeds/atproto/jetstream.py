"""The stream of Bluesky: one websocket to one of its public instances, and the next one when it fails.

There is no filter for hashtags: every post of the network passes here, and most are let go at once.
"""

from __future__ import annotations

import asyncio
import math
import ssl
from urllib.parse import urlencode, urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidURI, SecurityError
from websockets.typing import Subprotocol

from wall.feeds.atproto.config import LOOK_BACK_HOURS, BlueskyConfig, Times
from wall.feeds.atproto.events import (
    DELETED,
    POST,
    PROFILE,
    Account,
    Commit,
    Identity,
    micros,
    moment,
    read,
    time_of_rev,
)
from wall.feeds.atproto.flow import Flow, Found
from wall.feeds.atproto.people import People
from wall.feeds.atproto.problems import NoJetstream, understood
from wall.feeds.atproto.standing import PLACE, Standing
from wall.feeds.base import Trouble
from wall.feeds.common.addresses import address_of
from wall.feeds.common.client import USER_AGENT
from wall.feeds.common.fields import is_plain, name_of, url_of
from wall.feeds.common.problems import Passing
from wall.feeds.common.tasks import together
from wall.feeds.common.told import fingerprint
from wall.model import utc_now

FRAME_LIMIT = 4 << 20
"""Longest frame that is read, in bytes. Records have at most 1 MB; a longer frame is not sent to us, as it
would end every connection at the same place."""

AWAY_TOO_LONG = (
    "It was away for longer than the stream keeps posts (36 hours): older ones come only by a search, "
    "which needs an app password"
)

_SECOND = 1_000_000
_KEPT = int(LOOK_BACK_HOURS * 3_600 * _SECOND)
_MARGIN = 300 * _SECOND
"""So much less than all that is kept is asked for: an older place is refused on the second wire."""


class Jetstream:
    """The stream, over every reconnection. `opened` is set whenever a connection brought something."""

    def __init__(self, config: BlueskyConfig, times: Times, flow: Flow, people: People) -> None:
        self._hosts = list(config.hosts)
        self._second_wire: set[str] = set()
        """Hosts that speak v2 only."""
        self._look_back = int(config.look_back_hours * 3_600 * _SECOND)
        self._searches = config.has_account
        self._times = times
        self._flow = flow
        self._people = people
        self._standing = Standing(PLACE, times, flow.trouble, patience=len(self._hosts) - 1)
        self._at = 0
        self._read_from: str | None = None
        """The host that brought `_at`."""
        self._asked = 0.0
        """When a frame began to be waited for (loop time); infinite while one is worked on."""
        self.opened = asyncio.Event()

    async def run(self, at: int | None) -> None:
        """Listen from a time in microseconds (None: from `look_back_hours` ago), and connect again whenever
        it ends. Raises what is a fault of the program."""
        now = micros(utc_now())
        self._at = now - self._look_back if at is None else min(at, now)
        if now - self._at > _KEPT and not self._searches:
            await self._flow.trouble(Trouble(f"{PLACE} stream", "away_too_long", AWAY_TOO_LONG))
        while True:
            host = self._hosts[0]
            try:
                await self._listen(host)
            except Exception as problem:  # noqa: BLE001  judged by the table
                await self._next(host, problem)

    async def _next(self, host: str, problem: Exception) -> None:
        """Turn to the next host, after a wait."""
        if isinstance(understood(problem), NoJetstream):
            self._second_wire ^= {host}
        self._hosts.append(self._hosts.pop(0))
        await asyncio.sleep(await self._standing.trouble(problem, name_of(host)))

    async def _listen(self, host: str) -> None:
        async with await self._connected(host) as socket:
            self._asked = asyncio.get_running_loop().time()
            await together(self._read(socket, host), self._watch())

    async def _watch(self) -> None:
        """Raises Passing when nothing was heard for too long: Jetstream is never silent."""
        loop = asyncio.get_running_loop()
        while (left := self._asked + self._times.silence - loop.time()) > 0:  # noqa: ASYNC110  a deadline
            await asyncio.sleep(min(left, self._times.silence))
        raise Passing("stream_silent", "Its stream is silent")

    async def _read(self, socket: ClientConnection, host: str) -> None:
        loop, kept = asyncio.get_running_loop(), -math.inf
        while True:
            self._asked = loop.time()
            text = await socket.recv()
            self._asked = math.inf
            await self._take(text, name_of(host))
            if kept == -math.inf:
                self._read_from = host
                await self._standing.well()
                self.opened.set()
            if loop.time() - kept >= self._times.checkpoint:
                kept = loop.time()
                await self._flow.reached(self._at)

    async def _take(self, text: str | bytes, name: str) -> None:
        try:
            event = read(text)
        except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError):
            await self._flow.loss("unusable_event", name, fingerprint(str(text)))
            return
        match event:
            case Commit() if event.collection == POST:
                await self._post(event, name)
            case Commit() if event.collection == PROFILE:
                self._people.forget(event.did)
            case Identity():
                self._people.forget(event.did)
            case Account():
                await self._account(event)
        if event.at is not None:
            self._at = max(self._at, min(event.at, micros(utc_now())))

    async def _post(self, event: Commit, name: str) -> None:
        if event.operation == "delete":
            await self._flow.deleted(event.uri)
        elif event.record is not None and self._is_ours(event):
            edited, seen_at = event.operation == "update", moment(event.at)
            found = Found(
                uri=event.uri,
                record=event.record,
                where=name,
                at=event.at,
                cid=event.cid,
                edited_at=min(time_of_rev(event.rev) or seen_at, seen_at) if edited else None,
                seen_at=seen_at,
            )
            await self._flow.found(found)

    def _is_ours(self, event: Commit) -> bool:
        """Whether a hashtag is on it; an edit that takes it away is still one of a post of ours."""
        if self._flow.is_wanted(event.record or {}):
            return True
        return event.operation == "update" and self._flow.known.posts.has(event.uri)

    async def _account(self, event: Account) -> None:
        """Whoever deleted their account took back what they said. Suspended and deactivated accounts may
        come back: the next recheck hides what the AppView does not show of them."""
        self._people.forget(event.did)
        posts = self._flow.known.posts
        posts.account(event.did, None if event.active else event.status or "")
        if not event.active and event.status == DELETED:
            for uri in posts.keys_of(event.did):
                await self._flow.deleted(uri)

    async def _connected(self, host: str) -> ClientConnection:
        parts = urlsplit(url_of(host))
        port = parts.port or (80 if is_plain(host) else 443)
        address = await address_of(parts.hostname or "", port, loopback=is_plain(host))
        second = host in self._second_wire
        try:
            return await connect(
                f"{url_of(host).replace('http', 'ws', 1)}{self._path(host, second=second)}",
                host=address,
                port=port,
                subprotocols=[Subprotocol("xrpc.v1.json")] if second else None,
                user_agent_header=USER_AGENT,
                compression=None,
                proxy=None,
                open_timeout=self._times.request,
                close_timeout=1,
                ping_interval=self._times.silence,
                ping_timeout=self._times.silence,
                max_size=FRAME_LIMIT,
            )
        except ssl.SSLError:  # a bad certificate is a ValueError too
            raise
        except (ValueError, InvalidURI, SecurityError):  # how websockets says that it was sent elsewhere
            raise Passing("moved", "It sends us to another address, where we do not go") from None

    def _path(self, host: str, *, second: bool) -> str:
        """Where the stream is, from a little before the last event: a time is a cursor on both wires."""
        size = FRAME_LIMIT - 1
        again = self._times.rewind if host == self._read_from else self._times.apart
        cursor = max(micros(utc_now()) - _KEPT + _MARGIN, self._at - int(again * _SECOND))
        if second:
            asked = {"kinds": ["commit", "identity", "account"], "collections": [POST, PROFILE]}
            path = "/xrpc/network.bsky.jetstream.subscribeEvents"
        else:
            asked, path = {"wantedCollections": [POST, PROFILE]}, "/subscribe"
        return f"{path}?{urlencode({**asked, 'cursor': cursor, 'maxMessageSizeBytes': size}, doseq=True)}"
