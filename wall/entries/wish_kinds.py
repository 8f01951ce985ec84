"""Kinds of entries about people who are left off the walls. Part of the catalogue in `kinds`."""

from __future__ import annotations

from typing import Literal

from wall.entries.data import Data


class AuthorLeftOff(Data):
    """An author is left off the walls for good: at their own wish, or by the staff."""

    kind: Literal["author.left_off"] = "author.left_off"
    network: str
    by: Literal["person", "staff"]


class AuthorPutBack(Data):
    """An author who was left off may be on the walls again."""

    kind: Literal["author.put_back"] = "author.put_back"


WishData = AuthorLeftOff | AuthorPutBack
