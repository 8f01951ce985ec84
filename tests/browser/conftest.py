"""Fixtures: a house for all tests of this worker, halls in it, and the hosts of pictures that it asks."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.working import SCREEN, Summit
from tests.conftest import Serve
from tests.support.browser import Watched, watched_context
from tests.support.hall import Hall
from tests.support.hostile_hall import HostileHouse
from tests.support.house import House, house_at
from tests.support.nursery import Nursery, forked_serve
from tests.support.ports import free_port
from tests.support.processes import ServeProcess
from tests.world.hosts import Hosts, image, serving
from wall.model import Mode


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _house(
    nursery: Nursery, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("house")
    path = shutil.copy(sqlite_template, folder / "backchannel.db")

    def serve(settings: dict[str, str]) -> ServeProcess:
        return forked_serve(nursery, folder, settings)

    async with house_at(serve, f"sqlite:///{path}", folder) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def house(_house: House) -> AsyncIterator[House]:
    """This worker's house. It is shared: take `own_house` to end its serve, or to look at all its events.

    What it said during the test is printed for the report of a failure.
    """
    child = _house.process.child
    if not child.running:
        await _house.process.start()
    said_before = child.output.stat().st_size
    yield _house
    with child.output.open("rb") as output:
        output.seek(said_before)
        print(f"--- {_house.base_url}\n{output.read().decode(errors='replace')[-8_000:]}")  # noqa: T201
    assert child.running, "the serve of the house has ended during this test"


@pytest_asyncio.fixture(loop_scope="session")
async def own_house(serve: Serve, sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A house of the test's own, which may be killed and started again."""
    async with house_at(serve, sqlite_url, tmp_path) as made:
        yield made


@pytest.fixture
def hall(house: House) -> Hall:
    """An event in which everything passes."""
    return house.hall()


@pytest.fixture
def own_hall(own_house: House) -> Hall:
    """The one event of a house of the test's own. Everything passes."""
    return own_house.hall()


@pytest.fixture
def waiting_hall(house: House) -> Hall:
    """An event in which a person reads everything first."""
    return house.hall(mode=Mode.PRE, rules=None)


@pytest_asyncio.fixture(loop_scope="session")
async def summit(house: House) -> Summit:
    """An event with the ordinary rules, a codebook, and two rooms with running sessions."""
    return await Summit.prepared(house.hall(rules=None))


@pytest_asyncio.fixture(loop_scope="session")
async def own_summit(own_house: House) -> Summit:
    """As `summit`, in a house of the test's own."""
    return await Summit.prepared(own_house.hall(rules=None))


@pytest_asyncio.fixture(loop_scope="session")
async def at_desk(browser: Browser) -> AsyncIterator[Watched]:
    """As `watched`, on a desk's screen."""
    async with watched_context(browser, viewport=SCREEN) as context:
        yield context


@pytest_asyncio.fixture(loop_scope="session")
async def away() -> AsyncIterator[Hosts]:
    """A host of pictures on loopback, one of those that the houses ask."""
    hosts = Hosts()
    async with serving(hosts, port=free_port()):
        yield hosts


@pytest.fixture
def hostile(house: House, away: Hosts) -> HostileHouse:
    """A house into whose events hostile posts are brought."""
    away.pictures["/1.png"] = image(size=(60, 20))
    return HostileHouse(house, f"http://127.0.0.1:{away.port}/1.png")
