"""Cards: a post as readers hold it, wherever it appears. These models are the wire's values."""

from __future__ import annotations

from typing import Any, Literal

from wall.entries.pictures import key_of, media_keys, picture_key
from wall.model import Author, Frozen, Link, Media, Reason, StoredPost, Time


class AuthorValue(Frozen):
    """The author part of a card. No follower count: reach is not merit.

    `avatar`: the key of their picture; None where they have none.
    """

    handle: str
    name: str
    url: str | None
    avatar: str | None
    bot: bool


class MediaValue(Frozen):
    """One attachment of a card. Sizes are in pixels; `alt` is the author's own description.

    `picture`: the key of the picture that this server has of it; None where it has none.
    """

    kind: Literal["image", "video", "audio", "other"]
    alt: str
    width: int | None
    height: int | None
    picture: str | None


class EmojiValue(Frozen):
    """A custom emoji: `:code:` in the text, the warning and the author's name of a card is a picture.

    `picture`: the key of that picture on this server.
    """

    code: str
    picture: str


class PostValue(Frozen):
    """`post`: a card. `order` sorts cards: by when they were first shown, for the desk by arrival.

    `by_hand`: a person approved it as it is. `state` and `reasons` are there only for those who see
    held posts.
    """

    id: str
    order: int
    version: int
    network: str
    url: str | None
    author: AuthorValue
    text: str
    lang: str | None
    created_at: Time
    edited: bool
    hashtags: tuple[str, ...]
    links: tuple[Link, ...]
    media: tuple[MediaValue, ...]
    emoji: tuple[EmojiValue, ...]
    warning: str | None
    sensitive: bool
    reposts: int
    by_hand: bool
    state: str | None = None
    reasons: tuple[Reason, ...] | None = None


def copied(state: Frozen, value: type[Frozen], *but: str) -> dict[str, Any]:
    """The fields of `value` that `state` has under the same names, but for those named."""
    return {name: getattr(state, name) for name in value.model_fields if name not in but}


def card(stored: StoredPost, *, staff: bool) -> PostValue:
    """A post as a card; `staff`: for somebody who sees held posts and their reasons."""
    post = stored.post
    return PostValue(
        id=stored.id,
        order=stored.received if staff else stored.shown,
        version=stored.version,
        network=post.network,
        url=post.url,
        author=_author(post.author),
        text=post.text,
        lang=post.lang,
        created_at=post.created_at,
        edited=stored.edits > 0,
        hashtags=post.hashtags,
        links=post.links,
        media=_media(post.media),
        emoji=tuple(EmojiValue(code=one.code, picture=key_of(one.url)) for one in post.emoji),
        warning=post.warning,
        sensitive=post.sensitive,
        reposts=stored.reposts,
        by_hand=stored.by_hand,
        state=stored.state if staff else None,
        reasons=stored.reasons if staff else None,
    )


def _author(author: Author) -> AuthorValue:
    return AuthorValue(**copied(author, AuthorValue, "avatar"), avatar=picture_key(author.avatar))


def _media(media: tuple[Media, ...]) -> tuple[MediaValue, ...]:
    keys = zip(media, media_keys(media), strict=True)
    return tuple(MediaValue(**copied(one, MediaValue, "picture"), picture=key) for one, key in keys)
