"""Reading: what followed a seq, what a reader holds now, and whether the chain is whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from wall.display import screen_of
from wall.entries import (
    COUNTS,
    FAR_BEHIND,
    POST_WINDOW,
    Change,
    Cursor,
    Drop,
    Put,
    Scope,
    Snapshot,
    State,
    Subject,
    owner,
    render,
    sees_facilitation,
    sees_held,
    sees_notes,
    sees_opt_outs,
    sees_screens,
    subject_of,
)
from wall.journal.commands import digest_of, no_such_event
from wall.model import Event, StoredPost
from wall.store import (
    answers,
    asks,
    beside,
    channel,
    checks,
    codebook,
    conclusions,
    contributions,
    entries,
    events,
    feeds,
    members,
    messages,
    placements,
    posts,
    programme,
    questions,
    relays,
    resources,
    routings,
    scenes,
    screens,
    second_looks,
    supports,
    themes,
    walls,
    wishes,
)

RELAY_WINDOW = 100
"""A snapshot holds the relays that are open and this many that were closed last."""

_BEFORE_ANY = -(2**62)

_LOADERS: dict[str, Callable[[Connection, str, set[str]], dict[str, Any]]] = {
    "post": posts.by_ids,
    "feed": feeds.by_ids,
    "member": members.by_ids,
    "room": programme.rooms_by_ids,
    "session": programme.sessions_by_ids,
    "tag": codebook.by_ids,
    "contribution": contributions.by_ids,
    "placement": placements.by_ids,
    "support": supports.by_ids,
    "second_look": second_looks.by_ids,
    "relay": relays.by_ids,
    "point": channel.points_by_ids,
    "scene": scenes.by_ids,
    "control": walls.controls_by_ids,
    "pin": walls.pins_by_ids,
    "screen": screens.by_ids,
    "opt_out": wishes.by_ids,
    "answer": answers.by_ids,
    "conclusion": conclusions.by_ids,
    "message": messages.by_ids,
    "ask": asks.by_ids,
    "question": questions.questions_by_ids,
    "translation": questions.translations_by_ids,
    "routing": routings.by_ids,
    "handover": routings.handovers_by_ids,
    "resource": resources.by_ids,
}


@dataclass(frozen=True)
class Reading:
    """What happened to an event between two seqs: the touched subjects, as they are now."""

    event_id: str
    epoch: str
    after: int
    seq: int
    head: int
    states: tuple[tuple[Subject, State | None], ...]
    since: datetime | None = None
    """When the oldest of these entries was written; None where there are none."""

    def changes(self, scope: Scope) -> tuple[Change, ...]:
        """The changes that a reader of this scope folds."""
        rendered = (_rendered(subject, state, scope) for subject, state in self.states)
        return tuple(change for change in rendered if change is not None)

    @property
    def owners(self) -> frozenset[str]:
        """The people who each see something in here that others of their roles do not."""
        owned = (owner(state) for _, state in self.states if state is not None)
        return frozenset(person for person in owned if person is not None)


def read_after(conn: Connection, event_id: str, seq: int, until: int | None = None) -> Reading:
    """`Journal.read_after` inside an open read transaction."""
    event = events.by_id(conn, event_id)
    if event is None:
        raise no_such_event()
    until = event.seq if until is None else min(until, event.seq)
    lines = entries.after(conn, event_id, seq, FAR_BEHIND, until)
    bodies = [json.loads(line.body) for line in lines]
    touched = dict.fromkeys((kind, subject) for body in bodies for kind, subject in body["subjects"])
    states = _load(conn, event, list(touched), bodies)
    reached = lines[-1].seq if lines else max(seq, 0)
    since = datetime.fromisoformat(bodies[0]["at"]) if bodies else None
    return Reading(event_id, event.epoch, seq, reached, event.seq, states, since)


def snapshot(conn: Connection, event_id: str, scope: Scope) -> Snapshot:
    """`Journal.snapshot` inside an open read transaction."""
    event = events.by_id(conn, event_id)
    if event is None:
        raise no_such_event()
    changes = (render(state, scope) for state in _window(conn, event, scope))
    puts = tuple(change for change in changes if isinstance(change, Put))
    cursor = str(Cursor(event.epoch, scope.key, event.seq))
    return Snapshot(cursor=cursor, seq=event.seq, puts=puts)


def _window(conn: Connection, event: Event, scope: Scope) -> list[State]:
    """The rows that a snapshot is rendered from: what is older comes by paging."""
    window = posts.desk_window if sees_held(scope) else posts.shown_window
    cards = window(conn, event.id, POST_WINDOW)
    states: list[State] = [event, event.counts, *cards]
    states += [*feeds.listed(conn, event.id), *members.listed(conn, event.id)]
    states += [*programme.rooms(conn, event.id), *programme.sessions(conn, event.id)]
    staff = sees_facilitation(scope)
    raised = relays.window(conn, event.id, RELAY_WINDOW, public=not staff)
    states += raised
    if staff:
        made = {one.relay.contribution_id for one in raised}
        made |= set(contributions.of_posts(conn, {stored.id for stored in cards}).values())
        states += [*codebook.listed(conn, event.id), *contributions.by_ids(conn, event.id, made).values()]
        states += placements.of_posts(conn, cards)
    states += [*answers.by_ids(conn, event.id, {stored.id for stored in cards}).values()]
    states += checks.found(conn, [*cards, *(one.lead for one in raised)])
    talked = {id_ for one in raised for id_ in (one.lead.id, *one.others)}
    states += supports.by_ids(conn, event.id, talked | {stored.id for stored in cards}).values()
    states += [*conclusions.listed(conn, event.id), *themes.listed(conn, event.id)]
    states += resources.listed(conn, event.id)
    states += beside.listed(conn, event.id, staff=staff)
    if sees_notes(scope):
        states += messages.window(conn, event.id)
    states += asks.window(conn, event.id, staff=sees_notes(scope))
    states += _displayed(conn, event.id, scope, {stored.id for stored in cards})
    if sees_opt_outs(scope):
        states += wishes.listed(conn, event.id)
    if sees_held(scope):
        states += second_looks.window(conn, event.id)
    return [*states, *_own(conn, event.id, scope)]


def _displayed(conn: Connection, event_id: str, scope: Scope, cards: set[str]) -> list[State]:
    """What walls show and who holds them back. A pinned post comes with its pin, however old it is."""
    pinned = walls.pins(conn, event_id)
    older = [one.stored for one in pinned if one.pin.id not in cards]
    found = checks.found(conn, older)
    paired = screens.listed(conn, event_id) if sees_screens(scope) else []
    held = walls.controls(conn, event_id)
    return [*scenes.listed(conn, event_id), *held, *pinned, *older, *found, *paired]


def own(conn: Connection, event_id: str, scope: Scope) -> tuple[Put, ...]:
    """`Journal.own` inside an open read transaction."""
    changes = (render(state, scope) for state in _own(conn, event_id, scope))
    return tuple(change for change in changes if isinstance(change, Put))


def _own(conn: Connection, event_id: str, scope: Scope) -> list[State]:
    if scope.person is None:
        return []
    if (screen_id := screen_of(scope.person)) is not None:
        return list(screens.by_ids(conn, event_id, {screen_id}).values())
    joined = members.by_ids(conn, event_id, {scope.person})
    return [*joined.values(), *channel.own_points(conn, event_id, scope.person)]


def broken_link(conn: Connection, event_id: str) -> int | None:
    """Verify an event's hash chain: the seq of the first entry that is not as it was written.

    Every entry holds the hash of the stored bytes before it, and the event's row the hash of the
    last; None when all of them fit.
    """
    event = events.by_id(conn, event_id)
    if event is None:
        raise no_such_event()
    before, seq, reached = "", 0, _BEFORE_ANY
    while lines := entries.after(conn, event_id, reached, FAR_BEHIND):
        for line in lines:
            body = _parsed(line.body)
            if (line.seq, body.get("seq"), body.get("kind")) != (seq + 1, seq + 1, line.kind):
                return seq + 1
            if body.get("before") != before:
                return max(seq, 1)
            before, seq = digest_of(line.body), line.seq
        reached = seq
    return None if (seq, before) == (event.seq, event.tip) else max(seq, 1)


def _parsed(body: str) -> dict[str, Any]:
    """A stored body; nothing for what is no entry any more."""
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _load(
    conn: Connection, event: Event, touched: list[Subject], bodies: list[dict[str, Any]]
) -> tuple[tuple[Subject, State | None], ...]:
    ids: dict[str, set[str]] = {}
    for kind, subject_id in touched:
        ids.setdefault(kind, set()).add(subject_id)
    found: dict[Subject, State] = {subject_of(event): event, COUNTS: event.counts}
    for kind, wanted in ids.items():
        if kind in _LOADERS:
            loaded = _LOADERS[kind](conn, event.id, wanted)
            found.update(((kind, subject_id), state) for subject_id, state in loaded.items())
    changed = [state for state in found.values() if isinstance(state, StoredPost)]
    on_posts = channel.hanging_on(conn, event.id, changed)
    hanging: dict[Subject, State] = {subject_of(state): state for state in on_posts}
    tagged, moved = ({tag for body in bodies for tag in of(body)} for of in (_tags_set, _tags_moved))
    hanging |= {subject_of(state): state for state in themes.touched(conn, event.id, ids, tagged, moved)}
    subjects = dict.fromkeys([*touched, *hanging])
    return tuple((subject, hanging.get(subject) or found.get(subject)) for subject in subjects)


def _tags_set(body: dict[str, Any]) -> list[str]:
    """The tag that an entry set or took off: no row tells which it was."""
    return [body["data"]["tag"]] if body["kind"] == "contribution.tagged" else []


def _tags_moved(body: dict[str, Any]) -> list[str]:
    """The tag that an entry put into another set: it may have been a theme until then."""
    moved = body["kind"] == "tag.changed" and "set" in body["data"]["fields"]
    return [subject for kind, subject in body["subjects"] if moved and kind == "tag"]


def _rendered(subject: Subject, state: State | None, scope: Scope) -> Change | None:
    if state is None:
        return Drop(type=subject[0], id=subject[1])
    return render(state, scope)
