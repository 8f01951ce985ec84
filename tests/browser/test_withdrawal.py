"""What its author deletes at the network comes off every open wall, and nothing of it is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Page, expect

from tests.conftest import Serve
from tests.support.browser import Watched
from tests.support.staff import Staff
from tests.support.summit import open_rules
from tests.support.waiting import eventually
from tests.world.hosts import Hosts, image, serving
from tests.world.mastodon import TOKEN, FakeMastodon
from wall.journal import create_event
from wall.model import Mode, utc_now
from wall.store import Store

SECRET = "Unadvisedlyquoted"
ALT = "Unadvisedlypictured"


@pytest_asyncio.fixture(loop_scope="session")
async def away() -> AsyncIterator[Hosts]:
    """A host of pictures on loopback."""
    hosts = Hosts(pictures={"/slide.png": image(size=(640, 360))})
    async with serving(hosts):
        yield hosts


@pytest_asyncio.fixture(loop_scope="session")
async def world() -> AsyncIterator[FakeMastodon]:
    async with FakeMastodon() as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def base_url(
    serve: Serve, world: FakeMastodon, away: Hosts, sqlite_url: str, tmp_path: Path
) -> AsyncIterator[str]:
    """A serve whose one event is fed from the world."""
    process = serve(
        {
            "BACKCHANNEL_DATABASE_URL": sqlite_url,
            "BACKCHANNEL_DATA_DIR": str(tmp_path),
            "BACKCHANNEL_PLAIN_HOSTS": "true",
            "BACKCHANNEL_MEDIA_TRUSTED_NETWORKS": "127.0.0.0/8",
            "BACKCHANNEL_MEDIA_PORTS": f"80,443,{away.port}",
        }
    )
    store = Store(sqlite_url)
    with store.writing() as conn:
        details = {"hashtags": ("smsummit",), "mode": Mode.AUTO}
        open_rules(conn, create_event(conn, utc_now(), "summit", "Summit", "system", details).id)
    await process.start()
    instances = [{"host": f"http://{one.host}", "token": TOKEN} for one in world.instances]
    added = await Staff(process.base_url, store).ask(
        "POST",
        "/events/summit/feeds",
        json={"network": "mastodon", "config": {"instances": instances, "hashtags": ["smsummit"]}},
    )
    store.close()
    assert added.status_code == 201, added.text
    await eventually(lambda: world.instances[0].listens(), what="the stream")
    yield process.base_url


async def test_a_deletion_upstream_clears_every_open_wall_and_is_purged(
    base_url: str, world: FakeMastodon, away: Hosts, watched: Watched, tmp_path: Path
) -> None:
    watched.expected += ["404"]  # the fake's avatars
    walls = [await watched.page(f"{base_url}/wall/summit") for _ in range(2)]
    picture = {"type": "image", "url": f"http://127.0.0.1:{away.port}/slide.png", "description": ALT}
    secret = await world.publish(f"{SECRET}.", media_attachments=[picture])
    await world.publish("It stays.")
    for wall in walls:
        await expect(wall.locator("article.card")).to_have_count(2)
        await expect(wall.get_by_role("img", name=ALT)).to_have_js_property("naturalWidth", 640)
    assert _kept(tmp_path) == ({SECRET, ALT}, 1)
    await world.delete(secret)
    for wall in walls:
        await _has_only_what_stays(wall)
    await eventually(lambda: _kept(tmp_path) == (set(), 0), what="the purge")
    await walls[0].reload()
    await _has_only_what_stays(walls[0])


async def _has_only_what_stays(wall: Page) -> None:
    await expect(wall.locator("article.card")).to_have_count(1)
    await expect(wall.locator("article.card")).to_contain_text("It stays.")
    shown = await wall.content()
    assert SECRET not in shown
    assert ALT not in shown


def _kept(folder: Path) -> tuple[set[str], int]:
    """Which of the words any row of any table has, indexes included, and how many pictures are kept."""
    conn = sqlite3.connect(folder / "backchannel.db")
    rows = "\n".join(conn.iterdump()).casefold()
    conn.close()
    words = {
        word for word in (SECRET, ALT) if word.casefold() in rows or word.casefold().encode().hex() in rows
    }
    return words, len(list((folder / "media").iterdir()))
