"""One conditional request to a feed, bounded in time and size; redirects are looked at one by one."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urljoin

import httpx2

from wall.feeds.common.client import USER_AGENT, Pinned, read_body, until_reset
from wall.feeds.common.fields import as_address, is_plain
from wall.feeds.common.problems import DEFAULT_LIMIT_WAIT, Passing
from wall.feeds.syndication.config import Times
from wall.feeds.syndication.memory import Seen, kept
from wall.feeds.syndication.problems import Lost, gone

MOST_HOPS = 5
"""Redirects that are followed for one request."""

_PERMANENT = frozenset({301, 308})
_REDIRECTS = _PERMANENT | {302, 303, 307}
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?([0-9]{1,9})", re.IGNORECASE)
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a feed answered. `body` None: it is as it was when it was last seen. `seen.pace` is what the
    headers say; the document may say more."""

    body: bytes | None
    content_type: str
    seen: Seen


class Fetcher:
    """The HTTP side of every feed of a source. Cookies are not kept, proxies not asked."""

    def __init__(self, times: Times) -> None:
        self._times = times
        self._clients = {plain: _client(times, loopback=plain) for plain in (False, True)}

    async def get(self, address: str, seen: Seen) -> Answer:
        """Ask for a feed, if it changed since it was seen. Raises Passing, FeedFatal for one that is gone,
        and what the transport raises."""
        try:
            async with asyncio.timeout(self._times.request):
                return await self._follow(address, seen)
        except TimeoutError:
            raise Passing("timeout", "It does not answer in time") from None

    async def aclose(self) -> None:
        """Close its connections. Safe to call twice."""
        for client in self._clients.values():
            await client.aclose()

    async def _follow(self, address: str, seen: Seen) -> Answer:
        at, moved, for_good = seen.moved or address, seen.moved, True
        for _ in range(MOST_HOPS + 1):
            client = self._clients[is_plain(at)]
            client.cookies.clear()
            headers = _conditions(seen) if seen.at == at else {}
            async with client.stream("GET", at, headers=headers) as answer:
                if answer.status_code not in _REDIRECTS:
                    return await _judged(answer, at, seen, moved)
                for_good = for_good and answer.status_code in _PERMANENT
                at = _next_hop(at, answer.headers.get("location", ""))
                moved = at if for_good else moved
        raise Lost("redirects", "It redirects in circles: give the address that its site names")


def _client(times: Times, *, loopback: bool) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        headers={"User-Agent": USER_AGENT, "Accept": _ACCEPT, "Accept-Encoding": "gzip"},
        transport=Pinned(loopback=loopback),
        timeout=times.request,
        follow_redirects=False,
        trust_env=False,
    )


def _conditions(seen: Seen) -> dict[str, str]:
    given = {"If-None-Match": seen.etag, "If-Modified-Since": seen.modified}
    return {name: value for name, value in given.items() if value}


def _next_hop(at: str, location: str) -> str:
    """Where a redirect leads, if that is a place to go. Raises Lost."""
    try:
        found = as_address(urljoin(at, location)) if location else ""
    except ValueError:
        found = ""
    if not found:
        message = "It redirects to an address that is not public or not by https, and is not followed there"
        raise Lost("bad_redirect", message)
    if is_plain(found) and not is_plain(at):
        raise Lost("bad_redirect", "It redirects from https to http, and is not followed there")
    return found


async def _judged(answer: httpx2.Response, at: str, seen: Seen, moved: str) -> Answer:
    """What an answer that is no redirect means. Raises Passing and FeedFatal."""
    status, headers = answer.status_code, answer.headers
    if status == 304 and seen.at == at:
        pace = max(seen.pace, _pace(headers))
        return Answer(None, "", replace(seen, moved=kept(moved), pace=pace))
    if status == 200:
        body = await read_body(answer)
        validators = _sendable(headers.get("etag", "")), _sendable(headers.get("last-modified", ""))
        now = Seen(*validators, at, kept(moved), _pace(headers))
        return Answer(body, headers.get("content-type", ""), now)
    raise _refusal(status, headers)


def _refusal(status: int, headers: Mapping[str, str]) -> Exception:
    if status == 410:
        return gone()
    if status == 429:
        return Passing(
            "rate_limited", "It was asked too often", wait=until_reset(headers) or DEFAULT_LIMIT_WAIT
        )
    if status == 503:
        return Passing("server_error", "It answers with status 503", wait=until_reset(headers))
    if status == 404:
        return Lost(
            "not_there", "There is nothing at this address (404): look at it in a browser and correct it"
        )
    if status in (401, 403):
        message = (
            f"It is not shown to strangers (status {status}): give the address of a feed that is public"
        )
        return Lost("not_public", message)
    return Passing("server_error", f"It answers with status {status}")


def _pace(headers: Mapping[str, str]) -> float:
    """Seconds for which an answer is fresh (RFC 9111): `max-age` less `Age`."""
    said = headers.get("cache-control", "")
    found = _MAX_AGE.search(said)
    if found is None or "no-cache" in said.lower() or "no-store" in said.lower():
        return 0.0
    age = headers.get("age", "")
    return max(0.0, float(found[1]) - (float(age) if age.isdecimal() and len(age) < 10 else 0.0))


def _sendable(value: str) -> str:
    """A validator that can be sent back as it came."""
    return kept(value) if value.isascii() and value.isprintable() else ""
