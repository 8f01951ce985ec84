"""`GET /media/{event}/{post}/{which}`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from tests.live.media_world import HERE, World, opened, world_at
from tests.live.site import Site
from tests.support.summit import GRAVES
from tests.support.waiting import eventually
from tests.world.hosts import image
from wall.feeds.base import Arrived
from wall.intake import admit, moves
from wall.journal import Tx
from wall.media import addresses
from wall.model import Author, Emoji, Event, Media, Post, PostState, Reason, Role, new_id, utc_now
from wall.routes.media import MediaRoutes
from wall.store import Store, posts


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with world_at(tmp_path) as world:
        yield world


@dataclass
class Shown:
    """A site that shows pictures of the world's hosts."""

    site: Site
    world: World
    event: Event

    async def arrive(self, post: Post) -> str:
        """Let a post arrive and be shown; its id."""

        def shown(tx: Tx) -> str:
            (post_id,) = admit(tx, [Arrived(post)], GRAVES).ids
            stored = posts.by_ids(tx.conn, tx.event.id, {post_id})[post_id]
            if stored.state is not PostState.APPROVED:
                moves.approve(tx, post_id, stored.version)
            return post_id

        return str(await self._do(shown))

    async def hide(self, post_id: str) -> None:
        """Take a post off the wall."""
        reason = Reason(code="off_topic")
        await self._do(lambda tx: moves.hide(tx, post_id, self._version(tx, post_id), reason))

    async def withdraw(self, post_id: str) -> None:
        """Take a post back for good."""
        await self._do(lambda tx: moves.withdraw(tx, post_id, self._version(tx, post_id), GRAVES))

    async def _do(self, fn: Callable[[Tx], Any]) -> Any:
        return (await self.site.journal.command(self.event.id, "system", fn)).result

    def _version(self, tx: Tx, post_id: str) -> int:
        return posts.by_ids(tx.conn, self.event.id, {post_id})[post_id].version

    async def get(self, path: str, browser: httpx2.AsyncClient | None = None) -> httpx2.Response:
        """GET below /media/{event}."""
        client = browser or self.site.browser()
        return await client.get(f"/media/{self.event.slug}/{path}", headers={"Accept": "image/webp,*/*"})


def a_post(**changes: Any) -> Post:
    author = Author(key="7", handle="ada", avatar=f"{HERE}/avatar.png")
    media = (
        Media(kind="image", url=f"{HERE}/a.png", alt="A slide"),
        Media(kind="video", url=f"{HERE}/film.mp4", preview=f"{HERE}/preview.jpg"),
        Media(kind="audio", url=f"{HERE}/sound.ogg"),
    )
    fields: dict[str, Any] = {
        "network": "mastodon",
        "key": new_id(),
        "author": author,
        "text": "x",
        "created_at": utc_now(),
        "media": media,
        "emoji": (Emoji(code="owl", url=f"{HERE}/owl.png"),),
    }
    return Post(**fields | changes)


@pytest_asyncio.fixture
async def shown(world: World, sqlite_store: Store) -> Shown:
    world.hosts.pictures |= {
        "/avatar.png": image(size=(400, 400)),
        "/a.png": image(),
        "/preview.jpg": image("JPEG"),
        "/owl.png": image(size=(320, 320)),
    }
    site = Site(sqlite_store)
    site.app.include_router(MediaRoutes(world.proxy, sqlite_store).router)
    return Shown(site, world, await site.event())


async def test_a_page_gets_pictures_of_a_post_from_this_server(shown: Shown) -> None:
    post_id = await shown.arrive(a_post())
    sizes = {}
    for which in ("avatar", "0", "1", "emoji-owl"):
        answer = await shown.get(f"{post_id}/{which}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/webp"
        assert answer.headers["cache-control"] == "private, max-age=300"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "img-src 'self'" in answer.headers["content-security-policy"]
        sizes[which] = opened(answer.content).size
    assert sizes == {"avatar": (192, 192), "0": (40, 30), "1": (40, 30), "emoji-owl": (128, 128)}
    assert set(shown.world.hosts.asked) == {"/avatar.png", "/a.png", "/preview.jpg", "/owl.png"}


@pytest.mark.parametrize(
    "which", ["2", "3", "-1", "00000", "１", "film.mp4", "AVATAR", "%2e%2e", "0/1", "emoji-cat", "emoji-"]
)
async def test_there_is_nothing_else(shown: Shown, which: str) -> None:
    answer = await shown.get(f"{await shown.arrive(a_post())}/{which}")
    assert answer.status_code == 404
    assert len(answer.content) < 300
    assert not shown.world.hosts.heads


async def test_what_cannot_be_had_is_not_found_and_no_redirect(shown: Shown) -> None:
    author = Author(key="8", handle="eve", avatar="http://127.0.0.1/a.png")
    post_id = await shown.arrive(a_post(author=author, media=(Media(kind="image", url=f"{HERE}/missing"),)))
    for which in ("avatar", "0"):
        answer = await shown.get(f"{post_id}/{which}")
        assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")
        assert "location" not in answer.headers
        assert "127.0.0.1" not in answer.text
        assert HERE not in answer.text


async def test_a_hidden_posts_pictures_are_for_its_desk_only(shown: Shown) -> None:
    post_id = await shown.arrive(a_post())
    await shown.hide(post_id)
    moderator = await shown.site.member(Role.MODERATOR, shown.event.id)
    for which in ("0", "emoji-owl"):
        assert (await shown.get(f"{post_id}/{which}")).status_code == 404
        assert (await shown.get(f"{post_id}/{which}?face=desk")).status_code == 401
        assert (await shown.get(f"{post_id}/{which}?face=desk", moderator)).status_code == 200


async def test_pictures_go_with_the_post_that_is_withdrawn(shown: Shown) -> None:
    post = a_post(media=(Media(kind="image", url=f"{HERE}/held"),))
    post_id = await shown.arrive(post)
    for which in ("avatar", "emoji-owl"):
        assert (await shown.get(f"{post_id}/{which}")).status_code == 200
    late = asyncio.create_task(shown.get(f"{post_id}/0"))
    await eventually(lambda: shown.world.hosts.asked["/held"], what="the request")
    await shown.withdraw(post_id)
    shown.world.hosts.hold.set()
    assert (await late).status_code == 404
    await shown.world.proxy.purge(addresses(post))
    for which in ("avatar", "emoji-owl"):
        assert (await shown.get(f"{post_id}/{which}")).status_code == 404
    assert list(shown.world.folder.iterdir()) == []
