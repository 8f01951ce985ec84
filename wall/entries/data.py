"""What every kind of entry is made from."""

from __future__ import annotations

from wall.model import Frozen

Subject = tuple[str, str]
"""(type, id) of a thing that an entry touched and that a reader can hold."""


class Data(Frozen):
    """Base of every kind's data."""

    kind: str
