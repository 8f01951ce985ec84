"""Posts of the X API v2: stream objects `{data, includes}` and search pages with `data` as a list.

The API's responses say "tweet" and its newer schemas say "post" for the same fields; both are read.
An edit has a new id and lists all ids so far, oldest first: the first is the canonical key.
"""

from __future__ import annotations

from typing import Any

from wall.feeds.base import Arrived, Edited, Item
from wall.feeds.shapes.common import (
    NotPublic,
    Record,
    Shape,
    as_count,
    as_key,
    as_language,
    as_size,
    as_text,
    attempt,
    parts_of,
    unescaped,
)
from wall.model import Post
from wall.text import find_hashtags, safe_url

_KINDS = {"photo": "image", "video": "video", "animated_gif": "video"}
_NOWHERE = frozenset({"XX", "XY"})
"""In place of a country: withheld everywhere, by law or by a claim of copyright."""

_REFERENCES = {
    "retweeted": "repost_of",
    "reposted": "repost_of",
    "replied_to": "reply_to",
    "quoted": "quote_of",
}


class X(Shape):
    """Reads stream objects and search pages; remembers the first id of every post that was edited."""

    name = "x"
    words = "responses of the X API v2"
    remembers = True

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    @staticmethod
    def recognises(record: Record) -> bool:
        """Whether this has the envelope of the API: data (a post or posts), or a page's meta alone."""
        data = record.get("data")
        if isinstance(data, dict):
            return {"id", "text"} <= data.keys()
        page = isinstance(record.get("meta"), dict) and "result_count" in record["meta"]
        return page or any({"id", "text"} <= post.keys() for post in parts_of(data))

    def parse(self, record: Record, where: str) -> list[Item]:
        """The posts of a record, oldest first (search pages come newest first)."""
        self.remember(record)
        included = _Included(record.get("includes"))
        return [
            item for post in _oldest_first(record) for item in attempt(where, self._items, post, included)
        ]

    def remember(self, record: Record) -> None:
        """Take note of the edits that a record tells of."""
        includes = record.get("includes")
        related = _either(includes, "tweets", "posts") if isinstance(includes, dict) else None
        for post in (*_oldest_first(record), *parts_of(related)):
            attempt("", self._note, post)

    def _note(self, post: Record) -> list[Item]:
        history = history_of(post)
        if len(history) > 1:
            self._first.update(dict.fromkeys(history, history[0]))
        return []

    def _items(self, post: Record, included: _Included) -> list[Item]:
        key = as_key(post["id"])
        first = self._first.get(key, key)
        made = Post.model_validate(self._fields(post, first, included))
        return [Arrived(made) if key == first else Edited(made)]

    def _fields(self, post: Record, key: str, included: _Included) -> Record:
        user = included.users[as_key(post["author_id"])]
        if not _is_public(post, user):
            raise NotPublic
        note = _either(post, "note_tweet", "note_post") or {}
        entities = (note if note.get("text") else post).get("entities") or {}
        text, links = unescaped(note.get("text") or post["text"], _spans(entities))
        fields = {
            "network": self.name,
            "key": key,
            "author": _author(user),
            "text": text,
            "links": links,
            "created_at": post["created_at"],
            "edited_at": post["created_at"] if key != post["id"] else None,
            "url": safe_url(f"https://x.com/{user['username']}/status/{post['id']}"),
            "lang": as_language(post.get("lang")),
            "hashtags": _hashtags(entities) or find_hashtags(text),
            "media": included.media_of(post),
            "poll": included.poll_of(post),
            "link_card": _link_card(entities),
            "quote": self._quote(post, included),
            "sensitive": bool(post.get("possibly_sensitive")) or _is_withheld_somewhere(post, user),
        }
        return fields | self._references(post)

    def _quote(self, post: Record, included: _Included) -> Record | None:
        """The words of the quoted post, where they came beside this one and are anybody's to read."""
        for reference in parts_of(_either(post, "referenced_tweets", "referenced_posts")):
            quoted = included.posts.get(str(reference.get("id")))
            user = included.users.get(str(quoted.get("author_id"))) if quoted else None
            if reference.get("type") == "quoted" and quoted and user and _is_public(quoted, user):
                return self._quoted(quoted, user)
        return None

    def _quoted(self, quoted: Record, user: Record) -> Record:
        key = as_key(quoted["id"])
        note = _either(quoted, "note_tweet", "note_post") or {}
        entities = (note if note.get("text") else quoted).get("entities") or {}
        text, links = unescaped(note.get("text") or quoted["text"], _spans(entities))
        return {
            "key": self._first.get(key, key),
            "author": _author(user),
            "text": text,
            "links": links,
            "url": safe_url(f"https://x.com/{user['username']}/status/{quoted['id']}"),
            "lang": as_language(quoted.get("lang")),
        }

    def _references(self, post: Record) -> dict[str, str]:
        found = {}
        for reference in parts_of(_either(post, "referenced_tweets", "referenced_posts")):
            name = _REFERENCES.get(reference["type"])
            if name:
                key = as_key(reference["id"])
                found[name] = self._first.get(key, key)
        return found


