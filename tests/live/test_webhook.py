"""The signed webhook: what tools say of posts is taken once, in order, and only of their own."""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.live.api import Api, api_over
from tests.live.tools import refused, tool_of
from wall.access.signatures import SIGNATURE_HEADER, SIGNATURE_SECONDS, sign
from wall.model import POST_TEXT_LIMIT
from wall.routes.webhook import MOST_ITEMS, PER_INTEGRATION
from wall.store import tables as t

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "webhook.md"
EXAMPLE, VECTORS, _ANSWER = re.findall(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
MORNING = "2014-05-16T09:30:00Z"


@pytest.fixture
async def api(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(sqlite_url, tmp_path) as made:
        yield made


@pytest.fixture
async def each_api(store_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(store_url, tmp_path) as made:
        yield made


def count(api: Api) -> int:
    with api.parts.store.reading() as conn:
        return int(conn.execute(select(func.count()).select_from(t.post)).scalar_one())


async def shown(api: Api) -> list[dict[str, Any]]:
    async with api.client() as anybody:
        return list((await anybody.get(f"{api.path}/posts")).json()["posts"])


async def test_a_signed_post_goes_up_under_the_name_that_the_tool_gives(each_api: Api) -> None:
    tool = await tool_of(each_api)
    item = {
        "key": "m1",
        "text": "From the chat #now",
        "author_name": "Zoë",
        "author_key": "u1",
        "url": "https://chat.example/m1",
        "created_at": "2014-05-16T09:30:00+02:00",
        "lang": "en",
    }
    (answer,) = await tool.took(item)
    assert answer["state"] == "approved"
    (post,) = await shown(each_api)
    assert (post["network"], post["author"]["name"], post["lang"]) == ("web", "Zoë", "en")
    assert (post["created_at"], post["hashtags"]) == ("2014-05-16T07:30:00Z", ["now"])
    assert post["url"] == "https://chat.example/m1"
    async with each_api.client() as anybody:
        assert (await anybody.post(answer["take_back"])).status_code == 200
    (again,) = await tool.took(item, at=int(time.time()) + 60)
    assert again == {"post": answer["post"], "state": "withdrawn"}


async def test_a_retry_signed_anew_is_the_same_post_and_another_tools_key_is_another(each_api: Api) -> None:
    tool, now = await tool_of(each_api), int(time.time())
    item = {"key": "m1", "text": "Hello", "author_key": "u1"}
    answers = [(await tool.took(item, at=now - late))[0] for late in (2, 1, 0)]
    assert len({answer["post"] for answer in answers}) == 1
    assert count(each_api) == 1
    other = await tool_of(each_api, "Another")
    assert (await other.took(item))[0]["post"] != answers[0]["post"]
    with each_api.parts.store.reading() as conn:
        assert len(set(conn.execute(select(t.post.c.author_key)).scalars())) == 2


async def test_the_same_signature_again_answers_as_the_first_time_in_every_process(
    store_url: str, tmp_path: Path
) -> None:
    async with api_over(store_url, tmp_path) as one, api_over(store_url, tmp_path, "b") as two:
        tool = await tool_of(one)
        body = json.dumps({"items": [{"key": "m1", "text": "Once"}, {"key": ""}]}).encode()
        headers, path = tool.signed(body), f"{one.path}/webhook"
        answers = []
        for process in (one, two, one, two):
            async with process.client() as client:
                answers.append(await client.post(path, content=body, headers=headers))
        (edit,) = await tool.took({"key": "m1", "text": "Other words", "edited_at": MORNING})
        async with two.client() as client:
            answers.append(await client.post(path, content=body, headers=headers))
        assert [answer.status_code for answer in answers] == [200] * 5
        first = answers[0].json()
        assert [answer.json()["seq"] for answer in answers] == [first["seq"]] * 5
        assert [answer.json()["items"][1] for answer in answers] == [first["items"][1]] * 5
        assert {answer.json()["items"][0]["post"] for answer in answers} == {edit["post"]}
        assert count(one) == 1
        assert [post["text"] for post in await shown(one)] == ["Other words"]


async def test_an_edit_replaces_and_what_it_leaves_out_stays(each_api: Api) -> None:
    tool = await tool_of(each_api)
    said = {"author_name": "Zoë", "author_key": "u1", "url": "https://chat.example/m1", "lang": "fr"}
    await tool.took({"key": "m1", "text": "First", "created_at": MORNING, **said})
    (first,) = await shown(each_api)
    await tool.took({"key": "m1", "text": "Second #late", "edited_at": "2014-05-16T09:31:00Z"})
    (second,) = await shown(each_api)
    assert second["text"] == "Second #late"
    assert second["hashtags"] == ["late"]
    for kept in ("id", "author", "url", "lang", "created_at"):
        assert second[kept] == first[kept], kept


async def test_an_older_version_never_comes_back(each_api: Api) -> None:
    tool = await tool_of(each_api)
    versions = [
        {"key": "m1", "text": "First"},
        {"key": "m1", "text": "Second", "edited_at": "2014-05-16T09:31:00Z"},
        {"key": "m1", "text": "Third", "edited_at": "2014-05-16T09:32:00Z"},
    ]
    for version in (versions[0], versions[2], versions[1], versions[0], versions[2]):
        await tool.took(version)
    (post,) = await shown(each_api)
    assert (post["text"], post["edited"]) == ("Third", True)
    (answer,) = await tool.took({"key": "m2", "text": "An edit is first", "edited_at": MORNING})
    await tool.took({"key": "m2", "text": "What it was"})
    assert answer["state"] == "approved"
    assert {post["text"] for post in await shown(each_api)} == {"Third", "An edit is first"}


async def test_a_deletion_is_for_good_and_may_come_before_its_post(each_api: Api) -> None:
    tool = await tool_of(each_api)
    (posted,) = await tool.took({"key": "m1", "text": "A secret"})
    (deleted,) = await tool.took({"key": "m1", "deleted": True})
    assert deleted == {"post": posted["post"], "state": "withdrawn"}
    (unseen,) = await tool.took({"key": "m2", "deleted": True})
    for key in ("m1", "m2"):
        for item in ({"text": "A secret"}, {"text": "Edited", "edited_at": MORNING}, {"deleted": True}):
            (again,) = await tool.took({"key": key, **item}, at=int(time.time()) + 60)
            assert again == (deleted if key == "m1" else unseen)
    assert await shown(each_api) == []
    with each_api.parts.store.reading() as conn:
        assert "secret" not in str(conn.execute(select(t.post)).all()).lower()
        assert conn.execute(select(func.count()).select_from(t.post_revision)).scalar_one() == 0


async def test_a_tool_changes_nobody_elses_posts(each_api: Api) -> None:
    tool, other = await tool_of(each_api), await tool_of(each_api, "Another")
    await tool.took({"key": "m1", "text": "Mine"})
    async with each_api.client() as participant:
        point = (await participant.post(f"{each_api.path}/posts", json={"text": "Ours"})).json()
    with each_api.parts.store.reading() as conn:
        keys = list(conn.execute(select(t.post.c.key)).scalars())
    for key in (*keys, "m1", point["post"], f":{tool.id}:m1"):
        await other.took({"key": key, "deleted": True})
        await other.took({"key": key, "text": "Theirs", "edited_at": MORNING})
    assert {post["text"] for post in await shown(each_api)} == {"Mine", "Ours"}


async def test_a_burst_is_one_request_with_an_answer_for_each_item(each_api: Api) -> None:
    tool = await tool_of(each_api)
    answers = await tool.took(
        {"key": "m1", "text": "First"},
        {"key": "m1", "text": "Better", "edited_at": MORNING},
        {"key": "m2", "text": "x" * (POST_TEXT_LIMIT + 1)},
        {"key": "m3", "text": "Said"},
        {"key": "m3", "deleted": True},
        {"key": "m4", "text": "Hello", "unheard_of": 1},
    )
    assert [answer.get("state") for answer in answers] == [
        "approved",
        "approved",
        None,
        "withdrawn",
        "withdrawn",
        None,
    ]
    assert [post["text"] for post in await shown(each_api)] == ["Better"]
    assert answers[2]["error"]["fields"] == [{"at": "text", "code": "string_too_long"}]
    assert answers[5]["error"]["fields"] == [{"at": "?", "code": "extra_forbidden"}]


BODY = b'{"items": [{"key": "m1", "text": "Hello"}]}'
NOW = 0
Changed = Callable[[str], str]
WRONG: dict[str, tuple[int, bytes, Changed]] = {
    "an old time": (-SIGNATURE_SECONDS - 5, BODY, str),
    "a future time": (SIGNATURE_SECONDS + 5, BODY, str),
    "a byte changed": (NOW, BODY.replace(b"Hello", b"Jello"), str),
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
    headers[SIGNATURE_HEADER] = changed(headers[SIGNATURE_HEADER])
    error = refused(await tool.send(body, headers))
    assert ("server_time" in error["details"]) == (shift != 0)
    assert count(api) == 0


async def test_a_tool_has_a_limit_of_its_own_and_is_told_when_to_come_back(api: Api) -> None:
    tool, other = await tool_of(api), await tool_of(api, "Another")
    limit, seconds = PER_INTEGRATION
    for _ in range(limit):
        await api.parts.bus.hit("webhook", tool.id, limit=limit, seconds=seconds)
    answer = await tool.say({"key": "m1", "text": "Hello"})
    assert 0 < refused(answer, "too_many", 429)["details"]["retry_after"] <= seconds
    assert 0 < int(answer.headers["Retry-After"]) <= seconds
    assert (await other.say({"key": "m1", "text": "Hello"})).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed"),
        (b"<html>", 400, "malformed"),
        (b'{"items": [\xff]}', 400, "malformed"),
        (b"[" * 100_000, 400, "malformed"),
        (b"[]", 422, "bad_input"),
        (b'{"items": []}', 422, "bad_input"),
        (b'{"items": "m1"}', 422, "bad_input"),
        (b'{"items": ["m1"]}', 422, "bad_input"),
        (b'{"items": [{"key": "m1", "text": "x"}], "more": 1}', 422, "bad_input"),
        (b'{"items": [{"\\ud800": 1}]}', 422, "bad_input"),
        (json.dumps({"items": [{"key": "m", "text": "x"}] * (MOST_ITEMS + 1)}).encode(), 422, "bad_input"),
    ],
    ids=lambda value: str(value[:20]) if isinstance(value, bytes) else "",
)
async def test_a_body_of_another_form_is_refused(api: Api, body: bytes, status: int, code: str) -> None:
    tool = await tool_of(api)
    error = refused(await tool.send(body, tool.signed(body)), code, status)
    assert error["message"]
    assert error["remedy"]
    assert count(api) == 0


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ({"created_at": "0001-01-01T00:00:00+14:00"}, "created_at"),
        ({"created_at": "soon"}, "created_at"),
        ({"edited_at": "2150-01-01T00:00:00Z"}, "edited_at"),
        ({"lang": "a language"}, "lang"),
        ({"key": ""}, "key"),
        ({"key": None}, "key"),
        ({"key": "k" * 201}, "key"),
        ({"author_key": 7}, "author_key"),
        ({"text": ""}, "text"),
        ({"text": None}, "text"),
        ({"text": "x" * (POST_TEXT_LIMIT + 1)}, "text"),
        ({"deleted": True}, "deleted"),
        ({"deleted": "yes"}, "deleted"),
        ({"<script>": 1}, "?"),
    ],
    ids=str,
)
async def test_a_field_that_does_not_fit_is_named(api: Api, said: dict[str, Any], at: str) -> None:
    tool = await tool_of(api)
    error = refused(await tool.say({"key": "m1", "text": "Hello"} | said), "bad_input", 422)
    ((field,),) = [item["fields"] for item in error["details"]["items"]]
    assert field["at"] == at
    assert count(api) == 0


