"""How much is posted under a hashtag, as a Mastodon server counts it (`GET /api/v1/tags/:name`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from wall.feeds.kin.config import InstanceConfig, Times
from wall.feeds.kin.problems import understood
from wall.feeds.kin.rest import NotThere, Rest
from wall.feeds.probing import Rate

_TIMES = Times(request=6.0)


async def rates_at(instance: InstanceConfig, tags: Sequence[str]) -> list[Rate]:
    """What this server counted of these hashtags in the days that it tells of (a week); today, which is not
    over, is left out. A hashtag that it never saw has rate 0; what it does not answer is left out."""
    rest = Rest(instance, _TIMES)
    found: list[Rate] = []
    try:
        for tag in tags:
            rate = await _rate(rest, instance.name, tag)
            found += [rate] if rate else []
    finally:
        await rest.aclose()
    return found


async def _rate(rest: Rest, place: str, tag: str) -> Rate | None:
    try:
        said = await rest.get(f"/api/v1/tags/{quote(tag, safe='')}")
    except NotThere:
        return None
    except Exception as problem:
        if understood(problem) is None:
            raise
        return None
    days = _uses(said)[1:]
    return Rate(tag, place, sum(days) / len(days), len(days)) if days else None


def _uses(said: Any) -> list[int]:
    """Posts of each day, newest first; empty for what is no such answer."""
    history = said.get("history") if isinstance(said, dict) else None
    if not isinstance(history, list):
        return []
    counted = (str(day.get("uses", "")) if isinstance(day, dict) else "" for day in history[:31])
    return [int(uses) for uses in counted if uses.isdecimal() and len(uses) < 10]
