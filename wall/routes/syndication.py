"""Posts as entries of Atom 1.0 (RFC 4287) and of JSON Feed 1.1 (jsonfeed.org). Pure.

What its author put under a content warning is in neither: only the warning. Markup is made here, of
escaped text, links and line ends.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any, Literal
from xml.etree.ElementTree import Element, SubElement, tostring

from wall.entries.cards import MediaValue, PostValue
from wall.hygiene import Run, displayed, tidy, tidy_line
from wall.model import Event
from wall.routes.attached import extras_of
from wall.routes.shown import Shown, ShownPage, language_of, name_of, picture_path, web_address
from wall.routes.words import Words

Form = Literal["atom", "json"]
ATOM_TYPE = "application/atom+xml"
JSON_TYPE = "application/feed+json"

_ATOM = "http://www.w3.org/2005/Atom"
_TITLE = 80
"""Longest title of an entry, in code points."""
_MOST_MEDIA = 4
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Channel:
    """What a feed is of, and where it is: absolute addresses, all of this server.

    `own` and `next` are those of this page of the feed and of the one after it.
    """

    event: Event
    base: str
    own: str
    next: str | None
    lang: str
    words: Words

    @property
    def home(self) -> str:
        """The page that the feed belongs to."""
        return f"{self.base}/events/{self.event.slug}"

    def say(self, key: str) -> str:
        """A sentence in the language of the feed."""
        return self.words.say(self.lang, key)


@dataclass(frozen=True)
class Item:
    """One post as both forms have it. `warning` is None unless its author covered it; then `html` and
    `pictures` are empty, and `text` says that it is covered."""

    id: str
    url: str
    author: str
    author_url: str | None
    title: str
    text: str
    html: str
    warning: str | None
    published: datetime
    updated: datetime
    tags: tuple[str, ...]
    lang: str | None
    network: str
    pictures: tuple[tuple[str, str], ...]
    """Absolute address and description of each."""


def item_of(shown: Shown, channel: Channel) -> Item:
    """A post as an entry. One that is nowhere else leads to the event's own page."""
    card = shown.card
    covered = tidy_line(card.warning or "")
    warning = f"{channel.say('card.warning')}: {covered}" if covered else None
    runs = displayed(card.text.rstrip(), card.links)
    media = [(one, tidy(one.alt).strip()) for one in card.media[:_MOST_MEDIA]]
    spoken = "".join(run.text for run in runs)
    beside = [*(_described(one, alt, channel) for one, alt in media), *_beside(card, channel)]
    lines = [*([spoken] if spoken.strip() else []), *beside]
    author = _name(card, channel)
    return Item(
        id=f"urn:uuid:{card.id}",
        url=web_address(card.url) or channel.home,
        author=author,
        author_url=web_address(card.author.url),
        title=_cut(f"{author}: {tidy_line(warning or ' '.join(lines))}"),
        text=warning or "\n".join(lines) or author,
        html="" if warning else _html(card, runs, beside),
        warning=warning,
        published=card.created_at,
        updated=max(card.created_at, shown.edited_at or card.created_at),
        tags=tuple(dict.fromkeys(filter(None, (tidy_line(tag).lstrip("#") for tag in card.hashtags)))),
        lang=language_of(card),
        network=card.network,
        pictures=() if warning or card.sensitive else tuple(_pictures(card, channel)),
    )


def render(form: Form, channel: Channel, page: ShownPage) -> bytes:
    """A page of a feed."""
    items = [item_of(shown, channel) for shown in page.posts]
    return _atom(channel, items) if form == "atom" else _json(channel, items)


def _name(card: PostValue, channel: Channel) -> str:
    """An author as they present themselves."""
    return "".join(run.text for run in name_of(card)) or channel.say("card.nobody")


def _described(media: MediaValue, alt: str, channel: Channel) -> str:
    kind = channel.say(f"card.{media.kind}")
    return f"{kind}: {alt}" if alt else kind


def _beside(card: PostValue, channel: Channel) -> Iterator[str]:
    """A poll, a quote and a linked page, in a line each."""
    extras = extras_of(card, channel.event.slug)
    if extras.poll:
        yield f"{channel.say('card.poll')}: " + " · ".join(text for text, _ in extras.poll.options)
    if extras.quote:
        covered = f"{channel.say('card.warning')}: {extras.quote.covered}"
        words = covered if extras.quote.covered else "".join(run.text for run in extras.quote.runs)
        yield f"{extras.quote.name or channel.say('card.nobody')}: {words}"
    if extras.linked:
        yield f"{channel.say('card.link')}: {extras.linked.title} ({extras.linked.host})".strip()


