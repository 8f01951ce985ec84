"""Posts per second through the one door, on disk, beside a raw executemany of the same rows.

A whole archive is replayed at full speed as `backchannel replay` does it: archive, feed under a
lease, group commit, door, journal. The raw insert writes the same rows, 500 to a transaction, over a
connection with the same settings. Both are done in turn in the same run.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from sqlalchemy import Connection, func, select, text

from bench.support import archive
from bench.support.arguments import parser
from bench.support.databases import KINDS, SQLITE, Databases, databases, opened
from bench.support.results import Report
from bench.support.stopwatch import Stopwatch
from wall import replaying
from wall.bus import InProcessBus
from wall.feeds.archive import Archive
from wall.intake import Intake, commits
from wall.journal import Journal, Tx
from wall.model import Mode
from wall.store import Store
from wall.store import posts as stored_posts
from wall.store.tables import entry, event, metadata, post

RUNS = 5
BATCH = 500
EVENT = "bench"
_COLUMNS = [column.name for column in post.c if column.name != "num"]

Rows = list[Sequence[Any]]


@dataclass(frozen=True)
class Replayed:
    """One replay: what it said, and the seconds it took."""

    summary: replaying.Summary
    seconds: float


async def _replay(store: Store, path: Path, times: int = 1) -> list[Replayed]:
    """Replay an archive into a new event, `times` over, each time from its first line."""
    journal = Journal(store, InProcessBus())
    intake = Intake(journal, b"a secret of the measurements")
    await journal.create(slug=EVENT, name="Measured", actor="system", mode=Mode.AUTO)
    config, done = {"path": str(path), "speed": "max"}, []
    for _ in range(times):
        began = time.perf_counter()
        summary = await replaying.replay(
            intake, EVENT, config, owner="bench", resume=False, show=Console(file=io.StringIO())
        )
        done.append(Replayed(summary, time.perf_counter() - began))
    await intake.close()
    return done


def door(url: str, path: Path) -> float:
    """Posts per second of one replay into an empty event."""
    with opened(url) as store:
        (once,) = asyncio.run(_replay(store, path))
    return once.summary.accepted / once.seconds


def rows_of(store: Store) -> tuple[Rows, Sequence[Any]]:
    """The rows that a replay left in `post` (without `num`), and that of its event, as the driver
    gives them."""
    with _driver(store) as connection:
        posts = connection.execute(f"SELECT {', '.join(_COLUMNS)} FROM post ORDER BY num").fetchall()
        names = ", ".join(column.name for column in event.c)
        return posts, connection.execute(f"SELECT {names} FROM event").fetchone()


def raw(url: str, rows: Rows, event_row: Sequence[Any], *, search: bool) -> float:
    """Rows per second of a plain insert into an empty `post`, in transactions of 500 rows.

    `search`: with the full-text index that the real table has; else columns, constraints and
    ordinary indexes only.
    """
    with opened(url) as store:
        if not search:
            with store.writing() as conn:
                metadata.create_all(conn, tables=[event, post])
        with _driver(store) as connection:
            _insert(connection, store, "event", [column.name for column in event.c], [event_row])
            began = time.perf_counter()
            for start in range(0, len(rows), BATCH):
                _insert(connection, store, "post", _COLUMNS, rows[start : start + BATCH])
            return len(rows) / (time.perf_counter() - began)


@contextlib.contextmanager
def _driver(store: Store) -> Iterator[Any]:
    """A driver's own connection, set up as the store's writer is."""
    pooled = store.writer.raw_connection()
    try:
        yield pooled.driver_connection
    finally:
        pooled.close()


def _insert(
    connection: Any, store: Store, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    mark = "?" if store.is_sqlite else "%s"
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join([mark] * len(columns))})"
    cursor = connection.cursor()
    if store.is_sqlite:
        cursor.execute("BEGIN IMMEDIATE")
    cursor.executemany(statement, rows)
    connection.commit()
    cursor.close()


def facts(report: Report, kind: str, url: str, path: Path) -> tuple[Rows, Sequence[Any]]:
    """Replay twice and count what is there; also the warm-up. Returns rows as `rows_of` does."""
    with opened(url) as store:
        first, second = (one.summary for one in asyncio.run(_replay(store, path, times=2)))
        with store.reading() as conn:
            found = _counts(conn)
        rows = rows_of(store)
    report.detail[f"facts {kind}"] = {"first": vars(first), "second": vars(second), **found}
    for what, value, known in (
        ("posts accepted", first.accepted, archive.POSTS),
        ("of them reposts", first.reposts, archive.REPOSTS),
        ("lines that are no post", first.dropped, 0),
        ("posts stored, stubs apart", found["posts"], archive.POSTS),
        ("stored twice", found["twice"], 0),
        ("stubs", found["stubs"], archive.STUBS),
        ("reposts of stubs", found["reposts_of_stubs"], archive.REPOSTS_OF_STUBS),
        ("added by a second replay", second.accepted + second.edited, 0),
        ("entries about posts, beyond one each", found["entries"] - archive.POSTS, 0),
    ):
        report.add(f"{kind}: {what}", value, "", "as known" if value == known else f"EXPECTED {known}")
    return rows


def _counts(conn: Connection) -> dict[str, int]:
    def count(*where: Any) -> int:
        return conn.execute(select(func.count()).select_from(post).where(*where)).scalar_one()

    stubs = select(post.c.id).where(post.c.state == "stub")
    entries = select(func.count()).select_from(entry).where(entry.c.kind.like("post.%"))
    distinct = "SELECT count(*) FROM (SELECT DISTINCT network, key FROM post) AS found"
    return {
        "posts": count(post.c.state != "stub"),
        "stubs": count(post.c.state == "stub"),
        "twice": count() - conn.execute(text(distinct)).scalar_one(),
        "reposts_of_stubs": count(post.c.original_id.in_(stubs)),
        "entries": conn.execute(entries).scalar_one(),
    }


def breakdown(report: Report, kind: str, url: str, path: Path) -> None:
    """One more replay, with its parts timed (which slows it by about a fifth)."""
    with opened(url) as store, Stopwatch() as watch:
        dialect = store.writer.dialect
        watch.time("reading and parsing the archive", Archive, "block")
        watch.time("door: known? judged? entries", commits, "admit")
        watch.time("rows: JSON and search words", stored_posts, "new_row")
        watch.time("journal: JSON and hash chain", Tx, "append")
        watch.time("journal: JSON and hash chain", Tx, "save")
        watch.time("SQLAlchemy", Connection, "execute")
        watch.time("driver and database", dialect, "do_execute")
        watch.time("driver and database", dialect, "do_executemany")
        watch.time("commit, to disk", dialect, "do_commit")
        watch.time("rest of the transaction", store, "_written")
        (once,) = asyncio.run(_replay(store, path))
    for part, seconds in sorted(watch.wall.items(), key=lambda item: -item[1]):
        work = f"{watch.cpu[part]:.3f} s of work"
        report.add(f"{kind}, profiled: {part}", 100 * seconds / once.seconds, "% of time", work)


def measure(report: Report, where: Databases, path: Path, runs: int) -> None:
    """All kinds of database and all ways of writing, in turn, `runs` times."""
    rates: dict[str, list[float]] = {}
    known = {}
    for kind in KINDS:
        with where.migrated(kind) as url:
            known[kind] = facts(report, kind, url, path)
    for _ in range(runs):
        for kind in KINDS:
            with where.migrated(kind) as url:
                rates.setdefault(f"{kind}: door", []).append(door(url, path))
            with where.empty(kind) as url:
                plain = raw(url, *known[kind], search=False)
                rates.setdefault(f"{kind}: plain", []).append(plain)
            with where.migrated(kind) as url:
                rates.setdefault(f"{kind}: search", []).append(raw(url, *known[kind], search=True))
    for kind in KINDS:
        _compare(report, kind, {name.partition(": ")[2]: r for name, r in rates.items() if kind in name})
        with where.migrated(kind) as url:
            breakdown(report, kind, url, path)


def _compare(report: Report, kind: str, rates: dict[str, list[float]]) -> None:
    report.median(f"{kind}: through the door", rates["door"], "posts/s")
    for name, beside in (("plain", "no search index"), ("search", "with the search index")):
        report.median(f"{kind}: raw executemany, {beside}", rates[name], "rows/s")
        shares = [door / raw for door, raw in zip(rates["door"], rates[name], strict=True)]
        report.median(f"{kind}: door as a part of that", [100 * share for share in shares], "%")
    report.detail[f"rates {kind}"] = rates | {"median": statistics.median(rates["door"])}


def main() -> None:
    """Measure intake on both kinds of database."""
    arguments = parser(__doc__).parse_args()
    report = Report("intake", "Intake: an archive through the one door", arguments.quick)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, databases() as where:
        path, words = archive.archive(Path(folder))
        measure(report, where, path, 1 if arguments.quick else RUNS)
    report.notes += [
        f"Archive: {words}. Every rate is of rows on disk: {SQLITE} WAL with synchronous=FULL, "
        "PostgreSQL with fsync and synchronous_commit on, a commit every 500 posts.",
        "A post through the door also writes its journal entry, is looked up, judged and counted. The "
        "replay's time includes opening the file, the lease and the feed's own moves.",
    ]
    report.finish()


if __name__ == "__main__":
    main()
