"""The catalogue: every entry, every subject's projection, who sees it, and the wire. Pure."""

from wall.entries import kinds
from wall.entries.audience import (
    PUBLIC,
    Scope,
    State,
    owner,
    sees_facilitation,
    sees_held,
    sees_notes,
    sees_opt_outs,
    sees_screens,
    visible,
)
from wall.entries.data import Data, Subject
from wall.entries.kinds import AnyData, upcast
from wall.entries.projections import COUNTS, POST_WINDOW, Change, Drop, Put, dump, render, subject_of
from wall.entries.wire import (
    FAR_BEHIND,
    WIRE_VERSION,
    Changes,
    Cursor,
    Gap,
    Held,
    Hello,
    Snapshot,
)

__all__ = [
    "COUNTS",
    "FAR_BEHIND",
    "POST_WINDOW",
    "PUBLIC",
    "WIRE_VERSION",
    "AnyData",
    "Change",
    "Changes",
    "Cursor",
    "Data",
    "Drop",
    "Gap",
    "Held",
    "Hello",
    "Put",
    "Scope",
    "Snapshot",
    "State",
    "Subject",
    "dump",
    "kinds",
    "owner",
    "render",
    "sees_facilitation",
    "sees_held",
    "sees_notes",
    "sees_opt_outs",
    "sees_screens",
    "subject_of",
    "upcast",
    "visible",
]
