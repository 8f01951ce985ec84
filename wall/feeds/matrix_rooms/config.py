"""A Matrix feed's configuration: a homeserver, an account's token there, and the rooms that it reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import unquote

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from wall.errors import BadInput
from wall.feeds.common.fields import Hashtag, Host, Secret, listed, no_flag, wrong_fields
from wall.model import Frozen

MOST_ROOMS = 20
MOST_HASHTAGS = 10
LOOK_BACK_HOURS = 168.0

_SERVER = r"[A-Za-z0-9.\-\[\]:]{1,230}"
_ROOM = re.compile(rf"#[^\s:/?]{{1,200}}:{_SERVER}|![^\s:/?]{{1,200}}(?::{_SERVER})?")
_LINK = "https://matrix.to/#/"


def _room(value: str) -> str:
    """An alias (`#summit:example.org`), a room id (`!…`), or a matrix.to link to one. Raises ValueError."""
    text = value.strip()
    if text.startswith(_LINK):
        text = unquote(text.removeprefix(_LINK).partition("?")[0].partition("/")[0])
    if len(text) > 250 or not _ROOM.fullmatch(text):
        raise ValueError("not a room")
    return text


class MatrixConfig(Frozen):
    """A feed's configuration. `token` is the access token of an account that is in the rooms, or may join
    them. Without `hashtags` every message of the rooms comes. `look_back_hours` is how far a room that is
    read for the first time is read back."""

    homeserver: Host
    token: Secret = Field(repr=False)
    rooms: Annotated[
        tuple[Annotated[str, AfterValidator(_room)], ...],
        BeforeValidator(listed),
        Field(min_length=1, max_length=MOST_ROOMS),
    ]
    hashtags: Annotated[tuple[Hashtag, ...], BeforeValidator(listed), Field(max_length=MOST_HASHTAGS)] = ()
    look_back_hours: Annotated[float, BeforeValidator(no_flag), Field(ge=0, le=LOOK_BACK_HOURS)] = 24.0


def checked(config: Mapping[str, Any]) -> MatrixConfig:
    """The configuration, if it is one. Raises BadInput that names fields and never a value."""
    try:
        made = MatrixConfig.model_validate(dict(config))
    except ValidationError as problem:
        raise BadInput(
            "The configuration of this Matrix feed is wrong.",
            remedy='Give "homeserver" (the host of its API, such as matrix-client.matrix.org; http:// only '
            'for 127.0.0.1), "token" (an access token there), "rooms" (addresses such as '
            '#summit:example.org, or room ids) and, if wanted, "hashtags" and "look_back_hours" (0 to '
            "168). Nothing else.",
            fields=wrong_fields(problem, MatrixConfig),
        ) from None
    once = {name: tuple(dict.fromkeys(getattr(made, name))) for name in ("rooms", "hashtags")}
    return made.model_copy(update=once)


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds. What homeservers allow; tests make it faster."""

    poll: float = 30.0
    """So long the homeserver holds a request for news back while there is none."""
    request: float = 30.0
    """For one whole request, beside what it is held back."""
    first_wait: float = 1.0
    longest_wait: float = 60.0
    join_again: float = 60.0
    """Between two tries to enter a room that is closed to the account."""
    checkpoint: float = 30.0
    """Between two places that are kept while nothing is told: each is written to disk."""
    pace: float = 0.05
    """Between two messages that are asked for one by one."""
