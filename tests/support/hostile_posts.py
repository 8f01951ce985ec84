"""Posts that carry one string in every field they have."""

from __future__ import annotations

from typing import Literal

from tests.support.summit import MORNING
from wall.model import (
    NAME_LIMIT,
    POST_TEXT_LIMIT,
    Author,
    Emoji,
    Link,
    LinkCard,
    Media,
    Poll,
    PollOption,
    Post,
    Quote,
    at_border,
)

HARMLESS = (
    "Plain words",
    ":blobcat:",
    "#words",
    "https://example.org/words",
    "Words " * 60,
    "@words",
    "ab",
)
"""Strings that bring every kind of thing onto a card that a post can have."""

_KEY_LIMIT, _URL_LIMIT, _LANG_LIMIT = 500, 2_000, 35
_KINDS: tuple[Literal["image", "video", "audio", "other"], ...] = ("image", "video", "audio", "other")
_SAFE = "https://example.org/"
"""Nothing is fetched from there: the port is not among those that the server may use."""


def posts_with(string: str, number: int, picture: str) -> tuple[Post, Post]:
    """Two posts with `string` in every field, as far as it fits: one that shows its text, and one that
    its author covered with a warning.

    `number` tells the posts of one event apart, `picture` is the address of a picture that can be had.
    """
    post = _post(at_border(string), number, picture)
    covered = {"key": f"{number} covered {string}"[:_KEY_LIMIT], "warning": string}
    return post, Post.model_validate(post.model_dump() | covered)


def _post(string: str, number: int, picture: str) -> Post:
    name, url, key = string[:NAME_LIMIT], string[:_URL_LIMIT], string[: _KEY_LIMIT - 10]
    text, links = _text(string)
    return Post(
        network="x",
        key=f"{number} {key}",
        author=Author(key=f"{number} {key}", handle=name, name=name, url=url, avatar=url, also=(name,)),
        text=text,
        created_at=MORNING,
        url=url,
        lang=string[:_LANG_LIMIT],
        hashtags=(name, f"#{name}"[:NAME_LIMIT]),
        media=_media(string, number, picture),
        emoji=(Emoji(code="blobcat", url=picture), Emoji(code="canary", url=url)),
        links=links,
        poll=Poll(options=(PollOption(text=string), PollOption(text=string))),
        link_card=_link_card(string, number, picture),
        labels=(name,),
        quote=_quote(string, number),
        reply_to=key or None,
        quote_of=key or None,
    )


def _quote(string: str, number: int) -> Quote:
    """The string as somebody's name and words; every other one is covered by it as well."""
    name, url = string[:NAME_LIMIT], string[:_URL_LIMIT]
    author = Author(
        key=string[:_KEY_LIMIT] or "-", handle=name, name=name, url=url, avatar=url, also=(name,)
    )
    text, links = _text(string)
    return Quote(
        key=f"{number} {string}"[:_KEY_LIMIT],
        author=author,
        text=text,
        url=url,
        lang=string[:_LANG_LIMIT],
        links=links,
        warning=string if number % 2 else None,
        labels=(name,),
    )


def _link_card(string: str, number: int, picture: str) -> LinkCard:
    """A page at an address that holds the string, where that may be opened, or at a safe one."""
    url = _below_safe(string) if number % 2 else _SAFE
    return LinkCard(url=url, title=string, image=string[:_URL_LIMIT] if number % 2 else picture, alt=string)


def _text(string: str) -> tuple[str, tuple[Link, ...]]:
    """The string as plain text, and once more as the words of a link to it and of one to a safe host."""
    text = f"{string}\n{string}"[:POST_TEXT_LIMIT]
    start, end = min(len(string) + 1, len(text)), len(text)
    middle = (start + end) // 2
    links = (
        Link(start=start, end=middle, url=string[:_URL_LIMIT]),
        Link(start=middle, end=end, url=_below_safe(string)),
    )
    return text, links


def _media(string: str, number: int, picture: str) -> tuple[Media, ...]:
    """Something of each kind in turn, a picture that can be had among them, and something at an address
    of the string's."""
    url = string[:_URL_LIMIT]
    kind = _KINDS[number % len(_KINDS)]
    return (
        Media(kind=kind, url=picture, preview=url, alt=string, width=600, height=200),
        Media(kind="image", url=url, alt=string),
    )


def _below_safe(string: str) -> str:
    return (_SAFE + string)[:_URL_LIMIT]
