"""Tables of what running a session leaves: answers to prompts, conclusions and their endorsements, messages
between desk and chair."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text

from wall.store.tables import UtcTime, metadata

answer = Table(
    "answer",
    metadata,
    Column("id", Text, ForeignKey("post.id"), primary_key=True),
    Column("event_id", Text, ForeignKey("event.id"), nullable=False),
    Column("session_id", Text, ForeignKey("session.id"), nullable=False),
    Column("prompt_id", Text),
    Column("how", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Index(None, "event_id"),
    Index(None, "session_id"),
)

conclusion = Table(
    "conclusion",
    metadata,
    Column("id", Text, primary_key=True),
    Column("event_id", Text, ForeignKey("event.id"), nullable=False),
    Column("session_id", Text, ForeignKey("session.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("endorsed", Integer, nullable=False),
    Column("room", Integer),
    Column("removed", Boolean, nullable=False),
    Column("worded", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Index(None, "event_id"),
    Index(None, "session_id"),
)

endorsement = Table(
    "endorsement",
    metadata,
    Column("conclusion_id", Text, ForeignKey("conclusion.id"), primary_key=True),
    Column("digest", Text, primary_key=True),
    # Rows in the order of their digests: neither time nor order can unmask anyone.
    sqlite_with_rowid=False,
)

message = Table(
    "message",
    metadata,
    Column("id", Text, primary_key=True),
    Column("event_id", Text, ForeignKey("event.id"), nullable=False),
    Column("session_id", Text, ForeignKey("session.id"), nullable=False),
    Column("to", Text, nullable=False),
    Column("signal", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("sent_by", Text, nullable=False),
    Column("sent_at", UtcTime, nullable=False),
    Column("ok_by", Text),
    Column("ok_at", UtcTime),
    Column("version", Integer, nullable=False),
    Index(None, "event_id"),
)
