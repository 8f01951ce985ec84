"""Many at once: phones that scan the same code, walls that all come back, HTTP while a burst goes out.

A phone is complete when its page, all that the page loads, the snapshot and the first frame of its
websocket are there. Phones, walls and clients are on other cores than the server.
"""

from __future__ import annotations

import asyncio
import gzip
import os
import random
import re
import time
from dataclasses import dataclass

from bench.support.crowd import Crowd, crowd
from bench.support.http import Client
from bench.support.processes import cpu_seconds, pin, shared_out
from bench.support.recorded import run_recorded
from bench.support.results import Report, percentile
from bench.support.site import API, EVENT, Site, site
from bench.support.writer import Writer
from tests.support.staff import Staff
from tests.support.venue import Venue
from wall.store import Store, events

JOIN = f"/join/{EVENT}"
_LOADED = re.compile(r'(?:src|href)="(/[^"]+\.(?:js|css|svg|woff2|json|webmanifest)[^"]*)"')
_IMPORTED = re.compile(rb'(?:from|import)\s*"(\./[\w.-]+\.js)"')
_CURSOR = re.compile(rb'"cursor":"([^"]+)"')
_CONNECTIONS = 6
"""Connections that a browser opens to one server."""
_BEHIND = 100
"""Entries that those who come back have missed."""
_CLIENTS = 4
_PAUSE_SECONDS = 0.005
_POST_SECONDS = 0.5
_WALLS = 20
_NICE = 10


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    phones: int
    within: float
    returning: int
    returns: int
    sockets: int
    bursts: int


FULL = Size(phones=400, within=10, returning=1_000, returns=7, sockets=10_000, bursts=20)
QUICK = Size(phones=100, within=2.5, returning=1_000, returns=2, sockets=1_000, bursts=5)


@dataclass(frozen=True)
class Scanned:
    """What came of the phones."""

    taken: list[float]
    """Seconds until each was complete."""
    lags: list[float]
    """Seconds from each post that was put in meanwhile until the walls had it."""
    files: int
    """How many files each loaded."""
    server_ms: float
    """Processor time of the server for each phone, the posts included, in ms."""
    phones_share: float
    """What the phones used of a core, in percent: the load must not be what is measured."""


async def assets(port: int) -> list[str]:
    """The paths that the join page loads, by itself and by its scripts."""
    client = Client(port)
    found = list(dict.fromkeys(_LOADED.findall((await client.get(JOIN)).body.decode())))
    for path in found:
        if path.partition("?")[0].endswith(".js"):
            imported = _IMPORTED.findall((await client.get(path)).body)
            near = [f"{path.rpartition('/')[0]}/{name.decode()[2:]}" for name in imported]
            found += [one for one in near if one not in found]
    await client.close()
    return found


async def phone(port: int, paths: list[str]) -> float:
    """Seconds until one phone is complete, which was never here before."""
    began = time.perf_counter()
    first = Client(port, packed=True)
    cookie = (await first.get(JOIN)).headers["set-cookie"].partition(";")[0]
    clients = [first, *(Client(port, packed=True, cookie=cookie) for _ in range(_CONNECTIONS - 1))]
    left = list(reversed(paths))

    async def load(client: Client) -> None:
        while left:
            await client.get(left.pop())

    await asyncio.gather(*map(load, clients))
    snapshot = await clients[-1].get(f"{API}/snapshot?face=join")
    packed = snapshot.headers.get("content-encoding") == "gzip"
    found = _CURSOR.search(gzip.decompress(snapshot.body) if packed else snapshot.body)
    assert found is not None, "a snapshot without a cursor"
    await _first_frame(port, f"/live/{EVENT}?face=join&cursor={found[1].decode()}", cookie)
    taken = time.perf_counter() - began
    for client in clients:
        await client.close()
    return taken


async def _first_frame(port: int, path: str, cookie: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        f"Cookie: {cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101"), head[:200]
    hello = await reader.readuntil(b"}")
    assert b'"resumed":true' in hello, hello
    writer.close()


async def phones(served: Site, store: Store, size: Size) -> Scanned:
    """Phones scan the code of an event in which sessions run and posts come."""
    await _furnish(served, store)
    cores, writer = shared_out(), await _writer(store)
    await writer.send(_BEHIND)
    paths = await assets(served.port)
    await phone(served.port, paths)
    async with crowd(served.port, await _wall(served), _WALLS, cores=cores and cores.load) as walls:
        pids, moments = (served.process.child.pid, os.getpid()), _moments(size)
        spent, began = [-cpu_seconds(pid) for pid in pids], time.perf_counter()
        lags: list[float] = []
        posting = asyncio.create_task(_keep_posting(writer, walls, lags))
        taken = await asyncio.gather(*(_scans(served.port, paths, after) for after in moments))
        lasted = time.perf_counter() - began
        server, own = [cpu_seconds(pid) + before for pid, before in zip(pids, spent, strict=True)]
        posting.cancel()
        (ended,) = await asyncio.gather(posting, return_exceptions=True)
        assert isinstance(ended, asyncio.CancelledError), ended
    return Scanned(taken, lags, len(paths), 1000 * server / size.phones, 100 * own / lasted)


async def _furnish(served: Site, store: Store) -> None:
    """Two rooms whose sessions run."""
    venue = Venue(Staff(served.process.base_url, store), EVENT)
    for title in ("What makes a blog worth teaching from?", "When is it scholarship?"):
        await venue.running(title)


def _moments(size: Size) -> list[float]:
    return [random.uniform(0, size.within) for _ in range(size.phones)]


async def _scans(port: int, paths: list[str], after: float) -> float:
    await asyncio.sleep(after)
    return await phone(port, paths)


