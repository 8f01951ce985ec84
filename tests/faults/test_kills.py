"""SIGKILL to `serve` in the middle of a replay: what was acknowledged is there, once, for everybody."""

from __future__ import annotations

import asyncio
import random
import statistics
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import select

from tests.conftest import BACKENDS
from tests.faults.conftest import Tell
from tests.support.archives import Expected, write_archive
from tests.support.instance import Instance, instance_at
from tests.support.poster import Poster
from tests.support.processes import ServeProcess
from tests.support.reader import FoldingReader
from tests.support.staff import Staff
from tests.support.waiting import PATIENCE, eventually
from wall.access import COOKIE
from wall.model import FeedState
from wall.store.tables import post

Serve = Callable[..., ServeProcess]
SLUG = "summit"
TAKEOVER_SECONDS = 2.0


@pytest.fixture(params=BACKENDS)
def killable(request: pytest.FixtureRequest, tmp_path: Path, serve: Serve) -> Iterator[Killable]:
    """On SQLite one `serve`, on PostgreSQL two that share a Valkey and take feeds over."""
    if request.param == "sqlite":
        opened = instance_at(request.getfixturevalue("sqlite_url"), tmp_path)
        servers = 1
    else:
        url, valkey = (request.getfixturevalue(name) for name in ("migrated_postgres_url", "valkey"))
        takeover = str(TAKEOVER_SECONDS)
        opened = instance_at(url, tmp_path, redis_url=valkey.url, feed_lease_seconds=takeover)
        servers = 2
    with opened as instance:
        yield Killable(instance, [serve(instance.settings) for _ in range(servers)])


@dataclass
class Killable:
    """An instance with a replay in the middle of which its processes are killed."""

    instance: Instance
    servers: list[ServeProcess]
    event_id: str = ""
    feed_id: str = ""
    restarts: list[float] = field(default_factory=list)
    """Seconds from each start until it was ready."""

    async def begin(self, archive: Path, speed: float) -> Staff:
        """Make the event and its feed, and start every process."""
        self.event_id = (await self.instance.event(SLUG)).id
        self.feed_id = await self.instance.add_replay(SLUG, archive, speed)
        await asyncio.gather(*(server.start() for server in self.servers))
        return Staff(self.servers[0].base_url, self.instance.store)

    async def kill_at(self, line: int, rng: random.Random) -> None:
        """Once this line was played, and a moment later, kill who plays and start it again."""
        await eventually(lambda: self.played() >= line, what=f"line {line}")
        await asyncio.sleep(rng.uniform(0, 0.05))
        playing = self.instance.feed_process(self.feed_id)
        server = next((one for one in self.servers if one.child.pid == playing), self.servers[0])
        server.kill()
        await server.start()
        self.restarts.append(server.started_in)

    def played(self) -> int:
        """Lines of the archive that are covered by the feed's cursor."""
        return int(self.instance.feed(self.event_id, self.feed_id).cursor or 0)

    async def played_out(self) -> None:
        """Wait for the end of the archive."""
        await eventually(self._is_done, what="the end of the replay")

    def _is_done(self) -> bool:
        feed = self.instance.feed(self.event_id, self.feed_id)
        assert feed.state is not FeedState.STOPPED, feed.problem
        return feed.state is FeedState.DONE

    @asynccontextmanager
    async def readers(self, cookies: dict[str, str]) -> AsyncIterator[list[FoldingReader]]:
        """Two walls and a desk, spread over the processes."""
        first, last = self.servers[0].base_url, self.servers[-1].base_url
        async with AsyncExitStack() as stack:
            faces = [
                FoldingReader(first, SLUG),
                FoldingReader(last, SLUG),
                FoldingReader(first, SLUG, "desk", cookies),
            ]
            yield [await stack.enter_async_context(face) for face in faces]


