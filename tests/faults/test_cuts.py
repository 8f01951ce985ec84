"""Connections cut at random, also in the middle of frames: readers miss nothing and repeat nothing."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import Tell
from tests.support.fault_proxy import FaultProxy
from tests.support.instance import instance_at
from tests.support.poster import Poster
from tests.support.processes import ServeProcess
from tests.support.reader import FoldingReader
from tests.support.staff import Staff
from tests.support.waiting import eventually
from wall.access import COOKIE

Serve = Callable[..., ServeProcess]
SLUG = "summit"
WALLS = 20
MEAN_BYTES = 12_000
"""Toward a reader, between two cuts: some twenty posts."""


@dataclass
class Witness:
    """A reader, and how often it was given each post."""

    reader: FoldingReader = field(init=False)
    given: Counter[str] = field(default_factory=Counter)

    def saw(self, frame: dict[str, Any]) -> None:
        """Count the posts of a frame."""
        self.given.update(change["id"] for change in frame["changes"] if change["type"] == "post")


async def cut(serve: Serve, url: str, directory: Path, cuts: int, rng: random.Random) -> str:
    """Cut connections so often while posts flow, check every reader, and say the numbers."""
    with instance_at(url, directory) as instance:
        event_id = (await instance.event(SLUG)).id
        server = serve(instance.settings)
        await server.start()
        staff = Staff(server.base_url, instance.store)
        async with AsyncExitStack() as stack:
            proxy = await stack.enter_async_context(FaultProxy(("127.0.0.1", server.port)))
            witnesses = await _witnesses(stack, proxy, staff)
            poster = await stack.enter_async_context(Poster(staff.headers, SLUG, server.base_url))
            poster.begin()
            await _cut_until(proxy, cuts, rng)
            proxy.calm()
            await poster.end()
            for witness in witnesses:
                await _check(witness, poster, instance.head(event_id))
        instance.assert_sound(event_id)
        return _numbers(proxy, poster, [witness.reader for witness in witnesses])


async def _witnesses(stack: AsyncExitStack, proxy: FaultProxy, staff: Staff) -> list[Witness]:
    """Walls and a desk behind the proxy, each with its first snapshot."""
    here = f"http://127.0.0.1:{proxy.port}"
    faces = [("wall", {}) for _ in range(WALLS)] + [("desk", {COOKIE: staff.token})]
    witnesses = []
    for face, cookies in faces:
        witness = Witness()
        witness.reader = FoldingReader(here, SLUG, face, cookies, on_frame=witness.saw)
        await stack.enter_async_context(witness.reader)
        witnesses.append(witness)
    for witness in witnesses:
        await eventually(lambda reader=witness.reader: reader.connections, what="a connection")
    return witnesses


async def _cut_until(proxy: FaultProxy, cuts: int, rng: random.Random) -> None:
    """Single connections after random numbers of bytes, and all of them at random moments."""
    proxy.random_cuts(rng, MEAN_BYTES)
    while proxy.cuts < cuts:
        await asyncio.sleep(rng.uniform(0.1, 0.6))
        proxy.cut(rng.choice(("reset", "fin")))


async def _check(witness: Witness, poster: Poster, head: int) -> None:
    reader = witness.reader
    await reader.wait_for_seq(head)
    await reader.assert_holds_what_a_newcomer_gets()
    assert (reader.gaps, reader.duplicates) == (0, 0), reader.report()
    if reader.snapshots == 1:
        posted = {answer["post"] for answer in poster.acknowledged.values()}
        assert witness.given == Counter(posted)


def _numbers(proxy: FaultProxy, poster: Poster, readers: list[FoldingReader]) -> str:
    return (
        f"{proxy.cuts} cuts of {len(readers)} readers' connections while {len(poster.acknowledged)} posts "
        f"arrived: {sum(reader.gaps for reader in readers)} gaps, "
        f"{sum(reader.duplicates for reader in readers)} duplicates, "
        f"{sum(reader.resumes for reader in readers)} resumes, "
        f"{sum(reader.snapshots for reader in readers)} snapshots"
    )


async def test_cut_connections_miss_nothing_and_repeat_nothing(
    serve: Serve, sqlite_url: str, tmp_path: Path, rng: random.Random, tell: Tell
) -> None:
    tell(await cut(serve, sqlite_url, tmp_path, 300, rng))


@pytest.mark.faults
async def test_ten_thousand_cuts_miss_nothing_and_repeat_nothing(
    serve: Serve, store_url: str, tmp_path: Path, rng: random.Random, tell: Tell
) -> None:
    tell(await cut(serve, store_url, tmp_path, 10_000, rng))
