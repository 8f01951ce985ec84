"""A robot facilitator: runs one room as a person would, one thing at a time, through the real commands."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from typing import Any

from facilitator import floor, programme, receipts, relays, tagging
from facilitator.guards import Acting
from wall.demo.cast import Cast, RoomCast
from wall.demo.grammar import Phrases
from wall.demo.scene import Scene, look
from wall.demo.world import Said
from wall.journal import Tx
from wall.model import Role, StoredPost, utc_now
from wall.parallel import RelayState
from wall.programme import Session, SessionState
from wall.store import Store

Do = Callable[[str, Callable[[Tx], Any]], Awaitable[bool]]
"""Gives a command as a person of the staff; False where it was refused or the robots are off."""

WAITING = 5
"""Points that a robot keeps in its queue."""

_WORTH_RAISING = {"question": 4.0, "challenge": 3.0, "experience": 2.0, "evidence": 2.0, "claim": 0.6}
_ON_FLOOR_SECONDS = (20.0, 34.0)
_BEFORE_REPLY_SECONDS = 4.0
_BEFORE_TAG_SECONDS = 12.0
_HEARD_BEFORE = 3
_RECENT = 80
"""Posts that a robot has in view."""
_EARLIER = 400
"""More than there are before the demo begins."""
_UNSEEN_SECONDS = 45.0
"""What came within so many seconds before the demo begins was not handled yet."""


class Facilitator:
    """One room's robot. What it decides follows from the seed and from what it sees."""

    def __init__(self, cast: Cast, room: RoomCast, do: Do, store: Store) -> None:
        self._cast = cast
        self._room = room
        self._give = do
        self._store = store
        self._rng = random.Random(f"{cast.world.seed} {room.name}")  # noqa: S311  robots have no secrets
        self._words = Phrases("outcomes", self._rng, set())
        self._acting = Acting(room.robot, frozenset({Role.FACILITATOR}))
        self._holds: dict[str, float] = {}
        self._did: set[str] = set()

    async def step(self) -> None:
        """Look, and do the one thing that is due."""
        scene = await self._look()
        await (
            self._keep_time(scene)
            or self._move_on(scene)
            or self._reply(scene, _BEFORE_REPLY_SECONDS)
            or self._raise_own(scene)
            or self._raise(scene)
            or self._tag(scene, _BEFORE_TAG_SECONDS)
            or _nothing()
        )

    async def catch_up(self) -> None:
        """Do at once what a facilitator has done by the time at which the demo begins."""
        script: tuple[Callable[[Scene], Awaitable[bool] | None], ...] = (
            *[self._keep_time] * 2,
            *[self._raise] * 4,
            *[self._advance] * 2,
            *[self._raise, self._advance] * _HEARD_BEFORE,
            *[lambda scene: self._reply(scene, 0.0)] * (_HEARD_BEFORE - 1),
            *[self._raise] * 2,
            self._raise_own,
            self._ready_own,
        )
        for act in script:
            await (act(await self._look()) or _nothing())
        await (self._tag(await self._look(_EARLIER), _UNSEEN_SECONDS, most=_EARLIER) or _nothing())

    async def _look(self, recent: int = _RECENT) -> Scene:
        return await self._store.read(lambda conn: look(conn, self._cast, self._room, recent))

    def _do(self, fn: Callable[[Tx], Any]) -> Awaitable[bool]:
        return self._give(self._room.robot, fn)

    def _once(self, what: str) -> bool:
        """Whether this is the first time: what a person undid is not done again."""
        new = what not in self._did
        self._did.add(what)
        return new

    def _since(self, at: datetime | None) -> float:
        """Seconds since then, as a person feels them: more of them where the day runs faster."""
        return (utc_now() - at).total_seconds() / self._cast.clock.haste if at else 0.0

    # -- the programme ---------------------------------------------------------------------------

    def _keep_time(self, scene: Scene) -> Awaitable[bool] | None:
        """Begin, end, and go on in the run-sheet when it is time."""
        minute = self._cast.clock.minute(utc_now())
        for session_id, item in self._room.sessions:
            session = scene.planned[session_id]
            over = session.state is SessionState.RUNNING and minute >= item.ends
            due = session.state is SessionState.PLANNED and item.begins <= minute < item.ends
            if over and self._once(f"end {session_id}"):
                return self._do(self._with(programme.end, session))
            if due and scene.session is None and self._once(f"begin {session_id}"):
                return self._do(self._with(programme.begin, session))
        return self._go_on(scene, minute)

    def _go_on(self, scene: Scene, minute: float) -> Awaitable[bool] | None:
        session, item = scene.session, scene.item
        if session is None or item is None:
            return None
        reached = sum(item.begins + at <= minute for at, _ in item.prompts) - 1
        ids = [prompt.id for prompt in session.prompts]
        present = ids.index(session.prompt) if session.prompt in ids else -1
        if not present < reached < len(ids) or not self._once(f"prompt {ids[reached]}"):
            return None
        prompt = ids[reached]
        return self._do(
            lambda tx: programme.go_to_prompt(tx, self._acting, session.id, session.version, prompt)
        )

    def _with(self, verb: Callable[..., Any], session: Session) -> Callable[[Tx], Any]:
        return lambda tx: verb(tx, self._acting, session.id, session.version)

    # -- the queue ---------------------------------------------------------------------------------

    def _move_on(self, scene: Scene) -> Awaitable[bool] | None:
        """Move the queue on when what is in the room had its time; to an empty floor at once."""
        if scene.floor is not None:
            enough = self._holds.setdefault(scene.floor.id, self._rng.uniform(*_ON_FLOOR_SECONDS))
            waits = scene.upcoming or scene.queue
            if self._since(scene.floor.floor_at) < (enough if waits else 2 * enough):
                return None
        return self._advance(scene)

    def _advance(self, scene: Scene) -> Awaitable[bool] | None:
        session, here, following = scene.session, scene.floor, scene.upcoming
        if session is None or not (here or following or scene.queue):
            return None
        answered = here is not None and self._rng.random() < 0.35
        state = RelayState.ANSWERED if answered else RelayState.DISCUSSED
        outcome = (here.outcome or self._words.draw(state.value)) if here else None
        seen = (here.id if here else None, following.id if following else None)
        return self._do(lambda tx: floor.advance(tx, self._acting, session.id, *seen, state, outcome))

    def _reply(self, scene: Scene, after: float) -> Awaitable[bool] | None:
        """Tell the authors of what was heard what came of it."""
        relay = next((one for one in scene.owing if self._since(one.closed_at) >= after), None)
        if relay is None:
            return None
        words = (
            self._words.draw("reply").replace("<room>", self._room.name).replace("<outcome>", relay.outcome)
        )
        return self._do(lambda tx: receipts.reply(tx, self._acting, relay.contribution_id, words.strip()))

    def _raise(self, scene: Scene) -> Awaitable[bool] | None:
        """Bring a good point of this session's topic into the queue, while that is short."""
        session, item = scene.session, scene.item
        if session is None or item is None or len(scene.queue) >= WAITING:
            return None
        found = [
            (stored, _WORTH_RAISING[said.kind])
            for stored, said in self._fresh(scene)
            if said is not None and said.topic == item.topic and said.kind in _WORTH_RAISING
        ]
        ours = [(stored, weight) for stored, weight in found if not _own(stored)]
        if not ours:
            return None
        (chosen,) = self._rng.choices([one for one, _ in ours], [weight for _, weight in ours])
        note = self._words.draw("note") if self._rng.random() < 0.4 else ""
        return self._do(lambda tx: relays.raise_point(tx, self._acting, chosen.id, session.id, note))

    def _raise_own(self, scene: Scene) -> Awaitable[bool] | None:
        """Bring what somebody wrote on the phone to the head of the first room's queue."""
        session = scene.session
        if session is None or self._room is not self._cast.rooms[0]:
            return None
        own = next((stored for stored, _ in reversed(list(self._fresh(scene))) if _own(stored)), None)
        if own is None or not self._once(f"own {own.id}"):
            return None
        head = scene.queue[0].id if scene.queue else None

        def bring(tx: Tx) -> None:
            relay = relays.raise_point(
                tx, self._acting, own.id, session.id, "Written on a phone in the hall."
            )
            if head is not None:
                relays.place(tx, self._acting, relay["relay"], relay["version"], head)

        return self._do(bring)

    def _ready_own(self, scene: Scene) -> Awaitable[bool] | None:
        if self._room is not self._cast.rooms[0] or not scene.queue:
            return None
        first = scene.queue[0]
        return self._do(lambda tx: relays.ready(tx, self._acting, first.id, first.version))

    # -- tags --------------------------------------------------------------------------------------

    def _tag(self, scene: Scene, after: float, most: int = 2) -> Awaitable[bool] | None:
        """Tag recent posts of this session's topic that have no tag; the first room tags the rest too."""
        wanted = [
            (stored.id, self._cast.tags[said.kind])
            for stored, said in self._untouched(scene)
            if said.kind in self._cast.tags and self._since(stored.post.created_at) >= after
        ][:most]
        if not wanted:
            return None
        self._did.update(post_id for post_id, _ in wanted)

        def tag(tx: Tx) -> None:
            for post_id, tag_id in wanted:
                tagging.tag(tx, self._acting, post_id, tag_id, True)

        return self._do(tag)

    def _untouched(self, scene: Scene) -> Iterator[tuple[StoredPost, Said]]:
        """Recent posts that are for this room to tag, oldest first."""
        first = self._room is self._cast.rooms[0]
        others = {item.topic for room in self._cast.rooms[1:] for _, item in room.sessions}
        for stored, said in reversed(list(self._known(scene))):
            made = scene.made.get(stored.id)
            touched = stored.id in self._did or (made is not None and (made.tags or made.noted))
            if said and not touched and first is (said.topic not in others):
                yield stored, said

    def _fresh(self, scene: Scene) -> Iterator[tuple[StoredPost, Said | None]]:
        """Recent posts that no session heard of yet."""
        for stored, said in self._known(scene):
            made = scene.made.get(stored.id)
            if made is None or (made.relay is None and not made.noted):
                yield stored, said

    def _known(self, scene: Scene) -> Iterator[tuple[StoredPost, Said | None]]:
        return ((stored, self._cast.world.by_key.get(stored.post.key)) for stored in scene.recent)


def _own(stored: StoredPost) -> bool:
    """Whether somebody who is really there wrote it: the visitor, or whoever joined with a phone."""
    key = stored.post.author.key
    return key.startswith(("person:", "participant:")) and not key.startswith("participant:demo-")


async def _nothing() -> bool:
    return False