async def survive(killable: Killable, archive: Path, kills: int, speed: float, rng: random.Random) -> str:
    """Kill so often in the middle of an archive, check everything, and say the numbers."""
    expected, staff = Expected.of(archive), await killable.begin(archive, speed)
    urls = [server.base_url for server in killable.servers]
    async with (
        Poster(staff.headers, SLUG, *urls) as poster,
        killable.readers({COOKIE: staff.token}) as readers,
    ):
        poster.begin()
        for number in range(kills):
            await killable.kill_at(expected.lines * (number + 1) // (kills + 1), rng)
        await killable.played_out()
        await poster.end()
        for reader in readers:
            await reader.wait_for_seq(killable.instance.head(killable.event_id))
            await reader.assert_holds_what_a_newcomer_gets()
            assert (reader.gaps, reader.duplicates) == (0, 0), reader.report()
        lost, doubled = await _posts_at_the_end(killable, poster, staff)
    with killable.instance.store.reading() as conn:
        missing, twice = expected.compare(conn, killable.event_id, others=len(poster.acknowledged))
    killable.instance.assert_sound(killable.event_id)
    assert (lost, doubled, missing, twice) == (0, 0, 0, 0)
    return _numbers(killable, expected, poster, readers)


async def _posts_at_the_end(killable: Killable, poster: Poster, staff: Staff) -> tuple[int, int]:
    """(lost, doubled) acknowledged posts, by the API and in the database."""
    acknowledged = sorted((answer["post"], text) for text, answer in poster.acknowledged.items())
    paged = await _all_pages(staff, killable.servers[-1].base_url)
    said = sorted(found for found in paged if found[1].startswith("Acknowledged"))
    with killable.instance.store.reading() as conn:
        web = select(post.c.id).where(post.c.event_id == killable.event_id, post.c.network == "web")
        stored = sorted(conn.execute(web).scalars())
    assert stored == [post_id for post_id, _ in said]
    assert len({post_id for post_id, _ in paged}) == len(paged)
    return len(set(acknowledged) - set(said)), len(said) - len(set(acknowledged))


async def _all_pages(staff: Staff, base_url: str) -> list[tuple[str, str]]:
    """(id, text) of every post that the desk can page through."""
    path, found = f"/api/v1/events/{SLUG}/posts", list[tuple[str, str]]()
    async with httpx2.AsyncClient(
        base_url=base_url, headers=staff.headers, trust_env=False, timeout=PATIENCE
    ) as client:
        before = None
        while True:
            asked = {"face": "desk", "limit": 200} | ({"before": before} if before else {})
            page = (await client.get(path, params=asked)).raise_for_status().json()
            found += [(value["id"], value["text"]) for value in page["posts"]]
            if (before := page["next"]) is None:
                return found


def _numbers(killable: Killable, expected: Expected, poster: Poster, readers: list[FoldingReader]) -> str:
    kind = "SQLite" if killable.instance.store.is_sqlite else "PostgreSQL"
    restarts = killable.restarts
    return (
        f"{kind}: {len(restarts)} kills, {expected.lines} lines replayed, "
        f"{len(poster.acknowledged)} posts acknowledged, 0 lost, 0 doubled, "
        f"{poster.refusals.total()} tries again; restarts {statistics.median(restarts):.1f} s (median), "
        f"{max(restarts):.1f} s at most; {sum(reader.connections for reader in readers)} connections of "
        f"{len(readers)} readers, {sum(reader.snapshots for reader in readers)} snapshots"
    )


async def test_what_was_acknowledged_survives_kills_once(
    killable: Killable, tmp_path: Path, rng: random.Random, tell: Tell
) -> None:
    archive = write_archive(tmp_path / "archive.jsonl", 1_200)
    tell(await survive(killable, archive, kills=4, speed=400, rng=rng))


@pytest.mark.faults
async def test_fifty_kills_in_a_real_conference_lose_nothing(
    killable: Killable, shared_data: Path, rng: random.Random, tell: Tell
) -> None:
    archive = shared_data / "conference-2019.jsonl"
    tell(await survive(killable, archive, kills=50, speed=10_000, rng=rng))
