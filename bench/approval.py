"""From a moderator's approval to every open wall: ten websockets, and two walls in Chromium.

A real `serve` on which posts wait for a person. They are approved one at a time over HTTP. The clock
starts before the request is written; it stops when the last websocket has the card, and when both
walls painted a frame in which it can be read. The wall lets a card in every 0.7 s at most, so
approvals are 1.2 to 1.6 s apart and none waits for the one before it.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from playwright.async_api import Page

from bench.support.arguments import parser
from bench.support.databases import opened
from bench.support.results import Report
from bench.support.site import API, EVENT, Site, site
from bench.support.sockets import SOCKETS, Sockets, open_sockets
from bench.support.wall_page import SCREEN, chromium, watch, when_seen
from tests.support.summit import OPEN_RULES, post
from wall.feeds.base import Arrived
from wall.intake import Graves, admit
from wall.intake.policy import save_rules
from wall.journal import Tx, run_command
from wall.model import Mode, utc_now
from wall.store import Store, events

APPROVALS = 100
QUICK_APPROVALS = 15
WARM_UP = 3
PAGES = 2
STANDING = 20
"""Posts that were approved before, so that the walls are full."""
SHORTEST_GAP, LONGEST_GAP = 1.2, 1.6


@dataclass(frozen=True)
class Approval:
    """Seconds from the start of the request; of the last socket, and of the later wall."""

    answered: float
    told: float
    drawn: float
    readable: float


@dataclass(frozen=True)
class Hall:
    """A server and everybody who looks."""

    served: Site
    sockets: Sockets
    pages: list[Page]

    async def approve(self, waiting: dict[str, Any]) -> Approval:
        """Approve one post that waits."""
        post_id, text = waiting["id"], waiting["text"]
        seeing = [asyncio.create_task(when_seen(page, text)) for page in self.pages]
        began = time.time()
        await self.served.client.post(f"{API}/posts/{post_id}/approve", {"version": waiting["version"]})
        answered = time.time()
        told = await self.sockets.all_told(self.sockets.puts, post_id)
        seen = [await one for one in seeing]
        assert all(one.in_view for one in seen), f"the card of {text!r} is outside of a screen"
        latest = max(one.drawn for one in seen), max(one.half for one in seen)
        return Approval(answered - began, told - began, latest[0] - began, latest[1] - began)


def hold(served: Site, count: int) -> None:
    """Let posts arrive that wait for a person."""
    one_by_one = OPEN_RULES.model_copy(update={"mode": Mode.PRE})
    graves = Graves(b"a secret of the measurements")
    with opened(served.database_url) as store:
        _command(store, lambda tx: save_rules(tx, one_by_one, 2))
        for number in range(count):
            text = f"Point {number}: what would you change first, and who has to be in the room for it?"
            arrived = [Arrived(post(str(number), text, created_at=utc_now()))]
            _command(store, partial(admit, items=arrived, graves=graves))


def _command(store: Store, run: Callable[[Tx], object]) -> None:
    with store.writing() as conn:
        event = events.named(conn, EVENT)
        assert event is not None
        run_command(conn, event.id, "feed:bench", run, None, b"", utc_now())


async def held(served: Site) -> list[dict[str, Any]]:
    """The posts that wait, oldest first: at most 200."""
    page = (await served.client.get(f"{API}/posts?face=desk&limit=200")).json
    return sorted(page["posts"], key=lambda one: int(one["order"]))


@asynccontextmanager
async def hall(count: int) -> AsyncIterator[tuple[Hall, list[dict[str, Any]]]]:
    """Everything running, the walls full, and the posts that still wait."""
    async with site() as served, chromium() as browser, AsyncExitStack() as stack:
        await asyncio.to_thread(hold, served, STANDING + count)
        waiting = await held(served)
        for one in waiting[:STANDING]:
            await served.client.post(f"{API}/posts/{one['id']}/approve", {"version": one["version"]})
        pages = [await browser.new_page(viewport=SCREEN) for _ in range(PAGES)]
        for page in pages:
            await page.goto(f"{served.process.base_url}/wall/{EVENT}")
            await page.wait_for_selector(".card .said")
            await watch(page)
        sockets = await stack.enter_async_context(open_sockets(served))
        yield Hall(served, sockets, pages), waiting[STANDING:]


async def measure(approvals: int) -> list[Approval]:
    """Approve one after the other."""
    chance, done = random.Random(2026), []
    async with hall(WARM_UP + approvals) as (here, waiting):
        for one in waiting:
            await asyncio.sleep(chance.uniform(SHORTEST_GAP, LONGEST_GAP))
            done.append(await here.approve(one))
    return done[WARM_UP:]


def main() -> None:
    """Measure how long an approval takes to every wall."""
    arguments = parser(__doc__).parse_args()
    done = asyncio.run(measure(QUICK_APPROVALS if arguments.quick else APPROVALS))
    report = Report("approval", "From approved to every open wall", arguments.quick)
    for what, name in (
        ("answered: the approval is on disk", "answered"),
        (f"told to the last of {SOCKETS} sockets", "told"),
        (f"drawn on the later of {PAGES} walls", "drawn"),
        (f"half opaque on the later of {PAGES} walls: it can be read", "readable"),
    ):
        report.latencies(what, [getattr(one, name) for one in done])
    report.detail["approvals"] = [vars(one) for one in done]
    report.notes += [
        f"{len(done)} approvals after {WARM_UP} of warm-up, {SHORTEST_GAP} to {LONGEST_GAP} s apart, "
        f"{STANDING} posts standing; the walls' pace of a card every 0.7 s is not what is measured.",
        "Moments in a page are to the millisecond and up to one frame (17 ms) late, never early.",
    ]
    report.finish()


if __name__ == "__main__":
    main()
