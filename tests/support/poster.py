"""A program of the staff's that posts, keeps trying until it is answered, and remembers the answers."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any, Self

import httpx2

from tests.support.waiting import PATIENCE
from wall.model import new_id

TRY_AGAIN = frozenset({503, 507})


class Poster:
    """Posts at the servers of one instance, in turn when one does not answer.

    A post is tried again with the same Idempotency-Key until it is acknowledged.
    """

    def __init__(self, headers: Mapping[str, str], slug: str, *base_urls: str) -> None:
        self.acknowledged: dict[str, dict[str, Any]] = {}
        """Answers by the text that was posted."""
        self.refusals: Counter[str] = Counter()
        """What was answered instead, by error code; `no answer` for none."""
        self._headers = dict(headers)
        self._path = f"/api/v1/events/{slug}/posts"
        self._bases = itertools.cycle(base_urls)
        self._base = next(self._bases)
        self._client = httpx2.AsyncClient(trust_env=False, timeout=15)
        self._numbers = itertools.count(1)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._client.aclose()

    async def post(self, text: str, within: float = PATIENCE) -> dict[str, Any]:
        """Post until it is acknowledged; the answer. AssertionError after `within` seconds."""
        cause, deadline = new_id(), time.monotonic() + within
        while (answer := await self.try_once(text, cause)) is None:
            assert time.monotonic() < deadline, f"not acknowledged in {within} s: {self.refusals}"
            self._base = next(self._bases)
            await asyncio.sleep(0.02)
        return answer

    async def try_once(self, text: str, cause: str) -> dict[str, Any] | None:
        """Post once; the answer, or None for one that says "again", or for none at all."""
        headers = self._headers | {"Idempotency-Key": cause}
        try:
            answer = await self._client.post(self._base + self._path, json={"text": text}, headers=headers)
        except httpx2.TransportError:
            self.refusals["no answer"] += 1
            return None
        if answer.status_code in TRY_AGAIN:
            self.refusals[answer.json()["error"]["code"]] += 1
            return None
        assert answer.status_code == 201, answer.text
        self.acknowledged[text] = answer.json()
        return self.acknowledged[text]

    def begin(self, pause: float = 0.01) -> None:
        """Post one after another, with pauses of so many seconds, until `end`."""
        self._ending = False
        self._task = asyncio.create_task(self._post_on(pause))

    async def end(self) -> None:
        """Let the present post be acknowledged, then stop. Raises what went wrong."""
        self._ending = True
        assert self._task is not None
        await self._task

    async def _post_on(self, pause: float) -> None:
        while not self._ending:
            await self.post(f"Acknowledged number {next(self._numbers)}")
            await asyncio.sleep(pause)
