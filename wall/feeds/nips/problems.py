"""What can go wrong with a Nostr relay, in words for an organiser, and when it is tried again."""

from __future__ import annotations

from websockets.exceptions import ConnectionClosed, InvalidStatus

from wall.errors import FeedFatal
from wall.feeds.common.problems import DEFAULT_LIMIT_WAIT, Passing, of_transport, wait_after
from wall.hygiene import tidy_line

REFUSED_WAIT = 300.0
"""Seconds until a relay that does not let strangers read is tried again."""
SAID_LIMIT = 200
"""Code points of what a relay said that are repeated to an organiser."""

_TOO_BIG = 1009
"""The websocket's close code for a message that is longer than we take (RFC 6455)."""
_REFUSED = {
    "auth-required": (
        "account_wanted",
        "It wants readers to sign in with a key, and feeds have none",
    ),
    "restricted": ("account_wanted", "It lets only its members read"),
    "blocked": ("blocked", "It does not let us read"),
    "unsupported": ("unsupported", "It does not know what it is asked: posts with a hashtag"),
    "invalid": ("unsupported", "It does not know what it is asked: posts with a hashtag"),
}
"""What a relay answers in place of posts (NIP-01, NIP-42), by the word before the colon."""


def understood(problem: BaseException) -> Passing | FeedFatal | None:
    """What a problem means; None for what is no trouble of a network but a fault of the program."""
    if isinstance(problem, Passing | FeedFatal):
        return problem
    if isinstance(problem, InvalidStatus):
        return _status(problem.response.status_code)
    if isinstance(problem, ConnectionClosed) and problem.sent is not None and problem.sent.code == _TOO_BIG:
        return Passing(
            "too_large", "It sends a message that is too large: another relay may leave that out"
        )
    return of_transport(problem)


def retry_after(
    problem: BaseException, attempt: int, first: float = 1.0, longest: float = 60.0
) -> float | None:
    """Seconds until the next try after `attempt` (from 1) failed in a row; None: fatal.

    | what happened | answer |
    |---|---|
    | CLOSED "auth-required:", "restricted:", "blocked:", "unsupported:", "invalid:" | again in 5 minutes |
    | CLOSED "rate-limited:", 429 | again in a minute |
    | CLOSED "error:" or anything else, 5xx, other 4xx, no websocket | 1..60 s |
    | no name, no public address, no TLS, a time-out, silence, a cut stream | 1..60 s |
    | anything else | fatal: it is a fault of the program |

    Nothing of Nostr needs an organiser before posts can come: another relay may have them.
    """
    known = understood(problem)
    return wait_after(known, attempt, first, longest) if isinstance(known, Passing) else None


def closed(said: str) -> Passing:
    """Why a relay ended a subscription, from the text of its CLOSED."""
    word, _, rest = said.partition(":")
    if word == "rate-limited":
        return Passing("rate_limited", "It was asked too often", wait=DEFAULT_LIMIT_WAIT)
    if word in _REFUSED:
        code, message = _REFUSED[word]
        return Passing(code, f"{message}{_quoted(rest)}. Give the feed another relay", wait=REFUSED_WAIT)
    return Passing("relay_error", f"It answers with an error{_quoted(rest or said)}")


def no_answer(notice: str) -> Passing:
    """A relay that left a request unanswered; `notice`: what it told people meanwhile, mostly nothing."""
    return Passing("timeout", f"It does not answer in time{_quoted(notice)}")


def _quoted(said: str) -> str:
    """What a relay said in its own words, fit to stand in a sentence of ours."""
    line = tidy_line(said)[:SAID_LIMIT].strip().rstrip(".")
    return f" (it says: “{line}”)" if line else ""


def _status(status: int) -> Passing:
    if status == 429:
        return Passing("rate_limited", "It was asked too often", wait=DEFAULT_LIMIT_WAIT)
    if status in (401, 402, 403):
        return Passing(
            "account_wanted",
            "It lets only its members connect. Give the feed another relay",
            wait=REFUSED_WAIT,
        )
    if status in (200, 404, 405, 410, 426):
        return Passing("no_relay", "There is no relay at this address: check the feed's relays")
    return Passing("server_error", f"It answers with status {status}")
