"""What the fake Bluesky answers over XRPC: its AppView, and the service where its accounts sign in.

`websockets` serves GET alone, so a procedure (POST) is answered by `tests.world.bluesky_posting`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from websockets.datastructures import Headers
from websockets.http11 import Response

if TYPE_CHECKING:
    from tests.world.bluesky import FakeBluesky, Record

HTML_502 = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
AT_ONCE = 25
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Answer:
    """An HTTP answer that a test wants: bytes, or something to be sent as JSON."""

    status: int
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def error(status: int, name: str, message: str = "no") -> Answer:
    """An error in the API's own words."""
    return Answer(status, {"error": name, "message": message})


class Api:
    """The XRPC side, over the world's attributes as they are now."""

    def __init__(self, on: FakeBluesky) -> None:
        self.on = on

    def answered(self, path: str, query: dict[str, list[str]], token: str) -> Answer:
        """A query's answer."""
        if self.on.allowance is not None:
            if self.on.allowance <= 0:
                return error(429, "RateLimitExceeded")
            self.on.allowance -= 1
        match path.removeprefix("/xrpc/"):
            case "app.bsky.actor.getProfiles":
                return self._profiles(query.get("actors", []))
            case "app.bsky.feed.getPosts":
                return self._posts(query.get("uris", []))
            case "app.bsky.feed.searchPosts":
                return self._search(query, token)
            case "com.atproto.repo.getRecord":
                return self._record(query)
        return (
            error(501, "MethodNotImplemented") if path.startswith("/xrpc/") else Answer(404, b"not found")
        )

    def limits(self) -> dict[str, str]:
        """The headers of a rate limit."""
        if self.on.allowance is None:
            return {}
        reset = datetime.now(UTC) + timedelta(seconds=1)
        left = max(0, self.on.allowance)
        said = {"RateLimit-Remaining": str(left), "RateLimit-Reset": str(int(reset.timestamp()))}
        return said | {"RateLimit-Limit": "3000", "RateLimit-Policy": "3000;w=300"}

    def _profiles(self, dids: list[str]) -> Answer:
        if not 0 < len(dids) <= AT_ONCE:
            return error(400, "InvalidRequest")
        if any(not did.startswith("did:plc:") for did in dids):
            return error(400, "InvalidRequest", "Error: actors must be a valid did or a handle")
        return Answer(200, {"profiles": [self._profile(did, 12) for did in dids if self._is_shown(did)]})

    def _is_shown(self, did: str) -> bool:
        return did in self.on.accounts and self.on.accounts[did].shown

    def _profile(self, did: str, followers: int | None = None) -> dict[str, Any]:
        who = self.on.accounts[did]
        view = {
            "did": did,
            "handle": who.handle,
            "displayName": who.name,
            "avatar": f"https://cdn.bsky.example/img/avatar/plain/{did}/bafkrei@jpeg",
            "labels": who.labels,
        }
        return view | ({} if followers is None else {"followersCount": followers})

    def _posts(self, uris: list[str]) -> Answer:
        if not 0 < len(uris) <= AT_ONCE:
            return error(400, "InvalidRequest")
        found = [self.on.posts[uri] for uri in uris if uri in self.on.posts and not self.on.lost]
        return Answer(200, {"posts": [self._view(one) for one in found if self._has(one)]})

    def _has(self, post: Record) -> bool:
        return post.indexed and self._is_shown(post.did)

    def _view(self, post: Record) -> dict[str, Any]:
        view = {
            "uri": post.uri,
            "cid": post.cid,
            "author": self._profile(post.did),
            "record": post.record,
            "indexedAt": post.record["createdAt"],
            "labels": post.labels,
        }
        return view | ({"embed": post.embed} if post.embed else {})

    def _search(self, query: dict[str, list[str]], token: str) -> Answer:
        if not token:
            return Answer(403, b"<html>403 Forbidden</html>")
        refusal = self._refused(token)
        if refusal is not None:
            return refusal
        tag = query["tag"][0]
        every = [*self.on.posts.values(), *(self.on.deleted.values() if self.on.reviving else ())]
        found = [one for one in every if self._has(one) and tag in _tags(one)]
        found.sort(key=lambda one: one.rkey, reverse=True)
        start, limit = int(query.get("cursor", ["0"])[0]), int(query["limit"][0])
        said: dict[str, Any] = {"posts": [self._view(one) for one in found[start : start + limit]]}
        return Answer(200, said | ({"cursor": str(start + limit)} if len(found) > start + limit else {}))

    def _refused(self, token: str) -> Answer | None:
        if token not in self.on.tokens:
            return error(400, "ExpiredToken", "Token has expired")
        return None

    def _record(self, query: dict[str, list[str]]) -> Answer:
        uri = f"at://{query['repo'][0]}/{query['collection'][0]}/{query['rkey'][0]}"
        if uri not in self.on.posts:
            return error(400, "RecordNotFound")
        return Answer(200, {"uri": uri, "value": self.on.posts[uri].record})


def _tags(post: Record) -> set[str]:
    beside = [tag for tag in post.record.get("tags", ()) if isinstance(tag, str)]
    marked = [
        feature.get("tag", "")
        for facet in post.record.get("facets", ())
        for feature in facet.get("features", ())
    ]
    return {tag.lower() for tag in (*beside, *marked)}


def as_json(value: Any) -> str:
    """JSON as it goes over the wire: lone surrogates escaped, as no other text can be UTF-8."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def response(answer: Answer, headers: Mapping[str, str]) -> Response:
    """An answer as `websockets` sends it."""
    raw = isinstance(answer.body, bytes)
    body = answer.body if raw else as_json(answer.body).encode()
    kind = "text/html" if raw else "application/json; charset=utf-8"
    given = {"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"}
    return Response(answer.status, "Said", Headers({**given, **headers, **answer.headers}), body)
