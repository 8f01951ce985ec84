"""The `replay` network: plays an archive file as if it happened now.

Configuration: `path` of the archive, `speed` (archive seconds per second, or "max"), `dates` ("kept",
or "now" to date posts by when they are played, for rehearsals and demos), and `shape` where it shall
not be found out from the file.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Mapping,
    Sequence,
)
from contextlib import aclosing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationError

from wall.errors import BadInput
from wall.feeds.archive import BURST, Archive
from wall.feeds.base import Arrived, Checkpoint, Edited, Item, Rechecked, event_time
from wall.feeds.shapes.tables import FIELDS, NEEDED, Columns, Times
from wall.model import Frozen, utc_now

LONGEST_GAP = timedelta(days=1)
"""Archive time. A longer silence, or a date that leaps this far, is not waited for."""

SHORTEST_WAIT = 0.01
"""Seconds. Posts that are due within this time are played together."""

LONGEST_RETRY = 30.0
"""Seconds between two tries to read a file that cannot be read just now."""

_PACED_BLOCK = 100

Clock = Callable[[], float]
"""Seconds that never go back, as `time.monotonic` gives them."""

Sleep = Callable[[float], Awaitable[None]]


def _no_flag(value: Any) -> Any:
    """A number may come as text, from a command line; true and false are no numbers here."""
    return str(value) if isinstance(value, bool) else value


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise ValueError("it must be a time zone such as America/Toronto") from None
    return name


def _known_fields(columns: dict[str, str]) -> dict[str, str]:
    if unknown := columns.keys() - set(FIELDS):
        raise ValueError(f"there is no field {min(unknown)}")
    if missing := set(NEEDED) - columns.keys():
        raise ValueError(f"it must say which column holds the {min(missing)}")
    return columns


Cell = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class TableConfig(Frozen):
    """What is where in a table of no known shape. `columns`: by field (`tables.FIELDS`) the column's name;
    `zone` is that of times that name none, `time_format` how they are written (as `strptime` has it)."""

    columns: Annotated[dict[str, Cell], AfterValidator(_known_fields)]
    network: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,31}$")] = "import"
    zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    time_format: Annotated[str, StringConstraints(min_length=2, max_length=100)] | None = None

    @property
    def read(self) -> Columns:
        """The same, as the reader of tables has it."""
        return Columns(self.columns, self.network, Times(ZoneInfo(self.zone), self.time_format))


class ReplayConfig(Frozen):
    """A replay's configuration. `speed` 60 plays a minute of the archive in a second."""

    path: Annotated[str, StringConstraints(min_length=1, max_length=4_096)]
    speed: (
        Annotated[float, BeforeValidator(_no_flag), Field(gt=0, le=1_000_000, allow_inf_nan=False)]
        | Literal["max"]
    ) = "max"
    shape: Literal["conference", "mastodon", "x", "outbox", "twarc-csv", "tags", "bluesky"] | None = None
    table: TableConfig | None = None
    dates: Literal["kept", "now"] = "kept"