def history_of(post: Record) -> list[str]:
    """The ids of all versions of a post so far, the oldest first. Raises what bad data raises."""
    ids = _either(post, "edit_history_tweet_ids", "edit_history_post_ids")
    return [as_key(one) for one in ids or [post["id"]]]


def is_withheld(thing: Record) -> bool:
    """Whether X shows a post or an author in no country."""
    withheld = thing.get("withheld")
    return isinstance(withheld, dict) and bool(_NOWHERE.intersection(_countries(withheld)))


class _Included:
    """The users, media, polls and other posts that come beside posts, by their ids."""

    def __init__(self, includes: Any) -> None:
        includes = includes if isinstance(includes, dict) else {}
        self.users = {str(user.get("id")): user for user in parts_of(includes.get("users"))}
        self.media = {str(item.get("media_key")): item for item in parts_of(includes.get("media"))}
        self.polls = {str(poll.get("id")): poll for poll in parts_of(includes.get("polls"))}
        related = parts_of(_either(includes, "tweets", "posts"))
        self.posts = {str(post.get("id")): post for post in related}

    def poll_of(self, post: Record) -> Record | None:
        ids = (post.get("attachments") or {}).get("poll_ids") or []
        poll = next((self.polls[one] for one in ids if one in self.polls), None)
        options = parts_of(poll.get("options")) if poll else []
        if poll is None or not options:
            return None
        answers = [
            {"text": as_text(one.get("label")), "votes": as_count(one.get("votes"))} for one in options[:20]
        ]
        return {"options": answers, "closed": poll.get("voting_status") == "closed"}

    def media_of(self, post: Record) -> list[Record]:
        keys = (post.get("attachments") or {}).get("media_keys") or []
        known = (self.media[key] for key in keys if key in self.media)
        return [made for item in known if (made := _media(item))]


def _is_public(post: Record, user: Record) -> bool:
    """Whether a post is anybody's to read, wherever they are."""
    return not (user.get("protected") or is_withheld(post) or is_withheld(user))


def _is_withheld_somewhere(*things: Record) -> bool:
    """Whether X withholds a post or its author in a country, or does not say where: a person decides."""
    found = [one["withheld"] for one in things if isinstance(one.get("withheld"), dict)]
    return any(_countries(withheld) or withheld.get("copyright") is True for withheld in found)


def _countries(withheld: Record) -> list[str]:
    codes = withheld.get("country_codes")
    return [one for one in codes if isinstance(one, str)] if isinstance(codes, list) else []


def _either(record: Record, name: str, newer: str) -> Any:
    return record[name] if name in record else record.get(newer)


def _oldest_first(record: Record) -> list[Record]:
    data = record.get("data")
    posts = [data] if isinstance(data, dict) else parts_of(data)
    return sorted(posts, key=lambda post: str(post.get("created_at"))) if len(posts) > 1 else posts


def _author(user: Record) -> Record:
    return {
        "key": as_key(user["id"]),
        "handle": user["username"],
        "name": as_text(user.get("name")),
        "url": safe_url(f"https://x.com/{user['username']}"),
        "avatar": safe_url(user.get("profile_image_url")),
        "followers": as_count((user.get("public_metrics") or {}).get("followers_count")),
    }


def _spans(entities: Record) -> list[tuple[int, int, str]]:
    """Where links and mentions are, and where they lead."""
    spans = [
        *((url, url.get("expanded_url") or url.get("url")) for url in parts_of(entities.get("urls"))),
        *((one, _profile(one)) for one in parts_of(entities.get("mentions"))),
    ]
    found = [(one.get("start"), one.get("end"), str(url)) for one, url in spans]
    return sorted((a, b, url) for a, b, url in found if isinstance(a, int) and isinstance(b, int))


def _profile(mention: Record) -> str:
    return f"https://x.com/{mention.get('username')}" if mention.get("username") else ""


def _link_card(entities: Record) -> Record | None:
    """What X read from the first linked page that has a title."""
    for url in parts_of(entities.get("urls")):
        where = safe_url(url.get("unwound_url")) or safe_url(url.get("expanded_url"))
        title = as_text(url.get("title")).strip()
        if where and title:
            images = [image for one in parts_of(url.get("images")) if (image := safe_url(one.get("url")))]
            return {"url": where, "title": title[:300], "image": next(iter(images), None)}
    return None


def _hashtags(entities: Record) -> list[str]:
    return [tag["tag"] for tag in parts_of(entities.get("hashtags"))]


def _media(item: Record) -> Record | None:
    preview = safe_url(item.get("preview_image_url"))
    source = safe_url(item.get("url")) or _best_variant(item)
    url = source or preview
    if url is None:
        return None
    return {
        "kind": _KINDS.get(item.get("type", ""), "other") if source else "image",
        "url": url,
        "preview": preview,
        "alt": as_text(item.get("alt_text")),
        "width": as_size(item.get("width")),
        "height": as_size(item.get("height")),
    }


def _best_variant(item: Record) -> str | None:
    """The address of the finest MP4 of a video."""
    films = [part for part in parts_of(item.get("variants")) if part.get("content_type") == "video/mp4"]
    best = max(films, key=lambda part: part.get("bit_rate") or 0, default=None)
    return safe_url(best.get("url")) if best else None
