"""Slack to a Backchannel event: `python -m examples.bridges.slack` receives its Events API.

Settings besides those of the wall: SLACK_SIGNING_SECRET; SLACK_CHANNELS, the ids of the channels whose
messages may be shown, separated by commas; SLACK_TOKEN (`xoxb-…`, with the scope users:read), without which
no names are shown; PORT, 8090 if not given.
"""

from __future__ import annotations

import hashlib
import hmac
import html
import json
import os
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any

from .receiving import Answer, Handle, Headers, server
from .webhook import Item, Wall

Event = dict[str, Any]
NameOf = Callable[[str], str]
"""The name of a user, by their id; empty where it is not known."""

PATIENCE = 2.0
"""Slack waits 3 seconds for an answer, and asks again after one that is no success."""
CLOCKS = 300
"""Seconds that Slack's clock may differ from this machine's."""

_SAID = frozenset({None, "file_share", "thread_broadcast", "me_message"})
"""Kinds of messages that people write; others are of bots, or say who joined."""
_LINK = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")


def items_of(event: Event, channels: Collection[str], name_of: NameOf) -> list[Item]:
    """What an event of the Events API says of posts: one item, or none."""
    channel = event.get("channel")
    if event.get("type") != "message" or channel not in channels:
        return []
    match event.get("subtype"):
        case "message_deleted":
            return [{"key": f"{channel}/{event['deleted_ts']}", "deleted": True}]
        case "message_changed":
            return _changed(str(channel), event["message"], name_of)
        case kind if kind in _SAID:
            return _said(str(channel), event, name_of)
    return []


def _changed(channel: str, message: Event, name_of: NameOf) -> list[Item]:
    """A message that has answers is not removed when it is deleted: it becomes a tombstone. Links that are
    unfolded change a message too, and edit nothing."""
    if message.get("subtype") == "tombstone":
        return [{"key": f"{channel}/{message['ts']}", "deleted": True}]
    if "edited" not in message or message.get("subtype") not in _SAID:
        return []
    at = _time(message["edited"]["ts"])
    return [item | {"edited_at": at} for item in _said(channel, message, name_of)]


def _said(channel: str, message: Event, name_of: NameOf) -> list[Item]:
    user, text = message.get("user"), plain(message.get("text") or "", name_of)
    if not user or message.get("bot_id") or not text.strip():
        return []
    item = {"key": f"{channel}/{message['ts']}", "text": text, "author_key": user}
    name = name_of(user)
    return [item | {"created_at": _time(message["ts"])} | ({"author_name": name} if name else {})]


def plain(text: str, name_of: NameOf) -> str:
    """Slack's markup as people read it."""

    def read(found: re.Match[str]) -> str:
        target, label = found[1], found[2]
        if label:
            return f"#{label}" if target.startswith("#") else label
        if target.startswith("@"):
            return f"@{name_of(target[1:]) or 'somebody'}"
        return f"@{target[1:]}" if target.startswith("!") else target

    return html.unescape(_LINK.sub(read, text))


def _time(stamp: str) -> str:
    return datetime.fromtimestamp(float(stamp), UTC).isoformat()


def is_signed(secret: str, headers: Headers, body: bytes, now: float) -> bool:
    """Whether Slack sent this, and not long ago (docs.slack.dev, verifying requests from Slack)."""
    at = headers.get("X-Slack-Request-Timestamp") or ""
    if not at.isdecimal() or abs(now - int(at)) > CLOCKS:
        return False
    made = hmac.new(secret.encode(), b"v0:%s:%s" % (at.encode(), body), hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"v0={made}".encode(), (headers.get("X-Slack-Signature") or "").encode())


def bridge(wall: Wall, secret: str, channels: Collection[str], name_of: NameOf) -> Handle:
    """What answers Slack's requests. An event counts as taken once it is on the wall's disk."""

    def handle(headers: Headers, body: bytes) -> Answer:
        if not is_signed(secret, headers, body, time.time()):
            return Answer(401, "Not signed by Slack.")
        said = json.loads(body)
        if said.get("type") == "url_verification":
            return Answer(200, said["challenge"])
        wall.send(items_of(said.get("event") or {}, channels, name_of), PATIENCE)
        return Answer(200)

    return handle


def names(token: str) -> NameOf:
    """Asks Slack who somebody is, once for each."""
    known: dict[str, str] = {}

    def name_of(user: str) -> str:
        if token and user not in known:
            address = f"https://slack.com/api/users.info?user={urllib.parse.quote(user)}"
            request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
            try:
                with urllib.request.urlopen(request, timeout=1) as answer:  # noqa: S310 - an https address
                    profile = json.load(answer)["user"]["profile"]
            except (OSError, ValueError, LookupError):
                return ""
            known[user] = profile.get("display_name") or profile.get("real_name") or ""
        return known.get(user, "")

    return name_of


if __name__ == "__main__":
    server(
        int(os.environ.get("PORT", "8090")),
        bridge(
            Wall.of_environment(),
            os.environ["SLACK_SIGNING_SECRET"],
            os.environ["SLACK_CHANNELS"].split(","),
            names(os.environ.get("SLACK_TOKEN", "")),
        ),
    ).serve_forever()
