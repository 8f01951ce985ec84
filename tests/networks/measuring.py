"""How long a post takes from its network to the journal and to every screen, and a deletion likewise.

    async with wall_of(running, event) as wall:
        await fed(running, event, "nostr", config)
        figures = await measured(wall, publish, delete)
        figures.check("nostr")

`publish(text)` posts with the event's hashtag and returns whatever `delete` takes; both return as soon as
the network's own server has answered. Clocks start before they are called.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import select

from tests.live.running import Running
from tests.support.reader import FoldingReader
from tests.support.waiting import PATIENCE, eventually
from wall.model import Event
from wall.store import tables as t

T = TypeVar("T")

SCREENS = 3
POSTS = 100
PACE = 0.1
"""Seconds between two posts, and between two deletions."""
JOURNAL_WITHIN = 1.0
"""Seconds from a post to the journal that are wanted of 95 in 100 (issue 9)."""
GONE_WITHIN = 2.0
"""The same from a deletion to every screen."""


class Screen:
    """A wall that is read, and when each text came and went: seconds since 1970."""

    def __init__(self, running: Running, event: Event) -> None:
        self.came: dict[str, float] = {}
        self.went: dict[str, float] = {}
        self.reader = FoldingReader(running.url, event.slug, on_frame=self._look)

    def _look(self, _frame: dict[str, Any]) -> None:
        """See what is on it now."""
        now, texts = time.time(), self.texts()
        for text in texts:
            self.came.setdefault(text, now)
        for text in self.came.keys() - texts:
            self.went.setdefault(text, now)

    def texts(self) -> set[str]:
        """The words of the posts that are on it."""
        return {value["text"] for value in self.reader.subjects("post").values()}


@dataclass
class Wall:
    """An event's screens."""

    running: Running
    event: Event
    screens: list[Screen] = field(default_factory=list)

    async def shows(self, *texts: str, within: float = PATIENCE) -> None:
        """Wait until every screen shows these."""
        wanted = set(texts)
        await eventually(lambda: all(wanted <= one.texts() for one in self.screens), within, "the posts")

    async def lacks(self, *texts: str, within: float = PATIENCE) -> None:
        """Wait until no screen shows any of these."""
        gone = set(texts)
        await eventually(lambda: not any(gone & one.texts() for one in self.screens), within, "their end")

    def post(self, text: str) -> dict[str, Any]:
        """A post as the first screen has it, by its words."""
        posts = self.screens[0].reader.subjects("post").values()
        return next(value for value in posts if value["text"] == text)

    def journaled(self) -> dict[str, float]:
        """When each post that is shown was received, by the journal's clock and by its words."""
        texts = {id_: value["text"] for id_, value in self.screens[0].reader.subjects("post").items()}
        received = select(t.post.c.id, t.post.c.received_at).where(t.post.c.event_id == self.event.id)
        with self.running.instance.store.reading() as conn:
            rows = conn.execute(received).all()
        return {texts[id_]: at.timestamp() for id_, at in rows if id_ in texts}


@dataclass(frozen=True)
class Figures:
    """Seconds, one for each post."""

    journal: Sequence[float]
    shown: Sequence[float]
    gone: Sequence[float]

    def check(self, network: str) -> None:
        """Print the figures. AssertionError where they are worse than wanted."""
        said = {
            "post to journal": self.journal,
            "post to screens": self.shown,
            "deletion to screens": self.gone,
        }
        for what, seconds in said.items():
            print(  # noqa: T201
                f"{network}: {what}: median {quantile(seconds, 0.5):.3f} s, "
                f"p95 {quantile(seconds, 0.95):.3f} s, worst {max(seconds):.3f} s of {len(seconds)}"
            )
        assert quantile(self.journal, 0.95) < JOURNAL_WITHIN
        assert quantile(self.gone, 0.95) < GONE_WITHIN


def quantile(seconds: Sequence[float], share: float) -> float:
    """The smallest of these that so large a share of them is not over."""
    return sorted(seconds)[math.ceil(share * len(seconds)) - 1]


@asynccontextmanager
async def wall_of(running: Running, event: Event, screens: int = SCREENS) -> AsyncIterator[Wall]:
    """An event's screens, read for as long as the block runs."""
    wall = Wall(running, event)
    async with AsyncExitStack() as stack:
        for _ in range(screens):
            screen = Screen(running, event)
            wall.screens.append(screen)
            await stack.enter_async_context(screen.reader)
        for screen in wall.screens:
            await screen.reader.wait_until(lambda screen=screen: screen.reader.connections > 0)
        yield wall


async def fed(running: Running, event: Event, network: str, config: dict[str, Any]) -> str:
    """Add a feed as an organiser does, and wait until it runs without a problem; its id."""
    path = f"/events/{event.slug}/feeds"
    added = await running.staff.ask("POST", path, json={"network": network, "config": config})
    assert added.is_success, added.text

    async def runs() -> bool:
        (feed,) = (await running.staff.ask("GET", path)).raise_for_status().json()["feeds"]
        return feed["state"] == "running" and not feed["problem"]

    await eventually(runs, what="the feed to run")
    return str(added.json()["feed"])


async def measured(
    wall: Wall,
    publish: Callable[[str], Awaitable[T]],
    delete: Callable[[T], Awaitable[None]],
    posts: int = POSTS,
) -> Figures:
    """Post so many times, then delete all of it, at an even pace, while every screen is watched."""
    first = await publish("The first, which nobody measures")
    await wall.shows("The first, which nobody measures")
    began, made = {}, {}
    for number in range(posts):
        text = f"Post {number} of {posts}"
        began[text] = time.time()
        made[text] = await publish(text)
        await asyncio.sleep(max(0.0, began[text] + PACE - time.time()))
    await wall.shows(*made)
    journaled = wall.journaled()
    ended = {}
    for text, one in made.items():
        ended[text] = time.time()
        await delete(one)
        await asyncio.sleep(max(0.0, ended[text] + PACE - time.time()))
    await wall.lacks(*made)
    await delete(first)
    return Figures(
        journal=[journaled[text] - at for text, at in began.items()],
        shown=[max(one.came[text] for one in wall.screens) - at for text, at in began.items()],
        gone=[max(one.went[text] for one in wall.screens) - at for text, at in ended.items()],
    )
