"""Events, links, feeds, cursors, searches and roles that will not do are refused in one shape, and change
nothing.
"""

from __future__ import annotations

from typing import Any

import httpx2

from tests.live.api import Api
from tests.live.bad_input import (
    JSON,
    SECRET,
    a_post,
    api,
    each_api,
    each_organiser,
    everything,
    organiser,
    refused,
)
from wall.model import Role

__all__ = ["api", "each_api", "each_organiser", "organiser"]


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
