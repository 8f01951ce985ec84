"""An event at work: a session that runs, a feed that delivers, and people who are signed in."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import BrowserContext

from bench.support.databases import opened
from bench.support.site import EVENT, Site
from tests.support.processes import ROOT, clean_environment
from tests.support.staff import Staff
from tests.support.venue import Venue
from wall.access import COOKIE
from wall.demo.world import make_world
from wall.intake.policy import save_rules
from wall.journal import run_command
from wall.model import Mode, Post, utc_now
from wall.moderation import Rules
from wall.store import events

_BURST_SHARE = 0.3
"""How much of a minute's posts comes at once."""
_BURST_SECONDS = 3.0
_START = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Working:
    """An event with its organiser at the desk, somebody else, and two rooms whose sessions run."""

    served: Site
    organiser: Staff
    other: Staff
    session: str
    room: str

    async def sign_in(self, context: BrowserContext) -> None:
        """Make a browser context the organiser's."""
        cookie = {"name": COOKIE, "value": self.organiser.token, "url": self.served.process.base_url}
        await context.add_cookies([cookie])  # type: ignore[list-item]

    def address(self, path: str) -> str:
        """The whole address of a path."""
        return f"{self.served.process.base_url}{path}"


async def furnish(served: Site) -> Working:
    """Add the codebook, two rooms and their sessions; everybody's first post waits from now on."""
    with opened(served.database_url) as store:
        organiser = Staff(served.process.base_url, store, "Ada")
        other = Staff(served.process.base_url, store, "Ben")
        known = Rules(mode=Mode.KNOWN, flood=None, hold_images=False)
        with store.writing() as conn:
            found = events.named(conn, EVENT)
            assert found is not None
            run_command(conn, found.id, "system", lambda tx: save_rules(tx, known, 2), None, b"", utc_now())
    venue = Venue(organiser, EVENT)
    await venue.do("/codebook/preset")
    room = await venue.room("Aspen Hall")
    session = await venue.session(room, "What makes a blog worth teaching from?")
    await venue.do(f"/sessions/{session}/begin", version=1)
    await venue.running("When is it scholarship?")
    return Working(served, organiser, other, session, room)


async def add_feed(served: Site, archive: Path, speed: float) -> None:
    """Let a running `serve` play an archive, by its absolute path, dated as it is played; it starts
    within seconds."""
    folder = Path(served.database_url.removeprefix("sqlite:///")).parent
    settings = {"BACKCHANNEL_DATABASE_URL": served.database_url, "BACKCHANNEL_DATA_DIR": str(folder)}
    config = (f"path={archive}", f"speed={speed:g}", "dates=now")
    asked = [part for setting in config for part in ("--set", setting)]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "wall.cli", "feed", "add", "replay", "--event", EVENT, *asked),
        stdout=asyncio.subprocess.DEVNULL,
        cwd=ROOT,
        env=clean_environment() | settings,
    )
    assert await process.wait() == 0, "the feed could not be added"


def originals() -> Iterator[Post]:
    """What people of the made-up summit say themselves, again and again under new keys."""
    said = [
        one.post for one in make_world().said if one.post.repost_of is None and one.post.network != "web"
    ]
    turn = 0
    while True:
        for post in said:
            yield post.model_copy(update={"key": f"{post.key}-{turn}"}) if turn else post
        turn += 1


def write_archive(path: Path, posts: Iterable[Post], seconds: Sequence[float]) -> None:
    """Write posts as an archive in which they come so many seconds after its beginning."""
    with path.open("w", encoding="utf-8") as file:
        for post, at in zip(posts, seconds, strict=False):
            file.write(json.dumps(_record(post, at), ensure_ascii=False) + "\n")


def _record(post: Post, at: float) -> dict[str, object]:
    author = post.author
    return {
        "id": post.key,
        "created_at": (_START + timedelta(seconds=at)).isoformat(),
        "text": post.text,
        "lang": post.lang,
        "source": post.network,
        "author": {
            "id": author.key,
            "username": author.handle,
            "name": author.name,
            "followers_count": author.followers,
        },
    }


def rhythm(minutes: float, per_minute: int, seed: int = 2026) -> list[float]:
    """When posts come, in seconds: steadily, and some of every minute's at once."""
    chance, found = random.Random(seed), []
    for minute in range(-(-int(minutes * 60) // 60)):
        together = round(per_minute * _BURST_SHARE)
        burst = chance.uniform(0, 60 - _BURST_SECONDS)
        found += [60 * minute + burst + chance.uniform(0, _BURST_SECONDS) for _ in range(together)]
        found += [60 * minute + chance.uniform(0, 60) for _ in range(per_minute - together)]
    return sorted(at for at in found if at < minutes * 60)
