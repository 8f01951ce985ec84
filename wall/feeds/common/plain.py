"""Plain text as chats send it: which hashtags are in it, and which addresses. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from wall.feeds.common.matching import plain_fold
from wall.text import find_hashtags, safe_url

LINKS_LIMIT = 50
"""Addresses of one text that become links."""

_ADDRESS = re.compile(r"https?://[^\s<>\"'()\[\]]{1,2000}")
_AFTER = ".,;:!?…*_~`"


def is_wanted(text: str, wanted: Collection[str]) -> bool:
    """Whether one of the folded hashtags is in a text. Where none is asked for, every text is wanted."""
    return not wanted or any(plain_fold(tag) in wanted for tag in find_hashtags(text))


def links_in(text: str) -> list[dict[str, Any]]:
    """The addresses in a text as `Link` takes them, without the marks of the sentence around them."""
    found = []
    for match in _ADDRESS.finditer(text):
        url = match[0].rstrip(_AFTER)
        if safe_url(url):
            found.append({"start": match.start(), "end": match.start() + len(url), "url": url})
    return found[:LINKS_LIMIT]
