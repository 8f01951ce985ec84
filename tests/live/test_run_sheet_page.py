"""The page of a run-sheet, as a browser without script uses it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest
import pytest_asyncio

from tests.facilitator.channel import Channel, channel_over
from wall.model import Role


@pytest_asyncio.fixture
async def channel(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(sqlite_url, tmp_path) as channel:
        yield channel


class Page:
    """A run-sheet's form in the hands of an organiser."""

    def __init__(self, channel: Channel, session: str) -> None:
        self.channel = channel
        self.path = f"/events/{channel.api.event.slug}/sessions/{session}/run-sheet"
        self.html = ""
        self.status = 0

    async def load(self) -> dict[str, str]:
        """The fields as they are."""
        answer = await self.channel.client.get(self.path)
        self.html, self.status = unescape(answer.text), answer.status_code
        return self.fields

    async def send(self, do: str, **typed: str) -> dict[str, str]:
        """Send the form with some fields typed anew; the fields of the page that comes back."""
        named = {name.replace("__", "."): value for name, value in typed.items()}
        data = {**self.fields, **named, "do": do}
        answer = await self.channel.client.post(self.path, data=data, follow_redirects=True)
        self.html, self.status = unescape(answer.text), answer.status_code
        return self.fields

    @property
    def fields(self) -> dict[str, str]:
        inputs = dict(re.findall(r'<input[^>]*? name="([^"]+)" value="([^"]*)"', self.html))
        chosen = re.findall(r'<select name="([^"]+)">.*?<option value="([^"]*)" selected>', self.html)
        return {**inputs, **dict(chosen)}

    def texts(self) -> list[str]:
        """The steps that have words, with their minutes and codes."""
        fields = self.fields
        numbers = range(sum(name.startswith("text.") for name in fields))
        steps = [(fields[f"text.{n}"], fields[f"minute.{n}"], fields[f"code.{n}"]) for n in numbers]
        return [" ".join(filter(None, (minute, code, text))) for text, minute, code in steps if text]


async def test_an_organiser_types_a_run_sheet_and_gets_breaks_and_codes_proposed(channel: Channel) -> None:
    session = await channel.session(await channel.room(), running=False)
    page = Page(channel, session)
    await page.load()
    await page.send("codes", minute__0="0", text__0="Who teaches?", minute__1="30", text__1="Who should?")
    assert page.texts() == ["0 Q1 Who teaches?", "30 Q2 Who should?"]
    assert (await channel.held("session"))[session]["prompts"] == []
    await page.send("breaks")
    assert page.texts()[:3] == ["0 Q1 Who teaches?", "12 What is said online?", "24 What is said online?"]
    assert "only proposed" in page.html
    await page.send("save", text__2="", minute__1="15")
    assert "The run-sheet was saved." in page.html
    prompts = (await channel.held("session"))[session]["prompts"]
    assert [(one["minute"], one["kind"], one["code"]) for one in prompts][:2] == [
        (0, "prompt", "Q1"),
        (15, "break", ""),
    ]
    kept = [one["id"] for one in prompts]
    await page.send("save", text__0="Who teaches whom?")
    again = (await channel.held("session"))[session]["prompts"]
    assert [one["id"] for one in again] == kept
    assert again[0]["text"] == "Who teaches whom?"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"minute__0": "soon"}, "minute of step 1"),
        ({"minute__0": "99999"}, "minute of step 1"),
        ({"code__0": "question"}, "code of step 1"),
        ({"code__0": "Q1", "text__1": "Again?", "code__1": "q1"}, "Two steps are called Q1"),
        ({"kind__0": "dance"}, "Look through the steps"),
    ],
)
async def test_what_cannot_be_used_is_said_and_nothing_typed_is_lost(
    channel: Channel, typed: dict[str, str], words: str
) -> None:
    session = await channel.session(await channel.room(), running=False)
    page = Page(channel, session)
    await page.load()
    for do in ("save", "breaks"):
        await page.send(do, **{"text__0": "Who <b>teaches</b>?", **typed})
        if do == "save":
            assert page.status == 422
            assert words in page.html
        assert page.fields["text.0"] == "Who <b>teaches</b>?"
    assert (await channel.held("session"))[session]["prompts"] == []


async def test_of_two_who_save_at_once_the_second_sees_what_the_first_did(channel: Channel) -> None:
    session = await channel.session(await channel.room(), running=False)
    first, second = Page(channel, session), Page(channel, session)
    await first.load()
    await second.load()
    await first.send("save", text__0="First?")
    await second.send("save", text__0="Second?")
    assert second.status == 409
    assert "As somebody else saved it" in second.html
    assert "First?" in second.html
    assert second.texts() == ["Second?"]
    await second.send("save")
    assert second.status == 200
    prompts = (await channel.held("session"))[session]["prompts"]
    assert [one["text"] for one in prompts] == ["Second?"]


async def test_only_an_organiser_is_led_there(channel: Channel) -> None:
    session = await channel.session(await channel.room(), running=False)
    address = f"/events/{channel.api.event.slug}"
    led = f"/sessions/{session}/run-sheet"
    assert led in (await channel.client.get(address)).text
    for other in (channel.somebody(), channel.somebody(Role.FACILITATOR)):
        assert led not in (await other.client.get(address)).text
        assert (await other.client.get(f"{address}/sessions/{session}/run-sheet")).status_code in {401, 403}
    assert (await channel.client.get(f"{address}/sessions/nothing/run-sheet")).status_code == 404


async def test_a_session_gets_hashtags_of_its_own(channel: Channel) -> None:
    session = await channel.session(await channel.room(), running=False)
    page = Page(channel, session)
    await page.load()
    await page.send("save", hashtags="#RoomA, atelier")
    assert page.fields["hashtags"] == "#rooma #atelier"
    assert (await channel.held("session"))[session]["hashtags"] == ["rooma", "atelier"]
    await page.send("save", hashtags="#!?")
    assert "none" in page.html
    assert page.fields["hashtags"] == "#!?"
    assert (await channel.held("session"))[session]["hashtags"] == ["rooma", "atelier"]
    await page.send("save", hashtags="")
    assert (await channel.held("session"))[session]["hashtags"] == []
