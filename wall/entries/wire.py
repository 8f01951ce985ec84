"""What goes over the wire: snapshots, frames and cursors, and the reducer that every client has.

There is one reducer, not one per kind: clients fold only `put` and `drop`. `Held` is its Python
form; `ui/src/store.ts` is the same in TypeScript, and both pass the same golden vectors.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from wall.entries.projections import Change, Put
from wall.errors import BadInput
from wall.model import Frozen

WIRE_VERSION = 1
FAR_BEHIND = 2_000
"""Entries. A reader further behind than this gets a snapshot instead of a tail."""


class Hello(Frozen):
    """First frame. `resumed` false: this cursor cannot be continued, fetch a snapshot."""

    type: Literal["hello"] = "hello"
    v: int = WIRE_VERSION
    build: int
    resumed: bool


class Changes(Frozen):
    """Every later frame: what takes a copy from journal seq `after` to `seq`. Empty: a beat.

    `seq` counts entries that this audience does not see, too.
    """

    type: Literal["changes"] = "changes"
    after: int
    seq: int
    changes: tuple[Change, ...]


class Snapshot(Frozen):
    """Everything a reader of one audience holds at journal seq `seq`.

    `cursor` continues from here. Its part after the last dot is `seq`; a client puts the newest
    seq it has folded there, and takes the rest as it is.
    """

    type: Literal["snapshot"] = "snapshot"
    v: int = WIRE_VERSION
    cursor: str
    seq: int
    puts: tuple[Put, ...]


class Cursor(NamedTuple):
    """Where a reader is: which history, which audience, how far."""

    epoch: str
    scope: str
    seq: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.scope}.{self.seq}"

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Read a cursor. Raises BadInput for anything `str(cursor)` never wrote."""
        epoch, scope, seq = (*text.split(".", 3), "", "")[:3]
        if text.count(".") != 2 or not (seq.isascii() and seq.isdecimal() and len(seq) < 19):
            raise BadInput("This cursor is not one that this server gave.", remedy="Fetch a snapshot.")
        return cls(epoch, scope, int(seq))


class Gap(Exception):
    """A frame does not continue from where the copy is: fetch a snapshot or reconnect."""


@dataclass
class Held:
    """A reader's copy: subjects by type and id, and the journal seq up to which it is complete."""

    seq: int = 0
    subjects: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, snapshot: dict[str, Any]) -> Held:
        """A copy that starts from a snapshot (its JSON form)."""
        held = cls(seq=snapshot["seq"])
        held._fold(snapshot["puts"])
        return held

    def apply(self, frame: dict[str, Any]) -> None:
        """Fold a changes frame (its JSON form). Raises Gap when it is not the next one."""
        if frame["after"] != self.seq:
            raise Gap(f"at {self.seq}, frame continues {frame['after']}")
        self._fold(frame["changes"])
        self.seq = frame["seq"]

    def _fold(self, changes: Iterable[dict[str, Any]]) -> None:
        for change in changes:
            subject = (change["type"], change["id"])
            if change["op"] == "put":
                self.subjects[subject] = change["value"]
            elif change["op"] == "drop":
                self.subjects.pop(subject, None)
