"""What one server of the fake Mastodon answers over REST, as 4.2 to 4.6 do."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from websockets.datastructures import Headers
from websockets.http11 import Response

from tests.world.mastodon_answers import HTML_502, Answer, Status
from tests.world.mastodon_owner import owners_answer

__all__ = ["HTML_502", "Answer", "Status"]

if TYPE_CHECKING:
    from tests.world.mastodon import FakeInstance

LONGEST_PAGE = 40
AT_ONCE = 20
_SURROGATE = re.compile("[\ud800-\udfff]")


Handler = Callable[[str, dict[str, list[str]], str | None], Answer]
"""(what the path names, the query, the token) -> the answer."""


class Api:
    """The REST side of one instance, over its attributes as they are now."""

    def __init__(self, on: FakeInstance) -> None:
        self.on = on

    def refused_stream(self, token: str | None, query: dict[str, list[str]]) -> Answer | None:
        if self.on.refused_streams is not None:
            return self.on.refused_streams
        if not self.on.flavour.streams:
            return Answer(404, HTML_502)
        if self.on.flavour.in_address and not (query.get("stream") and query.get("tag")):
            return Answer(404, b"")
        if token in self.on.tokens and token not in self.on.app_tokens:
            return None
        said = "Invalid access token" if token else "Missing access token"
        return Answer(401, {"error": said}, {"X-Error-Message": said})

    def answered(self, path: str, query: dict[str, list[str]], token: str | None) -> Answer:
        wanted = self.on.failing(path)
        if wanted is not None:
            return wanted
        if self.on.allowance is not None:
            if self.on.allowance <= 0:
                return Answer(429, {"error": "Too many requests"})
            self.on.allowance -= 1
        if token is not None and token not in self.on.tokens:
            if self.on.flavour.token_checked:
                return Answer(401, {"error": "The access token is invalid"})
            token = None
        return self._strict(query) or owners_answer(self.on, path, token) or self._found(path, query, token)

    def _strict(self, query: dict[str, list[str]]) -> Answer | None:
        wrong = self.on.flavour.strict and any("" in values for values in query.values())
        return Answer(400, {"error": "Invalid integer. Got: string."}) if wrong else None

    def _found(self, path: str, query: dict[str, list[str]], token: str | None) -> Answer:
        for pattern, handler in self._routes().items():
            match = re.fullmatch(pattern, path)
            if match:
                return handler(match[1] if match.groups() else "", query, token)
        return Answer(404, {"error": "Not Found"})

    def _routes(self) -> dict[str, Handler]:
        routes = {
            r"/api/v1/instance": self._instance_v1,
            r"/api/v2/instance": self._instance_v2,
            r"/api/v1/timelines/tag/([^/]+)": self._timeline,
            r"/api/v1/tags/([^/]+)": self._tag,
            r"/api/v1/statuses/([^/]+)": self._one,
        }
        return routes | ({r"/api/v1/statuses": self._several} if self._listed_by() else {})

    def _listed_by(self) -> str | None:
        return "id[]" if self._at_least(4, 3) else self.on.flavour.listed_by

    def _instance_v1(self, *_: Any) -> Answer:
        urls = {"streaming_api": self._ws()} if self.on.flavour.streams else {}
        return Answer(200, {"uri": self.on.host, "version": self._version(), "urls": urls})

    def _instance_v2(self, *_: Any) -> Answer:
        if self.on.flavour.v2 != 200:
            return Answer(
                self.on.flavour.v2, HTML_502 if self.on.flavour.v2 > 499 else {"error": "Not Found"}
            )
        configuration: dict[str, Any] = {"urls": {"streaming": self._ws()}}
        if self._at_least(4, 5):
            remote = self.on.remote_access or self.on.access
            configuration["timelines_access"] = {
                "hashtag_feeds": {"local": self.on.access, "remote": remote}
            }
        said = {"domain": self.on.host, "version": self._version(), "configuration": configuration}
        return Answer(200, said | {"source_url": self.on.flavour.source})

    def _version(self) -> str:
        return self.on.flavour.version or self.on.version

    def _tag(self, tag: str, _query: dict[str, list[str]], _token: str | None) -> Answer:
        """A hashtag with its last seven days, newest first; numbers are texts, as Mastodon sends them."""
        uses = self.on.uses.get(folded(tag), 0)
        history = [
            {"day": str(86_400 * day), "uses": str(uses), "accounts": "1"} for day in range(7, 0, -1)
        ]
        return Answer(200, {"name": tag, "url": "", "history": history})

    def _timeline(self, tag: str, query: dict[str, list[str]], token: str | None) -> Answer:
        refusal = self._refused(token)
        if refusal is not None:
            return refusal
        limit = min(int(query.get("limit", ["20"])[0]), LONGEST_PAGE)
        page = self._page(self._tagged(folded(tag), query, token), query, limit)
        body = [self.status(status) for status in page]
        if not body:
            return Answer(200, body)
        base = f"http://{self.on.host}/api/v1/timelines/tag/{tag}"
        links = (
            f'<{base}?max_id={body[-1]["id"]}>; rel="next"',
            f'<{base}?min_id={body[0]["id"]}>; rel="prev"',
        )
        return Answer(200, body, {"Link": ", ".join(links)})

    def _tagged(self, tag: str, query: dict[str, list[str]], token: str | None) -> list[Status]:
        """The visible posts of a hashtag, by id, the oldest first."""
        local = query.get("local", [""])[0] == "true" or self.on.remote_access == "disabled"
        found = (self.on.world.statuses[uri] for uri in self.on.ids)
        kept = (
            status
            for status in found
            if tag in {folded(one) for one in status.tags}
            and self._has(status, listed=True)
            and is_public(status)
            and (status.home == self.on.number or not local)
            and (token is None or self.on.owner.sees(status, self.on))
        )
        return sorted(kept, key=lambda status: _order(self.on.ids[status.uri]))

    def _page(self, found: list[Status], query: dict[str, list[str]], limit: int) -> list[Status]:
        def bound(name: str) -> tuple[int, str] | None:
            return _order(query[name][0]) if name in query else None

        def id_of(status: Status) -> tuple[int, str]:
            return _order(self.on.ids[status.uri])

        low, since, high = bound("min_id"), bound("since_id"), bound("max_id")
        found = [status for status in found if high is None or id_of(status) < high]
        if low is not None:
            return [status for status in found if id_of(status) > low][:limit][::-1]
        return [status for status in found if since is None or id_of(status) > since][-limit:][::-1]

    def _one(self, local_id: str, _query: dict[str, list[str]], token: str | None) -> Answer:
        found = [uri for uri, known in self.on.ids.items() if known == local_id]
        if not found or not self._has(self.on.world.statuses[found[0]]):
            return Answer(404, {"error": "Record not found"})
        return Answer(200, self.status(self.on.world.statuses[found[0]]))

    def _several(self, _: str, query: dict[str, list[str]], token: str | None) -> Answer:
        ids = query.get(self._listed_by() or "", [])
        if not ids:
            return Answer(400, {"error": "Missing field: ids."})
        if len(ids) > AT_ONCE:
            return Answer(422, {"error": "Validation failed"})
        uris = {local_id: uri for uri, local_id in self.on.ids.items()}
        found = (self.on.world.statuses[uris[one]] for one in ids if one in uris)
        return Answer(200, [self.status(status) for status in found if self._has(status)])

    def _has(self, status: Status, *, listed: bool = False) -> bool:
        if self.on.lost:
            return False
        return status.uri not in self.on.removed or (listed and self.on.reviving)

    def _refused(self, token: str | None) -> Answer | None:
        """Why a timeline is not shown to this token."""
        if token is not None and not {"read", "read:statuses"} & self.on.tokens[token]:
            return Answer(403, {"error": "This action is outside the authorized scopes"})
        if token is None and not self.on.flavour.strangers:
            return Answer(401, {"error": "Unauthorized"})
        if self.on.access == "public" or (self.on.access == "authenticated" and token is not None):
            return None
        status = 401 if self._at_least(4, 5) else 422
        return Answer(status, {"error": "This method requires an authenticated user"})

    def limits(self) -> dict[str, str]:
        now = datetime.now(UTC)
        left = 299 if self.on.allowance is None else max(0, self.on.allowance)
        return {
            "Date": format_datetime(now, usegmt=True),
            "X-RateLimit-Limit": "300",
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": (now + timedelta(seconds=self.on.reset_in))
            .isoformat()
            .replace("+00:00", "Z"),
        }

    def _ws(self) -> str:
        return self.on.stream_url or f"ws://{self.on.host}"

    def _at_least(self, *wanted: int) -> bool:
        """Whether this is a Mastodon of at least this version."""
        if self.on.flavour.version is not None:
            return False
        return tuple(int(part) for part in self.on.version.split(".")[:2]) >= wanted

    def status(self, status: Status) -> dict[str, Any]:
        """A post as this server's API writes it."""
        home = self.on.world.instances[status.home].host
        local = status.home == self.on.number
        account_url = f"http://{home}/@{status.user}"
        edited = stamp(status.edited_at) if status.edited_at else None
        return {
            "id": self.on.ids[status.uri],
            "created_at": stamp(status.created_at),
            "in_reply_to_id": None,
            "sensitive": False,
            "spoiler_text": "",
            "visibility": "public",
            "language": "en",
            "uri": status.uri,
            "url": f"{account_url}/{status.uri.rpartition('/')[2]}",
            "edited_at": edited,
            "content": status.content,
            "reblog": None,
            "account": {
                "id": str(1000 + self.on.number),
                "username": status.user,
                "acct": status.user if local else f"{status.user}@{home}",
                "display_name": status.user.title(),
                "url": account_url,
                "uri": f"http://{home}/users/{status.user}",
                "avatar_static": f"http://{self.on.host}/avatars/original/missing.png",
                "followers_count": 3,
                "bot": False,
                "noindex": False,
                "emojis": [],
            },
            "media_attachments": [],
            "mentions": [],
            "tags": [{"name": tag, "url": f"http://{self.on.host}/tags/{tag}"} for tag in status.tags],
            "emojis": [],
            "poll": None,
            "quote": None,
        } | status.more


def _order(local_id: str) -> tuple[int, str]:
    return len(local_id), local_id


@cache
def folded(tag: str) -> str:
    """A hashtag as Mastodon compares it: NFKC, lower case, no accents."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", tag).lower())
    return "".join(char for char in plain if char.isalnum() or char == "_")


def is_public(status: Status) -> bool:
    """Whether hashtag timelines and streams have a post."""
    return status.more.get("visibility", "public") == "public" and not status.more.get("reblog")


def as_json(value: Any) -> str:
    """JSON with text as it is, as Mastodon sends it; a lone surrogate needs its escape."""
    text = json.dumps(value, ensure_ascii=False)
    return json.dumps(value) if _SURROGATE.search(text) else text


def stamp(moment: datetime) -> str:
    """A time as Mastodon writes it."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def response(answer: Answer, limits: Mapping[str, str]) -> Response:
    """The bytes of an answer: JSON, or a page where the body is bytes."""
    is_bytes = isinstance(answer.body, bytes)
    body = answer.body if is_bytes else as_json(answer.body).encode()
    kind = "text/html" if is_bytes else "application/json; charset=utf-8"
    headers = {"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"}
    return Response(answer.status, "-", Headers({**limits, **headers, **answer.headers}), body)
