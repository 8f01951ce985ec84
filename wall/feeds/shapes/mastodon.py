"""Mastodon statuses, as its API and those of its relatives write them.

Takes statuses and streaming frames `{"event", "payload"}`, with the payload as text or as an object.
The canonical key is `uri`: an `id` is that of one server only, so a `delete` and `in_reply_to_id`
can be understood only for statuses that were seen before.
"""

from __future__ import annotations

import json
import re
from typing import Any

from wall.feeds.base import Edited, Item, Withdrawn
from wall.feeds.shapes.common import (
    NotPublic,
    Record,
    Shape,
    arrived,
    as_count,
    as_key,
    as_language,
    as_size,
    as_text,
    attempt,
    parts_of,
)
from wall.model import Post
from wall.text import find_emoji_codes, from_html, safe_url
from wall.twins import elsewhere

HTML_LIMIT = 200_000
"""Longest `content` that is read, in code points; its text would be longer than a post may be."""

EMOJI_LIMIT = 64
"""Most custom emoji of one post that have a picture; others stay the `:code:` that they are written as."""

POLL_LIMIT = 20
"""Most answers of a poll that are read; servers allow four by default."""

TITLE_LIMIT = 300
"""Longest title of a linked page that is kept, in code points."""

MEMORY = 200_000
"""How many statuses are remembered, the newest; a delete of an older one is not understood."""

_FALLBACK = re.compile(r'<p class="quote-inline">[^<]*+(?:<(?!/p>)[^<]*+)*+</p>')
"""What servers write into a post for readers that know no quotes: "RE: https://…"."""

_KINDS = {"image": "image", "gifv": "video", "video": "video", "audio": "audio"}


class Mastodon(Shape):
    """Reads statuses and streaming frames; remembers which `uri` belongs to which local id."""

    name = "mastodon"
    words = "Mastodon statuses"
    remembers = True

    def __init__(self) -> None:
        self._uris: dict[str, str] = {}

    @staticmethod
    def recognises(record: Record) -> bool:
        """Whether this is a status or a streaming frame."""
        return {"uri", "content", "account"} <= record.keys() or {"event", "payload"} <= record.keys()

    def parse(self, record: Record, where: str) -> list[Item]:
        """One item; none for frames that are not about a status, or delete an unknown one."""
        return attempt(where, self._items, record)

    def remember(self, record: Record) -> None:
        """Take note of what was read before, as `parse` does."""
        attempt("", self._note, record)

    def _items(self, record: Record) -> list[Item]:
        if "event" not in record:
            return arrived(self._fields(record))
        match record["event"]:
            case "update":
                return arrived(self._fields(_payload(record)))
            case "status.update":
                return [Edited(Post.model_validate(self._fields(_payload(record))))]
            case "delete":
                uri = self._uris.pop(as_key(record["payload"]), None)
                return [Withdrawn(self.name, uri)] if uri else []
        return []

    def _note(self, record: Record) -> list[Item]:
        match record.get("event"):
            case None:
                self._keep(record)
            case "update" | "status.update":
                self._keep(_payload(record))
            case "delete":
                self._uris.pop(as_key(record["payload"]), None)
        return []

    def _keep(self, status: Record) -> None:
        if status["visibility"] != "public":
            raise NotPublic
        self._uris[as_key(status["id"])] = as_key(status["uri"])
        if status.get("reblog"):
            self._uris[as_key(status["reblog"]["id"])] = as_key(status["reblog"]["uri"])
        while len(self._uris) > MEMORY:
            del self._uris[next(iter(self._uris))]

    def _fields(self, status: Record) -> Record:
        self._keep(status)
        content = status["content"]
        if len(content) > HTML_LIMIT:
            raise ValueError("content is too long")
        quote = _quote(status.get("quote"))
        text, links = from_html(_FALLBACK.sub("", content, count=1) if quote else content)
        return {
            "network": self.name,
            "key": status["uri"],
            "author": {**_author(status["account"]), "also": _elsewhere(status["account"])},
            "text": text,
            "links": links,
            "created_at": status["created_at"],
            "edited_at": status.get("edited_at"),
            "url": safe_url(status.get("url")),
            "lang": as_language(status.get("language")),
            "hashtags": [tag["name"] for tag in parts_of(status.get("tags"))],
            "media": _media(status),
            "emoji": _emoji(status, text),
            "warning": as_text(status.get("spoiler_text")) or None,
            "sensitive": bool(status.get("sensitive")),
            "noindex": bool(status["account"].get("noindex")),
            "poll": _poll(status.get("poll")),
            "link_card": _link_card(status.get("card")),
            "quote": quote,
            **self._references(status),
        }

    def _references(self, status: Record) -> dict[str, str | None]:
        reblog, parent = status.get("reblog"), status.get("in_reply_to_id")
        return {
            "repost_of": reblog["uri"] if reblog else None,
            "reply_to": self._uris.get(as_key(parent)) if parent else None,
            "quote_of": self._quoted(status.get("quote")),
        }

    def _quoted(self, quote: Any) -> str | None:
        """Quotes come whole, as a local id, or empty while the quoted author has not agreed."""
        if not isinstance(quote, dict) or quote.get("state", "accepted") != "accepted":
            return None
        quoted = quote.get("quoted_status")
        if quoted:
            return as_key(quoted["uri"])
        return self._uris.get(str(quote.get("quoted_status_id")))


