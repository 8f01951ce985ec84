"""Tables of what speakers ask for, of guidance, of resources, and of posts added by their address."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text

from wall.store.tables import UtcTime, metadata

speaker = Table(
    "speaker",
    metadata,
    Column("id", Text, primary_key=True),
    Column("event_id", Text, ForeignKey("event.id"), nullable=False),
    Column("session_id", Text, ForeignKey("session.id"), nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("walls", Text),
    Column("slides_private", Boolean, nullable=False),
    Column("note", Text, nullable=False),
    Column("answered_at", UtcTime),
    Column("revoked_at", UtcTime),
    Column("version", Integer, nullable=False),
    Index(None, "event_id"),
    Index(None, "session_id"),
)

guidance = Table(
    "guidance",
    metadata,
    Column("event_id", Text, ForeignKey("event.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
    Column("written_by", Text, nullable=False),
    Column("written_at", UtcTime, nullable=False),
)

resource = Table(
    "resource",
    metadata,
    Column("id", Text, primary_key=True),
    Column("event_id", Text, ForeignKey("event.id"), nullable=False),
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("by_person", Text, nullable=False),
    Column("by_name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("session_id", Text, ForeignKey("session.id")),
    Column("highlighted", Boolean, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("added_at", UtcTime, nullable=False),
    Column("version", Integer, nullable=False),
    Index(None, "event_id"),
)

pasted_post = Table(
    "pasted_post",
    metadata,
    Column("post_id", Text, ForeignKey("post.id"), primary_key=True),
    Column("event_id", Text, ForeignKey("event.id"), nullable=False),
    Column("permission", Text, nullable=False),
    Column("given", Text, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("added_at", UtcTime, nullable=False),
    Index(None, "event_id"),
)
