"""What an organiser gives: the addresses of feeds, and how their entries are chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError

from wall.errors import BadInput
from wall.feeds.common.fields import Address, Hashtag, listed, no_flag, wrong_fields
from wall.model import Frozen

MOST_FEEDS = 20
MOST_HASHTAGS = 10
NAME_LIMIT = 80
"""Longest name of a feed that an organiser is shown, in characters."""


class RssConfig(Frozen):
    """A feed's configuration: `feeds` are addresses. With `hashtags` only entries that have one of them
    come; entries dated more than `look_back_days` ago come never. `poll_seconds`: between two looks."""

    feeds: Annotated[
        tuple[Address, ...], BeforeValidator(listed), Field(min_length=1, max_length=MOST_FEEDS)
    ]
    hashtags: Annotated[tuple[Hashtag, ...], BeforeValidator(listed), Field(max_length=MOST_HASHTAGS)] = ()
    poll_seconds: Annotated[float, BeforeValidator(no_flag), Field(ge=60, le=3600)] | None = None
    look_back_days: Annotated[float, BeforeValidator(no_flag), Field(ge=0, le=3650)] = 7.0

    @property
    def names(self) -> tuple[str, ...]:
        """What an organiser calls each feed: its address without the scheme, cut where it is long."""
        names: list[str] = []
        for address in self.feeds:
            whole = address.partition("://")[2].rstrip("/")
            name = whole if len(whole) <= NAME_LIMIT else f"{whole[: NAME_LIMIT - 1]}…"
            alike = sum(one.partition(" (")[0] == name for one in names)
            names.append(f"{name} ({alike + 1})" if alike else name)
        return tuple(names)


def checked(config: Mapping[str, Any]) -> RssConfig:
    """The configuration, if it is one. Raises BadInput that names fields and never a value."""
    try:
        made = RssConfig.model_validate(dict(config))
    except ValidationError as problem:
        raise BadInput(
            "The configuration of this feed of sites is wrong.",
            remedy='Give "feeds" (a list of addresses that begin with https://, of RSS, Atom or JSON '
            'Feed; http:// only for 127.0.0.1) and, if wanted, "hashtags" (a list of words), '
            '"poll_seconds" (60 or more) and "look_back_days". Nothing else.',
            fields=wrong_fields(problem, RssConfig),
        ) from None
    once = {name: tuple(dict.fromkeys(getattr(made, name))) for name in ("feeds", "hashtags")}
    return made.model_copy(update=once)


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds. What is polite towards sites; tests make it faster."""

    poll: float = 120.0
    """Between two looks at one feed, where an organiser gives no other."""
    longest_pace: float = 900.0
    """A feed that wants to be asked rarely is waited for no longer: an event lasts hours."""
    request: float = 30.0
    """For one whole request, redirects included."""
    first_wait: float = 5.0
    longest_wait: float = 300.0
    quiet: float = 600.0
    """Between two places that are kept while nothing comes: each is written to disk."""