def _payload(frame: Record) -> Record:
    payload = frame["payload"]
    status = json.loads(payload) if isinstance(payload, str) else payload
    if not isinstance(status, dict):
        raise TypeError("not a status")
    return status


def _author(account: Record) -> Record:
    return {
        "key": account.get("uri") or account.get("url") or account["acct"],
        "handle": account["acct"],
        "name": as_text(account.get("display_name")),
        "url": safe_url(account.get("url")),
        "avatar": safe_url(account.get("avatar_static")) or safe_url(account.get("avatar")),
        "followers": as_count(account.get("followers_count")),
        "bot": bool(account.get("bot")),
        "limited": bool(account.get("limited")),
        "suspended": bool(account.get("suspended")),
    }


def _elsewhere(account: Record) -> tuple[str, ...]:
    """Where else their profile says that they are: by its description and its fields."""
    note, links = from_html(as_text(account.get("note"))[:HTML_LIMIT])
    fields = [one for one in parts_of(account.get("fields")) if isinstance(one.get("value"), str)]
    said = [(from_html(one["value"][:HTML_LIMIT]), one.get("verified_at")) for one in fields]
    checked = [link.url for (_, found), at in said if at for link in found]
    named = [link.url for (_, found), at in said if not at for link in found]
    written = [note, *(text for (text, found), _ in said if not found)]
    return elsewhere("\n".join(written), [*named, *(link.url for link in links)], checked)


def _quote(quote: Any) -> Record | None:
    """The words of an accepted quote that came whole, if they are public; no other is shown."""
    if not isinstance(quote, dict) or quote.get("state", "accepted") != "accepted":
        return None
    quoted = quote.get("quoted_status")
    if not isinstance(quoted, dict) or quoted.get("visibility") != "public":
        return None
    if not isinstance(quoted.get("content"), str) or len(quoted["content"]) > HTML_LIMIT:
        return None
    text, links = from_html(_FALLBACK.sub("", quoted["content"], count=1))
    return {
        "key": quoted["uri"],
        "author": _author(quoted["account"]),
        "text": text,
        "links": links,
        "url": safe_url(quoted.get("url")),
        "lang": as_language(quoted.get("language")),
        "warning": as_text(quoted.get("spoiler_text")) or None,
        "noindex": bool(quoted["account"].get("noindex")),
    }


def _poll(poll: Any) -> Record | None:
    """A poll as it stood when the post was captured; hidden counts come as null."""
    options = parts_of(poll.get("options")) if isinstance(poll, dict) else []
    if not options:
        return None
    return {
        "options": [
            {"text": as_text(one.get("title")), "votes": as_count(one.get("votes_count"))}
            for one in options[:POLL_LIMIT]
        ],
        "multiple": bool(poll.get("multiple")),
        "closed": bool(poll.get("expired")),
    }


def _link_card(card: Any) -> Record | None:
    """What the server read from a linked page; a page that says nothing of itself is no card."""
    if not isinstance(card, dict) or not (url := safe_url(card.get("url"))):
        return None
    title = as_text(card.get("title")).strip() or as_text(card.get("description")).strip()
    image = safe_url(card.get("image"))
    if not title and not image:
        return None
    alt = as_text(card.get("image_description"))
    return {"url": url, "title": title[:TITLE_LIMIT], "image": image, "alt": alt}


def _media(status: Record) -> list[Record]:
    return [item for part in parts_of(status.get("media_attachments")) if (item := _attachment(part))]


def _attachment(part: Record) -> Record | None:
    url = safe_url(part.get("url")) or safe_url(part.get("remote_url"))
    if url is None:
        return None
    size = (part.get("meta") or {}).get("original") or {}
    return {
        "kind": _KINDS.get(part.get("type", ""), "other"),
        "url": url,
        "preview": safe_url(part.get("preview_url")),
        "alt": as_text(part.get("description")),
        "width": as_size(size.get("width")),
        "height": as_size(size.get("height")),
    }


def _emoji(status: Record, text: str) -> list[Record]:
    """Those that are written somewhere: an account also lists the emoji of its description.

    The post and its author are of one server, where a code means one picture; if this server says
    otherwise, the post's own list counts.
    """
    account = status["account"]
    written = (text, as_text(status.get("spoiler_text")), as_text(account.get("display_name")))
    used = set().union(*map(find_emoji_codes, written))
    found: dict[str, str] = {}
    for part in (*parts_of(status.get("emojis")), *parts_of(account.get("emojis"))):
        code, url = part.get("shortcode"), safe_url(part.get("static_url")) or safe_url(part.get("url"))
        if url and isinstance(code, str) and code in used and len(found) < EMOJI_LIMIT:
            found.setdefault(code, url)
    return [{"code": code, "url": url} for code, url in found.items()]
