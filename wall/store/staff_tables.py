"""Tables of the staff: who used which link, what alarms are raised, and how organisers are reached."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from wall.store.tables import UtcTime, metadata

link_use = Table(
    "link_use",
    metadata,
    Column("link_id", Text, ForeignKey("link.id"), primary_key=True),
    Column("person_id", Text, ForeignKey("person.id"), primary_key=True),
    Column("at", UtcTime, nullable=False),
)

alarm = Table(
    "alarm",
    metadata,
    Column("event_id", Text, ForeignKey("event.id"), primary_key=True),
    Column("matter", Text, primary_key=True),
    Column("since", UtcTime, nullable=False),
    Column("told_at", UtcTime, nullable=False),
    Column("times", Integer, nullable=False),
)

alarm_way = Table(
    "alarm_way",
    metadata,
    Column("event_id", Text, ForeignKey("event.id"), primary_key=True),
    Column("person_id", Text, ForeignKey("person.id"), primary_key=True),
    Column("way", Text, primary_key=True),
    Column("target", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("lang", Text, nullable=False),
    Column("reached_at", UtcTime),
    Column("problem", Text),
    Column("problem_at", UtcTime),
)
