"""Images into small WebPs, in worker processes that may be killed. The server itself decodes nothing."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import Literal

from wall.media.problems import NoPicture
from wall.media.worker import ANSWER, DONE, REQUEST, TOO_MANY_PIXELS

Kind = Literal["avatar", "image", "emoji"]

SIDES: dict[Kind, int] = {"avatar": 192, "image": 1280, "emoji": 128}
"""Side of the square that a picture of each kind fits, in pixels."""

MOST_PIXELS = 20_000_000
"""Largest image that is decoded. One frame of it is 80 MB."""

HEAD_BYTES = 32
"""How much of an image tells its format."""

_SECONDS = 10.0
_IMAGES_PER_WORKER = 200
_FORMATS = (
    (b"PNG ", re.compile(rb"\x89PNG\r\n\x1a\n")),
    (b"JPEG", re.compile(rb"\xff\xd8\xff")),
    (b"GIF ", re.compile(rb"GIF8[79]a")),
    (b"WEBP", re.compile(rb"RIFF.{4}WEBPVP8[ LX]", re.DOTALL)),
    (b"AVIF", re.compile(rb"\0\0\0.ftypavi[fs]", re.DOTALL)),
)


def format_of(head: bytes) -> bytes | None:
    """The format that the first `HEAD_BYTES` of an image show, as the worker names it; None for none
    of ours. What the host says about it is not asked: SVG and HTML have no such bytes."""
    return next((name for name, magic in _FORMATS if magic.match(head)), None)


class Images:
    """A few workers. A worker that crashes, hangs or grows is replaced; its image is given up."""

    def __init__(self, *, workers: int = 2, seconds: float = _SECONDS, pixels: int = MOST_PIXELS) -> None:
        self._seconds = seconds
        self._pixels = pixels
        self._free: list[_Worker] = []
        self._slots = asyncio.Semaphore(workers)

    async def convert(self, data: bytes, kind: Kind) -> bytes:
        """An image as a small WebP. Raises NoPicture."""
        tag = format_of(data[:HEAD_BYTES])
        if tag is None:
            raise NoPicture("not_an_image")
        async with self._slots:
            worker = self._free.pop() if self._free else await _Worker.start()
            try:
                async with asyncio.timeout(self._seconds):
                    status, webp = await worker.ask(tag, SIDES[kind], self._pixels, data)
            except (TimeoutError, OSError, EOFError):
                await worker.end()
                raise NoPicture("broken_image") from None
            except BaseException:
                await worker.end()
                raise
            await self._put_back(worker)
        if status == DONE:
            return webp
        raise NoPicture("too_many_pixels" if status == TOO_MANY_PIXELS else "broken_image")

    async def close(self) -> None:
        """End the workers."""
        while self._free:
            await self._free.pop().end()

    async def _put_back(self, worker: _Worker) -> None:
        if worker.done < _IMAGES_PER_WORKER:
            self._free.append(worker)
        else:
            await worker.end()


class _Worker:
    """One worker process, and its pipes."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.done = 0

    @classmethod
    async def start(cls) -> _Worker:
        """Start one: without our environment, which holds secrets, and out of the terminal's reach."""
        kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            str(Path(__file__).with_name("worker.py")),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=kept,
            cwd="/",
            start_new_session=True,
        )
        return cls(process)

    async def ask(self, tag: bytes, side: int, pixels: int, data: bytes) -> tuple[int, bytes]:
        """Status and WebP of one image. Raises OSError or EOFError when the worker ends instead."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise EOFError
        self.done += 1
        stdin.write(REQUEST.pack(tag, side, pixels, len(data)) + data)
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
