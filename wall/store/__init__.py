"""The only SQL: tables, queries and migrations, for SQLite and PostgreSQL."""

import wall.store.display_tables  # noqa: F401  its tables are in the metadata before anybody reads that
from wall.store.database import Store
from wall.store.migrate import migrate, pending

__all__ = ["Store", "migrate", "pending"]
