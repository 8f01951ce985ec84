"""A resource of a live chat as a post, and what it says of others. Pure.

Resources: developers.google.com/youtube/v3/live/docs/liveChatMessages. Builders raise on what is not right.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wall.feeds.base import Arrived, Item
from wall.feeds.common.plain import links_in
from wall.feeds.shapes.common import Record, as_text
from wall.model import Post, utc_now
from wall.text import find_hashtags, safe_url

NETWORK = "youtube"

DELETED = "messageDeletedEvent"
BANNED = "userBannedEvent"
TOMBSTONE = "tombstone"
ENDED = "chatEndedEvent"
_COMMENTS = {
    "superChatEvent": ("superChatDetails", "userComment"),
    "memberMilestoneChatEvent": ("memberMilestoneChatDetails", "userComment"),
}


def kind_of(resource: Record) -> str:
    """What a resource of a chat is; empty where it does not say."""
    kind = record(resource.get("snippet")).get("type")
    return kind if isinstance(kind, str) else ""


def id_of(resource: Record) -> str:
    """The id of a resource; empty where it has none."""
    found = resource.get("id")
    return found if isinstance(found, str) else ""


def author_of(resource: Record) -> str:
    """The channel that wrote a message; empty where it does not say."""
    found = record(resource.get("authorDetails")).get("channelId")
    return found if isinstance(found, str) else ""


def deleted_in(resource: Record) -> str:
    """The message that a deletion takes away."""
    details = record(record(resource.get("snippet")).get("messageDeletedDetails"))
    found = details.get("deletedMessageId")
    return found if isinstance(found, str) else ""


def banned_in(resource: Record) -> str:
    """The channel that a moderator put out of the chat, for a while or for good."""
    details = record(record(resource.get("snippet")).get("userBannedDetails"))
    found = record(details.get("bannedUserDetails")).get("channelId")
    return found if isinstance(found, str) else ""


def words_of(resource: Record) -> str | None:
    """What somebody wrote; of a super chat its comment, and no sum. None where nobody wrote anything."""
    snippet = record(resource.get("snippet"))
    kind = kind_of(resource)
    if kind == "textMessageEvent":
        said = record(snippet.get("textMessageDetails")).get("messageText", snippet.get("displayMessage"))
        return said if isinstance(said, str) else None
    if kind in _COMMENTS:
        details, comment = _COMMENTS[kind]
        said = record(snippet.get(details)).get(comment)
        return said if isinstance(said, str) and said.strip() else None
    return None


def made_at(resource: Record) -> datetime:
    """When something was said, never in the future. Raises KeyError, TypeError, ValueError."""
    at = datetime.fromisoformat(resource["snippet"]["publishedAt"])
    if at.tzinfo is None:
        raise ValueError("no zone")
    return min(at, utc_now())


def items_of(resource: Record, video: str) -> list[Item]:
    """A message as a post; nothing for what is not written by anybody. Raises what `attempt` expects."""
    words = words_of(resource)
    if words is None:
        return []
    post = {
        "network": NETWORK,
        "key": resource["id"],
        "author": _author(resource["authorDetails"]),
        "text": words,
        "links": links_in(words),
        "hashtags": find_hashtags(words),
        "created_at": made_at(resource),
        "url": f"https://www.youtube.com/watch?v={video}",
    }
    return [Arrived(Post.model_validate(post))]


def _author(details: Record) -> Record:
    """Somebody in a chat. YouTube gives the handle (`@ada`) in place of a name, to most by now."""
    channel, name = details["channelId"], as_text(details.get("displayName"))
    return {
        "key": channel,
        "handle": name.removeprefix("@") if name.startswith("@") else "",
        "name": "" if name.startswith("@") else name,
        "url": safe_url(f"https://www.youtube.com/channel/{channel}"),
        "avatar": safe_url(details.get("profileImageUrl")),
    }


def record(value: Any) -> Record:
    """A value if it is an object; an empty one otherwise."""
    return value if isinstance(value, dict) else {}
