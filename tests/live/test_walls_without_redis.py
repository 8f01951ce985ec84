"""Walls go blank, and screens pair, while Redis is down."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

from tests.live.api import HERE, Api
from tests.support.valkey import ValkeyServer
from tests.support.waiting import eventually
from wall.entries import PUBLIC
from wall.live.beats import Said
from wall.model import Mode, Role
from wall.server import Backchannel, create_app
from wall.settings import load


@asynccontextmanager
async def over_redis(url: str, folder: Path, redis: ValkeyServer) -> AsyncIterator[Api]:
    """An application with one event whose bus is this Redis, for as long as the block runs."""
    places = {"data_dir": folder, "database_url": url, "redis_url": redis.url}
    app = create_app(load(**places, secret_key="k" * 48))
    parts: Backchannel = app.state.parts
    await parts.bus.start()
    try:
        event = await parts.journal.create(slug="summit", name="Summit", actor="system", mode=Mode.AUTO)
        yield Api(app, parts, event)
    finally:
        await parts.intake.close()
        await parts.hub.close()
        await parts.bus.close()
        parts.store.close()


async def paired(api: Api, client: httpx2.AsyncClient) -> str:
    """A newly paired screen; its id."""
    transport = httpx2.ASGITransport(app=api.app)
    async with httpx2.AsyncClient(transport=transport, base_url=HERE, headers={"Origin": HERE}) as display:
        code = (await display.post("/api/v1/screen/codes")).json()["code"]
    new = {"code": code, "name": "Left", "distance_m": 20, "diagonal_in": 85}
    answer = await client.post(f"{api.path}/screens", json=new)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["screen"])


async def how_it_is(api: Api, client: httpx2.AsyncClient) -> str:
    """What the fleet says of its one screen."""
    (screen,) = (await client.get(f"{api.path}/screens")).json()["screens"]
    return str((screen["beat"] or {"state": "never"})["state"])


async def test_after_redis_lost_everything_a_screen_is_there_with_its_next_beat_and_its_pairing_stays(
    sqlite_url: str, tmp_path: Path, valkey_server: ValkeyServer
) -> None:
    async with over_redis(sqlite_url, tmp_path, valkey_server) as api:
        client, beats = api.client(api.signed_in(Role.ORGANISER)), api.parts.beats
        screen, said = await paired(api, client), Said(seq=1, epoch=api.event.epoch)
        await beats.keep(api.event.id, screen, said)
        assert await how_it_is(api, client) == "here"
        valkey_server.flush()
        assert await how_it_is(api, client) in {"here", "never"}, "the screen itself is in the database"
        await beats.keep(api.event.id, screen, said)
        assert await how_it_is(api, client) == "here"
        path = f"{api.path}/screens/acknowledged?seq=1"
        assert (await client.get(path)).json()["painted"] == [screen]


async def test_walls_go_blank_and_screens_are_paired_and_heard_while_redis_is_down(
    sqlite_url: str, tmp_path: Path, valkey_server: ValkeyServer
) -> None:
    async with over_redis(sqlite_url, tmp_path, valkey_server) as api:
        parts, event = api.parts, api.event
        client = api.client(api.signed_in(Role.ORGANISER))
        watch = await parts.hub.watch(event.id)
        valkey_server.kill()
        blank = await client.post(f"{api.path}/walls", json={"room": None, "hold": "blank"})
        assert blank.status_code == 200, blank.text

        async def heard() -> bool:
            return watch.head >= blank.json()["seq"]

        await eventually(heard, what="the walls to hear of it")
        (control,) = [
            put.value.model_dump()
            for put in (await parts.journal.snapshot(event.id, PUBLIC)).puts
            if put.type == "control"
        ]
        assert control["hold"] == "blank"
        screen = await paired(api, client)
        await parts.beats.keep(event.id, screen, Said(seq=1, epoch=event.epoch))
        assert await how_it_is(api, client) == "here"
