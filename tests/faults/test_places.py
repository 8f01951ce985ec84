"""Processes beside and after one another: who may start, who takes over, and how one ends."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.faults.conftest import Tell
from tests.support.archives import Expected, write_archive
from tests.support.instance import Instance, instance_at
from tests.support.poster import Poster
from tests.support.processes import ServeProcess
from tests.support.reader import FoldingReader
from tests.support.staff import Staff
from tests.support.waiting import PATIENCE, eventually
from wall.model import FeedState
from wall.store import feeds

Serve = Callable[..., ServeProcess]
SLUG = "summit"
ENDS_SECONDS = 15.0
"""Within which `serve` has ended after SIGTERM: it gives its connections 5 s, and a reader who does
not read would hold it up for 20."""


async def refused(server: ServeProcess) -> str:
    """What a server said that did not start; AssertionError unless it ended with 1."""
    server.child.start()
    await eventually(lambda: not server.child.running, what="the refusal")
    assert server.child.exit_code == 1, server.child.said()
    return server.child.said()


async def test_a_second_serve_on_a_sqlite_file_is_refused_and_the_first_goes_on(
    serve_anew: Serve, sqlite_url: str, tmp_path: Path
) -> None:
    with instance_at(sqlite_url, tmp_path) as instance:
        await instance.event(SLUG)
        first, second = serve_anew(instance.settings), serve_anew(instance.settings)
        await first.start()
        said = await refused(second)
        assert "Another serve process has this SQLite file open." in said
        assert "Stop it first." in said
        assert "Traceback" not in said
        await Staff(first.base_url, instance.store).post(SLUG, "The first goes on.")
        first.kill()
        await second.start()


async def test_a_second_serve_on_postgresql_without_redis_is_refused(
    serve_anew: Serve, migrated_postgres_url: str, tmp_path: Path
) -> None:
    with instance_at(migrated_postgres_url, tmp_path) as instance:
        first, second = serve_anew(instance.settings), serve_anew(instance.settings)
        await first.start()
        said = await refused(second)
        assert "Another serve process uses this database, and the two have no common Redis." in said
        assert "BACKCHANNEL_REDIS_URL" in said
        first.kill()
        await second.start()


async def test_who_is_alone_on_postgresql_goes_on_with_the_feeds_of_who_was_killed(
    serve: Serve, migrated_postgres_url: str, tmp_path: Path
) -> None:
    archive = write_archive(tmp_path / "archive.jsonl", 600)
    with instance_at(migrated_postgres_url, tmp_path, feed_lease_seconds="600") as instance:
        event_id = (await instance.event(SLUG)).id
        feed_id = await instance.add_replay(SLUG, archive, 200)
        server = serve(instance.settings)
        await server.start()
        await eventually(lambda: instance.feed(event_id, feed_id).cursor, what="a replay that runs")
        server.kill()
        await server.start()
        await played_out(instance, event_id)
        with instance.store.reading() as conn:
            assert Expected.of(archive).compare(conn, event_id) == (0, 0)


async def played_out(instance: Instance, event_id: str) -> None:
    """Wait until the one feed of an event is done."""

    def done() -> bool:
        with instance.store.reading() as conn:
            (feed,) = feeds.listed(conn, event_id)
        return feed.state is FeedState.DONE

    await eventually(done, what="the end of the replay")


async def test_a_replay_on_the_command_line_is_heard_by_the_readers_of_a_serve(
    serve: Serve, store_url: str, tmp_path: Path, tell: Tell
) -> None:
    archive = write_archive(tmp_path / "archive.jsonl", 300)
    with instance_at(store_url, tmp_path) as instance:
        event_id = (await instance.event(SLUG)).id
        server = serve(instance.settings)
        await server.start()
        async with FoldingReader(server.base_url, SLUG) as reader:
            await reader.wait_until(lambda: reader.connections == 1)
            ran = await instance.run("replay", archive, "--event", SLUG)
            ended = time.monotonic()
            assert ran.code == 0, ran.said
            await reader.wait_for_seq(instance.head(event_id))
            tell(f"Replay beside serve: heard {time.monotonic() - ended:.2f} s after its end at most")
            await reader.assert_holds_what_a_newcomer_gets()
            again = await instance.run("replay", archive, "--event", SLUG, "--speed", "max")
            assert again.said.strip().startswith("0 posts accepted"), again.said
        with instance.store.reading() as conn:
            assert Expected.of(archive).compare(conn, event_id) == (0, 0)


async def test_a_replay_that_was_killed_is_taken_over_by_the_serve_beside_it(
    serve: Serve, store_url: str, tmp_path: Path
) -> None:
    archive = write_archive(tmp_path / "archive.jsonl", 600)
    with instance_at(store_url, tmp_path, feed_lease_seconds="1") as instance:
        event_id = (await instance.event(SLUG)).id
        server = serve(instance.settings)
        await server.start()
        async with FoldingReader(server.base_url, SLUG) as reader:
            await kill_in_the_middle(instance, event_id, archive)
            await played_out(instance, event_id)
            await reader.wait_for_seq(instance.head(event_id))
            await reader.assert_holds_what_a_newcomer_gets()
        with instance.store.reading() as conn:
            assert Expected.of(archive).compare(conn, event_id) == (0, 0)
        instance.assert_sound(event_id)


async def test_a_replay_that_is_interrupted_stays_stopped_beside_a_serve(
    serve: Serve, sqlite_url: str, tmp_path: Path
) -> None:
    archive = write_archive(tmp_path / "archive.jsonl", 600)
    with instance_at(sqlite_url, tmp_path) as instance:
        event_id = (await instance.event(SLUG)).id
        server = serve(instance.settings)
        await server.start()
        async with replaying(instance, event_id, archive) as process:
            process.send_signal(signal.SIGINT)
            said, _ = await asyncio.to_thread(process.communicate, timeout=PATIENCE)
        assert (process.returncode, "go on with --resume" in said) == (130, True), said
        server.kill()
        await server.start()
        with instance.store.reading() as conn:
            (feed,) = feeds.listed(conn, event_id)
        assert (feed.state, feed.problem) == (FeedState.STOPPED, "Stopped on the command line.")
        ran = await instance.run("replay", archive, "--event", SLUG, "--resume")
        assert ran.code == 0, ran.said
        with instance.store.reading() as conn:
            assert Expected.of(archive).compare(conn, event_id) == (0, 0)


async def test_a_serve_that_starts_leaves_a_running_replay_alone(
    serve: Serve, store_url: str, tmp_path: Path
) -> None:
    archive = write_archive(tmp_path / "archive.jsonl", 600)
    with instance_at(store_url, tmp_path) as instance:
        event_id = (await instance.event(SLUG)).id
        async with replaying(instance, event_id, archive) as process:
            await serve(instance.settings).start()
            said, _ = await asyncio.to_thread(process.communicate, timeout=PATIENCE)
        assert process.returncode == 0, said
        with instance.store.reading() as conn:
            assert Expected.of(archive).compare(conn, event_id) == (0, 0)


async def kill_in_the_middle(instance: Instance, event_id: str, archive: Path) -> None:
    """SIGKILL to a replay on the command line once it has stored a cursor."""
    async with replaying(instance, event_id, archive):
        pass


@asynccontextmanager
async def replaying(
    instance: Instance, event_id: str, archive: Path
) -> AsyncIterator[subprocess.Popen[str]]:
    """A replay on the command line that has stored a cursor; killed at the end, if it still runs."""
    process = instance.process("replay", archive, "--event", SLUG, "--speed", "60")

    def begun() -> bool:
        assert process.poll() is None, process.communicate()
        with instance.store.reading() as conn:
            return any(feed.cursor for feed in feeds.listed(conn, event_id))

    try:
        await eventually(begun, what="a replay that runs")
        yield process
    finally:
        process.kill()
        process.communicate()


async def test_a_replay_that_was_killed_goes_on_with_resume(store_url: str, tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "archive.jsonl", 600)
    with instance_at(store_url, tmp_path, feed_lease_seconds="3") as instance:
        event_id = (await instance.event(SLUG)).id
        await kill_in_the_middle(instance, event_id, archive)
        again = ("replay", archive, "--event", SLUG, "--resume")
        ran = await instance.run(*again)
        while ran.code == 1 and "Another process replays this file now." in ran.said:
            ran = await instance.run(*again)
        assert ran.code == 0, ran.said
        with instance.store.reading() as conn:
            assert Expected.of(archive).compare(conn, event_id) == (0, 0)
            (feed,) = feeds.listed(conn, event_id)
        expected = Expected.of(archive)
        assert feed.accepted == len(expected.cards) + len(expected.reposts)
        instance.assert_sound(event_id)


@dataclass
class Ending:
    """A `serve` in the middle of a replay, with a reader, that is about to be stopped."""

    instance: Instance
    event_id: str
    server: ServeProcess
    reader: FoldingReader
    poster: Poster

    def live(self) -> connect:
        """One more socket."""
        live = f"{self.server.base_url.replace('http', 'ws')}/live/{SLUG}?cursor={self.reader.cursor}"
        return connect(live, proxy=None, max_size=None, close_timeout=1)

    async def stop(self) -> float:
        """SIGTERM in the middle of posts; seconds until the process has ended."""
        done = len(self.poster.acknowledged)
        await eventually(lambda: len(self.poster.acknowledged) > done + 10, what="posts")
        began = time.monotonic()
        code = await asyncio.to_thread(self.server.stop)
        assert code in (0, -signal.SIGTERM), (code, self.server.child.said())
        return time.monotonic() - began

    async def assert_nothing_is_wrong(self) -> None:
        """Start again; AssertionError unless everything goes on where it was."""
        await self.server.start()
        await self.poster.end()
        await self.reader.wait_for_seq(self.instance.head(self.event_id))
        faults = (self.reader.gaps, self.reader.duplicates, self.reader.snapshots)
        assert faults == (0, 0, 1), self.reader.report()
        self.instance.assert_sound(self.event_id)


@pytest.fixture
async def ending(serve_anew: Serve, sqlite_url: str, tmp_path: Path) -> AsyncIterator[Ending]:
    archive = write_archive(tmp_path / "archive.jsonl", 3_000)
    with instance_at(sqlite_url, tmp_path) as instance:
        event_id = (await instance.event(SLUG)).id
        await instance.add_replay(SLUG, archive, 200)
        server = serve_anew(instance.settings)
        await server.start()
        staff = Staff(server.base_url, instance.store)
        reader = FoldingReader(server.base_url, SLUG)
        async with reader, Poster(staff.headers, SLUG, server.base_url) as poster:
            await reader.wait_until(lambda: reader.connections == 1)
            yield Ending(instance, event_id, server, reader, poster)


async def test_sigterm_closes_sockets_in_order_and_ends_soon(ending: Ending, tell: Tell) -> None:
    async with ending.live() as socket:
        await socket.recv()
        ending.poster.begin()
        seconds = await ending.stop()
        while (frame := await last_words(socket)) is not None:
            assert frame
    assert (socket.close_code, seconds < ENDS_SECONDS) == (1012, True)
    await ending.assert_nothing_is_wrong()
    tell(f"SIGTERM: ended after {seconds:.1f} s")


async def last_words(socket: ClientConnection) -> str | bytes | None:
    """The next message of a socket that was closed; None after the last one."""
    try:
        return await socket.recv()
    except ConnectionClosed:
        return None


async def test_sigterm_does_not_wait_for_a_reader_who_does_not_read(ending: Ending, tell: Tell) -> None:
    async with ending.live() as socket:
        await socket.recv()
        socket.transport.pause_reading()
        for number in range(150):
            await ending.poster.post(f"Long post {number}. " + "So many words. " * 300)
        ending.poster.begin()
        seconds = await ending.stop()
        socket.transport.resume_reading()
    assert seconds < ENDS_SECONDS
    await ending.assert_nothing_is_wrong()
    tell(f"SIGTERM with a stuck reader: ended after {seconds:.1f} s")
