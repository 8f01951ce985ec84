"""Migrations: additive, run once under a lock, checked before serving."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from sqlalchemy import Connection, text

from wall.errors import SetupProblem
from wall.store.database import Store

_SCRIPTS = Path(__file__).parent / "migrations"
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
            config = _config()
            config.attributes["connection"] = conn
            command.upgrade(config, "head")
        return missing


def pending(store: Store) -> list[str]:
    """The revisions that `migrate` would apply, oldest first."""
    with store.reading() as conn:
        return _missing(conn)


def _missing(conn: Connection) -> list[str]:
    scripts = ScriptDirectory.from_config(_config())
    present = MigrationContext.configure(conn).get_current_revision()
    try:
        newer = [script.revision for script in scripts.iterate_revisions("head", present or "base")]
    except RevisionError:
        raise SetupProblem(
            "The database was made by a newer version of Backchannel.",
            remedy="Install that version again, or restore a backup that this one made.",
        ) from None
    return [revision for revision in newer if revision != present][::-1]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config
