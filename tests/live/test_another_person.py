"""A page that was opened by one person, in a browser in which another one signed in since."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from tests.facilitator.channel import Channel, channel_over
from wall.model import Role, new_id
from wall.routes import PERSON_HEADER


@pytest_asyncio.fixture
async def channel(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(sqlite_url, tmp_path) as channel:
        yield channel


async def who(channel: Channel) -> str:
    """The id of the person who asks."""
    return str((await channel.client.get("/api/v1/me")).json()["person"])


async def command(channel: Channel, path: str, body: object, person: str) -> httpx2.Response:
    """A command of a page that was opened by this person."""
    headers = {PERSON_HEADER: person, "Idempotency-Key": new_id()}
    return await channel.client.post(f"{channel.api.path}{path}", json=body, headers=headers)


def seq(channel: Channel) -> int:
    """How much happened in the event."""
    with channel.api.parts.store.reading() as conn:
        found = conn.exec_driver_sql("SELECT seq FROM event").scalar_one()
    return int(found)


@pytest.mark.parametrize(
    ("path", "body"),
    [("/posts", {"text": "Said"}), ("/rooms", {"name": "Hall"}), ("/points", {"text": "A point"})],
)
async def test_nothing_is_done_as_somebody_else_who_signed_in_since(
    channel: Channel, path: str, body: object
) -> None:
    first = await who(channel)
    second = channel.somebody(Role.ORGANISER)
    before = seq(channel)
    answer = await command(second, path, body, first)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["details"]) == (401, "sign_in", {"other": True})
    assert seq(channel) == before
    assert (await command(second, path, body, await who(second))).is_success
    assert seq(channel) > before


async def test_nothing_is_done_as_nobody_for_somebody_who_signed_out_since(channel: Channel) -> None:
    before = seq(channel)
    answer = await command(channel.somebody(), "/points", {"text": "A point"}, await who(channel))
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["details"]) == (401, "sign_in", {})
    assert seq(channel) == before
