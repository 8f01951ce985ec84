"""The table of how feeds are: telemetry, one row for each feed."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table, Text

from wall.store.tables import UtcTime, metadata

feed_vitals = Table(
    "feed_vitals",
    metadata,
    Column("feed_id", Text, ForeignKey("feed.id"), primary_key=True),
    Column("body", Text, nullable=False),
    Column("silent_since", UtcTime),
)
