"""Tables of what participants do with points: who thinks so too, as digests that name nobody, and second
looks."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text

from wall.store.tables import UtcTime, metadata

support = Table(
    "support",
    metadata,
    Column("post_id", Text, ForeignKey("post.id"), primary_key=True),
    Column("digest", Text, primary_key=True),
    # Rows in the order of their digests: neither time nor order can unmask anyone.
    sqlite_with_rowid=False,
)

support_count = Table(
    "support_count",
    metadata,
    Column("id", Text, ForeignKey("post.id"), primary_key=True),
    Column("event_id", Text, ForeignKey("event.id"), nullable=False),
    Column("people", Integer, nullable=False),
    Column("due", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Index(None, "event_id"),
    Index(None, "due"),
)

second_look = Table(
    "second_look",
    metadata,
    Column("id", Text, ForeignKey("post.id"), primary_key=True),
    Column("event_id", Text, ForeignKey("event.id"), nullable=False),
    Column("words", Text, nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("answered_by", Text),
    Column("answered_at", UtcTime),
    Column("version", Integer, nullable=False),
    Index(None, "event_id"),
)
