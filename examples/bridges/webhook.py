"""A client of Backchannel's signed webhook (docs/reference/webhook.md), for the bridges beside it.

It needs nothing but Python 3.11. Settings are of the environment: WALL is the address of the webhook, such
as https://wall.example.org/api/v1/events/summit/webhook; WALL_INTEGRATION and WALL_KEY are what was shown
when the integration was made.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import os
import random
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from typing import Any

Item = dict[str, Any]
"""A post as it is now, or that it was taken back."""

MOST_ITEMS = 100
MOST_BYTES = 200_000
"""A request holds at most so much, well below what the server takes."""
FRESH_SECONDS = 240
"""So long a request is sent again with the same signature; the server takes it for 300."""
LONGEST_PAUSE = 30.0


class Refused(Exception):
    """The wall will not take this request, however often it is sent; the message says why."""


class Unanswered(Exception):
    """The wall did not answer in time. Sending the same items again later makes nothing twice."""


class _TooMuch(Exception):
    """The items were refused as a whole: too long together, or not one that fits."""


class Wall:
    """One integration of one event."""

    def __init__(
        self, address: str, integration: str, key: str, *, pause: float = 1.0, timeout: float = 30.0
    ) -> None:
        """`pause`: seconds before the first time that something is sent again; it doubles. `timeout`: so
        many seconds an answer may take."""
        self._address = address
        self._integration = integration
        self._key = key
        self._pause = pause
        self._timeout = timeout

    @classmethod
    def of_environment(cls) -> Wall:
        """The wall of WALL, WALL_INTEGRATION and WALL_KEY. Raises KeyError."""
        return cls(os.environ["WALL"], os.environ["WALL_INTEGRATION"], os.environ["WALL_KEY"])

    def send(self, items: Sequence[Item], patience: float | None = None) -> list[Item]:
        """The answer to each item, once they are on the wall's disk.

        Waits while the wall is away, at most `patience` seconds where that is given. Raises Refused and
        Unanswered.
        """
        until = None if patience is None else time.monotonic() + patience
        return [answer for bunch in bunches(items) for answer in self._taken(bunch, until)]

    def _taken(self, items: Sequence[Item], until: float | None) -> list[Item]:
        try:
            return list(self._answered(_body(items), until)["items"])
        except _TooMuch as why:
            if len(items) == 1:
                return [{"error": {"code": str(why)}}]
            return [answer for item in items for answer in self._taken([item], until)]

    def _answered(self, body: bytes, until: float | None) -> dict[str, Any]:
        at, pause = 0, self._pause
        while True:
            if time.time() - at > FRESH_SECONDS:
                at = int(time.time())
            try:
                return self._once(body, at)
            except urllib.error.HTTPError as problem:
                wait = max(pause, _asked_to_wait(problem))
            except (OSError, http.client.HTTPException, ValueError):
                wait = pause
            if until is not None and time.monotonic() + wait > until:
                raise Unanswered
            time.sleep(wait * random.uniform(0.5, 1))  # noqa: S311 - so that bridges do not come together
            pause = min(2 * pause, LONGEST_PAUSE)

    def _once(self, body: bytes, at: int) -> dict[str, Any]:
        signature = f"t={at},k={self._integration},v1={sign(self._key, at, body)}"
        headers = {"Content-Type": "application/json", "Backchannel-Signature": signature}
        request = urllib.request.Request(self._address, body, headers)  # noqa: S310 - the operator's own
        with urllib.request.urlopen(request, timeout=self._timeout) as answer:  # noqa: S310
            said: dict[str, Any] = json.load(answer)
            return said


def sign(key: str, at: int, body: bytes) -> str:
    """The signature of a body at a time in unix seconds, in hex."""
    return hmac.new(key.encode(), b"%d.%s" % (at, body), hashlib.sha256).hexdigest()


def bunches(items: Sequence[Item]) -> Iterator[list[Item]]:
    """The items in order, as many together as one request may have."""
    bunch: list[Item] = []
    size = 0
    for item in items:
        length = len(_body([item]))
        if bunch and (len(bunch) == MOST_ITEMS or size + length > MOST_BYTES):
            yield bunch
            bunch, size = [], 0
        bunch.append(item)
        size += length
    if bunch:
        yield bunch


def _body(items: Sequence[Item]) -> bytes:
    return json.dumps({"items": list(items)}).encode()


def _asked_to_wait(problem: urllib.error.HTTPError) -> float:
    """Seconds to wait before this is sent again. Raises _TooMuch and Refused for what is not to be."""
    with problem:
        if problem.code in (413, 422):
            raise _TooMuch("too_large" if problem.code == 413 else "bad_input")
        if problem.code != 429 and problem.code < 500:
            raise Refused(_words_of(problem))
        waiting = problem.headers.get("Retry-After", "")
    return float(waiting) if waiting.isdecimal() else 0.0


def _words_of(problem: urllib.error.HTTPError) -> str:
    try:
        error = json.load(problem)["error"]
        return f"{error['message']} {error['remedy']}"
    except (ValueError, LookupError, TypeError):
        return f"The wall answered {problem.code}."
