"""A command, and the journal as it is stored."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from tests.support.summit import Summit
from wall.entries import kinds
from wall.journal import Tx, broken_link
from wall.store import tables as t


def rename(name: str) -> Callable[[Tx], dict[str, Any]]:
    """A command that renames the event."""

    def change(tx: Tx) -> dict[str, Any]:
        tx.change_event(name=name, version=tx.event.version + 1)
        seq = tx.append(kinds.EventChanged(fields=("name",)), ("event", tx.event.id))
        return {"name": name, "seq": seq}

    return change


def lines(summit: Summit) -> list[dict[str, Any]]:
    """The entries of the event, in order."""
    with summit.store.reading() as conn:
        bodies = conn.execute(
            select(t.entry.c.body).where(t.entry.c.event_id == summit.event_id).order_by(t.entry.c.seq)
        ).scalars()
        return [json.loads(body) for body in bodies]


def broken(summit: Summit) -> int | None:
    """The seq at which the chain of entries is broken; None where it holds."""
    with summit.store.reading() as conn:
        return broken_link(conn, summit.event_id)
