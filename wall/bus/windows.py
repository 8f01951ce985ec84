"""Rate windows over a storage of `limits`: one process's memory, or Redis."""

from __future__ import annotations

import hashlib

from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

_A_MOMENT = 0.001
"""Seconds added to every wait, so that who waits exactly that long is not refused again."""


class Windows:
    """Sliding windows. Keys are kept as keyed digests: the storage holds no address and no name."""

    def __init__(self, storage: MemoryStorage | RedisStorage, secret: str = "") -> None:
        self._storage = storage
        self._limiter = SlidingWindowCounterRateLimiter(storage)
        self._secret = hashlib.blake2b(secret.encode()).digest()

    async def hit(
        self, name: str, key: str, *, limit: int, seconds: int, look: bool = False
    ) -> float | None:
        """As `Bus.hit`. Raises what the storage raises."""
        item = RateLimitItemPerSecond(limit, seconds)
        digest = hashlib.blake2b(key.encode(), key=self._secret, digest_size=16).hexdigest()
        ask = self._limiter.test if look else self._limiter.hit
        if await ask(item, name, digest):
            return None
        counters = await self._storage.get_sliding_window(item.key_for(name, digest), seconds)
        return _until_room(limit, seconds, *counters)


def _until_room(
    limit: int, seconds: int, before: int, before_left: float, now: int, now_left: float
) -> float:
    """Seconds until `before * (its time left / seconds) + now` falls under `limit`.

    `now_left` runs one window longer than the present window does, as `limits` keeps it.
    """
    if now < limit:
        fits = (limit - now) * seconds / before if before else before_left
        return max(0.0, before_left - fits) + _A_MOMENT
    rolls_over = max(0.0, now_left - seconds)
    return rolls_over + seconds * (1 - limit / now) + _A_MOMENT
