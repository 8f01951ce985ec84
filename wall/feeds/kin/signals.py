"""What the websockets of an instance and its timelines tell each other."""

from __future__ import annotations

import asyncio

from wall.feeds.kin.hearing import Hearing
from wall.feeds.shapes.common import Record


class Anew(Exception):
    """A websocket is to be opened anew though nothing is wrong with it."""


class Signals:
    """The state of one instance's stream, which is one or more websockets.

    `doubted`: it was caught silent, or is of a kind that often is, and has told of nothing since. `silent`:
    it said nothing of what is there. `told`: statuses that it told of since the last look. `watched`: it
    was open, without a break, since the look before this one. `look` is set by the stream: it opened or
    closed, so look now, and far back. `over` is set by the others: let go of every websocket, and open it
    anew.
    """

    def __init__(self, sockets: int = 1, *, doubted: bool = False) -> None:
        """`sockets`: how many there are when all of them are open."""
        self.doubted = doubted
        self.silent = False
        self.told = 0
        self.watched = False
        self.look = asyncio.Event()
        self.over = asyncio.Event()
        self.hearing = Hearing()
        self._sockets = sockets
        self._open: set[str] = set()

    @property
    def is_open(self) -> bool:
        """Whether every websocket is open."""
        return len(self._open) == self._sockets

    @property
    def trusted(self) -> bool:
        """Whether the stream may be relied on to tell of everything."""
        return self.is_open and not self.doubted and not self.hearing.languages

    def opened(self, name: str) -> None:
        """A websocket is open."""
        self.silent = False
        self.over.clear()
        self._open.add(name)
        self.look.set()

    def closed(self, name: str) -> None:
        """A websocket is not open."""
        self._open.discard(name)
        self.watched = False
        self.hearing.forget()
        self.look.set()

    def brought(self, status: Record) -> None:
        """The stream told of a status."""
        self.told += 1
        self.doubted = False
        self.hearing.heard(status)

    def looks(self, *, watched: bool) -> None:
        """The timelines are looked at now. `watched`: nothing opened or closed since the last look."""
        self.look.clear()
        self.watched = watched and self.is_open
        if self.watched:
            self.hearing.look()
        else:
            self.hearing.forget()

    def judge(self) -> None:
        """There was news since the last look: the stream should have told of some."""
        if self.trusted and not self.told:
            self.silent = self.doubted = True
            self.over.set()

    def anew(self) -> None:
        """Open the stream anew: the owner of its token may have changed what it leaves out."""
        self.over.set()
