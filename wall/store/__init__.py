"""The only SQL: tables, queries and migrations, for SQLite and PostgreSQL."""

from wall.store.database import Store
from wall.store.migrate import migrate, pending

__all__ = ["Store", "migrate", "pending"]
