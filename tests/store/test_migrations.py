"""Migrations make exactly what tables.py describes, once, on both stores."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

import wall.store
from wall.errors import SetupProblem
from wall.starting import prepare
from wall.store import Store, migrate, pending
from wall.store.tables import metadata

SCRIPTS = Path(wall.store.__file__).parent / "migrations" / "versions"
REVISIONS = sorted(script.name[:4] for script in SCRIPTS.glob("*.py"))
SEARCH = {"post_search", "post_search_data", "post_search_idx", "post_search_docsize", "post_search_config"}
"""Search is the one part that differs between the stores, and is made by statements of its own."""


def ours(kind: str, name: str | None) -> bool:
    searching = (kind == "table" and name in SEARCH) or (kind == "index" and name == "ix_post_search")
    return not searching and (kind, name) != ("column", "search")


def differences(store: Store) -> list[Any]:
    with store.reading() as conn:
        options = {
            "compare_type": True,
            "compare_server_default": True,
            "include_object": lambda _o, name, kind, _r, _c: ours(kind, name),
        }
        return list(compare_metadata(MigrationContext.configure(conn, opts=options), metadata))


def schema(store: Store) -> dict[str, Any]:
    """Names of constraints and columns, which `compare_metadata` does not look at."""
    with store.reading() as conn:
        seen = inspect(conn)
        return {
            table: (
                [(column["name"], column["nullable"]) for column in seen.get_columns(table)],
                seen.get_pk_constraint(table)["name"],
                sorted((key["name"], key["referred_table"]) for key in seen.get_foreign_keys(table)),
                sorted(str(one["name"]) for one in seen.get_unique_constraints(table)),
            )
            for table in sorted(metadata.tables)
        }


@pytest.fixture
def empty(empty_store_url: str) -> Any:
    store = Store(empty_store_url)
    yield store
    store.close()


def test_the_migrated_schema_is_the_one_that_the_code_uses(store: Store) -> None:
    assert differences(store) == []
    for table, (columns, pk, fks, uniques) in schema(store).items():
        meant = metadata.tables[table]
        assert {name for name, _ in columns} - {"search"} == set(meant.c.keys())
        assert dict(columns).items() >= {(one.name, bool(one.nullable)) for one in meant.c}
        assert pk in (None, meant.primary_key.name)  # SQLite has none for an autoincrement key
        assert fks == sorted((str(fk.name), fk.referred_table.name) for fk in meant.foreign_key_constraints)
        named = {str(one.name) for one in meant.constraints if str(one.name).startswith("uq_")}
        assert set(uniques) == named


def test_a_second_migration_finds_nothing_to_do(empty: Store) -> None:
    assert pending(empty) == REVISIONS
    assert migrate(empty) == REVISIONS
    assert migrate(empty) == []
    assert pending(empty) == []
    assert differences(empty) == []


def test_of_two_that_migrate_at_once_one_does_and_the_other_waits(
    empty: Store, empty_store_url: str
) -> None:
    other = Store(empty_store_url)
    try:
        with ThreadPoolExecutor(2) as pool:
            applied = list(pool.map(migrate, (empty, other)))
    finally:
        other.close()
    assert sorted(applied) == [[], REVISIONS]
    assert differences(empty) == []


def test_a_migration_that_fails_leaves_nothing_behind(empty: Store) -> None:
    with empty.writing() as conn:
        conn.execute(text("CREATE TABLE sign_in (obstacle INTEGER)"))
    with pytest.raises(Exception, match=r"(?i)already exists"):
        migrate(empty)
    with empty.reading() as conn:
        assert set(inspect(conn).get_table_names()) <= {"sign_in"}
    assert pending(empty) == REVISIONS


def test_serving_refuses_a_database_that_lacks_migrations(empty: Store) -> None:
    with pytest.raises(SetupProblem, match="lacks") as refusal:
        prepare(empty, alone=False)
    assert "backchannel migrate" in refusal.value.remedy


@pytest.mark.parametrize("look", [migrate, pending])
def test_a_database_of_a_newer_version_is_refused_in_words(empty: Store, look: Any) -> None:
    migrate(empty)
    with empty.writing() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SetupProblem, match="newer version"):
        look(empty)
