"""Lists of keys in portions that one statement takes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

_ID = re.compile(r"[A-Za-z0-9-]{1,63}")
AT_ONCE = 500
"""Values in one IN list: below SQLite's limit on variables in old builds."""


def in_chunks(keys: Collection[str]) -> Iterator[Sequence[str]]:
    """Keys, sorted, at most AT_ONCE at a time."""
    wanted = sorted(keys)
    for start in range(0, len(wanted), AT_ONCE):
        yield wanted[start : start + AT_ONCE]


def ids_in_chunks(ids: Collection[str]) -> Iterator[Sequence[str]]:
    """Ids like `in_chunks`. What can be no id is not asked for (NUL stops PostgreSQL)."""
    return in_chunks(list(filter(_ID.fullmatch, ids)))
