"""Guidance: what everybody reads, and how an organiser writes it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest_asyncio

from tests.facilitator.channel import Channel, channel_over
from wall.model import Role, new_id
from wall.store import guidance

BOTH = {"contact": "ada@a.example", "kept_for": "six months after the event"}


@pytest_asyncio.fixture
async def channel(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(sqlite_url, tmp_path) as channel:
        yield channel


class Page:
    """The guidance of an event in an organiser's hands."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.path = f"/events/{channel.api.event.slug}/guidance"

    async def read(self, lang: str = "en") -> str:
        """What somebody reads who is not signed in."""
        answer = await self.channel.api.client().get(f"{self.path}?lang={lang}")
        assert answer.status_code == 200, answer.text
        return unescape(answer.text)

    async def save(self, version: int = 0, **fields: str) -> tuple[int, str]:
        typed = {name.replace("__", "."): text for name, text in fields.items()}
        data = {"version": str(version), "cause": new_id(), **BOTH, **typed}
        answer = await self.channel.client.post(f"{self.path}/edit", data=data)
        return answer.status_code, unescape(answer.text)

    async def is_set(self) -> bool:
        event_id = self.channel.api.event.id
        return await self.channel.api.parts.store.read(lambda conn: guidance.is_set(conn, event_id))


async def test_good_texts_are_there_before_anybody_wrote_one_in_both_languages(channel: Channel) -> None:
    page = Page(channel)
    english, french = await page.read(), await page.read("fr")
    assert "Keep confidences." in english
    assert "Photograph a slide only where" in english
    assert "Gardez la confidentialité." in french
    assert "The organisers have not said yet" in english
    assert not await page.is_set()


async def test_what_an_organiser_writes_is_read_by_everybody_as_text(channel: Channel) -> None:
    page = Page(channel)
    said = "Be <b>kind</b> & brief\n\n- one\n- <script>alert(1)</script>\n\n{name} %s"
    status, _ = await page.save(participants__en=said)
    assert status == 303
    assert await page.is_set()
    answer = await channel.api.client().get(f"{page.path}?lang=en")
    assert "Be &lt;b&gt;kind&lt;/b&gt; &amp; brief" in answer.text
    assert '<li dir="auto">&lt;script&gt;' in answer.text
    assert "<script>alert" not in answer.text
    assert "{name} %s" in answer.text
    assert 'href="mailto:ada@a.example"' in answer.text
    assert "six months after the event" in answer.text
    assert "Gardez la confidentialité." in await page.read("fr"), "what nobody wrote is as usual"


async def test_a_text_may_have_5000_characters_of_any_letters_and_no_more(channel: Channel) -> None:
    page = Page(channel)
    long = "漢" * 5_000
    status, _ = await page.save(
        0,
        **{
            f"{part}__{lang}": long for part in ("participants", "staff", "notice") for lang in ("en", "fr")
        },
    )
    assert status == 303
    assert long in await page.read()
    status, html = await page.save(1, staff__fr=long + "!")
    assert status == 422
    assert "at most 5000 characters" in html
    assert long + "!" in html
    status, html = await page.save(1, contact=" ")
    assert status == 422
    assert "Whom to ask" in html


async def test_of_two_who_write_at_once_nobody_overwrites_what_they_did_not_see(channel: Channel) -> None:
    page = Page(channel)
    assert (await page.save(staff__en="One"))[0] == 303
    status, html = await page.save(staff__en="Other")
    assert status == 409
    assert "Somebody else changed" in html
    assert "Other" in html
    assert (await page.save(1, staff__en="Other"))[0] == 303
    edited = await channel.client.get(f"{page.path}/edit")
    assert 'name="version" value="2"' in edited.text
    with channel.api.parts.store.reading() as conn:
        kept = list(conn.exec_driver_sql("SELECT version FROM guidance ORDER BY version").scalars())
    assert kept == [1, 2]


async def test_only_an_organiser_writes_it(channel: Channel) -> None:
    page = Page(channel)
    assert (await channel.api.client().get(f"{page.path}/edit")).status_code == 401
    moderator = channel.somebody(Role.MODERATOR).client
    assert (await moderator.get(f"{page.path}/edit")).status_code == 403
    assert (await moderator.post(f"{page.path}/edit", data=BOTH)).status_code == 403
    assert not await page.is_set()
