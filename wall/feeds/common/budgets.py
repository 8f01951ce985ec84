"""What is left of a server's rate limit, as its answers say it: told when it moved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from wall.feeds.base import Budget
from wall.feeds.common.client import until_reset
from wall.model import utc_now

SHARE = 0.01
"""Of the whole limit: a smaller move is not told."""
_KINDS = ("x-ratelimit-", "ratelimit-", "x-rate-limit-")


def requests_left(where: str, headers: Mapping[str, str]) -> Budget | None:
    """The limit that an answer names: `X-RateLimit-*` of Mastodon and its kin, `RateLimit-*` of the AT
    protocol, `x-rate-limit-*` of X. None where it names none, or one that makes no sense. When it renews is
    told by our clock."""
    most, left = _count(headers, "limit"), _count(headers, "remaining")
    if not most or left is None:
        return None
    seconds = until_reset(headers)
    renews_at = None if seconds is None else utc_now() + timedelta(seconds=seconds)
    return Budget(where, "requests", float(min(left, most)), float(most), renews_at)


class Budgets:
    """What one stream told of its limits."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], Budget] = {}

    def is_news(self, budget: Budget) -> bool:
        """Whether a limit moved since it was told. Asking counts as telling."""
        key = budget.where, budget.what
        told = self._told.get(key)
        if told and told.most == budget.most and abs(told.left - budget.left) < SHARE * budget.most:
            return False
        self._told[key] = budget
        return True


def _count(headers: Mapping[str, str], name: str) -> int | None:
    said = next((headers[kind + name] for kind in _KINDS if headers.get(kind + name)), "")
    return int(said) if said.isdecimal() and len(said) < 10 else None