async def _keep_posting(writer: Writer, walls: Crowd, lags: list[float]) -> None:
    """Put a post in now and then, and note when all walls have it."""
    while True:
        await walls.wait_for(f"seq {writer.seq + 1}")
        began = time.perf_counter()
        await writer.send(1)
        await walls.reached()
        lags.append(time.perf_counter() - began)
        await asyncio.sleep(_POST_SECONDS)


async def _writer(store: Store) -> Writer:
    found = await store.read(lambda conn: events.named(conn, EVENT))
    assert found is not None
    return Writer(store, found.id, found.seq)


async def _wall(served: Site) -> str:
    cursor = (await served.client.get(f"{API}/snapshot?face=wall")).json["cursor"]
    return f"/live/{EVENT}?face=wall&cursor={cursor}"


async def come_back(served: Site, store: Store, size: Size) -> list[float]:
    """Seconds from the first connect of all walls at once until the last is at the head, run by run."""
    cores, writer, taken = shared_out(), await _writer(store), []
    for _ in range(size.returns + 1):
        path = await _wall(served)
        await writer.send(_BEHIND)
        async with crowd(served.port, path, 1) as first:  # it looks, so that the head is there
            await first.wait_for(f"seq {writer.seq}")
            await first.reached()
            began = time.perf_counter()
            async with crowd(
                served.port, path, size.returning, at_once=size.returning, cores=cores and cores.load
            ) as all_of_them:
                await all_of_them.wait_for(f"seq {writer.seq}")
                await all_of_them.reached()
                taken.append(time.perf_counter() - began)
    return taken[1:]


async def answered_meanwhile(served: Site, store: Store, size: Size) -> list[float]:
    """Seconds that each answer over HTTP took while bursts of 100 went to all sockets."""
    cores, writer, pid = shared_out(), await _writer(store), served.process.child.pid
    found: list[float] = []
    async with crowd(served.port, await _wall(served), size.sockets, cores=cores and cores.load) as walls:
        # The clients share a core with the walls; what they wait for is the server, not that core.
        os.setpriority(os.PRIO_PROCESS, walls.pid, _NICE)
        for number in range(size.bursts + 1):
            answers, busy = await _one_burst(served, walls, writer, pid)
            found += [end - begin for begin, end in answers if end > busy] if number else []
    return found


async def _one_burst(
    served: Site, walls: Crowd, writer: Writer, pid: int
) -> tuple[list[tuple[float, float]], float]:
    """When each answer began and ended, and since when the burst was going out."""
    answers: list[tuple[float, float]] = []

    async def ask() -> None:
        client = served.another_client()
        while True:
            begin = time.perf_counter()
            await client.get(API)
            answers.append((begin, time.perf_counter()))
            await asyncio.sleep(_PAUSE_SECONDS)

    asking = [asyncio.create_task(ask()) for _ in range(_CLIENTS)]
    await walls.wait_for(f"seq {writer.seq + 100}")
    await writer.send(100)
    sent, cpu = time.perf_counter(), cpu_seconds(pid)
    await walls.reached()
    # The server finds the burst by its look, within a second, and is busy from then on: it was going
    # out for at least as long as this processor time, of which little was for anything else.
    end = time.perf_counter()
    busy = max(sent, end - (cpu_seconds(pid) - cpu))
    for task in asking:
        task.cancel()
    ended = await asyncio.gather(*asking, return_exceptions=True)
    failures = [one for one in ended if not isinstance(one, asyncio.CancelledError)]
    assert not failures, failures[0]
    return [answer for answer in answers if answer[0] < end], busy


async def measure(report: Report, size: Size) -> dict[str, float]:
    """Everything; what is compared with earlier runs."""
    cores = shared_out()
    async with site() as served:
        if cores:
            pin(served.process.child.pid, cores.servers)
            pin(os.getpid(), cores.load)
        store = Store(served.database_url)
        scanned = await phones(served, store, size)
        returned = await come_back(served, store, size)
        answers = await answered_meanwhile(served, store, size)
        store.close()
    report.latencies(f"{size.phones} phones within {size.within:g} s: complete", scanned.taken)
    report.add(
        "meanwhile: the server, for each phone", scanned.server_ms, "ms", "processor time, posts too"
    )
    report.add("meanwhile: the phones' share of a core", scanned.phones_share, "%")
    report.latencies(f"meanwhile: from the database to {_WALLS} walls", scanned.lags)
    back = report.median(f"{size.returning:,} walls come back at once: all at the head", returned, "s")
    during = f"HTTP while a burst of 100 goes to {size.sockets:,} sockets"
    report.latencies(during, answers)
    p99 = 1000 * percentile(answers, 0.99)
    report.add(f"{during}, p99", p99, "ms", f"n={len(answers)}, {size.bursts} bursts")
    report.detail |= {
        "phones": scanned.taken,
        "lags": scanned.lags,
        "returned": returned,
        "answers": answers,
    }
    report.notes += [
        f"A phone loads the page, {scanned.files} more files over {_CONNECTIONS} connections, the snapshot "
        f"and its websocket's first frame. A post comes every {_POST_SECONDS} s, from outside, so that the "
        f"server finds it by its look, within a second. Those who come back are {_BEHIND} entries behind.",
        "HTTP is the event's own page of the API, asked by an organiser over four connections.",
    ]
    return {
        "phones complete, p95 ms": 1000 * percentile(scanned.taken, 0.95),
        "all walls at the head, s": back,
        "HTTP during a burst, p99 ms": p99,
    }


def main() -> None:
    """Measure herds."""
    run_recorded(__doc__, ("herd", "Many at once"), (FULL, QUICK), measure)


if __name__ == "__main__":
    main()
