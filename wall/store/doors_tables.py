"""The table of what was confirmed before the doors open."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table, Text

from wall.store.tables import UtcTime, metadata

door = Table(
    "door",
    metadata,
    Column("event_id", Text, ForeignKey("event.id"), primary_key=True),
    Column("item", Text, primary_key=True),
    Column("actor", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)
