"""The only SQL: tables, queries and migrations, for SQLite and PostgreSQL."""

# These tables have to be in the metadata before anybody reads that.
import wall.store.ask_tables
import wall.store.codebook_tables
import wall.store.contributions_tables
import wall.store.display_tables
import wall.store.doors_tables
import wall.store.feed_tables
import wall.store.look_tables
import wall.store.point_tables
import wall.store.push_tables
import wall.store.reply_tables
import wall.store.sheet_tables
import wall.store.speaker_tables
import wall.store.staff_tables
import wall.store.twin_tables
import wall.store.wish_tables  # noqa: F401
from wall.store.database import Store
from wall.store.migrate import migrate, pending

__all__ = ["Store", "migrate", "pending"]
