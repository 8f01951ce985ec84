"""Hand-made records of the shapes that tests of feeds need most."""

from __future__ import annotations

from typing import Any


def conference_record(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"{1000 + number}",
        "created_at": f"2026-05-12T13:{number // 60 % 60:02}:{number % 60:02}Z",
        "text": f"post {number} #SMSummit",
        "lang": "en",
        "source": "x",
        "author": {"id": "7", "username": "ada", "name": "Ada", "followers_count": 12},
        "hashtags": ["SMSummit"],
    } | changes


def mastodon_status(number: int = 1, **changes: Any) -> dict[str, Any]:
    account = {
        "acct": "ada",
        "uri": "https://a.example/users/ada",
        "display_name": "Ada",
        "url": "https://a.example/@ada",
    }
    return {
        "id": f"{number}",
        "uri": f"https://a.example/users/ada/statuses/{number}",
        "url": f"https://a.example/@ada/{number}",
        "created_at": f"2026-05-12T13:00:{number % 60:02}.000Z",
        "visibility": "public",
        "content": f"<p>status {number}</p>",
        "account": account,
    } | changes
