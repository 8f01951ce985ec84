"""The pages of screens and scenes as a browser without script has them: what the tests of both need."""

from __future__ import annotations

from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx2
import pytest_asyncio

from tests.facilitator.channel import Channel, channel_over
from tests.live.test_screens import PAGE as ACCEPTS
from wall.display import Layout
from wall.model import Role

PLACE = {"name": "Foyer left", "distance_m": "22,5", "diagonal_in": "98"}
FULL = {
    "name": "Great Hall & <foyer>",
    "theme": "contrast",
    "policy": "fair",
    "warnings": "skipped",
    "alt": True,
    "join": False,
    "drift": False,
    "steps": [
        {
            "layout": layout.value,
            "seconds": 20 + number,
            "fewer_than": None if number % 2 else 10 + number,
            "in_session": number % 3 == 0,
            "on_floor": number % 2 == 0,
            "words": "Lunch is ready\nin the “foyer” <b>\n\nDes écrans" if number % 4 == 0 else "",
        }
        for number, layout in enumerate(Layout)
    ],
}
"""A scene in which no field has its default in every step."""


@pytest_asyncio.fixture
async def channel(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(sqlite_url, tmp_path) as channel:
        yield channel


def person(channel: Channel, *roles: Role, **headers: str) -> httpx2.AsyncClient:
    """A browser in which somebody with these roles is signed in."""
    return channel.api.client(channel.api.signed_in(*roles), **ACCEPTS, **headers)


class _Fields(HTMLParser):
    """The fields of one form, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._area: str | None = None
        self._select: str = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "textarea":
            self._area = given["name"]
            self.fields[self._area] = ""
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and ("selected" in given or self._select not in self.fields):
            self.fields[self._select] = given["value"]
        elif tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.fields[given["name"]] = given.get("value", "on")

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            # As browsers do: the first line end is not content, and line ends are sent as two.
            text = self.fields[self._area].removeprefix("\n")
            self.fields[self._area] = text.replace("\n", "\r\n")
            self._area = None


def fields_of(page: str, action: str = "") -> dict[str, str]:
    """The fields of the form that is sent to `action`; without one, of the first that is typed in."""
    at = page.index(f'action="{action}"') if action else page.index('class="typed')
    form = _Fields()
    form.feed(page[page.rindex("<form", 0, at) : page.index("</form>", at)])
    return form.fields


async def scenes_of(channel: Channel) -> list[dict[str, Any]]:
    return list((await channel.ask("/scenes", method="GET")).json()["scenes"])


def look_of(scene: dict[str, Any]) -> dict[str, Any]:
    return {name: scene[name] for name in FULL}
