"""The store: SQLite by default, PostgreSQL beyond one machine; small synchronous functions of a
`Connection`, run in threads from the async edge.

Default transaction modes tear snapshots on both stores, so they are set here and nowhere else:
SQLite writes with BEGIN IMMEDIATE on one writer thread and reads with an explicit BEGIN;
PostgreSQL writes at READ COMMITTED behind the event's row lock and reads at REPEATABLE READ.
Both acknowledge only what is on disk (`synchronous=FULL`, `synchronous_commit=on`).
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from wall.errors import BackchannelError, SetupProblem, StoreFull, StoreUnavailable
from wall.store.sealing import Seal

T = TypeVar("T")

BUSY_TIMEOUT_MS = 10_000
READERS = 4
POSTGRES_WRITERS = 8

_DISK_FULL_SQLSTATE = "53100"
_READ_ONLY_SQLSTATE = "25006"
_NO_DATABASE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class Store:
    """Two engines over one database: `write` for commands, `read` for snapshots that hold still."""

    def __init__(self, url: str, seal: Seal | None = None) -> None:
        """Open (lazily) the database at an SQLAlchemy URL or `sqlite:///path`, `postgresql://…`; with a
        `seal` for what must not lie in it as it is."""
        self.url = _driver_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer, self._reader = _sqlite_engines(self.url)
        else:
            self._writer, self._reader = _postgres_engines(self.url)
        for engine in (self._writer, self._reader):
            engine.update_execution_options(**{Seal.option: seal})
        writers = 1 if self.is_sqlite else POSTGRES_WRITERS
        self._write_threads = ThreadPoolExecutor(writers, thread_name_prefix="store-write")
        self._read_threads = ThreadPoolExecutor(READERS, thread_name_prefix="store-read")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One write transaction, in this thread: committed at the end, or nothing happened."""
        with _speaking_plainly(), self._writer.begin() as conn:
            yield conn

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One read transaction, in this thread, in which nothing changes underneath."""
        with _speaking_plainly(), self._reader.begin() as conn:
            yield conn

    @contextmanager
    def holding(self) -> Iterator[Connection]:
        """A connection of its own outside any transaction, for locks that last as long as it."""
        with _speaking_plainly(), self._writer.connect() as conn:
            yield conn.execution_options(isolation_level="AUTOCOMMIT")

    async def write(self, fn: Callable[[Connection], T]) -> T:
        """Run `fn` in one write transaction on a writer thread.

        Raises StoreUnavailable or StoreFull when the database cannot keep it, or whatever `fn`
        raises; in each case nothing was saved. A caller that is cancelled while it waits does not
        undo a transaction that has begun.
        """
        return await _in_thread(self._write_threads, self._written, fn)

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """Run `fn` in one read transaction on a reader thread. Raises StoreUnavailable."""
        return await _in_thread(self._read_threads, self._was_read, fn)

    def _written(self, fn: Callable[[Connection], T]) -> T:
        with self.writing() as conn:
            return fn(conn)

    def _was_read(self, fn: Callable[[Connection], T]) -> T:
        with self.reading() as conn:
            return fn(conn)

    @property
    def writer(self) -> Engine:
        """The engine that migrations run on."""
        return self._writer

    async def ready(self) -> None:
        """Raise StoreUnavailable unless the database answers."""
        await self.read(lambda conn: conn.execute(text("SELECT 1")).scalar_one())

    def close(self) -> None:
        """Wait for running transactions, then close every connection."""
        self._write_threads.shutdown(wait=True)
        self._read_threads.shutdown(wait=True)
        self._writer.dispose()
        self._reader.dispose()


async def _in_thread(pool: ThreadPoolExecutor, call: Callable[..., T], fn: Callable[[Connection], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, call, fn)


def _driver_url(text_url: str) -> URL:
    try:
        url = make_url(text_url)
    except Exception as exc:
        raise SetupProblem(
            "The database URL cannot be read.",
            remedy="Use sqlite:///path/to/file.db or postgresql://user:password@host/name.",
        ) from exc
    if url.drivername in {"postgres", "postgresql"}:
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise SetupProblem(
            f"Backchannel does not run on {url.get_backend_name()}.",
            remedy="Use sqlite:///path/to/file.db or postgresql://user:password@host/name.",
        )
    return url


def _sqlite_engines(url: URL) -> tuple[Engine, Engine]:
    if not url.database or url.database == ":memory:":
        raise SetupProblem(
            "An in-memory database loses everything.", remedy="Name a file: sqlite:///path/to/file.db"
        )
    common: dict[str, Any] = {
        "connect_args": {"check_same_thread": False},
        "max_overflow": 0,
        # Parameters are texts and names of people: they must not get into a log by a traceback.
        "hide_parameters": True,
    }
    writer = create_engine(url, pool_size=1, **common)
    reader = create_engine(url, pool_size=READERS, **common)
    for engine, begin in ((writer, "BEGIN IMMEDIATE"), (reader, "BEGIN")):
        event.listen(engine, "connect", _sqlite_connected)
        event.listen(engine, "begin", _begins_with(begin))
    return writer, reader


def _sqlite_connected(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    _use_wal(connection)
    for pragma in (
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _use_wal(connection: sqlite3.Connection) -> None:
    """Of several processes that open a new file at once, SQLite lets one change its mode and tells
    the others "locked" without waiting."""
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1_000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as problem:
            busy = problem.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _begins_with(statement: str) -> Callable[[Connection], None]:
    def begin(conn: Connection) -> None:
        conn.exec_driver_sql(statement)

    return begin


def _postgres_engines(url: URL) -> tuple[Engine, Engine]:
    options = "-c synchronous_commit=on -c timezone=UTC"
    # A host that vanished without a word is given up after these seconds, not after the system's many.
    vanished = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
    arguments = {"options": options, "connect_timeout": 5, "tcp_user_timeout": 20_000, **vanished}
    common: dict[str, Any] = {"connect_args": arguments, "pool_pre_ping": True, "hide_parameters": True}
    # One writer more than there are threads: `holding` keeps one for as long as the process serves.
    writer = create_engine(url, pool_size=POSTGRES_WRITERS + 1, isolation_level="READ COMMITTED", **common)
    reader = create_engine(url, pool_size=READERS, isolation_level="REPEATABLE READ", **common)
    event.listen(reader, "begin", _begins_with("SET TRANSACTION READ ONLY"))
    return writer, reader


@contextmanager
def _speaking_plainly() -> Iterator[None]:
    """Turn a driver's complaint about the database itself into an error with words."""
    try:
        yield
    except BackchannelError:
        raise
    except PoolTimeout as exc:
        raise StoreUnavailable("The database is too busy to answer.") from exc
    except DBAPIError as exc:
        raise _in_words(exc) from exc


def _in_words(exc: DBAPIError) -> Exception:
    said = str(exc.orig)
    if getattr(exc.orig, "sqlstate", None) == _DISK_FULL_SQLSTATE or "disk is full" in said:
        return StoreFull("The disk of the database is full.")
    if "readonly database" in said:
        return StoreUnavailable("The database file cannot be written to.")
    if getattr(exc.orig, "sqlstate", None) == _READ_ONLY_SQLSTATE:
        return StoreUnavailable("The database takes no changes: it is a standby, or set to read only.")
    if getattr(exc.orig, "sqlite_errorcode", None) in _NO_DATABASE:
        return StoreUnavailable("The database file is damaged, or is no database.")
    gone = isinstance(exc, OperationalError | InterfaceError) or exc.connection_invalidated
    return StoreUnavailable("The database does not answer.") if gone and not _at_fault(exc.orig) else exc


def _at_fault(said: BaseException | None) -> bool:
    """Whether it is the statement or its values that will not do, whatever the driver calls it.

    SQLite says "operational" of a syntax error too, and PostgreSQL of a value that is too large.
    """
    too_large = str(getattr(said, "sqlstate", "")).startswith("54")
    return too_large or getattr(said, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
