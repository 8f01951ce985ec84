"""Kinds of entries about what a point is made of and where it belongs. Part of the catalogue in `kinds`."""

from __future__ import annotations

from typing import Literal

from wall.entries.data import Data


class ContributionJoined(Data):
    """A contribution took in another one, with its posts; the other is empty since."""

    kind: Literal["contribution.joined"] = "contribution.joined"
    other: str
    posts: tuple[str, ...]


class ContributionGathered(Data):
    """Posts came into a contribution by themselves: their author went on, or they say the same."""

    kind: Literal["contribution.gathered"] = "contribution.gathered"
    posts: tuple[str, ...]
    how: Literal["thread", "same"]


class ContributionSplit(Data):
    """Posts left a contribution for another one: for the one that they came from, or one of their own."""

    kind: Literal["contribution.split"] = "contribution.split"
    into: str
    posts: tuple[str, ...]


class ContributionWorded(Data):
    """A facilitator put a point into words of their own, for the `written`th time, or took them away."""

    kind: Literal["contribution.worded"] = "contribution.worded"
    written: int


class PostPlaced(Data):
    """Somebody said which session a post belongs to (None: to none that they know)."""

    kind: Literal["post.placed"] = "post.placed"
    session: str | None


class PostClaimed(Data):
    """Somebody took a post that fits no session, or put it back."""

    kind: Literal["post.claimed"] = "post.claimed"
    on: bool


ContributionData = (
    ContributionJoined
    | ContributionGathered
    | ContributionSplit
    | ContributionWorded
    | PostPlaced
    | PostClaimed
)
