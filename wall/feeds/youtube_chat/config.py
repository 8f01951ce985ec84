"""A YouTube feed's configuration: the video of a live stream, and an API key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from wall.errors import BadInput
from wall.feeds.common.fields import Hashtag, Host, Secret, listed, no_flag, wrong_fields
from wall.model import Frozen

MOST_HASHTAGS = 10
MOST_UNITS = 1_000_000_000

SERVICE = "www.googleapis.com"
"""Where the API is."""

_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_HOSTS = frozenset({"youtube.com", "www.youtube.com", "m.youtube.com", "studio.youtube.com"})


def _video(value: str) -> str:
    """The id of a video, or any address of it: watch, live, youtu.be, embed, studio. Raises ValueError."""
    text = value.strip()
    if _ID.fullmatch(text):
        return text
    parts = urlsplit(text if "://" in text else f"https://{text}")
    path = [part for part in parts.path.split("/") if part]
    found = ""
    if parts.hostname == "youtu.be":
        found = path[0] if path else ""
    elif parts.hostname in _HOSTS:
        named = parse_qs(parts.query).get("v", [""])[0]
        found = named or (
            path[1] if len(path) > 1 and path[0] in ("live", "embed", "video", "shorts") else ""
        )
    if not _ID.fullmatch(found):
        raise ValueError("not a video")
    return found


class YoutubeConfig(Frozen):
    """A feed's configuration. `key` is an API key; `units_a_day` what of its quota this feed may use.
    Without `hashtags` every message of the chat comes. `service` is where the API is."""

    video: Annotated[str, AfterValidator(_video)]
    key: Secret = Field(repr=False)
    hashtags: Annotated[tuple[Hashtag, ...], BeforeValidator(listed), Field(max_length=MOST_HASHTAGS)] = ()
    units_a_day: Annotated[int, BeforeValidator(no_flag), Field(ge=100, le=MOST_UNITS)] = 10_000
    service: Host = SERVICE


def checked(config: Mapping[str, Any]) -> YoutubeConfig:
    """The configuration, if it is one. Raises BadInput that names fields and never a value."""
    try:
        made = YoutubeConfig.model_validate(dict(config))
    except ValidationError as problem:
        raise BadInput(
            "The configuration of this YouTube feed is wrong.",
            remedy='Give "video" (the address of the live stream, or its id of 11 letters), "key" (an API '
            'key) and, if wanted, "hashtags" (a list of words), "units_a_day" (100 or more) and "service". '
            "Nothing else.",
            fields=wrong_fields(problem, YoutubeConfig),
        ) from None
    return made.model_copy(update={"hashtags": tuple(dict.fromkeys(made.hashtags))})


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds. What YouTube asks for; tests make it faster."""

    request: float = 30.0
    """For one whole request."""
    first_wait: float = 2.0
    longest_wait: float = 60.0
    look: float = 60.0
    """Between two looks whether a stream that has no chat has one now: each costs one unit."""
    least: float = 2.0
    """Between two looks at a chat, whatever YouTube says."""
    idle: float = 60.0
    """The same while nobody writes for `quiet_after`: a chat that is open long before its stream must not
    use up the units that the stream needs."""
    quiet_after: float = 600.0
    spread: float = 4 * 3600.0
    """What is left of the day's units would last for so long at the pace of now: a few hours of a stream
    are fast, and the units never end before they are full again."""
    checkpoint: float = 60.0
    """Between two places that are kept while nothing is said: each is written to disk."""
    said: float = 600.0
    """So long it is said that messages may be missing."""
