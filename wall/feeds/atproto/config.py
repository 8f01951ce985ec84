"""A Bluesky feed's configuration: hashtags, where to read them, and an app password where there is one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from wall.errors import BadInput
from wall.feeds.common.fields import Hashtag, Host, Secret, listed, no_flag, wrong_fields
from wall.model import Frozen

MOST_HASHTAGS = 10
MOST_HOSTS = 10

JETSTREAMS = (
    "jetstream2.us-east.bsky.network",
    "jetstream1.us-east.bsky.network",
    "jetstream2.us-west.bsky.network",
    "jetstream1.us-west.bsky.network",
)
"""The public instances that Bluesky runs (github.com/bluesky-social/jetstream)."""

APPVIEWS = ("public.api.bsky.app", "api.bsky.app")
"""Where authors are asked for without an account; the second when the first does not answer."""

LOOK_BACK_HOURS = 36.0
"""So long Jetstream keeps what it sent."""

_HANDLE = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_DID = re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]{1,240}")


def _handle(value: str) -> str:
    """A handle or a DID as the protocol writes them (atproto.com/specs/handle). Raises ValueError."""
    text = value.strip()
    if _DID.fullmatch(text):
        return text
    handle = text.lstrip("@").lower()
    if not _HANDLE.fullmatch(handle):
        raise ValueError("not a handle")
    return handle


_Hosts = Annotated[tuple[Host, ...], BeforeValidator(listed), Field(min_length=1, max_length=MOST_HOSTS)]


class BlueskyConfig(Frozen):
    """A feed's configuration. `handle` and `app_password` are of the account that searches and replies;
    `service` is where it signs in. `look_back_hours` is how far a feed that starts for the first time
    reads Jetstream back."""

    hashtags: Annotated[
        tuple[Hashtag, ...],
        BeforeValidator(listed),
        Field(min_length=1, max_length=MOST_HASHTAGS),
    ]
    handle: Annotated[str, AfterValidator(_handle)] | None = None
    app_password: Secret | None = Field(default=None, repr=False)
    hosts: _Hosts = JETSTREAMS
    service: Host = "bsky.social"
    appviews: _Hosts = APPVIEWS
    look_back_hours: Annotated[float, BeforeValidator(no_flag), Field(ge=0, le=LOOK_BACK_HOURS)] = 1.0

    @property
    def has_account(self) -> bool:
        """Whether there is an account that can search and reply."""
        return self.handle is not None and self.app_password is not None

    @model_validator(mode="after")
    def _whole_account(self) -> Self:
        if (self.handle is None) != (self.app_password is None):
            raise ValueError("a handle and its app password belong together")
        return self


def checked(config: Mapping[str, Any]) -> BlueskyConfig:
    """The configuration, if it is one. Raises BadInput that names fields and never a value."""
    try:
        made = BlueskyConfig.model_validate(dict(config))
    except ValidationError as problem:
        raise BadInput(
            "The configuration of this Bluesky feed is wrong.",
            remedy='Give "hashtags" (a list of words) and, if wanted, "handle" with "app_password" '
            '(both or neither), "hosts", "service", "appviews" (http:// only for 127.0.0.1) and '
            '"look_back_hours" (0 to 36). Nothing else.',
            fields=wrong_fields(problem, BlueskyConfig),
        ) from None
    once = {name: tuple(dict.fromkeys(getattr(made, name))) for name in ("hashtags", "hosts", "appviews")}
    return made.model_copy(update=once)


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds. What the network's limits make sensible; tests make it faster."""

    silence: float = 20.0
    """Jetstream sends dozens of events a second: one that says nothing for so long is dead."""
    rewind: float = 10.0
    """How far a new connection to the same host reads again."""
    apart: float = 300.0
    """The same for a new start and for another host, which may lag behind the one that was read."""
    checkpoint: float = 1.0
    """Between two places that are kept while posts come."""
    quiet: float = 10.0
    """The same while none comes: each is written to disk."""
    gather: float = 0.1
    """So long a post waits for others: their authors are asked for, and they are stored, together."""
    request: float = 10.0
    """For one whole request: posts wait for it."""
    first_wait: float = 0.5
    longest_wait: float = 60.0
    author_tries: tuple[float, ...] = (1.0, 3.0, 10.0, 30.0)
    """Waits before an author whom the AppView does not show is asked for again: it may only be late."""
    fresh: float = 900.0
    """So long an author's name and labels are taken to be as they were."""
    search: float = 60.0
    """Between two searches, however often the stream breaks off."""
    overlap: float = 600.0
    """How far a search reaches back before the place that was read."""
    hiding: float = 120.0
    """So long the posts of an account that is away are said to be gone: a few rechecks, so that one of them
    hides the posts, and less than the five minutes after which intake purges."""
