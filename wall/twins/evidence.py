"""Whether one person posted two posts: what says so, how much it takes then, and how far apart they may be.

| what says so | at least | within | also asked |
|---|---|---|---|
| `origin`: the key of one names the other | 1 letter | 60 min | |
| `bridge`: one account is the bridged form of the other | 4 | 15 min | |
| `domain`: the handle of one is the other's own server | 12 | 10 min | |
| `profile`: each profile names the other, or one was checked | 12 | 10 min | |
| `told`: a moderator said so of these accounts | 12 | 10 min | |
| `name`: the same name and the same handle | 30 | 5 min | whole, no bots, the same wishes |
| `claim`: one profile names the other, and name or handle is the same | 30 | 5 min | as `name` |

The last two can be feigned: somebody could take a person's name and words and ask that nobody see them.
So they never carry a wish over, and what they hide is only a copy that came later.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

from wall.model import Author, Post
from wall.moderation.terms import tokens_of
from wall.sheet import ROOM
from wall.twinned import SURE, TwinWhy
from wall.twins.fingerprint import fits, words_of
from wall.twins.profile import CHECKED, SITE
from wall.wishes import folded, names_of, wish_of

Told = Literal["same", "apart"]
"""What a moderator said of two accounts: one person's, or not."""

WINDOW = timedelta(minutes=60)
"""Farthest apart that any twins may have been posted."""

HERE = frozenset({"web", ROOM})
"""Where people write in this event itself: they are nobody's other account."""


@dataclass(frozen=True, slots=True)
class _Asks:
    ink: int
    within: timedelta


_ASKED: dict[TwinWhy, _Asks] = {
    "origin": _Asks(1, WINDOW),
    "bridge": _Asks(4, timedelta(minutes=15)),
    "domain": _Asks(12, timedelta(minutes=10)),
    "profile": _Asks(12, timedelta(minutes=10)),
    "told": _Asks(12, timedelta(minutes=10)),
    "name": _Asks(30, timedelta(minutes=5)),
    "claim": _Asks(30, timedelta(minutes=5)),
}

SIGNS: tuple[TwinWhy, ...] = tuple(_ASKED)
"""What says so, the strongest first."""

_BRIDGED_POST = "https://bsky.brid.gy/convert/ap/"
_BRIDGED_ACCOUNT = "https://bsky.brid.gy/ap/"
_ON_FEDIVERSE = "@bsky.brid.gy"
_ON_BLUESKY = ".ap.brid.gy"
_NO_LABEL = re.compile(r"[_~]")
_PRONOUNS = re.compile(r"\([^)]*\)|\[[^\]]*\]|:[A-Za-z0-9_]{2,64}:|[/|·•].*")
_SEPARATORS = re.compile(r"[-_.]")
_SHORTEST_NAME = 4
_SHORTEST_BOTH = 12
"""Letters of a name or a handle that tell somebody: there is more than one `anna`."""


def same(one: Post, other: Post, told: Told | None = None) -> TwinWhy | None:
    """Why these are one person's same post on two networks; None: they are not, or nothing says so."""
    apart = abs(one.created_at - other.created_at)
    if apart > WINDOW or not _may_be(one, other) or told == "apart":
        return None
    why = evidence(one, other, told)
    if why is None or apart > _ASKED[why].within:
        return None
    said, also = words_of(one), words_of(other)
    if min(said.ink, also.ink) < _ASKED[why].ink or not fits(said, also, whole=why not in SURE):
        return None
    return why


def evidence(one: Post, other: Post, told: Told | None = None) -> TwinWhy | None:
    """The strongest sign that one person made these posts, whatever they say; None where there is none."""
    if _is_origin(one, other) or _is_origin(other, one):
        return "origin"
    if _is_bridged(one, other) or _is_bridged(other, one):
        return "bridge"
    if told == "same":
        return "told"
    if _is_own_server(one, other) or _is_own_server(other, one):
        return "domain"
    return _by_profile(one, other)


