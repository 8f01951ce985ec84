"""Two people at two desks who press keys at random on the same few posts, each in the other's way."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

from tests.support.desk_page import DeskPage
from tests.support.desk_proof import differences, everything
from tests.support.staff import Staff

ACTIONS: Sequence[Sequence[str]] = (
    *[("j",), ("k",)] * 4,
    *[("1",), ("2",), ("3",), ("q",), ("u",), ("+",), ("=",)] * 2,
    ("g",),
    ("a",),
    ("x", "1"),
    ("t", "t"),
    ("Space",),
    ("-", "1"),
    ("m", "m"),
    ("m", "0"),
    ("Y",),
    ("z",),
    ("A",),
    ("o", "K", "i"),
    ("o", "j", "Enter", "i"),
    ("o", "c", "o", "i"),
    ("n", "Enter"),
)
"""What is pressed: keys one after the other, some into a question that the first asks."""

ERASED = 0.002
"""How often a post is erased instead: for good, so of a dozen there have to be some left."""


class Rival:
    """One of the two. `seed` decides what they press."""

    def __init__(self, desk: DeskPage, seed: int) -> None:
        self.desk = desk
        self._rng = random.Random(seed)

    async def work(self, commands: int) -> None:
        """Press keys until this desk has sent so many commands."""
        while len(self.desk.sent) < commands:
            for key in self._rng.choice(ACTIONS):
                await self.desk.page.keyboard.press(key)
            if self._rng.random() < 0.1:
                await self._word()
            await self.desk.page.keyboard.press("Escape")
            if self._rng.random() < ERASED:
                await self._erase()

    async def _word(self) -> None:
        """Put the current point into words, which the other one may do too."""
        await self.desk.page.keyboard.press("e")
        await self.desk.page.keyboard.type(f"Wording {self._rng.randrange(100)}")
        await self.desk.page.keyboard.press("Enter")

    async def _erase(self) -> None:
        """Delete the words of the current post, which the other one may work at."""
        for key in ("t", "D", "y"):
            await self.desk.page.keyboard.press(key)


async def rival(desks: Sequence[DeskPage], commands: int, seed: int = 1) -> None:
    """Let each of these desks send its share of so many commands, all at the same time."""
    rivals = [Rival(desk, 2 * seed + number) for number, desk in enumerate(desks)]
    await asyncio.gather(*(one.work(-(-commands // len(rivals))) for one in rivals))


async def disagreements(desks: Sequence[DeskPage], staff: Staff, event: str) -> list[str]:
    """How the desks' copies differ from the server's, once all is sent; nothing where they agree."""
    for desk in desks:
        await desk.settled()
    found = []
    for number, desk in enumerate(desks):
        wrong = await differences(desk, staff, event)
        wrong += await _left_over(desk, staff, event)
        wrong += [
            f"{one.path}: answered {one.statuses}" for one in desk.sent.values() if _failed(one.statuses)
        ]
        found += [f"desk {number}: {one}" for one in wrong]
    return found


async def _left_over(desk: DeskPage, staff: Staff, event: str) -> list[str]:
    """Points that a desk still holds although they were joined with others."""
    fresh, held = await everything(staff, event), await desk.held()
    return [
        f"{id_} is no point any more" for id_ in held["contribution"].keys() - fresh["contribution"].keys()
    ]


def _failed(statuses: Sequence[int]) -> bool:
    return any(status >= 500 or status in {400, 404, 422} for status in statuses)
