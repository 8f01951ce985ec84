"""The page of the feeds and the doctor tell the truth about each failure that the fake networks can
produce: where it is, what happened, and what to do."""

from __future__ import annotations

import asyncio
import html
import re
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
import trustme

from tests.feeds import bluesky_reading, mastodon_reading
from tests.feeds.test_kit_bluesky import BlueskyDriver
from tests.feeds.test_kit_mastodon import MastodonDriver
from tests.live.api import Api, api_over
from tests.support.waiting import eventually
from tests.world.bluesky import FakeBluesky
from tests.world.bluesky_api import Answer as BlueskyAnswer
from tests.world.mastodon import FakeMastodon
from tests.world.mastodon_api import HTML_502, Answer
from wall.doctor import Finding, _feeds
from wall.errors import LeaseLost
from wall.feeds import bluesky, mastodon
from wall.feeds.base import Trouble, check_config
from wall.intake import run_feed, supervisor, watching
from wall.intake.intake import new_feed
from wall.intake.watching import Watching
from wall.model import Feed, utc_now
from wall.store import feeds

LEASE = 600.0
AWAY = {"Location": "http://10.0.0.1/api"}
HTML_PAGE = b"<!DOCTYPE html><title>Sign in to the hotel's network</title>"


@dataclass
class World:
    """A network in trouble, the feed that reads it, and what is said of that."""

    network: str
    driver: Any
    api: Api
    client: httpx2.AsyncClient
    feed: Feed | None = None

    @property
    def place(self) -> str:
        """What an organiser knows the server by."""
        if self.network == "bluesky":
            return "Bluesky"
        return str(self.driver.world.instances[0].host)

    def answers(self, answer: Answer) -> None:
        """Let every request be answered so."""
        if self.network == "bluesky":
            said = BlueskyAnswer(answer.status, answer.body, answer.headers)
            self.driver.world.failing = lambda _path: said
        else:
            for one in self.driver.world.instances:
                one.failing = lambda _path: answer

    async def page(self) -> str:
        """The page as it is read: without tags, one line."""
        answer = await self.client.get(f"/events/{self.api.event.slug}/feeds")
        plain = re.sub(r"<[^>]*>", " ", answer.raise_for_status().text)
        return re.sub(r"\s+", " ", html.unescape(plain))

    def doctor(self) -> Finding:
        """What the doctor says of the feed."""
        (finding,) = _feeds(self.api.parts.store)
        return finding

    def words(self) -> str:
        """All that the doctor says."""
        return f"{self.doctor().said} {self.doctor().remedy}"


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mastodon, "TIMES", mastodon_reading.IMPATIENT)
    monkeypatch.setattr(bluesky, "TIMES", bluesky_reading.IMPATIENT)
    monkeypatch.setattr(supervisor, "RECHECK_SECONDS", 0.1)
    monkeypatch.setattr(watching, "SAVE_SECONDS", 0.02)


@asynccontextmanager
async def world_of(
    network: str, url: str, directory: Path, *, account: bool = False
) -> AsyncIterator[World]:
    """A network with an event that nothing reads yet."""
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(api_over(url, directory))
        made: Any
        if network == "bluesky":
            made = BlueskyDriver(FakeBluesky(), account=account)
        else:
            made = MastodonDriver(FakeMastodon())
        driver = await stack.enter_async_context(made)
        headers = {"Accept": "text/html", "Accept-Language": "en"}
        client = await stack.enter_async_context(api.client(api.signed_in(), **headers))
        yield World(network, driver, api, client)


@asynccontextmanager
async def fed(world: World, **changes: Any) -> AsyncIterator[None]:
    """Run the feed until the end of the block."""
    config = check_config(world.network, world.driver.config | changes)
    feed = world.feed = new_feed(world.api.event.id, world.network, config)
    store = world.api.parts.store
    await store.write(lambda conn: feeds.add(conn, feed))
    fence = await store.write(lambda conn: feeds.take_lease(conn, feed.id, "here", LEASE))
    assert fence is not None
    task = asyncio.create_task(run_feed(world.api.parts.intake, feed, fence))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def nothing(_world: World) -> None:
    """All is well."""


async def cut(world: World) -> None:
    await world.driver.listening()
    await world.driver.cut("reset")


async def stall(world: World) -> None:
    await world.driver.listening()
    world.driver.stall(True)


async def revoke(world: World) -> None:
    await world.driver.listening()
    await world.driver.revoke()
    await world.driver.cut("reset")