def check_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration with its defaults. Raises BadInput; the file itself is not looked at."""
    return _checked(config).model_dump()


def open_source(config: Mapping[str, Any]) -> Replay:
    """A replay of the archive that the configuration names. Raises BadInput."""
    return Replay(_checked(config))


class Replay:
    """Plays one archive. Its cursor is the number of lines played; it ends with the archive."""

    network = "replay"
    places: tuple[str, ...] = ()

    def __init__(
        self, config: ReplayConfig, *, now: Clock = time.monotonic, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._config = config
        self._now = now
        self._sleep = sleep
        self._archive: Archive | None = None

    @property
    def consumed(self) -> int:
        """Lines taken from the archive so far, those before the cursor included."""
        return self._archive.consumed if self._archive else 0

    @property
    def read_bytes(self) -> int:
        """Bytes of the file read so far; reading runs a little ahead of playing."""
        return self._archive.read_bytes if self._archive else 0

    @property
    def total_bytes(self) -> int:
        """Bytes of the file; 0 until it is open."""
        return self._archive.total_bytes if self._archive else 0

    async def stream(self, cursor: str | None) -> AsyncIterator[Item]:
        """The archive's items after `cursor`, in the file's order, at the configured speed.

        A `Checkpoint` comes before every wait, at least every 100 lines (500 at "max"), and at the
        end. Raises FeedFatal where the file is missing, forbidden or of another shape; OSError.
        """
        table = self._config.table
        archive = self._archive = Archive(
            Path(self._config.path),
            shape=self._config.shape,
            cursor=cursor,
            columns=table.read if table else None,
        )
        dated = _dated_now if self._config.dates == "now" else _as_it_is
        try:
            async with aclosing(self._play(archive)) as items:
                async for item in items:
                    yield dated(item)
        finally:
            await asyncio.to_thread(archive.close)

    async def recheck(self, keys: Sequence[str]) -> Rechecked:  # noqa: ARG002 - the contract of Source
        """Nothing: an archive does not know what became of its posts since it was made."""
        return Rechecked()

    def retry_after(self, problem: BaseException, attempt: int) -> float | None:
        """Seconds until the next try, None for fatal.

        | problem | answer |
        |---|---|
        | OSError while reading (a network drive that is away) | 1, 2, 4 … at most 30 s |
        | FeedFatal (no file, no right to read it, another shape) | fatal |
        | anything else | fatal: it is a fault of the program |
        """
        if isinstance(problem, OSError):
            return min(2.0 ** min(attempt - 1, 10), LONGEST_RETRY)
        return None

    async def aclose(self) -> None:
        """Close the file; a stream that still runs ends."""
        if self._archive is not None:
            await asyncio.to_thread(self._archive.close)

    def _play(self, archive: Archive) -> AsyncGenerator[Item]:
        speed = self._config.speed
        return self._at_once(archive) if speed == "max" else self._paced(archive, Pace(speed, self._now))

    async def _at_once(self, archive: Archive) -> AsyncGenerator[Item]:
        while block := await asyncio.to_thread(archive.block, BURST):
            for items in block:
                for item in items:
                    yield item
            yield Checkpoint(str(archive.consumed))

    async def _paced(self, archive: Archive, pace: Pace) -> AsyncGenerator[Item]:
        steps = _Steps(archive)
        played = saved = 0
        fresh = False
        while step := await steps.next():
            item, done = step
            wait = pace.wait(event_time(item), steps.time_after())
            if wait:
                if fresh:
                    yield Checkpoint(str(played))
                    fresh, saved = False, played
                await self._sleep(wait)
            yield item
            played, fresh = done, True
            if played >= saved + _PACED_BLOCK:
                yield Checkpoint(str(played))
                fresh, saved = False, played
        yield Checkpoint(str(archive.consumed))


class Pace:
    """Event time against the clock: which moment of the archive is due when."""

    def __init__(self, speed: float, now: Clock) -> None:
        self._speed = speed
        self._now = now
        self._start: tuple[datetime, float] | None = None
        self._latest: datetime | None = None

    def wait(self, at: datetime | None, following: datetime | None) -> float:
        """Seconds from now until the moment `at` is due; 0 for what is due or has no time.

        Clocks upstream are wrong at times: a moment later than the `following` one is not waited for,
        and a leap of more than `LONGEST_GAP`, in either direction, starts the count anew.
        """
        if at is None or (following is not None and at > following):
            return 0.0
        if self._start is None or self._latest is None or abs(at - self._latest) > LONGEST_GAP:
            self._start, self._latest = (at, self._now()), at
            return 0.0
        self._latest = max(self._latest, at)
        first, started = self._start
        wait = started + (at - first).total_seconds() / self._speed - self._now()
        return wait if wait >= SHORTEST_WAIT else 0.0


class _Steps:
    """Items one by one, each with the number of lines that are complete after it; one is known ahead."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._steps: deque[tuple[Item, int]] = deque()
        self._more = True

    async def next(self) -> tuple[Item, int] | None:
        """The next item; None at the end."""
        while self._more and len(self._steps) < 2:
            await self._read()
        return self._steps.popleft() if self._steps else None

    def time_after(self) -> datetime | None:
        """When the item after the last one given out happened."""
        return event_time(self._steps[0][0]) if self._steps else None

    async def _read(self) -> None:
        block = await asyncio.to_thread(self._archive.block, _PACED_BLOCK)
        self._more = bool(block)
        for done, items in enumerate(block, self._archive.consumed - len(block)):
            self._steps.extend((item, done) for item in items[:-1])
            self._steps.extend((item, done + 1) for item in items[-1:])


def _as_it_is(item: Item) -> Item:
    return item


def _dated_now(item: Item) -> Item:
    """The item as if it happened at this moment."""
    match item:
        case Arrived(post):
            return Arrived(post.model_copy(update={"created_at": utc_now()}))
        case Edited(post):
            return Edited(post.model_copy(update={"edited_at": utc_now()}))
    return item


def _checked(config: Mapping[str, Any]) -> ReplayConfig:
    try:
        return ReplayConfig.model_validate(dict(config))
    except ValidationError as problem:
        known = ReplayConfig.model_fields.keys() | TableConfig.model_fields.keys()
        raise BadInput(
            "The configuration of this replay is wrong.",
            remedy='Give "path" (a file), "speed" (a number above 0, or "max"), "dates" (kept or now) and, '
            'where it is not to be found out, "shape" or, for a table, "table". Nothing else.',
            fields=sorted({wrong for error in problem.errors() if (wrong := _wrong(error, known))}),
        ) from None


def _wrong(error: Any, known: Collection[str]) -> str:
    """Where an error is, as far as the names are ours, and what, where the words are ours."""
    where = ".".join(str(part) for part in error["loc"] if part in known)
    ours = str(error["ctx"]["error"]) if error["type"] == "value_error" else ""
    return f"{where}: {ours}" if where and ours else where
