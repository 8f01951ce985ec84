"""One PostgreSQL database for the tests of a worker: emptied, it is there sooner than a new copy.

A folder's conftest imports these fixtures; its tests must leave no connection behind.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.support.postgres import PostgresServer
from wall.store.tables import metadata

_EMPTY = "; ".join(f'DELETE FROM "{table.name}"' for table in reversed(metadata.sorted_tables))


@pytest.fixture(scope="session")
def kept_postgres_url(postgres: PostgresServer, postgres_template: str) -> Iterator[str]:
    """The URL of this worker's migrated database. Take `migrated_postgres_url`."""
    with postgres.database(postgres_template) as url:
        yield url


@pytest.fixture
def migrated_postgres_url(kept_postgres_url: str) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database without rows. Its tables and settings are not to be
    changed: tests that do so take `own_postgres_url`."""
    yield kept_postgres_url
    with psycopg.connect(kept_postgres_url) as conn:
        conn.execute(_EMPTY)  # type: ignore[call-overload]


@pytest.fixture
def own_postgres_url(postgres: PostgresServer, postgres_template: str) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database of the test's own."""
    with postgres.database(postgres_template) as url:
        yield url
