"""Where the pictures of a post are. Pure.

A page names a picture by its post and its place in it, never by an address: so there is nothing to
sign, nothing is fetched that no post names, who may see the post may see its pictures, and all of
them are gone with it.
"""

from __future__ import annotations

from typing import NamedTuple

from wall.entries.pictures import MOST_PICTURES, picture_urls
from wall.media.images import Kind
from wall.model import Post

AVATAR = "avatar"
LINK = "link"
EMOJI = "emoji-"
"""Before a code: `emoji-owl` is the picture of `:owl:`. By its code and not by its place, so that an
edit which brings another emoji does not show one in the place of the other."""


class Source(NamedTuple):
    """A picture of a post: its kind, and the addresses to try in turn."""

    kind: Kind
    urls: tuple[str, ...]


def source_of(post: Post, which: str) -> Source | None:
    """The picture that a page calls `avatar`, `link` (of a page that is linked to), `emoji-` and its code,
    or by an attachment's place from `0`; None for none."""
    if which == AVATAR:
        return Source("avatar", (post.author.avatar,)) if post.author.avatar else None
    if which == LINK:
        image = post.link_card.image if post.link_card else None
        return Source("image", (image,)) if image else None
    if which.startswith(EMOJI):
        code = which.removeprefix(EMOJI)
        return next((Source("emoji", (one.url,)) for one in post.emoji if one.code == code), None)
    place = int(which) if which.isascii() and which.isdecimal() and len(which) < 3 else MOST_PICTURES
    if place >= min(len(post.media), MOST_PICTURES):
        return None
    urls = picture_urls(post.media[place])
    return Source("image", urls) if urls else None


def addresses(post: Post) -> tuple[str, ...]:
    """Every address that a picture of this post may have been fetched from, for a purge."""
    avatar = (post.author.avatar,) if post.author.avatar else ()
    media = (url for one in post.media for url in picture_urls(one))
    linked = (post.link_card.image,) if post.link_card and post.link_card.image else ()
    return (*avatar, *media, *linked, *(one.url for one in post.emoji))
