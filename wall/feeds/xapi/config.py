"""An X feed's configuration: hashtags, the token of an app, the way to read, and what it may cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from wall.errors import BadInput
from wall.feeds.common.fields import Hashtag, Host, Secret, listed, no_flag, wrong_fields
from wall.model import Frozen

MOST_HASHTAGS = 10
SEARCH_HOURS = 167.0
"""So far back the recent search reaches: 7 days, less an hour for clocks that differ."""
LEAST_BUDGET = 5.0
MOST_BUDGET = 100_000.0

_Hours = Annotated[float, BeforeValidator(no_flag), Field(ge=0, le=SEARCH_HOURS)]
_Seconds = Annotated[float, BeforeValidator(no_flag), Field(ge=5, le=3600)]
_Dollars = Annotated[float, BeforeValidator(no_flag), Field(ge=LEAST_BUDGET, le=MOST_BUDGET)]


class XConfig(Frozen):
    """A feed's configuration. `token` is the bearer token of an app; `budget` is in US dollars a month
    (UTC); `way` is how it reads; `poll_seconds` between two searches where it does not stream;
    `look_back_hours` how far a feed that starts for the first time searches back."""

    hashtags: Annotated[
        tuple[Hashtag, ...],
        BeforeValidator(listed),
        Field(min_length=1, max_length=MOST_HASHTAGS),
    ]
    token: Secret = Field(repr=False)
    way: Literal["stream", "search"] = "stream"
    budget: _Dollars = 50.0
    poll_seconds: _Seconds = 15.0
    look_back_hours: _Hours = 24.0
    host: Host = "api.x.com"


def checked(config: Mapping[str, Any]) -> XConfig:
    """The configuration, if it is one. Raises BadInput that names fields and never a value."""
    try:
        made = XConfig.model_validate(dict(config))
    except ValidationError as problem:
        raise BadInput(
            "The configuration of this X feed is wrong.",
            remedy='Give "hashtags" (a list of words), "token" (the bearer token of an app) and, if '
            'wanted, "way" (stream or search), "budget" (US dollars a month, 5 or more), "poll_seconds" (5 '
            'to 3600), "look_back_hours" (0 to 167) and "host" (http:// only for 127.0.0.1). Nothing else.',
            fields=wrong_fields(problem, XConfig),
        ) from None
    return made.model_copy(update={"hashtags": tuple(dict.fromkeys(made.hashtags))})


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds. What X documents, or its limits make sensible; tests make it faster."""

    request: float = 30.0
    """For one whole request."""
    silence: float = 27.0
    """A stream says something every 20 s; exactly 20 is too tight
    (github.com/HunterLarco/twitter-v2/issues/64)."""
    settle: float = 45.0
    """After a connection, when it is searched once more: a search does not know the last 30 seconds."""
    net: float = 600.0
    """Between two searches beside a stream that works."""
    overlap: float = 30.0
    """How far a search reaches back before the newest post that one found: posts are indexed late."""
    long_overlap: float = 300.0
    """The same at a start, and after trouble."""
    poll: float = 0.0
    """Between two searches where nothing streams; 0: as the configuration says."""
    checkpoint: float = 1.0
    """Between two places that are kept."""
    network_step: float = 0.25
    network_longest: float = 16.0
    """Waits for a network that fails: linear (docs.x.com, handling disconnections)."""
    http_first: float = 5.0
    http_longest: float = 320.0
    """Waits for a server that fails: doubled."""
    limit_first: float = 60.0
    limit_longest: float = 900.0
    """Waits after a 429 that does not say how long: doubled; a window of X's limits has 15 minutes."""
    refused: float = 900.0
    """Until a stream that this app may not read is asked for again."""
    credits: float = 300.0
    """Until an app without credits asks again."""
    cleanup: float = 900.0
    """Between two times that connections of ours which X still counts are ended."""
    renewal: float = 60.0
    """How often it is looked whether a budget that was used up is there again, at least."""
    young: tuple[tuple[float, float], ...] = ((3_600, 300), (21_600, 1_800))
    """Of posts up to so old: how often each is rechecked."""
    paid: float = 7_200.0
    """How often an older one is that was paid for today."""
    unpaid: float = 72_000.0
    """The same of one that must be paid for: under the 24 hours that X allows."""
    gone: float = 150.0
    """Until one that is gone is asked for again: it is purged when it is gone twice, 5 minutes apart."""
