"""A hall of phones: 400 open the join page within 10 s while 300 points are sent within 30 s.

A phone is complete when its page, all that the page loads, the snapshot and the first frame of its
websocket are there. Each point is sent by a phone of its own that was never here before, every tenth of
them twice at once as an impatient thumb does. Phones are on other cores than the server.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from dataclasses import dataclass

from bench.herd import JOIN, assets, phone
from bench.support.arguments import parser
from bench.support.databases import opened
from bench.support.http import Client
from bench.support.processes import allow_open_files, cpu_seconds, pin, shared_out
from bench.support.results import Report, percentile
from bench.support.site import API, EVENT, Site, site
from tests.support.staff import Staff
from tests.support.venue import Venue
from wall.model import new_id
from wall.store import events, posts

_TWICE = 10
"""One in so many points is sent twice at once."""


@dataclass(frozen=True)
class Size:
    """How much is measured: phones within seconds, points within seconds."""

    phones: int
    phones_within: float
    points: int
    points_within: float


FULL = Size(phones=400, phones_within=10, points=300, points_within=30)
QUICK = Size(phones=100, phones_within=2.5, points=75, points_within=7.5)


@dataclass(frozen=True)
class Outcome:
    """What came of it: seconds until phones were complete and points acknowledged, and points by number."""

    opened: list[float]
    sent: list[float]
    acknowledged: int
    stored: int
    distinct: int
    server: float
    """Processor seconds of the server."""


async def send(port: int, number: int, after: float) -> tuple[float, set[str]]:
    """Send one point from a new phone: the seconds until it was acknowledged, and the ids it was given."""
    await asyncio.sleep(after)
    first = Client(port)
    cookie = (await first.get(JOIN)).headers["set-cookie"].partition(";")[0]
    await first.close()
    clients = [Client(port, cookie=cookie) for _ in range(2 if number % _TWICE == 0 else 1)]
    key = {"Idempotency_Key": new_id(), "Origin": f"http://127.0.0.1:{port}"}
    began = time.perf_counter()
    said = {"text": f"Point number {number} of this measurement", "role": "student", "country": "CA"}
    answers = await asyncio.gather(*(client.post(f"{API}/points", said, **key) for client in clients))
    taken = time.perf_counter() - began
    for client in clients:
        await client.close()
    return taken, {str(answer.json["post"]) for answer in answers}


async def run(served: Site, size: Size) -> Outcome:
    """Both at once, in an event with two rooms whose sessions run."""
    with opened(served.database_url) as store:
        venue = Venue(Staff(served.process.base_url, store), EVENT)
        for title in ("What makes a blog worth teaching from?", "When is it scholarship?"):
            await venue.running(title)
    paths = await assets(served.port)
    await phone(served.port, paths)
    pid = served.process.child.pid
    spent = cpu_seconds(pid)

    async def scan(after: float) -> float:
        await asyncio.sleep(after)
        return await phone(served.port, paths)

    scans = [scan(random.uniform(0, size.phones_within)) for _ in range(size.phones)]
    sends = [
        send(served.port, number, random.uniform(0, size.points_within)) for number in range(size.points)
    ]
    opening = asyncio.gather(*scans)
    sending = asyncio.gather(*sends)
    opened_in, sent = await opening, await sending
    given = [ids for _, ids in sent]
    with opened(served.database_url) as store, store.reading() as conn:
        event = events.named(conn, EVENT)
        assert event is not None
        stored = {one.id for one in posts.shown_window(conn, event.id, size.points * 2)}
    return Outcome(
        opened=opened_in,
        sent=[taken for taken, _ in sent],
        acknowledged=sum(len(ids) == 1 and ids <= stored for ids in given),
        stored=len(stored),
        distinct=len(set[str]().union(*given)),
        server=cpu_seconds(pid) - spent,
    )


async def measure(report: Report, size: Size) -> bool:
    """Everything; whether each point was acknowledged once and is there once."""
    cores = shared_out()
    async with site() as served:
        if cores:
            pin(served.process.child.pid, cores.servers)
            pin(os.getpid(), cores.load)
        found = await run(served, size)
    report.latencies(f"{size.phones} phones within {size.phones_within:g} s: complete", found.opened)
    report.latencies(
        f"{size.points} points within {size.points_within:g} s: acknowledged, on disk", found.sent
    )
    report.add("points that took longer than a second", sum(one > 1 for one in found.sent), "")
    report.add("points lost", size.points - found.acknowledged, "")
    report.add("points doubled", max(found.stored, found.distinct) - size.points, "")
    report.add("the server meanwhile", found.server, "s", "processor time")
    report.notes += [
        f"Every {_TWICE}th point was sent twice at once with one Idempotency-Key. All came from one "
        "address, as a venue's phones do, with the settings as they come.",
        f"Phones complete: p95 {1000 * percentile(found.opened, 0.95):.0f} ms. Points were sent meanwhile.",
    ]
    report.detail |= {"phones": found.opened, "points": found.sent}
    return found.acknowledged == size.points == found.stored == found.distinct


def main() -> int:
    """Measure a hall of phones; 1 where a point was lost or doubled."""
    given = parser(__doc__).parse_args()
    size = QUICK if given.quick else FULL
    allow_open_files(size.phones * 8 + 500)
    report = Report("points", "A hall of phones", given.quick)
    whole = asyncio.run(measure(report, size))
    report.finish()
    return 0 if whole else 1


if __name__ == "__main__":
    raise SystemExit(main())
