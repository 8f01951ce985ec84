"""One instance as a feed knows it: what it can do, its statuses, and the tasks that read it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from wall.errors import FeedFatal
from wall.feeds.base import Arrived, Dropped, Edited, Trouble
from wall.feeds.common.problems import Passing, fatal
from wall.feeds.kin.config import InstanceConfig, Times
from wall.feeds.kin.memory import LocalIds
from wall.feeds.kin.merge import Merge
from wall.feeds.kin.problems import StreamRefused, refused, retry_after, understood
from wall.feeds.kin.rest import NotThere, Rest
from wall.feeds.kin.software import MASTODON, Software, software_of
from wall.feeds.shapes import Mastodon
from wall.feeds.shapes.common import Record
from wall.model import Post

STREAMING = "/api/v1/streaming"
"""Where the websocket is, under the address that an instance names; some name it with this."""

_OPEN = "public"
_FOR_USERS = "authenticated"


@dataclass(frozen=True, slots=True)
class About:
    """What an instance says of itself. `local_only`: it shows only its own posts to this reader."""

    streaming: str
    local_only: bool = False
    software: Software = MASTODON

    @property
    def page_params(self) -> dict[str, str]:
        """Parameters of every page of a hashtag."""
        return {"local": "true"} if self.local_only else {}


class Instance:
    """What is known of one instance; it lasts as long as its feed, over every reconnection."""

    def __init__(self, config: InstanceConfig, times: Times) -> None:
        self.config = config
        self.name = config.name
        self.times = times
        self.rest = Rest(config, times)
        self.ids = LocalIds()
        self._shape = Mastodon()

    async def about(self) -> About:
        """Ask the instance about itself. Raises Passing and FeedFatal."""
        for version in ("v2", "v1"):
            with contextlib.suppress(NotThere):
                try:
                    return self._understood(await self.rest.get(f"/api/{version}/instance"))
                except Passing as problem:
                    if version == "v1" or problem.code not in ("server_error", "not_json"):
                        raise
        remedy = "check the host: look at a post there in a browser."
        raise fatal("no_api", f"There is no Mastodon server at this host: {remedy}", remedy)

    async def take(self, record: Record, where: str, merge: Merge) -> bool:
        """Tell of a status, or of a frame that holds one. Whether it was news."""
        news = False
        for item in self._shape.parse(record, where):
            match item:
                case Arrived(post) | Edited(post):
                    news = await self._told(type(item), post, record, merge) or news
                case Dropped():
                    await merge.loss(item, self._name_of(record))
        return news

    def knows(self, status: Record) -> bool:
        """Whether a status was told by this instance before, by its stream or a timeline."""
        uri = status.get("uri")
        return isinstance(uri, str) and self.ids.id_of(uri) is not None

    async def deleted(self, local_id: str, merge: Merge) -> None:
        """Tell that a status is deleted. One that was never seen is remembered, should it come yet."""
        uri = self.ids.delete(local_id)
        if uri is not None:
            await merge.farewell(self._shape.name, uri)

    async def _told(self, kind: type[Arrived | Edited], post: Post, record: Record, merge: Merge) -> bool:
        local_id = id_in(record)
        if local_id:
            self.ids.keep(local_id, post.key)
        if self.ids.is_deleted(local_id):
            await merge.farewell(self._shape.name, post.key)
            return False
        return await merge.post(kind(self._with_whole_handle(post)))

    def _name_of(self, record: Record) -> str:
        """What tells a status from others where it cannot be read: its uri, or at least its id here."""
        status = record.get("payload", record)
        uri = status.get("uri") if isinstance(status, dict) else None
        local_id = id_in(record)
        return uri if isinstance(uri, str) else local_id and f"{self.name} {local_id}"

    def _with_whole_handle(self, post: Post) -> Post:
        """A server leaves its own name out of handles; on a wall of many it is needed."""
        author = post.author
        if "@" in author.handle:
            return post
        whole = author.model_copy(update={"handle": f"{author.handle}@{self.name}"})
        return post.model_copy(update={"author": whole})

    def _understood(self, said: Any) -> About:
        record = said if isinstance(said, dict) else {}
        software = self.rest.software = software_of(record)
        configuration = _dict(record.get("configuration"))
        access = _dict(_dict(configuration.get("timelines_access")).get("hashtag_feeds"))
        ours, others = (self._may_see(access.get(which, _OPEN)) for which in ("local", "remote"))
        if not (ours or others):
            raise self._closed(access)
        urls = _dict(configuration.get("urls")) | _dict(record.get("urls"))
        address = urls.get("streaming") or urls.get("streaming_api")
        return About(self._stream_url(address), local_only=not others, software=software)

    def _may_see(self, access: Any) -> bool:
        return access == _OPEN or (access == _FOR_USERS and self.config.token is not None)

    def _closed(self, access: Record) -> FeedFatal:
        if _FOR_USERS in access.values() and self.config.token is None:
            return refused(401, self.rest.software, with_token=False)
        remedy = "choose another instance that sees the same posts."
        return fatal("hashtags_off", f"It has switched hashtag timelines off: {remedy}", remedy)

    def _stream_url(self, address: Any) -> str:
        """Where the websocket is: as the instance says, if that is a place to send a token to."""
        scheme = "ws" if self.config.plain else "wss"
        own = self.config.url.replace("http", "ws", 1)
        try:
            parts = urlsplit(address) if isinstance(address, str) else urlsplit(own)
            named, _ = parts.hostname, parts.port
        except ValueError:
            named = None
        if not named or parts.scheme.replace("http", "ws", 1) != scheme or "@" in parts.netloc:
            return own
        return f"{scheme}://{parts.netloc}{parts.path}".rstrip("/").removesuffix(STREAMING)


class Health:
    """How one connection is doing: counts failures, and says when that changes."""

    def __init__(self, name: str, times: Times, merge: Merge) -> None:
        """`name` is what an organiser knows this connection by."""
        self._name = name
        self._times = times
        self._merge = merge
        self._failed = 0
        self._code: str | None = None

    async def well(self) -> None:
        """It works."""
        self._failed = 0
        if self._code is not None:
            self._code = None
            await self._merge.trouble(Trouble(self._name, None))

    async def trouble(self, problem: Exception) -> float:
        """It failed: seconds to wait. Raises the FeedFatal, or the problem if it is none of a network."""
        self._failed += 1
        known = understood(problem)
        if not isinstance(known, Passing):
            raise known or problem
        wait = retry_after(known, self._failed, self._times.first_wait, self._times.longest_wait) or 0.0
        if isinstance(known, StreamRefused):
            wait = self._times.refused_wait
        if known.code != self._code:
            self._code = known.code
            await self._merge.trouble(Trouble(self._name, known.code, known.message, wait))
        return wait


def id_in(record: Record) -> str:
    """The local id of a status, or of the one in a frame; empty where there is none."""
    status = record.get("payload", record)
    local_id = status.get("id") if isinstance(status, dict) else None
    return str(local_id) if isinstance(local_id, str | int) and not isinstance(local_id, bool) else ""


def _dict(value: Any) -> Record:
    return value if isinstance(value, dict) else {}
