"""Tables of what walls show: scenes, screens, the codes that pair them, controls and pins."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, Table, Text

from wall.store.tables import Number, UtcTime, metadata

scene = Table(
    "scene",
    metadata,
    Column("event_id", Text, ForeignKey("event.id"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("theme", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("warnings", Text, nullable=False),
    Column("alt", Boolean, nullable=False),
    Column("join", Boolean, nullable=False),
    Column("drift", Boolean, nullable=False),
    Column("steps", Text, nullable=False),
    Column("version", Integer, nullable=False),
)

screen = Table(
    "screen",
    metadata,
    Column("id", Text, primary_key=True),
    Column("event_id", Text, ForeignKey("event.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("room_id", Text, ForeignKey("room.id")),
    Column("scene_id", Text),
    Column("distance_m", Float, nullable=False),
    Column("diagonal_in", Float, nullable=False),
    Column("flash", Integer, nullable=False),
    Column("reload", Integer, nullable=False),
    Column("card_until", UtcTime),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("token", Text, unique=True),
    Column("link", Text, unique=True),
    Index(None, "event_id"),
)

screen_code = Table(
    "screen_code",
    metadata,
    Column("code", Text, primary_key=True),
    Column("token", Text, nullable=False, unique=True),
    Column("expires_at", UtcTime, nullable=False),
)

control = Table(
    "control",
    metadata,
    Column("event_id", Text, ForeignKey("event.id"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("held", Text, nullable=False),
    Column("quieted", Boolean, nullable=False),
    Column("notice", Text, nullable=False),
    Column("version", Integer, nullable=False),
)

pin = Table(
    "pin",
    metadata,
    Column("id", Text, ForeignKey("post.id"), primary_key=True),
    Column("event_id", Text, ForeignKey("event.id"), nullable=False),
    Column("order", Number, nullable=False),
    Column("version", Integer, nullable=False),
    Index(None, "event_id"),
)
