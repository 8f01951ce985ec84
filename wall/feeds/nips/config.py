"""A Nostr feed's configuration: servers, hashtags, and whom to read where only some are trusted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from nostr_sdk import NostrSdkError, PublicKey
from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, ValidationError

from wall.errors import BadInput
from wall.feeds.common.fields import Hashtag, Host, listed, wrong_fields
from wall.model import Frozen

MOST_SERVERS = 10
MOST_HASHTAGS = 10
MOST_AUTHORS = 500

_PATH = re.compile(r"(?:/[A-Za-z0-9._~%!$&'()*+,;=:@/?-]{0,200})?")
_HOST: TypeAdapter[str] = TypeAdapter(Host)


def _relay(value: str) -> str:
    """`wss://` is understood and dropped; `ws://` is for loopback, and kept as `http://` as for every feed.
    Unlike other servers a relay may have a path (NIP-01). Raises ValueError."""
    text = re.sub(r"^ws(s?)://", r"http\1://", value.strip(), flags=re.IGNORECASE)
    scheme, _, rest = text.rpartition("://")
    host, slash, path = rest.partition("/")
    if not _PATH.fullmatch(slash + path):
        raise ValueError("not the address of a relay")
    return _HOST.validate_python(f"{scheme}://{host}" if scheme else host) + (slash + path).rstrip("/")


def _public_key(value: str) -> str:
    """A public key as 64 hexadecimal digits; `npub1…` and `nostr:npub1…` are understood (NIP-19, NIP-21).
    A secret key is none. Raises ValueError."""
    try:
        return str(PublicKey.parse(value.strip()).to_hex())
    except NostrSdkError:
        raise ValueError("not a public key") from None


class NostrConfig(Frozen):
    """A feed's configuration. `authors`: only their posts are read; empty: everybody's."""

    relays: Annotated[
        tuple[Annotated[str, AfterValidator(_relay)], ...],
        BeforeValidator(listed),
        Field(min_length=1, max_length=MOST_SERVERS),
    ]
    hashtags: Annotated[
        tuple[Hashtag, ...], BeforeValidator(listed), Field(min_length=1, max_length=MOST_HASHTAGS)
    ]
    authors: Annotated[
        tuple[Annotated[str, AfterValidator(_public_key)], ...],
        BeforeValidator(listed),
        Field(max_length=MOST_AUTHORS),
    ] = ()


def checked(config: Mapping[str, Any]) -> NostrConfig:
    """The configuration, if it is one. Raises BadInput that names fields and never a value."""
    try:
        made = NostrConfig.model_validate(dict(config))
    except ValidationError as problem:
        raise BadInput(
            "The configuration of this Nostr feed is wrong.",
            remedy='Give "relays" (addresses such as wss://relay.damus.io; ws:// only for 127.0.0.1), '
            '"hashtags" (a list of words) and, if wanted, "authors" (public keys, npub1… or hexadecimal; '
            "never a secret key, nsec1…). Nothing else.",
            fields=wrong_fields(problem, NostrConfig),
        ) from None
    once = {name: tuple(dict.fromkeys(getattr(made, name))) for name in ("relays", "hashtags", "authors")}
    return made.model_copy(update=once)


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds. What is sensible towards servers that people run for nothing; tests make it faster."""

    silence: float = 20.0
    """So long a server may leave a ping unanswered; then its connection is dead."""
    answer: float = 15.0
    """For the whole answer to one request."""
    introduce: float = 0.8
    """So long posts wait for who wrote them, and whether they were deleted elsewhere."""
    gather: float = 0.05
    """So long a post waits for others that are asked about, and stored, together."""
    look_back: float = 7 * 86_400.0
    """How far a feed reads back that starts for the first time, and the oldest date that is asked for."""
    near: float = 900.0
    """How far a new connection reads back before the last post that the one before it brought."""
    far: float = 86_400.0
    """How far a sweep reads back, once after a start and then every `sweeps`: a clock that is set to the
    wrong time zone is up to 14 hours off."""
    sweep: float = 300.0
    """Between two readings of the last `near` seconds: they find what a subscription did not bring."""
    sweeps: float = 3_600.0
    watch: float = 0.2
    """So long new posts wait for others before their deletions are subscribed to, together."""
    checkpoint: float = 1.0
    fresh: float = 900.0
    """So long a name is taken to be as it was."""
    first_wait: float = 0.5
    longest_wait: float = 60.0
