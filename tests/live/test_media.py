"""Fetching pictures from hosts that nobody vouches for: where requests go, and what they may cost."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest
import pytest_asyncio
import trustme

from tests.live.media_world import HERE, World, world_at
from tests.support.waiting import eventually
from tests.unit.test_addresses import HAS_HOST, NOTATIONS
from tests.world.hosts import PUBLIC, Dial, image
from wall.media import Fetcher, FetchLimits, NoPicture

# A line end in a header ends the header.
REDIRECTS = [url for url in NOTATIONS if HAS_HOST.match(url) and "\r" not in url]


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with world_at(tmp_path) as world:
        yield world


async def test_no_request_leaves_for_an_address_inside(world: World) -> None:
    for url in NOTATIONS:
        await world.refusal(url)
    assert world.names.asked == []
    assert world.dial.dialled == []
    assert world.hosts.heads == []


async def test_no_redirect_reaches_an_address_inside(world: World) -> None:
    for url in REDIRECTS:
        once = f"{HERE}/to/{quote(url, safe='')}"
        twice = f"{HERE}/to/{quote(once, safe='')}"
        for start in (once, twice):
            await world.refusal(start)
    assert len(REDIRECTS) >= 60
    assert {address for address, _ in world.dial.dialled} == {PUBLIC}
    assert len(world.hosts.heads) == 3 * len(REDIRECTS)


INSIDE = [
    "127.0.0.1",
    "10.0.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "fd00::1",
    "fe80::1%2",
    "fec0::1",
    "ff02::1",
    "2002:a00:1::1",
    "3fff::1",
]


@pytest.mark.parametrize("address", INSIDE)
async def test_a_name_that_leads_inside_is_not_connected_to(world: World, address: str) -> None:
    world.names.says("inside.example", [address])
    world.names.says("both.example", [PUBLIC, address])
    assert await world.refusal("http://inside.example/a.png") == "refused_address"
    assert await world.refusal("https://both.example/a.png") == "refused_address"
    assert await world.refusal(f"{HERE}/to/{quote('https://inside.example/a.png', safe='')}")
    assert world.dial.dialled == [(PUBLIC, 80)]


async def test_a_name_server_that_changes_its_mind_reaches_nothing_inside(world: World) -> None:
    """Rebinding: public when it is looked at, inside when it is connected to."""
    world.hosts.pictures["/a.png"] = image()
    for count in range(1, 6):
        name = f"rebinding-{count}.example"
        world.names.says(name, *[[PUBLIC]] * count, ["127.0.0.1"])
        for attempt in range(count + 2):
            await world.fetcher.close()
            world.open()
            if attempt < count:
                assert await world.fetcher.fetch(f"http://{name}/a.png")
            else:
                assert await world.refusal(f"http://{name}/a.png") == "refused_address"
        assert world.names.asked.count(name) == count + 2
    assert {address for address, _ in world.dial.dialled} == {PUBLIC}
    assert len(world.dial.dialled) == 1 + 2 + 3 + 4 + 5


async def test_a_name_without_an_address_is_no_trouble(world: World) -> None:
    world.names.says("nowhere.example", [])
    assert await world.refusal("http://nowhere.example/a.png") == "unreachable"


async def test_the_systems_own_resolver_is_looked_through(tmp_path: Path) -> None:
    dial = Dial(1)
    fetcher = Fetcher(dial=dial)
    with pytest.raises(NoPicture, match="refused_address"):
        await fetcher.fetch("http://localhost/a.png")
    await fetcher.close()
    assert dial.dialled == []


async def test_two_redirects_are_followed_and_a_third_is_not(world: World) -> None:
    world.hosts.pictures["/a.png"] = image()
    twice = f"/to/{quote('/to/' + quote('/a.png', safe=''), safe='')}"
    assert (await world.picture(f"{HERE}{twice}")).size == (40, 30)
    assert await world.refusal(f"{HERE}/to/{quote(twice, safe='')}") == "too_many_redirects"
    assert await world.refusal(f"{HERE}/to/") == "too_many_redirects"


@pytest.mark.parametrize(("name", "read"), [("endless-announced.gif", 0), ("endless.gif", 5 << 20)])
async def test_an_animation_of_sixty_megabytes_is_not_read_to_its_end(
    world: World, name: str, read: int
) -> None:
    assert await world.refusal(f"{HERE}/{name}") == "too_large"
    # What fits the kernel's buffers was sent as well.
    assert world.hosts.sent[f"/{name}"] < read + (8 << 20)


async def test_compressed_answers_are_not_taken(world: World) -> None:
    assert await world.refusal(f"{HERE}/gzip") == "encoded"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/status/404", "gone"),
        ("/status/500", "failed"),
        ("/status/206", "failed"),
        ("/garbage", "failed"),
        ("/cut", "failed"),
        ("/missing", "gone"),
    ],
)
async def test_a_host_that_fails_gives_no_picture(world: World, path: str, code: str) -> None:
    assert await world.refusal(f"{HERE}{path}") == code


@pytest.mark.parametrize("path", ["/drip", "/drip-head", "/silent"])
async def test_a_host_that_answers_a_byte_at_a_time_is_given_up(tmp_path: Path, path: str) -> None:
    limits = FetchLimits(total_seconds=1.5, patience_seconds=0.5, quiet_seconds=1)
    async with world_at(tmp_path, limits) as world:
        started = time.monotonic()
        assert await world.refusal(f"{HERE}{path}") == "too_slow"
        assert time.monotonic() - started < 30
        assert world.hosts.sent[path] < 300


async def test_redirects_share_one_deadline(tmp_path: Path) -> None:
    async with world_at(tmp_path, FetchLimits(total_seconds=0)) as world:
        assert await world.refusal(f"{HERE}/to/%2Fa") == "too_slow"


async def test_few_requests_at_once_and_fewer_at_one_host(world: World) -> None:
    urls = [f"http://host-{number % 10}.example/held-{number}" for number in range(60)]
    asking = [asyncio.create_task(world.fetcher.fetch(url)) for url in urls]
    await eventually(lambda: world.hosts.busy[""] == 8, what="eight requests")
    world.hosts.hold.set()
    await asyncio.gather(*asking)
    assert world.hosts.most.pop("") == 8
    assert max(world.hosts.most.values()) <= 2


async def test_a_slow_host_keeps_nobody_else_waiting(world: World) -> None:
    world.hosts.pictures["/a.png"] = image()
    waiting = [
        asyncio.create_task(world.fetcher.fetch(f"http://slow.example/held-{number}"))
        for number in range(20)
    ]
    await eventually(lambda: world.hosts.busy[""] == 2, what="two requests")
    assert (await world.picture(f"{HERE}/a.png")).size == (40, 30)
    world.hosts.hold.set()
    await asyncio.gather(*waiting)


async def test_the_queue_has_an_end(tmp_path: Path) -> None:
    async with world_at(tmp_path, FetchLimits(waiting=5)) as world:
        asking = [asyncio.create_task(world.refusal(f"{HERE}/silent-{n}")) for n in range(5)]
        await eventually(lambda: world.hosts.busy[""] == 2, what="two requests")
        assert await world.refusal(f"{HERE}/a.png") == "busy"
        await world.proxy.close()
        assert set(await asyncio.gather(*asking)) == {"purged"}


async def test_a_request_tells_a_host_nothing_about_readers(world: World) -> None:
    world.hosts.pictures["/a.png"] = image()
    await world.picture(f"{HERE}/a.png")
    (head,) = world.hosts.heads
    names = {line.partition(":")[0].lower() for line in head.split("\r\n")[1:] if line}
    assert names == {"host", "user-agent", "accept", "accept-encoding"}


@pytest.mark.parametrize("at", ["pictures.example", "other.example"])
async def test_a_certificate_must_be_of_the_name_that_was_asked_for(tmp_path: Path, at: str) -> None:
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("pictures.example").configure_cert(server)
    authority.configure_trust(client)
    async with world_at(tmp_path, server_tls=server, tls=client) as world:
        world.hosts.pictures["/a.png"] = image()
        if at == "pictures.example":
            assert (await world.picture(f"https://{at}/a.png")).size == (40, 30)
        else:
            assert await world.refusal(f"https://{at}/a.png") == "unreachable"
            assert not world.hosts.heads
