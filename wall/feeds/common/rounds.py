"""A stream that is one request after the other: a long poll, or a look every few seconds."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable
from typing import Protocol

from wall.errors import FeedFatal
from wall.feeds.base import Item, Trouble
from wall.feeds.common.problems import Passing, wait_after
from wall.feeds.common.signs import Signs


class Run(Protocol):
    """One stream of a source. `out`: what is to be told, also after a failed round; `over`: that is all."""

    out: deque[Item]
    over: bool

    async def round(self) -> float:
        """Do what is next: seconds until the next round. Raises what goes wrong."""
        ...

    def problems(self) -> Iterable[Trouble]:
        """What is wrong although rounds work."""
        ...


async def in_rounds(
    run: Run,
    place: str,
    understood: Callable[[BaseException], Passing | FeedFatal | None],
    waits: tuple[float, float],
    is_going: Callable[[], bool],
) -> AsyncGenerator[Item, None]:
    """What comes of a run, round by round, while `is_going` and until it is over.

    A round that fails in a way that passes is tried again, and `place` is in trouble meanwhile; `waits` are
    the first and the longest wait in seconds. Raises FeedFatal, and what is no trouble of a network.
    """
    signs, failed = Signs(), 0
    while is_going():
        told: list[Trouble] = []
        try:
            wait = await run.round()
            failed = 0
        except Exception as problem:  # noqa: BLE001  judged by the table of the network
            known = understood(problem)
            if not isinstance(known, Passing):
                raise (known or problem) from None
            failed += 1
            wait = wait_after(known, failed, *waits)
            told = [Trouble(place, known.code, known.message, wait)]
        run.out.extend(signs.change([*run.problems(), *told]))
        while run.out and is_going():
            yield run.out.popleft()
        if run.over:
            return
        if is_going():
            await asyncio.sleep(wait)