def _pictures(card: PostValue, channel: Channel) -> Iterator[tuple[str, str]]:
    for place, one in enumerate(card.media[:_MOST_MEDIA]):
        if one.kind == "image" and one.picture:
            path = picture_path(channel.event.slug, card.id, place, one.picture)
            yield channel.base + path, tidy(one.alt).strip()


def _cut(title: str) -> str:
    """A title, cut between words where there are any."""
    if len(title) <= _TITLE:
        return title
    start = title[: _TITLE - 1]
    return f"{start.rpartition(' ')[0] or start}…"


def _html(card: PostValue, runs: Iterable[Run], described: Iterable[str]) -> str:
    lang = language_of(card)
    said = "".join(map(_markup, runs)).strip()
    opening = f'<p dir="auto" lang="{lang}">' if lang else '<p dir="auto">'
    about = "".join(f'<p dir="auto">{_text(line)}</p>' for line in described)
    return (f"{opening}{said}</p>" if said else "") + about


def _markup(run: Run) -> str:
    url = web_address(run.url)
    text = _text(run.text)
    return f'<a href="{escape(url)}" rel="nofollow noopener">{text}</a>' if url else text


def _text(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _atom(channel: Channel, items: list[Item]) -> bytes:
    feed = Element("feed", {"xmlns": _ATOM, "xml:lang": channel.lang})
    _add(feed, "id", f"urn:uuid:{channel.event.id}")
    _add(feed, "title", channel.event.name)
    _add(feed, "updated", _stamp(max((one.updated for one in items), default=channel.event.last_at)))
    _link(feed, "self", channel.own, ATOM_TYPE)
    _link(feed, "alternate", channel.home, "text/html")
    if channel.next:
        _link(feed, "next", channel.next, ATOM_TYPE)
    _add(feed, "generator", channel.say("product"))
    for item in items:
        _entry(feed, item)
    return bytes(tostring(feed, encoding="utf-8", xml_declaration=True))


def _entry(feed: Element, item: Item) -> None:
    entry = SubElement(feed, "entry", {"xml:lang": item.lang} if item.lang else {})
    _add(entry, "id", item.id)
    _add(entry, "title", item.title)
    _add(entry, "updated", _stamp(item.updated))
    _add(entry, "published", _stamp(item.published))
    author = SubElement(entry, "author")
    _add(author, "name", item.author)
    if item.author_url:
        _add(author, "uri", item.author_url)
    _link(entry, "alternate", item.url)
    for url, alt in item.pictures:
        _link(entry, "enclosure", url, "image/webp", alt)
    for tag in item.tags:
        SubElement(entry, "category", {"term": _xml(tag)})
    if item.warning:
        _add(entry, "summary", item.warning)
    else:
        _add(entry, "content", item.html or escape(item.text), type="html")


def _add(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = _xml(text)


def _link(parent: Element, rel: str, href: str, kind: str = "", title: str = "") -> None:
    named = {"type": kind, "title": _xml(title)}
    SubElement(parent, "link", {"rel": rel, "href": href, **{k: v for k, v in named.items() if v}})


def _xml(text: str) -> str:
    """Text without what XML 1.0 (§2.2) cannot hold, escaped or not."""
    return _NOT_XML.sub("\ufffd", text)


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _json(channel: Channel, items: list[Item]) -> bytes:
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.event.name,
        "home_page_url": channel.home,
        "feed_url": channel.own,
        "next_url": channel.next,
        "language": channel.lang,
        "items": [_json_item(item) for item in items],
    }
    return json.dumps(_given(feed), ensure_ascii=False).encode()


def _json_item(item: Item) -> dict[str, Any]:
    attached = [{"url": url, "mime_type": "image/webp", "title": alt or None} for url, alt in item.pictures]
    return _given(
        {
            "id": item.id,
            "url": item.url,
            "content_html": item.html or None,
            "content_text": item.text,
            "summary": item.warning,
            "date_published": _stamp(item.published),
            "date_modified": _stamp(item.updated),
            "authors": [_given({"name": item.author, "url": item.author_url})],
            "tags": list(item.tags) or None,
            "language": item.lang,
            "attachments": [_given(one) for one in attached] or None,
            "_backchannel": {"network": item.network},
        }
    )


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that have a value: JSON Feed leaves out what it does not know."""
    return {name: value for name, value in fields.items() if value is not None}