async def test_a_megabyte_is_refused_and_the_longest_text_is_not(api: Api) -> None:
    tool = await tool_of(api)
    refused(await tool.say({"key": "m1", "text": "x" * 1_000_000}), "too_large", 413)
    longest = "\U0001f44b" * POST_TEXT_LIMIT
    (answer,) = await tool.took({"key": "m1", "text": longest})
    assert "post" in answer
    assert count(api) == 1


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "//x", "data:text/html,x", "http://", "https://a b"]
)
async def test_an_address_that_must_not_be_shown_is_left_out(api: Api, url: str) -> None:
    tool = await tool_of(api)
    await tool.took({"key": "m1", "text": "Hello", "url": url})
    (post,) = await shown(api)
    assert post["url"] is None


async def test_the_documented_example_is_taken(api: Api) -> None:
    tool, body = await tool_of(api), EXAMPLE.encode()
    answer = await tool.send(body, tool.signed(body))
    assert [item["state"] for item in answer.json()["items"]] == ["approved", "approved", "withdrawn"]
    (post,) = await shown(api)
    assert post["text"] == "Which of these two would you drop first? #smsummit"
    assert post["author"]["name"] == "Zoë"
    assert post["lang"] == "en"


@pytest.mark.parametrize("vector", json.loads(VECTORS), ids=lambda vector: str(vector["t"]))
def test_the_documented_signatures_are_right(vector: dict[str, Any]) -> None:
    assert sign(vector["key"], vector["t"], vector["body"].encode()) == vector["v1"]
