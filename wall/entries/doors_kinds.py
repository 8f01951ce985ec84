"""Kinds of entries about getting ready: feeds that are removed, and what was looked at before the doors
open. Part of the catalogue in `kinds`."""

from __future__ import annotations

from typing import Literal

from wall.entries.data import Data


class FeedRemoved(Data):
    """An organiser removed a feed, with its credentials; the posts that it brought stay."""

    kind: Literal["feed.removed"] = "feed.removed"
    network: str


class DoorConfirmed(Data):
    """Somebody confirmed one line of the doors-open list, by its code; or a phone did, for the address."""

    kind: Literal["door.confirmed"] = "door.confirmed"
    item: str


class DoorTakenBack(Data):
    """What was confirmed is to be looked at again."""

    kind: Literal["door.taken_back"] = "door.taken_back"
    item: str


DoorsData = FeedRemoved | DoorConfirmed | DoorTakenBack
