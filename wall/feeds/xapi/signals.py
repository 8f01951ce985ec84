"""What the stream and the searches of a feed tell each other."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field


@dataclass(slots=True)
class Signals:
    """The stream is the fast way; the searches are the net under it, and carry on alone."""

    live: bool = False
    """The stream is open."""
    settling: int = 0
    """Searches that a new connection still needs: one for what was missed, one for its last 30 seconds."""
    look: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by the stream: it opened or broke off, so search now."""

    def opened(self) -> None:
        """The stream is open."""
        self.live, self.settling = True, 2
        self.look.set()

    def closed(self) -> None:
        """The stream is not open."""
        if self.live:
            self.live = False
            self.look.set()
