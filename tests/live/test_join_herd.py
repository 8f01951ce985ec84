"""The join page of everybody who never wrote is drawn once for each journal seq, and is right for each."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.live.api import Api, api_over
from tests.live.test_join import PAGE, in_mode, phone
from tests.support.staff import Staff
from wall.model import Mode

_NONCE = re.compile(r'name="nonce" value="([^"]*)"')


@pytest.fixture
async def api(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(sqlite_url, tmp_path) as made:
        yield made


async def scan(api: Api, **headers: str) -> str:
    async with phone(api) as newcomer:
        answer = await newcomer.get(f"/join/{api.event.slug}", headers={**PAGE, **headers})
    assert answer.status_code == 200
    assert "participant=" in answer.headers["set-cookie"]
    assert answer.headers["vary"] == "Accept-Language, Cookie"
    return str(answer.text)


async def test_each_page_has_a_number_of_its_own_and_is_otherwise_the_same(api: Api) -> None:
    pages = [await scan(api) for _ in range(3)]
    numbers = [_NONCE.findall(page) for page in pages]
    assert all(len(found) == 1 and len(found[0]) > 16 for found in numbers)
    assert len({found[0] for found in numbers}) == 3
    assert len({_NONCE.sub("", page) for page in pages}) == 1


async def test_a_herd_is_drawn_for_once(api: Api) -> None:
    await scan(api)
    with patch("wall.routes.words.Views.page", side_effect=AssertionError("drawn again")):
        for _ in range(5):
            await scan(api)


async def test_a_newcomer_sees_at_once_what_was_shown_and_what_was_taken_down(api: Api) -> None:
    await in_mode(api, Mode.AUTO)
    assert "Count the blogs" not in await scan(api)
    async with phone(api) as author:
        await author.get(f"/join/{api.event.slug}", headers=PAGE)
        added = (await author.post(f"{api.path}/points", json={"text": "Count the blogs"})).json()
        assert "Count the blogs" in await scan(api)
        await author.post(added["take_back"])
    assert "Count the blogs" not in await scan(api)


async def test_languages_and_addresses_have_pages_of_their_own(api: Api) -> None:
    await scan(api)
    change = {"languages": ["en", "fr"], "version": 1}
    async with api.client(Staff("", api.parts.store).token) as organiser:
        assert (await organiser.patch(api.path, json=change)).is_success
    english, french = await scan(api), await scan(api, **{"Accept-Language": "fr"})
    assert 'lang="en"' in english
    assert 'lang="fr"' in french
    assert 'lang="en"' in await scan(api)
