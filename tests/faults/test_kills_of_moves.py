"""A server that is killed in the middle of moving a queue: a move is whole or not there, and is done
once however often it is sent."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path
from typing import Any

import httpx2

from tests.conftest import Serve
from tests.support.hall import Hall, hall_at
from tests.support.waiting import PATIENCE
from wall.journal import broken_link
from wall.model import new_id
from wall.store import Store, events

POINTS = 12
KILLS = 3


async def test_a_queue_survives_kills_in_the_middle_of_its_moves(
    serve: Serve, sqlite_url: str, tmp_path: Path
) -> None:
    rng = random.Random(7)
    async with hall_at(serve, sqlite_url, tmp_path) as hall:
        session = await hall.venue.running("Now")
        for number in range(POINTS):
            post = await hall.staff.post("summit", f"Number {number}")
            await hall.venue.raised(session, post["post"])
        moving = asyncio.create_task(_move_to_the_end(hall, session))
        for _ in range(KILLS):
            await asyncio.sleep(rng.uniform(0.02, 0.2))
            hall.process.kill()
            await hall.process.start()
        done = await asyncio.wait_for(moving, PATIENCE)
        assert await _states(hall) == {"discussed": POINTS}
    assert len(done) == POINTS + 2
    assert [one["closed"] for one in done[2:]] == [one["floor"] for one in done[1:-1]]
    store = Store(sqlite_url)
    with store.reading() as conn:
        (event,) = events.listed(conn)
        assert broken_link(conn, event.id) is None
    store.close()


async def _move_to_the_end(hall: Hall, session: str) -> list[dict[str, Any]]:
    """Press the one key until nothing is left: what each press did. A press that nobody answered is
    sent again, as a desk does."""
    done: list[dict[str, Any]] = []
    seen: dict[str, str | None] = {"floor": None, "next": None}
    while not done or seen["floor"] or seen["next"]:
        answer = await _answered(hall, f"/events/summit/sessions/{session}/advance", seen)
        assert answer.status_code == 200, answer.text
        done.append(answer.json())
        seen = {name: done[-1][name] for name in seen}
    return done


async def _answered(hall: Hall, path: str, body: dict[str, Any]) -> httpx2.Response:
    cause = {"Idempotency-Key": new_id()}
    while True:
        try:
            answer = await hall.staff.ask("POST", path, json=body, headers=cause)
        except httpx2.TransportError:
            await asyncio.sleep(0.02)
            continue
        if answer.status_code != 503:
            return answer


async def _states(hall: Hall) -> dict[str, int]:
    snapshot = (await hall.staff.ask("GET", "/events/summit/snapshot?face=desk")).json()
    return Counter(put["value"]["state"] for put in snapshot["puts"] if put["type"] == "relay")
