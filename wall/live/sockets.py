"""The websocket endpoint `/live/{event}`, as a raw ASGI application.

It only pushes. The one thing a reader may say is that it has painted up to a seq; everything else
is ignored. Who may see what is looked at again while the socket is open, so that a sign-out or a
changed role ends what it no longer allows.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs

from starlette.datastructures import Headers

from wall.access import Access, Face, Visitor, scope_for
from wall.entries import PUBLIC, Cursor, Hello, Scope
from wall.errors import BackchannelError, BadInput, NotFound, NotSignedIn, NotYours, StoreUnavailable
from wall.live.fanout import Send, Writer, writer_for
from wall.live.frames import Frame
from wall.live.hub import DONE, Hub, Reader, Watch

FACES: tuple[Face, ...] = ("wall", "stage", "join", "desk")
RECHECK_SECONDS = 2.0
INCOMING_BYTES = 4 * 1024

_CODES: dict[type[BackchannelError], int] = {NotSignedIn: 4401, NotYours: 4403, NotFound: 4410}
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

    def __init__(self, hub: Hub, access: Access) -> None:
        self._hub = hub
        self._access = access

    async def __call__(self, scope: Asgi, receive: Any, send: Send) -> None:
        """Serve one websocket from handshake to close."""
        await receive()
        try:
            self._access.origins.check(Headers(scope=scope), scope["scheme"])
        except NotYours:
            await send({"type": "websocket.close", "code": _POLICY})
            return
        await send({"type": "websocket.accept"})
        writer = writer_for(scope, send)
        try:
            await self._serve(scope, receive, writer)
        except BackchannelError as problem:
            later = _TRY_AGAIN_LATER if isinstance(problem, StoreUnavailable) else _POLICY
            await writer.close(_CODES.get(type(problem), later), problem.code)

    async def _serve(self, scope: Asgi, receive: Any, writer: Writer) -> None:
        opened = await self._opened(scope, writer)
        if opened is None:
            return
        watch, reader, visitor, face = opened
        watch.join(reader)
        try:
            await self._listen(reader, receive, watch, visitor, face)
        finally:
            watch.leave(reader)

    async def _opened(self, scope: Asgi, writer: Writer) -> tuple[Watch, Reader, Visitor, Face] | None:
        """Who looks at what from where; None when they were told to fetch a snapshot.

        What is only looked at here must not stay: a socket's frames live as long as the socket.
        """
        asked = _query(scope)
        face = face_of(asked.get("face", "wall"))
        event = await self._hub.journal.event(scope["path_params"]["event"])
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
            return scope_for(visitor, frozenset(), face)
        return scope_for(visitor, await self._access.roles_in(visitor, event_id), face)

    async def _listen(
        self, reader: Reader, receive: Any, watch: Watch, visitor: Visitor, face: Face
    ) -> None:
        """Take acknowledgements until the socket closes; look again at who is signed in."""
        if visitor.person_id is None:
            await _take_acknowledgements(reader, receive)
            return
        listening = asyncio.ensure_future(_take_acknowledgements(reader, receive))
        try:
            while not (await asyncio.wait({listening}, timeout=RECHECK_SECONDS))[0]:
                if not await self._still_allowed(reader, watch, visitor, face):
                    watch.send_away(reader)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

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


async def _take_acknowledgements(reader: Reader, receive: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return
        text = message.get("text") or ""
        if len(text) <= INCOMING_BYTES:
            reader.painted = max(reader.painted, min(_painted(text), reader.seq))


def _painted(text: str) -> int:
    """The seq of `{"type":"painted","seq":N}`; 0 for anything else."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return 0
    if not isinstance(said, dict) or said.get("type") != "painted":
        return 0
    seq = said.get("seq")
    return seq if isinstance(seq, int) and seq > 0 else 0
