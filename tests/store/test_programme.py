"""Rooms and sessions on both stores: kept whole, found in use, removed, and dropped by every reader."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pytest

from facilitator import programme_removing
from facilitator.guards import Acting
from tests.support.walls import WallSummit
from wall.entries import PUBLIC, kinds
from wall.errors import Refused, Stale
from wall.journal import Tx
from wall.model import Role
from wall.programme import Session, SessionState
from wall.store import Store, events, programme

ORGANISER = Acting("tester", frozenset({Role.ORGANISER}))


def session_of(hall: WallSummit) -> Session:
    with hall.store.reading() as conn:
        return programme.sessions(conn, hall.event_id)[0]


def plan_anew(hall: WallSummit) -> Session:
    """Make the session of the summit one that nobody began."""
    planned = session_of(hall).model_copy(update={"state": SessionState.PLANNED, "begun_at": None})
    with hall.store.writing() as conn:
        programme.save_session(conn, planned)
    return planned


def test_what_a_session_has_online_is_kept(store: Store) -> None:
    hall = WallSummit(store)
    online = {
        "stream": "https://stream.example.org/a",
        "captions": "http://captions.example.org",
        "recording": "https://example.org/r",
        "delay_seconds": 25,
        "source": "pretalx:1",
    }
    changed = session_of(hall).model_copy(update=online)
    with store.writing() as conn:
        programme.save_session(conn, changed)
    assert session_of(hall) == changed


def test_an_events_days_are_kept(store: Store) -> None:
    hall = WallSummit(store)

    def change(tx: Tx) -> dict[str, Any]:
        tx.change_event(starts_on=date(2026, 5, 4), ends_on=date(2026, 5, 5))
        tx.append(kinds.EventChanged(fields=("ends_on", "starts_on")), ("event", tx.event.id))
        return {}

    hall.do(change)
    with store.reading() as conn:
        event = events.by_id(conn, hall.event_id)
    assert event
    assert (event.starts_on, event.ends_on) == (date(2026, 5, 4), date(2026, 5, 5))


def test_a_session_that_holds_nothing_is_removed_and_dropped_by_every_reader(store: Store) -> None:
    hall = WallSummit(store)
    session = plan_anew(hall)
    with pytest.raises(Stale):
        hall.do(lambda tx: programme_removing.remove_session(tx, ORGANISER, session.id, 9))
    hall.do(lambda tx: programme_removing.remove_session(tx, ORGANISER, session.id, session.version))
    assert ("session", session.id) not in hall.held(PUBLIC).subjects
    hall.do(lambda tx: programme_removing.remove_room(tx, hall.room, 1))
    assert ("room", hall.room) not in hall.held(PUBLIC).subjects


def test_a_room_that_is_in_use_stays(store: Store) -> None:
    hall = WallSummit(store)
    hall.screen(room=hall.empty_room)
    for room, holds in ((hall.room, "session"), (hall.empty_room, "screen")):
        with pytest.raises(Refused) as caught:
            hall.do(partial(programme_removing.remove_room, room_id=room, version=1))
        assert caught.value.details["holds"] == [holds]


def test_a_session_that_was_begun_stays(store: Store) -> None:
    hall = WallSummit(store)
    session = session_of(hall)
    with pytest.raises(Refused) as caught:
        hall.do(lambda tx: programme_removing.remove_session(tx, ORGANISER, session.id, session.version))
    assert caught.value.details["holds"] == ["begun"]
