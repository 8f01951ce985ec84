"""What a process begins with: its database, its place beside others, its port for metrics."""

from __future__ import annotations

import base64
import contextlib
import gc
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import structlog
import uvicorn
from filelock import FileLock, Timeout
from prometheus_client import disable_created_metrics, start_http_server
from sqlalchemy import text

from wall.access.reach import listens_everywhere, origin_of, own_address
from wall.access.signatures import mac
from wall.errors import SetupProblem
from wall.live import http_protocol, websocket_protocol
from wall.settings import Settings
from wall.store import Store, feeds, integrations, migrate, pending
from wall.store.sealing import Seal

log = structlog.get_logger(__name__)

_SERVE_LOCK = 0x73657276
_GC_THRESHOLDS = (100_000, 50, 1_000)
"""Many connections at once make many objects that live long: collecting them often is waste."""
_INCOMING_BYTES = 4096


def open_store(settings: Settings) -> Store:
    """The database of these settings, in which credentials are sealed with the secret key. Raises
    SetupProblem where that has to be given and is not."""
    key = bytes.fromhex(mac(settings.secret(), "seal"))
    return Store(settings.database, Seal(base64.urlsafe_b64encode(key)))


def settle_memory() -> None:
    """Leave what was made until now out of every collection: it stays as long as the process, which serves
    one application. What is made and unmade beside it, as the summit on the first page, must come later."""
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)


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

    Who is `alone` (its place is beside no other) frees the leases of processes that were killed. What
    earlier versions stored unsealed is sealed.
    """
    if store.is_sqlite and alone:
        migrate(store)
    elif missing := pending(store):
        raise SetupProblem(
            f"The database lacks {len(missing)} migration(s).",
            remedy="Run `backchannel migrate`, then start again.",
        )
    with store.writing() as conn:
        if alone:
            feeds.free_leases(conn, _still_runs)
        feeds.seal_all(conn)
        integrations.seal_all(conn)


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


def uvicorn_config(application: Any, settings: Settings) -> uvicorn.Config:
    """How this process listens and what it takes."""
    return uvicorn.Config(
        application,
        host=settings.host,
        port=settings.port,
        http=http_protocol(settings.request_seconds, settings.socket_stuck_seconds),
        ws=websocket_protocol(),
        ws_per_message_deflate=False,
        ws_max_size=_INCOMING_BYTES,
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=5,
        backlog=4096,
    )


def address_of(settings: Settings) -> str:
    """Where a server of these settings is reached: on all addresses of this computer, by others too."""
    everywhere = listens_everywhere(settings.host)
    host = (own_address() or "127.0.0.1") if everywhere else settings.host
    return settings.public_url or origin_of(quote(host, safe=":"), settings.port)
