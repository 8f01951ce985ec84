"""What can go wrong with YouTube, in words for an organiser, and when it is tried again."""

from __future__ import annotations

from wall.errors import FeedFatal
from wall.feeds.common.problems import Passing, fatal, of_transport, wait_after

HOW_TO_GET_ONE = (
    "make an API key in the Google Cloud console (APIs & Services → Credentials) in a project in which the "
    "YouTube Data API v3 is enabled, and enter the settings of this feed again."
)

_REFUSED = frozenset({"keyInvalid", "keyExpired", "API_KEY_INVALID", "API_KEY_EXPIRED", "authError"})
_RESTRICTED = frozenset(
    {
        "ipRefererBlocked",
        "API_KEY_IP_ADDRESS_BLOCKED",
        "API_KEY_HTTP_REFERRER_BLOCKED",
        "API_KEY_SERVICE_BLOCKED",
        "API_KEY_ANDROID_APP_BLOCKED",
        "API_KEY_IOS_APP_BLOCKED",
    }
)
_OFF = frozenset({"accessNotConfigured", "SERVICE_DISABLED"})
_SPENT = frozenset({"quotaExceeded", "dailyLimitExceeded"})
_TOO_OFTEN = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"})
_TOKENS = frozenset({"pageTokenInvalid", "invalidPageToken", "INVALID_PAGE_TOKEN"})


class Spent(Exception):
    """The units of today are used up, by whomever."""


class PageGone(Exception):
    """The place up to which a chat was read is not known there any more."""


class ChatOver(Exception):
    """A chat cannot be read: it ended, was switched off, or is another one now. The video says which."""


class NotOpen(Exception):
    """The chat is for members or otherwise not for everybody."""


Refusal = FeedFatal | Spent | PageGone | ChatOver | NotOpen | Passing


def refused(status: int, reasons: frozenset[str]) -> Refusal:
    """What the API's own reasons mean. Those that are not known may pass."""
    if reasons & _SPENT:
        return Spent()
    if reasons & _TOO_OFTEN:
        return Passing("rate_limited", "It was asked too often")
    if reasons & _TOKENS:
        return PageGone()
    if reasons & {"liveChatEnded", "liveChatDisabled", "liveChatNotFound"}:
        return ChatOver()
    if known := _of_key(reasons):
        return known
    if "forbidden" in reasons:
        return NotOpen()
    return Passing("server_error", f"It answers with status {status}")


def _of_key(reasons: frozenset[str]) -> FeedFatal | None:
    if reasons & _REFUSED:
        message = f"Its key (the API token) was revoked or is wrong: {HOW_TO_GET_ONE}"
        return fatal("token_refused", message, HOW_TO_GET_ONE)
    if reasons & _RESTRICTED:
        remedy = (
            "in the Google Cloud console, let the key (the API token) be used from this server's address "
            "and for the YouTube Data API v3, then resume the feed."
        )
        return fatal("key_restricted", f"Its key may not be used from here: {remedy}", remedy)
    if reasons & _OFF:
        remedy = (
            "enable the YouTube Data API v3 in the Google Cloud project of the key (the API token), then "
            "resume the feed."
        )
        return fatal("api_off", f"The API is not enabled for its key: {remedy}", remedy)
    return None


def not_live() -> FeedFatal:
    """The video is no live stream."""
    remedy = (
        "give the address of the live stream that has the chat, and enter the settings of this feed again."
    )
    return fatal("not_live", f"This video is no live stream: {remedy}", remedy)


def understood(problem: BaseException) -> Passing | FeedFatal | None:
    """What a problem means; None for what is no trouble of a network but a fault of the program."""
    if isinstance(problem, Passing | FeedFatal):
        return problem
    return of_transport(problem)


def retry_after(
    problem: BaseException, attempt: int, first: float = 2.0, longest: float = 60.0
) -> float | None:
    """Seconds until the next try after `attempt` (from 1) failed in a row; None: fatal.

    | what happened | answer |
    |---|---|
    | the key is invalid, expired or restricted; the API is not enabled for it | fatal |
    | the video is no live stream | fatal |
    | quotaExceeded, or the feed's own units are used up | at midnight Pacific time |
    | rateLimitExceeded, 429 | Retry-After, else 2..60 s |
    | no such video, no chat yet, chat switched off, members only | looks again every minute |
    | liveChatEnded, chatEndedEvent | the video is asked: the feed is done, or goes on with its chat |
    | a page token that is not known any more | goes on from the newest, and says what may be missing |
    | 5xx, other 4xx, HTML in place of JSON, an answer too large, a redirect | 2..60 s |
    | no name, no public address, no TLS, a time-out, a cut connection | 2..60 s |
    | anything else | fatal: it is a fault of the program |
    """
    known = understood(problem)
    return wait_after(known, attempt, first, longest) if isinstance(known, Passing) else None
