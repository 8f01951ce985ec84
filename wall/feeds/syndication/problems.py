"""What can go wrong with a feed of a site, in words for an organiser, and when it is tried again."""

from __future__ import annotations

from wall.errors import FeedFatal
from wall.feeds.common.problems import Passing, fatal, of_transport, wait_after


class Lost(Passing):
    """What no waiting mends where an address moved to: the address that was given is tried again."""


def understood(problem: BaseException) -> Passing | FeedFatal | None:
    """What a problem means; None for what is no trouble of a feed but a fault of the program."""
    if isinstance(problem, Passing | FeedFatal):
        return problem
    return of_transport(problem)


def retry_after(
    problem: BaseException, attempt: int, first: float = 5.0, longest: float = 300.0
) -> float | None:
    """Seconds until the next try after `attempt` (from 1) failed in a row; None: fatal.

    | what happened | answer |
    |---|---|
    | 410: the feed is gone for good | fatal for it; the other feeds go on |
    | 404, 401, 403 | 5..300 s: sites are rebuilt, and organisers correct what they typed |
    | 429, 503 with Retry-After | as long as it says, at most 15 minutes; 429 without: 60 s |
    | 5xx, other statuses | 5..300 s |
    | a page, or anything else that is no feed; a document that is not safe to read | 5..300 s |
    | a redirect in circles, to an address that is not public, or from https to http | 5..300 s |
    | no name, no public address, no TLS, a time-out, a cut answer, one over 8 MB | 5..300 s |
    | anything else | fatal: it is a fault of the program |

    Waits are drawn between `first` and `first * 2**attempt`, and never over `longest`.
    """
    known = understood(problem)
    return wait_after(known, attempt, first, longest) if isinstance(known, Passing) else None


def gone() -> FeedFatal:
    """The site says that this feed will never be back (410)."""
    remedy = "look on the site for its new address and add that, or remove this one."
    return fatal("gone", f"It is gone for good (410): {remedy}", remedy)
