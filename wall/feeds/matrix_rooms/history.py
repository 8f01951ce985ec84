"""What was said in rooms before: pages of messages, backwards, and single ones."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from wall.feeds.common.problems import Passing
from wall.feeds.matrix_rooms.api import Homeserver, path_of
from wall.feeds.matrix_rooms.events import ENCRYPTED, ENCRYPTION, MEMBER, MESSAGE, REDACTION, TOMBSTONE
from wall.feeds.matrix_rooms.memory import as_token
from wall.feeds.matrix_rooms.problems import Refused
from wall.feeds.shapes.common import Record, parts_of

SIZES = (100, 10, 1)
"""Events of a page; fewer where a page is too large to be read."""

NEWS = (MESSAGE, REDACTION, ENCRYPTED, ENCRYPTION, TOMBSTONE, MEMBER)
"""Types of events that are read in the timeline."""
SAID = (MESSAGE, REDACTION)
"""Those that are read in the past."""


@dataclass(frozen=True, slots=True)
class Page:
    """Events of a room, the newest first; `people`: the members who sent them; `end`: where the next older
    page begins, None where there is none."""

    events: list[Record]
    people: list[Record]
    end: str | None


async def pages(
    api: Homeserver, room_id: str, since: str | None, to: str | None = None, types: tuple[str, ...] = SAID
) -> AsyncIterator[Page]:
    """Pages before `since` (None: the newest), each older than the one before, not beyond `to`.

    Raises Passing, FeedFatal and Refused.
    """
    while True:
        page = await _page(api, room_id, {"from": since, "to": to}, types)
        yield page
        if page.end is None or page.end == since:
            return
        since = page.end


async def message(api: Homeserver, room_id: str, event_id: str) -> Record | None:
    """One event as it is now; None where it is not there, or not for this account to see."""
    try:
        return await api.get(path_of("rooms", room_id, "event", event_id))
    except Refused as problem:
        if problem.is_absent or problem.status in (400, 403):
            return None
        raise


def sync_filter(rooms: list[str], limit: int) -> str:
    """The filter of a sync: these rooms, what is said in them, and who says it, each time."""
    nothing = {"not_types": ["*"]}
    lazy = {"lazy_load_members": True, "include_redundant_members": True}
    room = {
        "rooms": rooms,
        "timeline": {"limit": limit, "types": list(NEWS), **lazy},
        "state": {"types": [MEMBER, ENCRYPTION, TOMBSTONE], **lazy},
        "ephemeral": nothing,
        "account_data": nothing,
    }
    return _compact({"presence": nothing, "account_data": nothing, "room": room})


async def _page(api: Homeserver, room_id: str, at: dict[str, str | None], types: tuple[str, ...]) -> Page:
    given = {name: token for name, token in at.items() if token}
    wanted = {"types": list(types), "lazy_load_members": True, "include_redundant_members": True}
    for limit in SIZES:
        asked = {"dir": "b", "limit": str(limit), "filter": _compact(wanted), **given}
        try:
            said = await api.get(path_of("rooms", room_id, "messages"), asked)
        except Passing as problem:
            if problem.code != "too_large" or limit == SIZES[-1]:
                raise
        else:
            return Page(parts_of(said.get("chunk")), parts_of(said.get("state")), as_token(said.get("end")))
    raise AssertionError("unreachable")


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
