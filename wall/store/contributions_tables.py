"""Tables of contributions besides what they are made of: which session a post is suggested to."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text

from wall.store.tables import UtcTime, metadata

placement = Table(
    "placement",
    metadata,
    Column("id", Text, ForeignKey("post.id"), primary_key=True),
    Column("event_id", Text, ForeignKey("event.id"), nullable=False),
    Column("session_id", Text, ForeignKey("session.id")),
    Column("reason", Text, nullable=False),
    Column("by_hand", Boolean, nullable=False),
    Column("claimed_by", Text),
    Column("claimed_at", UtcTime),
    Column("version", Integer, nullable=False),
)
