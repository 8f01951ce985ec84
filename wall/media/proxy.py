"""Pictures for pages: from the cache, or fetched once for all who ask at the same time."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

import structlog

from wall.media.cache import Cache
from wall.media.fetch import Fetcher
from wall.media.images import Images, Kind
from wall.media.problems import NoPicture, Problem
from wall.media.sources import Source

log = structlog.get_logger(__name__)

_REMEMBERED = 20_000
_LASTING_SECONDS = 600.0
_PASSING_SECONDS = 60.0


@dataclass(frozen=True)
class Picture:
    """A WebP. `fetched`: it was asked for just now, which takes a while; look again who may see it."""

    data: bytes
    fetched: bool


class MediaProxy:
    """The one way in which a picture from outside reaches a page. Close it when done."""

    def __init__(self, fetcher: Fetcher, images: Images, cache: Cache) -> None:
        self._fetcher = fetcher
        self._images = images
        self._cache = cache
        self._flights: dict[tuple[Kind, str], asyncio.Task[bytes]] = {}
        self._failed: OrderedDict[tuple[Kind, str], tuple[float, Problem]] = OrderedDict()

    async def picture(self, source: Source) -> Picture:
        """The picture, from the first of its addresses that has it. Raises NoPicture."""
        problem = NoPicture("gone")
        for url in source.urls:
            try:
                return await self._from(source.kind, url)
            except NoPicture as exc:
                problem = exc
        raise problem

    async def purge(self, urls: Iterable[str]) -> None:
        """Forget every picture from these addresses; what is under way is not kept either."""
        gone = set(urls)
        for key, flight in list(self._flights.items()):
            if key[1] in gone:
                flight.cancel()
                await asyncio.gather(flight, return_exceptions=True)
        for key in [key for key in self._failed if key[1] in gone]:
            del self._failed[key]
        await asyncio.to_thread(self._cache.purge, gone)

    async def close(self) -> None:
        """Give up what is under way, end the workers, close connections."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)
        await self._images.close()
        await self._fetcher.close()

    async def _from(self, kind: Kind, url: str) -> Picture:
        key = (kind, url)
        if (flight := self._flights.get(key)) is None:
            self._recall(key)
            data = await asyncio.to_thread(self._cache.get, kind, url)
            if data is not None:
                return Picture(data, fetched=False)
            flight = self._flights.get(key) or self._start(key)
        return Picture(await _landed(flight), fetched=True)

    def _start(self, key: tuple[Kind, str]) -> asyncio.Task[bytes]:
        flight = asyncio.create_task(self._fetched(*key), name="picture")
        self._flights[key] = flight
        flight.add_done_callback(lambda ended: self._ended(key, ended))
        return flight

    def _ended(self, key: tuple[Kind, str], flight: asyncio.Task[bytes]) -> None:
        self._flights.pop(key, None)
        if not flight.cancelled():
            # Where every reader has gone away, nobody else asks how it ended.
            flight.exception()

    async def _fetched(self, kind: Kind, url: str) -> bytes:
        try:
            data = await self._images.convert(await self._fetcher.fetch(url), kind)
        except NoPicture as exc:
            self._remember((kind, url), exc)
            raise
        keeping = asyncio.create_task(asyncio.to_thread(self._cache.put, kind, url, data))
        try:
            await asyncio.shield(keeping)
        except asyncio.CancelledError:
            # A thread cannot be stopped; a purge must come after it.
            await asyncio.wait([keeping])
            raise
        return data

    def _remember(self, key: tuple[Kind, str], problem: NoPicture) -> None:
        """So that a picture that cannot be had costs one request a while, however many look at it."""
        seconds = _LASTING_SECONDS if problem.lasting else _PASSING_SECONDS
        self._failed[key] = (time.monotonic() + seconds, problem.code)
        self._failed.move_to_end(key)
        while len(self._failed) > _REMEMBERED:
            self._failed.popitem(last=False)
        log.info("no_picture", kind=key[0], code=problem.code)

    def _recall(self, key: tuple[Kind, str]) -> None:
        until, code = self._failed.get(key, (0.0, "failed"))
        if until > time.monotonic():
            raise NoPicture(code)


async def _landed(flight: asyncio.Task[bytes]) -> bytes:
    """Wait for a flight without ending it when this one reader goes away."""
    await asyncio.wait([flight])
    if flight.cancelled():
        raise NoPicture("purged")
    return flight.result()
