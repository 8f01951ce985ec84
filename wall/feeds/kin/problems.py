"""What can go wrong with an instance, in words for an organiser, and when it is tried again."""

from __future__ import annotations

from websockets.exceptions import InvalidStatus

from wall.errors import FeedFatal
from wall.feeds.common.problems import DEFAULT_LIMIT_WAIT, Passing, fatal, of_transport, wait_after
from wall.feeds.kin.software import MASTODON, Software


class StreamRefused(Passing):
    """The server does not stream to this token: its hashtags are polled."""


def understood(problem: BaseException) -> Passing | FeedFatal | None:
    """What a problem means; None for what is no trouble of a network but a fault of the program.

    FeedFatal is for what an organiser must change; everything else passes.
    """
    if isinstance(problem, Passing | FeedFatal):
        return problem
    if isinstance(problem, InvalidStatus):
        return _stream_status(problem.response.status_code)
    return of_transport(problem)


def retry_after(
    problem: BaseException, attempt: int, first: float = 1.0, longest: float = 60.0
) -> float | None:
    """Seconds until the next try after `attempt` (from 1) failed in a row; None: fatal.

    | what happened | answer |
    |---|---|
    | 401, 403, 422 to a token: revoked, of no user, or without read:statuses | fatal |
    | 401, 403, 422 without one: hashtags are not shown to strangers | fatal |
    | 404 for both instance pages: no Mastodon here; 301, 308: it is elsewhere | fatal |
    | 410: the server is gone; hashtag timelines are switched off (4.5 and later) | fatal |
    | 429 | until X-RateLimit-Reset or Retry-After, else 60 s; at most 15 minutes |
    | a stream refused (401, 403, 404, an error in it) while reading works | polls; again in 300 s |
    | 5xx, other 4xx, HTML in place of JSON, a body too large | 1..60 s |
    | no name, no route, no TLS, a time-out, a stall, a cut stream | 1..60 s |
    | anything else | fatal: it is a fault of the program |

    Waits of 1..60 s are drawn between `first` and `first * 2**attempt`, and never over `longest`.
    """
    known = understood(problem)
    if not isinstance(known, Passing):
        return None
    return wait_after(known, attempt, first, longest)


def refused(status: int, software: Software, *, with_token: bool) -> FeedFatal:
    """A 401, 403 or 422 of the API, in words that say what to do."""
    how = software.how_to_get_a_token
    if not with_token:
        return fatal("token_needed", f"It does not show hashtags to strangers: {how}", how)
    if status == 403:
        return fatal("scope_missing", f'Its token lacks the scope "read:statuses": {how}', how)
    said = "is of an application and not of a user" if status == 422 else "was revoked or is wrong"
    return fatal("token_refused", f"Its token {said}: {how}", how)


def refused_stream(said: str = "", software: Software = MASTODON) -> StreamRefused:
    """The server streams, but not to this token. `said`: its own words, as in X-Error-Message.

    Mastodon takes a token of an application for an invalid one where it streams, and for a good one
    where it shows hashtags.
    """
    if "scope" in said.casefold():
        why = ', which lacks the scope "read:statuses"'
    elif "invalid" in said.casefold():
        why = ", which is of an application and not of a user, or was revoked"
    else:
        why = ""
    message = f"It does not stream to this token{why}, so it is polled. To have posts sooner, "
    return StreamRefused("stream_refused", message + software.how_to_get_a_token)


def no_stream() -> StreamRefused:
    """The server has no stream of hashtags."""
    return StreamRefused("stream_absent", "It does not stream hashtags, so it is polled")


def _stream_status(status: int) -> Passing:
    if status in (401, 403):
        return refused_stream()
    if status in (400, 404, 405, 410, 501):
        return no_stream()
    if status == 429:
        return Passing("rate_limited", "It was asked too often", wait=DEFAULT_LIMIT_WAIT)
    return Passing("server_error", f"Its stream answers with status {status}")
