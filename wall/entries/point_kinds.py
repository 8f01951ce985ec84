"""Kinds of entries about what participants do with points. Part of the catalogue in `kinds`."""

from __future__ import annotations

from typing import Literal

from wall.entries.data import Data


class SupportCounted(Data):
    """It was counted anew how many phones think so too of these posts; who did is no entry."""

    kind: Literal["support.counted"] = "support.counted"


class SecondLookAsked(Data):
    """The author of a post that is not shown asked a person to look again."""

    kind: Literal["second_look.asked"] = "second_look.asked"


class SecondLookAnswered(Data):
    """Somebody looked again, left the post as it was, and told its author why."""

    kind: Literal["second_look.answered"] = "second_look.answered"


PointData = SupportCounted | SecondLookAsked | SecondLookAnswered
