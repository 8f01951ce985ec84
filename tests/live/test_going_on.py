"""From a browser on the computer of the server to others in its network, as the same person."""

from __future__ import annotations

import re
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from tests.live.api import Api, api_over
from wall.access import going_on, reach
from wall.access.reach import Reach, reach_of
from wall.model import utc_now
from wall.store import people

ACCEPTS = {"Accept": "text/html", "Accept-Language": "en"}


@pytest_asyncio.fixture
async def api(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(sqlite_url, tmp_path) as made:
        yield made


@pytest_asyncio.fixture
async def organiser(api: Api) -> AsyncIterator[httpx2.AsyncClient]:
    async with api.client(api.signed_in(), **ACCEPTS) as client:
        yield client


def test_an_address_of_this_computer_alone_is_told_from_one_for_everybody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reach, "own_address", lambda: "192.0.2.7")
    here, lan = {"host": "127.0.0.1:8000"}, "http://192.0.2.7:8000"
    alone = Reach(here_only=True, listens=False, address=lan, port=8000)
    assert reach_of(here, None, "127.0.0.1", 8000) == alone
    everywhere = Reach(here_only=True, address=lan, port=8000)
    assert reach_of({"host": "localhost:8000"}, None, "0.0.0.0", 8000) == everywhere
    assert reach_of(here, None, "198.51.100.4", 80).address == "http://198.51.100.4:80"
    assert not reach_of({"host": "192.0.2.7:8000"}, None, "0.0.0.0", 8000).here_only
    assert not reach_of(here, "https://wall.example", "127.0.0.1", 8000).here_only


def test_the_own_address_is_one_that_others_can_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "_CONTAINER_MARKS", ())
    found = reach.own_address()
    assert found is None or not (ip_address(found).is_loopback or ip_address(found).is_link_local)
    monkeypatch.setattr(reach, "_FAR_AWAY", ((socket.AF_INET, "127.0.0.1"),))
    assert reach.own_address() is None


async def test_who_goes_on_at_the_networks_address_stays_the_same_person(
    api: Api, organiser: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    lan = "http://192.0.2.7:8000"
    monkeypatch.setattr(reach, "own_address", lambda: "192.0.2.7")
    page = (await organiser.get(f"/events/{api.event.slug}/first")).text
    assert "backchannel serve --host 0.0.0.0 --port 8000" in page
    link = re.search(rf'href="{lan}(/go-on/[^"]+)"', page)
    assert link
    async with api.client(**ACCEPTS) as browser:
        browser.base_url = httpx2.URL(lan)
        assert "You go on as Ada." in (await browser.get(link[1])).text
        forged = await browser.get(link[1].replace(f".{api.event.slug}.", ".other."))
        assert forged.status_code == 404
        foreign = await browser.post(link[1], headers={"Origin": "https://elsewhere.example"})
        assert foreign.status_code == 403
        done = await browser.post(link[1], headers={"Origin": lan})
        assert (done.status_code, done.headers["location"]) == (303, f"/events/{api.event.slug}/first")
        there = await browser.get(done.headers["location"])
        assert (there.status_code, "go-on" in there.text) == (200, False)
        assert (await browser.get(link[1])).headers["location"] == done.headers["location"]
    async with api.client(**ACCEPTS) as other:
        assert (await other.post(link[1])).status_code == 410, "it works once"
    with api.parts.store.reading() as conn:
        assert [one.name for one in people.organisers(conn)] == ["Ada"]


async def test_a_link_to_go_on_ends_after_an_hour(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(going_on, "utc_now", lambda: utc_now() - timedelta(minutes=61))
    path = api.parts.going_on.path("somebody", "summit")
    monkeypatch.undo()
    async with api.client(**ACCEPTS) as browser:
        assert (await browser.post(path)).status_code == 410
