"""The journal: one ordered, durable line of entries per event, and nothing happens outside it.

`command` runs a change in one transaction: guards, state rows and entries together, or nothing.
`read_after` and `snapshot` are how every reader follows: changes are rendered from the rows as they
are now, so catching up and following live are the same code. Clients only ever fold `put` and
`drop`, and `fold(snapshot_n, changes n..head) == snapshot_head` holds for every audience.
"""

from wall.journal.commands import (
    Arrival,
    Came,
    Consequence,
    Done,
    Reservation,
    Tx,
    create_event,
    run_command,
)
from wall.journal.journal import Journal, OnGone
from wall.journal.reading import Reading, broken_link, read_after, snapshot

__all__ = [
    "Arrival",
    "Came",
    "Consequence",
    "Done",
    "Journal",
    "OnGone",
    "Reading",
    "Reservation",
    "Tx",
    "broken_link",
    "create_event",
    "read_after",
    "run_command",
    "snapshot",
]
