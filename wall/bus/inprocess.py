"""The bus of a single process: nothing to start, nothing that can break."""

from __future__ import annotations

from time import monotonic

from limits.aio.storage import MemoryStorage

from wall.bus.base import Bell, Heard, Listeners
from wall.bus.kept import Kept, Word
from wall.bus.windows import Windows


class InProcessBus:
    """Doorbell, presence and rate windows within one process."""

    def __init__(self) -> None:
        self._listeners = Listeners()
        self._presence: dict[str, dict[str, float]] = {}
        self._kept = Kept()
        self._windows = Windows(MemoryStorage())

    async def start(self) -> None:
        """Nothing to start."""

    async def close(self) -> None:
        """Nothing to let go of."""

    async def ring(self, bell: Bell) -> None:
        """Tell the listeners of this process."""
        self._listeners.tell(bell)

    def listen(self, heard: Heard) -> None:
        """Have `heard` called in the loop for each bell."""
        self._listeners.add(heard)

    async def arrive(self, event: str, who: str, seconds: float) -> None:
        """Say that `who` is present at `event` for the next `seconds`."""
        self._presence.setdefault(event, {})[who] = monotonic() + seconds

    async def leave(self, event: str, who: str) -> None:
        """Say that `who` is no longer present at `event`."""
        self._presence.get(event, {}).pop(who, None)

    async def present(self, event: str) -> list[str]:
        """The ids of who is present, sorted."""
        now = monotonic()
        here = {who: until for who, until in self._presence.pop(event, {}).items() if until > now}
        if here:
            self._presence[event] = here
        return sorted(here)

    async def keep(self, name: str, key: str, value: str, seconds: float) -> None:
        """Keep a word for so long."""
        self._kept.keep(name, key, value, seconds)

    async def kept(self, name: str) -> dict[str, Word]:
        """The words that are kept under `name`, by key."""
        return self._kept.all(name)

    async def hit(
        self, name: str, key: str, *, limit: int, seconds: int, look: bool = False
    ) -> float | None:
        """Count one use, or say in how many seconds there is room."""
        return await self._windows.hit(name, key, limit=limit, seconds=seconds, look=look)

    async def healthy(self) -> bool:
        """Always: there is no other process to reach."""
        return True
