"""An entry as a post: words without doubling, hashtags, pictures, who wrote it, under which key. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from wall.feeds.base import Dropped
from wall.feeds.common.matching import plain_fold
from wall.feeds.common.plain import is_wanted
from wall.feeds.common.told import fingerprint
from wall.feeds.syndication.documents import Document, Entry, Picture, Words, believed
from wall.feeds.syndication.pictures import MOST_PICTURES, parted
from wall.model import POST_TEXT_LIMIT, Link, Post
from wall.text import find_hashtags, from_html, safe_url

NETWORK = "rss"
HTML_LIMIT = 200_000
"""Longest text of an entry that is read, in code points."""
LONG = 2_000
"""Longest content that is preferred to a summary, in code points: a wall has no room for an article."""
KEY_LIMIT = 500
NAME_LIMIT = 200
MOST_TAGS = 30

_FEDIVERSE = re.compile(r"https://([^/@\s]+)/@([\w.-]{1,100})/")
"""A post on a server of the fediverse, by an account of that server, whose feeds name no authors."""
_TAG = re.compile(r"\w{1,100}")
_SPACE = re.compile(r"\s+")
_CUT = " .…[]"
"""What stands at the end of a title where a longer text was cut."""


@dataclass(frozen=True, slots=True)
class Told:
    """An entry ready to be told. `post` is dated by its feed if `dated`, else by when it was read;
    `updated` is the version that its feed claims. `wanted`: one of the hashtags is on it."""

    post: Post
    digest: bytes
    dated: bool
    updated: datetime | None
    wanted: bool


@dataclass(frozen=True, slots=True)
class Loss:
    """An entry that cannot be used; `name` is a fingerprint that tells it from others."""

    item: Dropped
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document came from: the feed's address as it was given, which its keys are made of, the
    name that an organiser knows, and the address after redirects, which relative ones in it start from."""

    address: str
    name: str
    base: str


def told_of(
    document: Document, place: Place, wanted: frozenset[str], now: datetime
) -> tuple[list[Told], list[Loss]]:
    """Every entry of a document, the oldest first, and those that cannot be used. `wanted`: folded
    hashtags; none: all are wanted."""
    found: list[Told] = []
    losses: list[Loss] = []
    for number, entry in enumerate(document.entries):
        try:
            found.append(_told(entry, document, place, wanted, now - timedelta(milliseconds=number)))
        except ValueError:
            if not wanted or _has_any(entry, _readable(entry.title) or "", wanted):
                loss = f"{entry.id} {entry.link} {len(entry.content.raw)} {len(entry.summary.raw)}"
                losses.append(Loss(Dropped("unusable_post", place.name), fingerprint(loss)))
    found.reverse()
    return sorted(found, key=lambda one: one.post.created_at), losses


def key_of(ref: str, address: str) -> str:
    """The key of an entry, or an author, by what its feed calls it: always one of this feed, whatever else
    it looks like. Else any site could change another's posts by listing their ids."""
    return _capped(f"{address}#{ref}")


def _capped(key: str) -> str:
    """A key that the model has room for."""
    digest = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
    return key if len(key) <= KEY_LIMIT else f"sha256:{digest}"


def _as_hashtag(category: str) -> str:
    """A category in the form in which hashtags are compared: without white space too."""
    return plain_fold(_SPACE.sub("", category))


def _told(
    entry: Entry, document: Document, place: Place, wanted: frozenset[str], read_at: datetime
) -> Told:
    text, links, pictures = _words(entry)
    media = _media([*entry.media, *pictures], place.base)
    if not text and not media:
        raise ValueError("an entry of nothing")
    published, updated = (believed(one, read_at) for one in (entry.published, entry.updated))
    url = _safe(entry.link, place.base)
    post = Post.model_validate(
        {
            "network": NETWORK,
            "key": key_of(_ref(entry, text), place.address),
            "author": _author(entry, document, place, url),
            "text": text,
            "links": links,
            "created_at": published or updated or read_at,
            "url": url,
            "lang": entry.lang,
            "hashtags": _hashtags(entry.tags, text),
            "media": media,
            "sensitive": entry.sensitive,
        }
    )
    digest = hashlib.sha256(post.text.encode("utf-8", "replace")).digest()[:4]
    dated = bool(published or updated)
    return Told(post, digest, dated, updated, not wanted or _has_any(entry, text, wanted))


def _ref(entry: Entry, text: str) -> str:
    """What names an entry: where it has neither id nor link, its words."""
    said = f"{entry.title.raw}\n{text}".encode("utf-8", "replace")
    return entry.id or entry.link or hashlib.sha256(said).hexdigest()


