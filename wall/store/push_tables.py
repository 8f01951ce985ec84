"""Tables of notifications: where browsers are told, and what they were told already."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from wall.store.tables import Number, UtcTime, metadata

push_subscription = Table(
    "push_subscription",
    metadata,
    Column("id", Text, primary_key=True),
    Column("event_id", Text, ForeignKey("event.id"), nullable=False),
    Column("reader", Text, nullable=False),
    Column("endpoint_digest", Text, nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("p256dh", Text, nullable=False),
    Column("auth", Text, nullable=False),
    Column("lang", Text, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("failed", Integer, nullable=False),
    Index("uq_push_subscription_where", "event_id", "reader", "endpoint_digest", unique=True),
)

push_cursor = Table(
    "push_cursor",
    metadata,
    Column("event_id", Text, ForeignKey("event.id"), primary_key=True),
    Column("epoch", Text, nullable=False),
    Column("seq", Number, nullable=False),
)

push_told = Table(
    "push_told",
    metadata,
    Column("post_id", Text, ForeignKey("post.id"), primary_key=True),
    Column("what", Text, primary_key=True),
    Column("event_id", Text, ForeignKey("event.id"), nullable=False),
    Index(None, "event_id"),
)
