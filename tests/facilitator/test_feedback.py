"""Feedback on sessions: a form without script, one answer from each phone, a page and a table."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from facilitator.feedback import COLUMNS, summary, to_csv
from tests.facilitator.channel import Channel, channel_over
from tests.support.summit import MORNING
from wall.asks import FEEDBACK_FOR, Feedback
from wall.model import Role
from wall.programme import Method, Room, Session, SessionState
from wall.store import programme

RATED = st.none() | st.integers(1, 5)
ROOM = Room(id="r", event_id="e", name="Hall", position=0, version=1)
SESSION = Session(
    id="s",
    event_id="e",
    room_id="r",
    title="=Talk",
    method=Method.GUIDED,
    speakers=(),
    facilitators=(),
    starts_at=MORNING,
    ends_at=MORNING + timedelta(hours=1),
    prompts=(),
    prompt=None,
    state=SessionState.ENDED,
    begun_at=MORNING,
    ended_at=MORNING + timedelta(hours=1),
    note="",
    version=3,
)


@pytest_asyncio.fixture
async def here(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(sqlite_url, tmp_path) as channel:
        yield channel


async def ended(here: Channel) -> str:
    session = await here.session(await here.room())
    version = (await here.held("session"))[session]["version"]
    await here.do(f"/sessions/{session}/end", {"version": version})
    return session


def path_of(here: Channel, session: str) -> str:
    return f"/join/{here.api.event.slug}/feedback/{session}"


async def said(here: Channel, session: str, **fields: str) -> httpx2.Response:
    async with here.api.client() as phone:
        return await phone.post(path_of(here, session), data=fields)


async def test_a_phone_says_what_it_thinks_and_changes_it(here: Channel) -> None:
    session = await ended(here)
    joined = await here.client.get(f"/join/{here.api.event.slug}")
    assert path_of(here, session) in joined.text
    async with here.api.client() as phone:
        assert 'name="worth"' in (await phone.get(path_of(here, session))).text
        for keep in ("The pace", "The room <b>"):
            sent = await phone.post(path_of(here, session), data={"worth": "4", "keep": keep})
            assert sent.status_code == 303
        again = await phone.get(sent.headers["location"])
        assert "this was received" in again.text
        assert "The room &lt;b&gt;" in again.text
        assert again.text.count(" checked") == 1
    await said(here, session, worth="5", heard="1")
    await said(here, session, heard="2", change="=HYPERLINK()")
    page = (await here.client.get(f"/events/{here.api.event.slug}/feedback")).text
    assert "3 answers" in page
    assert "The room &lt;b&gt;" in page
    assert "The pace" not in page
    table = await here.client.get(f"/events/{here.api.event.slug}/feedback.csv")
    rows = list(csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff"))))
    assert {row["answers"] for row in rows} == {"3"}
    counted = {row["said"]: row["count"] for row in rows if row["about"] == "worth"}
    assert counted == {"1": "0", "2": "0", "3": "0", "4": "1", "5": "1"}
    assert [row["said"] for row in rows if row["about"] == "change"] == ["'=HYPERLINK()"]


async def test_two_answers_are_only_counted(here: Channel) -> None:
    session = await ended(here)
    await said(here, session, worth="1", keep="Me alone")
    await said(here, session, worth="2")
    page = (await here.client.get(f"/events/{here.api.event.slug}/feedback")).text
    assert "2 answers" in page
    assert "Me alone" not in page


async def test_what_is_no_feedback_is_refused_with_what_was_typed(here: Channel) -> None:
    session = await ended(here)
    for fields in ({}, {"worth": "6"}, {"heard": "x"}, {"keep": "k" * 501}, {"keep": "  "}):
        refused = await said(here, session, **fields)
        assert refused.status_code == 422, fields
        assert 'role="alert"' in refused.text
    long = await said(here, session, keep="k" * 501, worth="3")
    assert "k" * 501 in long.text
    assert (
        "Nobody said anything yet"
        in (await here.client.get(f"/events/{here.api.event.slug}/feedback")).text
    )


async def test_a_session_is_open_for_feedback_from_its_end_for_two_days(here: Channel) -> None:
    running = await here.session(await here.room())
    assert (await said(here, running, worth="3")).status_code == 409
    session = await ended(here)
    store, event = here.api.parts.store, here.api.event.id
    with store.writing() as conn:
        known = programme.sessions_by_ids(conn, event, {session})[session]
        assert known.ended_at is not None
        before = known.ended_at - FEEDBACK_FOR - timedelta(seconds=1)
        programme.save_session(conn, known.model_copy(update={"ended_at": before}))
    late = await said(here, session, worth="3")
    assert late.status_code == 409
    assert "not open for feedback" in late.text
    assert (await said(here, "nothing", worth="3")).status_code == 404


async def test_only_who_facilitates_reads_it(here: Channel) -> None:
    for role, status in {Role.FACILITATOR: 200, Role.CHAIR: 403, Role.MODERATOR: 403}.items():
        asked = await here.somebody(role).client.get(f"/events/{here.api.event.slug}/feedback.csv")
        assert asked.status_code == status


@given(st.lists(st.builds(Feedback, worth=RATED, heard=RATED, keep=st.text(max_size=20))))
def test_every_answer_is_counted_and_no_cell_is_a_formula(every: list[Feedback]) -> None:
    one = summary(SESSION, ROOM, every)
    assert one.answers == len(every)
    if len(every) >= 3:
        assert one.worth == tuple(sum(given.worth == step for given in every) for step in range(1, 6))
        assert sorted(one.keep) == sorted(given.keep for given in every if given.keep)
    rows = list(csv.reader(io.StringIO(to_csv([one]), newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
