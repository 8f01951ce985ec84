"""Static files, served from memory: read once, compressed once, and the same bytes for everybody.

Four hundred phones that scan a code within seconds ask for a handful of files each: no thread, no
open file and no compression may be paid per request.
"""

from __future__ import annotations

import asyncio
import gzip
import mimetypes
import os
import posixpath
from email.utils import formatdate, parsedate_to_datetime
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from wall.routes.pages import STATIC

_HASHED = "dist/assets/"
_PACKED = frozenset({".css", ".js", ".json", ".svg"})
_WORKER = "wall-worker.js"
"""May work for the pages of walls, which are not below /static."""
_KEPT_FOR_EVER = b"public, max-age=31536000, immutable"
_ASKED_AGAIN = b"no-cache"

Pairs = list[tuple[bytes, bytes]]


class _Body(NamedTuple):
    """One encoding of a file: what is sent, and what is said of it."""

    headers: Pairs
    content: bytes


class _Kept(NamedTuple):
    """A file in memory. `packed` is None where compression is not worth it."""

    path: Path
    written: int
    """When it was written, in ns, and read."""
    etag: str
    validators: Pairs
    plain: _Body
    packed: _Body | None


class Static:
    """ASGI application: the files of a folder. Those with a hash in their name are kept for ever by
    browsers, others are asked for again; a file that is written anew is read anew."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._folder = folder
        self._kept: dict[str, _Kept] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's
        """Answer a GET or HEAD. Raises HTTPException 404 and 405."""
        if scope["method"] not in {"GET", "HEAD"}:
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        kept = await self._file(scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/"))
        headers = Headers(scope=scope)
        if _unchanged(kept, headers):
            await _answer(send, 304, kept.validators, b"")
            return
        accepted = "gzip" in headers.get("accept-encoding", "")
        body = kept.packed if kept.packed and accepted else kept.plain
        await _answer(send, 200, body.headers, body.content if scope["method"] == "GET" else b"")

    async def _file(self, name: str) -> _Kept:
        kept = self._kept.get(name)
        try:
            if kept is None or kept.written != os.stat(kept.path).st_mtime_ns:  # noqa: PTH116 - per request
                # Names that are kept are those of files that exist: there is no end to others.
                kept = self._kept[name] = await asyncio.to_thread(_read, self._folder, name)
        except (OSError, ValueError):
            raise HTTPException(404) from None
        return kept


def _read(folder: Path, name: str) -> _Kept:
    """Read a file below `folder`. Raises OSError for none, ValueError for a name that cannot be one."""
    if posixpath.normpath(name) != name or name.startswith(".."):
        raise FileNotFoundError(name)  # each file has one name, and none is outside of the folder
    path = folder / name
    found, content = path.stat(), path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    text = "; charset=utf-8" if kind.startswith("text/") else ""
    etag = f'"{blake2b(content, digest_size=16).hexdigest()}"'
    packs = path.suffix in _PACKED
    validators = [
        (b"etag", etag.encode()),
        (b"last-modified", formatdate(found.st_mtime, usegmt=True).encode()),
        (b"cache-control", _KEPT_FOR_EVER if name.startswith(_HASHED) else _ASKED_AGAIN),
        *([(b"vary", b"Accept-Encoding")] if packs else []),
        *([(b"service-worker-allowed", b"/")] if name == _WORKER else []),
    ]
    described = [(b"content-type", f"{kind}{text}".encode()), *validators]
    packed = _body([*described, (b"content-encoding", b"gzip")], gzip.compress(content, mtime=0))
    plain = _body(described, content)
    return _Kept(path, found.st_mtime_ns, etag, validators, plain, packed if packs else None)


def _body(headers: Pairs, content: bytes) -> _Body:
    return _Body([*headers, (b"content-length", str(len(content)).encode())], content)


def _unchanged(kept: _Kept, headers: Headers) -> bool:
    """Whether the browser has this file already (RFC 9110 §13.1: its tag counts before its date)."""
    tags = headers.get("if-none-match")
    if tags is not None:
        return kept.etag in (tag.strip().removeprefix("W/") for tag in tags.split(","))
    since = headers.get("if-modified-since")
    if since is None:
        return False
    try:
        return parsedate_to_datetime(since).timestamp() >= kept.written // 1_000_000_000
    except (ValueError, OverflowError, OSError):  # no date, or one beyond what clocks can say
        return False


async def _answer(send: Send, status: int, headers: Pairs, content: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
