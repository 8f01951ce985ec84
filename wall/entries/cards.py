"""Cards: a post as readers hold it, wherever it appears. These models are the wire's values."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import urlsplit

from wall.entries.pictures import key_of, media_keys, picture_key
from wall.model import Author, Frozen, Link, LinkCard, Media, Poll, Quote, Reason, StoredPost, Time
from wall.twinned import Twin
from wall.wishes import bar_of


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


class PollOptionValue(Frozen):
    """One answer of a poll; `share` of the votes in percent, once nobody can vote any more."""

    text: str
    share: int | None


class PollValue(Frozen):
    """A poll as text: nobody can vote here."""

    options: tuple[PollOptionValue, ...]
    multiple: bool
    closed: bool


class LinkCardValue(Frozen):
    """What a linked page says of itself. `picture`: the key of the picture that this server has of it."""

    url: str
    host: str
    title: str
    alt: str
    picture: str | None


class QuoteValue(Frozen):
    """The words of another post inside a card."""

    handle: str
    name: str
    text: str
    lang: str | None
    links: tuple[Link, ...]
    warning: str | None
    url: str | None


class DeclaredValue(Frozen):
    """What an author said of themselves and nobody checked: `role` is a code with words, `country` one of
    ISO 3166-1; either may be empty."""

    role: str
    country: str


class AlsoValue(Frozen):
    """The same post on another network, which this card stands for too. `post` and `why`, a code with
    words, are there only for those who see held posts."""

    network: str
    url: str | None
    post: str | None = None
    why: str | None = None


class PostValue(Frozen):
    """`post`: a card. `order` sorts cards: by when they were first shown, for the desk by arrival.

    `by_hand`: a person approved it as it is. `also`: where else its author posted it. `state`, `reasons`,
    `bar` and `declared` are there only for those who see held posts; `bar` is the code of why nobody can
    let it onto a screen (`wall.wishes`).
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
    poll: PollValue | None
    link_card: LinkCardValue | None
    quote: QuoteValue | None
    reposts: int
    by_hand: bool
    also: tuple[AlsoValue, ...] = ()
    state: str | None = None
    reasons: tuple[Reason, ...] | None = None
    bar: str | None = None
    declared: DeclaredValue | None = None


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
        warning=_warning(stored),
        sensitive=post.sensitive or any(twin.sensitive for twin in stored.twins),
        poll=_poll(post.poll) if post.poll else None,
        link_card=_link_card(post.link_card) if post.link_card else None,
        quote=_quote(post.quote) if post.quote and post.quote.unseen is None else None,
        reposts=stored.reposts,
        by_hand=stored.by_hand,
        also=tuple(_also(twin, staff=staff) for twin in stored.twins),
        state=stored.state if staff else None,
        reasons=stored.reasons if staff else None,
        bar=bar_of(stored) if staff else None,
        declared=_declared(post.author) if staff else None,
    )


def _warning(stored: StoredPost) -> str | None:
    """What a post is covered with: a warning of either counts for both, one without words too."""
    both = (stored.post.warning, *(twin.warning for twin in stored.twins))
    said = [one for one in both if one is not None]
    return next(filter(None, said), said[0] if said else None)


def _also(twin: Twin, *, staff: bool) -> AlsoValue:
    known = {"post": twin.id, "why": twin.why} if staff else {}
    return AlsoValue(network=twin.network, url=twin.url, **known)


def _declared(author: Author) -> DeclaredValue | None:
    said = author.role or author.country
    return DeclaredValue(role=author.role, country=author.country) if said else None


def _author(author: Author) -> AuthorValue:
    return AuthorValue(**copied(author, AuthorValue, "avatar"), avatar=picture_key(author.avatar))


def _media(media: tuple[Media, ...]) -> tuple[MediaValue, ...]:
    keys = zip(media, media_keys(media), strict=True)
    return tuple(MediaValue(**copied(one, MediaValue, "picture"), picture=key) for one, key in keys)


def _poll(poll: Poll) -> PollValue:
    """Shares are of all votes, rounded; counts of an open poll say nothing yet."""
    votes = sum(option.votes or 0 for option in poll.options)
    counted = poll.closed and votes > 0
    options = tuple(
        PollOptionValue(text=one.text, share=round(100 * (one.votes or 0) / votes) if counted else None)
        for one in poll.options
    )
    return PollValue(options=options, multiple=poll.multiple, closed=poll.closed)


def _link_card(link: LinkCard) -> LinkCardValue:
    return LinkCardValue(
        **copied(link, LinkCardValue, "host", "picture"),
        host=host_of(link.url),
        picture=picture_key(link.image),
    )


def host_of(url: str) -> str:
    """The host of an address as people name a site: without `www.`; empty where there is none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _quote(quote: Quote) -> QuoteValue:
    author = {"handle": quote.author.handle, "name": quote.author.name}
    return QuoteValue(**copied(quote, QuoteValue, *author), **author)
