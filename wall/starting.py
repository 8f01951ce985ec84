"""One process's place beside others: its lock, its tables brought up to date, its port for metrics."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import structlog
from filelock import FileLock, Timeout
from prometheus_client import disable_created_metrics, start_http_server
from sqlalchemy import text

from wall.errors import SetupProblem
from wall.settings import Settings
from wall.store import Store, feeds, migrate, pending

log = structlog.get_logger(__name__)

_SERVE_LOCK = 0x73657276


@contextlib.contextmanager
def place(settings: Settings, store: Store) -> Iterator[None]:
    """Hold this process's place beside others, or refuse to start with the reason.

    A SQLite file has one `serve`. On PostgreSQL there may be several if all of them ring the same
    Redis. The locks are the operating system's and PostgreSQL's: they end with the process,
    however that ends. Raises SetupProblem.
    """
    if store.is_sqlite:
        with _file_place(store):
            yield
    else:
        with _postgres_place(store, shared=settings.redis_url is not None):
            yield


@contextlib.contextmanager
def _file_place(store: Store) -> Iterator[None]:
    lock = FileLock(f"{Path(store.url.database or '').absolute()}.serve")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise SetupProblem(
            "Another serve process has this SQLite file open.",
            remedy="Stop it first. To run several processes, use PostgreSQL and Redis or Valkey.",
        ) from None
    except OSError as exc:
        raise SetupProblem(
            f"The directory of the database cannot be written to: {exc.strerror}.",
            remedy="Make it writable for this user, or set BACKCHANNEL_DATABASE_URL.",
        ) from exc
    with lock:
        yield


@contextlib.contextmanager
def _postgres_place(store: Store, *, shared: bool) -> Iterator[None]:
    kind = "pg_try_advisory_lock_shared" if shared else "pg_try_advisory_lock"
    with store.holding() as conn:
        if not conn.execute(text(f"SELECT {kind}(:number)"), {"number": _SERVE_LOCK}).scalar_one():
            raise SetupProblem(
                "Another serve process uses this database, and the two have no common Redis.",
                remedy="Give all of them the same BACKCHANNEL_REDIS_URL, or stop the other one.",
            )
        yield


def prepare(store: Store, *, alone: bool) -> None:
    """Bring the tables up to date, or refuse to start with the command to run.

    Who is `alone` (its place is beside no other) frees the leases of processes that were killed.
    """
    if store.is_sqlite and alone:
        migrate(store)
    elif missing := pending(store):
        raise SetupProblem(
            f"The database lacks {len(missing)} migration(s).",
            remedy="Run `backchannel migrate`, then start again.",
        )
    if alone:
        with store.writing() as conn:
            feeds.free_leases(conn, _still_runs)


def _still_runs(owner: str) -> bool:
    """Whether the owner of a lease is another process of this machine: a replay on the command line."""
    host, _, pid = owner.rpartition(":")
    if host != socket.gethostname() or int(pid) == os.getpid():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


@contextlib.contextmanager
def metrics_served(settings: Settings) -> Iterator[None]:
    """Serve Prometheus metrics on a port of their own, where one is set. Raises SetupProblem."""
    if settings.metrics_port is None:
        yield
        return
    if settings.metrics_port == settings.port != 0:
        raise SetupProblem(
            f"Port {settings.port} cannot serve both pages and metrics.",
            remedy="Set BACKCHANNEL_METRICS_PORT to another port.",
        )
    # Twice the lines, for a time that nobody asks for.
    disable_created_metrics()  # type: ignore[no-untyped-call]
    try:
        server, thread = start_http_server(settings.metrics_port, settings.metrics_host)
    except OSError as exc:
        raise SetupProblem(
            f"Metrics cannot be served on port {settings.metrics_port} of {settings.metrics_host}: "
            f"{exc.strerror}.",
            remedy="Stop what uses it, or set BACKCHANNEL_METRICS_PORT to another.",
        ) from exc
    log.info("metrics", host=settings.metrics_host, port=server.server_port)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
