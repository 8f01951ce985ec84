"""Who is not shown on any screen, whoever would approve it: what authors and networks ask for. Pure.

`bar_of` is the one rule. It is asked where posts are judged, where a person approves one, and once more
by `wall.entries.visible`, so that nothing that it bars reaches a screen by any way (docs/decisions/0017).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, NamedTuple, cast, get_args
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

ASKED_NETWORKS = ("mastodon", "bluesky", "x", "nostr", "matrix", "youtube")
"""Networks whose people can name themselves by a handle or the address of their profile."""

_AT_HOST = re.compile(r"([^\s@/]+)@([^\s@/]+\.[^\s@/]+)")
_HANDLE = re.compile(r"[^\s@/]+")
_FORMS = {
    "nostr": re.compile(r"npub1[02-9ac-hj-np-z]{58}"),
    "matrix": re.compile(r"[^\s@/:]+:[^\s@/]+"),
}
"""What a handle looks like where not every word is one: NIP-19, and user ids of Matrix."""
_HOSTS = {
    "x.com": "x",
    "twitter.com": "x",
    "mobile.x.com": "x",
    "mobile.twitter.com": "x",
    "bsky.app": "bluesky",
    "youtube.com": "youtube",
    "m.youtube.com": "youtube",
    "matrix.to": "matrix",
}
_X_PAGES = frozenset({"explore", "hashtag", "home", "i", "intent", "messages", "notifications", "search"})
"""Where addresses on X lead that begin with nobody's handle. `/i/user/1` is somebody, by a number that they
never see: who has only this is asked for the handle."""
_SERVER_PAGES = frozenset({"about", "auth", "deck", "explore", "home", "public", "search", "tags", "web"})
"""The same for servers of the fediverse, where some show a profile at `/handle`."""
_PROFILES = frozenset({("users",), ("profile",), ("ap", "users"), ("accounts",), ("a",), ("u",)})
"""What stands before a name in an address of the fediverse, where no `@` marks it."""


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
    """Why a post is never shown on a screen; None while it may be, if a person or a rule approves it. What
    is wished of a post that it stands for holds for it too."""
    if stored.left_off:
        return "left_off"
    said = (wish_of(stored.post), *(twin.bar for twin in stored.twins))
    return cast("Bar | None", next((bar for bar in said if bar), None))


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
    or their server write it. A handle without a server is completed by the address of their profile; a key
    that people meet themselves, a DID or the address of an account, is a name as if it had been typed."""
    handle = folded(author.handle)
    names = {key_name(network, author)}
    if handle:
        names.add(f"{network}:{handle}")
    if network == "mastodon" and handle and (host := _host(author.url)):
        names.add(f"{network}:{handle.partition('@')[0]}@{host}")
    if network == "youtube":
        names.add(f"{network}:{folded(author.key)}")
    if (network == "mastodon" and "://" in author.key) or author.key.startswith("did:"):
        names |= {str(who) for who in [named(network, author.key)] if who and who.network == network}
    return frozenset(names)


def key_name(network: str, author: Author) -> str:
    """The name of an author that stays theirs when they change their handle."""
    return f"{network}#{author.key}"


def named(network: str, given: str) -> Named | None:
    """Whom somebody means who typed a handle or the address of a profile; None where that cannot be told.

    An address says its network itself. On Mastodon and Matrix a handle needs its server, on Bluesky it is a
    whole domain or a DID (atproto.com/specs/handle), on Nostr an `npub`.
    """
    given = given.strip()
    if "://" in given or given.lower().startswith("www."):
        return _by_address(network, given)
    handle = folded(given)
    if network == "mastodon":
        return Named(network, handle) if _AT_HOST.fullmatch(handle) else None
    if network == "bluesky":
        return _on_bluesky(handle)
    return _plain(network, handle.removeprefix("nostr:"))


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
    where = parts.fragment.partition("?")[0] if host == "matrix.to" else parts.path
    path = [part for part in where.split("/") if part]
    network = _HOSTS.get(host, network)
    if not host or not path:
        return None
    match network:
        case "mastodon":
            return _on_a_server(host, path)
        case "bluesky":
            return _on_bluesky(folded(path[1])) if path[0] == "profile" and len(path) > 1 else None
        case "x" if host in _HOSTS and path[0].casefold() not in _X_PAGES:
            return _plain(network, folded(path[0]))
        case "youtube" if path[0].startswith("@") or path[0] == "channel":
            return _plain(network, folded(path[-1]))
        case "nostr" | "matrix":
            return _plain(network, folded(path[-1]))
    return None


def _plain(network: str, handle: str) -> Named | None:
    return Named(network, handle) if _FORMS.get(network, _HANDLE).fullmatch(handle) else None


def _on_a_server(host: str, path: list[str]) -> Named | None:
    """Whose page of the fediverse this is: at the `@name` of its path, which other programs show below a
    path of their own and some below the server (`/web/@ada`, `/b.example/@ada`), or after a usual word."""
    at = next((number for number, part in enumerate(path) if part.startswith("@")), None)
    if at is not None:
        name, server = path[at], path[at - 1] if at and "." in path[at - 1] else host
    else:
        before = next((known for known in _PROFILES if tuple(path[: len(known)]) == known), ())
        name, server = (path[len(before)] if len(path) > len(before) else ""), host
        if not before and (len(path) > 1 or name.casefold() in _SERVER_PAGES):
            return None
    handle = folded(name)
    whole = handle if "@" in handle else f"{handle}@{folded(server)}"
    return Named("mastodon", whole) if _AT_HOST.fullmatch(whole) else None


def _on_bluesky(handle: str) -> Named | None:
    whole = "." in handle or handle.startswith("did:")
    return Named("bluesky", handle) if whole and _HANDLE.fullmatch(handle) else None


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url or "").hostname
    except ValueError:
        return None
