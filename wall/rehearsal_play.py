"""Playing a recorded day into rehearsals, within a server: what was posted in another event, or the made-up
summit, each post when its time has come. It is dated by when it is played, so that it answers what is on.

A server that stops stops playing; the rehearsal stays until somebody throws it away.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from wall import rehearsing
from wall.errors import BackchannelError, Refused
from wall.feeds.base import Arrived
from wall.intake import Intake
from wall.model import Event, Post, PostState, utc_now
from wall.store import posts
from wall.wishes import may_show

log = structlog.get_logger(__name__)

SPEEDS = (1, 4, 10, 60)
"""Times as fast as it happened."""
MOST_POSTS = 5_000
"""Of an earlier event: its newest that were shown."""
MOST_PLAYING = 4
"""Rehearsals into which something plays at a time."""
_LONGEST_GAP = timedelta(minutes=10)
"""A longer silence of the recorded day is cut to this: nobody rehearses a night."""
_PAUSE = 0.05
_RETRY_SECONDS = 2.0

Recorded = Sequence[tuple[float, Post]]
"""A day: seconds after its beginning, and what was posted then, in that order."""
MadeUp = Callable[[], Recorded]
"""Makes the posts of the made-up summit; it takes seconds."""


@dataclass
class Playing:
    """A day that plays. `done` of `all` posts are stored."""

    all: int
    done: int = 0
    task: asyncio.Task[None] | None = field(default=None, repr=False)


class Rehearsals:
    """Starts rehearsals, plays into them, and throws them away."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._playing: dict[str, Playing] = {}

    def playing(self, event_id: str) -> Playing | None:
        """What plays in a rehearsal; None where nothing does."""
        found = self._playing.get(event_id)
        return found if found and found.task and not found.task.done() else None

    async def start(self, event: Event, day: Recorded, speed: float, source: str | None = None) -> Event:
        """Copy an event and play a day into the copy; of the event `source`, whose posts may be taken back
        meanwhile. Raises Refused where too many play already, or for
        what is a rehearsal itself."""
        running = sum(self.playing(one) is not None for one in self._playing)
        if running >= MOST_PLAYING:
            raise Refused("Too many rehearsals play at a time.", remedy="End one of them first.")
        made = await rehearsing.copied(self._intake.journal, event.slug)
        playing = self._playing[made.id] = Playing(len(day))
        playing.task = asyncio.create_task(
            self._play(made.id, day, speed, playing, source), name="rehearsal"
        )
        return made

    async def end(self, event: Event) -> None:
        """Stop what plays in a rehearsal and erase it. Raises Refused for an event that is none."""
        playing = self._playing.pop(event.id, None)
        if playing is not None and playing.task is not None:
            playing.task.cancel()
            await asyncio.gather(playing.task, return_exceptions=True)
        await rehearsing.removed(self._intake.journal, event.slug)

    async def close(self) -> None:
        """Stop all that plays."""
        tasks = [one.task for one in self._playing.values() if one.task is not None]
        self._playing.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _play(
        self, event_id: str, day: Recorded, speed: float, playing: Playing, source: str | None
    ) -> None:
        began = time.monotonic()
        while playing.done < len(day):
            now = (time.monotonic() - began) * speed
            due = playing.done
            while due < len(day) and day[due][0] <= now:
                due += 1
            if due == playing.done:
                await asyncio.sleep(max(_PAUSE, (day[due][0] - now) / speed))
                continue
            try:
                still = await self._still_shown([post for _, post in day[playing.done : due]], source)
                await self._intake.submit(event_id, [_dated(post) for post in still], "system")
            except BackchannelError as problem:
                log.warning("rehearsal.not_stored", code=problem.code)
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                playing.done = due

    async def _still_shown(self, recorded: Sequence[Post], source: str | None) -> list[Post]:
        """Of these posts those that their event still shows; all of a day that is nobody's."""
        if source is None:
            return list(recorded)
        return await self._intake.store.read(lambda conn: _shown_in(conn, source, recorded))


def _shown_in(conn: Connection, event_id: str, recorded: Sequence[Post]) -> list[Post]:
    by_network: dict[str, set[str]] = {}
    for post in recorded:
        by_network.setdefault(post.network, set()).add(post.key)
    there = {
        (network, key)
        for network, keys in by_network.items()
        for key, stored in posts.known(conn, event_id, network, keys).items()
        if stored.state is PostState.APPROVED and may_show(stored)
    }
    return [post for post in recorded if (post.network, post.key) in there]


def recorded_of(conn: Connection, event_id: str) -> Recorded:
    """The day of an earlier event: what was shown of it, with long silences cut. What people wrote on its
    own page is left out: they can take that back there only."""
    window = (one for one in posts.shown_window(conn, event_id, MOST_POSTS) if one.post.network != "web")
    shown = sorted(window, key=lambda one: one.post.created_at)
    times = _without_gaps([one.post.created_at for one in shown])
    return [(at, one.post) for at, one in zip(times, shown, strict=True)]


def _without_gaps(times: Sequence[datetime]) -> list[float]:
    """Seconds after the first, with no step longer than the longest silence."""
    passed, found = timedelta(), []
    for before, at in zip([*times[:1], *times], times, strict=False):
        passed += min(at - before, _LONGEST_GAP)
        found.append(passed.total_seconds())
    return found


def _dated(post: Post) -> Arrived:
    nobody = post.author.model_copy(update={"role": "", "country": ""})
    now = {"created_at": utc_now(), "edited_at": None, "author": nobody}
    return Arrived(post.model_copy(update=now))
