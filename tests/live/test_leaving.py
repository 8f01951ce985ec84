"""Being left off the walls over HTTP: who may ask, what is answered, and what is throttled."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import Row

from tests.live.api import Api, api_over
from tests.support.summit import post
from wall.feeds.base import Arrived
from wall.model import Author, LinkCard, Mode, PostState, Role, StoredPost
from wall.moderation import Rules
from wall.routes import leaving
from wall.store import posts
from wall.store import rules as stored_rules

ADA = Author(key="https://b.example/users/ada", handle="ada@b.example", url="https://b.example/@ada")


@pytest.fixture
async def api(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(sqlite_url, tmp_path) as made:
        open_rules = Rules(mode=Mode.AUTO, hold_images=False, words=()).model_dump_json()
        with made.parts.store.writing() as conn:
            stored_rules.save(conn, made.event.id, 1, open_rules)
        yield made


async def said(api: Api, key: str = "1", **more: Any) -> str:
    one = post(key, f"Said {key}", network="mastodon", author=ADA, **more)
    tally = await api.parts.intake.submit(api.event.id, [Arrived(one)], "feed:f")
    return tally.ids[0]


def state(api: Api, post_id: str) -> PostState:
    with api.parts.store.reading() as conn:
        return posts.by_ids(conn, api.event.id, {post_id})[post_id].state


async def ask(client: httpx2.AsyncClient, api: Api, handle: str = "@ada@b.example") -> httpx2.Response:
    return await client.post(f"{api.path}/opt-outs", json={"network": "mastodon", "handle": handle})


async def test_anybody_asks_and_only_staff_put_back(api: Api) -> None:
    shown = await said(api)
    async with api.client() as anybody, api.client(api.signed_in(Role.MODERATOR)) as staff:
        answer = await ask(anybody, api)
        assert answer.status_code == 201
        assert answer.json().keys() == {"seq"}, "an answer tells nobody whether this account posted"
        assert state(api, shown) is PostState.HIDDEN
        assert (await anybody.post(f"{api.path}/posts/{shown}/put-back", json={})).status_code == 401
        done = await staff.post(f"{api.path}/posts/{shown}/put-back", json={})
        assert done.status_code == 200
        assert done.json()["posts"] == 1
    assert state(api, shown) is PostState.APPROVED


async def test_a_command_that_is_sent_twice_is_done_once(api: Api) -> None:
    shown = await said(api)
    async with api.client(api.signed_in(Role.FACILITATOR)) as staff:
        path = f"{api.path}/posts/{shown}/leave-off"
        answers = [await staff.post(path, json={}, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert answers[0].status_code == 200
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize("handle", ["", "@ada", " ", "two words", "https://["])
async def test_a_name_that_nobody_can_be_told_by_is_an_error_in_words(api: Api, handle: str) -> None:
    async with api.client() as anybody:
        answer = await ask(anybody, api, handle)
    assert answer.status_code in {400, 422}
    assert answer.json()["error"]["message"]


async def test_asking_without_end_is_refused_and_harms_nobody(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving, "PER_ADDRESS", (3, 3_600))
    shown = await said(api)
    async with api.client() as anybody:
        answers = [await ask(anybody, api, f"@p{n}@b.example") for n in range(5)]
    assert [one.status_code for one in answers] == [201, 201, 201, 429, 429]
    assert answers[-1].json()["error"]["details"]["retry_after"] > 0
    assert state(api, shown) is PostState.APPROVED


async def test_who_asks_by_a_short_name_makes_nobody_wait_while_all_that_was_posted_is_read(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        await said(api, str(number))
    loaded = 0

    def counting(rows: Iterable[Row[Any]], read: Callable[..., list[StoredPost]]) -> list[StoredPost]:
        nonlocal loaded
        found = read(rows)
        loaded += len(found)
        return found

    read = posts.stored_from
    monkeypatch.setattr(posts, "stored_from", lambda rows: counting(rows, read))
    async with api.client() as anybody:
        assert (await ask(anybody, api, "e@b.example")).status_code == 201
        assert loaded == 0, "every post has an e, and none is theirs"
        assert (await ask(anybody, api)).status_code == 201
    assert loaded == 20


async def test_an_address_that_names_nobody_is_an_error_and_not_done(api: Api) -> None:
    async with api.client() as anybody:
        for address in ("https://b.example/deck/notifications", "https://x.com/i/user/1"):
            assert (await ask(anybody, api, address)).status_code in {400, 422}
        page = await anybody.post(f"/join/{api.event.slug}/leave", data={"handle": "https://b.example/web"})
    assert page.status_code in {400, 422}


async def test_nothing_of_the_person_is_in_what_the_staff_hold(api: Api) -> None:
    async with api.client() as anybody, api.client(api.signed_in(Role.AUDITOR)) as staff:
        await ask(anybody, api)
        puts = (await staff.get(f"{api.path}/snapshot?face=desk")).json()["puts"]
        (opt_out,) = [one["value"] for one in puts if one["type"] == "opt_out"]
        assert opt_out.keys() == {"id", "network", "by", "at", "posts", "version"}
        public = (await anybody.get(f"{api.path}/snapshot")).json()["puts"]
        assert not [one for one in public if one["type"] == "opt_out"]


async def test_the_picture_of_a_linked_page_comes_from_here_and_goes_with_its_post(api: Api) -> None:
    link = LinkCard(url="https://e.example/", title="T", image="https://nowhere.invalid/i.png")
    shown = await said(api, link_card=link)
    async with api.client() as anybody:
        puts = (await anybody.get(f"{api.path}/snapshot")).json()["puts"]
        (card,) = [one["value"] for one in puts if one["type"] == "post"]
        assert card["link_card"]["picture"]
        assert "nowhere.invalid" not in str(puts)
        path = f"/media/{api.event.slug}/{shown}/link"
        assert (await anybody.get(path)).status_code == 404, "a host that cannot be reached has no picture"
