"""Other tools post with signed requests; every other request with a signature is refused."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from tests.live.api import Api, api_over
from wall.access.signatures import SIGNATURE_SECONDS, sign
from wall.model import Role
from wall.routes.contributing import PER_INTEGRATION
from wall.store import tables as t


@pytest.fixture
async def api(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(sqlite_url, tmp_path) as made:
        yield made


@pytest.fixture
async def each_api(store_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(store_url, tmp_path) as made:
        yield made


@dataclass
class Tool:
    """Another tool, with the key that it was given."""

    api: Api
    id: str
    key: str

    def signed(self, body: bytes, at: int | None = None) -> dict[str, str]:
        """The headers of a request that this tool signed."""
        moment = int(time.time()) if at is None else at
        signature = f"t={moment},k={self.id},v1={sign(self.key, moment, body)}"
        return {"Backchannel-Signature": signature, "Content-Type": "application/json"}

    async def send(self, body: bytes, headers: dict[str, str], path: str = "") -> httpx2.Response:
        async with self.api.client() as client:
            return await client.post(f"{path or self.api.path}/posts", content=body, headers=headers)

    async def post(self, at: int | None = None, **said: Any) -> httpx2.Response:
        body = json.dumps({"text": "Hello", **said}).encode()
        return await self.send(body, self.signed(body, at))


async def tool_of(api: Api, name: str = "Chat bridge") -> Tool:
    async with api.client(api.signed_in(Role.TECHNICIAN)) as staff:
        made = await staff.post(f"{api.path}/integrations", json={"name": name})
    assert made.status_code == 201, made.text
    return Tool(api, **made.json())


def rows(api: Api, table: str = "post") -> list[Any]:
    with api.parts.store.reading() as conn:
        return list(conn.execute(select(t.metadata.tables[table])))


def refused(answer: httpx2.Response, code: str = "bad_signature", status: int = 401) -> dict[str, Any]:
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    return dict(answer.json()["error"])


async def test_a_signed_post_goes_up_under_the_name_that_the_tool_gives(each_api: Api) -> None:
    tool = await tool_of(each_api)
    answer = await tool.post(
        text="From the chat #now",
        author_name="Zoë",
        author_key="u1",
        key="m1",
        url="https://chat.example/m1",
        created_at="2014-05-16T09:30:00+02:00",
        lang="en",
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["state"] == "approved"
    async with each_api.client() as anybody:
        (post,) = (await anybody.get(f"{each_api.path}/posts")).json()["posts"]
        assert (await anybody.post(answer.json()["take_back"])).status_code == 200
    assert (post["network"], post["author"]["name"], post["lang"]) == ("web", "Zoë", "en")
    assert (post["created_at"], post["hashtags"]) == ("2014-05-16T07:30:00Z", ["now"])
    assert post["url"] == "https://chat.example/m1"
    assert (await tool.post(key="m1")).json()["state"] == "withdrawn"


async def test_a_retry_signed_anew_is_the_same_post(each_api: Api) -> None:
    tool, now = await tool_of(each_api), int(time.time())
    answers = [(await tool.post(now - late, key="m1", author_key="u1")).json() for late in (2, 1, 0)]
    assert len({answer["post"] for answer in answers}) == 1
    assert len(rows(each_api)) == 1
    other = await tool_of(each_api, "Another")
    assert (await other.post(key="m1", author_key="u1")).json()["post"] != answers[0]["post"]
    assert len({row.author_key for row in rows(each_api)}) == 2


async def test_the_same_signature_again_answers_as_the_first_time(each_api: Api) -> None:
    tool, body = await tool_of(each_api), b'{"text": "Once"}'
    headers = tool.signed(body)
    answers = [await tool.send(body, headers | {"Idempotency-Key": f"k{n}"}) for n in range(3)]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert answers[0].json() == answers[1].json() == answers[2].json()
    assert len(rows(each_api)) == 1


BODY = b'{"text": "Hello"}'
NOW = 0
Changed = Callable[[str], str]
WRONG: dict[str, tuple[int, bytes, Changed]] = {
    "an old time": (-SIGNATURE_SECONDS - 5, BODY, str),
    "a future time": (SIGNATURE_SECONDS + 5, BODY, str),
    "a byte changed": (NOW, b'{"text": "Jello"}', str),
    "a byte more": (NOW, BODY + b" ", str),
    "another digest": (NOW, BODY, lambda header: header[:-1] + ("0" if header[-1] != "0" else "1")),
    "a later time": (NOW, BODY, lambda header: f"t={int(header[2:12]) + 1}{header[12:]}"),
    "a digest cut short": (NOW, BODY, lambda header: header[:-1]),
    "no digest": (NOW, BODY, lambda header: header.partition(",v1")[0]),
    "capital digits": (NOW, BODY, lambda header: header[:-64] + "A" * 64),
    "two digests": (NOW, BODY, lambda header: f"{header},v1={header[-64:]}"),
    "a time of letters": (NOW, BODY, lambda header: f"t=now{header[12:]}"),
    "a time without end": (NOW, BODY, lambda header: f"t={'9' * 5_000}{header[12:]}"),
    "nothing": (NOW, BODY, lambda _: ""),
    "no such integration": (NOW, BODY, lambda header: f"{header[:15]}x{header[16:]}"),
}


@pytest.mark.parametrize("what", WRONG)
async def test_a_signature_that_is_not_good_is_refused(api: Api, what: str) -> None:
    tool = await tool_of(api)
    shift, body, changed = WRONG[what]
    headers = tool.signed(BODY, int(time.time()) + shift)
    headers["Backchannel-Signature"] = changed(headers["Backchannel-Signature"])
    error = refused(await tool.send(body, headers))
    assert ("server_time" in error["details"]) == (shift != 0)
    assert rows(api) == []


async def test_a_signature_with_another_key_is_refused(api: Api) -> None:
    one, other = await tool_of(api), await tool_of(api, "Another")
    refused(await Tool(api, one.id, other.key).post())
    refused(await Tool(api, one.id, "").post())


async def test_an_integration_posts_into_its_own_event_only(api: Api) -> None:
    tool = await tool_of(api)
    other = await api.parts.journal.create(slug="other", name="Other", actor="system")
    refused(await tool.send(BODY, tool.signed(BODY), f"/api/v1/events/{other.slug}"))
    assert rows(api) == []


async def test_a_signature_is_not_rescued_by_a_sign_in_or_a_cookie(api: Api) -> None:
    headers = {"Backchannel-Signature": "t=1,k=x,v1=" + "0" * 64}
    async with api.client(api.signed_in()) as organiser:
        refused(await organiser.post(f"{api.path}/posts", json={"text": "x"}, headers=headers))


async def test_a_revoked_integration_is_refused_at_once_even_a_replay(each_api: Api) -> None:
    tool = await tool_of(each_api)
    headers = tool.signed(BODY)
    assert (await tool.send(BODY, headers)).status_code == 201
    path = f"{each_api.path}/integrations/{tool.id}"
    async with each_api.client(each_api.signed_in()) as organiser:
        first, second = [(await organiser.delete(path)).json() for _ in range(2)]
        assert first == second
        assert first["revoked_at"]
        (listed,) = (await organiser.get(f"{each_api.path}/integrations")).json()["integrations"]
        assert listed == first
    refused(await tool.send(BODY, headers))
    refused(await tool.post())
    refused(await Tool(each_api, tool.id, "").post())
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


async def test_a_tool_has_a_limit_of_its_own(api: Api) -> None:
    tool = await tool_of(api)
    limit, seconds = PER_INTEGRATION
    for _ in range(limit):
        await api.parts.bus.hit(f"join.integration.{seconds}", tool.id, limit=limit, seconds=seconds)
    assert refused(await tool.post(), "too_many", 429)["details"]["retry_after"] > 0


@pytest.mark.parametrize(
    "said",
    [
        {"created_at": "0001-01-01T00:00:00+14:00"},
        {"created_at": "soon"},
        {"lang": "a language"},
        {"key": ""},
        {"key": "k" * 201},
        {"author_key": 7},
        {"unheard_of": 1},
    ],
    ids=str,
)
async def test_a_field_that_does_not_fit_is_refused(api: Api, said: dict[str, Any]) -> None:
    tool = await tool_of(api)
    refused(await tool.post(**said), "bad_input", 422)
    assert rows(api) == []


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "//x", "data:text/html,x", "http://", "https://a b"]
)
async def test_an_address_that_must_not_be_shown_is_left_out(api: Api, url: str) -> None:
    tool = await tool_of(api)
    assert (await tool.post(url=url)).status_code == 201
    async with api.client() as anybody:
        (post,) = (await anybody.get(f"{api.path}/posts")).json()["posts"]
    assert post["url"] is None
