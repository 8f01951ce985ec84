"""What Bluesky's whole stream costs: processor time while 100 posts a second pass and 20 of them match.

A fake Jetstream and AppView run in a process of their own; strangers' posts are as long as real ones, a
tenth of the events are deletions. Measured is this process: the feed alone (its items are counted and let
go), and the feed through the one door into a SQLite file.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from bench.support.arguments import parser
from bench.support.databases import opened
from bench.support.results import Report
from tests.feeds.kit_door import door_of
from tests.support.waiting import eventually
from tests.world.bluesky import POST, FakeBluesky, Record, tid_of
from wall.feeds.base import Arrived, open_source
from wall.store import migrate

STRANGERS = 80.0
MATCHES = 20.0
DELETES = 10.0
AUTHORS = 300
SECONDS, RUNS = 30.0, 3
QUICK_SECONDS = 10.0
_TICK = 0.05
_WORDS = "a post of a stranger about lunch, trains, and whatever else people write on a day like this "


class _Paced(FakeBluesky):
    """The network at its own pace."""

    async def run(self, counted: Any) -> None:
        """Post until cancelled; `counted` counts the matches."""
        names = [f"person{number}" for number in range(AUTHORS)]
        began, owed = time.perf_counter(), {"strangers": 0, "matches": 0, "deletes": 0}
        rates = {"strangers": STRANGERS, "matches": MATCHES, "deletes": DELETES}
        while True:
            await asyncio.sleep(_TICK)
            for kind, rate in rates.items():
                while self.streams and owed[kind] < rate * (time.perf_counter() - began):
                    owed[kind] += 1
                    await self._one(kind, names)
                    counted.value += kind == "matches"

    async def _one(self, kind: str, names: list[str]) -> None:
        if kind == "matches":
            await self.publish(f"Point {random.random()} of the summit", by=random.choice(names))
            return
        did, rkey = f"did:plc:{random.getrandbits(96):024x}", tid_of(self._now())
        said = {"$type": POST, "createdAt": "2026-05-25T14:23:28.757Z", "text": _WORDS * 2, "langs": ["en"]}
        feature = {"$type": "app.bsky.richtext.facet#tag", "tag": "lunch"}
        said["facets"] = [{"index": {"byteStart": 0, "byteEnd": 6}, "features": [feature]}]
        stranger = Record("", did, rkey, said, f"bafyrei{rkey}")
        await self._send(self._now(), self._commit(stranger, "delete" if kind == "deletes" else "create"))


def _serve(pipe: Connection, counted: Any) -> None:
    async def run() -> None:
        async with _Paced(noise=0) as world:
            pipe.send(world.host)
            await world.run(counted)

    asyncio.run(run())


@dataclass(frozen=True)
class _Driver:
    """What `Door.fed_by` runs."""

    config: dict[str, Any]
    network: str = "bluesky"
    network_of_posts: str = "bluesky"
    ends: bool = False


@contextmanager
def _network() -> Any:
    """A network in another process: a feed's configuration, and how many matches it posted."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    counted = context.Value("q", 0)
    process = context.Process(target=_serve, args=(theirs, counted), daemon=True)
    process.start()
    host = f"http://{ours.recv()}"
    try:
        yield {"hashtags": ["smsummit"], "hosts": [host], "appviews": [host]}, counted
    finally:
        process.terminate()
        process.join()


@asynccontextmanager
async def _alone(config: dict[str, Any]) -> AsyncIterator[Any]:
    """The feed without anything behind it: a function that says how many posts came."""
    source, came = open_source("bluesky", config), [0]

    async def read() -> None:
        async for item in source.stream(None):
            came[0] += isinstance(item, Arrived)

    task = asyncio.create_task(read())
    try:
        yield lambda: came[0]
    finally:
        await source.aclose()
        await task


@asynccontextmanager
async def _through_the_door(config: dict[str, Any]) -> AsyncIterator[Any]:
    """The feed into a SQLite file, as `serve` runs it."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        opened(f"sqlite:///{folder}/b.db") as store,
    ):
        migrate(store)
        async with door_of(store) as door, door.fed_by(_Driver(config)):
            yield lambda: door.now().accepted if door.feed else 0


async def _share(reading: Any, seconds: float) -> tuple[float, float, float]:
    """Percent of a core, matches a second, and matches posted that did not come, over so many seconds."""
    with _network() as (config, counted):
        async with reading(config) as came:
            await eventually(came)
            await asyncio.sleep(1)
            cpu, began, before = time.process_time(), time.perf_counter(), counted.value
            await asyncio.sleep(seconds)
            used, took = time.process_time() - cpu, time.perf_counter() - began
            posted = counted.value
            await eventually(lambda: came() >= posted)
            return 100 * used / took, (posted - before) / took, max(0, posted - came())


def main() -> None:
    """Measure the stream."""
    arguments = parser(__doc__).parse_args()
    report = Report("jetstream", "Bluesky: the whole network's stream", arguments.quick)
    seconds, runs = (QUICK_SECONDS, 1) if arguments.quick else (SECONDS, RUNS)
    for what, reading in (("the feed alone", _alone), ("through the door", _through_the_door)):
        found = [asyncio.run(_share(reading, seconds)) for _ in range(runs)]
        report.median(f"{what}: processor", [one[0] for one in found], "% of a core")
        report.median(f"{what}: matches", [one[1] for one in found], "posts/s")
        report.add(f"{what}: matches that did not come", sum(one[2] for one in found), "")
    report.notes.append(
        f"{STRANGERS + MATCHES:.0f} posts and {DELETES:.0f} deletions a second, {AUTHORS} authors who "
        f"match, {seconds:.0f} s a run."
    )
    report.finish()


if __name__ == "__main__":
    main()
