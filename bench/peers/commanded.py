"""Numbers from standard input, as a task beside a server: each is a burst to send."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable

MESSAGE = "x" * 1024


async def obey(burst: Callable[[int], Awaitable[None]]) -> None:
    """Call `burst` with every number that comes, until there is no more input."""
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        await burst(int(line))
