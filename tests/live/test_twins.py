"""Twins over HTTP: one post on every page, its networks in words, and a moderator's word on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.live.api import Api, api_over
from tests.support.twins import SAID, skeet, toot
from wall.feeds.base import Arrived
from wall.model import Mode, PostState, Role
from wall.moderation import Rules
from wall.store import posts
from wall.store import rules as stored_rules

BOTH = {"en": "Mastodon and Bluesky", "fr": "Mastodon et Bluesky"}


@pytest.fixture
async def api(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(sqlite_url, tmp_path) as made:
        open_rules = Rules(mode=Mode.AUTO, hold_images=False, words=()).model_dump_json()
        with made.parts.store.writing() as conn:
            stored_rules.save(conn, made.event.id, 1, open_rules)
        yield made


async def pair(api: Api) -> tuple[str, str]:
    """Both posts; their ids."""
    tally = await api.parts.intake.submit(api.event.id, [Arrived(toot()), Arrived(skeet())], "feed:f")
    one, other = tally.ids
    return one, other


def state(api: Api, post_id: str) -> PostState:
    with api.parts.store.reading() as conn:
        return posts.by_ids(conn, api.event.id, {post_id})[post_id].state


@pytest.mark.parametrize(
    ("page", "lang"),
    [
        ("/wall/{slug}/plain", "en"),
        ("/join/{slug}", "en"),
        ("/embed/{slug}", "en"),
        ("/embed/{slug}", "fr"),
        ("/moderate/{slug}?see=shown", "en"),
        ("/moderate/{slug}?see=shown", "fr"),
    ],
)
async def test_pages_without_script_show_it_once_with_both_names(api: Api, page: str, lang: str) -> None:
    await pair(api)
    async with api.client(api.signed_in(Role.MODERATOR)) as staff:
        path = page.format(slug=api.event.slug)
        more = "&" if "?" in path else "?"
        got = await staff.get(f"{path}{more}lang={lang}", headers={"Accept-Language": lang})
    assert got.status_code == 200
    assert got.text.count(SAID) == 1
    assert BOTH[lang] in got.text


async def test_a_moderator_takes_a_pair_apart_and_joins_it_again(api: Api) -> None:
    one, other = await pair(api)
    assert state(api, other) is PostState.TWIN
    looked_at = {"version": 1, "twin": other}
    async with api.client(api.signed_in(Role.MODERATOR)) as staff:
        parted = await staff.post(f"{api.path}/posts/{one}/part", json=looked_at)
        assert (parted.status_code, parted.json()["state"]) == (200, "approved")
        again = await staff.post(f"{api.path}/posts/{one}/part", json=looked_at)
        assert again.status_code == 404
        paired = await staff.post(f"{api.path}/posts/{one}/pair", json=looked_at)
        assert (paired.status_code, paired.json()["state"]) == (200, "twin")
        refused = await staff.post(f"{api.path}/posts/{one}/pair", json={"version": 1, "twin": one})
        assert refused.status_code == 409
    assert state(api, other) is PostState.TWIN


async def test_nobody_else_does(api: Api) -> None:
    one, other = await pair(api)
    async with api.client() as anybody, api.client(api.signed_in(Role.FACILITATOR)) as facilitator:
        for client, status in ((anybody, 401), (facilitator, 403)):
            got = await client.post(f"{api.path}/posts/{one}/part", json={"version": 1, "twin": other})
            assert got.status_code == status
