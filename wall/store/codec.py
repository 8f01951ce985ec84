"""Small conversions between columns and models: compact JSON text, and tuples of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter

from wall.model import Reason
from wall.twinned import Twin

_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_REASONS: TypeAdapter[tuple[Reason, ...]] = TypeAdapter(tuple[Reason, ...])
_TWINS: TypeAdapter[tuple[Twin, ...]] = TypeAdapter(tuple[Twin, ...])


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


def twins_to_json(twins: tuple[Twin, ...]) -> str | None:
    """What a post stands for as stored; the usual case of nothing is no text."""
    return _TWINS.dump_json(twins, exclude_defaults=True).decode() if twins else None


def twins_from_json(text: str | None) -> tuple[Twin, ...]:
    """What a post stands for as read."""
    return _TWINS.validate_json(text) if text else ()
