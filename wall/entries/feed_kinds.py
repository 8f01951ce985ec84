"""Kinds of entries about the silence of feeds. Part of the catalogue in `kinds`."""

from __future__ import annotations

from typing import Literal

from wall.entries.data import Data


class FeedSilent(Data):
    """A feed has said nothing for `seconds`, longer than its own rhythm explains: lately a post came every
    `usual` seconds."""

    kind: Literal["feed.silent"] = "feed.silent"
    seconds: int
    usual: int


class FeedHeard(Data):
    """A feed that was silent is so no longer: posts come again, or it is known why none does."""

    kind: Literal["feed.heard"] = "feed.heard"


FeedData = FeedSilent | FeedHeard
