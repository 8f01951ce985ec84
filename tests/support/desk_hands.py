"""A scripted facilitator: works through a desk with the keyboard alone, as somebody does all day.

They read every card before they judge it, and judge it as it stands in sight: nothing is pressed about
words that were not on the screen for as long as it takes to skim them.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from tests.support.desk_page import DeskPage, Look, Row

WAITING = 5
"""Points that are kept in the queue."""
FEW = 3
"""Fewer than so many new posts are left to gather,"""
PATIENT_SECONDS = 8.0
"""unless one of them is as old as this."""
WORDS_A_SECOND = 10.0
"""Skimming: some 2.5 times the 240 words a minute of silent reading (Rayner et al. 2016,
doi:10.1177/1529100615623267)."""
GLANCE_SECONDS = 0.2
_OUTCOMES = ("The room agreed to try it", "Two tables take it home", "Evidence was asked for", "")
_QUESTION_TAG, _OTHER_TAGS = "1", "23456"

Plan = Literal["nothing", "tag", "queue", "refuse"]


@dataclass
class Tally:
    """What was pressed, and what it was meant to do: commands by their verbs."""

    keys: int = 0
    meant: Counter[str] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)
    """Posts that something was done about."""
    read: set[str] = field(default_factory=set)
    """Posts that were in sight for as long as it takes to skim them."""
    per_post: list[float] = field(default_factory=list)
    """Keys that each card took that was handled, with those that led to it; a key for several is shared
    among them. Keys for the room and its queue are not in it."""
    told: int = 0
    """Refusals that the desk told about."""
    oldest_seconds: list[float] = field(default_factory=list)
    left: list[int] = field(default_factory=list)


class Hands:
    """Somebody at a desk, who reads so many words a second after a glance of so many seconds, and lets
    new posts gather for `patient` seconds."""

    def __init__(
        self,
        desk: DeskPage,
        seed: int = 1,
        *,
        words_a_second: float = WORDS_A_SECOND,
        glance: float = GLANCE_SECONDS,
        patient: float = PATIENT_SECONDS,
    ) -> None:
        self.desk = desk
        self.tally = Tally()
        self._rng = random.Random(seed)
        self._words_a_second = words_a_second
        self._glance = glance
        self._patient = patient
        self._moves_on = 0.0
        self._plans: dict[str, Plan] = {}
        self._waited = self._asked = self._others = self._tags = self._since = 0
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
        """Look, and do one thing: read a card, or press the keys that one thing takes."""
        look = await self.desk.look()
        self.tally.oldest_seconds.append(look.oldest_ms / 1000)
        self.tally.left.append(look.left)
        if look.problems:
            await self._dismiss(look.problems)
        elif self._is_time(look):
            await self._move_on(look)
        elif look.queued > 2 and self._rng.random() < 0.01:
            await self._reorder()
        elif unread := [row for row in look.rows if row.id not in self.tally.read]:
            await self._read(unread[0])
        elif look.rows:
            await self._handle(look)
        else:
            await self._go_on(look)

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

    async def _read(self, row: Row) -> None:
        """Skim a card, and decide what is to be done about it."""
        await asyncio.sleep(self._glance + row.words / self._words_a_second)
        self.tally.read.add(row.id)
        self._plans[row.id] = self._plan(row)

    def _plan(self, row: Row) -> Plan:
        """Of what waits, one in twelve is refused; of the questions one in four is queued and the others
        tagged; of all else one in four is tagged, and one in sixteen queued."""
        self._waited += row.waits
        if row.waits and self._waited % 12 == 3:
            return "refuse"
        if row.asks:
            self._asked += 1
            return "queue" if self._asked % 4 == 2 else "tag"
        self._others += 1
        if self._others % 16 == 6:
            return "queue"
        return "tag" if self._others % 4 == 1 else "nothing"

    async def _go_on(self, look: Look) -> None:
        """Nothing is left in sight: to what is left elsewhere, or to what is new, once there is enough."""
        if look.left > look.fresh:
            await self._press_for_posts("Space")
        elif look.fresh >= FEW or (look.fresh and look.oldest_ms >= self._patient * 1000):
            await self._press_for_posts("p")
        else:
            await asyncio.sleep(self._glance)

    async def _handle(self, look: Look) -> None:
        """All in sight was read: one key for all where nothing is to be done, else the current card."""
        here = [row for row in look.rows if row.in_sight]
        clean = [row for row in here if row.clean]
        done = all(self._plans[row.id] == "nothing" for row in here)
        current = next((row for row in look.rows if row.id == look.id), None)
        if done and (len(clean) > 1 or (clean and current is None)):
            await self._approve_all(clean)
        elif current is None:
            await self._press_for_posts("Space")
        else:
            await self._judge(current, look)

    async def _judge(self, row: Row, look: Look) -> None:
        plan = self._plans[row.id]
        if plan == "refuse" and row.waits:
            self.tally.meant["reject"] += row.shows
            await self._press_for_posts("x", self._rng.choice("1234"))
        elif plan == "queue" and look.queued < WAITING:
            self.tally.meant["raise"] += 1
            await self._press_for_posts("q")
        elif plan == "tag":
            await self._tag(row)
        else:
            self.tally.meant["approve"] += row.shows
            await self._press_for_posts("a" if row.waits else "Space")
        self._handled([row.id])

    async def _approve_all(self, rows: list[Row]) -> None:
        """Show what waits of these, and say of all of them that nothing more is to be done."""
        self.tally.meant["approve"] += sum(row.shows for row in rows)
        await self._press_for_posts("A")
        self._handled([row.id for row in rows])

    async def _tag(self, row: Row) -> None:
        """Set a tag, which approves what waits; one in twenty is the wrong one, and is taken back."""
        self._tags += 1
        tag = _QUESTION_TAG if row.asks else self._rng.choice(_OTHER_TAGS)
        if not row.waits and self._tags % 20 == 5:
            self.tally.meant["tag"] += 2
            await self._press_for_posts("2" if tag == "1" else "1")
            await self.desk.settled()  # what was never sent is only forgotten
            await self._press_for_posts("u")
        self.tally.meant["tag"] += 1
        await self._press_for_posts(tag)

    async def _press_for_posts(self, *keys: str) -> None:
        """Press keys of which the cards that are handled next have their share."""
        self._since += len(keys)
        await self.press(*keys)

    def _handled(self, ids: list[str]) -> None:
        unread = set(ids) - self.tally.read
        assert not unread, f"judged without having been read: {unread}"
        self.tally.seen.update(ids)
        self.tally.per_post += [self._since / len(ids)] * len(ids)
        self._since = 0
