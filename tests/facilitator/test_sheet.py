"""Running a session over HTTP: run-sheets, answers, room notes, conclusions, messages to the chair."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from facilitator import room_notes
from facilitator.guards import Acting
from tests.facilitator.channel import Channel, channel_over
from tests.facilitator.floor import Floor
from tests.support.summit import GRAVES
from wall.access.participants import PARTICIPANT_COOKIE
from wall.entries import PUBLIC, Scope
from wall.model import Mode, PostState, Role
from wall.store import Store

DESK = Scope(frozenset({Role.FACILITATOR}))
CHAIR = Scope(frozenset({Role.CHAIR}))
SHEET: list[dict[str, Any]] = [
    {"text": "Who teaches?", "code": "q1", "level": "remember"},
    {"text": "What is said online?", "minute": 12, "kind": "break"},
    {"text": "Who should?", "minute": 20, "code": "Q2", "kind": "phase", "level": "evaluate"},
]


@pytest_asyncio.fixture
async def channel(store_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(store_url, tmp_path) as channel:
        yield channel


@pytest_asyncio.fixture
async def here(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(sqlite_url, tmp_path) as channel:
        yield channel


async def moved(channel: Channel, session: str, number: int) -> str:
    """Go to a prompt of the run-sheet; its id."""
    held = (await channel.held("session"))[session]
    prompt = str(held["prompts"][number]["id"])
    await channel.do(f"/sessions/{session}/prompt", {"version": held["version"], "prompt": prompt})
    return prompt


async def test_posts_are_linked_to_the_prompt_that_they_answer(channel: Channel) -> None:
    session = await channel.session(await channel.room(), prompts=SHEET)
    before = await channel.post("Before anything is asked")
    first = await moved(channel, session, 0)
    said = await channel.post("Nothing but words")
    await moved(channel, session, 1)
    in_break = await channel.post("While we listen")
    third = await moved(channel, session, 2)
    late = await channel.post("A1 Nurses do")
    answers = await channel.held("answer")
    assert {before, in_break}.isdisjoint(answers)
    assert (answers[said]["prompt"], answers[said]["how"]) == (first, "time")
    assert (answers[late]["prompt"], answers[late]["how"]) == (first, "code")
    await channel.do(f"/posts/{late}/answer", {"session": session, "prompt": third})
    await channel.do(f"/posts/{said}/answer", {"session": None, "prompt": None})
    answers = await channel.held("answer")
    assert said not in answers
    assert (answers[late]["prompt"], answers[late]["how"]) == (third, "hand")
    wrong = await channel.refused(422, f"/posts/{late}/answer", {"session": session, "prompt": "nothing"})
    assert wrong["details"]["field"] == "prompt"


async def test_a_run_sheet_keeps_codes_kinds_levels_and_when_it_moved(here: Channel) -> None:
    session = await here.session(await here.room(), prompts=SHEET)
    await moved(here, session, 0)
    held = (await here.held("session"))[session]
    assert [(one["code"], one["kind"], one["level"]) for one in held["prompts"]] == [
        ("Q1", "prompt", "remember"),
        ("", "break", ""),
        ("Q2", "phase", "evaluate"),
    ]
    assert held["prompt_at"] is not None
    twice = {"version": held["version"], "prompts": [SHEET[0], {**SHEET[2], "code": "Q1"}]}
    wrong = await here.refused(422, f"/sessions/{session}", twice, "PATCH")
    assert wrong["details"]["codes"] == ["Q1"]
    assert (await here.held("session"))[session] == held
    odd = {"version": held["version"], "prompts": [{"text": "T", "code": "question one"}]}
    await here.refused(422, f"/sessions/{session}", odd, "PATCH")
    gone = {"version": held["version"], "prompts": []}
    await here.do(f"/sessions/{session}", gone, "PATCH")
    held = (await here.held("session"))[session]
    assert (held["prompt"], held["prompt_at"]) == (None, None)


async def test_a_note_of_the_room_is_public_and_is_raised_like_any_point(channel: Channel) -> None:
    session = await channel.session(await channel.room("Hall"), prompts=SHEET)
    prompt = await moved(channel, session, 0)
    scribe = channel.somebody(Role.SCRIBE)
    noted = await scribe.do(f"/sessions/{session}/room-notes", {"text": "  We all teach,\nevery day. "})
    assert noted["state"] == "approved"
    card = (await channel.held("post", PUBLIC))[noted["post"]]
    assert (card["network"], card["author"]["name"]) == ("room", "Hall")
    assert card["text"] == "We all teach, every day."
    answer = (await channel.held("answer", PUBLIC))[noted["post"]]
    assert (answer["session"], answer["prompt"], answer["how"]) == (session, prompt, "room")
    raised = await channel.do(f"/posts/{noted['post']}/raise", {"session": session})
    assert raised["state"] == "queued"
    refusal = await channel.refused(
        422, f"/posts/{noted['post']}/answer", {"session": None, "prompt": None}
    )
    assert "room" in refusal["message"]
    me = (await scribe.client.get("/api/v1/me")).json()["person"]
    assert not await channel.held("point", Scope(person=me))


async def test_a_scribe_may_write_notes_and_run_nothing(here: Channel) -> None:
    session = await here.session(await here.room())
    scribe = here.somebody(Role.SCRIBE)
    await scribe.do(f"/sessions/{session}/room-notes", {"text": "Somebody said this."})
    for path, body in (
        (f"/sessions/{session}/messages", {"text": "Hello"}),
        (f"/sessions/{session}/conclusions", {"text": "So it is."}),
        (f"/sessions/{session}/signals", {"signal": "more"}),
        (f"/sessions/{session}/end", {"version": 2}),
    ):
        assert (await scribe.ask(path, body)).status_code == 403, path


async def test_notes_need_words_and_a_session_that_has_begun(here: Channel) -> None:
    room = await here.room()
    planned = await here.session(room, running=False)
    refusal = await here.refused(409, f"/sessions/{planned}/room-notes", {"text": "Too early."})
    assert refusal["message"] == "This session has not begun."
    session = await here.session(room)
    for text in ("", "   ", "x" * 501):
        await here.refused(422, f"/sessions/{session}/room-notes", {"text": text})
    await here.refused(404, "/sessions/nothing/room-notes", {"text": "Where?"})


@pytest.mark.parametrize(
    ("text", "state"),
    [("They all agreed.", PostState.APPROVED), ("Call her on 416-555-0199.", PostState.HELD)],
)
def test_a_note_waits_only_for_what_it_says_and_never_for_who_typed_it(
    store: Store, text: str, state: PostState
) -> None:
    """Everything of strangers waits in this event; phone numbers of anybody do."""
    floor = Floor(store, mode=Mode.PRE)
    session = floor.session(floor.room())
    scribe = Acting("sam", frozenset({Role.SCRIBE}))
    done = floor.do(lambda tx: room_notes.write(tx, scribe, session, text, GRAVES))
    assert done.result["state"] == state


async def test_a_conclusion_is_worded_endorsed_and_starts_over_with_other_words(channel: Channel) -> None:
    session = await channel.session(await channel.room())
    made = await channel.do(f"/sessions/{session}/conclusions", {"text": "Teach it early."})
    one = f"/conclusions/{made['conclusion']}"
    phones = [channel.somebody() for _ in range(3)]
    for phone in phones:
        await phone.do(f"{one}/endorse")
    twice = await phones[0].do(f"{one}/endorse")
    assert twice["endorsed"] == 3
    back = await phones[1].do(f"{one}/endorse", {"on": False})
    assert (back["endorsed"], back["on"]) == (2, False)
    await channel.do(one, {"worded": made["worded"], "room": 17}, "PATCH")
    shown = (await channel.held("conclusion", PUBLIC))[made["conclusion"]]
    assert (shown["endorsed"], shown["room"], shown["position"]) == (2, 17, 0)
    stale = await channel.refused(409, one, {"worded": made["worded"], "text": "Late."}, "PATCH")
    assert stale["details"]["current"]["room"] == 17
    await channel.do(one, {"worded": shown["worded"], "text": "Teach it early, together."}, "PATCH")
    shown = (await channel.held("conclusion", PUBLIC))[made["conclusion"]]
    assert (shown["text"], shown["endorsed"], shown["room"]) == ("Teach it early, together.", 0, None)
    await phones[0].do(f"{one}/endorse")
    await channel.do(one, {"worded": shown["worded"], "removed": True}, "PATCH")
    assert await channel.held("conclusion", DESK) == {}
    assert (await phones[2].ask(f"{one}/endorse")).status_code == 404
    await channel.do(one, {"worded": shown["worded"] + 1, "removed": False}, "PATCH")
    assert (await channel.held("conclusion"))[made["conclusion"]]["endorsed"] == 1


async def test_a_conclusion_is_changed_and_removed_while_phones_endorse_it(here: Channel) -> None:
    session = await here.session(await here.room())
    made = await here.do(f"/sessions/{session}/conclusions", {"text": "Teach it early."})
    one = f"/conclusions/{made['conclusion']}"
    await here.somebody().do(f"{one}/endorse")
    await here.do(one, {"worded": made["worded"], "room": 17}, "PATCH")
    await here.somebody().do(f"{one}/endorse")
    shown = (await here.held("conclusion"))[made["conclusion"]]
    assert (shown["endorsed"], shown["room"], shown["worded"]) == (2, 17, made["worded"] + 1)
    await here.somebody().do(f"{one}/endorse")
    await here.do(one, {"worded": shown["worded"], "removed": True}, "PATCH")
    assert await here.held("conclusion") == {}


async def test_nobody_can_tell_who_endorsed_what(here: Channel) -> None:
    session = await here.session(await here.room())
    made = await here.do(f"/sessions/{session}/conclusions", {"text": "Teach it early."})
    phone = here.somebody()
    answer = await phone.ask(f"/conclusions/{made['conclusion']}/endorse")
    pseudonym = answer.cookies[PARTICIPANT_COOKIE].partition(".")[0]
    with here.api.parts.store.reading() as conn:
        for table in ("endorsement", "entry", "command", "conclusion"):
            rows = conn.exec_driver_sql(f"SELECT * FROM {table}").all()
            assert pseudonym not in repr(rows), table


async def test_many_phones_at_once_are_each_counted_once(here: Channel) -> None:
    session = await here.session(await here.room())
    made = await here.do(f"/sessions/{session}/conclusions", {"text": "Teach it early."})
    phones = [here.somebody() for _ in range(20)]
    first = [phone.do(f"/conclusions/{made['conclusion']}/endorse") for phone in phones]
    await asyncio.gather(*first)
    again = [phone.do(f"/conclusions/{made['conclusion']}/endorse") for phone in phones * 2]
    await asyncio.gather(*again)
    assert (await here.held("conclusion"))[made["conclusion"]]["endorsed"] == 20


async def test_a_machine_that_forgets_its_cookie_is_held_back(here: Channel) -> None:
    session = await here.session(await here.room())
    made = await here.do(f"/sessions/{session}/conclusions", {"text": "Teach it early."})
    statuses = set()
    for _ in range(121):
        phone = here.somebody()
        phone.client.cookies.clear()
        statuses.add((await phone.ask(f"/conclusions/{made['conclusion']}/endorse")).status_code)
    assert statuses == {200, 429}
    assert (await here.held("conclusion"))[made["conclusion"]]["endorsed"] == 120


async def test_a_message_stays_with_the_chair_until_they_say_ok(channel: Channel) -> None:
    session = await channel.session(await channel.room())
    sent = await channel.do(f"/sessions/{session}/messages", {"text": "Two minutes left"})
    (held,) = (await channel.held("message", CHAIR)).values()
    assert (held["to"], held["text"], held["ok_at"]) == ("chair", "Two minutes left", None)
    assert await channel.held("message", PUBLIC) == {}
    read = f"/messages/{sent['message']}/acknowledge"
    facilitator, chair = channel.somebody(Role.FACILITATOR), channel.somebody(Role.CHAIR)
    assert (await facilitator.ask(read)).status_code == 403
    assert (await chair.do(read))["acknowledged"] is True
    assert (await chair.do(read))["acknowledged"] is True
    (held,) = (await channel.held("message", DESK)).values()
    assert held["ok_at"] is not None


async def test_a_chair_signals_by_one_tap_and_the_desk_says_that_it_saw(channel: Channel) -> None:
    session = await channel.session(await channel.room())
    chair, facilitator = channel.somebody(Role.CHAIR), channel.somebody(Role.FACILITATOR)
    signals = f"/sessions/{session}/signals"
    first = await chair.do(signals, {"signal": "wrap_up"})
    again = await chair.do(signals, {"signal": "wrap_up"})
    assert first["message"] == again["message"]
    await chair.do(signals, {"signal": "thank_you"})
    held = (await channel.held("message", DESK)).values()
    assert sorted(one["signal"] for one in held) == ["thank_you", "wrap_up"]
    read = f"/messages/{first['message']}/acknowledge"
    assert (await chair.ask(read)).status_code == 403
    await facilitator.do(read)
    third = await chair.do(signals, {"signal": "wrap_up"})
    assert third["message"] != first["message"]
    assert (await chair.ask(signals, {"signal": "dance"})).status_code == 422


async def test_a_chair_is_not_buried_in_messages(here: Channel) -> None:
    session = await here.session(await here.room())
    for number in range(5):
        await here.do(f"/sessions/{session}/messages", {"text": f"Number {number}"})
    refusal = await here.refused(409, f"/sessions/{session}/messages", {"text": "One more"})
    assert "did not read" in refusal["message"]


async def test_a_facilitator_of_one_session_runs_no_other(here: Channel) -> None:
    fay, gus = here.somebody(Role.FACILITATOR), here.somebody(Role.FACILITATOR)
    me = (await gus.client.get("/api/v1/me")).json()["person"]
    session = await here.session(await here.room(), facilitators=[me], prompts=SHEET)
    for path, body in (
        ("room-notes", {"text": "Said"}),
        ("conclusions", {"text": "So"}),
        ("messages", {"text": "Hello"}),
    ):
        refusal = await fay.ask(f"/sessions/{session}/{path}", body)
        assert refusal.json()["error"]["code"] == "not_your_session"
        assert (await gus.ask(f"/sessions/{session}/{path}", body)).status_code == 201
