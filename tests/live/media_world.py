"""The media proxy in front of hostile hosts, in this process and over loopback."""

from __future__ import annotations

import io
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.support.waiting import PATIENCE
from tests.world.hosts import Dial, Hosts, Names, serving
from wall.media import Cache, Fetcher, FetchLimits, Images, Kind, MediaProxy, NoPicture, Source

SECRET = b"0123456789abcdef0123456789abcdef"
HERE = "http://pictures.example"


@dataclass
class World:
    """A proxy in front of hostile hosts, and what was asked of whom."""

    folder: Path
    hosts: Hosts
    names: Names
    dial: Dial
    limits: FetchLimits | None = None
    seconds: float = PATIENCE
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        self.open()

    def open(self, limit_bytes: int = 10_000_000) -> None:
        """(Re)start the proxy, as a new process would."""
        self.fetcher = Fetcher(limits=self.limits, resolve=self.names.resolve, dial=self.dial, tls=self.tls)
        self.images = Images(seconds=self.seconds)
        self.cache = Cache(self.folder, SECRET, limit_bytes=limit_bytes)
        self.proxy = MediaProxy(self.fetcher, self.images, self.cache)

    async def picture(self, *urls: str, kind: Kind = "image") -> Image.Image:
        """The picture from these addresses, opened."""
        return opened((await self.proxy.picture(Source(kind, urls))).data)

    async def refusal(self, url: str) -> str:
        """Why there is no picture."""
        with pytest.raises(NoPicture) as refused:
            await self.proxy.picture(Source("image", (url,)))
        return refused.value.code


def opened(data: bytes) -> Image.Image:
    """A WebP, decoded, with nothing in it but pixels."""
    picture = Image.open(io.BytesIO(data), formats=("WEBP",))
    picture.load()
    assert not picture.getexif()
    assert not picture.info.keys() & {"exif", "xmp", "icc_profile"}
    return picture


def near(picture: Image.Image, at: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    """Whether the pixel is about this colour; WebP loses a little."""
    found: Any = picture.convert("RGB").getpixel(at)
    return all(abs(one - other) < 40 for one, other in zip(found, colour, strict=True))


@asynccontextmanager
async def world_at(
    folder: Path, limits: FetchLimits | None = None, server_tls: ssl.SSLContext | None = None, **more: Any
) -> AsyncIterator[World]:
    """A world whose proxy keeps its pictures below a folder."""
    hosts = Hosts()
    async with serving(hosts, server_tls) as port:
        world = World(folder / "media", hosts, Names(), Dial(port, port), limits, **more)
        try:
            yield world
        finally:
            await world.proxy.close()
