"""Posts and rules for the tests of moderation."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wall.model import Author, Post
from wall.moderation import Mode, Rules

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)
AUTHOR = Author(key="7", handle="Ada", name="Ada L.")


def post(text: str = "hello there", **changes: Any) -> Post:
    fields: dict[str, Any] = {
        "network": "x",
        "key": "1",
        "author": AUTHOR,
        "text": text,
        "created_at": NOON,
    }
    return Post(**fields | changes)


def auto(**changes: Any) -> Rules:
    return Rules(**{"mode": Mode.AUTO} | changes)


def lines_of(name: str) -> list[str]:
    path = Path(__file__).with_name(name)
    return path.read_text(encoding="utf-8").splitlines()
