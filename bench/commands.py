"""Commands per second: eight at once, each hiding and approving posts of its own, with a cause.

First straight at the journal, then the same over HTTP to a `serve` process by eight clients that keep
their connections. Beside them: how often a second the database can commit one small row.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import text

from bench.support.arguments import parser
from bench.support.databases import KINDS, Databases, databases, opened
from bench.support.http import Client
from bench.support.results import Report
from bench.support.site import API, Site, site
from tests.support.summit import open_rules
from wall.bus import InProcessBus
from wall.feeds.base import Arrived
from wall.intake import Intake
from wall.intake.moves import approve, hide
from wall.journal import Journal
from wall.model import Author, Mode, Post, Reason, utc_now
from wall.store import Store

AT_ONCE = 8
RUNS = 5
COMMANDS = 200
"""Commands of each task in one run."""
WARM_UP = 20

Move = Callable[[bool, int], Awaitable[None]]
"""Hide (True) or approve the post that was last seen as this version."""


@dataclass(frozen=True)
class Run:
    """One run: commands per second over all tasks, and the seconds that each command took."""

    rate: float
    latencies: list[float]


async def timed(moves: Sequence[Move], version: int, commands: int) -> Run:
    """Let every task do its commands, all at once. `version` is that of their posts."""
    latencies: list[float] = []

    async def work(move: Move) -> None:
        for number in range(commands):
            began = time.perf_counter()
            await move(number % 2 == 0, version + number)
            latencies.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*map(work, moves))
    return Run(len(latencies) / (time.perf_counter() - began), latencies)


async def repeated(moves: Sequence[Move], runs: int) -> list[Run]:
    """A warm-up that does not count, then runs of the same posts."""
    await timed(moves, 1, WARM_UP)
    return [await timed(moves, 1 + WARM_UP + number * COMMANDS, COMMANDS) for number in range(runs)]


async def at_the_journal(store: Store, runs: int) -> list[Run]:
    """Commands straight at `Journal.command`."""
    journal = Journal(store, InProcessBus())
    intake = Intake(journal, b"a secret of the measurements")
    event = await journal.create(slug="bench", name="Measured", actor="system", mode=Mode.AUTO)
    await journal.store.write(lambda conn: open_rules(conn, event.id))
    posts = [Arrived(_post(number)) for number in range(AT_ONCE)]
    ids = (await intake.submit(event.id, posts, "system")).ids
    await intake.close()
    return await repeated([_at_journal(journal, event.id, post) for post in ids], runs)


def _at_journal(journal: Journal, event_id: str, post: str) -> Move:
    reason = Reason(code="off_topic")

    async def move(hiding: bool, version: int) -> None:
        body = json.dumps({"version": version}).encode()
        await journal.command(
            event_id,
            f"person:{post}",
            lambda tx: hide(tx, post, version, reason) if hiding else approve(tx, post, version),
            cause=str(uuid.uuid4()),
            body=body,
        )

    return move


def _post(number: int) -> Post:
    author = Author(key=f"author-{number}", handle="ada", name="Ada")
    words = "What would you try first? " * 6
    return Post(network="x", key=f"{number}", author=author, text=words, created_at=utc_now())


async def over_http(served: Site, runs: int) -> list[Run]:
    """The same as requests of eight clients."""
    clients = [served.another_client() for _ in range(AT_ONCE)]
    words = "What would you try first? " * 6
    added = [await client.post(f"{API}/posts", {"text": words}) for client in clients]
    pairs = zip(clients, added, strict=True)
    done = await repeated([_by_request(client, answer.json["post"]) for client, answer in pairs], runs)
    for client in clients:
        await client.close()
    return done


def _by_request(client: Client, post: str) -> Move:
    async def move(hiding: bool, version: int) -> None:
        verb, more = ("hide", {"reason": "off_topic"}) if hiding else ("approve", {})
        path = f"{API}/posts/{post}/{verb}"
        await client.post(path, {"version": version, **more}, Idempotency_Key=str(uuid.uuid4()))

    return move


def commits_per_second(store: Store, seconds: float) -> float:
    """What the database can do at most: one row, one commit, one connection, nothing else."""
    with store.writing() as conn:
        conn.execute(text("CREATE TABLE bare (id INTEGER PRIMARY KEY, words TEXT)"))
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        done += 1
        with store.writing() as conn:
            conn.exec_driver_sql(f"INSERT INTO bare VALUES ({done}, 'one small row')")
    return done / (time.perf_counter() - began)


async def measure(report: Report, where: Databases, kind: str, runs: int) -> None:
    """Everything on one kind of database."""
    with where.migrated(kind) as url, opened(url) as store:
        bare = [commits_per_second(store, 0.5)]
        _add(report, f"{kind}, journal", await at_the_journal(store, runs))
        bare.append(await asyncio.to_thread(lambda: _again(store)))
    with where.migrated(kind) as url:
        async with site(url) as served:
            _add(report, f"{kind}, HTTP", await over_http(served, runs))
    report.median(f"{kind}, a bare commit of one row, one connection", bare, "commits/s")


def _again(store: Store) -> float:
    with store.writing() as conn:
        conn.execute(text("DROP TABLE bare"))
    return commits_per_second(store, 0.5)


def _add(report: Report, what: str, runs: Sequence[Run]) -> None:
    report.median(f"{what}: commands", [run.rate for run in runs], "commands/s")
    together = [latency for run in runs for latency in run.latencies]
    report.latencies(f"{what}: answer", together)
    report.detail[what] = [run.rate for run in runs]


def main() -> None:
    """Measure commands on both kinds of database."""
    arguments = parser(__doc__).parse_args()
    report = Report("commands", f"Commands: {AT_ONCE} at once, hide and approve", arguments.quick)
    with databases() as where:
        for kind in KINDS:
            asyncio.run(measure(report, where, kind, 1 if arguments.quick else RUNS))
    report.notes += [
        f"Each run is {AT_ONCE} x {COMMANDS} commands, after {AT_ONCE} x {WARM_UP} of warm-up, all in one "
        "event, whose row lock orders them. A command is a transaction and a commit of its own.",
        "The HTTP clients share the machine with the server: one process, raw sockets, no library.",
    ]
    report.finish()


if __name__ == "__main__":
    main()
