"""Somebody else who works on the same event at the same time, over HTTP: tags, and moves the queue."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from typing import Any

from tests.support.staff import Staff

_LEAST_QUEUED = 3
"""So many stay, that nobody's queue is emptied under their hands."""


class Colleague:
    """One person. `did` counts what was done and what was refused, because somebody was quicker."""

    def __init__(self, staff: Staff, event: str, session: str, seed: int = 2) -> None:
        self.did: Counter[str] = Counter()
        self._staff = staff
        self._path = f"/events/{event}"
        self._session = session
        self._rng = random.Random(seed)

    async def work(self, pause: tuple[float, float] = (2.0, 5.0)) -> None:
        """Work until cancelled, with pauses of so many seconds."""
        while True:
            await asyncio.sleep(self._rng.uniform(*pause))
            await self.step()

    async def step(self) -> None:
        """Look, and do one thing."""
        await self._do("/presence", {})
        held = await self._held()
        queued = [
            one for one in held["relay"] if one["session"] == self._session and one["state"] == "queued"
        ]
        if queued and self._rng.random() < 0.5:
            await self._move(sorted(queued, key=lambda one: float(one["rank"])))
        elif shown := [one for one in held["post"] if one["state"] == "approved"]:
            await self._tag(shown, held["tag"])

    async def _held(self) -> dict[str, list[dict[str, Any]]]:
        answer = await self._staff.ask("GET", f"{self._path}/snapshot?face=desk")
        held: dict[str, list[dict[str, Any]]] = {"post": [], "relay": [], "tag": []}
        for put in answer.json()["puts"]:
            held.setdefault(put["type"], []).append(put["value"])
        return held

    async def _move(self, queued: list[dict[str, Any]]) -> None:
        last, version = queued[-1], {"version": queued[-1]["version"]}
        drawn = self._rng.random()
        if drawn < 0.5 and len(queued) > 1:
            await self._do(f"/relays/{last['id']}/place", {**version, "before": queued[0]["id"]})
        elif drawn < 0.8:
            await self._do(f"/relays/{last['id']}/ready", version)
        elif len(queued) > _LEAST_QUEUED:
            await self._do(
                f"/relays/{last['id']}/close", {**version, "state": "dropped", "detail": "duplicate"}
            )

    async def _tag(self, shown: list[dict[str, Any]], tags: list[dict[str, Any]]) -> None:
        recent = sorted(shown, key=lambda one: int(one["order"]))[-30:]
        post, tag = self._rng.choice(recent), self._rng.choice(tags)
        await self._do(f"/posts/{post['id']}/tag", {"tag": tag["id"], "on": True})

    async def _do(self, path: str, body: dict[str, Any]) -> None:
        answer = await self._staff.ask("POST", f"{self._path}{path}", json=body)
        assert answer.is_success or answer.status_code == 409, answer.text
        self.did[path.rpartition("/")[2] if answer.is_success else "refused"] += 1
