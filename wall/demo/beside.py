"""The made-up summit beside a real server: a second application in the same process, over an empty database
of its own, that answers paths with the demo's short name and nothing else.

The two share a port and no data: other people, other sign-ins (cookies of other names), another journal.
The real server stays as it is; what is in the demo is deleted when it ends, at the latest when nobody has
looked for a while or the server stops.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import re
import shutil
import tempfile
import time
from pathlib import Path

import structlog
from fastapi import FastAPI
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wall.access import Access, Visitor, may
from wall.access.rights import ORGANISER
from wall.demo import SLUG, USUAL_SPEED
from wall.errors import NotYours, Refused, TooMany
from wall.rehearsal_play import Recorded
from wall.server import Backchannel, create_app
from wall.settings import Settings
from wall.store import Store, events, migrate, people

log = structlog.get_logger(__name__)

WATCH = "/watch"
IDLE_SECONDS = 900.0
"""A summit that nobody looks at ends after so long."""
LOOK_SECONDS = 30.0
LONGEST_SECONDS = 3_600.0
"""After that it ends, whoever looks: it is a demonstration, and others may begin another."""
AGAIN_SECONDS = 20.0
"""Between two beginnings: each costs seconds of a processor, and on an empty server anybody may ask."""
_PREFIX = "demo-"
"""Before the name of every cookie that the summit gives: the real server reads none of them."""
_HOST_PREFIX = "__Host-"
_OURS = re.compile(rf"(?:/api/v1)?/[a-z]+/{SLUG}(?:/.*)?")
"""What the summit answers: every path of an event has its short name in the same place."""
_TAKE_BACK = re.compile(r"/take-back/[^/]+")
_BY_QUERY = f"of={SLUG}"
"""Marks the one path without a short name that the summit leads to."""


class Summit:
    """One summit that runs: its application, its directory, and when somebody last looked."""

    def __init__(self, app: FastAPI, folder: Path, stack: contextlib.AsyncExitStack) -> None:
        self._app = _renamed(app)
        self._folder = folder
        self._stack = stack
        self._here = 0
        self._seen = self._began = time.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._here += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._here -= 1
            self._seen = time.monotonic()

    def age(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._began

    def idle_for(self) -> float:
        """Seconds since somebody looked; 0 while somebody does."""
        return 0.0 if self._here else time.monotonic() - self._seen

    async def end(self) -> None:
        """Stop it and delete its directory."""
        await self._stack.aclose()
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
        gc.collect()


class Watching:
    """Starts the summit, ends it, and says who may. One at a time."""

    def __init__(self, parts: Backchannel) -> None:
        self._parts = parts
        self._running: Summit | None = None
        self._starting = asyncio.Lock()
        self._began = -AGAIN_SECONDS
        self._looking: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Whether there is a summit to watch."""
        return self._running is not None

    @property
    def summit(self) -> Summit | None:
        """The summit that runs."""
        return self._running

    def may_start(self, visitor: Visitor, *, in_use: bool) -> bool:
        """On a server that nobody uses yet anybody may; later only an organiser. Never where several
        processes share the work: the next request would reach one that plays nothing."""
        alone = self._parts.settings.redis_url is None
        return alone and (not in_use or may(ORGANISER if visitor.organiser else (), "event.create"))

    async def start(self) -> None:
        """Make the summit, unless one runs. Raises Refused for an event of its name, TooMany."""
        async with self._starting:
            if self._running is not None:
                return
            if wait := max(0.0, self._began + AGAIN_SECONDS - time.monotonic()):
                raise TooMany("A summit ended just now.", retry_after=round(wait, 1))
            if await self._parts.store.read(lambda conn: events.named(conn, SLUG)) is not None:
                raise Refused(
                    f"An event of this server has the short name '{SLUG}'.",
                    remedy="Run `backchannel demo` on another computer.",
                )
            self._began = time.monotonic()
            self._running = await _begun(self._parts.settings)
            self._looking = asyncio.create_task(self._end_when_idle(), name="demo:idle")
            log.info("demo.started")

    async def end(self) -> None:
        """End the summit and delete all that was in it. Nothing happens where none runs."""
        async with self._starting:
            running, self._running = self._running, None
            looking, self._looking = self._looking, None
        if looking is not None and looking is not asyncio.current_task():
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
        if running is not None:
            await running.end()
            log.info("demo.ended")

    async def _end_when_idle(self) -> None:
        while (running := self._running) is not None:
            await asyncio.sleep(LOOK_SECONDS)
            if running.idle_for() > IDLE_SECONDS or running.age() > LONGEST_SECONDS:
                await self.end()
                return


