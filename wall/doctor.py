"""`backchannel doctor`: what is wrong with this installation, and what to do about it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from wall.bus import open_bus
from wall.bus.redis import PATIENCE
from wall.errors import BackchannelError
from wall.journal import broken_link
from wall.live.connections import descriptor_limits, room_within
from wall.model import FeedState, utc_now
from wall.routes.feed_health import Teller, Told, Verdict
from wall.routes.languages import FOLDER, Added
from wall.routes.pages import build_number
from wall.routes.when import When
from wall.routes.words import Words
from wall.settings import Settings
from wall.store import Store, events, feeds, pending, vitals

ENOUGH_CONNECTIONS = 10_000
MORE_DESCRIPTORS = (
    "More are refused. If more people may come, raise the hard limit: LimitNOFILE=65536 in a systemd unit, "
    "`--ulimit nofile=65536` with Docker, `ulimit -Hn 65536` as root elsewhere."
)
SLOW_BUS_SECONDS = 0.1
CLOCK_APART = timedelta(seconds=2)
ENOUGH_DISK_BYTES = 1_000_000_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")

Outcome = Literal["good", "warning", "bad"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: how it is, and what to do if it is not good."""

    what: str
    outcome: Outcome
    said: str
    remedy: str = ""


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Look at everything that a running event needs, one finding at a time."""
    store = Store(settings.database)
    try:
        yield (database := await _database(store))
        if database.outcome == "good":
            yield await _asked(store, "journals", _journals)
            yield await _asked(store, "clock", _clock)
            for finding in await _listed(store, "feeds", _feeds):
                yield finding
    finally:
        store.close()
    yield await _bus(settings)
    yield _secret(settings)
    for finding in _languages(settings):
        yield finding
    yield _faces()
    yield _browser()
    yield _descriptors()
    yield _disk(settings, store)


async def of_server(settings: Settings, store: Store) -> list[Finding]:
    """What concerns a server that runs, by its own store: the clock and the disk."""
    return [await _asked(store, "clock", _clock), _disk(settings, store)]


async def _database(store: Store) -> Finding:
    kind = "SQLite" if store.is_sqlite else "PostgreSQL"
    if _not_made(store):
        return Finding("database", "warning", "There is no database yet.", "`backchannel serve` makes it.")
    try:
        missing = await store.read(lambda _: pending(store))
    except BackchannelError as problem:
        return Finding("database", "bad", f"{kind}: {problem.message}", "Start it, or correct its address.")
    if missing:
        said = f"{kind} lacks {len(missing)} migration(s)."
        return Finding("database", "bad", said, "Run `backchannel migrate`.")
    return Finding("database", "good", f"{kind} answers and is up to date.")


def _not_made(store: Store) -> bool:
    return store.is_sqlite and not Path(store.url.database or "").exists()


async def _asked(store: Store, what: str, ask: Callable[[Store], Finding]) -> Finding:
    try:
        return await store.read(lambda _: ask(store))
    except BackchannelError as problem:
        return Finding(what, "bad", problem.message, problem.remedy)


async def _listed(store: Store, what: str, ask: Callable[[Store], list[Finding]]) -> list[Finding]:
    try:
        return await store.read(lambda _: ask(store))
    except BackchannelError as problem:
        return [Finding(what, "bad", problem.message, problem.remedy)]


def _feeds(store: Store) -> list[Finding]:
    """Every feed: how it is, as its page says it."""
    with store.reading() as conn:
        named = {event.id: event.slug for event in events.listed(conn)}
        listed = feeds.listed(conn)
        kept = vitals.of_feeds(conn, {feed.id for feed in listed})
    words = Words()
    teller = Teller(words, When("UTC", "en", words), utc_now())
    found = [_feed(teller.told(feed, kept[feed.id]), named[feed.event_id]) for feed in listed]
    return found or [Finding("feeds", "good", "0 feeds.")]


def _feed(told: Told, event: str) -> Finding:
    feed = told.feed
    figures = [f"last post: {told.last}", f"behind its network: {told.lag}", told.rate]
    figures += [budget.said for budget in told.budgets]
    places = [f"{one.name}: {one.said}" for one in told.places if one.verdict != "well"]
    if told.troubles and not told.problem:
        newest = told.troubles[0]
        places.append(f"last trouble, {newest.when}: {newest.said} {newest.went}")
    said = f"{feed.network} for event {event} ({feed.id}) is {feed.state}. {told.headline}."
    said = f"{said} {told.problem}".strip()
    outcomes: dict[Verdict, Outcome] = {"trouble": "bad" if feed.state is FeedState.STOPPED else "warning"}
    outcome = outcomes.get(told.verdict, "warning" if told.verdict == "look" else "good")
    return Finding("feed", outcome, " ".join([said, _capital("; ".join([*figures, *places]))]), told.advice)


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}."


def _journals(store: Store) -> Finding:
    """Verify every event's hash chain."""
    with store.reading() as conn:
        listed = events.listed(conn)
        for event in listed:
            if (seq := broken_link(conn, event.id)) is not None:
                said = f"Event {event.slug}: entry {seq} is not as it was written."
                return Finding(
                    "journals", "bad", said, "Restore the last backup, and find out who wrote there."
                )
    entries = sum(event.seq for event in listed)
    return Finding("journals", "good", f"{len(listed)} event(s), {entries} entries, every hash fits.")


