"""The forms of feeds: what is secret stays here, this machine's own servers are not asked, and settings
that cannot be used any more are entered again."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import update

from tests.live.api import Api, api_over
from tests.world.mastodon import FakeMastodon
from wall.feeds.base import check_config
from wall.intake.intake import new_feed
from wall.model import Feed, FeedState, Role
from wall.store import entries, feeds, tables

ACCEPTS = {"Accept": "text/html", "Accept-Language": "en"}
TOKEN = "hush-hush-1"
TYPED = {
    "instances.0.host": "mastodon.example",
    "instances.0.token": TOKEN,
    "hashtags": "one two",
    "poll_seconds": "30",
}
CONFIG: dict[str, Any] = {
    "instances": [{"host": f"{number}.example", "token": TOKEN} for number in range(5)],
    "hashtags": ["one", "two"],
}
CURSOR = '{"at":{},"ids":{}}'
TYPE_AGAIN = "Type this again"


@pytest_asyncio.fixture
async def api(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(sqlite_url, tmp_path) as made:
        yield made


@pytest_asyncio.fixture
async def organiser(api: Api) -> AsyncIterator[httpx2.AsyncClient]:
    async with api.client(api.signed_in(), **ACCEPTS) as client:
        yield client


def here(api: Api) -> str:
    return f"/events/{api.event.slug}/feeds"


def stopped(api: Api, state: FeedState = FeedState.STOPPED) -> Feed:
    """A feed that has read for a while."""
    made = new_feed(api.event.id, "mastodon", check_config("mastodon", CONFIG))
    made = made.model_copy(update={"cursor": CURSOR, "state": state, "problem": "Its token was revoked."})
    with api.parts.store.writing() as conn:
        feeds.add(conn, made)
    return made


def lose(api: Api, feed: Feed) -> None:
    """Its settings as a server with another secret key finds them."""
    with api.parts.store.writing() as conn:
        conn.execute(
            update(tables.feed).where(tables.feed.c.id == feed.id).values(config="sealed:elsewhere")
        )


def listed(api: Api) -> list[Feed]:
    with api.parts.store.reading() as conn:
        return feeds.listed(conn, api.event.id)


def told(api: Api) -> list[str]:
    with api.parts.store.reading() as conn:
        return [line.kind for line in entries.after(conn, api.event.id, 0, 100, 100)]


def shown(page: str) -> dict[str, str]:
    """The visible text fields of a page, and what is in them."""
    found = re.findall(r'<input id="[^"]*" name="([^"]*)"[^>]*? value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


@pytest.mark.parametrize("change", [{"hashtags": "-"}, {"instances.0.host": "no host!"}])
async def test_a_form_that_comes_back_has_everything_but_the_secrets(
    api: Api, organiser: httpx2.AsyncClient, change: dict[str, str]
) -> None:
    typed = TYPED | change
    back = await organiser.post(here(api), data={**typed, "network": "mastodon"})
    assert (back.status_code, TOKEN in back.text, TYPE_AGAIN in back.text) == (422, False, True)
    fields = shown(back.text)
    assert {name: fields[name] for name in typed} == typed | {"instances.0.token": ""}
    no_token = {name: value for name, value in typed.items() if value != TOKEN}
    assert (
        TYPE_AGAIN not in (await organiser.post(here(api), data={**no_token, "network": "mastodon"})).text
    )
    assert listed(api) == []


async def test_a_trial_sends_no_secret_back_either(sqlite_url: str, tmp_path: Path) -> None:
    async with (
        api_over(sqlite_url, tmp_path, plain_hosts=True) as api,
        FakeMastodon() as world,
        api.client(api.signed_in(), **ACCEPTS) as organiser,
    ):
        await world.instances[0].stop()
        typed = {**TYPED, "instances.0.host": f"http://{world.instances[0].host}"}
        tried = await organiser.post(here(api), data={**typed, "network": "mastodon", "do": "try"})
        assert (tried.status_code, "It does not work" in tried.text) == (200, True)
        assert (TOKEN in tried.text, TYPE_AGAIN in tried.text) == (False, True)
        assert shown(tried.text)["instances.0.host"] == typed["instances.0.host"]


@pytest.mark.parametrize("host", ["http://127.0.0.1:9090", "http://localhost:5432", "http://[::1]:6379"])
@pytest.mark.parametrize("do", ["try", "add"])
async def test_a_page_adds_and_tries_no_feed_of_this_machine(
    api: Api, organiser: httpx2.AsyncClient, host: str, do: str
) -> None:
    typed = {**TYPED, "instances.0.host": host, "network": "mastodon", "do": do}
    back = await organiser.post(here(api), data=typed)
    assert (back.status_code, 'id="instances.0.host-wrong"' in back.text) == (422, True)
    assert listed(api) == []


@pytest.mark.parametrize("field", ["service", "hosts", "appviews"])
async def test_every_field_that_names_a_server_is_looked_at(
    api: Api, organiser: httpx2.AsyncClient, field: str
) -> None:
    typed = {"network": "bluesky", "hashtags": "one", field: "http://127.0.0.1:9090"}
    back = await organiser.post(here(api), data=typed)
    assert (back.status_code, f'id="{field}-wrong"' in back.text) == (422, True)


async def test_the_first_form_and_the_api_name_no_server_of_this_machine(
    api: Api, organiser: httpx2.AsyncClient
) -> None:
    answers = {
        "name": "Our day",
        "hashtags": "OurDay2026",
        "zone": "UTC",
        "languages": "en",
        "mode": "auto",
        "use.mastodon": "1",
        "mastodon.instances.0.host": "http://127.0.0.1:9090",
    }
    back = await organiser.post("/start", data=answers)
    assert (back.status_code, 'id="mastodon.instances.0.host-wrong"' in back.text) == (422, True)
    config = {"instances": ["http://127.0.0.1:9090"], "hashtags": ["one"]}
    refused = await organiser.post(f"{api.path}/feeds", json={"network": "mastodon", "config": config})
    assert refused.status_code == 422
    assert refused.json()["error"]["details"] == {"fields": ["instances.0.host"]}
    assert listed(api) == []
    await api.parts.intake.add_feed(api.event.id, "system", "mastodon", config)  # as the command line does
    assert [one.config["instances"][0]["host"] for one in listed(api)] == ["http://127.0.0.1:9090"]


async def test_a_stopped_feed_gets_its_settings_again_and_goes_on_from_its_place(
    api: Api, organiser: httpx2.AsyncClient
) -> None:
    feed = stopped(api)
    link = f"{here(api)}?again={feed.id}"
    assert link in (await organiser.get(here(api))).text
    form = (await organiser.get(link)).text
    fields = shown(form)
    assert (TOKEN in form, TYPE_AGAIN in form) == (False, True)
    assert [fields[f"instances.{row}.host"] for row in range(5)] == [f"{row}.example" for row in range(5)]
    fresh = {f"instances.{row}.token": "fresh-token" for row in range(5)}
    wrong = await organiser.post(f"{here(api)}/{feed.id}/again", data={**fields, **fresh, "hashtags": "-"})
    assert (wrong.status_code, "fresh-token" in wrong.text) == (422, False)
    assert shown(wrong.text) == fields | {"hashtags": "-"}
    assert listed(api)[0].config == feed.config
    for _ in range(2):
        done = await organiser.post(
            f"{here(api)}/{feed.id}/again", data={**fields, **fresh, "cause": "one-form"}
        )
        assert (done.status_code, done.headers["location"]) == (303, f"{here(api)}?did=again")
    (mended,) = listed(api)
    assert (mended.state, mended.problem, mended.cursor) == (FeedState.WAITING, None, CURSOR)
    assert mended.config["instances"] == [
        {"host": f"{row}.example", "token": "fresh-token"} for row in range(5)
    ]
    assert told(api).count("feed.moved") == 1
    assert "The settings are saved" in (await organiser.get(done.headers["location"])).text


@pytest.mark.parametrize("state", [FeedState.STOPPED, FeedState.WAITING])
async def test_a_feed_that_another_key_sealed_is_mended_on_its_page(
    api: Api, organiser: httpx2.AsyncClient, state: FeedState
) -> None:
    feed = stopped(api, state)
    lose(api, feed)
    assert listed(api)[0].lost
    link = f"{here(api)}?again={feed.id}"
    assert link in (await organiser.get(here(api))).text
    assert 'name="instances.0.token"' in (await organiser.get(link)).text
    done = await organiser.post(f"{here(api)}/{feed.id}/again", data=TYPED)
    assert done.status_code == 303
    (mended,) = listed(api)
    assert (mended.lost, mended.cursor, mended.state) == (False, CURSOR, FeedState.WAITING)
    assert mended.config["instances"] == [{"host": "mastodon.example", "token": TOKEN}]


async def test_settings_are_entered_again_by_whom_they_concern_and_only_where_a_feed_stands(
    api: Api, organiser: httpx2.AsyncClient
) -> None:
    feed = stopped(api)
    path = f"{here(api)}/{feed.id}/again"
    async with api.client(api.signed_in(Role.MODERATOR), **ACCEPTS) as moderator:
        assert "again=" not in (await moderator.get(here(api))).text
        assert 'name="instances.0.host"' not in (await moderator.get(f"{here(api)}?again={feed.id}")).text
        assert (await moderator.post(path, data=TYPED)).status_code == 403
    assert (await organiser.post(f"{here(api)}/{'0' * 26}/again", data=TYPED)).status_code == 404
    plain = await organiser.post(path, data={**TYPED, "instances.0.host": "http://127.0.0.1:9090"})
    assert (plain.status_code, 'id="instances.0.host-wrong"' in plain.text) == (422, True)
    await organiser.post(f"{here(api)}/{feed.id}/resume")
    assert (await organiser.post(path, data=TYPED)).status_code == 409
    assert f"again={feed.id}" not in (await organiser.get(here(api))).text
    assert listed(api)[0].config == feed.config
