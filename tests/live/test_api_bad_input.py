"""Bad input gets one shape of error with the right status, is not echoed, and changes nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

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
from wall.model import NAME_LIMIT, POST_TEXT_LIMIT

__all__ = ["api", "each_api", "each_organiser", "organiser"]


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
