"""What can go wrong between a feed and a server of any network: what passes, and when to try again."""

from __future__ import annotations

import random
import ssl

import httpx2
from websockets.exceptions import WebSocketException

from wall.errors import FeedFatal

DEFAULT_LIMIT_WAIT = 60.0
"""Seconds to wait after a refusal for asking too often that does not say how long."""


class Passing(Exception):
    """A problem that may pass by itself. `wait`: seconds that the server asked for."""

    def __init__(self, code: str, message: str, *, wait: float | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.wait = wait


def fatal(code: str, message: str, remedy: str) -> FeedFatal:
    """A problem that needs an organiser. `details["problem"]` is its code."""
    return FeedFatal(message, remedy=remedy[:1].upper() + remedy[1:], problem=code)


def of_transport(problem: BaseException) -> Passing | None:
    """What a problem of a connection means; None for what is no trouble of a connection."""
    if isinstance(problem, httpx2.TimeoutException | TimeoutError):
        return Passing("timeout", "It does not answer in time")
    if _is_tls(problem):
        return Passing("tls", "Its certificate cannot be verified")
    if isinstance(problem, httpx2.RequestError | OSError):
        return Passing("unreachable", "It cannot be reached")
    if isinstance(problem, WebSocketException):
        return Passing("stream_lost", "Its stream broke off")
    return None


def wait_after(known: Passing, attempt: int, first: float, longest: float) -> float:
    """Seconds until the next try after `attempt` (from 1) failed in a row: what the server asked for, or
    drawn between `first` and `first * 2**attempt`, and never over `longest`."""
    if known.wait is not None:
        return known.wait
    return random.uniform(first, max(first, min(longest, first * 2.0 ** min(attempt, 16))))  # noqa: S311


def _is_tls(problem: BaseException | None) -> bool:
    while problem is not None:
        if isinstance(problem, ssl.SSLError):
            return True
        problem = problem.__cause__ or problem.__context__
    return False
