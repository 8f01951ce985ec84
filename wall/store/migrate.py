"""Migrations: additive, run once under a lock, checked before serving."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from wall.store.database import Store

_VERSIONS = Path(__file__).parent / "migrations" / "versions"
_LOCK_NUMBER = 0x6261636B


def migrate(store: Store) -> list[str]:
    """Bring the database to the newest revision and name the revisions that were applied.

    One transaction under a lock (SQLite: the writer's; PostgreSQL: an advisory lock): a second
    caller waits, then finds nothing to do.
    """
    with store.writing() as conn:
        if not store.is_sqlite:
            conn.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK_NUMBER})
        missing = _missing(conn)
        if missing:
            from wall.store.revisions import upgrade  # noqa: PLC0415 - see _missing

            upgrade(conn)
        return missing


def pending(store: Store) -> list[str]:
    """The revisions that `migrate` would apply, oldest first."""
    with store.reading() as conn:
        return _missing(conn)


def _missing(conn: Connection) -> list[str]:
    """Alembic is asked only where something is missing: it takes a seventh of a start to import."""
    if _revision(conn) == _newest():
        return []
    from wall.store.revisions import missing  # noqa: PLC0415

    return missing(conn)


def _newest() -> str:
    """The newest revision, by which its file's name begins."""
    return max(script.name for script in _VERSIONS.glob("*.py")).partition("_")[0]


def _revision(conn: Connection) -> str | None:
    """The revision that the database is at; None for a database that is new."""
    if not inspect(conn).has_table("alembic_version"):
        return None
    return conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
