"""Whether posts are still there. What a server does not have it may never have had, or keeps no more: only
a deletion that its author signed, a request of theirs to vanish, or an end that they set counts."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from wall.feeds.base import Rechecked
from wall.feeds.nips.asking import Asking
from wall.feeds.nips.config import Times
from wall.feeds.nips.connection import Filter, in_filters
from wall.feeds.nips.events import DELETION, NOTE, VANISHING, Event, is_id
from wall.feeds.nips.flow import Flow


async def recheck(keys: Sequence[str], asking: Asking, flow: Flow, times: Times) -> Rechecked:
    """What a server has, and what is gone by the word of its author, which the stream is told as well."""
    ids = [key for key in dict.fromkeys(keys) if is_id(key)]
    there: dict[str, Event] = {}
    said: list[Event] = []
    for some in in_filters(ids):
        filters: list[Filter] = [{"ids": some}, {"kinds": [DELETION], "#e": some}]
        answer = await asking.every(filters, times.answer) or []
        there |= {event.id: event for event in answer if event.id in some and event.kind == NOTE}
        said += [event for event in answer if event.kind == DELETION]
    said += await _vanished(_authors([*there.values()], ids, flow), asking, times)
    for event in there.values():
        flow.known.learn(event)
    for event in said:
        await flow.heard_of(event)
    now = time.time()
    gone = {one for one in ids if flow.known.is_withdrawn(one)}
    gone |= {one for one, event in there.items() if flow.known.is_gone(event, now)}
    return Rechecked(frozenset(gone), frozenset(there) - gone)


async def _vanished(authors: Sequence[str], asking: Asking, times: Times) -> list[Event]:
    said: list[Event] = []
    for some in in_filters(authors):
        answer = await asking.every([{"kinds": [VANISHING], "authors": some}], times.answer) or []
        said += [event for event in answer if event.kind == VANISHING]
    return said


def _authors(there: Iterable[Event], ids: Iterable[str], flow: Flow) -> list[str]:
    told = (known[0] for one in ids if (known := flow.known.author(one)))
    return list(dict.fromkeys([*(event.pubkey for event in there), *told]))
