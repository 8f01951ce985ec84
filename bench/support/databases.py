"""Fresh databases of both kinds, both durable: SQLite in a file, PostgreSQL with fsync on."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.support.postgres import PostgresServer
from wall.store import Store, migrate

SQLITE = "SQLite"
POSTGRES = "PostgreSQL"
KINDS = (SQLITE, POSTGRES)


class Databases:
    """Makes databases for single runs. What it started ends with `opened`."""

    def __init__(self, directory: Path, server: PostgresServer) -> None:
        self._directory = directory
        self._server = server

    @contextlib.contextmanager
    def empty(self, kind: str) -> Iterator[str]:
        """The URL of a database without tables, deleted afterwards."""
        if kind == POSTGRES:
            with self._server.database() as url:
                yield url
            return
        with tempfile.TemporaryDirectory(dir=self._directory) as folder:
            yield f"sqlite:///{folder}/backchannel.db"

    @contextlib.contextmanager
    def migrated(self, kind: str) -> Iterator[str]:
        """The URL of a database with every table, deleted afterwards."""
        with self.empty(kind) as url:
            with opened(url) as store:
                migrate(store)
            yield url


@contextlib.contextmanager
def databases() -> Iterator[Databases]:
    """A PostgreSQL that keeps what it promises, and a folder for SQLite files."""
    server = PostgresServer(fsync=True, shared_buffers="128MB")
    try:
        server.start()
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            yield Databases(Path(folder), server)
    finally:
        server.remove()


@contextlib.contextmanager
def opened(url: str) -> Iterator[Store]:
    """A store, closed afterwards."""
    store = Store(url)
    try:
        yield store
    finally:
        store.close()
