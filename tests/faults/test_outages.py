"""What a server stands on goes away in the middle of an event: its answers meanwhile, and afterwards."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import select

from tests.faults.conftest import Tell
from tests.support.archives import Expected, write_archive
from tests.support.fault_proxy import FaultProxy
from tests.support.instance import Instance, instance_at
from tests.support.poster import Poster
from tests.support.postgres import PostgresServer
from tests.support.processes import ServeProcess
from tests.support.reader import FoldingReader
from tests.support.staff import Staff
from tests.support.valkey import ValkeyServer
from tests.support.waiting import PATIENCE, eventually
from wall.access import COOKIE
from wall.model import FeedState, new_id
from wall.store import Store, migrate
from wall.store.tables import post

Serve = Callable[..., ServeProcess]
SLUG = "summit"
BELL_SECONDS = 15.0
"""Within which a post made at one process is on the screens of another, whatever Redis does: 5 s, and
as long again twice for a slow machine."""


@dataclass
class Scene:
    """A `serve` with a wall and a desk, and a program that posts."""

    instance: Instance
    event_id: str
    server: ServeProcess
    staff: Staff
    poster: Poster
    readers: list[FoldingReader]

    async def ask(self, method: str, path: str) -> httpx2.Response:
        """One request without retries."""
        async with httpx2.AsyncClient(base_url=self.server.base_url, trust_env=False, timeout=15) as client:
            return await client.request(method, path, headers=self.staff.headers, json={"text": "Now?"})

    async def assert_nothing_is_wrong(self) -> None:
        """AssertionError unless every acknowledged post is there once, and every reader is right."""
        for reader in self.readers:
            await reader.wait_for_seq(self.instance.head(self.event_id))
            await reader.assert_holds_what_a_newcomer_gets()
            assert (reader.gaps, reader.duplicates) == (0, 0), reader.report()
        with self.instance.store.reading() as conn:
            web = select(post.c.id).where(post.c.event_id == self.event_id, post.c.network == "web")
            stored = sorted(conn.execute(web).scalars())
        assert stored == sorted(answer["post"] for answer in self.poster.acknowledged.values())
        self.instance.assert_sound(self.event_id)


@asynccontextmanager
async def scene(instance: Instance, serve: Serve) -> AsyncIterator[Scene]:
    """A running event."""
    event_id = (await instance.event(SLUG)).id
    server = serve(instance.settings)
    await server.start()
    staff = Staff(server.base_url, instance.store)
    wall = FoldingReader(server.base_url, SLUG)
    desk = FoldingReader(server.base_url, SLUG, "desk", {COOKIE: staff.token})
    async with wall, desk, Poster(staff.headers, SLUG, server.base_url) as poster:
        for reader in (wall, desk):
            await reader.wait_until(lambda reader=reader: reader.connections == 1)
        yield Scene(instance, event_id, server, staff, poster, [wall, desk])


@pytest.fixture
def own_postgres(postgres_server: PostgresServer, tmp_path: Path) -> Iterator[Instance]:
    """An instance on a PostgreSQL that may be killed."""
    url = postgres_server.url(postgres_server.create())
    store = Store(url)
    migrate(store)
    store.close()
    with instance_at(url, tmp_path) as instance:
        yield instance


async def test_a_database_that_was_killed_and_comes_back_costs_nothing(
    own_postgres: Instance, postgres_server: PostgresServer, serve: Serve, tmp_path: Path, tell: Tell
) -> None:
    archive = write_archive(tmp_path / "archive.jsonl", 600)
    async with scene(own_postgres, serve) as here:
        feed_id = await own_postgres.add_replay(SLUG, archive, 100)
        here.poster.begin()
        await eventually(lambda: len(here.poster.acknowledged) > 20, what="posts before the outage")
        await eventually(
            lambda: own_postgres.feed(here.event_id, feed_id).cursor, what="a replay that runs"
        )
        postgres_server.kill()
        await assert_unavailable(here)
        await eventually(lambda: here.poster.refusals["store_unavailable"] > 10, what="refused posts")
        assert [reader.connections for reader in here.readers] == [1, 1]
        postgres_server.start()
        before, began = len(here.poster.acknowledged), time.monotonic()
        await eventually(lambda: len(here.poster.acknowledged) > before + 20, what="posts after the outage")
        back = time.monotonic() - began

        def played_out() -> bool:
            return own_postgres.feed(here.event_id, feed_id).state is FeedState.DONE

        await eventually(played_out, what="the end of the replay")
        await here.poster.end()
        await here.assert_nothing_is_wrong()
        assert [reader.connections for reader in here.readers] == [1, 1]
    with own_postgres.store.reading() as conn:
        others = len(here.poster.acknowledged)
        assert Expected.of(archive).compare(conn, here.event_id, others) == (0, 0)
    tell(
        f"PostgreSQL killed: {dict(here.poster.refusals)} meanwhile, "
        f"{back:.1f} s from its return to 20 posts more"
    )


async def assert_unavailable(here: Scene) -> None:
    """AssertionError unless everything that needs the database says so, and what does not goes on."""
    posts = f"/api/v1/events/{SLUG}/posts"
    for method, path in (("POST", posts), ("GET", posts), ("GET", "/readyz")):
        answer = await here.ask(method, path)
        assert answer.status_code == 503, (path, answer.text)
        error = answer.json()["error"]
        assert (error["code"], "Try again" in error["remedy"]) == ("store_unavailable", True), error
    assert (await here.ask("GET", "/healthz")).status_code == 200
    async with httpx2.AsyncClient(
        base_url=here.server.base_url, trust_env=False, timeout=PATIENCE
    ) as browser:
        page = await browser.get(f"/wall/{SLUG}", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["content-type"].split(";")[0]) == (503, "text/html")


async def test_a_database_stopped_in_order_is_waited_for_as_well(
    own_postgres: Instance, postgres_server: PostgresServer, serve: Serve
) -> None:
    async with scene(own_postgres, serve) as here:
        here.poster.begin()
        for _ in range(3):
            done = len(here.poster.acknowledged)
            await eventually(lambda done=done: len(here.poster.acknowledged) > done + 5, what="posts")
            await asyncio.to_thread(postgres_server.stop)
            refused = here.poster.refusals.total()
            await eventually(
                lambda refused=refused: here.poster.refusals.total() > refused, 20, "a refusal"
            )
            await asyncio.to_thread(postgres_server.start)
        await here.poster.end()
        await here.assert_nothing_is_wrong()


async def test_a_file_that_somebody_else_has_locked_is_waited_for(
    serve: Serve, sqlite_url: str, tmp_path: Path
) -> None:
    with instance_at(sqlite_url, tmp_path) as instance:
        async with scene(instance, serve) as here:
            with closing(sqlite3.connect(tmp_path / "backchannel.db", isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                posting = asyncio.create_task(here.poster.post("Through the lock"))
                assert (await here.ask("GET", f"/api/v1/events/{SLUG}/posts")).status_code == 200
                await asyncio.wait({posting}, timeout=1)
                assert not posting.done()
                other.execute("COMMIT")
            await posting
            await here.assert_nothing_is_wrong()


@pytest.mark.faults
async def test_a_file_that_stays_locked_is_said_to_be_unavailable(
    serve: Serve, sqlite_url: str, tmp_path: Path
) -> None:
    with instance_at(sqlite_url, tmp_path) as instance:
        async with scene(instance, serve) as here:
            with closing(sqlite3.connect(tmp_path / "backchannel.db", isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                answer = await here.ask("POST", f"/api/v1/events/{SLUG}/posts")
                assert (answer.status_code, answer.json()["error"]["code"]) == (503, "store_unavailable")
                other.execute("COMMIT")
            await here.poster.post("After the lock")
            await here.assert_nothing_is_wrong()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MB, which takes root."""
    if os.geteuid() != 0:
        pytest.skip("a small disk is a mount, and mounting takes root")
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder],
        check=False,
        capture_output=True,
        text=True,
    )
    if made.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {made.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


async def test_a_full_disk_refuses_clearly_and_works_again_once_there_is_room(
    serve: Serve, sqlite_template: Path, small_disk: Path, tmp_path: Path, tell: Tell
) -> None:
    shutil.copy(sqlite_template, small_disk / "backchannel.db")
    archive = write_archive(tmp_path / "archive.jsonl", 900)
    with instance_at(f"sqlite:///{small_disk / 'backchannel.db'}", tmp_path) as instance:
        async with scene(instance, serve) as here:
            feed_id = await instance.add_replay(SLUG, archive, 100)
            await eventually(
                lambda: instance.feed(here.event_id, feed_id).cursor, what="a replay that runs"
            )
            here.poster.begin()
            await eventually(lambda: len(here.poster.acknowledged) > 10, what="posts before")
            fill(small_disk / "filler")
            await eventually(lambda: here.poster.refusals["store_full"] > 5, what="refusals")
            answer = await here.ask("POST", f"/api/v1/events/{SLUG}/posts")
            assert (answer.status_code, answer.json()["error"]["code"]) == (507, "store_full")
            assert (await here.ask("GET", f"/api/v1/events/{SLUG}/posts")).status_code == 200
            (small_disk / "filler").unlink()
            before = len(here.poster.acknowledged)
            await eventually(lambda: len(here.poster.acknowledged) > before + 10, what="posts after")

            def played_out() -> bool:
                return instance.feed(here.event_id, feed_id).state is FeedState.DONE

            await eventually(played_out, what="the end of the replay")
            await here.poster.end()
            await here.assert_nothing_is_wrong()
            assert set(here.poster.refusals) == {"store_full"}
        with instance.store.reading() as conn:
            others = len(here.poster.acknowledged)
            assert Expected.of(archive).compare(conn, here.event_id, others) == (0, 0)
    tell(
        f"Full disk: {len(here.poster.acknowledged)} posts acknowledged, 0 lost, "
        f"{dict(here.poster.refusals)} meanwhile"
    )


def fill(path: Path) -> None:
    """Fill a disk to its last byte."""
    with path.open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 1):
            try:
                while file.write(b"\0" * size):
                    pass
            except OSError:
                continue


