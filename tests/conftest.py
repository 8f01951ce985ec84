"""Fixtures: real databases, a real Valkey, a real browser, and serve processes that may be killed."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings
from playwright.async_api import Browser, Page

from tests.support.browser import Watched, running_browser, watched_context
from tests.support.nursery import Nursery, forked_serve
from tests.support.postgres import PostgresServer
from tests.support.processes import ROOT, ServeProcess, serve_process
from tests.support.valkey import ValkeyServer
from wall.store import Store, migrate

BACKENDS = ["sqlite", "postgresql"]
settings.register_profile("any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any-machine")
_DATA = os.environ.get("BACKCHANNEL_DATA")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests share the loop that the browser lives in, and carry their marker."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> None:
    """Whoever runs the tests may have set BACKCHANNEL_ variables; no test may notice."""
    for name in [name for name in os.environ if name.startswith("BACKCHANNEL_")]:
        del os.environ[name]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """This worker's PostgreSQL. It is shared: do not stop it, take `postgres_server` for that."""
    yield from _running(PostgresServer())


@pytest.fixture
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL of the test's own, which may be killed and started again."""
    yield from _running(PostgresServer())


def _running(server: PostgresServer) -> Iterator[PostgresServer]:
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """The URL of an empty PostgreSQL database, dropped afterwards."""
    with postgres.database() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    _migrated(f"sqlite:///{path}")
    with sqlite3.connect(path) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.close()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> str:
    """The name of a migrated PostgreSQL database, to be copied."""
    name = postgres.create()
    _migrated(postgres.url(name))
    return name


def _migrated(url: str) -> None:
    store = Store(url)
    try:
        migrate(store)
    finally:
        store.close()


@pytest.fixture(params=BACKENDS)
def empty_store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without tables, on each store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a migrated SQLite database."""
    path = shutil.copy(sqlite_template, tmp_path / "backchannel.db")
    return f"sqlite:///{path}"


@pytest.fixture
def migrated_postgres_url(postgres: PostgresServer, postgres_template: str) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database."""
    with postgres.database(postgres_template) as url:
        yield url


@pytest.fixture(params=BACKENDS)
def store_url(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated database, on each store."""
    fixture = "sqlite_url" if request.param == "sqlite" else "migrated_postgres_url"
    return str(request.getfixturevalue(fixture))


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A migrated store, on each kind of database."""
    opened = Store(store_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    """A migrated SQLite store, for what does not depend on the kind of database."""
    opened = Store(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def _valkey() -> Iterator[ValkeyServer]:
    server = ValkeyServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def valkey(_valkey: ValkeyServer) -> ValkeyServer:
    """This worker's Valkey, emptied. It is shared: take `valkey_server` to kill one."""
    _valkey.flush()
    return _valkey


@pytest.fixture
def valkey_server() -> Iterator[ValkeyServer]:
    """A Valkey of the test's own, which may be killed and started again."""
    server = ValkeyServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


Serve = Callable[..., ServeProcess]


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """This worker's nursery of servers."""
    made = Nursery()
    yield made
    made.close()


@pytest.fixture
def serve(tmp_path: Path, nursery: Nursery | None) -> Iterator[Serve]:
    """Makes `serve` processes: `serve({"BACKCHANNEL_…": …}, "--flag")`; start them yourself.

    They are forked from the nursery; where that fixture is None, they start from nothing. They end with
    the test, and what they said is printed for the report of a failure.
    """
    yield from _serves(tmp_path, nursery)


@pytest.fixture
def serve_anew(tmp_path: Path) -> Iterator[Serve]:
    """As `serve`, from nothing, for tests that look at how a process ends."""
    yield from _serves(tmp_path, None)


def _serves(tmp_path: Path, nursery: Nursery | None) -> Iterator[Serve]:
    with ExitStack() as stack:

        def make(settings: dict[str, str], *arguments: str) -> ServeProcess:
            if nursery is None:
                process = serve_process(tmp_path, settings, arguments)
            else:
                process = forked_serve(nursery, tmp_path, settings, *arguments)
            stack.callback(lambda: print(f"--- {process.base_url}\n{process.child.said()}"))  # noqa: T201
            stack.callback(process.child.kill)
            return process

        yield make


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """This worker's Chromium."""
    async with running_browser() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def watched(browser: Browser) -> AsyncIterator[Watched]:
    """A browser context; the test fails if its pages log errors or break the policy."""
    async with watched_context(browser) as context:
        yield context


@pytest_asyncio.fixture(loop_scope="session")
async def page(watched: Watched) -> Page:
    """One page of a watched context."""
    return await watched.page()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with recorded posts. Skips where it is absent."""
    folder = Path(_DATA or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("no recorded posts here: set BACKCHANNEL_DATA to their folder")
    return folder
