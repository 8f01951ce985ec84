"""Who and what the demo has in the store: its event, the people on its staff, rooms and sessions."""

from __future__ import annotations

from dataclasses import dataclass

from wall.demo.clock import DayClock
from wall.demo.day import Item
from wall.demo.world import Said, World
from wall.model import Post, Role

EVENT_NAME = "Social Media Summit (made-up demo)"

VISITOR = "Demo visitor"
MODERATOR = "Robot moderator"
VISITOR_ROLES = (Role.MODERATOR, Role.FACILITATOR, Role.CHAIR)


@dataclass(frozen=True)
class RoomCast:
    """One room: its id, its robot facilitator, and (session id, what it was made from) by time."""

    id: str
    name: str
    robot: str
    sessions: tuple[tuple[str, Item], ...]


@dataclass(frozen=True)
class Cast:
    """A prepared demo. `tags` are ids by the kinds of phrases that they are for."""

    event_id: str
    visitor: str
    moderator: str
    rooms: tuple[RoomCast, ...]
    tags: dict[str, str]
    world: World
    clock: DayClock

    def played(self, said: Said) -> Post:
        """A post of the world as it comes: with its time, and the shown phone's posts as the visitor's."""
        post = said.post
        changed = {"created_at": self.clock.at(said.minute)}
        if post.author.key == self.world.phone:
            own = post.author.model_copy(update={"key": f"person:{self.visitor}"})
            return post.model_copy(update={**changed, "author": own})
        return post.model_copy(update=changed)
