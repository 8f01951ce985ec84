"""A participant follows what they wrote: their own points, which nobody else is sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.live.api import HERE, Api, api_over
from tests.support.waiting import PATIENCE
from wall.entries import Held
from wall.model import Mode, Role


@pytest.fixture
async def api(store_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(store_url, tmp_path) as made:
        made.event = await made.parts.journal.create(slug="own", name="N", actor="system", mode=Mode.PRE)
        yield made


def phone(api: Api) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=api.app, client=("192.0.2.1", 4711))
    return httpx2.AsyncClient(transport=transport, base_url=HERE, headers={"Origin": HERE})


async def say(one: httpx2.AsyncClient, api: Api, text: str) -> str:
    answer = await one.post(f"{api.path}/posts", json={"text": text})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["post"])


async def snapshot(one: httpx2.AsyncClient, api: Api, **headers: str) -> dict[str, Any]:
    answer = await one.get(f"{api.path}/snapshot", params={"face": "join"}, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def follow(one: httpx2.AsyncClient, api: Api, held: Held, cursor: str) -> str:
    """Poll until there is something new; the next cursor."""
    async with asyncio.timeout(PATIENCE):
        while True:
            answer = await one.get(f"{api.path}/changes", params={"face": "join", "cursor": cursor})
            frame = answer.json()
            assert frame["type"] == "changes", frame
            if frame["changes"]:
                held.apply(frame)
                return str(frame["cursor"])


async def moved(api: Api, post: str, verb: str, **body: Any) -> None:
    async with api.client(api.signed_in(Role.MODERATOR)) as desk:
        answer = await desk.post(f"{api.path}/posts/{post}/{verb}", json=body)
        assert answer.status_code == 200, answer.text


async def test_what_waits_is_seen_by_its_author_and_by_no_other_phone(api: Api) -> None:
    async with phone(api) as one, phone(api) as other:
        await say(other, api, "Something else")
        post = await say(one, api, "Only mine")
        own, others, nobodys = (
            await snapshot(one, api),
            await snapshot(other, api),
            await snapshot(phone(api), api),
        )
    assert Held.of(own).subjects["point", post]["state"] == "held"
    assert Held.of(own).subjects["point", post]["text"] == "Only mine"
    for foreign in (others, nobodys):
        assert "Only mine" not in str(foreign)
        assert post not in str(foreign)
    assert {put["type"] for put in nobodys["puts"]} == {"event", "count", "scene"}


async def test_an_author_follows_their_point_from_waiting_to_taken_down(api: Api) -> None:
    async with phone(api) as one:
        post = await say(one, api, "Mine")
        first = await snapshot(one, api)
        held, cursor = Held.of(first), first["cursor"]
        for verb, body, state in (
            ("approve", {"version": 1}, "approved"),
            ("hide", {"version": 2, "reason": "off_topic"}, "hidden"),
            ("reconsider", {"version": 3}, "held"),
            ("withdraw", {"version": 4}, "withdrawn"),
        ):
            await moved(api, post, verb, **body)
            cursor = await follow(one, api, held, cursor)
            assert held.subjects["point", post]["state"] == state
            assert (("post", post) in held.subjects) is (state == "approved")
        assert held.subjects["point", post]["text"] == ""
        assert held.subjects == Held.of(await snapshot(one, api)).subjects


async def test_a_reason_is_told_to_the_author_only_of_a_decision(api: Api) -> None:
    async with phone(api) as one:
        post = await say(one, api, "Mine")
        assert Held.of(await snapshot(one, api)).subjects["point", post]["reasons"] == []
        await moved(api, post, "reject", version=1, reason="off_topic")
        reasons = Held.of(await snapshot(one, api)).subjects["point", post]["reasons"]
    assert [reason["code"] for reason in reasons] == ["off_topic"]


async def test_a_cursor_of_one_phone_continues_on_no_other(api: Api) -> None:
    async with phone(api) as one, phone(api) as other:
        await say(one, api, "Mine")
        cursor = (await snapshot(one, api))["cursor"]
        frame = await other.get(f"{api.path}/changes", params={"face": "join", "cursor": cursor})
    assert frame.json()["type"] == "hello"
    assert not frame.json()["resumed"]


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
async def test_the_snapshot_of_one_phone_is_the_shared_one_and_its_own(api: Api, encoding: str) -> None:
    async with phone(api) as one:
        post = await say(one, api, 'Mine "]} \\ \u2028')
        await moved(api, post, "approve", version=1)
        own = await snapshot(one, api, **{"Accept-Encoding": encoding})
        shared = await snapshot(phone(api), api)
    assert own["seq"] == shared["seq"]
    assert own["cursor"] != shared["cursor"]
    assert [put for put in own["puts"] if put["type"] != "point"] == shared["puts"]


async def test_a_member_who_opens_the_join_page_follows_what_they_wrote_as_staff(api: Api) -> None:
    async with api.client(api.signed_in(Role.SCRIBE)) as scribe:
        post = await say(scribe, api, "From the room")
        held = Held.of(await snapshot(scribe, api))
    assert held.subjects["point", post]["state"] == "held"


async def test_a_point_that_its_author_took_back_leaves_their_other_pages(api: Api) -> None:
    async with phone(api) as one:
        added = (await one.post(f"{api.path}/points", json={"text": "Mine"})).json()
        first = await snapshot(one, api)
        held = Held.of(first)
        assert ("point", added["post"]) in held.subjects
        assert (await one.post(added["take_back"])).status_code == 200
        await follow(one, api, held, first["cursor"])
        assert held.subjects == Held.of(await snapshot(one, api)).subjects
    assert ("point", added["post"]) not in held.subjects
