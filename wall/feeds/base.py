"""What every feed is: a `Source` that yields `Item`s, and how one is opened by its network's name.

A network is one module of this package, named like the network, with two functions:
`check_config(config)` and `open_source(config)`. It is found by its name; nothing else lists it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast

from wall.errors import BadInput, FeedFatal
from wall.feeds.common import credentials
from wall.model import Post

_NOT_NETWORKS = frozenset({"archive", "base", "forms", "probing"})


@dataclass(frozen=True, slots=True)
class Arrived:
    """A post that the source has, new or seen before: intake tells which."""

    post: Post


@dataclass(frozen=True, slots=True)
class Edited:
    """A post as it is after its author changed it; `post.key` is the key it had from the start."""

    post: Post


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A post that its author or network took back for good."""

    network: str
    key: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Everything yielded before this is covered by `cursor`: `stream(cursor)` goes on after it."""

    cursor: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """Bad upstream data: one thing was left out and counted. `where` places it, as in `line 17`."""

    code: str
    where: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """One of a source's places has a problem, or none any more (`code` None).

    `where` is one of `Source.places` while nothing comes from it, or a place and a word for one of its
    ways (`host stream`) while posts still come by another. `message` is a sentence for an organiser
    without that name. `retry_seconds` is the wait until the next try; None where an organiser must
    change something. It is told when the problem changes, not at every try.
    """

    where: str
    code: str | None
    message: str = ""
    retry_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is left of one of a source's limits: requests of a window, units of a day, money of a month.

    `where` is as in Trouble; `what` one of BUDGETS; `left` and `most` in that unit (US dollars for money);
    `renews_at` when it is full again, None where it does not renew. It is told when it moves by a
    hundredth of `most` or more, not at every request.
    """

    where: str
    what: str
    left: float
    most: float
    renews_at: datetime | None = None


BUDGETS = frozenset({"requests", "units", "money"})
"""What a budget counts; the catalogue has words for each (`feed.budget.*`)."""

Item = Arrived | Edited | Withdrawn | Checkpoint | Dropped | Trouble | Budget


@dataclass(frozen=True, slots=True)
class Rechecked:
    """What a source answered about keys. A key in neither set is unknown: nothing was learnt of it.

    `gone`: the source had the post and has it no more. `present`: it has the post. No key is in both.
    """

    gone: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()


class Source(Protocol):
    """A configured connection to one network. `network` names its module; posts carry their own."""

    network: str

    @property
    def places(self) -> Sequence[str]:
        """What it reads side by side, as an organiser named them; empty where there is one thing only."""
        ...

    def stream(self, cursor: str | None) -> AsyncIterator[Item]:
        """Yield items from after `cursor` (None: from the start) until the source has no more.

        Delivery is at least once. Raises FeedFatal for what an organiser must change, and whatever
        the transport raises; `retry_after` says what each of these means.
        """
        ...

    async def recheck(self, keys: Sequence[str]) -> Rechecked:
        """Which of these the source still has and which it has no more, as far as it can tell now.

        What it was not asked about, never had or cannot answer for is left out of both: a post is
        purged on the word of this, so no doubt may count as gone. Raises like `stream`.
        """
        ...

    def retry_after(self, problem: BaseException, attempt: int) -> float | None:
        """Seconds until the next try after `attempt` (from 1) failed in a row; None: fatal."""
        ...

    async def aclose(self) -> None:
        """Let go of files and connections. Safe to call twice."""
        ...


REPLY_PROBLEMS = frozenset(
    {
        "token_refused",
        "scope_missing",
        "post_gone",
        "not_taken",
        "unreachable",
        "switched_off",
        "no_account",
        "not_owed",
        "unsure",
    }
)
"""Codes of why a reply was not posted; the catalogue has words for each (`reply.problem.*`)."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A reply that stands in its network; `url` is where people read it, empty where nobody said."""

    url: str


class ReplyLater(Exception):
    """A reply could not be posted now. `code` says why; `wait`: seconds that the network asked for."""

    def __init__(self, code: str, wait: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.wait = wait


class ReplyRefused(Exception):
    """A network will not have this reply, however often it is tried. `code` is one of REPLY_PROBLEMS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Replier(Protocol):
    """The account by which a feed's network takes replies. A person wrote and sent each of them."""

    async def reply(self, to: Post, words: str, key: str, lang: str | None = None) -> Posted:
        """Answer a post. With the same `key` (an opaque id) again it is posted once, as far as the network
        can tell. `lang`: of the words. Raises ReplyLater and ReplyRefused."""
        ...


class Network(Protocol):
    """What a network's module offers."""

    def check_config(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """The configuration with its defaults filled in. Raises BadInput naming what is wrong."""
        ...

    def open_source(self, config: Mapping[str, Any]) -> Source:
        """A source for this configuration; it connects when it is streamed. Raises BadInput."""
        ...


def networks() -> tuple[str, ...]:
    """The networks that a feed can be made for, in alphabetical order."""
    found = pkgutil.iter_modules(importlib.import_module("wall.feeds").__path__)
    return tuple(sorted(m.name for m in found if not m.ispkg and m.name not in _NOT_NETWORKS))


def check_config(network: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """A feed's configuration with its defaults filled in, without what the environment has for it.

    Raises BadInput for an unknown network, or naming the fields that are wrong. Nothing is opened.
    """
    return credentials.checked(network, config, _network(network).check_config)


def complete(network: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """A checked configuration as its network's module takes it, with the credentials of the environment.

    Raises BadInput for an unknown network, FeedFatal for a credential that is not there any more.
    """
    return credentials.complete(network, config, _network(network).check_config)


def open_source(network: str, config: Mapping[str, Any]) -> Source:
    """A source for this configuration. Raises BadInput as `check_config` does, FeedFatal as `complete`."""
    return _network(network).open_source(complete(network, config))


def open_replier(network: str, config: Mapping[str, Any], cursor: str | None) -> Replier | None:
    """The account of a feed by which replies are posted; None where its network takes none, or it has no
    credentials for it. A network that takes replies offers `open_replier(config, cursor)`."""
    opened = getattr(_network(network), "open_replier", None)
    try:
        return cast("Replier | None", opened(complete(network, config), cursor)) if opened else None
    except FeedFatal:
        return None


def event_time(item: Item) -> datetime | None:
    """When an item happened by its network's clock; None for what carries no time."""
    match item:
        case Arrived(post):
            return post.created_at
        case Edited(post):
            return post.edited_at or post.created_at
    return None


def _network(network: str) -> Network:
    known = networks()
    if network not in known:
        raise BadInput(
            "There is no feed for this network.",
            remedy=f"Choose one of: {', '.join(known)}.",
            networks=list(known),
        )
    return cast("Network", importlib.import_module(f"wall.feeds.{network}"))
