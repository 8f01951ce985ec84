"""What comes with the words of a post besides pictures, as pages without script show it: a poll, a quoted
post, a linked page."""

from __future__ import annotations

from dataclasses import dataclass

from wall.entries.cards import PostValue, QuoteValue
from wall.hygiene import Run, displayed, displayed_line, tidy_line
from wall.routes.shown import language_of, picture_path, web_address


@dataclass(frozen=True)
class Polled:
    """A poll: its answers, each with its share in percent once nobody can vote any more."""

    options: tuple[tuple[str, int | None], ...]
    closed: bool


@dataclass(frozen=True)
class QuotedWords:
    """Another's words. `covered` is their content warning; then there are no `runs`."""

    name: str
    handle: str
    runs: tuple[Run, ...]
    covered: str
    lang: str | None


@dataclass(frozen=True)
class Linked:
    """A linked page: its title, its site, where it is if that may stand under a link, and where this
    server has its picture."""

    title: str
    host: str
    url: str | None
    picture: str | None


@dataclass(frozen=True)
class Extras:
    """All of it; nothing of what its author covered."""

    poll: Polled | None = None
    quote: QuotedWords | None = None
    linked: Linked | None = None


def extras_of(card: PostValue, slug: str) -> Extras:
    """What a card holds besides words and pictures. A linked page stands alone: a quote or a picture says
    more of what the post is about."""
    if tidy_line(card.warning or ""):
        return Extras()
    poll = card.poll
    options = tuple((tidy_line(one.text), one.share) for one in poll.options) if poll else ()
    return Extras(
        poll=Polled(options, poll.closed) if poll else None,
        quote=_quote(card.quote) if card.quote else None,
        linked=None if card.quote or card.media else _linked(card, slug),
    )


def _quote(quote: QuoteValue) -> QuotedWords:
    covered = tidy_line(quote.warning or "")
    handle = tidy_line(quote.handle.lstrip("@"))
    name = "".join(run.text for run in displayed_line(quote.name)).strip() or handle
    runs = () if covered else tuple(displayed(quote.text.rstrip(), quote.links))
    return QuotedWords(name, handle, runs, covered, language_of(quote))


def _linked(card: PostValue, slug: str) -> Linked | None:
    link = card.link_card
    if link is None:
        return None
    key = None if card.sensitive else link.picture
    path = picture_path(slug, card.id, "link", key) if key else None
    return Linked(tidy_line(link.title), link.host, web_address(link.url), path)