def answering(answer: Answer) -> Callable[[World], Awaitable[None]]:
    async def act(world: World) -> None:
        world.answers(answer)
        await world.driver.cut("reset")

    return act


async def future(world: World) -> None:
    await world.driver.listening()
    await world.driver.publish("of tomorrow", created_at=utc_now() + timedelta(days=1))


async def lose(world: World) -> None:
    keys = [await world.driver.publish(f"post {number}") for number in range(6)]
    assert keys
    await eventually(lambda: listed(world).accepted >= 6, what="the posts")
    if world.network == "bluesky":  # what was never there is not gone
        asked = world.driver.world.asked
        await eventually(lambda: sum("getPosts" in path for path, _ in asked) > 1, what="a recheck")
    world.driver.lose()


def listed(world: World) -> Feed:
    with world.api.parts.store.reading() as conn:
        return feeds.listed(conn, world.api.event.id)[0]


@dataclass(frozen=True)
class Case:
    """A failure, and what is said of it: where it is where that is not the server, what happened, what to
    do. `heading` is read at one glance."""

    name: str
    act: Callable[[World], Awaitable[None]]
    heading: str
    happened: str
    remedy: str
    outcome: str = "warning"
    where: str = ""
    account: bool = False


NO_POSTS = "No posts come: it tries again by itself"
PARTLY = "Posts come, with something to look at"
WAIT = "The fault is there: nothing to do but wait"
MASTODON = [
    Case("is well", nothing, "The feed is well.", "Last post None yet", "", "good"),
    Case("is cut", cut, "", "stream: Its stream broke off", "It connects again by itself", ""),
    Case("stalls", stall, NO_POSTS, "It does not answer in time", "nothing to do but wait"),
    Case("revokes the token", revoke, "Stopped", "token was revoked", "make a token", "bad"),
    Case("answers 429", answering(Answer(429, {"error": "Too many"})), NO_POSTS, "asked too often", "wait"),
    Case("answers 502", answering(Answer(502, HTML_502)), NO_POSTS, "answers with status 502", WAIT),
    Case(
        "answers HTML",
        answering(Answer(200, HTML_PAGE)),
        NO_POSTS,
        "a page in place of data",
        "open it in a browser here",
    ),
    Case(
        "redirects to a private address",
        answering(Answer(301, b"", AWAY)),
        "Stopped",
        "Its API is at another host",
        "",
        "bad",
    ),
    Case(
        "has a clock in the future",
        future,
        "",
        "in the future: a clock there is wrong",
        "Nothing to do here",
        "",
    ),
    Case(
        "lost everything",
        lose,
        PARTLY,
        "gone at its source all at once",
        "Look there in a browser",
        where=" ",
    ),
]
BLUESKY = [
    Case("is well", nothing, "The feed is well.", "Last post None yet", "", "good"),
    Case("is cut", cut, "", "broke off", "It connects again by itself", ""),
    Case("has a clock in the future", future, "The feed is well.", "0 s, at worst 0 s", "", "good"),
    Case("stalls", stall, NO_POSTS, "Its stream is silent", "connects again by itself"),
    Case(
        "revokes the password",
        revoke,
        PARTLY,
        "app password (a token) was refused",
        "make an app password",
        account=True,
    ),
    Case(
        "answers 429",
        answering(Answer(429, {"error": "RateLimitExceeded"})),
        NO_POSTS,
        "asked too often",
        "wait",
    ),
    Case("answers 502", answering(Answer(502, HTML_502)), NO_POSTS, "status 502", WAIT),
    Case("answers HTML", answering(Answer(200, HTML_PAGE)), NO_POSTS, "answers with status 200", WAIT),
    Case(
        "redirects to a private address",
        answering(Answer(302, b"", AWAY)),
        NO_POSTS,
        "It sends us to another address, where we do not go",
        "Check the name in its settings",
    ),
    Case(
        "lost everything",
        lose,
        PARTLY,
        "gone at its source all at once",
        "Look there in a browser",
        where=" ",
    ),
]


