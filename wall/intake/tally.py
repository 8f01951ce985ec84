"""What is given to the door, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from wall.feeds.base import Arrived, Edited, Withdrawn
from wall.model import Post

Given = Arrived | Edited | Withdrawn


@dataclass
class Tally:
    """What became of the items of one batch, in posts."""

    accepted: int = 0
    reposts: int = 0
    edited: int = 0
    known: int = 0
    withdrawn: int = 0
    ids: list[str] = field(default_factory=list)
    """Ids of the accepted posts, in the order given; a known one's id stands in its place."""
    made: list[datetime] = field(default_factory=list)
    """When the accepted posts were made, by their networks."""

    def accept(self, post_id: str, post: Post) -> None:
        """Count a post that is new."""
        self.accepted += 1
        self.ids.append(post_id)
        self.made.append(post.created_at)
