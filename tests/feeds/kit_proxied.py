"""What drivers of the kit have in common whose world stands behind a proxy that cuts and stalls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any, TypeVar

from tests.support.fault_proxy import FaultProxy

_OWN = ("fault_proxy", "websockets", "tests/world")
"""Where the code of tasks is that a world runs itself."""

A = TypeVar("A")


class Proxied:
    """Half of a `LiveDriver`: everything that is the proxies'. The other half enters its worlds into the
    `stack`, and puts a proxy before each."""

    def __init__(self) -> None:
        self.stack = AsyncExitStack()
        self.proxies: list[FaultProxy] = []
        self._refusals = 0

    async def __aexit__(self, *_: object) -> None:
        await self.stack.aclose()

    async def stand_before(self, port: int) -> str:
        """Put a proxy before a world; where that is now, without a scheme."""
        proxy = await self.stack.enter_async_context(FaultProxy(("127.0.0.1", port)))
        self.proxies.append(proxy)
        return f"127.0.0.1:{proxy.port}"

    def connections(self) -> int:
        return sum(one.connections for one in self.proxies)

    def attempts(self) -> int:
        return sum(one.accepted for one in self.proxies)

    def stall(self, stalled: bool) -> None:
        for one in self.proxies:
            one.stall() if stalled else one.resume()

    def break_off(self, how: str) -> None:
        """Cut every connection: "reset" or "fin"."""
        for one in self.proxies:
            one.cut("reset" if how == "reset" else "fin")

    def tasks(self) -> set[asyncio.Task[Any]]:
        """The tasks that a world runs itself."""
        return {one for one in asyncio.all_tasks() if any(part in _code(one) for part in _OWN)}

    def refusals(self) -> int:
        return self._refusals

    def refusing(self, answer: A | None) -> Callable[[str], A | None]:
        """What a world asks before each request: this answer, counted; None: a proper one."""

        def failing(_path: str) -> A | None:
            self._refusals += answer is not None
            return answer

        return failing


def _code(task: asyncio.Task[Any]) -> str:
    coroutine = task.get_coro()
    return str(getattr(getattr(coroutine, "cr_code", None), "co_filename", ""))
