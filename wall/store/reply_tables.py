"""Tables of what goes back and forth beside a point: public replies, questions, translations, offers
between rooms, hand-over notes."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from wall.store.tables import UtcTime, metadata

public_reply = Table(
    "public_reply",
    metadata,
    Column("id", Text, primary_key=True),
    Column("event_id", Text, ForeignKey("event.id"), nullable=False),
    Column("contribution_id", Text, ForeignKey("contribution.id"), nullable=False),
    Column("post_id", Text, ForeignKey("post.id"), nullable=False),
    Column("session_id", Text, ForeignKey("session.id"), nullable=False),
    Column("feed_id", Text, ForeignKey("feed.id"), nullable=False),
    Column("author", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("problem", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("sent_by", Text, nullable=False),
    Column("sent_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("due_at", UtcTime),
    Column("tried_at", UtcTime),
    Column("lead", Text),
    Index(None, "event_id"),
    Index(None, "state", "due_at"),
    Index(None, "post_id"),
    Index(None, "lead"),
)

question = Table(
    "question",
    metadata,
    Column("id", Text, primary_key=True),
    Column("event_id", Text, ForeignKey("event.id"), nullable=False),
    Column("post_id", Text, ForeignKey("post.id"), nullable=False),
    Column("words", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    Column("answered_at", UtcTime),
    Column("shared_at", UtcTime),
    Column("version", Integer, nullable=False),
    Index(None, "event_id"),
    Index(None, "post_id"),
)

translation = Table(
    "translation",
    metadata,
    Column("id", Text, primary_key=True),
    Column("event_id", Text, ForeignKey("event.id"), nullable=False),
    Column("post_id", Text, ForeignKey("post.id"), nullable=False),
    Column("lang", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("post_id", "lang"),
    Index(None, "event_id"),
)

routing = Table(
    "routing",
    metadata,
    Column("id", Text, primary_key=True),
    Column("event_id", Text, ForeignKey("event.id"), nullable=False),
    Column("post_id", Text, ForeignKey("post.id"), nullable=False),
    Column("from_session", Text, ForeignKey("session.id")),
    Column("to_session", Text, ForeignKey("session.id"), nullable=False),
    Column("origin", Text, ForeignKey("relay.id")),
    Column("note", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("sent_by", Text, nullable=False),
    Column("sent_at", UtcTime, nullable=False),
    Column("settled_at", UtcTime),
    Column("version", Integer, nullable=False),
    Index(None, "event_id"),
    Index(None, "post_id"),
)

handover = Table(
    "handover",
    metadata,
    Column("id", Text, ForeignKey("session.id"), primary_key=True),
    Column("event_id", Text, ForeignKey("event.id"), nullable=False),
    Column("words", Text, nullable=False),
    Column("written_by", Text, nullable=False),
    Column("written_at", UtcTime, nullable=False),
    Column("version", Integer, nullable=False),
    Index(None, "event_id"),
)
