"""Copies of a SQLite database: made while others write, looked into before they are put back. And what
makes the history in a database another one, on each store.

A copy is one file: it is left without the write-ahead log, so that nothing beside it belongs to it.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, select, update

from wall.errors import BackchannelError, SetupProblem, StoreFull, StoreUnavailable
from wall.model import new_id
from wall.store.sealing import is_sealed, unsealed
from wall.store.tables import event, feed, integration

Progress = Callable[[int, int], None]
"""Told how many pages of how many are copied."""

_STEP_PAGES = 1_000
_TABLES = frozenset({"alembic_version", "event", "entry"})
_NO_DATABASE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class NoCopy(SetupProblem):
    """A file that cannot be put back: it is no database of Backchannel, or not whole."""

    code = "no_copy"
    remedy = "Nothing was changed. Choose another copy."


def write(source: Path, target: Path, progress: Progress) -> None:
    """Write the database as it is at this moment into an empty file, while others go on writing to it.

    Raises StoreFull, or StoreUnavailable for a database that cannot be read or is damaged.
    """
    with _speaking_plainly(), _opened(source) as read, _opened(target) as written:
        # A snapshot that is held is never begun again, however much is written meanwhile.
        read.execute("BEGIN")
        read.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        read.backup(
            written, pages=_STEP_PAGES, progress=lambda _, left, whole: progress(whole - left, whole)
        )
        _stand_alone(written)
        if (said := _wrong_with(written)) is not None:
            raise StoreUnavailable(
                f"The database is damaged: {said}.",
                remedy="Keep its files as they are, and restore a copy.",
            )


def look_into(path: Path) -> None:
    """Raise NoCopy unless this file (with the log beside it, if there is one) is a whole database of
    Backchannel. What is in the log goes into the file."""
    try:
        with _opened(path) as conn:
            _stand_alone(conn)
            tables = {
                name for (name,) in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            }
            if not tables >= _TABLES:
                raise NoCopy("This file is a database, but not one of Backchannel.")
            if (said := _wrong_with(conn)) is not None:
                raise NoCopy(f"This copy is damaged: {said}.")
            if len(conn.execute("SELECT version_num FROM alembic_version").fetchall()) != 1:
                raise NoCopy("This copy does not say which version of Backchannel made it.")
    except sqlite3.DatabaseError as problem:
        code = getattr(problem, "sqlite_errorcode", None)
        if code == sqlite3.SQLITE_NOTADB:
            raise NoCopy("This file is no SQLite database.") from problem
        raise NoCopy("This copy is damaged or not whole: SQLite cannot read it.") from problem


def let_go(path: Path) -> bool:
    """Take the database out of the write-ahead log, so that it is one file. False: it is damaged. Raises
    SetupProblem while another process has it open."""
    try:
        with _opened(path) as conn:
            _stand_alone(conn)
    except sqlite3.DatabaseError as problem:
        code = getattr(problem, "sqlite_errorcode", 0) & 0xFF
        if code in _NO_DATABASE:
            return False
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise SetupProblem(
                "Another process has the database open.",
                remedy="Nothing was changed. Wait for other `backchannel` commands, then try again.",
            ) from problem
        raise SetupProblem(
            "The present database cannot be opened for writing.",
            remedy="Nothing was changed. Run this as the user who runs `serve`.",
        ) from problem
    return True


def begin_anew(conn: Connection) -> int:
    """Give the history of every event, deleted ones too, a name of its own, and take away all leases. The
    number of events.

    A cursor of the former history continues nowhere: whoever holds one gets a snapshot. That is why it
    needs no entry.
    """
    ids = conn.execute(select(event.c.id)).scalars().all()
    for event_id in ids:
        conn.execute(update(event).where(event.c.id == event_id).values(epoch=new_id()[-12:]))
    conn.execute(update(feed).values(lease_owner=None, lease_until=None, fence=feed.c.fence + 1))
    return len(ids)


def unreadable(conn: Connection) -> int:
    """How many feeds and other tools have credentials that another secret key sealed."""
    stored = [
        *conn.execute(select(feed.c.config)).scalars(),
        *conn.execute(select(integration.c.key)).scalars(),
    ]
    return sum(is_sealed(one) and unsealed(conn, one) is None for one in stored)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection without transactions of its own; it does not make a file that is not there."""
    uri = f"file:{quote(str(path.absolute()))}?mode=rw"
    with contextlib.closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=2)) as conn:
        yield conn


def _stand_alone(conn: sqlite3.Connection) -> None:
    conn.execute("PRAGMA journal_mode=DELETE").fetchone()


def _wrong_with(conn: sqlite3.Connection) -> str | None:
    said = str(conn.execute("PRAGMA integrity_check(1)").fetchone()[0])
    return None if said == "ok" else "its pages do not fit together"


@contextlib.contextmanager
def _speaking_plainly() -> Iterator[None]:
    try:
        yield
    except BackchannelError:
        raise
    except sqlite3.DatabaseError as problem:
        code = getattr(problem, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise StoreFull("The disk on which the copy is written is full.") from problem
        damaged = code in _NO_DATABASE
        said = "is damaged, or is no database" if damaged else "cannot be read, or its copy not written"
        raise StoreUnavailable(f"The database {said}.", remedy="Nothing was changed.") from problem
