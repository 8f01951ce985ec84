"""What can go wrong with Bluesky, in words for an organiser, and when it is tried again."""

from __future__ import annotations

from websockets.exceptions import InvalidStatus

from wall.errors import FeedFatal
from wall.feeds.common.problems import DEFAULT_LIMIT_WAIT, Passing, of_transport, wait_after

HOW_TO_GET_ONE = (
    "make an app password under Settings → Privacy and security → App passwords there, and give it "
    "with the handle in a new feed."
)


class StreamEnded(Passing):
    """Jetstream said its last word on a connection."""

    def __init__(self) -> None:
        super().__init__("stream_lost", "Its stream broke off")


class NoJetstream(Passing):
    """There is no Jetstream at the path that was tried."""


class PasswordRefused(Exception):
    """The app password was revoked or is wrong: nothing is searched, and no reply is posted."""

    code = "password_refused"
    message = f"Its app password (a token) was refused; posts still come by the stream. {HOW_TO_GET_ONE}"


class Refused(Exception):
    """The API answered in its own words that it will not. `status` is HTTP's, `error` the API's code."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(f"status {status} {error}")
        self.status = status
        self.error = error


def understood(problem: BaseException) -> Passing | FeedFatal | None:
    """What a problem means; None for what is no trouble of a network but a fault of the program."""
    if isinstance(problem, Passing | FeedFatal):
        return problem
    if isinstance(problem, InvalidStatus):
        return _stream_status(problem.response.status_code)
    if isinstance(problem, Refused):
        return Passing("server_error", f"It answers with status {problem.status}")
    return of_transport(problem)


def retry_after(
    problem: BaseException, attempt: int, first: float = 1.0, longest: float = 60.0
) -> float | None:
    """Seconds until the next try after `attempt` (from 1) failed in a row; None: fatal.

    | what happened | answer |
    |---|---|
    | an app password is refused, in the middle of an event too | not tried again; the stream goes on |
    | 429 | until RateLimit-Reset or Retry-After, else 60 s; at most 15 minutes |
    | a host without Jetstream, a host that is elsewhere | the next host; 1..60 s |
    | 5xx, other 4xx, HTML in place of JSON, a body too large | the next host; 1..60 s |
    | no name, no public address, no TLS, a time-out, silence, a cut stream | the next host; 1..60 s |
    | an author whom the AppView does not show | their post is asked for again 4 times, then left out |
    | anything else | fatal: it is a fault of the program |

    Nothing of Bluesky needs an organiser before posts can come: it is read without an account.
    """
    known = understood(problem)
    return wait_after(known, attempt, first, longest) if isinstance(known, Passing) else None


def _stream_status(status: int) -> Passing:
    if status in (404, 405, 410, 501):
        return NoJetstream("no_jetstream", "There is no Jetstream at this host: check the feed's hosts")
    if status == 429:
        return Passing("rate_limited", "It was asked too often", wait=DEFAULT_LIMIT_WAIT)
    if status in (401, 403):
        return Passing("stream_refused", "It does not let us read its stream")
    return Passing("server_error", f"Its stream answers with status {status}")
