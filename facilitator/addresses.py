"""Which post an address is of: its network, and the name by which that network's feed would bring it. Pure.

Where the address does not tell that name, the address itself is the name: then the same post may come once
more by a feed, and `recognised` says so (docs/how-to/guidance-and-resources.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from facilitator.sources import address
from wall.errors import BadInput

OTHER = "other"
"""The network of an address of none that is known here."""

_TRACKING = re.compile(r"(?:utm_.*|fbclid|gclid|igshid|igsh|ref_src|ref_url|mc_cid|mc_eid)")
_DIGITS = re.compile(r"[0-9]{1,30}")
_ACTIVITY = re.compile(r"(?:activity|ugcPost|share)[-:]([0-9]{10,25})")


@dataclass(frozen=True)
class Identity:
    """A post by its address. `handle`: its author's, as the address says it, else empty; `profile`: where
    they are. `recognised`: a feed of this network would bring the post under the same key."""

    network: str
    key: str
    url: str
    handle: str = ""
    profile: str | None = None
    recognised: bool = False


def identity_of(typed: str) -> Identity:
    """Whose post an address is of. Raises BadInput for what is no address of a page."""
    try:
        url = address(typed)
    except BadInput as error:
        raise BadInput(error.message, remedy=error.remedy, field="address") from None
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.").removeprefix("mobile.")
    path = [part for part in parts.path.split("/") if part]
    for hosts, read in _READERS:
        if host in hosts:
            found = read(parts, path)
            break
    else:
        found = _on_a_server(parts, path)
    plain = _plain(parts)
    network = next((name for name, hosts in _HOSTS.items() if host in hosts), OTHER)
    return found or Identity(network=network, key=plain, url=plain)


def _on_x(_parts: SplitResult, path: Sequence[str]) -> Identity | None:
    if len(path) > 2 and path[-2] in {"status", "statuses"} and _DIGITS.fullmatch(path[-1]):
        if path[0] == "i":
            return Identity("x", path[-1], f"https://x.com/i/status/{path[-1]}", recognised=True)
        handle = path[0].lstrip("@")
        url, profile = f"https://x.com/{handle}/status/{path[-1]}", f"https://x.com/{handle}"
        return Identity("x", path[-1], url, handle, profile, recognised=True)
    return None


def _on_bluesky(_parts: SplitResult, path: Sequence[str]) -> Identity | None:
    """The key of a post is made of its author's DID; an address with a handle does not tell that."""
    if len(path) < 4 or path[0] != "profile" or path[2] != "post":
        return None
    who, rkey = path[1], path[3]
    url, profile = f"https://bsky.app/profile/{who}/post/{rkey}", f"https://bsky.app/profile/{who}"
    if who.startswith("did:"):
        return Identity(
            "bluesky", f"at://{who}/app.bsky.feed.post/{rkey}", url, "", profile, recognised=True
        )
    return Identity("bluesky", url, url, who.lower(), profile)


def _on_youtube(parts: SplitResult, path: Sequence[str]) -> Identity | None:
    query = dict(parse_qsl(parts.query))
    short = (parts.hostname or "").endswith("youtu.be")
    named = len(path) > 1 and path[0] in {"shorts", "live", "embed"}
    video = path[0] if short and path else path[1] if named else query.get("v", "")
    if not re.fullmatch(r"[A-Za-z0-9_-]{6,20}", video):
        return None
    url = f"https://www.youtube.com/watch?v={video}"
    return Identity("youtube", video, url)


def _on_threads(_parts: SplitResult, path: Sequence[str]) -> Identity | None:
    if len(path) < 3 or not path[0].startswith("@") or path[1] != "post":
        return None
    profile = f"https://www.threads.com/{path[0]}"
    return Identity("threads", path[2], f"{profile}/post/{path[2]}", path[0][1:], profile)


def _on_linkedin(parts: SplitResult, _path: Sequence[str]) -> Identity | None:
    found = _ACTIVITY.search(parts.path)
    return Identity("linkedin", found[1], _plain(parts)) if found else None


def _on_a_server(parts: SplitResult, path: Sequence[str]) -> Identity | None:
    """A post of the fediverse, at the paths of Mastodon. One that another server wrote (`@ada@b.example`)
    has its name there, which this address does not tell."""
    host = parts.netloc.lower()
    if len(path) == 2 and path[0].startswith("@") and _DIGITS.fullmatch(path[1]):
        name, url = path[0][1:], f"https://{host}/{path[0]}/{path[1]}"
        if "@" in name:
            user, _, server = name.partition("@")
            return Identity("mastodon", url, url, name, f"https://{server}/@{user}")
        key = f"https://{host}/users/{name}/statuses/{path[1]}"
        return Identity("mastodon", key, url, f"{name}@{host}", f"https://{host}/@{name}", recognised=True)
    if len(path) == 4 and (path[0], path[2]) == ("users", "statuses") and _DIGITS.fullmatch(path[3]):
        key, name = f"https://{host}/{'/'.join(path)}", path[1]
        url, profile = f"https://{host}/@{name}/{path[3]}", f"https://{host}/@{name}"
        return Identity("mastodon", key, url, f"{name}@{host}", profile, recognised=True)
    return None


def _plain(parts: SplitResult) -> str:
    """An address in one form: without what follows people about, and without the place on the page."""
    query = [(name, value) for name, value in parse_qsl(parts.query) if not _TRACKING.fullmatch(name)]
    path = parts.path.rstrip("/") or "/"
    return urlunsplit((parts.scheme, parts.netloc.lower(), path, urlencode(query), ""))


_Reader = Callable[[SplitResult, Sequence[str]], Identity | None]

_HOSTS: dict[str, frozenset[str]] = {
    "x": frozenset({"x.com", "twitter.com"}),
    "bluesky": frozenset({"bsky.app"}),
    "youtube": frozenset({"youtube.com", "youtu.be"}),
    "threads": frozenset({"threads.net", "threads.com"}),
    "linkedin": frozenset({"linkedin.com"}),
}
_READERS: tuple[tuple[frozenset[str], _Reader], ...] = (
    (_HOSTS["x"], _on_x),
    (_HOSTS["bluesky"], _on_bluesky),
    (_HOSTS["youtube"], _on_youtube),
    (_HOSTS["threads"], _on_threads),
    (_HOSTS["linkedin"], _on_linkedin),
)
