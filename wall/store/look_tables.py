"""Tables of an event's own look: its colours, and the files of its logo and fonts."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Table, Text

from wall.store.tables import metadata

look = Table(
    "look",
    metadata,
    Column("event_id", Text, ForeignKey("event.id"), primary_key=True),
    Column("chosen", Text, nullable=False),
    Column("version", Integer, nullable=False),
)

look_file = Table(
    "look_file",
    metadata,
    Column("event_id", Text, ForeignKey("event.id"), primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