class Beside:
    """The real application, with the summit beside it. `/watch` is answered here."""

    def __init__(self, app: FastAPI) -> None:
        parts: Backchannel = app.state.parts
        self._app = app
        self._access: Access = app.state.access
        self._store = parts.store
        self.watching = Watching(parts)
        app.state.watching = self.watching
        app.state.made_up_day = _made_up_day
        app.router.routes.insert(0, Route(WATCH, self._watch, methods=["GET", "HEAD", "POST"]))
        app.router.routes.insert(0, Route(f"{WATCH}/end", self._end, methods=["POST"]))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        summit = self.watching.summit
        if scope["type"] == "lifespan":
            await self._app(scope, self._ending(receive), send)
        elif summit is not None and _is_ours(scope):
            await summit(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _ending(self, receive: Receive) -> Receive:
        """End the summit before the real application ends: nobody waits for what comes after that."""

        async def hearing() -> Message:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                await self.watching.end()
            return message

        return hearing

    async def _watch(self, request: Request) -> Response:
        """Start the summit and lead to it. Without one running there is nothing to look at here."""
        if request.method == "POST":
            await self._require(request)
            await self.watching.start()
        return RedirectResponse(f"{WATCH}/{SLUG}#tour" if self.watching.running else "/", 303)

    async def _end(self, request: Request) -> Response:
        """End the summit: whoever may start it may end it."""
        await self._require(request)
        await self.watching.end()
        return RedirectResponse("/", 303)

    async def _require(self, request: Request) -> None:
        visitor = await self._access.visitor_of(request.scope)
        if not self.watching.may_start(visitor, in_use=await self._store.read(in_use)):
            raise NotYours(
                "Only an organiser starts a made-up summit beside real events.",
                remedy="Run `backchannel demo` on your own computer.",
            )


def in_use(conn: Connection) -> bool:
    """Whether there is an event here, or anybody who could make one."""
    return bool(events.listed(conn)) or people.any_person(conn)


def _made_up_day() -> Recorded:
    """The posts of the made-up day, for rehearsals; who wrote on its phone is nobody's person here."""
    from wall.demo.world import make_world  # noqa: PLC0415  its phrases are read when somebody wants them

    return [(said.minute * 60, said.post) for said in make_world().said if said.post.network != "web"]


async def _begun(settings: Settings) -> Summit:
    """A summit that plays, over an empty database in a directory of its own."""
    from wall.demo.demo import mount_demo  # noqa: PLC0415  its phrases are read when somebody watches

    folder = Path(tempfile.mkdtemp(prefix="demo-", dir=settings.make_data_dir()))
    url = f"sqlite:///{(folder / 'backchannel.db').absolute()}"
    own = settings.model_copy(update={"data_dir": folder, "database_url": url, "redis_url": None})
    stack = contextlib.AsyncExitStack()
    try:
        await asyncio.to_thread(_make_tables, url)
        app = create_app(own, framed=True)
        await mount_demo(app, seed=1, speed=USUAL_SPEED, robots=True, at=f"{WATCH}/{SLUG}")
        await stack.enter_async_context(app.router.lifespan_context(app))
    except BaseException:
        await stack.aclose()
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Summit(app, folder, stack)


def _make_tables(url: str) -> None:
    store = Store(url)
    try:
        migrate(store)
    finally:
        store.close()


def _is_ours(scope: Scope) -> bool:
    if _OURS.fullmatch(scope["path"]):
        return True
    asked: bytes = scope.get("query_string", b"")
    return bool(_TAKE_BACK.fullmatch(scope["path"])) and asked == _BY_QUERY.encode()


def _renamed(app: ASGIApp) -> ASGIApp:
    """The summit's application, with its cookies under names of their own."""

    async def renaming(scope: Scope, receive: Receive, send: Send) -> None:
        others = [pair for pair in scope["headers"] if pair[0] != b"cookie"]
        sent = [value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"]
        if own := _own_cookies("; ".join(sent)):
            others.append((b"cookie", own.encode("latin-1")))

        async def giving(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.accept"):
                message = {**message, "headers": [_given(*pair) for pair in message.get("headers", [])]}
            await send(message)

        await app({**scope, "headers": others}, receive, giving)

    return renaming


def _own_cookies(sent: str) -> str:
    """The summit's own cookies of a browser, under the names that its application knows."""
    pairs = (pair.strip() for pair in sent.split(";"))
    found = ((pair, re.match(rf"({_HOST_PREFIX})?{_PREFIX}", pair)) for pair in pairs)
    return "; ".join((match[1] or "") + pair[match.end() :] for pair, match in found if match)


def _given(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """A header of the summit as the browser gets it."""
    if name.lower() == b"set-cookie":
        host, plain = _HOST_PREFIX.encode(), value.removeprefix(_HOST_PREFIX.encode())
        return name, (host if value.startswith(host) else b"") + _PREFIX.encode() + plain
    if name.lower() == b"location" and _TAKE_BACK.fullmatch(value.decode("latin-1")):
        return name, value + b"?" + _BY_QUERY.encode()
    return name, value
