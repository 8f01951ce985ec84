"""A Mastodon feed's configuration: instances, hashtags and how often to look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from wall.errors import BadInput
from wall.feeds.common.fields import (
    Hashtag,
    Host,
    Secret,
    is_plain,
    listed,
    name_of,
    no_flag,
    url_of,
    wrong_fields,
)
from wall.model import Frozen

MOST_INSTANCES = 10
MOST_HASHTAGS = 10


def _named(value: Any) -> Any:
    """An instance may be its host alone."""
    return {"host": value} if isinstance(value, str) else value


class InstanceConfig(Frozen):
    """One server: `host` as in `mastodon.social`, and a token of a user there where there is one."""

    host: Host
    token: Secret | None = Field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Where its API is, without a slash at the end."""
        return url_of(self.host)

    @property
    def name(self) -> str:
        """What an organiser calls it."""
        return name_of(self.host)

    @property
    def plain(self) -> bool:
        """Whether it is spoken to without TLS, on loopback."""
        return is_plain(self.host)


class MastodonConfig(Frozen):
    """A feed's configuration. `poll_seconds` is for servers that are asked because they do not stream."""

    instances: Annotated[
        tuple[Annotated[InstanceConfig, BeforeValidator(_named)], ...],
        BeforeValidator(listed),
        Field(min_length=1, max_length=MOST_INSTANCES),
    ]
    hashtags: Annotated[
        tuple[Hashtag, ...],
        BeforeValidator(listed),
        Field(min_length=1, max_length=MOST_HASHTAGS),
    ]
    poll_seconds: Annotated[float, BeforeValidator(no_flag), Field(ge=5, le=3600)] | None = None

    @property
    def can_reply(self) -> bool:
        """Whether there is an account by which replies can be posted."""
        return any(one.token for one in self.instances)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({one.name for one in self.instances}) < len(self.instances):
            raise ValueError("an instance is named twice")
        return self


def checked(config: Mapping[str, Any]) -> MastodonConfig:
    """The configuration, if it is one. Raises BadInput that names fields and never a value."""
    try:
        made = MastodonConfig.model_validate(dict(config))
    except ValidationError as problem:
        raise BadInput(
            "The configuration of this Mastodon feed is wrong.",
            remedy='Give "instances" (a list of hosts such as mastodon.social, or of {"host", "token"}, '
            'each once; http:// only for 127.0.0.1), "hashtags" (a list of words) and, if wanted, '
            '"poll_seconds" (5 or more). Nothing else.',
            fields=wrong_fields(problem, MastodonConfig, InstanceConfig),
        ) from None
    return made.model_copy(update={"hashtags": tuple(dict.fromkeys(made.hashtags))})


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds. What Mastodon's limits and usual proxies make sensible; tests make it faster."""

    poll: float = 5.0
    """Between two looks at one hashtag where nothing streams: 300 paged requests in 15 minutes."""
    catch_up: float = 60.0
    """Between two looks beside a stream that works."""
    overlap: float = 120.0
    """How far each look reaches back: ids are by the author's clock, so late posts come before."""
    long_overlap: float = 600.0
    """How far the first look after a connection was lost reaches back."""
    ping: float = 15.0
    """A stream is asked for a sign of life this often, and must give it within as long again."""
    request: float = 30.0
    """For one whole request."""
    first_wait: float = 1.0
    longest_wait: float = 60.0
    refused_wait: float = 300.0
    """Until a refused stream is asked for again; the hashtag is polled meanwhile."""
    owner_first: float = 30.0
    """Until it is first asked what the owner of a token leaves out: posts come first."""
    owner: float = 600.0
    """Between two looks at that."""
