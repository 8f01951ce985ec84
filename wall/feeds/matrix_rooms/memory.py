"""What one stream knows of messages, and the text of a Matrix feed's cursor.

The cursor is `{"since": …, "begun": […], "edits": {…}}`: the homeserver's own token, the rooms whose past
was read, and which message each of the newest edits belongs to, so that taking one back is understood after
a restart: a redacted event no longer says what it was.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from wall.feeds.matrix_rooms.events import id_of, is_edit_of, is_event_id, order_of
from wall.feeds.shapes.common import Record

MESSAGES = 5_000
"""Messages of one stream that are remembered with their edits: the newest. Others are asked for again."""
EDITS = 20
"""Edits of one message that are remembered: the newest."""
NAMES = 20_000
"""Ids that are remembered of what is gone, and of edits."""
SAVED = 100
"""Edits that go into the cursor."""
TOKEN_LIMIT = 4_000
"""Characters of a homeserver's token. Synapse needs about 100."""

_Value = TypeVar("_Value")


@dataclass(slots=True)
class Message:
    """A message with its edits. `told`: the id of the edit that was told, empty for the message itself,
    None where nothing was; `edited_at`: as it was told."""

    event: Record
    edits: dict[str, Record] = field(default_factory=dict)
    told: str | None = None
    edited_at: datetime | None = None

    def add(self, edit: Record) -> bool:
        """Remember an edit. Whether it is one of this message."""
        if not is_edit_of(edit, self.event):
            return False
        self.edits[id_of(edit)] = edit
        if len(self.edits) > EDITS:
            del self.edits[min(self.edits, key=lambda one: order_of(self.edits[one]))]
        return True

    def newest(self) -> Record | None:
        """The edit that counts; None where the message is as it was sent."""
        return max(self.edits.values(), key=order_of, default=None)


class Memory:
    """Messages and what is gone, by their keys (`key_of`): what is said in a room touches no other room.

    Edits are by their event ids, as the cursor has them.
    """

    def __init__(self, edits: dict[str, str]) -> None:
        """`edits` as a cursor kept them: the message of each edit."""
        self._messages: dict[str, Message] = {}
        self._edits = dict(edits)
        self._gone: dict[str, None] = {}
        self._lost: dict[str, None] = {}

    def message(self, key: str) -> Message | None:
        """A message that was taken."""
        return self._messages.get(key)

    def keep(self, key: str, event: Record) -> Message:
        """Remember a message; one that is known keeps its edits."""
        message = self._messages.pop(key, None) or Message(event)
        _put(self._messages, key, message, MESSAGES)
        return message

    def keep_edit(self, edit_id: str, event_id: str) -> None:
        """Remember which message an edit belongs to."""
        self._edits.pop(edit_id, None)
        _put(self._edits, edit_id, event_id, NAMES)

    def edited_by(self, edit_id: str) -> str | None:
        """The message that this id is an edit of."""
        return self._edits.get(edit_id)

    def bury(self, key: str) -> bool:
        """Remember that an event is gone, should it come yet. Whether that is news."""
        known = key in self._gone
        _put(self._gone, key, None, NAMES)
        self._messages.pop(key, None)
        return not known

    def is_gone(self, key: str) -> bool:
        """Whether an event was taken back."""
        return key in self._gone

    def is_new_loss(self, name: str) -> bool:
        """Whether something that cannot be used was not counted yet."""
        known = name in self._lost
        _put(self._lost, name, None, NAMES)
        return not known

    def saved_edits(self) -> dict[str, str]:
        """The newest edits with their messages, the oldest of them first."""
        newest = list(islice(reversed(self._edits.items()), SAVED))
        return dict(reversed(newest))


@dataclass(frozen=True, slots=True)
class Place:
    """A cursor, read."""

    since: str | None = None
    begun: tuple[str, ...] = ()
    edits: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        saved = {"since": self.since, "begun": self.begun, "edits": self.edits}
        return json.dumps(saved, separators=(",", ":"))


def place_of(cursor: str | None) -> Place:
    """Read a cursor. One that is not ours is none: everything is read again."""
    try:
        saved = json.loads(cursor) if cursor else {}
    except ValueError:
        saved = {}
    since = saved.get("since") if isinstance(saved, dict) else None
    if not isinstance(since, str):
        return Place()
    begun, edits = saved.get("begun"), saved.get("edits")
    return Place(
        since,
        tuple(one for one in begun if isinstance(one, str)) if isinstance(begun, list) else (),
        {k: v for k, v in edits.items() if is_event_id(k) and is_event_id(v)}
        if isinstance(edits, dict)
        else {},
    )


def _put(memory: dict[str, _Value], key: str, value: _Value, most: int) -> None:
    memory[key] = value
    if len(memory) > most:
        del memory[next(iter(memory))]


def as_token(value: Any) -> str | None:
    """A homeserver's token, if it is one that can be kept."""
    return value if isinstance(value, str) and 0 < len(value) <= TOKEN_LIMIT else None
