"""What can go wrong with X, in words for an organiser, and when it is tried again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wall.errors import FeedFatal
from wall.feeds.common.client import until_reset
from wall.feeds.common.problems import Passing, fatal, of_transport
from wall.feeds.shapes.common import Record, parts_of
from wall.feeds.xapi.config import Times

HOW_TO_GET_ONE = (
    "take the bearer token of an app at console.x.com (Apps, Keys and tokens), and give it with the "
    "settings of this feed."
)
NO_CREDITS = (
    "The app of this token has no credits left at X, or has met the spending limit set there: buy credits, "
    "or raise the limit, at console.x.com. Reading goes on by itself then"
)
TOO_MANY = (
    "Another program reads the stream of this token's app, which X allows once: end it, give this feed an "
    'app of its own, or set its way to "search"'
)
NO_STREAM = (
    "X does not let this token's app read the stream, so it is searched. Set the way of this feed to "
    '"search", or look at console.x.com what the app may do'
)


class ServerTrouble(Passing):
    """The API fails, or says what we do not understand: waits double from 5 s to 320 s."""


class Limited(Passing):
    """Asked too often: until the window's reset where that is known, or waits double from a minute."""


class TooManyConnections(Limited):
    """X counts another connection of this app."""

    def __init__(self, wait: float | None = None) -> None:
        super().__init__("too_many_connections", TOO_MANY, wait=wait)


class NoRules(Passing):
    """The stream has no rule: somebody deleted ours."""

    def __init__(self) -> None:
        super().__init__("rules_gone", "Its stream has no rules; they are made anew")


class StreamRefused(Passing):
    """This app may not stream: its hashtags are searched for."""

    def __init__(self) -> None:
        super().__init__("stream_refused", NO_STREAM)


class NoCredits(Passing):
    """Nothing is read until somebody buys credits at X."""

    def __init__(self) -> None:
        super().__init__("no_credits", NO_CREDITS)


class BudgetUsed(Passing):
    """Nothing new is read for what is left of the budget."""

    def __init__(self, message: str = "The month's budget is used up") -> None:
        super().__init__("budget_used", message)


class EndlessSearch(ServerTrouble):
    """A search goes on and on."""

    def __init__(self) -> None:
        super().__init__(
            "endless_search",
            "Its search gives page after page and no end; what came is kept, and it is searched again",
        )


class Refused(ServerTrouble):
    """The API does not take a request as it is (400). `said` is its answer."""

    def __init__(self, said: Record) -> None:
        super().__init__("bad_request", "X does not take what was asked of it")
        self.said = said


def understood(problem: BaseException) -> Passing | FeedFatal | None:
    """What a problem means; None for what is no trouble of a network but a fault of the program."""
    if isinstance(problem, Passing | FeedFatal):
        return problem
    return of_transport(problem)


def retry_after(problem: BaseException, attempt: int, times: Times | None = None) -> float | None:
    """Seconds until the next try after `attempt` (from 1) failed in a row; None: fatal.

    | what happened | answer |
    |---|---|
    | 401: the token was revoked or is wrong | fatal |
    | 403 but for the stream: the app may not read | fatal |
    | 403, 404 for the stream or its rules: this app may not stream | searched; again in 15 minutes |
    | rules that X does not take, or has no room for | fatal |
    | 402, a usage cap: no credits | again in 5 minutes |
    | 429 | until x-rate-limit-reset, at most 15 minutes; without one 60 s, doubled, up to 15 minutes |
    | another connection of the app | ours of before are ended, once in 15 minutes; then as 429 |
    | 5xx, other 4xx, HTML in place of JSON, a body too large | 5 s, doubled, up to 320 s |
    | a search without an end | the same |
    | no name, no route, no TLS, a time-out, silence, a cut | at once, then 250 ms more each time, to 16 s |
    | anything else | fatal: it is a fault of the program |

    The waits are those of docs.x.com/x-api/fundamentals/handling-disconnections.
    """
    known, times = understood(problem), times or Times()
    if not isinstance(known, Passing):
        return None
    doubled = 2.0 ** min(attempt - 1, 16)
    match known:
        case StreamRefused():
            return times.refused
        case NoCredits():
            return times.credits
        case Limited():
            return known.wait or min(times.limit_longest, times.limit_first * doubled)
        case ServerTrouble():
            return min(times.http_longest, times.http_first * doubled)
    return min(times.network_longest, times.network_step * (attempt - 1))


def of_answer(status: int, headers: Mapping[str, str], said: Any, *, streaming: bool = False) -> Exception:
    """What an answer means that is none of success. Only the API's own words are believed, not a proxy's:
    `said` is its JSON, or None. `streaming`: it was about the stream or its rules, which searches can do
    without."""
    if status in (301, 302, 307, 308):
        return ServerTrouble("moved", "It sends us to another address, where we do not go")
    if status >= 500 or not isinstance(said, dict):
        return (
            _limited(headers)
            if status == 429
            else ServerTrouble("server_error", f"It answers with status {status}")
        )
    return of_words(said) or _of_status(status, headers, said, streaming=streaming)


def of_words(said: Record) -> Exception | None:
    """What the API says of itself, in an answer or in the middle of a stream; None where that is
    nothing."""
    for one in (said, *parts_of(said.get("errors"))):
        kind, title = str(one.get("type")).rpartition("/")[2], str(one.get("title"))
        if one.get("connection_issue") == "TooManyConnections":
            return TooManyConnections()
        if kind == "usage-capped" or title in ("CreditsDepleted", "SpendCapReached", "UsageCapExceeded"):
            return NoCredits()
        if kind in ("operational-disconnect", "streaming-connection", "client-disconnected"):
            return Passing("stream_lost", "X ended its stream")
    return None


def bad_rules(said: Record) -> FeedFatal:
    """X does not take the rules of these hashtags, or has no room for them."""
    if any("rule-cap" in str(one.get("type")) for one in (said, *parts_of(said.get("errors")))):
        remedy = "delete some of them, or give this feed an app of its own."
        return fatal("rule_cap", f"The app of this token has no room for more rules at X: {remedy}", remedy)
    remedy = "check how they are written."
    return fatal("bad_rules", f"X does not take these hashtags: {remedy}", remedy)


def _of_status(status: int, headers: Mapping[str, str], said: Record, *, streaming: bool) -> Exception:
    if status == 400:
        return Refused(said)
    if status == 401:
        return fatal(
            "token_refused", f"Its token was revoked or is wrong: {HOW_TO_GET_ONE}", HOW_TO_GET_ONE
        )
    if status == 402:
        return NoCredits()
    if status in (403, 404) and streaming:
        return StreamRefused()
    if status == 403:
        message = f"The app of its token may not read posts: {HOW_TO_GET_ONE}"
        return fatal("no_access", message, HOW_TO_GET_ONE)
    if status == 409:
        return NoRules()
    if status == 429:
        return _limited(headers)
    return ServerTrouble("server_error", f"It answers with status {status}")


def _limited(headers: Mapping[str, str]) -> Limited:
    return Limited("rate_limited", "It was asked too often", wait=until_reset(headers))
