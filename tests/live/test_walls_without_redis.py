"""Walls go blank, and screens pair, while Redis is down."""

from __future__ import annotations

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


async def test_walls_go_blank_and_screens_are_paired_and_heard_while_redis_is_down(
    sqlite_url: str, tmp_path: Path, valkey_server: ValkeyServer
) -> None:
    places = {"data_dir": tmp_path, "database_url": sqlite_url, "redis_url": valkey_server.url}
    app = create_app(load(**places, secret_key="k" * 48))
    parts: Backchannel = app.state.parts
    await parts.bus.start()
    try:
        event = await parts.journal.create(slug="summit", name="Summit", actor="system", mode=Mode.AUTO)
        api = Api(app, parts, event)
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
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app), base_url=HERE, headers={"Origin": HERE}
        ) as display:
            code = (await display.post("/api/v1/screen/codes")).json()["code"]
        new = {"code": code, "name": "Left", "distance_m": 20, "diagonal_in": 85}
        paired = await client.post(f"{api.path}/screens", json=new)
        assert paired.status_code == 201, paired.text
        await parts.beats.keep(event.id, paired.json()["screen"], Said(seq=1, epoch=event.epoch))
        (screen,) = (await client.get(f"{api.path}/screens")).json()["screens"]
        assert screen["beat"]["state"] == "here"
    finally:
        await parts.intake.close()
        await parts.hub.close()
        await parts.bus.close()
        parts.store.close()
