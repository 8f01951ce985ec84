"""Pictures that are kept, shared, given up and purged."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.live.media_world import HERE, SECRET, World, world_at
from tests.support.waiting import eventually
from tests.world.hosts import image
from wall.media import Cache, Kind


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with world_at(tmp_path) as world:
        yield world


async def test_everybody_who_asks_at_once_shares_one_request(world: World) -> None:
    asking = [asyncio.create_task(world.picture(f"{HERE}/held")) for _ in range(50)]
    await eventually(lambda: world.hosts.asked["/held"], what="the request")
    asking.pop().cancel()
    world.hosts.hold.set()
    assert {(await one).size for one in asking} == {(30, 30)}
    await world.picture(f"{HERE}/held")
    assert world.hosts.asked["/held"] == 1


async def test_a_picture_that_cannot_be_had_costs_one_request(world: World) -> None:
    assert {await world.refusal(f"{HERE}/missing") for _ in range(20)} == {"gone"}
    assert world.hosts.asked["/missing"] == 1


async def test_a_preview_stands_in_for_an_image_that_cannot_be_had(world: World) -> None:
    world.hosts.pictures["/small.png"] = image()
    assert (await world.picture(f"{HERE}/endless-announced.gif", f"{HERE}/small.png")).size == (40, 30)


async def test_what_is_kept_survives_a_restart_until_it_is_a_day_old(world: World) -> None:
    world.hosts.pictures["/a.png"] = image()
    await world.picture(f"{HERE}/a.png")
    await world.proxy.close()
    world.open()
    await world.picture(f"{HERE}/a.png")
    assert world.hosts.asked["/a.png"] == 1
    later = Cache(world.folder, SECRET, limit_bytes=10_000_000, clock=lambda: time.time() + 90_000)
    assert later.size_bytes > 0
    later.sweep()
    assert later.size_bytes == 0
    assert list(world.folder.iterdir()) == []
    await world.picture(f"{HERE}/a.png")
    assert world.hosts.asked["/a.png"] == 2


async def test_the_names_of_files_tell_nothing(world: World) -> None:
    world.hosts.pictures["/a.png"] = image()
    await world.picture(f"{HERE}/a.png")
    (file,) = world.folder.iterdir()
    other = Cache(world.folder, b"another secret", limit_bytes=10_000_000)
    assert other.get("image", f"{HERE}/a.png") is None
    assert world.cache.get("image", f"{HERE}/a.png") == file.read_bytes()


async def test_a_purge_removes_what_is_kept_and_what_is_under_way(world: World) -> None:
    world.hosts.pictures["/a.png"] = image()
    await world.picture(f"{HERE}/a.png")
    await world.picture(f"{HERE}/a.png", kind="avatar")
    await world.refusal(f"{HERE}/missing")
    asking = asyncio.create_task(world.refusal(f"{HERE}/held"))
    await eventually(lambda: world.hosts.asked["/held"], what="the request")
    await world.proxy.purge([f"{HERE}/{path}" for path in ("a.png", "missing", "held")])
    assert await asking == "purged"
    assert list(world.folder.iterdir()) == []
    assert world.cache.size_bytes == 0


async def test_a_purge_comes_after_what_is_being_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing, go_on, put = threading.Event(), threading.Event(), world.cache.put

    def slow_put(kind: Kind, url: str, data: bytes) -> None:
        writing.set()
        go_on.wait(5)
        put(kind, url, data)

    monkeypatch.setattr(world.cache, "put", slow_put)
    world.hosts.pictures["/a.png"] = image()
    asking = asyncio.create_task(world.refusal(f"{HERE}/a.png"))
    await eventually(writing.is_set, what="the writing")
    purging = asyncio.create_task(world.proxy.purge([f"{HERE}/a.png"]))
    await eventually(lambda: next(iter(world.proxy._flights.values())).cancelling(), what="the purge")
    go_on.set()
    await purging
    assert await asking == "purged"
    assert list(world.folder.iterdir()) == []


def test_the_cache_keeps_to_its_limit_and_lets_the_least_used_go(tmp_path: Path) -> None:
    pictures = [b"RIFF" + (996).to_bytes(4, "little") + bytes([n]) * 996 for n in range(12)]
    cache = Cache(tmp_path, SECRET, limit_bytes=10_040)
    for number, data in enumerate(pictures[:10]):
        cache.put("image", str(number), data)
    assert cache.get("image", "0") == pictures[0]
    cache.put("image", "10", pictures[10])
    assert cache.get("image", "0") == pictures[0]
    assert cache.get("image", "1") is None
    again = Cache(tmp_path, SECRET, limit_bytes=10_040)
    again.put("image", "11", pictures[11])
    assert again.get("image", "2") is None
    assert again.get("image", "0") == pictures[0]
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) == again.size_bytes <= 10_040


def test_a_damaged_file_is_not_shown_and_left_overs_are_cleared(tmp_path: Path) -> None:
    cache = Cache(tmp_path, SECRET, limit_bytes=10_000)
    cache.put("image", "a", b"RIFF" + (8).to_bytes(4, "little") + b"WEBPVP8 ")
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-1])
    (tmp_path / f"{file.name}.abcd").write_bytes(b"RIFF")
    assert cache.get("image", "a") is None
    assert not file.exists()
    Cache(tmp_path, SECRET, limit_bytes=10_000, clock=lambda: time.time() + 7_200)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_costs_the_cache_and_nothing_else(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "media", SECRET, limit_bytes=10_000)
    (tmp_path / "media").rmdir()
    cache.put("image", "a", b"RIFF\0\0\0\0")
    assert cache.get("image", "a") is None
