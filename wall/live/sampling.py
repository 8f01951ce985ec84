"""What is measured by looking now and then: what readers have not taken, and how late the loop is."""

from __future__ import annotations

import asyncio

from wall.live import metrics
from wall.live.hub import Hub

SAMPLE_SECONDS = 1.0


class Sampling:
    """Looks at a hub's readers every second. Here and not at each scrape, which is in another thread."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def run(self) -> None:
        """Sample until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + SAMPLE_SECONDS
            await asyncio.sleep(SAMPLE_SECONDS)
            metrics.loop_lag.observe(max(0.0, loop.time() - due))
            self._look()

    def _look(self) -> None:
        unsent = slow = 0
        for reader in self._hub.open_readers():
            unsent += reader.writer.unsent()
            slow += reader.slow_since is not None
        metrics.unsent_bytes.set(unsent)
        metrics.slow_readers.set(slow)
