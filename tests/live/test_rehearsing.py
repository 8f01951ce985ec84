"""Rehearsing an event: all that was planned is there, none of it is the event's, nothing of it stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from facilitator import programme
from facilitator.codebook import NewTag, add_tag
from facilitator.programme import NewPrompt
from tests.facilitator.floor import ORGANISER, Floor
from tests.support.summit import post
from wall import rehearsing
from wall.bus import InProcessBus
from wall.entries import PUBLIC, Scope
from wall.errors import NotFound, Refused
from wall.feeds.base import Arrived
from wall.journal import Journal, broken_link
from wall.model import Role
from wall.store import Store, events, members
from wall.store.tables import metadata

DESK = Scope(frozenset({Role.FACILITATOR}))


def rows(store: Store) -> dict[str, int]:
    """How many rows each table has."""
    with store.reading() as conn:
        return {
            name: conn.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


def summit_of(store: Store) -> Floor:
    """An event with rooms, a running session, a codebook, staff, and what was said."""
    floor = Floor(store)
    ann = floor.person("ann")
    with store.writing() as conn:
        members.set_roles(conn, floor.event_id, ann, [Role.FACILITATOR])
    sheet = (NewPrompt(text="Who?", code="Q1"), NewPrompt(text="Online?", minute=12, kind="break"))
    session = floor.session(floor.room("Hall"), prompts=sheet, facilitators=(ann,))
    floor.session(floor.room("Annex"), running=False)
    version = floor.run_sheet(session)
    floor.do(
        lambda tx: programme.go_to_prompt(tx, ORGANISER, session, version.version, version.prompts[0].id)
    )
    floor.do(lambda tx: add_tag(tx, NewTag(name="Question", key="1")))
    floor.raised(session, "1")
    return floor


def kept(held: Any, kind: str, *but: str) -> list[dict[str, Any]]:
    """The values of one type, without their ids and what is asked to be left out."""
    left = {"id", "version", *but}
    found = (value for (of, _), value in held.subjects.items() if of == kind)
    named = [{name: one for name, one in value.items() if name not in left} for value in found]
    return sorted(named, key=repr)


async def test_a_rehearsal_has_all_that_was_planned_and_nothing_that_was_said(store: Store) -> None:
    floor = summit_of(store)
    journal = Journal(store, InProcessBus())
    made = await rehearsing.copied(journal, floor.event_id)
    assert made.rehearsal_of == floor.event_id
    assert made.name == "Rehearsal: Summit"
    real = floor.held(DESK)
    floor.event_id, before = made.id, floor.event_id
    copy = floor.held(DESK)
    assert kept(copy, "tag", "parent") == kept(real, "tag", "parent")
    assert kept(copy, "scene") == kept(real, "scene")
    assert kept(copy, "room") == kept(real, "room")
    state = ("room", "state", "begun_at", "prompt", "prompt_at", "starts_at", "ends_at")
    assert kept(copy, "session", *state) == kept(real, "session", *state)
    assert {one["state"] for one in kept(copy, "session")} == {"planned"}
    assert not kept(copy, "post") + kept(copy, "relay") + kept(copy, "contribution")
    with store.reading() as conn:
        assert {one.person_id for one in members.listed(conn, made.id)} == {"ann"}
        assert broken_link(conn, made.id) is None
        assert broken_link(conn, before) is None


async def test_its_first_session_begins_in_the_next_minute_and_the_others_in_their_distance(
    store: Store,
) -> None:
    floor = summit_of(store)
    journal = Journal(store, InProcessBus(), clock=lambda: floor.now)
    made = await rehearsing.copied(journal, floor.event_id)
    floor.event_id = made.id
    starts = {one["starts_at"] for one in kept(floor.held(PUBLIC), "session")}
    assert starts == {
        (floor.now.replace(second=0) + timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
    }


async def test_what_happens_in_a_rehearsal_reaches_nobody_else_and_is_gone_with_it(store: Store) -> None:
    floor = summit_of(store)
    journal = Journal(store, InProcessBus())
    real, before = floor.event_id, rows(store)
    was = floor.snapshot(DESK)
    made = await rehearsing.copied(journal, real)
    floor.event_id = made.id
    with store.reading() as conn:
        session = next(iter(rehearsing.programme.sessions(conn, made.id)))
    floor.do(lambda tx: programme.begin(tx, ORGANISER, session.id, 1))
    floor.raised(session.id, "x1")
    floor.admit(Arrived(post("x2", "Searchable words")))
    floor.advance(session.id)
    floor.event_id = real
    assert floor.snapshot(DESK) == was
    gone = await rehearsing.removed(journal, made.slug)
    assert gone.id == made.id
    assert rows(store) == before
    assert floor.snapshot(DESK) == was
    with pytest.raises(NotFound):
        await journal.event(made.slug)


async def test_an_event_is_never_removed_and_a_rehearsal_not_rehearsed(store: Store) -> None:
    floor = summit_of(store)
    journal = Journal(store, InProcessBus())
    with pytest.raises(Refused, match="is no rehearsal"):
        await rehearsing.removed(journal, floor.event_id)
    first = await rehearsing.copied(journal, floor.event_id)
    second = await rehearsing.copied(journal, floor.event_id)
    assert second.slug == f"{first.slug}-2"
    assert {one.id for one in await rehearsing.listed(journal, floor.event_id)} == {first.id, second.id}
    with pytest.raises(Refused, match="is a rehearsal itself"):
        await rehearsing.copied(journal, first.slug)
    with store.reading() as conn:
        assert events.by_id(conn, floor.event_id) is not None
