"""Bad input gets one shape of error with the right status, is not echoed, and changes nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from tests.live.api import Api, api_over
from wall.model import NAME_LIMIT, POST_TEXT_LIMIT, Role
from wall.store import tables as t

SECRET = "zebedee-4711"
"""Stands in what is sent, and must not come back."""
JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def api(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    """For what is refused before a database is asked."""
    async with api_over(sqlite_url, tmp_path) as made:
        yield made


@pytest.fixture
async def organiser(api: Api) -> AsyncIterator[httpx2.AsyncClient]:
    async with api.client(api.signed_in()) as client:
        yield client


@pytest.fixture
async def each_api(store_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    """For what reaches the database: both kinds."""
    async with api_over(store_url, tmp_path) as made:
        yield made


@pytest.fixture
async def each_organiser(each_api: Api) -> AsyncIterator[httpx2.AsyncClient]:
    async with each_api.client(each_api.signed_in()) as client:
        yield client


def everything(api: Api) -> dict[str, list[Any]]:
    with api.parts.store.reading() as conn:
        return {table.name: list(conn.execute(select(table))) for table in t.metadata.sorted_tables}


def refused(answer: httpx2.Response, status: int | set[int], code: str | None = None) -> dict[str, Any]:
    """The error of an answer, which must be one."""
    wanted = status if isinstance(status, set) else {status}
    assert answer.status_code in wanted, (answer.status_code, answer.text[:500])
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"error"}
    error: dict[str, Any] = body["error"]
    assert set(error) == {"code", "message", "remedy", "details"}
    assert error["message"].endswith(".")
    assert error["remedy"]
    assert SECRET not in answer.text
    if code:
        assert error["code"] == code
    return error


async def a_post(api: Api, client: httpx2.AsyncClient, text: str = "Said") -> str:
    answer = await client.post(f"{api.path}/posts", json={"text": text})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["post"])


DEEP = b"[" * 60_000
MALFORMED: dict[str, bytes] = {
    "nothing": b"",
    "not JSON": b"{text: 1}",
    "cut": b'{"text": "zebedee-4711',
    "not UTF-8": b'{"text": "\xff\xfe"}',
    "deep": DEEP,
    "deep in a field": b'{"text": ' + b'{"a":' * 10_000,
    "endless number": b'{"text": ' + b"9" * 10_000 + b"}",
    "two documents": b'{"text": "a"}{"text": "b"}',
}
UNFIT: dict[str, bytes] = {
    "a list": b"[]",
    "null": b"null",
    "a text": b'"zebedee-4711"',
    "an unknown field": b'{"text": "x", "zebedee-4711": 1}',
    "a hidden field": b'{"text": "x", "state": "approved"}',
    "a number": b'{"text": 7}',
    "a text of none": b'{"text": null}',
    "an object": b'{"text": {"zebedee-4711": 1}}',
    "no text": b"{}",
    "an empty text": b'{"text": ""}',
    "a blank text": b'{"text": " \\n\\t "}',
    "NaN": b'{"text": NaN}',
    "Infinity": b'{"text": -Infinity}',
    "a long name": json.dumps({"text": "x", "author_name": "n" * (NAME_LIMIT + 1)}).encode(),
    "a blank name": b'{"text": "x", "author_name": " "}',
    "a long text": json.dumps({"text": "x" * (POST_TEXT_LIMIT + 1)}).encode(),
}


async def test_a_body_that_cannot_be_read_is_malformed(api: Api, organiser: httpx2.AsyncClient) -> None:
    before = everything(api)
    for what, body in MALFORMED.items():
        answer = await organiser.post(f"{api.path}/posts", content=body, headers=JSON)
        refused(answer, {400, 422}), what
    assert everything(api) == before


async def test_a_body_that_does_not_fit_is_refused_field_by_field(
    api: Api, organiser: httpx2.AsyncClient
) -> None:
    before = everything(api)
    for what, body in UNFIT.items():
        answer = await organiser.post(f"{api.path}/posts", content=body, headers=JSON)
        error = refused(answer, {400, 422})
        assert error["code"] in {"bad_input", "malformed"}, what
    assert everything(api) == before


async def test_another_content_type_is_refused(api: Api, organiser: httpx2.AsyncClient) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        headers = {"Content-Type": kind}
        refused(await organiser.post(f"{api.path}/posts", content=b'{"text": "x"}', headers=headers), 422)


async def test_a_large_body_is_refused_whether_it_says_so_or_not(
    api: Api, organiser: httpx2.AsyncClient
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"text": "'
        for _ in range(1_000):
            yield b"x" * 1_000

    for content in (b'{"text": "' + b"x" * 1_000_000, chunks()):
        answer = await organiser.post(f"{api.path}/posts", content=content, headers=JSON)
        refused(answer, 413, "too_large")
    assert len(everything(api)["post"]) == 0


SAID = {
    "lone surrogate": ('"a\\ud800b"', "a\ufffdb"),
    "NUL": ('"a\\u0000b"', "a\ufffdb"),
    "line separator": ('"a\\u2028b"', "a\u2028b"),
    "override": ('"a\\u202eb"', "a\u202eb"),
    "carriage return": ('"a\\r\\nb\\rc"', "a\nb\nc"),
    "astral pair": ('"\\ud83d\\ude00"', "😀"),
    "combining marks": ('"z' + "\\u0301" * 200 + '"', "z" + "\u0301" * 200),
    "markup": ('"<script>alert(1)</script>"', "<script>alert(1)</script>"),
}


async def test_odd_text_is_kept_as_far_as_it_can_be_stored(
    each_api: Api, each_organiser: httpx2.AsyncClient
) -> None:
    for sent, _ in SAID.values():
        body = f'{{"text": {sent}, "author_name": {sent}}}'.encode()
        answer = await each_organiser.post(f"{each_api.path}/posts", content=body, headers=JSON)
        assert answer.status_code == 201, answer.text
    page = (await each_organiser.get(f"{each_api.path}/posts")).json()
    kept = [text for _, text in reversed(SAID.values())]
    assert [(post["text"], post["author"]["name"]) for post in page["posts"]] == [
        (one, one) for one in kept
    ]
    snapshot = (await each_organiser.get(f"{each_api.path}/snapshot")).json()
    assert set(kept) <= {put["value"].get("text") for put in snapshot["puts"]}


async def test_the_longest_text_and_name_are_taken(api: Api, organiser: httpx2.AsyncClient) -> None:
    body = {"text": "x" * POST_TEXT_LIMIT, "author_name": "n" * NAME_LIMIT}
    assert (await organiser.post(f"{api.path}/posts", json=body)).status_code == 201


async def test_of_two_fields_of_one_name_the_last_counts(api: Api, organiser: httpx2.AsyncClient) -> None:
    body = b'{"text": "first", "text": "last"}'
    await organiser.post(f"{api.path}/posts", content=body, headers=JSON)
    page = (await organiser.get(f"{api.path}/posts")).json()
    assert [post["text"] for post in page["posts"]] == ["last"]


NO_POSTS = [
    "nobody",
    "%00",
    "a%00b",
    "%ED%A0%80",
    "..%2F..%2Fetc",
    "a%2Fb",
    "x" * 3_000,
    "%F0%9F%98%80",
    "1;--",
]


async def test_an_id_of_no_post_is_not_found(each_api: Api, each_organiser: httpx2.AsyncClient) -> None:
    for verb in ("approve", "hide", "reject", "withdraw"):
        body = {"version": 1, **({"reason": "off_topic"} if verb in {"hide", "reject"} else {})}
        for post_id in NO_POSTS:
            answer = await each_organiser.post(f"{each_api.path}/posts/{post_id}/{verb}", json=body)
            refused(answer, {404, 405}), post_id


async def test_a_name_of_no_event_is_not_found(each_api: Api, each_organiser: httpx2.AsyncClient) -> None:
    for slug in ("nobody", "%00", "SUMMIT", "x" * 3_000, "%ED%A0%80", "é", "summit%20"):
        for tail in ("", "/snapshot", "/posts", "/feeds", "/changes?cursor=a.b.1"):
            refused(await each_organiser.get(f"/api/v1/events/{slug}{tail}"), 404), slug


VERSIONS = ["null", "1.5", "0", "-1", str(2**31), "9" * 31, "NaN", "Infinity", "[]", "{}", '"x"', '""']


async def test_a_version_is_a_whole_number_that_a_post_can_have(
    api: Api, organiser: httpx2.AsyncClient
) -> None:
    path = f"{api.path}/posts/{await a_post(api, organiser)}/hide"
    before = everything(api)
    for version in VERSIONS:
        body = f'{{"version": {version}, "reason": "off_topic"}}'.encode()
        refused(await organiser.post(path, content=body, headers=JSON), 422, "bad_input"), version
    assert everything(api) == before


async def test_a_reason_is_a_code(api: Api, organiser: httpx2.AsyncClient) -> None:
    path = f"{api.path}/posts/{await a_post(api, organiser)}/hide"
    for reason in ("", "Off Topic", "<b>", "x" * 41, None, 1, "off\n", SECRET):
        body = {"version": 1, "reason": reason}
        refused(await organiser.post(path, json=body), 422, "bad_input"), reason


async def test_a_stale_version_is_answered_with_the_present_state(
    each_api: Api, each_organiser: httpx2.AsyncClient
) -> None:
    post = await a_post(each_api, each_organiser)
    body = {"version": 1, "reason": "off_topic"}
    assert (await each_organiser.post(f"{each_api.path}/posts/{post}/hide", json=body)).status_code == 200
    before = everything(each_api)
    stale = refused(
        await each_organiser.post(f"{each_api.path}/posts/{post}/approve", json={"version": 1}),
        409,
        "stale_version",
    )
    assert stale["details"]["current"]["version"] == 2
    move = refused(
        await each_organiser.post(f"{each_api.path}/posts/{post}/hide", json={**body, "version": 2}), 409
    )
    assert (move["code"], move["details"]["current"]["state"]) == ("refused", "hidden")
    change = refused(await each_organiser.patch(each_api.path, json={"version": 9, "name": "x"}), 409)
    assert change["details"]["current"]["name"] == "Summit"
    assert everything(each_api) == before


async def test_a_cause_answers_as_the_first_time_or_refuses_another_body(
    each_api: Api, each_organiser: httpx2.AsyncClient
) -> None:
    headers = {"Idempotency-Key": "c1"}
    first = await each_organiser.post(f"{each_api.path}/posts", json={"text": "Once"}, headers=headers)
    again = await each_organiser.post(f"{each_api.path}/posts", json={"text": "Once"}, headers=headers)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    before = everything(each_api)
    other = await each_organiser.post(f"{each_api.path}/posts", json={"text": "Other"}, headers=headers)
    refused(other, 422, "cause_reused")
    elsewhere = await each_organiser.patch(each_api.path, json={"version": 1, "name": "x"}, headers=headers)
    refused(elsewhere, 422, "cause_reused")
    assert everything(each_api) == before


async def test_a_cause_has_a_form(api: Api, organiser: httpx2.AsyncClient) -> None:
    for cause in ("", " ", "a b", "x" * 101, "a/b", "a,b", '"quoted"', "\xe9"):
        headers = {"Idempotency-Key": cause.encode("latin-1")}
        answer = await organiser.post(f"{api.path}/posts", json={"text": "x"}, headers=headers)
        refused(answer, 422, "bad_input"), cause
    assert everything(api)["post"] == []


EVENTS: dict[str, dict[str, Any]] = {
    "no slug": {"name": "x"},
    "capital slug": {"slug": "Summit", "name": "x"},
    "dash first": {"slug": "-x", "name": "x"},
    "dash last": {"slug": "x-", "name": "x"},
    "long slug": {"slug": "x" * 64, "name": "x"},
    "line in slug": {"slug": "x\n", "name": "x"},
    "NUL in slug": {"slug": "x\x00", "name": "x"},
    "dots": {"slug": "..", "name": "x"},
    "Arabic digits": {"slug": "٣", "name": "x"},
    "no name": {"slug": "x"},
    "blank name": {"slug": "x", "name": " \n "},
    "long name": {"slug": "x", "name": "n" * 5_000},
    "unknown zone": {"slug": "x", "name": "x", "zone": "Mars/Olympus"},
    "zone that is a path": {"slug": "x", "name": "x", "zone": "../../etc/passwd"},
    "zone with NUL": {"slug": "x", "name": "x", "zone": "UTC\x00"},
    "no language": {"slug": "x", "name": "x", "languages": []},
    "odd language": {"slug": "x", "name": "x", "languages": ["klingon!"]},
    "empty hashtag": {"slug": "x", "name": "x", "hashtags": ["#"]},
    "two words": {"slug": "x", "name": "x", "hashtags": ["two words"]},
    "many hashtags": {"slug": "x", "name": "x", "hashtags": [f"t{n}" for n in range(21)]},
    "unknown field": {"slug": "x", "name": "x", SECRET: 1},
    "its own number": {"slug": "x", "name": "x", "seq": 7},
}


async def test_an_event_that_will_not_do_is_refused(api: Api, organiser: httpx2.AsyncClient) -> None:
    before = everything(api)
    for what, body in EVENTS.items():
        refused(await organiser.post("/api/v1/events", json=body), 422, "bad_input"), what
        assert everything(api) == before, what


async def test_a_short_name_is_taken_once(each_api: Api, each_organiser: httpx2.AsyncClient) -> None:
    refused(
        await each_organiser.post("/api/v1/events", json={"slug": "summit", "name": "x"}),
        409,
        "refused",
    )


async def test_a_link_works_for_a_while_only(api: Api, organiser: httpx2.AsyncClient) -> None:
    for hours in ("0", "-1", "1000000", "721", "NaN", "Infinity", "1e308", '"many"', "[]"):
        body = f'{{"role": "chair", "hours": {hours}}}'.encode()
        refused(await organiser.post(f"{api.path}/links", content=body, headers=JSON), {400, 422}), hours
    for role in ("emperor", "", None, "ORGANISER", ["chair"]):
        refused(await organiser.post(f"{api.path}/links", json={"role": role}), 422, "bad_input"), role
    assert everything(api)["link"] == []


async def test_a_link_that_was_made_is_not_shown_again(api: Api, organiser: httpx2.AsyncClient) -> None:
    headers = {"Idempotency-Key": "c1"}
    body = {"role": "chair"}
    made = await organiser.post(f"{api.path}/links", json=body, headers=headers)
    assert made.status_code == 201
    again = await organiser.post(f"{api.path}/links", json=body, headers=headers)
    refused(again, 409, "refused")
    assert made.json()["url"].rpartition("/")[2] not in again.text
    assert len(everything(api)["link"]) == 1


FEEDS: list[dict[str, Any]] = [
    {"network": "replay", "config": {"path": "/etc/passwd"}},
    {"network": "base", "config": {}},
    {"network": "archive", "config": {}},
    {"network": "demo", "config": {}},
    {"network": "shapes", "config": {}},
    {"network": "../x", "config": {}},
    {"network": "nowhere", "config": {SECRET: SECRET}},
    {"network": "nowhere", "config": {"n": {str(n): n for n in range(100)}}},
    {"network": "nowhere", "config": {str(n): n for n in range(51)}},
    {"network": "nowhere", "config": []},
    {"config": {}},
]


async def test_a_feed_that_will_not_do_is_refused(api: Api, organiser: httpx2.AsyncClient) -> None:
    before = everything(api)
    for body in FEEDS:
        refused(await organiser.post(f"{api.path}/feeds", json=body), 422, "bad_input"), body
    assert everything(api) == before


CURSORS = [
    "",
    "x",
    "..",
    "a.b",
    "a.b.c",
    "a.b.-1",
    "a.b.1e9",
    "a.b." + "9" * 30,
    "\x00",
    "é",
    "a.b.1.2",
    "x" * 201,
]


async def test_what_is_no_cursor_is_refused(api: Api) -> None:
    async with api.client() as client:
        for cursor in CURSORS:
            answer = await client.get(f"{api.path}/changes", params={"cursor": cursor})
            refused(answer, 422, "bad_input"), ascii(cursor)
        refused(await client.get(f"{api.path}/changes"), 422, "bad_input")


async def test_a_cursor_of_elsewhere_is_told_to_fetch_a_snapshot(api: Api) -> None:
    async with api.client() as client:
        own = (await client.get(f"{api.path}/snapshot")).json()["cursor"]
        start = own.rpartition(".")[0]
        for cursor in ("a.b.1", f"{start}.0", f"{start}.999999999999999999", f"x{own}"):
            answer = await client.get(f"{api.path}/changes", params={"cursor": cursor})
            assert answer.status_code == 200
            assert answer.json()["type"] == ("changes" if cursor == f"{start}.0" else "hello")


PAGES = [
    *(f"limit={limit}" for limit in (0, -1, 201, "x", 10**30, 1.5, "NaN", "")),
    *(f"before={before}" for before in (0, -1, 2**63, "x")),
    *("face=throne", "face=", f"q={'x' * 201}"),
]


async def test_a_page_that_cannot_be_is_refused(api: Api) -> None:
    async with api.client() as client:
        for query in PAGES:
            refused(await client.get(f"{api.path}/posts?{query}"), 422, "bad_input"), query


ODD_SEARCHES = ["%00", "%22", "*", "%ED%A0%80", "%F0%9F%98%80", "a&q=b", f"&before={2**63 - 1}", "%25"]


async def test_odd_searches_are_answered(each_api: Api, each_organiser: httpx2.AsyncClient) -> None:
    await a_post(each_api, each_organiser)
    for query in ODD_SEARCHES:
        answer = await each_organiser.get(f"{each_api.path}/posts?limit=1&q={query}")
        assert answer.status_code == 200, query
        assert set(answer.json()) == {"posts", "next"}


async def test_nobody_may_write_without_a_role(api: Api) -> None:
    before = everything(api)
    wanted = [
        ("POST", f"{api.path}/feeds", {"network": "nowhere", "config": {}}),
        ("POST", f"{api.path}/links", {"role": "organiser"}),
        ("PATCH", api.path, {"version": 1, "name": "x"}),
        ("POST", "/api/v1/events", {"slug": "x", "name": "x"}),
    ]
    for token in (None, "nonsense"):
        async with api.client(token) as client:
            for method, path, body in wanted if token else wanted[1:]:  # posts: a participant's
                refused(await client.request(method, path, json=body), 401, "sign_in")
    assert everything(api) == before
    async with api.client(api.signed_in(Role.RATER)) as rater:
        for method, path, body in wanted:
            refused(await rater.request(method, path, json=body), 403, "not_yours")


async def test_desks_and_feeds_are_not_for_everybody(api: Api) -> None:
    async with api.client() as anybody:
        for path in (f"{api.path}/snapshot?face=desk", f"{api.path}/posts?face=desk", f"{api.path}/feeds"):
            refused(await anybody.get(path), 401, "sign_in")
        refused(await anybody.get(f"{api.path}/changes?face=desk&cursor=a.b.1"), 401)


NOTHING = [
    ("GET", "/api/v1/nothing", 404),
    ("DELETE", "/api/v1/events", 405),
    ("PUT", "/api/v1/events/summit", 405),
    ("BREW", "/api/v1/events", 405),
    ("GET", "/api/v1/events/summit/posts/x/approve", 405),
    ("POST", "/healthz", 405),
    ("GET", "/static/../../etc/passwd", 404),
    ("GET", "/static/%2e%2e/%2e%2e/pyproject.toml", 404),
    ("GET", "/%00", 404),
]


async def test_what_is_not_there_has_the_same_shape(api: Api) -> None:
    async with api.client() as client:
        for method, path, status in NOTHING:
            answer = await client.request(method, path)
            refused(answer, status)
            assert ("allow" in answer.headers) is (status == 405), path


async def test_a_wrong_token_is_not_a_person(api: Api) -> None:
    for header in ("Bearer", "Bearer ", "Bearer x y", "Basic eDp5", "bearer " + "x" * 5_000):
        async with api.client(Authorization=header) as client:
            me = await client.get("/api/v1/me")
            assert (me.status_code, me.json()["person"]) == (200, None), header


async def test_links_that_are_wrong_or_used_say_so(api: Api, organiser: httpx2.AsyncClient) -> None:
    made = (await organiser.post(f"{api.path}/links", json={"role": "chair"})).json()["url"]
    path = made[made.index("/enter/") :]
    async with api.client() as client:
        assert (await client.post("/enter/nonsense", data={"name": "Ada"})).status_code == 404
        assert (await client.get("/enter/%00")).status_code == 404
        for data in ({"name": "n" * 5_000}, {}, {"name": "\x07"}, {"other": "x"}):
            assert (await client.post(path, data=data)).status_code == 422, data
        assert (await client.post(path, data={"name": "Ada"})).status_code == 303
        client.cookies.clear()
        assert (await client.post(path, data={"name": "Eve"})).status_code == 410
    assert len(everything(api)["person"]) == 2
