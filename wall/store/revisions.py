"""The revisions of the database, by Alembic: which are missing, and how they are applied."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from sqlalchemy import Connection

from wall.errors import SetupProblem

_SCRIPTS = Path(__file__).parent / "migrations"


def missing(conn: Connection) -> list[str]:
    """The revisions that this database lacks, oldest first. Raises SetupProblem for one of a newer
    version."""
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


def upgrade(conn: Connection) -> None:
    """Apply what is missing within this connection's transaction."""
    config = _config()
    config.attributes["connection"] = conn
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config
