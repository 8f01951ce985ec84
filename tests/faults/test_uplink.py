"""A venue whose line to the world is cut, in network namespaces, with real browsers on both sides.

What is on the server's side goes on; what is on the other side says that it is cut off, keeps what is done
there, and sends it in the right order. Whichever side the server is on, both recipes are made of these two.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.working import SCREEN, Summit, press, row
from tests.support.browser import Watched, chromium_or_skip, running_browser, watched_context
from tests.support.hall import SECRET, Hall
from tests.support.uplink import Uplink, VenueServer, Way, brought_in, uplink, venue_server, why_not
from tests.support.waiting import eventually
from tests.world.mastodon import TOKEN, FakeMastodon
from wall.access import COOKIE
from wall.store import Store

pytestmark = pytest.mark.faults

WAYS: tuple[Way, ...] = ("silent", "down")
FOUR_MINUTES_MS = 240_000
WITHIN = 120.0
"""Seconds. A line that is only silent is given up after 35 s, and tried again at most every 15 s."""
OFFLINE = ["ERR_", "WebSocket", "Failed to load resource", "Failed to fetch", "network"]
# Four minutes pass at the desk, also over a reload.
_CLOCK = """
const real = Date.now.bind(Date);
Date.now = () => real() + Number(localStorage.getItem("test.ahead") ?? 0);
"""


@dataclass
class Venue:
    """An event on a server inside a venue, a browser inside, and one outside."""

    line: Uplink
    server: VenueServer
    summit: Summit
    inside: Watched
    outside: Watched

    async def open(self, face: str, where: str) -> Page:
        """A face of the event, inside or outside."""
        watched = self.inside if where == "inside" else self.outside
        base = self.server.inside_url if where == "inside" else self.server.base_url
        cookie = {"name": COOKIE, "value": self.summit.hall.staff.token, "url": base}
        if face == "desk":
            await watched.context.add_cookies([cookie])  # type: ignore[list-item]
        return await watched.page(f"{base}/{face}/{self.summit.hall.slug}")


@asynccontextmanager
async def venue_at(line: Uplink, url: str, folder: Path) -> AsyncIterator[Venue]:
    """Everything running, with the line whole."""
    settings = {
        "BACKCHANNEL_DATABASE_URL": url,
        "BACKCHANNEL_DATA_DIR": str(folder),
        "BACKCHANNEL_SECRET_KEY": SECRET,
        "BACKCHANNEL_PLAIN_HOSTS": "true",
    }
    server = venue_server(line, folder, settings)
    async with AsyncExitStack() as stack:
        store = Store(url)
        stack.callback(store.close)
        stack.callback(server.stop)
        await server.start()
        summit = await Summit.prepared(Hall(server, store))
        within = line.executable(chromium_or_skip(), folder)
        # A service worker needs TLS or this flag; on the server's own machine it needs neither.
        trusted = f"--unsafely-treat-insecure-origin-as-secure={server.base_url}"
        browsers: list[Browser] = [
            await stack.enter_async_context(running_browser(path=within)),
            await stack.enter_async_context(running_browser(trusted)),
        ]
        inside, outside = [
            await stack.enter_async_context(watched_context(one, viewport=SCREEN)) for one in browsers
        ]
        outside.expected += OFFLINE
        inside.expected.append("/avatar?")  # pictures of a made-up network are nowhere
        await outside.context.add_init_script(_CLOCK)
        yield Venue(line, server, summit, inside, outside)


@pytest_asyncio.fixture
async def venue(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Venue]:
    """A venue with its server, for one test."""
    if reason := why_not():
        pytest.skip(reason)
    with uplink() as line:
        async with venue_at(line, sqlite_url, tmp_path) as made:
            yield made


@pytest.mark.parametrize("way", WAYS)
async def test_a_venue_goes_on_without_its_uplink_and_hears_afterwards_what_was_said_outside(
    venue: Venue, way: Way, tmp_path: Path
) -> None:
    summit = venue.summit
    async with FakeMastodon() as world, brought_in(venue.line, world.instances[0].port, tmp_path):
        instance = world.instances[0]
        config = {
            "instances": [{"host": f"http://{instance.host}", "token": TOKEN}],
            "hashtags": ["SMSummit"],
        }
        added = await summit.hall.ask("POST", "/feeds", json={"network": "mastodon", "config": config})
        assert added.is_success, added.text
        await eventually(lambda: instance.listens("smsummit"), what="the stream")
        for text in ("Alpha before the cut", "Beta before the cut"):
            await world.publish(text)
        wall, desk = await venue.open("wall", "inside"), await venue.open("desk", "inside")
        await expect(wall.get_by_text("Alpha before")).to_be_visible()
        await expect(row(desk, "Beta")).to_be_visible()

        venue.line.cut(way)
        await world.publish("Gamma during the cut")
        await press(desk, "x", "2")
        await expect(wall.get_by_text("Alpha before")).to_have_count(0)
        await press(desk, "q", "n", "n")
        await expect(desk.locator(".part-now")).to_contain_text("Beta before")
        await expect(desk.get_by_text("not sent yet")).to_have_count(0)
        await expect(wall.get_by_text("No connection since")).to_have_count(0)
        assert "Gamma" not in await wall.content()

        venue.line.restore()
        await world.publish("Delta after the cut")
        for text in ("Gamma during", "Delta after", "Beta before"):
            await expect(wall.get_by_text(text).first).to_be_visible(timeout=WITHIN * 1_000)
        assert "Alpha before" not in await wall.content()
        assert sorted(await summit.states()) == ["Alpha", "Beta", "Delta", "Gamma"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("stays", [True, False], ids=["the page stays", "the page is loaded anew"])
async def test_what_a_desk_did_while_it_was_cut_off_is_sent_afterwards_removals_first_and_floor_moves_asked(
    venue: Venue, way: Way, stays: bool
) -> None:
    summit = venue.summit
    summit.bring("Alpha said", "Beta said", "Gamma said", "Delta said")
    desk, wall = await venue.open("desk", "outside"), await venue.open("wall", "outside")
    await expect(row(desk, "Delta")).to_be_visible()
    await expect(wall.get_by_text("Delta said")).to_be_visible()
    await press(desk, "q", "q", "n", "n")
    await expect(desk.locator(".part-now")).to_contain_text("Alpha said")
    await eventually(
        lambda: "relay.taken_up" in " ".join(summit.kinds("relay.")), what="the floor at the server"
    )
    before = len(summit.kinds(""))

    venue.line.cut(way)
    await press(desk, "1", "n", "Enter")
    await press(desk, "j", "x", "2")
    await expect(desk.get_by_role("button", name="3 steps not sent yet")).to_be_visible()
    await expect(row(desk, "Gamma")).to_contain_text("not sent yet")
    await expect(wall.get_by_text("No connection since")).to_be_visible(timeout=WITHIN * 1_000)
    await expect(wall.get_by_text("Delta said")).to_have_count(0)
    assert len(summit.kinds("")) == before
    await desk.evaluate(f"localStorage.setItem('test.ahead', {FOUR_MINUTES_MS})")
    if not stays:
        await desk.close()

    venue.line.restore()
    if not stays:
        desk = await venue.open("desk", "outside")
    question = desk.get_by_role("dialog", name="Still do this?")
    await expect(question).to_contain_text("4 min", timeout=WITHIN * 1_000)
    assert not [kind for kind in summit.kinds("")[before:] if kind.startswith("relay.")]
    await press(desk, "y")
    await expect(desk.locator(".part-now")).to_contain_text("Beta said")
    await expect(desk.get_by_text("not sent yet")).to_have_count(0)
    await eventually(lambda: "relay.closed" in summit.kinds("relay."), what="the floor to have moved on")
    done = summit.kinds("")[before:]
    assert done[0] == "post.hidden"
    assert sorted(done) == sorted(set(done)), "each step was done once"
    await expect(wall.get_by_text("Alpha said").first).to_be_visible(timeout=WITHIN * 1_000)
    await expect(wall.get_by_text("No connection since")).to_have_count(0)
    hidden = next(text for text, state in (await summit.states()).items() if state == "hidden")
    await expect(wall.get_by_text(f"{hidden} said")).to_have_count(0)


async def test_a_wall_that_is_started_while_it_is_cut_off_says_so_and_shows_no_post(venue: Venue) -> None:
    venue.summit.bring("Alpha said")
    wall = await venue.open("wall", "outside")
    await expect(wall.get_by_text("Alpha said")).to_be_visible()
    await eventually(
        lambda: wall.evaluate(
            "caches.match(location.href, {ignoreVary: true}).then((found) => found !== undefined)"
        ),
        what="a kept page",
    )
    venue.line.cut()
    await wall.reload()
    await expect(wall.get_by_text("No connection since")).to_be_visible(timeout=WITHIN * 1_000)
    assert "Alpha said" not in await wall.content()
    venue.line.restore()
    await expect(wall.get_by_text("Alpha said")).to_be_visible(timeout=WITHIN * 1_000)
