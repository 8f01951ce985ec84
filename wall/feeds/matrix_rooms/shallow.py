"""JSON without what is nested too deep: no member's event may make a sync unreadable. Pure."""

from __future__ import annotations

import re

DEPTH = 100
"""Levels that are kept. Events of the specification have less than ten; Python reads about a thousand."""

_SIGN = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\Z)|[\[\]{}]', re.DOTALL)


def shallow(body: bytes, most: int = DEPTH) -> bytes:
    """A JSON text with `null` in place of each array and object below `most` levels, in one pass. A text
    that is no JSON stays none."""
    parts: list[bytes] = []
    depth = end = 0
    for sign in _SIGN.finditer(body):
        match sign[0]:
            case b"[" | b"{":
                depth += 1
                if depth == most + 1:
                    parts += [body[end : sign.start()], b"null"]
            case b"]" | b"}":
                if depth == most + 1:
                    end = sign.end()
                depth -= 1
    return b"".join([*parts, body[end:]]) if depth <= most else b""
