"""Posts of one person on two networks, in the ways in which it is known that it is one person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.support.summit import MORNING
from wall.model import Author, Post

SAID = "We should teach how to disagree in public, and when to leave it #summit"
DID = "did:plc:ada"


def toot(
    key: str = "t", text: str = SAID, *, minutes: float = 0, who: Author | None = None, **more: Any
) -> Post:
    """A post of Ada's on the fediverse."""
    author = who or Author(key="https://a.example/users/ada", handle="ada@a.example", name="Ada Okoro")
    return _post("mastodon", f"https://a.example/{key}", text, minutes, author, more)


def skeet(
    key: str = "s", text: str = SAID, *, minutes: float = 1, who: Author | None = None, **more: Any
) -> Post:
    """The same of hers on Bluesky, where her handle is her name on her own server."""
    author = who or Author(key=DID, handle="ada.a.example", name="Ada Okoro")
    return _post("bluesky", f"at://{DID}/app.bsky.feed.post/{key}", text, minutes, author, more)


def bridged(key: str = "s", text: str = SAID, **more: Any) -> Post:
    """What a bridge makes on Bluesky of her post on the fediverse."""
    author = Author(key=DID, handle="ada.a.example.ap.brid.gy", name="Ada Okoro")
    return skeet(key, text, **{"who": author} | more)


def tweet(
    key: str = "x", text: str = SAID, *, minutes: float = 2, who: Author | None = None, **more: Any
) -> Post:
    """The same of hers on X: the name and the handle are the same."""
    author = who or Author(key="17", handle="ada_okoro_md", name="Ada Okoro")
    return _post("x", key, text, minutes, author, more)


def named_toot(key: str = "t", text: str = SAID, **more: Any) -> Post:
    """A post on the fediverse of somebody whose handle is the same on X."""
    author = Author(
        key="https://a.example/users/17", handle="ada_okoro_md@a.example", name="Ada Okoro (she/her)"
    )
    return toot(key, text, **{"who": author} | more)


def _post(network: str, key: str, text: str, minutes: float, author: Author, more: dict[str, Any]) -> Post:
    at = MORNING + timedelta(minutes=minutes)
    given = {"network": network, "key": key, "text": text, "author": author, "created_at": at}
    return Post(**{**given, "url": f"https://{network}.example/{key[-1]}", **more})
