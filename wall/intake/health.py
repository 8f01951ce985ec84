"""How a feed is, told from what its run hears. Pure, and the one place that decides it.

A feed is *running* while posts can come from any of its places, *retrying* while they can come from
none, *stopped* when an organiser must change something, *done* when its source has no more.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from wall.errors import BackchannelError
from wall.feeds.base import Trouble
from wall.model import FeedState

MUCH_GONE = (
    "Much of what is shown was gone at its source all at once. It was taken off every screen and is "
    "kept, in case the source is at fault; it comes back by itself when the source has it again. Look "
    "there in a browser whether those posts are really gone."
)

_GOING = (FeedState.RUNNING, FeedState.RETRYING)
_SHORT_WAIT = 60.0
"""Seconds. A try that comes sooner needs no number: it is over before anybody has read it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a feed is: `code` is for the journal, `problem` for an organiser. Both None: all is well."""

    state: FeedState
    code: str | None = None
    problem: str | None = None


class Health:
    """What is known of one feed's run. Tell it what happens, then ask `now`."""

    def __init__(self, state: FeedState, problem: str | None = None) -> None:
        """`state` and `problem` as they are stored: they hold until this run knows better."""
        stored = Standing(state, "problem" if problem else None, problem)
        self._until_known = stored if state in _GOING else None
        self._places: tuple[str, ...] = ()
        self._troubles: dict[str, Trouble] = {}
        self._much_gone = False
        self._over: Standing | None = None

    def began(self, places: Sequence[str]) -> None:
        """The source is opened, again or for the first time; it has not shown yet that it works."""
        self._places = tuple(places)
        self._troubles.clear()

    def works(self) -> None:
        """The source brought something, or has not failed for as long as one takes to fail."""
        self._until_known = None

    def heard(self, trouble: Trouble) -> None:
        """A place of the source has a problem, or has it no more."""
        self._until_known = None
        if trouble.code is None:
            self._troubles.pop(trouble.where, None)
        else:
            self._troubles[trouble.where] = trouble

    def rechecked(self, *, much_gone: bool) -> None:
        """A recheck was done. `much_gone`: more was gone at once than is believed."""
        self._much_gone = much_gone

    def failed(self, problem: BaseException, retry_seconds: float | None) -> None:
        """The source failed as a whole; None: it is not tried again."""
        if retry_seconds is None:
            self._over = Standing(FeedState.STOPPED, code_of(problem), said_of(problem, "Stopped by"))
        else:
            said = f"{said_of(problem)} {_again(retry_seconds)}"
            self._until_known = Standing(FeedState.RETRYING, code_of(problem), said)

    def ended(self) -> None:
        """The source has no more."""
        self._over = Standing(FeedState.DONE)

    def now(self) -> Standing:
        """How the feed is."""
        if known := self._over or self._until_known:
            return known
        shown = [one for one in self._troubles.values() if not self._says_less(one)]
        said = [_in_words(one) for one in shown] + [MUCH_GONE] * self._much_gone
        codes = ["much_gone"] * self._much_gone + [str(one.code) for one in shown]
        down = bool(self._places) and all(place in self._troubles for place in self._places)
        state = FeedState.RETRYING if down else FeedState.RUNNING
        return Standing(state, codes[0] if codes else None, " ".join(said) or None)

    def _says_less(self, trouble: Trouble) -> bool:
        """Whether it is about a way to a place that is in trouble as a whole."""
        place, _, way = trouble.where.partition(" ")
        return bool(way) and place in self._troubles


def code_of(problem: BaseException) -> str:
    """What a problem is called where nothing else may be said of it: in journals and logs."""
    if isinstance(problem, BackchannelError):
        return str(problem.details.get("problem", problem.code))
    return type(problem).__name__


def said_of(problem: BaseException, otherwise: str = "It failed with") -> str:
    """Words for an organiser. What the program did not raise on purpose is not quoted."""
    if not isinstance(problem, BackchannelError):
        return f"{otherwise} {type(problem).__name__}."
    own_remedy = vars(problem).get("remedy", "")
    message = _sentence(problem.message)
    return message if own_remedy.casefold() in message.casefold() else f"{message} {own_remedy}"


def _in_words(trouble: Trouble) -> str:
    said = f"{trouble.where}: {_sentence(trouble.message)}"
    return said if trouble.retry_seconds is None else f"{said} {_again(trouble.retry_seconds)}"


def _again(seconds: float) -> str:
    if seconds <= _SHORT_WAIT:
        return "It is tried again by itself."
    return f"It is tried again by itself, within {math.ceil(seconds / 60)} minutes."


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
