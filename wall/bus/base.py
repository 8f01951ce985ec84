"""What every bus does, and the bell that it carries."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from wall.bus.kept import Word


@dataclass(frozen=True, slots=True)
class Bell:
    """The journal of `event` in history `epoch` went from `prev` to `seq`.

    A hint: it may be lost, come twice or come late. Who hears it reads the journal.
    """

    event: str
    epoch: str
    prev: int
    seq: int

    def joined(self, later: Bell) -> Bell:
        """One bell for both: what a reader at the older `prev` has to read."""
        if later.epoch != self.epoch:
            return later
        return Bell(self.event, self.epoch, min(self.prev, later.prev), max(self.seq, later.seq))


Heard = Callable[[Bell], None]


class Bus(Protocol):
    """Doorbell, presence and rate windows. No method raises because Redis is broken."""

    async def start(self) -> None:
        """Begin to hear bells. Call once, in the loop that the listeners belong to."""

    async def close(self) -> None:
        """Stop hearing and let go of every connection. Bells not yet sent are dropped."""

    async def ring(self, bell: Bell) -> None:
        """Tell every process. Returns at once; a bell that cannot be sent is counted and dropped."""

    def listen(self, heard: Heard) -> None:
        """Have `heard` called in the loop for each bell, this process's own ones included."""

    async def arrive(self, event: str, who: str, seconds: float) -> None:
        """Say that `who` (an opaque id) is present at `event` for the next `seconds`."""

    async def leave(self, event: str, who: str) -> None:
        """Say that `who` is no longer present at `event`."""

    async def present(self, event: str) -> list[str]:
        """The ids of who is present, sorted; none when the bus cannot know."""

    async def keep(self, name: str, key: str, value: str, seconds: float) -> None:
        """Keep a word of `key` under `name` for so long, in place of an earlier one."""

    async def kept(self, name: str) -> dict[str, Word]:
        """The words that are kept under `name`, by key; while Redis does not answer, this process's own."""

    async def hit(
        self, name: str, key: str, *, limit: int, seconds: int, look: bool = False
    ) -> float | None:
        """Count one use of `key` in the window `name`: at most `limit` (>= 1) in any `seconds`.

        None: there was room, and it is counted. Else the seconds until there is room; refusals are
        not counted, nor is who only wants to `look` whether there is room. The window is weighted from
        two counters, so it can be out by a little.
        """

    async def healthy(self) -> bool:
        """Whether bells reach other processes at the moment. The faces work without."""


class Listeners:
    """The callbacks of one process."""

    def __init__(self) -> None:
        self._heard: list[Heard] = []

    def add(self, heard: Heard) -> None:
        """Call `heard` for every bell from now on."""
        self._heard.append(heard)

    def tell(self, bell: Bell) -> None:
        """Call every listener soon, each on its own: one that raises is reported by the loop."""
        loop = asyncio.get_running_loop()
        for heard in self._heard:
            loop.call_soon(heard, bell)
