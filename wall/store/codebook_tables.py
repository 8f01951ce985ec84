"""Tables of the codebook beside its tags: its versions, and second taggings."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text

from wall.store.tables import UtcTime, metadata

codebook = Table(
    "codebook",
    metadata,
    Column("event_id", Text, ForeignKey("event.id"), primary_key=True),
    Column("version", Integer, nullable=False),
)

codebook_edition = Table(
    "codebook_edition",
    metadata,
    Column("event_id", Text, ForeignKey("event.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
    Column("tags", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("fixed_by", Text, nullable=False),
    Column("fixed_at", UtcTime, nullable=False),
)

sample = Table(
    "sample",
    metadata,
    Column("id", Text, primary_key=True),
    Column("event_id", Text, ForeignKey("event.id"), nullable=False),
    Column("set", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("step", Integer),
    Column("seed", Integer),
    Column("live", Boolean, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Index(None, "event_id"),
)

sample_post = Table(
    "sample_post",
    metadata,
    Column("sample_id", Text, ForeignKey("sample.id"), primary_key=True),
    Column("post_id", Text, ForeignKey("post.id"), primary_key=True),
    Column("position", Integer, nullable=False),
)

second_tagging = Table(
    "second_tagging",
    metadata,
    Column("sample_id", Text, ForeignKey("sample.id"), primary_key=True),
    Column("post_id", Text, ForeignKey("post.id"), primary_key=True),
    Column("person_id", Text, ForeignKey("person.id"), primary_key=True),
    Column("tags", Text, nullable=False),
    Column("made_at", UtcTime, nullable=False),
)

reconciliation = Table(
    "reconciliation",
    metadata,
    Column("sample_id", Text, ForeignKey("sample.id"), primary_key=True),
    Column("post_id", Text, ForeignKey("post.id"), primary_key=True),
    Column("tags", Text, nullable=False),
    Column("first", Text),
    Column("made_by", Text, nullable=False),
    Column("made_at", UtcTime, nullable=False),
)
