"""A fake of the YouTube Data API on loopback: one video with a live chat, which can be driven.

Resources of a chat have a place (`t12`); a list gives what came after one, and without one what was said
lately, with a tombstone where a message was deleted. Errors are as Google writes them.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any, Self

from tests.world.mastodon_api import Answer
from tests.world.requests import Asked, Server, serving
from wall.model import utc_now

KEY = "AIza-a-key"
VIDEO = "abcdefghijk"
Resource = dict[str, Any]


def error(status: int, reason: str, *, details: str = "") -> Answer:
    """An error as the API says it."""
    said: Resource = {
        "code": status,
        "message": "no",
        "errors": [{"message": "no", "domain": "youtube.liveChat", "reason": reason}],
    }
    if details:
        kind = "type.googleapis.com/google.rpc.ErrorInfo"
        said["details"] = [{"@type": kind, "reason": details, "domain": "googleapis.com"}]
    return Answer(status, {"error": said})


class FakeYouTube:
    """The service. Attributes may be changed at any time and act on the next answer."""

    def __init__(self, *, seed: int = 7) -> None:
        self.random = random.Random(seed)
        self.keys = {KEY}
        self.chat: str | None = "chat-1"
        self.live: dict[str, str] | None = {"actualStartTime": "2026-05-04T09:00:00Z"}
        """What is said of the stream beside its chat; None: the video is none."""
        self.exists = True
        self.said: list[Resource] = []
        self.deleted: set[str] = set()
        self.interval = 10
        self.recent = 2_000
        """How many resources are given without a place, and kept at all."""
        self.first_kept = 0
        """Places before this one are not known any more."""
        self.failing: Callable[[str], Answer | None] = lambda _path: None
        """Asked before each request; its answer is sent in place of the right one."""
        self.doubled = False
        self.shuffled = 0
        self.units = 0
        self.polls = 0
        self.server: Server
        self._shown = 0
        self._numbers = itertools.count(1)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self.server = await self._stack.enter_async_context(serving(self._answer))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def publish(
        self,
        text: str,
        *,
        at: datetime | None = None,
        by: str = "ada",
        kind: str = "textMessageEvent",
        **more: Any,
    ) -> Resource:
        """Say something in the chat."""
        moment = (at or utc_now()).isoformat().replace("+00:00", "Z")
        snippet = {
            "type": kind,
            "liveChatId": self.chat,
            "authorChannelId": f"UC{by}",
            "publishedAt": moment,
            "hasDisplayContent": True,
            "displayMessage": text,
        }
        if kind == "textMessageEvent":
            snippet["textMessageDetails"] = {"messageText": text}
        author = {
            "channelId": f"UC{by}",
            "channelUrl": f"http://www.youtube.com/channel/UC{by}",
            "displayName": f"@{by}",
            "profileImageUrl": f"https://yt3.ggpht.com/{by}=s88",
            "isVerified": False,
            "isChatOwner": False,
            "isChatSponsor": False,
            "isChatModerator": False,
        }
        resource = self._resource(snippet | more) | {"authorDetails": author}
        await self.add(resource)
        return resource

    async def delete(self, resource: Resource, *, told: bool = True) -> None:
        """A moderator deletes a message."""
        self.deleted.add(resource["id"])
        if told:
            details = {"deletedMessageId": resource["id"]}
            await self.add(
                self._resource({"type": "messageDeletedEvent", "messageDeletedDetails": details})
            )

    async def ban(self, by: str, kind: str = "permanent") -> None:
        """A moderator puts somebody out of the chat."""
        user = {"channelId": f"UC{by}", "displayName": f"@{by}"}
        details = {"bannedUserDetails": user, "banType": kind}
        await self.add(self._resource({"type": "userBannedEvent", "userBannedDetails": details}))

    async def end(self) -> None:
        """The stream ends."""
        await self.add(self._resource({"type": "chatEndedEvent"}))
        self.chat, self.live = (
            None,
            {"actualStartTime": "2026-05-04T09:00:00Z", "actualEndTime": "2026-05-04T10:00:00Z"},
        )

    async def add(self, resource: Resource) -> None:
        """Put a resource into the chat."""
        self.said.append(resource)
        if len(self.said) - self._shown >= max(1, self.shuffled):
            self.settle()

    def settle(self) -> None:
        """Show what is held back."""
        self._shown = len(self.said)

    def _resource(self, snippet: Resource) -> Resource:
        dated = {"publishedAt": utc_now().isoformat().replace("+00:00", "Z")} | snippet
        return {
            "kind": "youtube#liveChatMessage",
            "etag": "e",
            "id": f"LCC.{next(self._numbers)}",
            "snippet": dated,
        }

    async def _answer(self, asked: Asked) -> Answer:
        wanted = self.failing(asked.path)
        if wanted is not None:
            return wanted
        if asked.key not in self.keys:
            return error(400, "badRequest", details="API_KEY_INVALID")
        match asked.path:
            case "/youtube/v3/videos":
                self.units += 1
                return self._video(asked)
            case "/youtube/v3/liveChat/messages":
                self.units += 5
                self.polls += 1
                return self._messages(asked)
        return Answer(404, b"<html>Not Found</html>")

    def _video(self, asked: Asked) -> Answer:
        if not self.exists or asked.query["id"] != VIDEO:
            return Answer(200, {"kind": "youtube#videoListResponse", "items": []})
        video: Resource = {"kind": "youtube#video", "id": VIDEO}
        if self.live is not None:
            chat = {"activeLiveChatId": self.chat} if self.chat else {}
            video["liveStreamingDetails"] = self.live | chat
        return Answer(200, {"kind": "youtube#videoListResponse", "items": [video]})

    def _messages(self, asked: Asked) -> Answer:
        if asked.query["liveChatId"] != self.chat:
            return error(403, "liveChatEnded") if self.chat is None else error(404, "liveChatNotFound")
        token = asked.query.get("pageToken")
        start = int(token[1:]) if token else max(self.first_kept, self._shown - self.recent)
        if token and start < self.first_kept:
            return error(400, "pageTokenInvalid")
        most = min(int(asked.query["maxResults"]), 2_000)
        end = min(self._shown, start + most)
        items = self.said[start:end]
        if not token:
            items = [_tombstone(one) if one["id"] in self.deleted else one for one in items]
        items = items * (2 if self.doubled else 1)
        if self.shuffled:
            self.random.shuffle(items)
        page = {"kind": "youtube#liveChatMessageListResponse", "nextPageToken": f"t{end}", "items": items}
        return Answer(200, page | {"pollingIntervalMillis": self.interval})


def _tombstone(resource: Resource) -> Resource:
    kept = {name: resource["snippet"][name] for name in ("publishedAt",)}
    return {
        "kind": "youtube#liveChatMessage",
        "id": resource["id"],
        "snippet": kept | {"type": "tombstone"},
    }
