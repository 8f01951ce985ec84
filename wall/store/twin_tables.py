"""What moderators said of accounts of two networks: one person's, or not."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table, Text

from wall.store.tables import UtcTime, metadata

twin_told = Table(
    "twin_told",
    metadata,
    Column("event_id", Text, ForeignKey("event.id"), primary_key=True),
    Column("pair", Text, primary_key=True),
    Column("told", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)
"""`pair` is a keyed digest of both accounts: it tells nobody who they are."""
