"""Every table, for SQLite and PostgreSQL alike. The only place where columns are named twice is the
migrations; a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite forgets time zones, so they are put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo:
            return value.astimezone(UTC) if value else None
        return value.replace(tzinfo=UTC)


Number = BigInteger().with_variant(Integer(), "sqlite")


def _id(**more: Any) -> Column[str]:
    return Column("id", Text, primary_key=True, **more)


def _event_id(**more: Any) -> Column[str]:
    return Column("event_id", Text, ForeignKey("event.id"), nullable=False, **more)


event = Table(
    "event",
    metadata,
    _id(),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("hashtags", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("languages", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("seq", Number, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    Column("tip", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("shown", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Column("reposts", Integer, nullable=False),
    Column("rehearsal_of", Text),
    Column("deleted_at", UtcTime),
    Column("look", Text),
    Column("starts_on", Date),
    Column("ends_on", Date),
)

entry = Table(
    "entry",
    metadata,
    _event_id(primary_key=True),
    Column("seq", Number, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
)

command = Table(
    "command",
    metadata,
    _event_id(primary_key=True),
    Column("actor", Text, primary_key=True),
    Column("cause", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("seq", Number, nullable=False),
    Column("at", UtcTime, nullable=False),
)

post = Table(
    "post",
    metadata,
    Column("num", Number, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    _event_id(),
    Column("network", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("original_id", Text),
    Column("author_key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("prior_state", Text),
    Column("reasons", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("received", Number, nullable=False),
    Column("shown", Number, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("reposts", Integer, nullable=False),
    Column("edits", Integer, nullable=False),
    Column("content", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("text_digest", Text),
    Column("lost_at", UtcTime),
    Column("by_hand", Boolean),
    Column("left_off", Text),
    Column("quote_key", Text),
    Column("twin_key", Text),
    Column("twin_of", Text),
    Column("twin_state", Text),
    Column("twin_why", Text),
    Column("twins", Text),
    UniqueConstraint("event_id", "network", "key"),
    Index(None, "event_id", "state", "shown"),
    Index(None, "event_id", "received"),
    Index(None, "original_id"),
    Index(None, "event_id", "quote_key"),
    Index(None, "left_off"),
    Index("ix_post_event_id_author_key", "event_id", "author_key", "created_at"),
    Index("ix_post_event_id_text_digest", "event_id", "text_digest", "created_at"),
    Index("ix_post_event_id_twin_key", "event_id", "twin_key", "created_at"),
    Index(None, "twin_of"),
    sqlite_autoincrement=True,
)

post_revision = Table(
    "post_revision",
    metadata,
    Column("post_id", Text, ForeignKey("post.id"), primary_key=True),
    Column("edit", Integer, primary_key=True),
    Column("content", Text, nullable=False),
    Column("replaced_at", UtcTime, nullable=False),
)

event_rules = Table(
    "event_rules",
    metadata,
    _event_id(primary_key=True),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
)

feed = Table(
    "feed",
    metadata,
    _id(),
    _event_id(),
    Column("network", Text, nullable=False),
    Column("config", Text, nullable=False),
    Column("cursor", Text),
    Column("state", Text, nullable=False),
    Column("problem", Text),
    Column("accepted", Integer, nullable=False),
    Column("dropped", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("replies", Boolean),
    Column("lease_owner", Text),
    Column("lease_until", UtcTime),
    Column("fence", Integer, nullable=False),
    Index(None, "event_id"),
)

person = Table(
    "person",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("organiser", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

member = Table(
    "member",
    metadata,
    _event_id(primary_key=True),
    Column("person_id", Text, ForeignKey("person.id"), primary_key=True),
    Column("roles", Text, nullable=False),
    Column("version", Integer, nullable=False),
)

link = Table(
    "link",
    metadata,
    _id(),
    Column("digest", Text, nullable=False, unique=True),
    Column("event_id", Text, ForeignKey("event.id")),
    Column("role", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("used_at", UtcTime),
    Column("used_by", Text),
    Column("places", Integer),
    Column("taken", Integer),
    Column("revoked_at", UtcTime),
)

sign_in = Table(
    "sign_in",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("person.id"), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)

integration = Table(
    "integration",
    metadata,
    _id(),
    _event_id(),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
    Index(None, "event_id"),
)

room = Table(
    "room",
    metadata,
    _id(),
    _event_id(),
    Column("name", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Index(None, "event_id"),
)

session = Table(
    "session",
    metadata,
    _id(),
    _event_id(),
    Column("room_id", Text, ForeignKey("room.id"), nullable=False),
    Column("title", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("speakers", Text, nullable=False),
    Column("facilitators", Text, nullable=False),
    Column("starts_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
    Column("prompts", Text, nullable=False),
    Column("prompt", Text),
    Column("prompt_at", UtcTime),
    Column("state", Text, nullable=False),
    Column("begun_at", UtcTime),
    Column("ended_at", UtcTime),
    Column("note", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("hashtags", Text),
    Column("stream", Text),
    Column("captions", Text),
    Column("recording", Text),
    Column("delay_seconds", Integer),
    Column("source", Text),
    Column("walls", Text),
    Column("slides_private", Boolean),
    Index(None, "event_id"),
)

tag = Table(
    "tag",
    metadata,
    _id(),
    _event_id(),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("colour", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("definition", Text),
    Column("example", Text),
    Column("set", Text),
    Column("code", Text),
    Column("parent", Text),
    Index(None, "event_id"),
)

contribution = Table(
    "contribution",
    metadata,
    _id(),
    _event_id(),
    Column("noted", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("wording", Text),
    Column("worded", Integer),
    Column("merged_into", Text),
    Column("displaced", Text),
    Index(None, "event_id"),
    Index(None, "merged_into"),
)

contribution_post = Table(
    "contribution_post",
    metadata,
    Column("post_id", Text, ForeignKey("post.id"), primary_key=True),
    Column("contribution_id", Text, ForeignKey("contribution.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("made_in", Text),
    Index(None, "contribution_id"),
)

tagging = Table(
    "tagging",
    metadata,
    Column("contribution_id", Text, ForeignKey("contribution.id"), primary_key=True),
    Column("tag_id", Text, ForeignKey("tag.id"), primary_key=True),
    Column("tagged_by", Text, nullable=False),
    Column("tagged_at", UtcTime, nullable=False),
    Column("source", Text),
    Column("via", Text),
)

relay = Table(
    "relay",
    metadata,
    _id(),
    _event_id(),
    Column("contribution_id", Text, ForeignKey("contribution.id"), nullable=False),
    Column("session_id", Text, ForeignKey("session.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("before", Text),
    Column("raised_by", Text, nullable=False),
    Column("raised_at", UtcTime, nullable=False),
    Column("floor_at", UtcTime),
    Column("closed_at", UtcTime),
    Column("version", Integer, nullable=False),
    Column("made_for", Text),
    Index(None, "event_id", "state"),
    Index(None, "session_id", "state"),
    Index(None, "contribution_id"),
)

receipt = Table(
    "receipt",
    metadata,
    Column("post_id", Text, ForeignKey("post.id"), primary_key=True),
    Column("contribution_id", Text, ForeignKey("contribution.id"), primary_key=True),
    _event_id(),
    Column("relay_id", Text, ForeignKey("relay.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("told_at", UtcTime),
    Column("lead", Text),
    Index(None, "event_id", "state"),
    Index(None, "contribution_id"),
    Index(None, "lead"),
)
