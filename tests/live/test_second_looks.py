"""Second looks: an author asks once, a person answers; over the API and by pages without script."""

from __future__ import annotations

import html
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from tests.live.api import Api, api_over
from tests.live.test_join import PAGE, in_mode, phone, rows
from tests.live.test_join_page import join, venue
from tests.live.test_points import FORM, do, held, row_of, said, send
from wall.model import Mode, Role


@pytest.fixture
async def api(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(sqlite_url, tmp_path) as made:
        yield made


@pytest.fixture
async def each_api(store_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(store_url, tmp_path) as made:
        yield made


async def turned_down(api: Api, one: httpx2.AsyncClient, text: str = "Mine") -> str:
    await in_mode(api, Mode.PRE)
    post = await said(one, api, text)
    await venue(api).do(f"/posts/{post}/reject", version=1, reason="off_topic")
    return post


async def test_an_author_asks_once_for_a_second_look_and_is_answered(each_api: Api) -> None:
    api = each_api
    async with phone(api) as one, phone(api) as other:
        post = await turned_down(api, one)
        await join(other, api)
        path = f"/points/{post}/second-look"
        assert (await do(other, api, path, words="Theirs")).status_code == 404
        assert (await do(one, api, path, words=" ")).status_code == 422
        asked = await do(one, api, path, words="It is about the second session.")
        assert asked.status_code == 201
        assert (await do(one, api, path, words="Again")).status_code == 409
        waits = (await held(api, "second_look", Role.MODERATOR))[post]
        assert waits["words"] == "It is about the second session."
        assert await held(api, "second_look") == {}
        assert await held(api, "second_look", Role.TECHNICIAN) == {}
        keep = f"{api.path}/posts/{post}/second-look/keep"
        answer = {"version": waits["version"], "words": "Please ask it there."}
        async with api.client(api.signed_in(Role.MODERATOR)) as desk:
            assert (await desk.post(keep, json=answer)).json()["state"] == "kept"
            assert (await desk.post(keep, json=answer)).status_code == 409
        assert await held(api, "second_look", Role.MODERATOR) == {}
        page = html.unescape(await join(one, api))
        assert 'stays as it is: <bdi dir="auto">Please ask it there.</bdi>' in page
        assert "Ask for a second look" not in page
    assert "Please ask" not in str(rows(api, "entry"))
    assert "second session" not in str(rows(api, "entry"))


async def test_showing_a_post_answers_its_second_look(api: Api) -> None:
    async with phone(api) as one:
        post = await turned_down(api, one)
        asked = await send(one, api, f"/second-look/{post}", words="Look again, please.")
        assert (asked.status_code, asked.headers["location"]) == (303, f"/join/{api.event.slug}#yours")
        assert "You asked for a second look" in await join(one, api)
        await venue(api).do(f"/posts/{post}/approve", version=2)
        assert await held(api, "second_look", Role.MODERATOR) == {}
        assert "A person looked again, and it is shown now." in await join(one, api)
        await venue(api).do(f"/posts/{post}/withdraw", version=3)
        assert row_of(api, "second_look", post)[0].words == ""


async def test_a_point_that_nobody_turned_down_needs_no_second_look(api: Api) -> None:
    async with phone(api) as one:
        post = await said(one, api, "Shown")
        refused = await do(one, api, f"/points/{post}/second-look", words="Why?")
    assert refused.status_code == 409


async def test_moderators_answer_second_looks_on_their_page(api: Api) -> None:
    async with phone(api) as one:
        post = await turned_down(api, one, "Mine & yours")
        await do(one, api, f"/points/{post}/second-look", words="<i>Why?</i>")
    where = f"/moderate/{api.event.slug}"
    async with api.client(api.signed_in(Role.MODERATOR), **PAGE) as desk:
        page = (await desk.get(where, params={"see": "asked"})).text
        assert "&lt;i&gt;Why?&lt;/i&gt;" in page
        assert "Mine &amp; yours" in page
        sent = {"version": "1", "words": "Because it names a patient."}
        keep = f"{where}/second-look/{post}/keep"
        assert (await desk.post(keep, data={**sent, "version": "x"}, headers=FORM)).status_code == 422
        done = await desk.post(keep, data=sent, headers=FORM)
        assert (done.status_code, done.headers["location"]) == (303, f"{where}?see=asked&did=keep#queue")
        page = (await desk.get(done.headers["location"])).text
        assert "Nobody asks for a second look." in page
        assert "its author reads why" in page
        async with api.client(api.signed_in(Role.TECHNICIAN), **PAGE) as other:
            assert (await other.post(keep, data=sent, headers=FORM)).status_code == 403