def _clock(store: Store) -> Finding:
    with store.reading() as conn:
        apart = abs(feeds.database_now(conn) - utc_now())
    if apart > CLOCK_APART:
        said = f"This machine and the database are {apart.total_seconds():.0f} s apart."
        return Finding("clock", "warning", said, "Let both follow a time server (NTP).")
    with store.reading() as conn:
        newest = max((event.last_at for event in events.listed(conn)), default=utc_now())
    if newest > utc_now() + CLOCK_APART:
        said = f"The newest entry is of {newest:%Y-%m-%d %H:%M:%S} UTC, and it is {utc_now():%H:%M:%S}."
        return Finding(
            "clock", "warning", said, "This clock was set back: let it follow a time server (NTP)."
        )
    return Finding("clock", "good", f"It is {utc_now():%Y-%m-%d %H:%M:%S} UTC here and in the database.")


async def _bus(settings: Settings) -> Finding:
    if settings.redis_url is None:
        return Finding("bus", "good", "In this process: right for one `serve`.")
    bus = open_bus(settings.redis_url)
    await bus.start()
    try:
        await bus.healthy()  # connects
        began = time.monotonic()
        healthy, took = await bus.healthy(), time.monotonic() - began
    finally:
        await bus.close()
    if not healthy:
        said = f"Redis does not answer within {PATIENCE} s: screens hear of changes up to a second later."
        remedy = "Start it, bring it nearer, or correct BACKCHANNEL_REDIS_URL."
        return Finding("bus", "warning", said, remedy)
    if took > SLOW_BUS_SECONDS:
        said = f"Redis takes {took * 1000:.0f} ms to answer: screens hear of changes that much later."
        return Finding("bus", "warning", said, "Use one that is nearer, or look at what else it has to do.")
    return Finding("bus", "good", f"Redis answers in {took * 1000:.0f} ms.")


def _secret(settings: Settings) -> Finding:
    path = settings.data_dir / "secret.key"
    if settings.secret_key is not None:
        return Finding("secret key", "good", "Given by the environment.")
    if path.exists() and path.stat().st_mode & 0o077:
        return Finding("secret key", "bad", f"Others may read {path}.", f"Run `chmod 600 {path}`.")
    return Finding("secret key", "good", "Kept in the data directory, for its owner only.")


def _faces() -> Finding:
    if build_number():
        return Finding("faces", "good", f"Built, number {build_number()}.")
    return Finding(
        "faces", "bad", "The live faces are not built.", "Run `make faces`, or install the package."
    )


def _browser() -> Finding:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found:
        return Finding("browser", "good", f"{found} can show a wall on this machine.")
    said = "No Chromium or Chrome here."
    return Finding("browser", "warning", said, "Only a machine that drives a screen needs one.")


def _descriptors() -> Finding:
    """What `serve` will have: it raises its soft limit to the hard one by itself."""
    _, hard = descriptor_limits()
    said = f"`serve` may open {hard} files and sockets: {room_within(hard)} connections at a time."
    if room_within(hard) < ENOUGH_CONNECTIONS:
        return Finding("descriptors", "warning", said, MORE_DESCRIPTORS)
    return Finding("descriptors", "good", said)


def _disk(settings: Settings, store: Store) -> Finding:
    """The data directory, and the directory of a SQLite file that is elsewhere."""
    directories = [settings.data_dir if settings.data_dir.exists() else Path()]
    if store.is_sqlite and (place := Path(store.url.database or "").parent).exists():
        directories.append(place)
    for directory in directories:
        if not os.access(directory, os.W_OK):
            return Finding("disk", "bad", f"{directory} cannot be written to.", "Correct its owner.")
    free = min(shutil.disk_usage(directory).free for directory in directories)
    said = f"{free / 1e9:.1f} GB free for the database and pictures."
    if free < ENOUGH_DISK_BYTES:
        return Finding(
            "disk", "warning", said, "Free some space: a full disk stops intake, and loses nothing."
        )
    return Finding("disk", "good", said)


def _languages(settings: Settings) -> Iterator[Finding]:
    """Each language that was added: whole, in part, or with lines that cannot be used."""
    folder = settings.data_dir / FOLDER
    for one in Words(folder).added:
        yield _language(one, folder / f"{one.lang}.json")


def _language(one: Added, file: Path) -> Finding:
    what = f"language {one.lang}"
    if one.problems:
        more = f" ({len(one.problems) - 1} more)" if len(one.problems) > 1 else ""
        return Finding(what, "warning", f"{one.problems[0]}{more}", f"Correct {file}, then start again.")
    if one.missing:
        return Finding(
            what,
            "warning",
            f"{one.missing} sentences are said in English.",
            f"Write them in {file}: `backchannel words {one.lang}` prints all.",
        )
    return Finding(what, "good", "Every sentence is there.")
