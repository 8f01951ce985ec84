"""The join page as an app: its manifest and icons, its worker, and the page for when nothing answers."""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.facilitator.channel import Channel, channel_over
from wall.routes.installing import manifest_of
from wall.routes.pages import STATIC


@pytest_asyncio.fixture
async def channel(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(sqlite_url, tmp_path) as channel:
        yield channel


async def test_the_manifest_is_the_events_own_and_its_icons_are_what_it_says(channel: Channel) -> None:
    event = channel.api.event
    asked = channel.somebody().client
    answer = await asked.get(f"/join/{event.slug}/app.webmanifest")
    assert answer.headers["content-type"].startswith("application/manifest+json")
    manifest = answer.json()
    assert manifest["name"] == event.name
    assert manifest["start_url"] == manifest["id"] == f"/join/{event.slug}"
    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        picture = STATIC / icon["src"].removeprefix("/static/")
        size = struct.unpack(">II", picture.read_bytes()[16:24])
        assert icon["sizes"] == f"{size[0]}x{size[1]}"
        assert (await asked.get(icon["src"])).headers["content-type"] == "image/png"
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}


async def test_the_manifest_has_the_colours_of_the_events_look(channel: Channel) -> None:
    path = f"/join/{channel.api.event.slug}/app.webmanifest"
    before = (await channel.client.get(path)).json()
    await channel.do("/look", {"version": 0, "dark": {"ground": "#001b12"}}, "PATCH")
    after = (await channel.client.get(path)).json()
    assert (before["background_color"], after["background_color"]) == ("#0d131f", "#001b12")


@pytest.mark.parametrize(
    ("name", "short"), [("Summit", "Summit"), ("The Annual Meeting of 2026", "The"), ("X" * 40, "X" * 12)]
)
async def test_a_long_name_is_short_below_an_icon(channel: Channel, name: str, short: str) -> None:
    event = channel.api.event.model_copy(update={"name": name})
    assert manifest_of(event, "en", "#000000", "#000000")["short_name"] == short


async def test_the_worker_may_work_for_every_page_and_the_join_page_may_name_it(channel: Channel) -> None:
    asked = channel.somebody().client
    worker = await asked.get("/phone-worker.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert worker.headers["cache-control"] == "no-cache"
    assert worker.text.startswith("// build ")
    page = await asked.get(f"/join/{channel.api.event.slug}")
    policy = page.headers["content-security-policy"]
    assert "worker-src 'self'" in policy
    assert "trusted-types backchannel-worker" in policy
    assert "manifest-src 'self'" in policy
    assert f'href="/join/{channel.api.event.slug}/app.webmanifest"' in page.text


async def test_the_page_for_when_nothing_answers_has_the_programme_and_nothing_of_anybody(
    channel: Channel,
) -> None:
    await channel.session(await channel.room("Aspen Hall"), title="What counts")
    await channel.post("Said by somebody")
    answer = await channel.somebody().client.get(f"/join/{channel.api.event.slug}/offline")
    for shown in ("No connection.", "SEEN", "What counts", "Aspen Hall"):
        assert shown in answer.text
    assert "Said by somebody" not in answer.text
    assert "set-cookie" not in answer.headers


async def test_there_is_none_of_this_for_an_event_that_is_not_there(channel: Channel) -> None:
    for page in ("app.webmanifest", "offline"):
        assert (await channel.client.get(f"/join/no-such-event/{page}")).status_code == 404
