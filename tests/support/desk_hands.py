"""A scripted facilitator: works through a desk with the keyboard alone, as somebody does all day."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.support.desk_page import DeskPage, Look

WAITING = 5
"""Points that are kept in the queue."""
SEVERAL = 3
"""So many that are clean are worth one key for all of them."""
_OUTCOMES = ("The room agreed to try it", "Two tables take it home", "Evidence was asked for", "")
_QUESTION_TAG, _OTHER_TAGS = "1", "23456"


@dataclass
class Tally:
    """What was pressed, and what it was meant to do: commands by their verbs."""

    keys: int = 0
    meant: Counter[str] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)
    """Posts that something was done about."""
    per_post: list[float] = field(default_factory=list)
    """Keys that each post took that was handled; those of a key for several are shared among them."""
    told: int = 0
    """Refusals that the desk told about."""
    oldest_seconds: list[float] = field(default_factory=list)
    left: list[int] = field(default_factory=list)


class Hands:
    """Somebody at a desk. `pause`: seconds to read a post, from and to."""

    def __init__(self, desk: DeskPage, seed: int = 1, pause: tuple[float, float] = (0.7, 1.9)) -> None:
        self.desk = desk
        self.tally = Tally()
        self._rng = random.Random(seed)
        self._pause = pause
        self._moves_on = 0.0
        self._judged = self._sorted = self._steps = 0
        self.floor_seconds = 30.0
        """How long something is in the room."""

    async def work(self, seconds: float) -> None:
        """Work for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            await self.step()

    async def finish(self, within: float) -> None:
        """Work until nothing is left to do. AssertionError where that takes longer."""
        end = time.monotonic() + within
        while (await self.desk.look()).left > 0:
            assert time.monotonic() < end, f"not everything was handled within {within} s"
            await self.step()

    async def step(self) -> None:
        """Read, and do one thing."""
        await asyncio.sleep(self._rng.uniform(*self._pause))
        look = await self.desk.look()
        self.tally.oldest_seconds.append(look.oldest_ms / 1000)
        self.tally.left.append(look.left)
        if look.problems:
            await self._dismiss(look.problems)
        elif self._is_time(look):
            await self._move_on(look)
        elif look.queued > 2 and self._rng.random() < 0.03:
            await self._reorder()
        else:
            before = self.tally.keys
            handled = await self._handle(look)
            if handled:
                self.tally.per_post += [(self.tally.keys - before) / handled] * handled

    async def rest(self) -> None:
        """Wait until everything is sent, and read what was refused."""
        await self.desk.settled()
        await self._dismiss((await self.desk.look()).problems)

    async def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.tally.keys += 1
            await self.desk.page.keyboard.press(key)

    async def _dismiss(self, problems: int) -> None:
        self.tally.told += problems
        await self.press(*["Escape"] * problems)

    def _is_time(self, look: Look) -> bool:
        return (look.floor or look.next or look.queued > 0) and time.monotonic() >= self._moves_on

    async def _move_on(self, look: Look) -> None:
        """Next moves on; what was in the room gets its outcome."""
        self._moves_on = time.monotonic() + self.floor_seconds * (1 if look.next or look.queued else 0.2)
        self.tally.meant["advance"] += 1
        await self.press("n")
        if not look.floor:
            return
        outcome = self._rng.choice(_OUTCOMES)
        self.tally.keys += len(outcome)
        await self.desk.page.keyboard.type(outcome)
        await self.press(self._rng.choice(["Enter", "Alt+Enter"]))

    async def _reorder(self) -> None:
        """Bring the last of the queue up by one place."""
        await self.press("o", "End")
        self.tally.meant["place"] += 1
        await self.press("K", "i")

    async def _handle(self, look: Look) -> int:
        """Do something about the current post, or about all in sight. How many posts that handled."""
        self._steps += 1
        if len(look.clean) >= SEVERAL and self._steps % 4 == 0:
            return await self._approve_all(look)
        if look.id is not None and look.unhandled:
            self.tally.seen.add(look.id)
            await (self._judge(look) if look.state == "held" else self._sort(look))
            return 1
        if look.fresh or look.left:
            await self.press("p" if look.fresh else "Space")
        return 0

    async def _approve_all(self, look: Look) -> int:
        """Everything in sight was read, and nothing more is to be done about it."""
        self.tally.seen.update(look.clean)
        self.tally.meant["approve"] += look.clean_waiting
        await self.press("A")
        return len(look.clean)

    async def _judge(self, look: Look) -> None:
        """Of eight that wait, one is refused, two are queued, two are tagged, all others shown."""
        self._judged += 1
        turn = self._judged % 8
        if turn == 3:
            self.tally.meant["reject"] += 1
            await self.press("x", self._rng.choice("1234"))
        elif turn in (2, 6) and look.queued < WAITING:
            await self._raise()
        else:
            if turn in (0, 5):
                await self._tag(look)  # which approves
            else:
                self.tally.meant["approve"] += 1
            await self.press("a")

    async def _sort(self, look: Look) -> None:
        """Of ten that are shown already, four need nothing, the others a tag; two of those are queued,
        and one loses its tag again."""
        self._sorted += 1
        turn = self._sorted % 10
        if turn > 3:
            await self._tag(look)
        if turn == 4:
            await self._take_back()
        elif turn in (5, 9) and look.queued < WAITING:
            await self._raise()
        else:
            await self.press("Space")

    async def _raise(self) -> None:
        self.tally.meant["raise"] += 1
        await self.press("q")

    async def _tag(self, look: Look) -> None:
        self.tally.meant["tag"] += 1
        await self.press(_QUESTION_TAG if "?" in look.text else self._rng.choice(_OTHER_TAGS))

    async def _take_back(self) -> None:
        """Undo the tag once it is sent: what was never sent is only forgotten."""
        await self.desk.settled()
        self.tally.meant["tag"] += 1
        await self.press("u")
