"""Tables of quick asks, of who answered what, as digests that name nobody, and of session feedback."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text

from wall.store.tables import UtcTime, metadata

ask = Table(
    "ask",
    metadata,
    Column("id", Text, primary_key=True),
    Column("event_id", Text, ForeignKey("event.id"), nullable=False),
    Column("session_id", Text, ForeignKey("session.id")),
    Column("kind", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("options", Text, nullable=False),
    Column("many", Boolean, nullable=False),
    Column("top", Integer, nullable=False),
    Column("low", Text, nullable=False),
    Column("high", Text, nullable=False),
    Column("live", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("opened_at", UtcTime),
    Column("closes_at", UtcTime),
    Column("closed_at", UtcTime),
    Column("walls_at", UtcTime),
    Column("tally", Text, nullable=False),
    Column("uncounted", Boolean, nullable=False),
    Column("worded", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Index(None, "event_id"),
    Index(None, "state"),
)

# Rows in the order of their digests, and without a time: neither can unmask anyone.
ask_answer = Table(
    "ask_answer",
    metadata,
    Column("ask_id", Text, ForeignKey("ask.id"), primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("given", Text, nullable=False),
    sqlite_with_rowid=False,
)

ask_judged = Table(
    "ask_judged",
    metadata,
    Column("ask_id", Text, ForeignKey("ask.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("shown", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

session_feedback = Table(
    "session_feedback",
    metadata,
    Column("session_id", Text, ForeignKey("session.id"), primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("worth", Integer),
    Column("heard", Integer),
    Column("keep", Text, nullable=False),
    Column("change", Text, nullable=False),
    sqlite_with_rowid=False,
)
