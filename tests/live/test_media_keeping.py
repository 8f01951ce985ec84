"""Pictures on disk go when their post does, in every process, however a purge ended."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from tests.conftest import Serve
from tests.support.hall import Hall as Served
from tests.support.summit import GRAVES, open_rules
from tests.support.waiting import PATIENCE, eventually
from tests.world.hosts import Hosts, image, serving
from wall.errors import StoreUnavailable
from wall.feeds.base import Arrived, Edited, Withdrawn
from wall.intake import admit
from wall.journal import create_event, run_command
from wall.media import AddressRules, Cache, Fetcher, Images, Keeping, MediaProxy, source_of
from wall.media.keeping import SWEEP_SECONDS
from wall.model import Author, Event, Media, Mode, Post, utc_now
from wall.store import Store

SECRET = b"0123456789abcdef0123456789abcdef"


class Node:
    """One process: its own folder of pictures in front of the store that all of them share."""

    def __init__(self, store: Store, folder: Path, port: int) -> None:
        self.folder = folder
        self.cache = Cache(folder, SECRET, limit_bytes=10_000_000)
        rules = AddressRules(frozenset({port}), (ip_network("127.0.0.0/8"),), ())
        self.proxy = MediaProxy(Fetcher(rules), Images(workers=1), self.cache)
        self.keeping = Keeping(store, self.cache)

    async def show(self, post: Post, *which: str) -> None:
        """Fetch pictures of a post, as its route does for a page."""
        for one in which:
            source = source_of(post, one)
            assert source is not None
            await self.proxy.picture(source)

    def files(self) -> int:
        return len(list(self.folder.iterdir()))


@dataclass
class Hall:
    """Two processes over one store, and the host of the pictures."""

    store: Store
    event: Event
    nodes: tuple[Node, Node]
    at: str

    def post(self, *pictures: str, avatar: str | None = None, **more: Any) -> Post:
        media = tuple(Media(kind="image", url=f"{self.at}/{name}.png") for name in pictures)
        face = f"{self.at}/{avatar}.png" if avatar else None
        author = Author(key="a", handle="ada", avatar=face)
        fields = {"network": "x", "key": "1", "author": author, "text": "Hi", "created_at": utc_now()}
        return Post(**fields | {"media": media} | more)

    def bring(self, *items: Arrived | Edited | Withdrawn) -> None:
        """Let items through the door, in a process that has no pictures."""
        with self.store.writing() as conn:
            run_command(
                conn, self.event.id, "feed:f", lambda tx: admit(tx, items, GRAVES), None, b"", utc_now()
            )

    async def look(self) -> list[int]:
        """Let both processes look; how many files each has."""
        for node in self.nodes:
            node.keeping._rested_at = 0.0
            await node.keeping.look()
        return [node.files() for node in self.nodes]


@pytest_asyncio.fixture
async def hall(store: Store, tmp_path: Path) -> AsyncIterator[Hall]:
    hosts = Hosts()
    hosts.pictures |= {f"/{name}.png": image() for name in ("one", "two", "ada")}
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(serving(hosts))
        with store.writing() as conn:
            event = create_event(conn, utc_now(), "summit", "Summit", "system", {"mode": Mode.AUTO})
            open_rules(conn, event.id)
        nodes = Node(store, tmp_path / "one", port), Node(store, tmp_path / "two", port)
        for node in nodes:
            stack.push_async_callback(node.proxy.close)
        yield Hall(store, event, nodes, f"http://127.0.0.1:{port}")


async def test_what_is_taken_back_in_one_process_goes_from_the_disks_of_all(hall: Hall) -> None:
    post = hall.post("one", avatar="ada")
    other = hall.post(avatar="ada", key="2")
    hall.bring(Arrived(post), Arrived(other))
    for node in hall.nodes:
        await node.show(post, "avatar", "0")
    assert await hall.look() == [2, 2]
    hall.bring(Withdrawn("x", "1"))
    assert await hall.look() == [1, 1]
    hall.bring(Withdrawn("x", "2"))
    assert await hall.look() == [0, 0]
    assert [node.cache.size_bytes for node in hall.nodes] == [0, 0]


async def test_an_edit_that_replaces_or_removes_a_picture_purges_the_old_one(hall: Hall) -> None:
    first, second = hall.post("one"), hall.post("two")
    hall.bring(Arrived(first))
    await hall.nodes[0].show(first, "0")
    assert await hall.look() == [1, 0]
    hall.bring(Edited(second))
    await hall.nodes[0].show(second, "0")
    (kept,) = hall.nodes[0].cache.held() - hall.nodes[0].cache.names([f"{hall.at}/one.png"])
    assert await hall.look() == [1, 0]
    assert hall.nodes[0].cache.held() == {kept}
    hall.bring(Edited(hall.post()))
    assert await hall.look() == [0, 0]


async def test_what_a_purge_left_is_gone_after_the_next_start(hall: Hall) -> None:
    post, node = hall.post("one"), hall.nodes[0]
    hall.bring(Arrived(post))
    await node.show(post, "0")
    hall.bring(Withdrawn("x", "1"))
    again = Keeping(hall.store, Cache(node.folder, SECRET, limit_bytes=10_000_000))
    await again.look()
    assert node.files() == 0


async def test_what_no_entry_tells_of_goes_in_time(hall: Hall) -> None:
    post, node = hall.post("one"), hall.nodes[0]
    assert await hall.look() == [0, 0]
    await node.show(post, "0")
    assert await hall.look() == [1, 0]
    node.keeping._due_at -= SWEEP_SECONDS
    assert await hall.look() == [0, 0]


async def test_a_store_that_does_not_answer_costs_no_picture(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    post, node = hall.post("one"), hall.nodes[0]
    hall.bring(Arrived(post))
    await node.show(post, "0")

    async def unavailable(fn: object) -> None:
        raise StoreUnavailable("The database does not answer.")

    with monkeypatch.context() as patched:
        patched.setattr(hall.store, "read", unavailable)
        with pytest.raises(StoreUnavailable):
            await node.keeping.look()
    assert node.files() == 1
    assert await hall.look() == [1, 0]


async def test_sweeps_leave_the_processor_to_others(hall: Hall) -> None:
    post, node = hall.post("one"), hall.nodes[0]
    hall.bring(Arrived(post))
    await node.show(post, "0")
    began = time.monotonic()
    await node.keeping.look()
    took = time.monotonic() - began
    assert node.keeping._rested_at - began > took
    hall.bring(Withdrawn("x", "1"))
    node.keeping._rested_at = time.monotonic() + 600
    await node.keeping.look()
    assert node.files() == 1
    node.keeping._rested_at = 0.0

    async def gone() -> bool:
        await node.keeping.look()
        return node.files() == 0

    await eventually(gone, what="the sweep")


async def test_a_serve_hears_of_what_another_process_took_back(
    serve: Serve, sqlite_url: str, tmp_path: Path
) -> None:
    hosts = Hosts()
    hosts.pictures["/one.png"] = image()
    async with serving(hosts) as port:
        settings = {
            "BACKCHANNEL_DATABASE_URL": sqlite_url,
            "BACKCHANNEL_DATA_DIR": str(tmp_path),
            "BACKCHANNEL_MEDIA_TRUSTED_NETWORKS": "127.0.0.0/8",
            "BACKCHANNEL_MEDIA_PORTS": str(port),
        }
        process, store = serve(settings), Store(sqlite_url)
        served = Served(process, store)
        await process.start()
        media = (Media(kind="image", url=f"http://127.0.0.1:{port}/one.png"),)
        fields = {"network": "x", "key": "1", "author": Author(key="a", handle="a"), "text": "Hi"}
        served.bring(Arrived(Post(**fields, created_at=utc_now(), media=media)))
        async with httpx2.AsyncClient(
            base_url=process.base_url, trust_env=False, timeout=PATIENCE
        ) as client:
            snapshot = (await client.get("/api/v1/events/summit/snapshot")).json()
            (post_id,) = (put["id"] for put in snapshot["puts"] if put["type"] == "post")
            path = f"/media/summit/{post_id}/0"
            assert (await client.get(path)).status_code == 200
            assert len(list((tmp_path / "media").iterdir())) == 1
            served.bring(Withdrawn("x", "1"))
            assert (await client.get(path)).status_code == 404
            await eventually(lambda: not list((tmp_path / "media").iterdir()), what="the purge")
        store.close()
