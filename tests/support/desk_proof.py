"""Whether a desk and its server agree: nothing lost, nothing doubled, and the same in both."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import select

from tests.support.desk_hands import Tally
from tests.support.desk_page import DeskPage, Held
from tests.support.staff import Staff
from tests.support.waiting import eventually
from wall.store import Store
from wall.store.tables import command, entry

_MADE = {
    "approve": "post.approved",
    "reject": "post.rejected",
    "raise": "relay.raised",
    "place": "relay.placed",
}
"""The entry that a command of this verb makes, always and once."""
_EXACT = ("approve", "reject", "raise", "advance", "tag", "place")
"""Verbs of which a script knows how many it caused."""
_TYPES = ("post", "contribution", "relay", "session", "placement")

_Entries = dict[str, list[tuple[str, str]]]
"""Kind and subjects of each entry, by the cause of its command."""


async def problems(desk: DeskPage, staff: Staff, event: str, store: Store, tally: Tally) -> list[str]:
    """What is wrong, in words; nothing where all is well. The desk's person does nothing meanwhile."""
    await desk.settled()
    found = _miscounted(desk, tally)
    found += _misdone(desk, _commands(store), _entries(store))
    return found + await differences(desk, staff, event)


def _miscounted(desk: DeskPage, tally: Tally) -> list[str]:
    """Keys without their command, commands without a key, refusals that nobody was told of."""
    sent = desk.verbs()
    found = [
        f"{verb}: {tally.meant[verb]} by keys, {sent[verb]} sent"
        for verb in _EXACT
        if sent[verb] != tally.meant[verb]
    ]
    refused = len(desk.refused())
    return found + ([] if refused == tally.told else [f"{refused} refused, {tally.told} told"])


def _misdone(desk: DeskPage, commands: Counter[str], entries: _Entries) -> list[str]:
    """Commands that the server did not do once, or refused and did all the same."""
    found = []
    for cause, one in desk.sent.items():
        kinds = Counter(kind for kind, _ in entries[cause])
        made = _MADE.get(one.verb)
        if commands[cause] != int(one.done):
            found.append(f"{one.path}: done {commands[cause]} times, answered {one.statuses}")
        if made and kinds[made] != int(one.done):
            found.append(f"{one.path}: {made} is {kinds[made]} times in the journal")
        if max(Counter(entries[cause]).values(), default=0) > 1:
            found.append(f"{one.path}: doubled in the journal: {entries[cause]}")
        if one.verb == "advance" and one.done and not entries[cause]:
            found.append(f"{one.path}: moved nothing")
    return found


def _commands(store: Store) -> Counter[str]:
    with store.reading() as conn:
        return Counter(conn.execute(select(command.c.cause)).scalars().all())


def _entries(store: Store) -> _Entries:
    found: _Entries = defaultdict(list)
    with store.reading() as conn:
        for kind, body in conn.execute(select(entry.c.kind, entry.c.body)):
            line = json.loads(body)
            if line.get("cause"):
                found[line["cause"]].append((kind, json.dumps(line["subjects"])))
    return found


async def differences(desk: DeskPage, staff: Staff, event: str) -> list[str]:
    """How the desk's copy differs from what the server has, once nothing comes any more."""
    found: list[str] = []

    async def same() -> bool:
        fresh, held = await everything(staff, event), await desk.held()
        found[:] = [text for type_ in _TYPES for text in _differing(type_, held[type_], fresh[type_])]
        return not found

    try:
        await eventually(same, what="the same on both sides")
    except AssertionError:
        return found
    return []


def _differing(type_: str, held: dict[str, Any], fresh: dict[str, Any]) -> list[str]:
    # A copy may still hold what is in no snapshot any more: what was closed long ago.
    lost = [f"{type_} {id_} is not on the desk" for id_ in fresh.keys() - held.keys()]
    other = [id_ for id_ in fresh.keys() & held.keys() if fresh[id_] != held[id_]]
    return lost + [f"{type_} {id_}: {_changed(held[id_], fresh[id_])}" for id_ in other]


def _changed(held: dict[str, Any], fresh: dict[str, Any]) -> str:
    return ", ".join(
        f"{name} is {held.get(name)!r} and ought to be {value!r}"
        for name, value in fresh.items()
        if held.get(name) != value and name not in {"text", "author"}
    )


async def everything(staff: Staff, event: str) -> Held:
    """All posts of an event with their contributions, and the relays and sessions of a fresh snapshot."""
    answer = (await staff.ask("GET", f"/events/{event}/snapshot?face=desk")).json()
    held: Held = {type_: {} for type_ in _TYPES}
    before = _take(held, answer["puts"])
    while before is not None:
        page = (await staff.ask("GET", f"/events/{event}/inbox?before={before}&limit=200")).json()
        _take(held, page["puts"])
        before = page["next"]
    return held


def _take(held: Held, puts: list[dict[str, Any]]) -> int | None:
    """Add these; the least order of a post among them."""
    for put in puts:
        if put["type"] in held:
            held[put["type"]].setdefault(put["id"], put["value"])
    return min((int(put["value"]["order"]) for put in puts if put["type"] == "post"), default=None)
