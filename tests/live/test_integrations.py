"""Integrations: other tools that may post into one event, their keys and their end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.live.api import Api, api_over
from tests.live.tools import Tool, refused, tool_of
from wall.access.signatures import SIGNATURE_HEADER
from wall.model import Role
from wall.store import tables as t

BODY = b'{"items": [{"key": "m1", "text": "Hello"}]}'


@pytest.fixture
async def api(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(sqlite_url, tmp_path) as made:
        yield made


@pytest.fixture
async def each_api(store_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(store_url, tmp_path) as made:
        yield made


def rows(api: Api, table: str = "post") -> list[Any]:
    with api.parts.store.reading() as conn:
        return list(conn.execute(select(t.metadata.tables[table])))


async def test_a_signature_with_another_key_is_refused(api: Api) -> None:
    one, other = await tool_of(api), await tool_of(api, "Another")
    item = {"key": "m1", "text": "Hello"}
    refused(await Tool(api, one.id, other.key).say(item))
    refused(await Tool(api, one.id, "").say(item))
    assert rows(api) == []


async def test_an_integration_posts_into_its_own_event_only(api: Api) -> None:
    tool = await tool_of(api)
    other = await api.parts.journal.create(slug="other", name="Other", actor="system")
    refused(await tool.send(BODY, tool.signed(BODY), f"/api/v1/events/{other.slug}"))
    assert rows(api) == []


async def test_a_revoked_integration_is_refused_at_once_even_a_replay(each_api: Api) -> None:
    tool = await tool_of(each_api)
    headers = tool.signed(BODY)
    assert (await tool.send(BODY, headers)).status_code == 200
    path = f"{each_api.path}/integrations/{tool.id}"
    async with each_api.client(each_api.signed_in()) as organiser:
        first, second = [(await organiser.delete(path)).json() for _ in range(2)]
        assert first == second
        assert first["revoked_at"]
        (listed,) = (await organiser.get(f"{each_api.path}/integrations")).json()["integrations"]
        assert listed == first
    refused(await tool.send(BODY, headers))
    refused(await tool.say({"key": "m2", "text": "After"}))
    refused(await tool.say({"key": "m1", "deleted": True}))
    refused(await Tool(each_api, tool.id, "").say({"key": "m2", "text": "After"}))
    assert [row.state for row in rows(each_api)] == ["approved"]
    kinds = [row.kind for row in rows(each_api, "entry")]
    assert (kinds.count("integration.made"), kinds.count("integration.revoked")) == (1, 1)


async def test_a_key_is_shown_once_and_to_those_who_may_make_one(api: Api) -> None:
    path, new = f"{api.path}/integrations", {"name": "Bridge"}
    async with api.client(api.signed_in()) as organiser:
        again = {"Idempotency-Key": "k"}
        made = (await organiser.post(path, json=new, headers=again)).json()
        refused(await organiser.post(path, json=new, headers=again), "refused", 409)
        listed = await organiser.get(path)
        assert made["key"] not in listed.text
        assert [one["name"] for one in listed.json()["integrations"]] == ["Bridge"]
        assert made["key"] not in str(rows(api, "entry") + rows(api, "command"))
        refused(await organiser.delete(f"{path}/%00"), "not_found", 404)
    async with api.client(api.signed_in(Role.MODERATOR)) as moderator, api.client() as nobody:
        for method, where in (("GET", path), ("POST", path), ("DELETE", f"{path}/{made['id']}")):
            body = {"json": new} if method == "POST" else {}
            refused(await moderator.request(method, where, **body), "not_yours", 403)
            refused(await nobody.request(method, where, **body), "sign_in", 401)


async def test_a_signed_request_to_another_address_is_no_post_of_anybody(api: Api) -> None:
    tool, body = await tool_of(api), b'{"text": "Hello"}'
    async with api.client() as client:
        answer = await client.post(f"{api.path}/posts", content=body, headers=tool.signed(body))
    assert "webhook" in refused(answer)["remedy"]
    assert rows(api) == []


async def test_a_signature_is_not_rescued_by_a_sign_in(api: Api) -> None:
    headers = {SIGNATURE_HEADER: "t=1,k=x,v1=" + "0" * 64}
    async with api.client(api.signed_in()) as organiser:
        refused(await organiser.post(f"{api.path}/webhook", content=BODY, headers=headers))
        refused(await organiser.post(f"{api.path}/webhook", content=BODY))
