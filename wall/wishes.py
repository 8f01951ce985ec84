"""Who is not shown on any screen, whoever would approve it: what authors and networks ask for. Pure.

`bar_of` is the one rule. It is asked where posts are judged, where a person approves one, and once more
by `wall.entries.visible`, so that nothing that it bars reaches a screen by any way (docs/decisions/0017).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, NamedTuple, get_args
from urllib.parse import urlsplit

from wall.model import Author, Frozen, Post, Quote, StoredPost, Time

Bar = Literal["noindex", "signed_in_only", "limited", "taken_down", "left_off"]
"""Why a post is never shown: its author wants no search engine to list them; its author is for people
who are signed in; their server shows them only to those who follow them; their network took them or it
down; its author, or the staff for them, asked that they be left off the walls."""

BARS: frozenset[str] = frozenset(get_args(Bar))

_LABELS: dict[str, Bar] = {
    "!no-unauthenticated": "signed_in_only",
    "!hide": "taken_down",
    "!takedown": "taken_down",
    "!suspend": "taken_down",
}
"""Labels of the AT protocol (atproto.com/specs/label) that leave no choice to whoever shows a post."""

ASKED_NETWORKS = ("mastodon", "bluesky", "x")
"""Networks whose people can name themselves by a handle or the address of their profile."""

_AT_HOST = re.compile(r"([^\s@/]+)@([^\s@/]+\.[^\s@/]+)")
_HANDLE = re.compile(r"[^\s@/]+")
_PROFILE = re.compile(r"/(?:@|users/|profile/|ap/users/)?([^\s/]+)(?:/.*)?")
_HOSTS = {"x.com": "x", "twitter.com": "x", "mobile.twitter.com": "x", "bsky.app": "bluesky"}


class OptOut(Frozen):
    """Somebody is left off the walls of an event: who asked, and how many posts that kept off at once.

    It does not say who they are: their names are kept beside it as keyed digests.
    """

    id: str
    event_id: str
    network: str
    by: Literal["person", "staff"]
    at: Time
    posts: int
    version: int


def bar_of(stored: StoredPost) -> Bar | None:
    """Why a post is never shown on a screen; None while it may be, if a person or a rule approves it."""
    return "left_off" if stored.left_off else wish_of(stored.post)


def may_show(stored: StoredPost) -> bool:
    """Whether a post may be on screens at all."""
    return bar_of(stored) is None


def wish_of(post: Post | Quote) -> Bar | None:
    """What the post itself, or its author's account, says against being shown."""
    if post.author.suspended:
        return "taken_down"
    for label in post.labels:
        if label in _LABELS:
            return _LABELS[label]
    if post.author.limited:
        return "limited"
    return "noindex" if post.noindex else None


def keeping_wishes(known: Post, given: Post) -> Post:
    """A later version of a post, with what was said against showing it before.

    Of several servers that bring a post only its author's own knows their wishes: what another does not
    say is not taken back.
    """
    author = known.author
    wished = {
        "limited": author.limited or given.author.limited,
        "suspended": author.suspended or given.author.suspended,
    }
    kept = {"noindex": known.noindex or given.noindex, "author": given.author.model_copy(update=wished)}
    return given.model_copy(update=kept) if wish_of(known) else given


class Named(NamedTuple):
    """Somebody on a network, by the handle that people write: `ada@b.example`, `ada.bsky.social`."""

    network: str
    handle: str

    def __str__(self) -> str:
        return f"{self.network}:{self.handle}"


def names_of(network: str, author: Author) -> frozenset[str]:
    """Every name by which this author may have asked to be left off: their key, and their handle as they
    or their server write it. A handle without a server is completed by the address of their profile."""
    handle = folded(author.handle)
    names = {f"{network}#{author.key}"}
    if handle:
        names.add(f"{network}:{handle}")
    if network == "mastodon" and handle and (host := _host(author.url)):
        names.add(f"{network}:{handle.partition('@')[0]}@{host}")
    return frozenset(names)


def named(network: str, given: str) -> Named | None:
    """Whom somebody means who typed a handle or the address of a profile; None where that cannot be told.

    An address says its network itself. On Mastodon a handle needs its server.
    """
    given = given.strip()
    if "://" in given or given.lower().startswith("www."):
        return _by_address(network, given)
    handle = folded(given)
    if network == "mastodon":
        return Named(network, handle) if _AT_HOST.fullmatch(handle) else None
    return Named(network, handle) if _HANDLE.fullmatch(handle) else None


def folded(handle: str) -> str:
    """A handle in the form in which handles are compared: no leading @, no case, no invisible letters."""
    plain = unicodedata.normalize("NFKC", handle)
    return "".join(char for char in plain if char.isprintable()).strip().lstrip("@").casefold()


def _by_address(network: str, given: str) -> Named | None:
    try:
        parts = urlsplit(given if "://" in given else f"https://{given}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    match = _PROFILE.fullmatch(parts.path)
    if match is None or not host:
        return None
    known = _HOSTS.get(host)
    handle = folded(match[1])
    if known or network != "mastodon":
        return Named(known or network, handle) if _HANDLE.fullmatch(handle) else None
    return Named(network, handle if "@" in handle else f"{handle}@{host}")


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url or "").hostname
    except ValueError:
        return None
