"""Participants and their points: what they say of themselves, changing words while they wait, thinking so
too, and what they are told; over the API and by the page without script."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from facilitator import supporting
from tests.live.api import Api, api_over
from tests.live.test_join import PAGE, in_mode, phone, rows
from tests.live.test_join_page import join, say, venue
from wall.entries import Held, Scope
from wall.model import Mode, Role, utc_now
from wall.store import tables as t

FORM = {**PAGE, "Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def api(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(sqlite_url, tmp_path) as made:
        yield made


@pytest.fixture
async def each_api(store_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(store_url, tmp_path) as made:
        yield made


async def said(client: httpx2.AsyncClient, api: Api, text: str, **more: object) -> str:
    answer = await say(client, api, text, **more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["post"])


async def do(client: httpx2.AsyncClient, api: Api, path: str, **body: object) -> httpx2.Response:
    return await client.post(f"{api.path}{path}", json=body)


async def edit(client: httpx2.AsyncClient, api: Api, post: str, text: str) -> httpx2.Response:
    return await do(client, api, f"/points/{post}/edit", text=text)


async def send(client: httpx2.AsyncClient, api: Api, path: str, **fields: str) -> httpx2.Response:
    return await client.post(f"/join/{api.event.slug}{path}", data=fields, headers=FORM)


async def held(api: Api, kind: str, *roles: Role) -> dict[str, dict[str, Any]]:
    snapshot = await api.parts.journal.snapshot(api.event.id, Scope(frozenset(roles)))
    subjects = Held.of(snapshot.model_dump(mode="json")).subjects
    return {id_: value for (of, id_), value in subjects.items() if of == kind}


async def count(api: Api) -> None:
    await supporting.Counting(api.parts.journal).count_due()


def row_of(api: Api, table: str, post: str) -> Any:
    column = "post_id" if table in {"support", "post_revision"} else "id"
    with api.parts.store.reading() as conn:
        chosen = t.metadata.tables[table]
        return conn.execute(select(chosen).where(chosen.c[column] == post)).all()


async def test_what_somebody_says_of_themselves_is_for_the_staff_and_goes_with_the_post(
    each_api: Api,
) -> None:
    api = each_api
    async with phone(api) as one:
        post = await said(one, api, "From the ward", role="clinician", country="CA")
        assert (await held(api, "post"))[post]["declared"] is None
        assert (await held(api, "post", Role.CHAIR))[post]["declared"] is None
        mine = {"role": "clinician", "country": "CA"}
        assert (await held(api, "post", Role.FACILITATOR))[post]["declared"] == mine
        page = await join(one, api)
        assert '<option value="clinician" selected>' in page
        assert '<option value="CA" selected>' in page
        for bad in ({"role": "king"}, {"country": "XX"}, {"country": "ca"}, {"country": "CAN"}):
            assert (await say(one, api, "x", **bad)).status_code == 422
    await venue(api).do(f"/posts/{post}/withdraw", version=1)
    assert "clinician" not in str(row_of(api, "post", post))


async def test_a_form_without_script_remembers_a_name_a_role_and_a_country(api: Api) -> None:
    async with phone(api) as one:
        typed = {"text": "Bonjour", "name": "Zoë", "role": "patient", "country": "FR"}
        answer = await send(one, api, "", **typed)
        assert answer.status_code == 200
        for page in (answer.text, await join(one, api)):
            assert 'value="Zoë"' in page
            assert '<option value="patient" selected>' in page
            assert '<option value="FR" selected>' in page
        assert "selected" not in await join(phone(api), api)
    forged = await send(phone(api), api, "", text="Forged", role="king", country="<b>")
    assert forged.status_code == 200
    author = next(
        put for put in (await held(api, "post", Role.MODERATOR)).values() if put["text"] == "Forged"
    )
    assert author["declared"] is None


async def test_words_that_wait_are_changed_by_their_author_and_judged_again(each_api: Api) -> None:
    api = each_api
    await in_mode(api, Mode.PRE)
    async with phone(api) as one, phone(api) as other:
        post = await said(one, api, "Teh first #words")
        await join(other, api)
        assert (await edit(other, api, post, "Not mine")).status_code == 404
        assert (await edit(phone(api), api, post, "No cookie")).status_code == 404
        for bad in ("", "\u200b", "x" * 1_001):
            assert (await edit(one, api, post, bad)).status_code == 422
        answer = await edit(one, api, post, "The second #word")
        assert answer.json()["state"] == "held"
        card = (await held(api, "post", Role.MODERATOR))[post]
        assert (card["text"], card["hashtags"], card["edited"]) == ("The second #word", ["word"], True)
        again = await edit(one, api, post, "The second #word")
        assert again.json()["seq"] == answer.json()["seq"], "the same words are no change"
        assert len(row_of(api, "post_revision", post)) == 1


async def test_changed_words_meet_the_rules_again(api: Api) -> None:
    await in_mode(api, Mode.PRE)
    async with phone(api) as one:
        post = await said(one, api, "A plain sentence about teaching")
        await edit(one, api, post, "Born 12.03.1956, NHS number 943 476 5919")
        card = (await held(api, "post", Role.MODERATOR))[post]
    assert {reason["code"] for reason in card["reasons"]} & {"nhs_number", "birth_date"}


async def test_what_a_person_put_back_among_what_waits_waits_for_one_whatever_it_says_now(api: Api) -> None:
    async with phone(api) as one, api.client(api.signed_in(Role.MODERATOR)) as desk:
        post = await said(one, api, "A point")
        hidden = await desk.post(f"{api.path}/posts/{post}/hide", json={"version": 1, "reason": "spam"})
        again = {"version": hidden.json()["version"]}
        assert (await desk.post(f"{api.path}/posts/{post}/reconsider", json=again)).status_code == 200
        done = await edit(one, api, post, "Quite another point")
        assert (done.status_code, done.json()["state"]) == (200, "held")


async def test_a_moderator_who_saw_the_earlier_words_decides_again(api: Api) -> None:
    await in_mode(api, Mode.PRE)
    async with phone(api) as one, api.client(api.signed_in(Role.MODERATOR)) as desk:
        post = await said(one, api, "Before")
        await edit(one, api, post, "After")
        stale = await desk.post(f"{api.path}/posts/{post}/approve", json={"version": 1})
        assert stale.status_code == 409
        assert stale.json()["error"]["details"]["current"]["text"] == "After"


@pytest.mark.parametrize(
    ("verb", "more", "told"),
    [
        ("approve", {}, "approved meanwhile"),
        ("reject", {"reason": "spam"}, "decided not to show"),
        ("withdraw", {}, "gone"),
    ],
)
async def test_after_a_decision_words_stay_as_they_are_and_it_is_said_what_can_be_done(
    api: Api, verb: str, more: dict[str, str], told: str
) -> None:
    await in_mode(api, Mode.PRE)
    async with phone(api) as one:
        post = await said(one, api, "Mine")
        await venue(api).do(f"/posts/{post}/{verb}", version=1, **more)
        refused = (await edit(one, api, post, "Changed")).json()["error"]
        assert told in refused["message"]
        assert refused["remedy"]


async def test_without_script_a_change_that_came_too_late_keeps_what_was_typed(api: Api) -> None:
    await in_mode(api, Mode.PRE)
    async with phone(api) as one:
        post = await said(one, api, "Mine")
        done = await send(one, api, f"/edit/{post}", text="Mine, better")
        assert (done.status_code, done.headers["location"]) == (303, f"/join/{api.event.slug}#yours")
        long = await send(one, api, f"/edit/{post}", text="y" * 1_200)
        assert long.status_code == 422
        assert "1200 characters" in long.text
        assert "y" * 1_200 in long.text
        await venue(api).do(f"/posts/{post}/approve", version=2)
        late = await send(one, api, f"/edit/{post}", text="Mine, <b>best</b>")
        assert late.status_code == 409
        assert "Mine, &lt;b&gt;best&lt;/b&gt;" in late.text
        assert "Take it back, or add another point." in html.unescape(late.text)


async def test_thinking_so_too_is_counted_at_a_calm_pace_and_names_nobody(each_api: Api) -> None:
    api = each_api
    async with phone(api) as one:
        post = await said(one, api, "Mentors need time")
        before = (await api.parts.journal.head(api.event.id))[1]
        others = [phone(api, f"192.0.2.{number}") for number in range(2, 12)]
        for other in others:
            for _ in range(2):
                answer = await do(other, api, f"/posts/{post}/support")
                assert answer.json() == {"post": post, "on": True}
        assert (await api.parts.journal.head(api.event.id))[1] == before, (
            "no entry says that somebody tapped"
        )
        assert await held(api, "support") == {}
        await count(api)
        assert (await held(api, "support"))[post]["people"] == 10
        assert (await api.parts.journal.head(api.event.id))[1] == before + 1
        await do(others[0], api, f"/posts/{post}/support", on=False)
        await do(others[0], api, f"/posts/{post}/support", on=False)
        await count(api)
        assert (await held(api, "support"))[post]["people"] == 9
        head = (await api.parts.journal.head(api.event.id))[1]
        await count(api)
        assert (await api.parts.journal.head(api.event.id))[1] == head, "nothing to tell is no entry"
    stored = (
        str(row_of(api, "support", post))
        + str(row_of(api, "support_count", post))
        + str(rows(api, "entry"))
    )
    who = [other.cookies["participant"].partition(".")[0] for other in others]
    assert not any(name in stored for name in who)


async def test_one_supports_neither_ones_own_point_nor_one_that_is_not_shown(api: Api) -> None:
    async with phone(api) as one, phone(api, "192.0.2.2") as other:
        post = await said(one, api, "Mine")
        own = await do(one, api, f"/posts/{post}/support")
        assert (own.status_code, own.json()["error"]["code"]) == (409, "refused")
        assert (await do(other, api, "/posts/nowhere/support")).status_code == 404
        await do(other, api, f"/posts/{post}/support")
        await count(api)
        await venue(api).do(f"/posts/{post}/hide", version=1, reason="spam")
        assert (await do(other, api, f"/posts/{post}/support")).status_code == 404
        assert await held(api, "support") == {}
        await venue(api).do(f"/posts/{post}/approve", version=2)
        assert (await held(api, "support"))[post]["people"] == 1
        await venue(api).do(f"/posts/{post}/withdraw", version=3)
        assert row_of(api, "support", post) == []


async def test_a_phone_supports_at_most_sixty_times_a_minute(api: Api) -> None:
    async with phone(api) as one, phone(api, "192.0.2.2") as other:
        post = await said(one, api, "Mine")
        await join(other, api)
        who = other.cookies["participant"].partition(".")[0]
        for _ in range(60):
            await api.parts.bus.hit("support.participant", who, limit=60, seconds=60)
        refused = await do(other, api, f"/posts/{post}/support")
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many")
        assert (await do(phone(api), api, f"/posts/{post}/support")).status_code == 200


async def test_who_tags_blind_sees_no_support(api: Api) -> None:
    async with phone(api) as one, phone(api, "192.0.2.2") as other:
        post = await said(one, api, "Mine")
        await do(other, api, f"/posts/{post}/support")
    await count(api)
    assert list(await held(api, "support", Role.FACILITATOR)) == [post]
    assert await held(api, "support", Role.TAGGER) == {}


async def test_without_script_one_tap_supports_and_the_next_takes_it_back(api: Api) -> None:
    async with phone(api) as one, phone(api, "192.0.2.2") as other:
        post = await said(one, api, "Mine")
        action = f'action="/join/{api.event.slug}/support/{post}"'

        def button(page: str) -> str:
            found = re.search(rf"{re.escape(action)}>(.*?)</form>", page, re.DOTALL)
            assert found, page
            return found[1]

        assert "<button" not in button(await join(one, api)), "nobody supports their own"
        assert 'aria-pressed="false"' in button(await join(other, api))
        answer = await send(other, api, f"/support/{post}", on="1", at="walls")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/join/{api.event.slug}#walls")
        assert 'aria-pressed="true"' in button(await join(other, api))
        await count(api)
        assert "1 thinks so too" in button(await join(phone(api, "192.0.2.3"), api))
        await send(other, api, f"/support/{post}", on="0")
        await count(api)
        assert "thinks so too" not in await join(one, api)


async def test_an_author_reads_with_how_many_a_point_was_joined_and_in_whose_words(api: Api) -> None:
    hall = venue(api)
    async with phone(api) as one, phone(api, "192.0.2.2") as other:
        post = await said(one, api, "Mentors need time")
        more = [await said(other, api, text) for text in ("Time for mentors", "Mentoring takes hours")]
        await hall.do(f"/posts/{post}/join", others=more)
        await hall.do(f"/posts/{post}/word", wording="Protect mentors’ time.", worded=0)
        page = await join(one, api)
        assert "Joined with 2 others that say the same." in page
        assert "Protect mentors’ time." in page
        assert "Joined with 2 others" in await join(other, api)
        (joined,) = [
            point["posts"] for point in (await held(api, "contribution", Role.FACILITATOR)).values()
        ]
        last = next(id_ for id_ in reversed(joined) if id_ != post)
        await hall.do(f"/posts/{last}/hide", version=1, reason="spam")
        assert "Joined with 1 other that says the same." in await join(one, api)
        await hall.do(f"/posts/{post}/hide", version=1, reason="spam")
        assert "Protect mentors’ time." not in await join(one, api), "it is of the others now"


async def test_a_heard_point_is_thanked_and_leads_to_its_second_of_the_recording(api: Api) -> None:
    hall = venue(api)
    session = await hall.session(await hall.room(), recording="https://vimeo.com/1", delay_seconds=30)
    await hall.do(f"/sessions/{session}/begin", version=1)
    async with phone(api) as one:
        post = await said(one, api, "Count the blogs")
        relay = await hall.raised(session, post)
        assert "On its way to the room" in await join(one, api)
        await hall.do(f"/relays/{relay['relay']}/ready", version=relay["version"])
        assert "Next in the room" in await join(one, api)
        await hall.do(f"/relays/{relay['relay']}/take-up", version=2)
        await hall.do(f"/relays/{relay['relay']}/close", version=3, state="discussed", outcome="Yes.")
        page = await join(one, api)
    assert "Thank you for bringing it in." in page
    seconds = re.search(r'href="https://vimeo.com/1#t=(\d+)s"', page)
    assert seconds, page
    assert 30 <= int(seconds[1]) < 90
    assert f"Hear it in the recording, at 0:{int(seconds[1]):02}" in page


async def test_the_page_says_what_is_on_today(api: Api) -> None:
    hall = venue(api)
    room = await hall.room("Hall A")
    running = await hall.session(
        room, "Opening", starts=utc_now(), stream="https://stream.example/a?b=1&c=2"
    )
    await hall.do(f"/sessions/{running}/begin", version=1)
    await hall.session(room, "A year from now", starts=utc_now() + timedelta(days=365))
    page = html.unescape(await join(phone(api), api))
    today = page[page.index('class="today"') : page.index("</details>")]
    assert "Opening" in today
    assert "Hall A" in today
    assert "Now" in today
    assert "A year from now" not in page
    assert page.count('href="https://stream.example/a?b=1&c=2"') == 2, (
        "beside the room, and in the programme"
    )


async def test_five_languages_in_one_form_are_each_drawn_in_their_own_direction(api: Api) -> None:
    texts = "مرحبا · שלום · Grüße · 你好 · नमस्ते"
    await in_mode(api, Mode.PRE)
    async with phone(api) as one:
        answer = await send(one, api, "", text=texts, name="سارة", country="EG", role="educator")
        assert answer.status_code == 200
        page = await join(one, api)
    assert f'<p class="text" dir="auto">{texts}</p>' in page
    assert 'value="سارة"' in page


async def test_two_changes_at_once_are_both_in_order(api: Api) -> None:
    await in_mode(api, Mode.PRE)
    async with phone(api) as one:
        post = await said(one, api, "Nothing")
        answers = await asyncio.gather(*(edit(one, api, post, f"Words {number}") for number in range(4)))
        assert [answer.status_code for answer in answers] == [200] * 4
        assert len({answer.json()["seq"] for answer in answers}) == 4
        card = (await held(api, "post", Role.MODERATOR))[post]
        assert re.fullmatch(r"Words \d", card["text"])
