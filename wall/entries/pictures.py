"""Which pictures a post has, and the short keys that pages name their versions by.

The addresses stay on this side of the wire: a reader learns that there is a picture and asks this
server for it by the post (docs/decisions/0011).
"""

from __future__ import annotations

from hashlib import blake2b

from wall.model import Media

MOST_PICTURES = 64
"""Attachments of one post that can have a picture; networks allow far fewer."""


def picture_urls(media: Media) -> tuple[str, ...]:
    """Where an attachment's picture may be: the image itself and then its preview, which is smaller;
    of a film only its preview."""
    own = (media.url,) if media.kind == "image" else ()
    return (*own, media.preview) if media.preview else own


def key_of(url: str) -> str:
    """8 characters that change with the address of a picture. It identifies nothing."""
    return blake2b(url.encode(), digest_size=4).hexdigest()


def picture_key(url: str | None) -> str | None:
    """The key of the picture at an address; None for no picture."""
    return key_of(url) if url else None


def media_keys(media: tuple[Media, ...]) -> tuple[str | None, ...]:
    """The key of each attachment's picture, in their order; None for those without one."""
    shown = [next(iter(picture_urls(one)), None) for one in media[:MOST_PICTURES]]
    return (*map(picture_key, shown), *[None] * (len(media) - len(shown)))
