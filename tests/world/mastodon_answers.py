"""What the parts of a fake Mastodon hand each other: answers, and posts as the whole network knows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

HTML_502 = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


@dataclass(frozen=True)
class Answer:
    """An HTTP answer that a test wants: bytes, or something to be sent as JSON."""

    status: int
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Status:
    """A post as the whole network knows it."""

    uri: str
    home: int
    user: str
    content: str
    tags: tuple[str, ...]
    created_at: datetime
    edited_at: datetime | None = None
    more: dict[str, Any] = field(default_factory=dict)
