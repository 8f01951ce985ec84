"""Images into small WebPs, in worker processes that may be killed. The server itself decodes nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from wall.confined.process import Failed, Pool
from wall.media.problems import NoPicture
from wall.media.worker import DONE, REQUEST, TOO_MANY_PIXELS

Kind = Literal["avatar", "image", "emoji"]

SIDES: dict[Kind, int] = {"avatar": 192, "image": 1280, "emoji": 128}
"""Side of the square that a picture of each kind fits, in pixels."""

MOST_PIXELS = 20_000_000
"""Largest image that is decoded. One frame of it is 80 MB."""

HEAD_BYTES = 32
"""How much of an image tells its format."""

_SECONDS = 10.0
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
        self._pixels = pixels
        self._pool = Pool(Path(__file__).with_name("worker.py"), workers=workers, seconds=seconds)

    async def convert(self, data: bytes, kind: Kind) -> bytes:
        """An image as a small WebP. Raises NoPicture."""
        tag = format_of(data[:HEAD_BYTES])
        if tag is None:
            raise NoPicture("not_an_image")
        request = REQUEST.pack(tag, SIDES[kind], self._pixels, len(data)) + data
        try:
            status, webp = await self._pool.ask(request)
        except Failed:
            raise NoPicture("broken_image") from None
        if status == DONE:
            return webp
        raise NoPicture("too_many_pixels" if status == TOO_MANY_PIXELS else "broken_image")

    async def close(self) -> None:
        """End the workers."""
        await self._pool.close()
