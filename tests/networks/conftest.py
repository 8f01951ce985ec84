"""One real `serve` for the tests against real servers of networks. They run by `make test-networks`."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.running import Running
from tests.support.instance import instance_at
from tests.support.ports import free_port
from tests.support.processes import serve_process
from tests.support.staff import Staff

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is in this folder carries the marker."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.networks)


@pytest.fixture(scope="session")
def running(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Running]:
    """A `serve` as it comes, but that servers of this machine may be fed from; after a failure it says what
    it said."""
    directory = tmp_path_factory.mktemp("networks")
    database = shutil.copy(sqlite_template, directory / "backchannel.db")
    settings = {"metrics_port": str(free_port()), "plain_hosts": "true"}
    with instance_at(f"sqlite:///{database}", directory, **settings) as instance:
        server = serve_process(directory, instance.settings)
        try:
            asyncio.run(server.start())
            yield Running(instance, server, Staff(server.base_url, instance.store), itertools.count(1))
        finally:
            if request.session.testsfailed:
                print(server.child.said())  # noqa: T201
            server.kill()