@pytest.mark.parametrize(
    ("network", "case"),
    [
        *(pytest.param("mastodon", case, id=f"Mastodon {case.name}") for case in MASTODON),
        *(pytest.param("bluesky", case, id=f"Bluesky {case.name}") for case in BLUESKY),
    ],
)
async def test_the_page_and_the_doctor_say_where_what_and_what_to_do(
    sqlite_url: str, tmp_path: Path, network: str, case: Case
) -> None:
    async with world_of(network, sqlite_url, tmp_path, account=case.account) as world, fed(world):
        await eventually(lambda: listed(world).state.value == "running", what="the feed to run")
        await case.act(world)
        parts = (case.where or world.place, case.heading, case.happened, case.remedy)

        async def is_on_the_page() -> bool:
            page = await world.page()
            return all(part in page for part in parts)

        try:
            await eventually(is_on_the_page, within=20, what="the page to say so")
        except AssertionError:
            raise AssertionError((parts, await world.page())) from None
        said = world.words()
        assert all(
            part in said for part in (case.happened.removeprefix("Last post "), case.remedy) if part
        ), said
        assert case.outcome in ("", world.doctor().outcome)


@pytest.mark.parametrize("network", ["mastodon", "bluesky"])
@pytest.mark.parametrize(
    ("name", "address", "happened", "remedy"),
    [
        ("nobody.example", None, "Its name is not known to the name server", "Open it in a browser"),
        (
            "inside.example",
            "10.0.0.5",
            "Its name leads to an address that is not public",
            "check the settings",
        ),
        ("tls.example", "127.0.0.1", "Its certificate cannot be verified", "look at this server’s clock"),
    ],
)
async def test_names_and_certificates(
    sqlite_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    network: str,
    name: str,
    address: str | None,
    happened: str,
    remedy: str,
) -> None:
    async def lies(_loop: object, host: str, port: int, **_more: object) -> list[Any]:
        if address is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        assert host == name
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(world_of(network, sqlite_url, tmp_path))
        port = await stack.enter_async_context(untrusted(name))
        host = f"{name}:{port}"
        monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", lies)
        if address == "127.0.0.1":
            monkeypatch.setattr("wall.feeds.common.addresses.is_public", lambda _address: True)
        changes: dict[str, Any] = {"instances": [host]} if network == "mastodon" else {"hosts": [host]}
        await stack.enter_async_context(fed(world, **changes))
        place = host if network == "mastodon" else "Bluesky"

        async def is_on_the_page() -> bool:
            page = await world.page()
            return all(part in page for part in (place, name, happened, remedy, NO_POSTS))

        try:
            await eventually(is_on_the_page, within=20, what="the page to say so")
        except AssertionError:
            raise AssertionError(await world.page()) from None
        assert happened in world.words()
        assert remedy in world.words()


@asynccontextmanager
async def untrusted(name: str) -> AsyncIterator[int]:
    """A server with a certificate that nobody here trusts; its port."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(name).configure_cert(tls)

    async def taken(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(taken, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize("network", ["mastodon", "bluesky"])
async def test_of_two_processes_that_believe_they_hold_the_lease_one_is_believed(
    sqlite_url: str, tmp_path: Path, network: str
) -> None:
    async with world_of(network, sqlite_url, tmp_path) as world, fed(world):
        assert world.feed is not None
        parts, feed = world.api.parts, world.feed
        await eventually(lambda: listed(world).state.value == "running", what="the feed to run")
        await world.driver.publish("before")
        await eventually(lambda: listed(world).accepted, what="a post")
        with parts.store.writing() as conn:
            feeds.cut_off(conn, feed.id)  # as when its process was frozen until the lease was over
            fence = feeds.take_lease(conn, feed.id, "there", LEASE)
        assert fence is not None
        other = Watching(parts.intake, feed, fence)
        old = Watching(parts.intake, feed, fence - 2)
        for one in (other, old):
            await one.load()
            one.began([world.place])
        other.trouble(Trouble(world.place, "tls", "Its certificate cannot be verified", 1.0))
        old.trouble(Trouble(world.place, "unreachable", "It cannot be reached", 1.0))
        await other.save()
        with pytest.raises(LeaseLost):
            await old.save()
        page = await world.page()
        assert "Its certificate cannot be verified" in page
        assert "It cannot be reached" not in page


async def test_a_feed_whose_process_is_gone_is_not_said_to_run(sqlite_url: str, tmp_path: Path) -> None:
    async with world_of("mastodon", sqlite_url, tmp_path) as world:
        async with fed(world):
            await eventually(lambda: listed(world).state.value == "running", what="the feed to run")
        store = world.api.parts.store
        with store.writing() as conn:
            feeds.free_leases(conn, lambda _owner: False)
        page, finding = await world.page(), world.doctor()
        assert "Nobody reads it now" in page
        assert "backchannel serve" in page
        assert (finding.outcome, "backchannel serve" in finding.remedy) == ("warning", True)
