"""Replies by a Mastodon account: found where they answer, posted once, or refused in a code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx2

from wall.feeds.base import Posted, ReplyLater, ReplyRefused
from wall.feeds.common.problems import Passing
from wall.feeds.common.told import fingerprint
from wall.feeds.kin.config import InstanceConfig, MastodonConfig, Times
from wall.feeds.kin.cursor import Place
from wall.feeds.kin.recheck import own_id
from wall.feeds.kin.rest import Rest
from wall.model import Post

_REFUSALS = {
    401: "token_refused",
    403: "scope_missing",
    404: "post_gone",
    410: "post_gone",
    422: "not_taken",
}
"""What a status of the API means for a reply."""


class MastodonReplier:
    """Posts replies with the token of one instance: that where the post was written, else the first."""

    def __init__(self, config: MastodonConfig, cursor: str | None, times: Times) -> None:
        """`config` has an instance with a token; `cursor` is the feed's, which knows local ids."""
        self._instances = tuple(one for one in config.instances if one.token)
        self._place = Place(cursor)
        self._times = times

    async def reply(self, to: Post, words: str, key: str, lang: str | None = None) -> Posted:
        """Answer a post in public, not listed in hashtags; `key` makes a second try the same reply.

        Its author is named at the beginning, without which they would not hear of it. Raises ReplyLater
        for what may pass, ReplyRefused for what will not.
        """
        instance = _best(self._instances, to.key)
        rest = Rest(instance, self._times)
        try:
            status = await self._found(rest, instance, to.key)
            said = {"status": _addressed(status, words), "in_reply_to_id": str(status["id"])}
            said |= {"visibility": "unlisted"} | ({"language": lang} if lang else {})
            posted = await _asked(rest, "POST", "/api/v1/statuses", said, key)
        finally:
            await rest.aclose()
        url = posted.get("url") or posted.get("uri")
        return Posted(str(url) if isinstance(url, str) else "")

    async def _found(self, rest: Rest, instance: InstanceConfig, uri: str) -> dict[str, Any]:
        """The post as this instance has it, with its local id there."""
        known = own_id(uri, instance.name) or self._place.ids(instance.name).get(fingerprint(uri))
        if known is not None:
            return await _asked(rest, "GET", f"/api/v1/statuses/{known}")
        wanted = {"q": uri, "type": "statuses", "resolve": "true", "limit": "1"}
        found = await _asked(rest, "GET", "/api/v2/search", wanted)
        listed = found.get("statuses")
        if not isinstance(listed, list) or not listed or not isinstance(listed[0], dict):
            raise ReplyRefused("post_gone")
        return listed[0]


def _best(instances: Sequence[InstanceConfig], uri: str) -> InstanceConfig:
    at_home = (one for one in instances if own_id(uri, one.name) is not None)
    return next(at_home, instances[0])


def _addressed(status: dict[str, Any], words: str) -> str:
    account = status.get("account")
    acct = account.get("acct") if isinstance(account, dict) else None
    if not isinstance(acct, str) or not acct or "id" not in status:
        raise ReplyRefused("post_gone")
    return f"@{acct} {words}"


async def _asked(
    rest: Rest, method: str, path: str, said: dict[str, str] | None = None, key: str = ""
) -> dict[str, Any]:
    """The JSON object of one request. Raises ReplyLater and ReplyRefused."""
    try:
        status, body = await rest.send(method, path, said, key)
    except Passing as problem:
        raise ReplyLater(problem.code, problem.wait) from problem
    except (httpx2.RequestError, OSError) as problem:
        raise ReplyLater("unreachable") from problem
    if status in _REFUSALS:
        raise ReplyRefused(_REFUSALS[status])
    if status != 200 or not isinstance(body, dict):
        raise ReplyLater("server_error")
    return body
