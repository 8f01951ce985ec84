"""A participant's own choice of sessions.

What somebody picked is in a cookie of their browser and nowhere on this server; the calendar of it has
it in its address, because calendars send no cookies. A session is named by the random end of its id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from fastapi import Request

MOST_PICKED = 100
_SHORT = re.compile(r"[0-9a-f]{12}")


def short_id(session_id: str) -> str:
    """The 48 random bits that a session's id (UUIDv7) ends with."""
    return session_id[-12:]


def picked_in(request: Request, slug: str) -> frozenset[str]:
    """The short ids of what this browser's person picked in an event."""
    return shorts_in(request.cookies.get(cookie_name(slug), ""))


def shorts_in(text: str) -> frozenset[str]:
    """The short ids of a cookie or of an address: those that can be ones, at most `MOST_PICKED`."""
    return frozenset([one for one in text[:2_000].split(".") if _SHORT.fullmatch(one)][:MOST_PICKED])


def cookie_name(slug: str) -> str:
    """The cookie of one event."""
    return f"picked-{slug}"


def address_of(slug: str, picked: Iterable[str]) -> str:
    """Where the calendar of what was picked is."""
    return f"/events/{slug}/programme.ics?pick={'.'.join(sorted(picked))}"
