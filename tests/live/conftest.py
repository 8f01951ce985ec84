"""One real `serve` for the tests of its live side. Each test has an event of its own in it."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.running import Running
from tests.support.instance import instance_at
from tests.support.kept_postgres import kept_postgres_url, migrated_postgres_url
from tests.support.ports import free_port
from tests.support.processes import serve_process
from tests.support.staff import Staff

__all__ = ["kept_postgres_url", "migrated_postgres_url"]


@pytest.fixture(scope="session")
def running(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A `serve` with quick beats and little patience for readers who do not read."""
    directory = tmp_path_factory.mktemp("running")
    database = shutil.copy(sqlite_template, directory / "backchannel.db")
    settings = {
        "beat_seconds": "0.3",
        "socket_stuck_seconds": "4",
        "metrics_port": str(free_port()),
        "plain_hosts": "true",
    }
    with instance_at(f"sqlite:///{database}", directory, **settings) as instance:
        server = serve_process(directory, instance.settings)
        try:
            asyncio.run(server.start())
            yield Running(instance, server, Staff(server.base_url, instance.store), itertools.count(1))
        finally:
            server.kill()
