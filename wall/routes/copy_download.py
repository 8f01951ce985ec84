"""`POST /events/{slug}/doors/copy`: a copy of the whole server's database, for its organisers, who may have
no command line. It counts as confirmation of the copy's line before the doors open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

import structlog
from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from wall import doors
from wall.access import Access
from wall.backing_up import beside, database_of, silent, write_copy
from wall.errors import BackchannelError, TooMany
from wall.journal import Tx
from wall.model import utc_now
from wall.routes import Asking, AskingHere, AskingInstance
from wall.routes.doors import write_confirmed

log = structlog.get_logger(__name__)

WAIT_SECONDS = 30.0
"""How long a second copy waits for the first."""
_CHUNK_BYTES = 256 * 1024
_PREFIX = ".download-"


class CopyDownload:
    """Makes one copy at a time, beside the database, and sends it."""

    def __init__(self, access: Access) -> None:
        self._journal = access.journal
        self._one = asyncio.Lock()
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/events/{slug}/doors/copy", self.send, methods=["POST"])

    async def send(self, asking: AskingHere, instance: AskingInstance) -> Response:
        """The copy, as it was when it was asked for. Raises TooMany while another one is sent, StoreFull,
        SetupProblem on PostgreSQL."""
        instance.require("server.copy")
        source = database_of(self._journal.store)
        await self._take()
        try:
            file, size = await asyncio.to_thread(_made, source)
        except BaseException:
            self._one.release()
            raise
        return _Sent(self, asking, file, size)

    async def _take(self) -> None:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._one.acquire()
        except TimeoutError:
            raise TooMany(
                "Another copy is being downloaded.",
                retry_after=WAIT_SECONDS,
                remedy="Wait until it is there.",
            ) from None

    def done(self) -> None:
        """Let the next copy be made."""
        self._one.release()

    async def confirm(self, asking: Asking) -> None:
        """Journal that a copy was made. Its failure does not make the copy worse."""
        try:
            await self._journal.command(asking.event.id, asking.actor, _confirmed, cause=None)
        except BackchannelError as problem:
            log.warning("copy_not_confirmed", event_id=asking.event.id, code=problem.code)


class _Sent(StreamingResponse):
    """A file that is sent in chunks and closed however that ends."""

    def __init__(self, copies: CopyDownload, asking: Asking, file: BinaryIO, size: int) -> None:
        headers = {
            "Content-Length": str(size),
            "Content-Disposition": f'attachment; filename="backchannel-{utc_now():%Y%m%d-%H%M}.db"',
        }
        super().__init__(self._chunks(), media_type="application/vnd.sqlite3", headers=headers)
        self._copies, self._asking, self._file, self._left = copies, asking, file, size

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def counted(message: Message) -> None:
            await send(message)
            self._left -= len(message.get("body", b""))

        try:
            await super().__call__(scope, receive, counted)
            if not self._left:
                await self._copies.confirm(self._asking)
        finally:
            self._file.close()
            self._copies.done()

    async def _chunks(self) -> AsyncIterator[bytes]:
        while chunk := await asyncio.to_thread(self._file.read, _CHUNK_BYTES):
            yield chunk


def _made(source: Path) -> tuple[BinaryIO, int]:
    """A copy that is open and has no name any more: it is gone when it is closed, or with the process."""
    for left in source.parent.glob(f"{_PREFIX}*"):
        left.unlink(missing_ok=True)
    with beside(source, _PREFIX) as path:
        write_copy(source, path, silent)
        return path.open("rb"), path.stat().st_size


def _confirmed(tx: Tx) -> dict[str, str]:
    return write_confirmed(tx, doors.BACKUP)
