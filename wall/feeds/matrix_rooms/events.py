"""Events of a room, and a message with its newest edit as a post. Pure.

Events: spec.matrix.org, client-server API, "Instant messaging", "Event replacements", "Threading", "Rich
replies", "Redactions". Nobody but its homeserver checked an event: builders raise on what is not right.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard
from urllib.parse import quote

from wall.feeds.base import Arrived, Dropped, Edited, Item
from wall.feeds.common.plain import links_in
from wall.feeds.shapes.common import Record, as_text
from wall.model import Post, utc_now
from wall.text import find_hashtags, safe_url

NETWORK = "matrix"
MESSAGE = "m.room.message"
REDACTION = "m.room.redaction"
MEMBER = "m.room.member"
ENCRYPTION = "m.room.encryption"
ENCRYPTED = "m.room.encrypted"
TOMBSTONE = "m.room.tombstone"
REPLACE = "m.replace"
THREAD = "m.thread"

_SAID = frozenset({"m.text", "m.notice", "m.emote"})
_FILES = frozenset({"m.image", "m.video", "m.audio", "m.file"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_QUOTED = re.compile(r"> (?:\* )?<[@!]")
_KEY = re.compile(r"(![^/]+)/(\$.+)")
_EVENT_ID = re.compile(r"\$(?!.*/\.)[^\s\x00-\x1f\x7f\ud800-\udfff]+")
_ID_BYTES = 255


def is_event_id(value: object) -> TypeGuard[str]:
    """Whether this can be the id of an event: `$` and more, at most 255 bytes (spec: "Identifier grammar").

    Room version 3 has ids with a `/`. What a proxy could take for another path (`/.`) is in none of them.
    """
    if not isinstance(value, str) or len(value) > _ID_BYTES or not _EVENT_ID.fullmatch(value):
        return False
    return len(value.encode()) <= _ID_BYTES


def key_of(room_id: str, event_id: str) -> str:
    """The canonical id of a message: its room is needed to ask for it again."""
    return f"{room_id}/{event_id}"


def place_of_key(key: str) -> tuple[str, str] | None:
    """The room and the event that a key names; None for what is no key of this network."""
    match = _KEY.fullmatch(key)
    return (match[1], match[2]) if match and is_event_id(match[2]) else None


def id_of(event: Record) -> str:
    """The id of an event; empty where it has none that can be one."""
    found = event.get("event_id")
    return found if is_event_id(found) else ""


def content_of(event: Record) -> Record:
    """What an event holds; nothing where that is not an object."""
    return _record(event.get("content"))


def relation_of(event: Record) -> tuple[str, str]:
    """How an event relates to another, and to which; both empty where it does not."""
    related = _record(content_of(event).get("m.relates_to"))
    kind, target = related.get("rel_type"), related.get("event_id")
    return (kind, target) if isinstance(kind, str) and isinstance(target, str) else ("", "")


def redacted_by(event: Record) -> str:
    """What a redaction takes back: `redacts` is beside the content up to room version 10, then inside."""
    for found in (event.get("redacts"), content_of(event).get("redacts")):
        if is_event_id(found):
            return found
    return ""


def is_redacted(event: Record) -> bool:
    """Whether somebody took a message back: the server says so, or left nothing of it."""
    return "redacted_because" in _record(event.get("unsigned")) or not content_of(event)


def bundled_edit(event: Record) -> Record | None:
    """The newest edit of a message as its server adds it: whole, or by its id alone."""
    relations = _record(_record(event.get("unsigned")).get("m.relations"))
    edit = relations.get(REPLACE)
    return edit if isinstance(edit, dict) and id_of(edit) else None


def is_edit_of(edit: Record, event: Record) -> bool:
    """Whether this replaces that message: by the same sender, and with new content."""
    same = edit.get("type") == MESSAGE and edit.get("sender") == event.get("sender")
    new = content_of(edit).get("m.new_content")
    return same and isinstance(new, dict) and not is_redacted(edit)


def order_of(edit: Record) -> tuple[int, str]:
    """A key by which the newest of several edits is the last (spec: `origin_server_ts`, then the id)."""
    at = edit.get("origin_server_ts")
    return at if isinstance(at, int) else 0, id_of(edit)


def made_at(event: Record) -> datetime:
    """When an event was sent, never in the future. Raises TypeError, OverflowError."""
    at = event["origin_server_ts"]
    if isinstance(at, bool) or not isinstance(at, int):
        raise TypeError("not a time")
    return min(_EPOCH + timedelta(milliseconds=at), utc_now())


def words_of(content: Record) -> str | None:
    """What a message says: its plain body, of a file its caption. None where it says nothing in words.

    The words that a reply quotes for old clients are left out (spec: "Fallbacks for rich replies").
    """
    body, kind = content.get("body"), content.get("msgtype")
    if not isinstance(body, str) or not isinstance(kind, str):
        return None
    if kind in _FILES:
        name = content.get("filename")
        return body if isinstance(name, str) and name != body else None
    return _without_quote(body) if kind in _SAID else None


def items_of(
    room_id: str,
    via: str,
    event: Record,
    edit: Record | None,
    name: str,
    edited_at: datetime | None,
    where: str,
) -> list[Item]:
    """A message with its newest edit as a post; nothing for kinds of messages that are not for a wall.

    `via`: a server that knows the room; `name`: what its sender is called. Raises what `attempt` expects.
    """
    content = content_of(edit)["m.new_content"] if edit else content_of(event)
    words = words_of(content)
    if words is None:
        return [Dropped("no_words", where)] if content.get("msgtype") in _FILES else []
    post = Post.model_validate(
        _fields(room_id, via, event, content, words, name) | {"edited_at": edited_at}
    )
    return [Edited(post) if edited_at else Arrived(post)]


def _fields(room_id: str, via: str, event: Record, content: Record, words: str, name: str) -> Record:
    sender = event["sender"]
    return {
        "network": NETWORK,
        "key": key_of(room_id, event["event_id"]),
        "author": {
            "key": sender,
            "handle": sender.removeprefix("@"),
            "name": name,
            "url": safe_url(f"https://matrix.to/#/{quote(sender, safe='@')}"),
            "bot": content.get("msgtype") == "m.notice",
        },
        "text": words,
        "links": links_in(words),
        "hashtags": find_hashtags(words),
        "created_at": made_at(event),
        "url": _web_address(room_id, event["event_id"], via),
        "sensitive": "data-mx-spoiler" in as_text(content.get("formatted_body")),
        "reply_to": _reply_to(room_id, event),
    }


def _web_address(room_id: str, event_id: str, via: str) -> str | None:
    at = f"https://matrix.to/#/{quote(room_id, safe='!')}/{quote(event_id, safe='$')}"
    return safe_url(f"{at}?via={quote(via, safe='')}" if via else at)


def _reply_to(room_id: str, event: Record) -> str | None:
    """What a message answers: the one that it names, or the root of the thread that it is in."""
    kind, target = relation_of(event)
    related = _record(content_of(event).get("m.relates_to"))
    named = _record(related.get("m.in_reply_to")).get("event_id")
    in_thread = kind == THREAD and (related.get("is_falling_back") is True or not isinstance(named, str))
    answered = target if in_thread else named
    return key_of(room_id, answered) if is_event_id(answered) else None


def _without_quote(body: str) -> str:
    """`> <@ada:example.org> words`, more such lines and an empty one are there for old clients."""
    if not _QUOTED.match(body):
        return body
    lines = body.split("\n")
    rest = next((at for at, line in enumerate(lines) if not line.startswith(">")), len(lines))
    return "\n".join(lines[rest:]).removeprefix("\n")


def _record(value: Any) -> Record:
    return value if isinstance(value, dict) else {}
