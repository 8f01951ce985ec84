"""Which fields are asked for, and how that follows the API when it drops or renames one. Pure.

X renames its tweets to posts piece by piece: its schemas say `edit_history_post_ids` where its requests
take `edit_history_tweet_ids` (OpenAPI 2.167). The message of a refusal names a value that X does not know,
mostly the first alone (its `parameters` repeat all that was sent): it is asked for by its newer name from
then on, or no more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from wall.feeds.shapes.common import parts_of

POSTS: Mapping[str, Sequence[str]] = {
    "tweet.fields": (
        "created_at",
        "author_id",
        "lang",
        "entities",
        "attachments",
        "referenced_tweets",
        "possibly_sensitive",
        "edit_history_tweet_ids",
        "note_tweet",
        "withheld",
    ),
    "expansions": (
        "author_id",
        "attachments.media_keys",
        "attachments.poll_ids",
        "referenced_tweets.id",
        "referenced_tweets.id.author_id",
    ),
    "user.fields": (
        "name",
        "username",
        "profile_image_url",
        "public_metrics",
        "protected",
        "withheld",
    ),
    "media.fields": ("type", "url", "preview_image_url", "alt_text", "width", "height", "variants"),
    "poll.fields": ("options", "voting_status"),
}
"""What a post is made of. Its author, media and what it refers to come beside it."""

CHECKS: Mapping[str, Sequence[str]] = {"tweet.fields": ("edit_history_tweet_ids", "withheld")}
"""What a recheck needs: nothing comes beside a post, so that nothing else is billed."""

_NEWER = {
    "tweet.fields": "post.fields",
    "edit_history_tweet_ids": "edit_history_post_ids",
    "note_tweet": "note_post",
    "referenced_tweets": "referenced_posts",
    "referenced_tweets.id": "referenced_posts.id",
    "referenced_tweets.id.author_id": "referenced_posts.id.author_id",
}

_STRANGE_NAME = re.compile(r"query parameter \[([^\]]*)\] is not one of")
_STRANGE_VALUE = re.compile(r"`([^`]*)` query parameter value \[([^\]]*)\] is not one of")


class Asking:
    """The parameters of one kind of request."""

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        self._fields = {name: list(values) for name, values in fields.items()}

    @property
    def params(self) -> dict[str, str]:
        """As they go into an address."""
        return {name: ",".join(values) for name, values in self._fields.items() if values}

    def follows(self, said: Mapping[str, Any], sent: Mapping[str, str]) -> bool:
        """Take a refusal of `sent` into account. Whether it is worth asking again: another request may have
        learnt the same meanwhile."""
        return self.refused(said) or self.params != sent

    def refused(self, said: Mapping[str, Any]) -> bool:
        """Take a refusal (an answer with status 400) into account. False: it was not about these."""
        changed = [self._without(error) for error in parts_of(said.get("errors"))]
        return any(changed)

    def _without(self, error: Mapping[str, Any]) -> bool:
        message = str(error.get("message"))
        if (name := _STRANGE_NAME.search(message)) and name[1] in self._fields:
            self._rename(name[1])
            return True
        if (value := _STRANGE_VALUE.search(message)) and value[1] in self._fields:
            return self._drop(value[1], set(value[2].split(",")))
        return False

    def _rename(self, name: str) -> None:
        values = self._fields.pop(name)
        if name in _NEWER:
            self._fields[_NEWER[name]] = values

    def _drop(self, name: str, unknown: set[str]) -> bool:
        asked = self._fields[name]
        kept = [_NEWER.get(one) if one in unknown else one for one in asked]
        self._fields[name] = [one for one in kept if one]
        return asked != self._fields[name]
