"""Kinds of entries about the same post on two networks. Part of the catalogue in `kinds`."""

from __future__ import annotations

from typing import Literal

from wall.entries.data import Data
from wall.model import PostState, Reason
from wall.twinned import TwinWhy

UntwinnedWhy = Literal["moderator", "edited", "withdrawn", "unavailable", "refused"]
"""Why a post stands by itself again: a moderator took them apart, they no longer say the same, the one that
stood for it is gone, or that one was taken off the walls and it is not sure that one person posted both."""


class PostTwinned(Data):
    """A post stands for the same post on another network, which is no card of its own any more."""

    kind: Literal["post.twinned"] = "post.twinned"
    stands: str
    twin: str
    why: TwinWhy


class PostUntwinned(Data):
    """A post stands by itself again, in `state`; `stood` is the one that stood for it."""

    kind: Literal["post.untwinned"] = "post.untwinned"
    stood: str
    twin: str
    why: UntwinnedWhy
    state: PostState
    reasons: tuple[Reason, ...] = ()


TwinData = PostTwinned | PostUntwinned