@pytest.fixture
def shared(migrated_postgres_url: str, valkey_server: ValkeyServer) -> tuple[str, ValkeyServer]:
    """A database and a Valkey for two processes."""
    return migrated_postgres_url, valkey_server


async def test_posts_reach_the_other_process_whatever_happens_to_valkey(
    shared: tuple[str, ValkeyServer], serve: Serve, tmp_path: Path, tell: Tell
) -> None:
    url, valkey = shared
    async with FaultProxy(valkey.socket) as line:
        with instance_at(url, tmp_path, redis_url=f"redis://127.0.0.1:{line.port}/0") as instance:
            async with scene(instance, serve) as here:
                other = serve(instance.settings)
                await other.start()
                async with FoldingReader(other.base_url, SLUG) as there:
                    here.readers.append(there)
                    await there.wait_until(lambda: there.connections == 1)
                    said = [await slowest(here, there, "all is well")]
                    valkey.flush()
                    said.append(await slowest(here, there, "flushed"))
                    line.stall()
                    said.append(await slowest(here, there, "stalled"))
                    line.resume()
                    said.append(await slowest(here, there, "resumed"))
                    valkey.kill()
                    said.append(await slowest(here, there, "killed"))
                    valkey.start()
                    said.append(await slowest(here, there, "started again"))
                    await here.assert_nothing_is_wrong()
                    assert there.connections == 1
    tell("Valkey, slowest of five posts from one process to the other's wall: " + ", ".join(said))


async def slowest(here: Scene, there: FoldingReader, phase: str) -> str:
    """Post five times at one process; how long the other's reader waited at most."""
    waits = []
    for _ in range(5):
        answer = await here.poster.post(f"While {phase}: {new_id()}", within=BELL_SECONDS)
        acknowledged = time.monotonic()
        await there.wait_for_seq(answer["seq"], within=BELL_SECONDS)
        waits.append(time.monotonic() - acknowledged)
    return f"{phase} {max(waits):.2f} s"
