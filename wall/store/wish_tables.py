"""Tables of people who are left off the walls: that they are, and the digests by which they are known."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from wall.store.tables import UtcTime, metadata

opt_out = Table(
    "opt_out",
    metadata,
    Column("id", Text, primary_key=True),
    Column("event_id", Text, ForeignKey("event.id"), nullable=False),
    Column("network", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("posts", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Index(None, "event_id"),
)

opt_out_name = Table(
    "opt_out_name",
    metadata,
    Column("event_id", Text, ForeignKey("event.id"), primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("opt_out_id", Text, ForeignKey("opt_out.id"), nullable=False),
    Index(None, "opt_out_id"),
)