def is_copy(copy: Post, original: Post) -> bool:
    """Whether a bridge made one of the other: nobody posted it there, and it has no author but that one."""
    return _is_origin(copy, original) or _is_bridged(copy, original)


def _may_be(one: Post, other: Post) -> bool:
    networks = {one.network, other.network}
    return len(networks) == 2 and networks.isdisjoint(HERE) and not (one.repost_of or other.repost_of)


def _is_origin(copy: Post, original: Post) -> bool:
    """Whether a bridge says in the copy's own id which post it was made of."""
    return copy.network == "mastodon" and copy.key == _BRIDGED_POST + original.key


def _is_bridged(copy: Post, original: Post) -> bool:
    """Whether one account is how Bridgy Fed shows the other (fed.brid.gy/docs): on the fediverse
    `@handle@bsky.brid.gy`, on Bluesky `name.instance.ap.brid.gy`, with `-` for what no domain has."""
    handle = folded(copy.author.handle)
    if (copy.network, original.network) == ("mastodon", "bluesky"):
        named = handle.endswith(_ON_FEDIVERSE) and _host(copy.author.key) == _ON_FEDIVERSE[1:]
        by_name = named and handle.removesuffix(_ON_FEDIVERSE) == folded(original.author.handle)
        return by_name or copy.author.key == _BRIDGED_ACCOUNT + original.author.key
    if (copy.network, original.network) == ("bluesky", "mastodon") and handle.endswith(_ON_BLUESKY):
        plain = handle.removesuffix(_ON_BLUESKY)
        return any(_NO_LABEL.sub("-", f"{name}.{host}") == plain for name, host in _accounts(original))
    return False


def _is_own_server(one: Post, other: Post) -> bool:
    """Whether the Bluesky handle of one is the domain of the other's server, and is theirs on it: of
    `ada@example.org` it is `ada.example.org`, of `ada@ada.example` it is `ada.example`."""
    if (one.network, other.network) != ("bluesky", "mastodon"):
        return False
    handle = folded(one.author.handle)
    return any(
        handle == f"{name}.{host}" or (handle == host and host.partition(".")[0] == name)
        for name, host in _accounts(other)
    )


def _by_profile(one: Post, other: Post) -> TwinWhy | None:
    """What two profiles say of each other, and of whom they are."""
    there, back = _names(one, other), _names(other, one)
    if (there and back) or CHECKED in (there, back):
        return "profile"
    if one.author.bot or other.author.bot or wish_of(one) != wish_of(other):
        return None
    handle, name = _local(one.author), _name(one.author)
    handles = handle == _local(other.author) and len(handle) >= _SHORTEST_NAME
    names = name == _name(other.author) and len(name) >= _SHORTEST_NAME
    if (there or back) and (handles or names):
        return "claim"
    return "name" if handles and names and len(handle + name) >= _SHORTEST_BOTH else None


def _names(one: Post, other: Post) -> str | None:
    """How the profile of one names the other: `CHECKED`, or with nothing behind it; None: not at all."""
    names = set(names_of(other.network, other.author))
    if other.network == "bluesky":
        names.add(SITE + folded(other.author.handle))
    if any(CHECKED + name in one.author.also for name in names):
        return CHECKED
    return "said" if not names.isdisjoint(one.author.also) else None


def _accounts(post: Post) -> list[tuple[str, str]]:
    """The names and servers by which an account of the fediverse is known."""
    before = f"{post.network}:"
    known = [name for name in names_of(post.network, post.author) if name.startswith(before)]
    pairs = (name.removeprefix(before).rpartition("@") for name in known)
    return [(name, host) for name, _, host in pairs if name and host]


def _local(author: Author) -> str:
    """A handle without its server, as people would know it again on another network."""
    handle = folded(author.handle).partition("@")[0]
    return _SEPARATORS.sub("", handle.partition(".")[0] if handle.count(".") else handle)


def _name(author: Author) -> str:
    """A name without pronouns, emoji and what follows a stroke."""
    return "".join(token for token in tokens_of(_PRONOUNS.sub(" ", author.name)) if token.isalnum())


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
