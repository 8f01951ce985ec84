"""What the speakers of the session that runs in a wall's room asked for, for walls without script.
`ui/src/wall/talk.ts` says the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from wall.entries.cards import PostValue
from wall.entries.channel import RelayValue
from wall.programme import SessionState
from wall.routes.joining import values_of
from wall.speaking import Walls, asks
from wall.store import programme, relays

_CURATED = frozenset({Walls.CURATED, Walls.CURATED_QUESTIONS})
_QUESTIONS = frozenset({Walls.QUESTIONS, Walls.CURATED_QUESTIONS})


@dataclass(frozen=True)
class Talk:
    """What counts on a wall now. `asking`: ids of posts whose point a facilitator put as a question."""

    walls: Walls = Walls.ON
    is_private: bool = False
    asking: frozenset[str] = frozenset()

    @property
    def is_off(self) -> bool:
        """Whether the wall shows no posts."""
        return self.walls is Walls.OFF

    def shown(self, cards: Iterable[PostValue], pinned: Collection[str]) -> list[PostValue]:
        """Those of these posts that suit the talk, as it lets them be shown."""
        return [self._bare(one) for one in cards if self._suits(one, pinned)]

    def _suits(self, card: PostValue, pinned: Collection[str]) -> bool:
        if self.walls in _CURATED and not (card.by_hand or card.id in pinned):
            return False
        return self.walls not in _QUESTIONS or card.id in self.asking or asks(card.text)

    def _bare(self, card: PostValue) -> PostValue:
        """Without its pictures where slides may be on them and no person looked."""
        if not self.is_private or card.by_hand:
            return card
        media = tuple(one.model_copy(update={"picture": None}) for one in card.media)
        return card.model_copy(update={"media": media})


def talk_in(conn: Connection, event_id: str, room: str | None) -> Talk:
    """The talk in a wall's room. A wall of no room in particular belongs to the only one there is; where
    there are several it is nobody's."""
    rooms = programme.rooms(conn, event_id)
    own = room or (rooms[0].id if len(rooms) == 1 else None)
    running = (one for one in programme.sessions(conn, event_id) if one.state is SessionState.RUNNING)
    session = next((one for one in running if one.room_id == own), None)
    if session is None:
        return Talk()
    put = values_of(relays.window(conn, event_id, 100, public=True), RelayValue)
    asking = {post for one in put if asks(one.wording) for post in (one.post.id, *one.others)}
    return Talk(session.walls, session.slides_private, frozenset(asking))
