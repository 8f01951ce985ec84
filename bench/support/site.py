"""A real `serve` process with one event and an organiser who is signed in."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from bench.support.databases import opened
from bench.support.http import Client
from tests.support.processes import ServeProcess, serve_process
from tests.support.staff import Staff
from tests.support.summit import open_rules
from wall.store import events

EVENT = "bench"
API = f"/api/v1/events/{EVENT}"


@dataclass
class Site:
    """A running server. `client` speaks as the organiser."""

    process: ServeProcess
    database_url: str
    token: str
    client: Client

    @property
    def port(self) -> int:
        """The port on loopback."""
        return self.process.port

    def another_client(self) -> Client:
        """One more connection of the same organiser."""
        return Client(self.port, self.token)


@contextlib.asynccontextmanager
async def site(database_url: str | None = None, **settings: str) -> AsyncIterator[Site]:
    """Serve until the block ends; by default on a SQLite file of its own. `settings` by their
    names in lower case, without the prefix. A PostgreSQL must be migrated."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        url = database_url or f"sqlite:///{folder}/backchannel.db"
        given = {"data_dir": folder, "database_url": url, **settings}
        environment = {f"BACKCHANNEL_{name.upper()}": value for name, value in given.items()}
        process = serve_process(Path(folder), environment)
        try:
            await process.start()
            token = _organiser(process, url)
            client = Client(process.port, token)
            await client.post(
                "/api/v1/events",
                {"slug": EVENT, "name": "Measured", "hashtags": ["bench"], "mode": "auto"},
            )
            _open(url)
            yield Site(process, url, token, client)
            await client.close()
        finally:
            process.stop()


def _open(url: str) -> None:
    """Let everything pass: posts that are all alike must not wait for a person."""
    with opened(url) as store, store.writing() as conn:
        found = events.named(conn, EVENT)
        assert found is not None
        open_rules(conn, found.id)


def _organiser(process: ServeProcess, url: str) -> str:
    with opened(url) as store:
        return Staff(process.base_url, store).token
