"""Who is who, asked of every server that is connected; nobody's post waits long for it."""

from __future__ import annotations

import time
from collections.abc import Sequence

from wall.feeds.common.told import put
from wall.feeds.nips.asking import Asking
from wall.feeds.nips.config import Times
from wall.feeds.nips.connection import Filter, in_filters
from wall.feeds.nips.events import DELETION, PROFILE, VANISHING, Event
from wall.feeds.nips.posts import author_of, mentioned
from wall.feeds.shapes.common import Record

ASKED_FOR = 200
"""People who are asked for at once, at most; those who are left out are asked for with their next post."""


class People:
    """Authors as they last described themselves; what is older than `Times.fresh` is asked for again."""

    def __init__(self, asking: Asking, times: Times) -> None:
        self.known: dict[str, Record] = {}
        """The fields of authors, by public key."""
        self._asking = asking
        self._times = times
        self._asked: dict[str, float] = {}
        self._at: dict[str, int] = {}

    async def ask(self, events: Sequence[Event], quoted: Sequence[str] = ()) -> list[Event]:
        """Learn who wrote these and whom they name. What the servers have besides: deletions of these
        events, requests of their authors to vanish, and the events of these ids. Nothing where none
        answers."""
        authors = list(dict.fromkeys(event.pubkey for event in events))
        named = [key for event in events for key in mentioned(event)]
        strange = [key for key in dict.fromkeys([*authors, *named]) if self._is_strange(key)]
        wanted: list[Filter] = [
            *({"kinds": [PROFILE], "authors": some} for some in in_filters(strange[:ASKED_FOR])),
            *({"kinds": [VANISHING], "authors": some} for some in in_filters(authors)),
            *({"kinds": [DELETION], "#e": some} for some in in_filters([event.id for event in events])),
            *({"ids": some} for some in in_filters(list(quoted))),
        ]
        said = await self._asking.every(wanted, self._times.introduce)
        if said is None:
            return []
        now = time.monotonic()
        for key in strange[:ASKED_FOR]:
            put(self._asked, key, now)
        for event in said:
            if event.kind == PROFILE:
                self._learn(event)
        return [event for event in said if event.kind != PROFILE]

    def _is_strange(self, key: str) -> bool:
        return time.monotonic() - self._asked.get(key, float("-inf")) >= self._times.fresh

    def _learn(self, profile: Event) -> None:
        """The latest counts: servers keep what they have, however old."""
        if profile.at >= self._at.get(profile.pubkey, -1):
            put(self._at, profile.pubkey, profile.at)
            put(self.known, profile.pubkey, author_of(profile.pubkey, profile))