def _words(entry: Entry) -> tuple[str, tuple[Link, ...], list[Picture]]:
    """Title and text as one, and the pictures in it. Raises ValueError where all of it is too long."""
    title = _SPACE.sub(" ", _readable(entry.title) or "").strip()
    parts = [parted(one.raw) if one.is_html else (one.raw, []) for one in (entry.content, entry.summary)]
    pictures = next((found for _, found in parts if found), [])
    bodies = [
        _plain(Words(raw, one.is_html))
        for (raw, _), one in zip(parts, (entry.content, entry.summary), strict=True)
    ]
    text, links = _chosen(*bodies, is_titled=bool(title))
    if not title or _begins_with(text, title):
        return text, links, pictures
    if not text:
        return title, (), pictures
    if len(title) + 2 + len(text) > POST_TEXT_LIMIT:
        return title, (), pictures
    by = len(title) + 2
    moved = tuple(Link(start=one.start + by, end=one.end + by, url=one.url) for one in links)
    return f"{title}\n\n{text}", moved, pictures


_Plain = tuple[str, tuple[Link, ...]]


def _chosen(content: _Plain | None, summary: _Plain | None, *, is_titled: bool) -> _Plain:
    """The content; the summary where it is much longer; neither where both are too long for a post."""
    if content and content[0] and len(content[0]) <= LONG:
        return content
    if summary and summary[0] and (not content or not content[0] or len(summary[0]) < len(content[0])):
        return summary
    if content and content[0]:
        return content
    if (content is None or summary is None) and not is_titled:
        raise ValueError("too long")
    return "", ()


def _plain(words: Words) -> _Plain | None:
    """A text as plain text; None where it is longer than a post may be."""
    if len(words.raw) > HTML_LIMIT:
        return None
    text, links = from_html(words.raw) if words.is_html else (words.raw.strip(), ())
    return (text, links) if len(text) <= POST_TEXT_LIMIT else None


def _readable(words: Words) -> str | None:
    found = _plain(words)
    return found[0] if found else None


def _begins_with(text: str, title: str) -> bool:
    """Whether a title only says the beginning of a text, as microblogs make them."""
    start = _letters(title.rstrip(_CUT))
    return bool(start) and _letters(text[: 4 * len(title) + 40]).startswith(start)


def _letters(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if not char.isspace())


def _hashtags(tags: Iterable[str], text: str) -> tuple[str, ...]:
    """Categories that can be hashtags, and those in the text, each once."""
    found: dict[str, str] = {}
    for tag in (*tags, *find_hashtags(text)):
        whole = _SPACE.sub("", tag).lstrip("#")
        if _TAG.fullmatch(whole) and not whole.isdecimal():
            found.setdefault(plain_fold(whole), whole)
    return tuple(found.values())[:MOST_TAGS]


def _has_any(entry: Entry, text: str, wanted: frozenset[str]) -> bool:
    """Whether one of these is a category, or a hashtag in the words; those of the content count where
    only the summary is shown."""
    if not wanted.isdisjoint(map(_as_hashtag, entry.tags)):
        return True
    said = (text, *(_readable(one) or "" for one in (entry.content, entry.summary, entry.title)))
    return any(is_wanted(one, wanted) for one in said)


def _author(entry: Entry, document: Document, place: Place, url: str | None) -> dict[str, object]:
    """The entry's author, else whose post it is on the feed's own server of the fediverse, else the feed
    itself. The handle names the host that answered: a link may lead to anybody's."""
    author, feed = entry.author, document.author
    if not author.name and (own := _own_account(url, place.base)):
        return own
    is_feed = author.name in ("", feed.name)
    return {
        "key": _capped(place.address) if is_feed else key_of(author.url or author.name, place.address),
        "handle": urlsplit(place.base).hostname or place.name,
        "name": (author.name or feed.name or place.name)[:NAME_LIMIT],
        "url": _safe(author.url or feed.url, place.base),
        "avatar": _safe(author.avatar or (feed.avatar if is_feed else None), place.base),
    }


def _own_account(url: str | None, base: str) -> dict[str, object] | None:
    """The account that a link names, where the feed came from that very host, by https."""
    found, home = _FEDIVERSE.match(url or ""), urlsplit(base)
    if found is None or home.scheme != "https" or found[1].lower() != home.netloc.lower():
        return None
    profile = f"https://{found[1]}/@{found[2]}"
    return {"key": profile, "handle": f"{found[2]}@{found[1]}", "url": profile}


def _media(pictures: Sequence[Picture], base: str) -> list[Picture]:
    found: dict[str, Picture] = {}
    for picture in pictures:
        url = _safe(picture["url"], base)
        if url and len(found) < MOST_PICTURES:
            found.setdefault(url, picture | {"url": url})
    return list(found.values())


def _safe(url: object, base: str) -> str | None:
    """An address as it may be opened, from where its document was; None for what is none."""
    try:
        return safe_url(urljoin(base, url.strip())) if isinstance(url, str) and url.strip() else None
    except ValueError:
        return None
