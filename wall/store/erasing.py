"""Erasing an event with all that belongs to it. Only a rehearsal is ever erased."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Table, delete, select

from wall.store.search import forget_words
from wall.store.tables import event, metadata


def erase_event(conn: Connection, event_id: str) -> None:
    """Delete every row that belongs to an event, in whatever table, and the event."""
    for table in reversed(metadata.sorted_tables):
        mine = _of_event(table, event_id, ())
        if mine is not None:
            conn.execute(delete(table).where(mine))
    forget_words(conn)


def _of_event(table: Table, event_id: str, seen: tuple[Table, ...]) -> ColumnElement[bool] | None:
    """Which rows of a table belong to an event: by its id, or by a row that they refer to. None: it is a
    table of the whole instance."""
    if table is event:
        return event.c.id == event_id
    if "event_id" in table.c:
        return table.c.event_id == event_id
    for key in sorted(table.foreign_keys, key=lambda one: one.parent.name):
        if key.column.table not in (*seen, table):
            inner = _of_event(key.column.table, event_id, (*seen, table))
            if inner is not None:
                return key.parent.in_(select(key.column).where(inner))
    return None
