"""Ids of X: numbers that carry the moment when they were made. Pure.

The upper bits are milliseconds since 2010-11-04 (Snowflake); the lowest 22 are not time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_BEGAN = datetime(2010, 11, 4, 1, 42, 54, 657_000, tzinfo=UTC)
_LOW_BITS = 22
_LEAST = 1 << 34
"""Ids of the first hours of Snowflake; smaller ones carry no time, and made-up posts have such."""
_MOST = 1 << 63


def is_id(key: str) -> bool:
    """Whether a key can be an id that X gave since 2010-11-04."""
    return key.isascii() and key.isdecimal() and _LEAST <= int(key) < _MOST if len(key) < 20 else False


def moment_of(post_id: str) -> datetime:
    """When a post was made. `post_id` is one by `is_id`."""
    return _BEGAN + timedelta(milliseconds=int(post_id) >> _LOW_BITS)


def back(post_id: str, seconds: float) -> str:
    """The id of a moment so many seconds before a post."""
    return str(max(_LEAST, int(post_id) - (int(seconds * 1_000) << _LOW_BITS)))


def order(post_id: str) -> int:
    """A key by which ids sort by age."""
    return int(post_id) if post_id.isascii() and post_id.isdecimal() else 0
