"""A fake X on loopback that speaks the real bytes of API v2, bills what it gives, and can be driven.

It is modelled on docs.x.com (2026-08): NDJSON in chunks with `\\r\\n` every 20 seconds, one connection an
app, rules that outlive connections, searches that do not know the last 30 seconds, lookups that name what
is gone, and no word of deletions.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter, deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from tests.world.x_api import STREAM, Api
from tests.world.x_http import Answer, Asked, Chunks, serve
from tests.world.x_posts import Post, Version, id_of, made_at, renamed

TOKEN = "AAAA-bearer-of-an-app"
PRICES = {"data": 5, "tweets": 5, "users": 10, "media": 5}
"""Thousandths of a dollar, at most: as `docs/reference/networks/x.md` has them."""


class FakeX:
    """The network. The attributes may be changed at any time and act on the next request or line."""

    def __init__(self, *, seed: int = 7, **settings: Any) -> None:
        self.random = random.Random(seed)
        self.users: dict[str, dict[str, Any]] = {}
        self.posts: dict[str, Post] = {}
        """By their first id."""
        self.by_id: dict[str, Post] = {}
        self.rules: dict[str, dict[str, str]] = {}
        self.tokens = {TOKEN}
        self.vocabulary = "tweet"
        self.delay = 30.0
        """Seconds of which a search knows nothing yet."""
        self.keepalive = 20.0
        self.muted = False
        """The stream stays open and says nothing, not even that it is alive."""
        self.doubled = False
        self.shuffled = 0
        self.lost = False
        self.reviving = False
        """A search lists deleted posts again."""
        self.unknown: set[str] = set()
        """Fields, and names of parameters, that the API does not know."""
        self.refused_stream: Answer | None = None
        """What the stream and its rules are answered with."""
        self.lingering = 0
        """Connections that X counts although nobody is there."""
        self.allowances: dict[str, int] = {}
        """Requests left, by path."""
        self.reset_in = 900.0
        self.failing: Callable[[str], Answer | None] = lambda _path: None
        self.asked: deque[Asked] = deque(maxlen=20_000)
        self.requests: Counter[str] = Counter()
        self.bills: dict[str, set[str]] = {}
        """What was billed, by the UTC day."""
        self.spent = 0
        self.open: set[Chunks] = set()
        self.port = 0
        for name, value in settings.items():
            assert hasattr(self, name), name
            setattr(self, name, value)
        self._low = 0
        self._last = datetime.now(UTC)
        self._held: list[tuple[Post, Version]] = []
        self._server: asyncio.Server | None = None
        self._serving: dict[asyncio.Task[Any], asyncio.StreamWriter] = {}
        self._api = Api(self)
        self.user("7", "ada")

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._serving.values():
            writer.transport.abort()
        await asyncio.gather(*self._serving)
        await self._server.wait_closed()

    @property
    def host(self) -> str:
        """Where it is, as a feed is told."""
        return f"http://127.0.0.1:{self.port}"

    def user(self, user_id: str, username: str, **changes: Any) -> None:
        """Somebody."""
        made = {"id": user_id, "username": username, "name": username.capitalize()}
        self.users[user_id] = made | {"public_metrics": {"followers_count": 5}} | changes

    def rule(self, value: str, tag: str) -> dict[str, str]:
        """Make a rule."""
        self._low += 1
        made = {"id": str(1_000 + self._low), "value": value, "tag": tag}
        self.rules[made["id"]] = made
        return made

    async def publish(
        self,
        text: str,
        *tags: str,
        by: str = "7",
        at: datetime | None = None,
        told: bool = True,
        made: datetime | None = None,
        media: list[dict[str, Any]] | None = None,
        **fields: Any,
    ) -> Post:
        """Post. `at` is what the post says of its time, `made` when X took it; `told`: the stream has
        it."""
        now = made or self._now()
        version = Version(self._id(now), text, at or now)
        post = Post([version], by, tags or ("SMSummit",), fields, media or [])
        self.posts[post.key] = self.by_id[post.key] = post
        if told:
            await self.tell(post, version)
        return post

    async def edit(self, post: Post, text: str, *tags: str, told: bool = True) -> None:
        """Change a post: it gets one more id."""
        now = self._now()
        version = Version(self._id(now), text, now)
        post.versions.append(version)
        post.tags = tags or post.tags
        self.by_id[version.id] = post
        if told:
            await self.tell(post, version)

    def delete(self, post: Post) -> None:
        """Delete a post. Nobody is told."""
        post.deleted = True

    async def tell(self, post: Post, version: Version) -> None:
        """Send a version to whoever streams."""
        self._held.append((post, version))
        if len(self._held) >= max(1, self.shuffled):
            await self.flush()

    async def flush(self) -> None:
        """Send what is held back."""
        held, self._held = self._held, []
        if self.shuffled:
            self.random.shuffle(held)
        for post, version in held * (2 if self.doubled else 1):
            await self._deliver(post, version)

    async def say(self, raw: bytes) -> None:
        """Send bytes as they are to every stream."""
        for chunks in list(self.open):
            await chunks.send(raw)

    def cut(self, *, mid_line: bool = False) -> None:
        """Break every stream."""
        for chunks in list(self.open):
            chunks.break_off(b'{"data":{"id":"17' if mid_line else b"")

    def kill(self) -> int:
        """End all connections, as the API does when it is asked to; how many there were."""
        killed, self.lingering = len(self.open) + self.lingering, 0
        for chunks in list(self.open):
            chunks.end()
        self.open.clear()
        return killed

    def revoke(self) -> None:
        """Take the token back: its streams end."""
        self.tokens.clear()
        self.kill()

    def found(self, tags: set[str]) -> list[Post]:
        """What a search finds."""
        latest = datetime.now(UTC) - timedelta(seconds=self.delay)
        wanted = {tag.lower() for tag in tags}
        every = [] if self.lost else [one for one in self.posts.values() if not one.hidden]
        return [
            post
            for post in every
            if wanted & {tag.lower() for tag in post.tags}
            and made_at(post.newest.id) <= latest
            and (self.reviving or not post.deleted)
        ]

    def bill(self, said: dict[str, Any]) -> None:
        """Count what is given, once a day."""
        data, beside = said["data"], said.get("includes", {})
        given = {"data": data if isinstance(data, list) else [data], **beside}
        day = self.bills.setdefault(f"{datetime.now(UTC):%Y-%m-%d}", set())
        for kind, things in given.items():
            for one in things:
                name = f"{'tweets' if kind == 'data' else kind} {one.get('media_key') or one['id']}"
                if name not in day:
                    day.add(name)
                    self.spent += PRICES[kind]

    async def answered(self, asked: Asked) -> Answer | None:
        """The answer to a request; None: it is streamed to."""
        self.asked.append(asked)
        self.requests[asked.path] += 1
        return self._api.answer(asked)

    async def streamed(self, asked: Asked, chunks: Chunks, ended: asyncio.Event) -> None:
        """Stream until the other side ended."""
        chunks.query = asked.query
        self.open.add(chunks)
        try:
            while not ended.is_set():
                await asyncio.sleep(self.keepalive)
                if not self.muted:
                    await chunks.send(b"\r\n")
        finally:
            self.open.discard(chunks)

    def stream_headers(self) -> Mapping[str, str]:
        """What the head of a stream says."""
        return self._api.limits(STREAM)

    async def _deliver(self, post: Post, version: Version) -> None:
        tags = {tag.lower() for tag in post.tags}
        matched = [
            {"id": rule["id"], "tag": rule["tag"]}
            for rule in self.rules.values()
            if any(f"#{tag}" in rule["value"].lower() for tag in tags)
        ]
        for chunks in list(self.open) if matched and not self.muted else []:
            page = self._api.page([(post, version)], chunks.query)
            record = {**page, "data": page["data"][0], "matching_rules": matched}
            said = renamed(record) if self.vocabulary == "post" else record
            await chunks.send(
                json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\r\n"
            )

    def _now(self) -> datetime:
        """The present, in another millisecond than ever before."""
        self._last = max(datetime.now(UTC), self._last + timedelta(milliseconds=1))
        return self._last

    def _id(self, made: datetime) -> str:
        self._low = (self._low + 1) % 4_096
        return id_of(made, self._low)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving[task] = writer
        try:
            await serve(self, reader, writer)
        finally:
            del self._serving[task]


def _line(said: dict[str, Any]) -> bytes:
    """A line of the stream: UTF-8 as it is, U+2028 too, but for what UTF-8 cannot say."""
    try:
        raw = json.dumps(said, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raw = json.dumps(said).encode()
    return raw + b"\r\n"
