"""A Mastodon feed's configuration: instances, hashtags and how often to look."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from wall.errors import BadInput
from wall.feeds.kin.addresses import is_loopback, is_public
from wall.model import Frozen

MOST_INSTANCES = 10
MOST_HASHTAGS = 10

_HOST = re.compile(
    r"(?=.{1,253}(?::|$))(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.?)+(?::[0-9]{1,5})?|\[[0-9a-f:.]+\](?::[0-9]{1,5})?"
)
_TOKEN = re.compile(r"[\x21-\x7e]{1,500}")
_TAG = re.compile(r"\w{1,100}")


def _host(value: str) -> str:
    """`https://` is understood and dropped; `http://` stays, for loopback. Raises ValueError."""
    text = unicodedata.normalize("NFKC", value).strip().lower().rstrip("/").removeprefix("https://")
    plain = text.startswith("http://")
    name = text.removeprefix("http://")
    if not name.isascii():
        name = name.encode("idna").decode("ascii")
    if not _HOST.fullmatch(name):
        raise ValueError("not a host")
    address = _literal(name)
    if plain != (is_loopback(address) if address else _bare(name) == "localhost"):
        raise ValueError("http is for loopback, and loopback for http")
    if address and not plain and not is_public(address):
        raise ValueError("not a public address")
    return f"http://{name}" if plain else name


def _bare(host: str) -> str:
    """A host without its port, and without the brackets of an IPv6 address."""
    inside = re.fullmatch(r"\[([0-9a-f:.]+)\](?::[0-9]+)?", host)
    return inside[1] if inside else host.partition(":")[0]


def _literal(host: str) -> str | None:
    try:
        return str(ipaddress.ip_address(_bare(host)))
    except ValueError:
        return None


def _token(value: str) -> str:
    if not _TOKEN.fullmatch(value):
        raise ValueError("not a token")
    return value


def _tag(value: str) -> str:
    """A hashtag as servers compare it, but for accents, which each folds in its own way."""
    tag = unicodedata.normalize("NFKC", value).strip().lstrip("#").lower()
    if not _TAG.fullmatch(tag) or tag.isdecimal():
        raise ValueError("not a hashtag")
    return tag


def _listed(value: Any) -> Any:
    """A command line gives one text: its parts are between commas."""
    return [part for part in value.replace(",", " ").split() if part] if isinstance(value, str) else value


def _named(value: Any) -> Any:
    """An instance may be its host alone."""
    return {"host": value} if isinstance(value, str) else value


def _no_flag(value: Any) -> Any:
    return str(value) if isinstance(value, bool) else value


class InstanceConfig(Frozen):
    """One server: `host` as in `mastodon.social`, and a token of a user there where there is one."""

    host: Annotated[str, AfterValidator(_host)]
    token: Annotated[str, AfterValidator(_token)] | None = Field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Where its API is, without a slash at the end."""
        return self.host if self.plain else f"https://{self.host}"

    @property
    def name(self) -> str:
        """What an organiser calls it."""
        return self.host.removeprefix("http://")

    @property
    def plain(self) -> bool:
        """Whether it is spoken to without TLS, on loopback."""
        return self.host.startswith("http://")


class MastodonConfig(Frozen):
    """A feed's configuration. `poll_seconds` is for servers that are asked because they do not stream."""

    instances: Annotated[
        tuple[Annotated[InstanceConfig, BeforeValidator(_named)], ...],
        BeforeValidator(_listed),
        Field(min_length=1, max_length=MOST_INSTANCES),
    ]
    hashtags: Annotated[
        tuple[Annotated[str, AfterValidator(_tag)], ...],
        BeforeValidator(_listed),
        Field(min_length=1, max_length=MOST_HASHTAGS),
    ]
    poll_seconds: Annotated[float, BeforeValidator(_no_flag), Field(ge=5, le=3600)] | None = None

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
            fields=_fields(problem),
        ) from None
    return made.model_copy(update={"hashtags": tuple(dict.fromkeys(made.hashtags))})


def _fields(problem: ValidationError) -> list[str]:
    """Where the errors are, as far as the names are ours: a stranger's key must not be repeated."""
    known = MastodonConfig.model_fields.keys() | InstanceConfig.model_fields.keys()
    places = (error["loc"] for error in problem.errors())
    named = {
        ".".join(str(part) for part in place if part in known or isinstance(part, int)) for place in places
    }
    return sorted(named - {""})


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
