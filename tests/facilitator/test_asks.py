"""Quick asks over HTTP: who may do what when, what may be answered, and that nobody can be told from it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from facilitator.ask_pacing import Pacing
from tests.facilitator.channel import Channel, channel_over
from wall.entries import PUBLIC, Scope
from wall.intake.policy import save_rules
from wall.journal import Tx, run_command
from wall.model import Role, utc_now
from wall.moderation import Rules
from wall.store import asks as stored
from wall.store import rules as stored_rules

STAFF = Scope(frozenset({Role.FACILITATOR}))
CHOICE = {"kind": "choice", "question": "Which first?", "options": ["Time", "Training", "Tools"]}
HOSTILE = ("\u202eevil", "a" + "\u0301" * 30, "<script>alert(1)</script>", "{{ 7 * 7 }}", "=1+1")


@pytest_asyncio.fixture
async def here(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(sqlite_url, tmp_path) as channel:
        yield channel


async def pace(here: Channel) -> int:
    return await Pacing(here.api.parts.journal).settle_due()


async def opened(here: Channel, body: dict[str, Any] = CHOICE, **opening: Any) -> str:
    made = await here.do("/asks", body)
    await here.do(f"/asks/{made['ask']}/open", {"worded": 0, **opening})
    return str(made["ask"])


async def move(here: Channel, ask: str, verb: str, **more: Any) -> dict[str, Any]:
    seen = (await here.held("ask", STAFF))[ask]
    return await here.do(f"/asks/{ask}/{verb}", {"worded": seen["worded"], **more})


async def seen(here: Channel, ask: str, scope: Scope = PUBLIC) -> dict[str, Any]:
    await pace(here)
    return (await here.held("ask", scope))[ask]


async def answer(here: Channel, ask: str, *given: dict[str, Any]) -> list[Channel]:
    """Each of these from a phone of its own; the phones."""
    phones = [here.somebody() for _ in given]
    for phone, one in zip(phones, given, strict=True):
        await phone.do(f"/asks/{ask}/answer", one)
    return phones


async def test_nothing_takes_ones_answer_back_while_the_question_is_open(here: Channel) -> None:
    ask = await opened(here)
    await answer(here, ask, {"picks": [1]})
    (phone,) = await answer(here, ask, {"picks": [0]})
    await phone.do(f"/asks/{ask}/answer", {"picks": []})
    assert (await seen(here, ask, STAFF))["answered"] == 1
    await phone.refused(422, f"/asks/{ask}/answer", {"picks": []})


async def test_cookies_are_free_and_votes_of_one_address_are_not(
    here: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("facilitator.routes.phones.PER_ADDRESS", (5, 60))
    ask = await opened(here)
    await answer(here, ask, *({"picks": [0]} for _ in range(5)))
    await here.somebody().refused(429, f"/asks/{ask}/answer", {"picks": [0]})


async def test_what_is_open_is_held_however_many_were_written_since(
    here: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = await opened(here)
    monkeypatch.setattr(stored, "_NEWEST", stored._NEWEST.limit(2))
    monkeypatch.setattr(stored, "_OUT", stored._OUT.limit(2))
    for number in range(3):
        await here.do("/asks", {**CHOICE, "question": f"Later {number}?"})
    assert ask in await here.held("ask", STAFF)
    assert ask in await here.held("ask")


async def test_an_ask_is_written_opened_answered_closed_and_shown(here: Channel) -> None:
    session = await here.session(await here.room())
    made = await here.do("/asks", {**CHOICE, "session": session})
    assert await here.held("ask") == {}
    assert (await here.held("ask", STAFF))[made["ask"]]["state"] == "drafted"
    await here.do(f"/asks/{made['ask']}/open", {"worded": 0})
    await answer(here, made["ask"], {"picks": [0]}, {"picks": [0]}, {"picks": [2]})
    public, staff = await seen(here, made["ask"]), await seen(here, made["ask"], STAFF)
    assert (public["answered"], public["counts"]) == (3, None)
    assert staff["counts"] == [2, 0, 1]
    assert public["walls_at"] is not None
    await move(here, made["ask"], "close")
    assert (await seen(here, made["ask"]))["counts"] is None
    await move(here, made["ask"], "show")
    assert (await seen(here, made["ask"]))["counts"] == [2, 0, 1]
    await move(here, made["ask"], "keep")
    assert await here.held("ask") == {}


async def test_a_participant_has_one_answer_and_may_change_it_until_it_closes(here: Channel) -> None:
    ask = await opened(here, {**CHOICE, "live": True})
    first, *_ = await answer(here, ask, {"picks": [0]}, {"picks": [1]}, {"picks": [1]})
    await first.do(f"/asks/{ask}/answer", {"picks": [2]})
    await first.do(f"/asks/{ask}/answer", {"picks": [2]})
    assert (await seen(here, ask))["counts"] == [0, 2, 1]
    await move(here, ask, "close")
    error = await first.refused(409, f"/asks/{ask}/answer", {"picks": [0]})
    assert error["details"]["problem"] == "closed"
    assert (await seen(here, ask))["counts"] == [0, 2, 1]


async def test_of_fewer_than_three_answers_only_their_number_is_told(here: Channel) -> None:
    ask = await opened(here, {**CHOICE, "live": True})
    await answer(here, ask, {"picks": [0]}, {"picks": [1]})
    for scope in (PUBLIC, STAFF):
        assert [(await seen(here, ask, scope))[name] for name in ("answered", "counts")] == [2, None]
    await answer(here, ask, {"picks": [1]})
    assert (await seen(here, ask))["counts"] == [1, 2, 0]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"options": ["One", "one "]}, "twice"),
        ({"options": ["One"]}, "few"),
        ({"options": ["x" * 121, "y"]}, None),
        ({"options": [str(number) for number in range(9)]}, None),
        ({"question": "  "}, None),
        ({"question": "x" * 301}, None),
        ({"kind": "scale", "top": 6}, None),
        ({"kind": "poll"}, None),
        ({"sesion": "s"}, None),
    ],
)
async def test_a_question_that_cannot_be_asked_is_refused(
    here: Channel, body: dict[str, Any], problem: str | None
) -> None:
    error = await here.refused(422, "/asks", {**CHOICE, **body})
    assert error["details"].get("problem") == problem
    assert await here.held("ask", STAFF) == {}


@pytest.mark.parametrize(
    ("kind", "given", "problem"),
    [
        ({}, {"picks": [3]}, "unknown"),
        ({}, {"picks": [0, 1]}, "one"),
        ({}, {}, "empty"),
        ({}, {"words": ["Time"]}, "many"),
        ({"kind": "scale", "top": 5}, {"picks": [5]}, "unknown"),
        ({"kind": "words"}, {"words": ["a", "b", "c", "d"]}, "many"),
        ({"kind": "words"}, {"words": ["x" * 41]}, "long"),
        ({"kind": "words"}, {"words": ["…", " ", "\u200b"]}, "empty"),
        ({"kind": "words"}, {"picks": [0]}, "unknown"),
        ({"kind": "text"}, {"words": ["x" * 281]}, "long"),
        ({"kind": "text"}, {"words": ["one", "two"]}, "many"),
    ],
)
async def test_an_answer_that_is_none_is_refused_and_not_kept(
    here: Channel, kind: dict[str, Any], given: dict[str, Any], problem: str
) -> None:
    ask = await opened(here, {**CHOICE, **({"options": []} if kind else {}), **kind})
    error = await here.somebody().refused(422, f"/asks/{ask}/answer", given)
    assert error["details"]["problem"] == problem
    assert (await seen(here, ask))["answered"] == 0


async def test_one_is_open_at_a_time_and_only_in_a_session_that_runs(here: Channel) -> None:
    room = await here.room()
    planned = await here.session(room, running=False)
    made = await here.do("/asks", {**CHOICE, "session": planned})
    await here.refused(409, f"/asks/{made['ask']}/open", {"worded": 0})
    session = await here.session(room)
    ask = await opened(here, {**CHOICE, "session": session})
    other = await here.do("/asks", {**CHOICE, "session": session})
    await here.refused(409, f"/asks/{other['ask']}/open", {"worded": 0})
    await opened(here)  # of the whole event, which is another place
    version = (await here.held("session"))[session]["version"]
    await here.do(f"/sessions/{session}/end", {"version": version})
    await here.somebody().refused(409, f"/asks/{ask}/answer", {"picks": [0]})
    assert (await seen(here, ask))["state"] == "closed"


async def test_who_acts_on_what_changed_meanwhile_is_told(here: Channel) -> None:
    made = await here.do("/asks", CHOICE)
    await here.do(f"/asks/{made['ask']}", {**CHOICE, "question": "What first?", "worded": 0}, "PATCH")
    error = await here.refused(409, f"/asks/{made['ask']}/open", {"worded": 0})
    assert error["details"]["current"]["question"] == "What first?"
    await here.do(f"/asks/{made['ask']}/open", {"worded": 1})
    await here.refused(409, f"/asks/{made['ask']}", {**CHOICE, "worded": 2}, "PATCH")
    await here.refused(409, f"/asks/{made['ask']}/remove", {"worded": 2})


async def test_answers_do_not_make_a_facilitators_move_stale(here: Channel) -> None:
    ask = await opened(here)
    await answer(here, ask, {"picks": [0]}, {"picks": [1]}, {"picks": [1]})
    assert await pace(here) == 1
    assert await pace(here) == 0
    await here.do(f"/asks/{ask}/close", {"worded": 1})


async def test_the_clock_closes_it_and_a_stream_gives_its_viewers_their_delay(here: Channel) -> None:
    session = await here.session(await here.room())
    version = (await here.held("session"))[session]["version"]
    await here.do(f"/sessions/{session}", {"version": version, "delay_seconds": 45}, "PATCH")
    ask = await opened(here, {**CHOICE, "session": session}, seconds=30)
    closes = (await seen(here, ask))["closes_at"]
    assert 70 < (_at(closes) - utc_now()).total_seconds() <= 75
    await move(here, ask, "close")
    sooner = (await seen(here, ask))["closes_at"]
    assert (await seen(here, ask))["state"] == "open"
    assert 40 < (_at(sooner) - utc_now()).total_seconds() <= 45
    await answer(here, ask, {"picks": [0]})
    _expire(here, ask)
    await here.somebody().refused(409, f"/asks/{ask}/answer", {"picks": [0]})
    assert (await seen(here, ask))["state"] == "closed"
    assert (await seen(here, ask))["answered"] == 1


def _at(time: str) -> datetime:
    return datetime.fromisoformat(time)


def _expire(here: Channel, ask: str) -> None:
    store, event = here.api.parts.store, here.api.event.id
    with store.writing() as conn:
        known = stored.by_ids(conn, event, {ask})[ask]
        stored.save(conn, known.model_copy(update={"closes_at": utc_now() - timedelta(seconds=5)}))


async def test_words_are_folded_judged_and_struck_out(here: Channel) -> None:
    _hold(here, "rubbish")
    ask = await opened(here, {"kind": "words", "question": "One word?", "live": True})
    said = [["Feedback", "time"], ["feedback!", "Rubbish"], ["FEEDBACK", "more time"]]
    await answer(here, ask, *({"words": words} for words in said))
    public = {one["text"]: one["count"] for one in (await seen(here, ask))["said"]}
    assert public == {"FEEDBACK": 3, "time": 1, "more time": 1}
    staff = {one["text"]: one for one in (await seen(here, ask, STAFF))["said"]}
    assert staff["Rubbish"]["state"] == "held"
    await here.do(f"/asks/{ask}/said/{staff['time']['key']}", {"shown": False})
    await here.do(f"/asks/{ask}/said/{staff['Rubbish']['key']}", {"shown": True})
    public = {one["text"] for one in (await seen(here, ask))["said"]}
    assert public == {"FEEDBACK", "more time", "Rubbish"}
    await here.refused(404, f"/asks/{ask}/said/{'0' * 16}", {"shown": False})


async def test_a_moderator_may_strike_words_out_and_not_run_asks(here: Channel) -> None:
    ask = await opened(here, {"kind": "words", "question": "One word?"})
    await answer(here, ask, {"words": ["odd"]})
    (one,) = (await seen(here, ask, STAFF))["said"]
    moderator = here.somebody(Role.MODERATOR)
    await moderator.do(f"/asks/{ask}/said/{one['key']}", {"shown": False})
    await moderator.refused(403, f"/asks/{ask}/close", {"worded": 1})


async def test_a_short_text_waits_as_a_post_of_a_newcomer_would(here: Channel) -> None:
    _set(here, {"mode": "known"})
    ask = await opened(here, {"kind": "text", "question": "Why?", "live": True})
    await answer(here, ask, *({"words": [text]} for text in ("Because.", "So that.", "Who knows")))
    assert (await seen(here, ask))["said"] == []
    staff = (await seen(here, ask, STAFF))["said"]
    assert {one["state"] for one in staff} == {"held"}
    await here.do(f"/asks/{ask}/said/{staff[0]['key']}", {"shown": True})
    assert [one["text"] for one in (await seen(here, ask))["said"]] == [staff[0]["text"]]


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_words_disturb_nothing(here: Channel, text: str) -> None:
    ask = await opened(here, {"kind": "words", "question": "One word?", "live": True})
    await answer(here, ask, *({"words": [text, f"w{number}"]} for number in range(3)))
    shown = (await seen(here, ask))["said"]
    assert len(shown) == 4
    page = (await here.client.get(f"/join/{here.api.event.slug}/ask/{ask}")).text
    assert "<script>alert" not in page
    assert "\u0301" * 5 not in page
    assert page.count("\u202e") <= page.count("\u202c")


async def test_nobody_can_tell_who_answered_what(here: Channel) -> None:
    ask = await opened(here, {"kind": "words", "question": "One word?"})
    phone = here.somebody()
    sent = await phone.ask(f"/asks/{ask}/answer", {"words": ["heffalump"]})
    name = re.split("[=.]", sent.headers["set-cookie"])[1]
    await pace(here)
    with here.api.parts.store.reading() as conn:
        tables = {
            table: str(conn.exec_driver_sql(f"SELECT * FROM {table}").fetchall())
            for table in ("ask", "ask_answer", "ask_judged", "entry", "command")
        }
    assert not [table for table, rows in tables.items() if name in rows]
    assert not [table for table in ("entry", "command") if "heffalump" in tables[table]]


async def test_four_hundred_phones_answer_at_once_and_none_is_lost_or_doubled(here: Channel) -> None:
    ask = await opened(here, {**CHOICE, "live": True})
    participants = here.api.parts.contributions.participants
    cookies = [participants.of({"type": "http", "scheme": "http", "headers": []}).fresh for _ in range(400)]

    async def give(at: int) -> int:
        headers = {"Cookie": f"participant={cookies[at]}"}
        path = f"{here.api.path}/asks/{ask}/answer"
        async with here.api.client(None, **headers) as client:
            sent = [client.post(path, json={"picks": [(at + again) % 3]}) for again in (1, 0)]
            return max([(await one).status_code for one in sent])

    statuses = await asyncio.gather(*map(give, range(400)))
    assert set(statuses) == {200}
    assert await pace(here) == 1
    shown = await seen(here, ask)
    assert (shown["answered"], shown["counts"]) == (400, [134, 133, 133])


async def test_who_forgets_each_cookie_is_held_by_the_address(here: Channel) -> None:
    ask = await opened(here)
    statuses = [
        (await here.somebody().ask(f"/asks/{ask}/answer", {"picks": [0]})).status_code for _ in range(122)
    ]
    assert statuses == [200] * 120 + [429] * 2


async def test_a_phone_without_script_answers_changes_and_reads(here: Channel) -> None:
    ask = await opened(here, {**CHOICE, "many": True, "live": True})
    slug = here.api.event.slug
    await answer(here, ask, {"picks": [0]}, {"picks": [1]})
    joined = await here.client.get(f"/join/{slug}")
    assert f'href="/join/{slug}/ask/{ask}"' in joined.text
    async with here.api.client() as phone:
        page = await phone.get(f"/join/{slug}/ask/{ask}")
        assert (page.status_code, "checkbox" in page.text) == (200, True)
        sent = await phone.post(f"/join/{slug}/ask/{ask}", data={"pick-0": "0", "pick-2": "2"})
        assert sent.status_code == 303
        again = await phone.get(sent.headers["location"])
        assert again.text.count(" checked") == 2
        assert "Your answer was received" in again.text
        odd = await phone.post(f"/join/{slug}/ask/{ask}", data={"pick": "x"})
        assert odd.status_code == 422
        assert (await seen(here, ask))["counts"] == [2, 1, 1]
        back = await phone.post(f"/join/{slug}/ask/{ask}", data={})
        assert (back.status_code, "given" in back.headers["location"]) == (303, False)
        none = await phone.post(f"/join/{slug}/ask/{ask}", data={})
        assert (none.status_code, 'role="alert"' in none.text) == (422, True)
    assert (await seen(here, ask))["answered"] == 2
    assert (await here.client.get(f"/join/{slug}/ask/nothing")).status_code == 404


def _set(here: Channel, rules: dict[str, Any]) -> None:
    def put(tx: Tx) -> None:
        version = stored_rules.version(tx.conn, tx.event.id) + 1
        save_rules(tx, Rules(**{"identifiers": False, "mode": "auto"} | rules), version)

    with here.api.parts.store.writing() as conn:
        run_command(conn, here.api.event.id, "system", put, None, b"", utc_now())


def _hold(here: Channel, word: str) -> None:
    _set(here, {"words": (word,)})
