"""What a display sees at `/screen`: the wall once it is paired, and before that a code."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from fastapi import FastAPI

from tests.live.site import HERE, PAGE
from wall.access import Access, Origins
from wall.bus import InProcessBus
from wall.errors import StoreUnavailable
from wall.journal import Journal
from wall.model import Event
from wall.routes.screen_page import ScreenPages
from wall.routes.words import Views, Words
from wall.screens import pairing
from wall.screens.pairing import Codes, NewScreen
from wall.store import Store


@dataclass
class Lobby:
    """An instance with one event, and a display in front of it."""

    journal: Journal
    event: Event
    browser: httpx2.AsyncClient

    async def pair(self, name: str) -> str:
        """Pair the display that waits; the screen's id."""
        code = (await self.browser.post("/api/v1/screen/codes")).json()["code"]
        new = NewScreen(code=code, name=name, distance_m=20, diagonal_in=85)
        done = await self.journal.command(self.event.id, "person:olga", lambda tx: pairing.pair(tx, new))
        return str(done.result["screen"])


@pytest_asyncio.fixture
async def lobby(sqlite_store: Store, tmp_path: Path) -> AsyncIterator[Lobby]:
    (tmp_path / "dist" / ".vite").mkdir(parents=True)
    (tmp_path / "dist" / "build.json").write_text('{"build": 7}')
    face = {"file": "assets/wall-1a2b.js", "name": "wall", "isEntry": True}
    manifest = json.dumps({"src/wall/main.tsx": face})
    (tmp_path / "dist" / ".vite" / "manifest.json").write_text(manifest)
    journal = Journal(sqlite_store, InProcessBus())
    access = Access(journal, Origins())
    codes = Codes(sqlite_store, journal.bus)
    pages = ScreenPages(access, codes, Views(Words()), tmp_path / "dist")
    app = FastAPI()
    app.state.access = access
    app.include_router(pages.api, prefix="/api/v1")
    app.include_router(pages.router)
    event = await journal.create(slug="summit", name="Summit", actor="system", languages=("fr",))
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url=HERE, headers=PAGE) as browser:
        yield Lobby(journal, event, browser)


async def test_a_paired_display_shows_the_wall_and_knows_which_screen_it_is(lobby: Lobby) -> None:
    screen = await lobby.pair('Left "of" <the> stage')
    page = (await lobby.browser.get("/screen")).text
    assert f'data-screen="{screen}"' in page
    assert 'data-name="Left &#34;of&#34; &lt;the&gt; stage"' in page
    assert 'data-event="summit"' in page
    assert "/static/dist/assets/wall-1a2b.js" in page
    assert 'lang="fr"' in page
    assert "/static/screen.js" not in page


async def test_a_display_that_waits_says_where_to_type_its_code(lobby: Lobby) -> None:
    page = (await lobby.browser.get("/screen")).text
    code = (await lobby.browser.post("/api/v1/screen/codes")).json()["code"]
    assert code in page
    assert f"/screen/qr/{code}.svg" in page
    assert "/pair" in page
    assert '<meta http-equiv="refresh" content="5">' in page


async def test_a_display_waits_through_an_outage_by_itself(
    lobby: Lobby, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_self: object, _fn: object) -> None:
        raise StoreUnavailable("The database does not answer.")

    with monkeypatch.context() as outage:
        outage.setattr(Store, "read", away)
        outage.setattr(Store, "write", away)
        page = await lobby.browser.get("/screen")
    assert page.status_code == 503
    assert '<meta http-equiv="refresh" content="30">' in page.text
    assert "set-cookie" not in page.headers
    assert (await lobby.browser.get("/screen")).status_code == 200
