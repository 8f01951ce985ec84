"""What can go wrong with a homeserver, in words for an organiser, and when it is tried again."""

from __future__ import annotations

from wall.errors import FeedFatal
from wall.feeds.common.problems import Passing, fatal, of_transport, wait_after

HOW_TO_GET_ONE = (
    "sign in as the account of the event, copy its access token (in Element: All settings → Help & About → "
    "Advanced), and enter the settings of this feed again. Signing out there ends the token."
)

_ENDED = frozenset({"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN"})
_OF_THE_ACCOUNT = frozenset({401, 403, 429})
_LOCKED = frozenset({"M_USER_LOCKED", "M_USER_DEACTIVATED", "M_USER_SUSPENDED"})


class Refused(Exception):
    """The homeserver answered in the words of the API that it will not. `code` is its `errcode`."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.code = code

    @property
    def is_absent(self) -> bool:
        """Whether what was asked for is not there, or not for this account to see."""
        return self.status == 404 and self.code != "M_UNRECOGNIZED"


class NoData(Passing):
    """A page in place of data, mostly of a proxy. `status` is its status."""

    def __init__(self, status: int) -> None:
        super().__init__("no_data", "It answers with a page in place of data")
        self.status = status


def is_of_one_event(problem: Exception) -> bool:
    """Whether an answer to the question for one event says nothing of the homeserver: 4xx, but for those
    that are about the account and its limits; too large."""
    if isinstance(problem, Refused | NoData):
        return 400 <= problem.status < 500 and problem.status not in _OF_THE_ACCOUNT
    return isinstance(problem, Passing) and problem.code == "too_large"


def is_maybe_of_one_event(problem: Exception) -> bool:
    """Whether a problem that stays with one event while others pass is one of that event."""
    known = understood(problem)
    return isinstance(known, Passing) and known.code != "rate_limited"


def refused(status: int, code: str, *, soft: bool) -> FeedFatal | Refused:
    """What an `errcode` means. `soft`: the token has run out and the session has not (`soft_logout`)."""
    if code in _ENDED and soft:
        message = f"Its access token has run out: {HOW_TO_GET_ONE}"
        return fatal("token_expired", message, HOW_TO_GET_ONE)
    if code in _ENDED:
        message = f"Its access token was revoked or is wrong: {HOW_TO_GET_ONE}"
        return fatal("token_refused", message, HOW_TO_GET_ONE)
    if code in _LOCKED:
        remedy = "ask who runs the homeserver, or take the token of another account."
        return fatal("account_locked", f"The account of its token is locked there: {remedy}", remedy)
    return Refused(status, code)


def no_api() -> FeedFatal:
    """There is no client API at the host."""
    remedy = (
        "give the host of its client API, which is the base_url in https://…/.well-known/matrix/client of "
        "the server's name."
    )
    return fatal("no_api", f"There is no Matrix server at this host: {remedy}", remedy)


def understood(problem: BaseException) -> Passing | FeedFatal | None:
    """What a problem means; None for what is no trouble of a network but a fault of the program."""
    if isinstance(problem, Passing | FeedFatal):
        return problem
    if isinstance(problem, Refused):
        return Passing("server_error", f"It answers with status {problem.status}")
    return of_transport(problem)


def retry_after(
    problem: BaseException, attempt: int, first: float = 1.0, longest: float = 60.0
) -> float | None:
    """Seconds until the next try after `attempt` (from 1) failed in a row; None: fatal.

    | what happened | answer |
    |---|---|
    | M_UNKNOWN_TOKEN, M_MISSING_TOKEN: revoked, signed out, run out (`soft_logout`) | fatal |
    | M_USER_LOCKED, M_USER_DEACTIVATED, M_USER_SUSPENDED | fatal |
    | no client API at the host (404, M_UNRECOGNIZED for its versions) | fatal |
    | M_LIMIT_EXCEEDED | `retry_after_ms` or Retry-After, else 60 s; at most 15 minutes |
    | a room that is not there, not open or encrypted | said of that room; asked again every minute |
    | 4xx but 401, 403, 429 for one event, or an answer too large | that event is left out and counted |
    | 5xx, other refusals, HTML in place of JSON, an answer too large, a redirect | 1..60 s |
    | no name, no public address, no TLS, a time-out, a cut connection | 1..60 s |
    | anything else | fatal: it is a fault of the program |
    """
    known = understood(problem)
    return wait_after(known, attempt, first, longest) if isinstance(known, Passing) else None
