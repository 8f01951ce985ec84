"""A fake site with feeds: real HTTP on loopback, with validators, redirects and answers that go wrong.

A feed lists its newest entries, as real ones do: what falls out of the window, or is deleted where the
format has no word for that, is simply not listed any more.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import random
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Self

from tests.world import syndication_writing as writing
from tests.world.syndication_writing import Entry, Listing

HTML_502 = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


@dataclass(frozen=True)
class Answer:
    """An HTTP answer that a test wants."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A request that the site got; the names of headers are in lower case."""

    path: str
    headers: dict[str, str]


class FakeFeed:
    """One feed. The attributes may be changed at any time and act on the next request."""

    def __init__(self, site: FakeSite, path: str, kind: writing.Kind, **settings: Any) -> None:
        self.site = site
        self.path = path
        self.listing = Listing(kind, title="The summit's blog")
        self.window = 200
        """Entries, and deletions, that are listed: the newest."""
        self.validators = frozenset({"etag", "last-modified"})
        """What it says by which a reader can ask whether it changed."""
        self.headers: dict[str, str] = {}
        self.packed = False
        """Sent as gzip."""
        self.doubled = False
        self.shuffled = 0
        self.removed: dict[str, Entry] = {}
        self._changed = datetime.now(UTC)
        for name, value in settings.items():
            assert hasattr(self, name), name
            setattr(self, name, value)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://{self.site.host}{self.path}"

    def publish(self, text: str, *, at: datetime | None = None, **more: Any) -> Entry:
        """Write an entry; `more` are fields of it."""
        number = self.site.next_number()
        given = {"id": f"tag:site.example,2026:{self.path}/{number}"} | more
        entry = Entry(text=text, at=at or datetime.now(UTC), number=number, home=self.url, **given)
        self.listing.entries.append(entry)
        return entry

    def edit(self, entry_id: str, text: str, *, dated: bool = True) -> None:
        """Change an entry, by its id or key as all of these; `dated`: it says when."""
        entry = self.entry(entry_id)
        entry.first = entry.first or (entry.text, entry.updated)
        entry.text = text
        entry.updated = datetime.now(UTC) if dated else entry.updated

    def repeat(self, entry_id: str) -> None:
        """List an entry as it was first written, as a stale cache does."""
        entry = self.entry(entry_id)
        entry.text, entry.updated = entry.first or (entry.text, entry.updated)

    def delete(self, entry_id: str) -> None:
        """Delete an entry, and say so where the format has a word for it."""
        entry_id = self._id(entry_id)
        found = [one for one in self.listing.entries if one.id == entry_id]
        self.removed |= {one.id: one for one in found}
        self.listing.entries = [one for one in self.listing.entries if one.id != entry_id]
        self.listing.deleted.append((entry_id, datetime.now(UTC)))

    def revive(self, entry_id: str) -> None:
        """List a deleted entry again, as a restored backup does."""
        entry_id = self._id(entry_id)
        self.listing.deleted = [one for one in self.listing.deleted if one[0] != entry_id]
        self.listing.entries.append(self.removed.pop(entry_id))

    def entry(self, entry_id: str) -> Entry:
        """An entry that is listed."""
        return next(one for one in self.listing.entries if one.id == self._id(entry_id))

    def _id(self, name: str) -> str:
        return name.removeprefix(f"{self.url}#")

    def body(self) -> bytes:
        """The document as it is now."""
        order = random.Random(len(self.listing.entries)) if self.shuffled else None
        return writing.written(self.listing, self.window, copies=1 + self.doubled, order=order)

    def answer(self, asked: Asked) -> Answer:
        """The document, or that it is as it was."""
        body = self.body()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        changed = format_datetime(self._changed_at(etag), usegmt=True)
        said = {"etag": etag, "last-modified": changed}
        headers = {name: value for name, value in said.items() if name in self.validators} | self.headers
        if self._is_known(asked, headers):
            return Answer(304, b"", headers)
        kinds = {"content-type": writing.CONTENT_TYPES[self.listing.kind]} | headers
        if self.packed:
            return Answer(200, gzip.compress(body), kinds | {"content-encoding": "gzip"})
        return Answer(200, body, kinds)

    def _is_known(self, asked: Asked, headers: Mapping[str, str]) -> bool:
        """RFC 9110, 13.2.2: an ETag goes before a date."""
        if "etag" in headers and "if-none-match" in asked.headers:
            return asked.headers["if-none-match"] == headers["etag"]
        return (
            "last-modified" in headers
            and asked.headers.get("if-modified-since") == headers["last-modified"]
        )

    def _changed_at(self, etag: str) -> datetime:
        """A second later for each new document: dates of HTTP have whole seconds."""
        if self.site.etags.get(self.path) != etag:
            self.site.etags[self.path] = etag
            self._changed += timedelta(seconds=1)
        return self._changed


class FakeSite:
    """A server of feeds, by path. The attributes may be changed at any time."""

    def __init__(self) -> None:
        self.feeds: dict[str, FakeFeed] = {}
        self.etags: dict[str, str] = {}
        self.asked: deque[Asked] = deque(maxlen=10_000)
        self.answered = 0
        """Requests that were answered as they should be."""
        self.failing: Callable[[str], Answer | None] = lambda _path: None
        """Asked before every request; its answer is sent in place of the right one."""
        self.cutting = 0
        """So many answers break off in the middle."""
        self.host = ""
        """The name under which it is known; a proxy's where there is one before it."""
        self.port = 0
        self._number = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self.host = self.host or f"127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def feed(self, path: str = "/feed", kind: writing.Kind = "atom", **settings: Any) -> FakeFeed:
        """A new feed at a path."""
        made = self.feeds[path] = FakeFeed(self, path, kind, **settings)
        return made

    def next_number(self) -> int:
        """Numbers of entries."""
        self._number += 1
        return self._number

    def asked_for(self, path: str) -> list[Asked]:
        """The requests for a path so far."""
        return [one for one in self.asked if one.path == path]

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while True:
                    await self._one(_asked(await reader.readuntil(b"\r\n\r\n")), writer)
        finally:
            writer.transport.abort()

    async def _one(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        self.asked.append(asked)
        wanted = self.failing(asked.path)
        found = self.feeds.get(asked.path)
        answer = wanted or (found.answer(asked) if found else Answer(404, HTML_502))
        lines = [f"HTTP/1.1 {answer.status} Said", f"content-length: {len(answer.body)}"]
        if answer.status == 304:
            lines.pop()
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        raw = "\r\n".join([*lines, "", ""]).encode("utf-8") + answer.body
        if self.cutting and answer.status == 200:
            self.cutting -= 1
            writer.write(raw[: len(raw) * 2 // 3])
            await writer.drain()
            raise ConnectionError
        writer.write(raw)
        await writer.drain()
        self.answered += wanted is None and found is not None


def _asked(head: bytes) -> Asked:
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if name
    }
    return Asked(first.split()[1], headers)
