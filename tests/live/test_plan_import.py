"""Taking a file into the programme, as a browser without script does it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import httpx2
import pytest_asyncio

from tests.facilitator.channel import Channel, channel_over
from tests.live.test_plan_pages import Pages, said

TABLE = """id,room,title,method,begin,end,speakers
1,Hall A,Opening,plenary,2026-05-04 09:00,10:00,Ada Obi
2,Hall B,Delphi,delphi,2026-05-04 10:00,12:00,
3,Hall A,,,2026-05-04 13:00,14:00,
4,Hall A,"<b>Posters</b>",,2026-05-04 14:00,15:00,
"""


@pytest_asyncio.fixture
async def channel(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(sqlite_url, tmp_path) as channel:
        yield channel


class Importing(Pages):
    """The import page in an organiser's hands."""

    async def look(self, text: str) -> httpx2.Response:
        """Send a file to look at."""
        return await self._post({"do": "look"}, {"file": ("programme.csv", text.encode(), "text/csv")})

    async def take(self, page: httpx2.Response, *but: str, **more: str) -> httpx2.Response:
        """Take what the page has ticked, but for rows of these titles."""
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
        ticked = re.findall(
            r'name="(take\.[^"]+)" value="on" checked> <strong><bdi dir="auto">(.*?)</bdi>', page.text
        )
        boxes = {name: "on" for name, title in ticked if unescape(title) not in but}
        text = re.search(r'<textarea name="text" hidden>\n(.*?)</textarea>', page.text, re.DOTALL)
        assert text
        return await self._post({**fields, **boxes, "text": unescape(text[1]), "do": "take"} | more)

    async def _post(
        self, fields: dict[str, str], files: dict[str, tuple[str, bytes, str]] | None = None
    ) -> httpx2.Response:
        parts = {name: (None, value.encode()) for name, value in fields.items()}
        return await self.channel.client.post(
            f"{self.base}/programme/import", files=[*parts.items(), *(files or {}).items()]
        )

    async def titles(self) -> list[str]:
        return [str(one["title"]) for one in await self.sessions()]


async def test_good_lines_come_in_and_wrong_ones_are_named_by_their_numbers(channel: Channel) -> None:
    pages = Importing(channel)
    preview = await pages.look(TABLE)
    assert preview.status_code == 200
    assert "Table: 3 new, 0 changed, 0 as they are, 0 no longer in it, 1 that cannot be used." in said(
        preview
    )
    assert "Line 4. A title has 1 to 300 letters." in said(preview)
    assert "&lt;b&gt;Posters&lt;/b&gt;" in preview.text
    assert await pages.titles() == []
    taken = await pages.take(preview, "Delphi", method="guided")
    assert taken.status_code == 303
    assert await pages.titles() == ["Opening", "<b>Posters</b>"]
    assert [one["method"] for one in await pages.sessions()] == ["plenary", "guided"]
    assert [room["name"] for room in (await channel.held("room")).values()] == ["Hall A"]


async def test_a_file_that_comes_again_shows_field_by_field_what_changed(channel: Channel) -> None:
    pages = Importing(channel)
    await pages.take(await pages.look(TABLE))
    again = await pages.look(TABLE)
    assert "0 new, 0 changed, 3 as they are" in said(again)
    changed = TABLE.replace("Hall B,Delphi", "Hall C,Delphi round one").replace("4,Hall A", "5,Hall A")
    preview = await pages.look(changed)
    assert "0 new, 1 changed, 2 as they are, 0 no longer in it" in said(preview)
    assert "Title Delphi → → Delphi round one Room Hall B → → Hall C" in said(preview)
    assert (await pages.take(preview)).status_code == 303
    assert await pages.titles() == ["Opening", "Delphi round one", "<b>Posters</b>"]
    shorter = "\n".join(changed.splitlines()[:2]) + "\n"
    gone = await pages.look(shorter)
    assert "2 no longer in it" in said(gone)
    assert len(await pages.titles()) == 3


async def test_nothing_is_taken_when_the_programme_changed_meanwhile(channel: Channel) -> None:
    pages = Importing(channel)
    await pages.take(await pages.look(TABLE))
    preview = await pages.look(TABLE.replace("Delphi,", "Delphi again,").replace("Opening", "Welcome"))
    session = next(one for one in await pages.sessions() if one["title"] == "Delphi")
    await channel.do(f"/sessions/{session['id']}", {"version": 1, "title": "Theirs"}, method="PATCH")
    stale = await pages.take(preview)
    assert stale.status_code == 409
    assert "Nothing was imported: the programme changed meanwhile." in said(stale)
    assert "Theirs → → Delphi again" in said(stale)
    assert await pages.titles() == ["Opening", "Theirs", "<b>Posters</b>"]
    assert (await pages.take(stale)).status_code == 303
    assert await pages.titles() == ["Welcome", "Delphi again", "<b>Posters</b>"]


async def test_what_was_begun_stays_in_its_room_and_a_clash_waits_for_a_tick(channel: Channel) -> None:
    pages = Importing(channel)
    await pages.take(await pages.look(TABLE))
    [opening, *_] = await pages.sessions()
    await channel.do(f"/sessions/{opening['id']}/begin", {"version": 1})
    moved = (
        TABLE.replace("1,Hall A,Opening", "1,Hall B,Opening!")
        + "9,Hall A,Clash,guided,2026-05-04 14:30,15:30,\n"
    )
    preview = await pages.look(moved)
    assert "stays while the session runs" in said(preview)
    assert "In this room at the same time: <b>Posters</b>" in said(preview)
    await pages.take(preview)
    assert await pages.titles() == ["Opening!", "Delphi", "<b>Posters</b>"]
    assert (await pages.sessions())[0]["room"] == opening["room"]


async def test_the_table_that_the_programme_is_saved_as_comes_back_unchanged(channel: Channel) -> None:
    pages = Importing(channel)
    await pages.take(await pages.look(TABLE))
    saved = await pages.get("/programme.csv")
    assert saved.headers["content-type"].startswith("text/csv")
    assert "0 new, 0 changed, 3 as they are, 0 no longer in it" in said(await pages.look(saved.text))


async def test_a_file_that_is_none_keeps_what_was_pasted(channel: Channel) -> None:
    pages = Importing(channel)
    refused = await pages._post({"text": "what,ever\n1,2", "do": "look"})
    assert refused.status_code == 422
    assert "The first line names no column for: room, title, begin." in said(refused)
    assert "what,ever\n1,2</textarea>" in refused.text
    none = await pages.take(await pages.look(TABLE), "Opening", "Delphi", "<b>Posters</b>")
    assert none.status_code == 422
    assert "Nothing is ticked" in said(none)


async def test_a_file_of_two_megabytes_is_looked_at_and_taken_and_a_larger_one_is_refused(
    channel: Channel,
) -> None:
    pages = Importing(channel)
    padded = TABLE + "\n" * (2 * 1024 * 1024 - len(TABLE.encode()))
    preview = await pages.look(padded)
    assert preview.status_code == 200
    assert (await pages.take(preview)).status_code == 303
    large = await pages.look(padded + "\n")
    assert large.status_code == 422
    assert "larger than 2 MB" in said(large)
