"""Recommended resources: who adds them, what readers hold, and what the page says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.facilitator.channel import Channel, channel_over
from wall.model import Role, new_id

GUIDE: dict[str, Any] = {"title": "A guide", "url": "https://www.a.example/guide?x=1", "about": "Ten pages"}


@pytest_asyncio.fixture
async def channel(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(sqlite_url, tmp_path) as channel:
        yield channel


async def test_a_resource_is_live_for_everybody_with_who_vouches_for_it(channel: Channel) -> None:
    author = channel.somebody(Role.AUTHOR)
    made = await author.do("/resources", GUIDE | {"highlighted": True})
    held = (await channel.held("resource"))[made["resource"]]
    assert (held["title"], held["host"], held["by"], held["role"]) == (
        "A guide",
        "a.example",
        "Ada",
        "author",
    )
    assert held["highlighted"] is True
    changed = await channel.do(
        f"/resources/{made['resource']}", GUIDE | {"version": 1, "title": "The guide"}, "PUT"
    )
    held = (await channel.held("resource"))[made["resource"]]
    assert (held["title"], held["role"], held["highlighted"]) == ("The guide", "organiser", False)
    stale = await channel.refused(409, f"/resources/{made['resource']}", GUIDE | {"version": 1}, "PUT")
    assert stale["details"]["current"]["title"] == "The guide"
    await channel.do(f"/resources/{made['resource']}/withdraw", {"version": changed["version"]})
    assert await channel.held("resource") == {}
    await channel.refused(404, f"/resources/{made['resource']}/withdraw", {"version": 3})


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//a.example/x y",
        "https://ada:secret@a.example/",
        "https://",
        "ftp://a.example/x",
        "https://a.example:99999/",
        "x" * 2_001,
        "",
    ],
)
async def test_what_leads_to_no_page_is_refused(channel: Channel, url: str) -> None:
    error = await channel.refused(422, "/resources", GUIDE | {"url": url})
    assert "url" in str(error["details"])
    assert await channel.held("resource") == {}


async def test_bad_resources_are_refused_and_none_is_there_twice(channel: Channel) -> None:
    await channel.refused(422, "/resources", GUIDE | {"title": " "})
    await channel.refused(422, "/resources", GUIDE | {"about": "x" * 301})
    await channel.refused(404, "/resources", GUIDE | {"session": "nowhere"})
    await channel.do("/resources", GUIDE)
    assert "already" in (await channel.refused(409, "/resources", GUIDE))["message"]
    await channel.somebody(Role.MODERATOR).refused(403, "/resources", GUIDE)


async def test_the_page_is_everybodys_and_the_staff_write_on_it(channel: Channel) -> None:
    path = f"/events/{channel.api.event.slug}/resources"
    session = await channel.session(await channel.room(), running=False)
    title = "<img src=x onerror=alert(1)> \u202eguide"
    typed = {"title": title, "url": "a.example/guide", "about": "", "session": session, "highlighted": "1"}
    sent = await channel.client.post(path, data={**typed, "cause": new_id()})
    assert sent.status_code == 303, sent.text
    page = (await channel.api.client().get(path)).text
    assert "&lt;img src=x" in page
    assert "<img src=x" not in page
    assert "\u202eguide\u202c" in page, "what turns letters round ends with the title"
    assert 'href="https://a.example/guide"' in page
    assert "Begin here" in page
    assert "Talk" in page
    assert "<form" not in page
    walls = f'href="/scenes/{channel.api.event.slug}"'
    assert walls not in page
    assert walls in (await channel.client.get(path)).text
    assert walls not in (await channel.somebody(Role.AUTHOR).client.get(path)).text
    wrong = await channel.client.post(path, data={**typed, "title": "Kept", "url": "javascript:x"})
    assert wrong.status_code == 422
    assert "not the address of a page" in unescape(wrong.text)
    assert 'value="Kept"' in wrong.text
    (made,) = await channel.held("resource")
    changed = await channel.client.post(
        f"{path}/{made}", data={**typed, "title": "Plain", "version": "1", "cause": new_id()}
    )
    assert changed.status_code == 303
    stale = await channel.client.post(f"{path}/{made}", data={**typed, "title": "Late", "version": "1"})
    assert stale.status_code == 409
    assert "Somebody else" in unescape(stale.text)
    assert (await channel.client.post(f"{path}/{made}/withdraw", data={"version": "2"})).status_code == 303
    assert "Nothing is recommended yet" in (await channel.api.client().get(path)).text
    assert (await channel.api.client().post(path, data=typed)).status_code == 401
