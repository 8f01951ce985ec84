"""Small conversions between columns and models: compact JSON text, and tuples of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter

from wall.model import Reason

_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_REASONS: TypeAdapter[tuple[Reason, ...]] = TypeAdapter(tuple[Reason, ...])


def to_json(value: Any) -> str:
    """Compact JSON in one canonical form: sorted keys, no spaces, text as it is."""
    return _CANONICAL.encode(value)


def reasons_to_json(reasons: Iterable[Reason]) -> str:
    """Reasons as stored; the usual case of none costs nothing."""
    listed = tuple(reasons)
    return _REASONS.dump_json(listed, exclude_defaults=True).decode() if listed else "[]"


def reasons_from_json(text: str) -> tuple[Reason, ...]:
    """Reasons as read."""
    return () if text == "[]" else _REASONS.validate_json(text)
