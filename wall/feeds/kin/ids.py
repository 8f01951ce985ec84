"""Local ids of Mastodon and its kin: their order, and how to go back in time from one. Pure.

All of them begin with a time in milliseconds and sort by it; they differ in its place and its zero.

| software | id |
|---|---|
| Mastodon since 2.0 | decimal, milliseconds since 1970 << 16; of the author's clock |
| Takahe, Pixelfed | decimal, milliseconds since some year << 22 |
| GoToSocial | ULID: 26 letters of Crockford's base 32, the first 10 are milliseconds since 1970 |
| Pleroma, Akkoma | flake: 18 letters of base 62, milliseconds since 1970 << 64 |
"""

from __future__ import annotations

import re

_SNOWFLAKE = 1 << 40
"""Smaller decimal ids are plain numbers, without a time."""
_YEAR_2100 = 4_102_444_800_000
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BASE_62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_TIME_OF_ULID = 10
_ULID = re.compile(f"[0-7][{_CROCKFORD}]{{25}}")
_FLAKE = re.compile(r"[0-9A-Za-z]{18}")


def order(local_id: str) -> tuple[int, str]:
    """A key by which ids sort by age: numbers by size, others (flakes, ULIDs) have one length each."""
    return len(local_id), local_id


def back(min_id: str, seconds: float) -> str:
    """An id about `seconds` older; the id itself where it carries no time that is known."""
    earlier = int(seconds * 1000)
    if min_id.isdecimal() and int(min_id) >= _SNOWFLAKE:
        shift = 16 if int(min_id) >> 16 < _YEAR_2100 else 22
        return str(max(0, int(min_id) - (earlier << shift)))
    if _ULID.fullmatch(min_id):
        made = max(0, _number(min_id[:_TIME_OF_ULID], _CROCKFORD) - earlier)
        return _text(made, _CROCKFORD, _TIME_OF_ULID) + min_id[_TIME_OF_ULID:]
    if _FLAKE.fullmatch(min_id) and not min_id.isdecimal():
        return _text(max(0, _number(min_id, _BASE_62) - (earlier << 64)), _BASE_62, len(min_id))
    return min_id


def _number(text: str, digits: str) -> int:
    number = 0
    for char in text:
        number = number * len(digits) + digits.index(char)
    return number


def _text(number: int, digits: str, length: int) -> str:
    text = ""
    for _ in range(length):
        number, digit = divmod(number, len(digits))
        text = digits[digit] + text
    return text
