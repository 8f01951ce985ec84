"""`backchannel replay`: an archive through the one door, with its progress shown."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from wall.entries import kinds
from wall.errors import BackchannelError, FeedFatal, Refused
from wall.feeds.archive import read_archive
from wall.feeds.base import Source, check_config
from wall.feeds.replay import ReplayConfig
from wall.intake import Intake, Standing, Tally, run_feed, tell_standing
from wall.intake.intake import new_feed
from wall.intake.supervisor import LEASE_SECONDS, keep_lease_while
from wall.journal import Tx
from wall.model import Feed, FeedState
from wall.store import feeds


@dataclass
class Summary:
    """What a replay brought."""

    accepted: int = 0
    reposts: int = 0
    edited: int = 0
    known: int = 0
    withdrawn: int = 0
    dropped: int = 0
    seconds: float = 0.0

    def add(self, tally: Tally) -> None:
        """Count one burst."""
        for name in ("accepted", "reposts", "edited", "known", "withdrawn"):
            setattr(self, name, getattr(self, name) + getattr(tally, name))

    def in_words(self) -> str:
        """One line for the person who asked."""
        rate = self.accepted / self.seconds if self.seconds else 0
        return (
            f"{self.accepted} posts accepted ({self.reposts} of them reposts), {self.known} known already, "
            f"{self.edited} edited, {self.withdrawn} withdrawn, {self.dropped} unreadable lines left out; "
            f"{self.seconds:.1f} s, {rate:.0f} posts/s on disk."
        )


async def replay(
    intake: Intake,
    event_name: str,
    config: Mapping[str, Any],
    *,
    owner: str,
    resume: bool,
    show: Console,
    lease_seconds: float = LEASE_SECONDS,
) -> Summary:
    """Replay an archive to its end and say what came of it.

    Raises Refused while another process replays the same file, FeedFatal for a file that is no
    archive. A process that is killed leaves a lease that runs out; a running `serve` then goes on.
    """
    event = await intake.journal.event(event_name)
    checked = check_config("replay", config)
    await asyncio.to_thread(_look_into, ReplayConfig.model_validate(checked))
    leased = await intake.journal.command(
        event.id, "system", lambda tx: _leased(tx, checked, owner, lease_seconds, resume)
    )
    feed, fence = leased.result
    summary, began = Summary(), time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=show, transient=True) as progress:
        bar = progress.add_task("Replaying", total=None)

        def heard(tally: Tally, source: Source) -> None:
            summary.add(tally)
            done, total = getattr(source, "read_bytes", 0), getattr(source, "total_bytes", None)
            progress.update(bar, completed=done, total=total, description=f"{summary.accepted} posts")

        work = _stoppable(intake, feed, fence, run_feed(intake, feed, fence, heard))
        await keep_lease_while(intake, feed.id, fence, work, lease_seconds)
    summary.seconds = time.monotonic() - began
    return await _ended(intake, feed, summary)


async def _stoppable(intake: Intake, feed: Feed, fence: int, work: Coroutine[Any, Any, None]) -> None:
    """Do the work. Who interrupts it wants the replay to stop: a `serve` must not go on with it."""

    standing = Standing(FeedState.STOPPED, "interrupted", "Stopped on the command line.")

    try:
        await work
    except asyncio.CancelledError:
        with contextlib.suppress(BackchannelError):
            await intake.journal.command(
                feed.event_id, "system", lambda tx: tell_standing(tx, feed.id, fence, standing)
            )
        raise


def _look_into(config: ReplayConfig) -> None:
    """Raise FeedFatal for what is no archive, before there is a feed for it."""
    columns = config.table.read if config.table else None
    next(read_archive(Path(config.path), shape=config.shape, columns=columns), None)


def _leased(
    tx: Tx, config: dict[str, Any], owner: str, lease_seconds: float, resume: bool
) -> tuple[Feed, int]:
    """The feed of this file, new or as it is, leased in the transaction that makes it."""
    listed = feeds.listed(tx.conn, tx.event.id)
    feed = next((one for one in listed if one.config.get("path") == config["path"]), None)
    if feed is None:
        feed = new_feed(tx.event.id, "replay", config)
        feeds.add(tx.conn, feed)
        tx.append(kinds.FeedAdded(network="replay"), ("feed", feed.id))
    fence = feeds.take_lease(tx.conn, feed.id, owner, lease_seconds)
    if fence is None:
        raise Refused("Another process replays this file now.", remedy="Wait for it, or stop it.")
    cursor = feed.cursor if resume else None
    feeds.configure(tx.conn, feed.id, config, cursor)
    return feed.model_copy(update={"cursor": cursor, "config": config}), fence


async def _ended(intake: Intake, feed: Feed, summary: Summary) -> Summary:
    def now(conn: Any) -> Feed:
        return feeds.by_ids(conn, feed.event_id, {feed.id})[feed.id]

    ended = await intake.store.read(now)
    summary.dropped = ended.dropped - feed.dropped
    if ended.state is not FeedState.DONE:
        raise FeedFatal(
            ended.problem or "The replay stopped before its end.",
            remedy="Correct what it says, then go on with --resume.",
        )
    return summary
