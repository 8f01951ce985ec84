"""A Telegram group to a Backchannel event: `python -m examples.bridges.telegram` asks its Bot API.

Settings besides those of the wall: TELEGRAM_TOKEN, the bot's; TELEGRAM_CHATS, the ids of the groups whose
messages may be shown, separated by commas.

Telegram tells no bot of deletions. Who replies `/takeback` to a message of their own withdraws it here.
"""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from .webhook import Item, Wall

Update = dict[str, Any]

API = "https://api.telegram.org"
WAIT = 50
"""Seconds for which Telegram holds a request back while there is nothing new."""
TAKE_BACK = "/takeback"


def items_of(update: Update, chats: Collection[str]) -> list[Item]:
    """What an update says of posts: one item, or none."""
    message = update.get("message") or update.get("edited_message")
    if not message or str(message["chat"]["id"]) not in chats:
        return []
    sender, text = message.get("from") or {}, message.get("text") or message.get("caption") or ""
    if sender.get("is_bot") or not text.strip():
        return []
    if text.startswith(TAKE_BACK):
        return _taken_back(message, sender)
    return [] if text.startswith("/") else [_said(message, sender, text)]


def _taken_back(message: Update, sender: Update) -> list[Item]:
    """The message that is replied to, if it is one of their own."""
    meant = message.get("reply_to_message") or {}
    own = meant and sender.get("id") is not None and (meant.get("from") or {}).get("id") == sender["id"]
    return [{"key": _key(message["chat"], meant), "deleted": True}] if own else []


def _said(message: Update, sender: Update, text: str) -> Item:
    chat = message["chat"]
    item = {"key": _key(chat, message), "text": text, "created_at": _time(message["date"])}
    if name := " ".join(filter(None, (sender.get("first_name"), sender.get("last_name")))):
        item["author_name"] = name
    if "id" in sender:
        item["author_key"] = str(sender["id"])
    if chat.get("username"):
        item["url"] = f"https://t.me/{chat['username']}/{message['message_id']}"
    if "edit_date" in message:
        item["edited_at"] = _time(message["edit_date"])
    return item


def _key(chat: Update, message: Update) -> str:
    return f"{chat['id']}/{message['message_id']}"


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def updates(api: str, token: str, offset: int, wait: int = WAIT) -> list[Update]:
    """What happened from an update on; all before it are forgotten there. Raises OSError, ValueError."""
    wanted = {
        "offset": str(offset),
        "timeout": str(wait),
        "allowed_updates": json.dumps(["message", "edited_message"]),
    }
    address = f"{api}/bot{token}/getUpdates?{urllib.parse.urlencode(wanted)}"
    with urllib.request.urlopen(address, timeout=wait + 10) as answer:  # noqa: S310 - an https address
        found: list[Update] = json.load(answer)["result"]
        return found


def step(wall: Wall, api: str, token: str, chats: Collection[str], offset: int) -> int:
    """Pass on what happened from `offset` on; where to go on. What the wall has not on its disk is asked
    for again. Raises as `updates` and `Wall.send`."""
    found = updates(api, token, offset)
    wall.send([item for update in found for item in items_of(update, chats)])
    return max((update["update_id"] + 1 for update in found), default=offset)


def main() -> None:
    """Pass on what happens, until it is stopped."""
    wall, token = Wall.of_environment(), os.environ["TELEGRAM_TOKEN"]
    chats, offset = os.environ["TELEGRAM_CHATS"].split(","), 0
    while True:
        try:
            offset = step(wall, API, token, chats, offset)
        except urllib.error.HTTPError as problem:
            if problem.code in (401, 404):
                raise SystemExit("Telegram does not know this token.") from None
            time.sleep(10)
        except (OSError, ValueError):
            time.sleep(5)


if __name__ == "__main__":
    main()
