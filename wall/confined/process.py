"""Confined processes, as the server sees them: started without its secrets, asked over pipes, killed."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path

from wall.confined.limits import ANSWER

_REQUESTS_PER_PROCESS = 200
_START = "import runpy, sys; sys.path.append(sys.argv[1]); runpy.run_path(sys.argv[2], run_name='__main__')"
_ROOT = Path(__file__).parents[2]


class Failed(Exception):
    """The process crashed, grew or took too long over a request, and was ended."""


class Pool:
    """A few processes of one script. One that fails is replaced; its request is given up."""

    def __init__(self, script: Path, *, workers: int, seconds: float) -> None:
        """`seconds` by the clock are for one request."""
        self._script = script
        self._seconds = seconds
        self._free: list[_Process] = []
        self._slots = asyncio.Semaphore(workers)

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and rest of the answer to a request, which says its own length. Raises Failed."""
        async with self._slots:
            process = self._free.pop() if self._free else await _Process.start(self._script)
            try:
                async with asyncio.timeout(self._seconds):
                    answer = await process.ask(request)
            except (TimeoutError, OSError, EOFError):
                await process.end()
                raise Failed from None
            except BaseException:
                await process.end()
                raise
            await self._put_back(process)
        return answer

    async def close(self) -> None:
        """End the processes."""
        while self._free:
            await self._free.pop().end()

    async def _put_back(self, process: _Process) -> None:
        if process.done < _REQUESTS_PER_PROCESS:
            self._free.append(process)
        else:
            await process.end()


class _Process:
    """One process, and its pipes."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.done = 0

    @classmethod
    async def start(cls, script: Path) -> _Process:
        """Start one: without our environment, which holds secrets, and out of the terminal's reach."""
        kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-c", _START, str(_ROOT), str(script)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=kept,
            cwd="/",
            start_new_session=True,
        )
        return cls(process)

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Its answer. Raises OSError or EOFError when it ends instead."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise EOFError
        self.done += 1
        stdin.write(request)
        await stdin.drain()
        status, length = ANSWER.unpack(await stdout.readexactly(ANSWER.size))
        return status, await stdout.readexactly(length)

    async def end(self) -> None:
        """Kill it and wait until it is gone."""
        with suppress(ProcessLookupError):
            self._process.kill()
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._process.wait()
