"""The websocket endpoint `/live/{event}`, as a raw ASGI application.

It only pushes. The one thing a reader may say is that it has painted up to a seq, and a screen what
it shows besides; everything else is ignored. Who may see what is looked at again while the socket is
open, so that a sign-out, a changed role or an unpaired screen ends what it no longer allows.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any
from urllib.parse import parse_qs

from starlette.datastructures import Headers

from wall.access import Access, Face, Visitor, scope_for
from wall.display import screen_of
from wall.entries import PUBLIC, Cursor, Hello, Scope
from wall.errors import BackchannelError, BadInput, NotFound, NotSignedIn, NotYours, StoreUnavailable
from wall.live import metrics
from wall.live.beats import INCOMING_BYTES, Beating, Beats, painted
from wall.live.fanout import Send, Writer, writer_for
from wall.live.frames import Frame
from wall.live.hub import DONE, Hub, Reader, Watch

LIVE = "/live/"
_PATH = re.compile(rf"{LIVE}[^/]+")
FACES: tuple[Face, ...] = ("wall", "stage", "join", "desk")
for _face in FACES:
    metrics.sockets.labels(_face)  # it is there before its first socket
RECHECK_SECONDS = 2.0
SCREEN_RECHECK_SECONDS = 1.0
"""A screen that was unpaired is turned out within two seconds, in whichever process it is."""
SIGN_IN = 4401

_CODES: dict[type[BackchannelError], int] = {NotSignedIn: SIGN_IN, NotYours: 4403, NotFound: 4410}
_TRY_AGAIN_LATER = 1013
_POLICY = 1008

Asgi = dict[str, Any]


def face_of(text: str) -> Face:
    """A face by its name. Raises BadInput."""
    for face in FACES:
        if face == text:
            return face
    raise BadInput("There is no such face.", remedy=f"Use one of: {', '.join(FACES)}.")


class LiveSocket:
    """The ASGI application behind `/live/{event}`."""

    def __init__(self, hub: Hub, access: Access, beats: Beats) -> None:
        self._hub = hub
        self._access = access
        self._beats = beats

    async def __call__(self, scope: Asgi, receive: Any, send: Send) -> None:
        """Serve one websocket from handshake to close."""
        await receive()
        if not self._welcomes(scope):
            await send({"type": "websocket.close", "code": _POLICY})
            return
        await send({"type": "websocket.accept"})
        writer = writer_for(scope, send)
        try:
            await self._serve(scope, receive, writer)
        except BackchannelError as problem:
            later = _TRY_AGAIN_LATER if isinstance(problem, StoreUnavailable) else _POLICY
            await writer.close(_CODES.get(type(problem), later), problem.code)

    def _welcomes(self, scope: Asgi) -> bool:
        """Whether this is a handshake for `/live/{event}`, under a name of ours, from a page of ours."""
        headers, origins = Headers(scope=scope), self._access.origins
        if not _PATH.fullmatch(scope["path"]) or not origins.knows(headers.get("host", "")):
            return False
        try:
            origins.check(headers, scope["scheme"])
        except NotYours:
            return False
        return True

    async def _serve(self, scope: Asgi, receive: Any, writer: Writer) -> None:
        opened = await self._opened(scope, writer)
        if opened is None:
            return
        watch, reader, visitor, face = opened
        writer.settle()
        watch.join(reader)
        metrics.sockets.labels(face).inc()
        try:
            await self._listen(reader, receive, watch, visitor, face)
        finally:
            watch.leave(reader)
            metrics.sockets.labels(face).dec()

    async def _opened(self, scope: Asgi, writer: Writer) -> tuple[Watch, Reader, Visitor, Face] | None:
        """Who looks at what from where; None when they were told to fetch a snapshot.

        What is only looked at here must not stay: a socket's frames live as long as the socket.
        """
        asked = _query(scope)
        face = face_of(asked.get("face", "wall"))
        event = await self._hub.journal.event(scope["path"].removeprefix(LIVE))
        visitor = await self._access.visitor_of(scope)
        audience = await self._audience(visitor, event.id, face)
        cursor = _cursor(asked.get("cursor", ""))
        watch = await self._hub.watch(event.id)
        await watch.reach(cursor.seq)
        if watch.resumes(cursor, audience):
            shared = PUBLIC if audience == PUBLIC else audience
            return watch, Reader(shared, cursor.seq, writer), visitor, face
        writer.write(Frame.of(Hello(build=self._hub.build, resumed=False)))
        await writer.close(DONE, "snapshot")
        return None

    async def _audience(self, visitor: Visitor, event_id: str, face: Face) -> Scope:
        if visitor.person_id is None:
            return scope_for(visitor, frozenset(), face, event_id)
        return scope_for(visitor, await self._access.roles_in(visitor, event_id), face, event_id)

    async def _listen(
        self, reader: Reader, receive: Any, watch: Watch, visitor: Visitor, face: Face
    ) -> None:
        """Take acknowledgements until the socket closes; look again at who is signed in, or which
        screen this is."""
        screen_id = screen_of(reader.scope.person or "")
        if visitor.person_id is None and screen_id is None:
            await _take_acknowledgements(reader, receive)
            return
        taking = self._take_beats(reader, receive, watch, screen_id) if screen_id else None
        listening = asyncio.ensure_future(taking or _take_acknowledgements(reader, receive))
        pause = SCREEN_RECHECK_SECONDS if screen_id else RECHECK_SECONDS
        try:
            while not (await asyncio.wait({listening}, timeout=pause))[0]:
                if await self._still_allowed(reader, watch, visitor, face):
                    continue
                if screen_id:
                    watch.turn_out(reader, SIGN_IN)
                else:
                    watch.send_away(reader)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _take_beats(self, reader: Reader, receive: Any, watch: Watch, screen_id: str) -> None:
        beating = Beating(self._beats, watch.event_id, watch.epoch, screen_id)
        try:
            await _take_acknowledgements(reader, receive, beating)
        finally:
            await beating.end()

    async def _still_allowed(self, reader: Reader, watch: Watch, visitor: Visitor, face: Face) -> bool:
        try:
            if not await self._access.still_signed_in(visitor):
                return False
            return await self._audience(visitor, watch.event_id, face) == reader.scope
        except StoreUnavailable:
            return True  # nothing is written while the store is away, so there is nothing to withhold
        except BackchannelError:
            return False


def _cursor(text: str) -> Cursor:
    """A cursor of an older form is no fault of the reader's: it continues nowhere, like any foreign one."""
    try:
        return Cursor.parse(text)
    except BadInput:
        return Cursor("", "", 0)


def _query(scope: Asgi) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(scope["query_string"].decode("latin-1")).items()}


async def _take_acknowledgements(reader: Reader, receive: Any, beating: Beating | None = None) -> None:
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return
        text = message.get("text") or ""
        if len(text) > INCOMING_BYTES:
            continue
        if beating is not None:
            beating.take(text, reader)
        else:
            reader.painted = max(reader.painted, min(painted(text), reader.seq))
