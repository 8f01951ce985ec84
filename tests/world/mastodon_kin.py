"""What the kin of Mastodon do otherwise, as far as a reader of hashtags meets it: read in their sources.

GoToSocial (`internal/api/client/streaming`): one hashtag a websocket, named in its address; ULIDs; hashtags
for users alone; no list of statuses. Pleroma and Akkoma (`websocket_handler.ex`): the same stream, with the
token as a protocol and empty frames as a keepalive; flakes; a parameter that is empty is a wrong one, a
token that is wrong is none. Takahe: no stream, hashtags for users alone, `/api/v2/instance` fails.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BASE_62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_TAKAHES_FIRST_DAY = 1_641_020_400_000
_arrived = count(1)

NewId = Callable[[int, int, random.Random], str]
"""(milliseconds of writing, milliseconds of arrival, chance) -> a local id."""


def _of_mastodon(written: int, _arrived: int, chance: random.Random) -> str:
    return str((written << 16) + chance.getrandbits(16))


def _of_gotosocial(written: int, _arrived: int, chance: random.Random) -> str:
    return _in(written, _CROCKFORD, 10) + _in(chance.getrandbits(80), _CROCKFORD, 16)


def _of_pleroma(_written: int, arrived: int, _chance: random.Random) -> str:
    return _in((arrived << 64) + (next(_arrived) % 65_536), _BASE_62, 18)


def _of_takahe(_written: int, arrived: int, chance: random.Random) -> str:
    return str(
        (arrived - _TAKAHES_FIRST_DAY << 22) + (next(_arrived) << 3) % (1 << 22) + chance.getrandbits(3)
    )


def _in(number: int, digits: str, length: int) -> str:
    return "".join(
        digits[number // len(digits) ** place % len(digits)] for place in reversed(range(length))
    )


@dataclass(frozen=True)
class Flavour:
    """One kind of server. `uri` has places for its host, a user and an id."""

    name: str
    version: str | None = None
    """None: what the instance's own `version` says."""
    new_id: NewId = _of_mastodon
    uri: str = "http://{host}/users/{user}/statuses/{id}"
    v2: int = 200
    strangers: bool = True
    token_checked: bool = True
    """A wrong token is refused; else it counts as none."""
    strict: bool = False
    streams: bool = True
    in_address: bool = False
    in_protocol: bool = False
    keepalive: bool = False
    tells_edits: bool = True
    drops_words: bool = True
    listed_by: str | None = None
    """The parameter of its list of statuses; None: it has none (Mastodon: by its version)."""
    source: str | None = None


MASTODON = Flavour("mastodon", drops_words=False)
GOTOSOCIAL = Flavour(
    "gotosocial",
    version="0.20.2+git-01e931d",
    new_id=_of_gotosocial,
    strangers=False,
    in_address=True,
    tells_edits=False,
    source="https://codeberg.org/superseriousbusiness/gotosocial",
)
PLEROMA = Flavour(
    "pleroma",
    version="2.7.2 (compatible; Pleroma 2.9.1)",
    new_id=_of_pleroma,
    uri="http://{host}/objects/{id}",
    token_checked=False,
    strict=True,
    in_address=True,
    in_protocol=True,
    keepalive=True,
    listed_by="ids[]",
)
OLD_PLEROMA = replace(PLEROMA, version="2.7.2 (compatible; Pleroma 2.2.0)", v2=404)
AKKOMA = replace(PLEROMA, name="akkoma", version="2.7.2 (compatible; Akkoma 3.13.2)")
TAKAHE = Flavour(
    "takahe",
    version="takahe/0.11.0",
    new_id=_of_takahe,
    uri="http://{host}/@{user}@{host}/posts/{id}/",
    v2=500,
    strangers=False,
    streams=False,
)
