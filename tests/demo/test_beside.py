"""The made-up summit beside a real server: who may start it, and that the two share nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest_asyncio

from tests.live.api import HERE
from tests.support.waiting import eventually
from wall.access import digest_of, new_token
from wall.demo.beside import Beside
from wall.model import new_id, utc_now
from wall.server import Backchannel, create_app
from wall.settings import load
from wall.store import events, people

ACCEPTS = {"Accept": "text/html", "Accept-Language": "en"}


@pytest_asyncio.fixture
async def beside(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Beside]:
    app = create_app(load(data_dir=tmp_path, database_url=sqlite_url))
    made = Beside(app)
    async with app.router.lifespan_context(app):
        yield made
        await made.watching.end()


def parts_of(beside: Beside) -> Backchannel:
    parts: Backchannel = beside._app.state.parts
    return parts


def browser(beside: Beside, **headers: str) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=beside), base_url=HERE, headers={**ACCEPTS, **headers}
    )


def organiser(beside: Beside) -> str:
    token, person, now = new_token(), new_id(), utc_now()
    with parts_of(beside).store.writing() as conn:
        people.add_person(conn, person, "Ada", now)
        people.make_organiser(conn, person)
        people.add_sign_in(conn, digest_of(token), person, now, now.replace(year=now.year + 1))
    return token


async def test_a_newcomer_watches_with_a_browser_alone_and_is_nobody_on_the_real_server(
    beside: Beside,
) -> None:
    async with browser(beside) as newcomer:
        first = (await newcomer.get("/")).text
        assert 'action="/watch"' in first
        assert 'href="/start"' in first
        started = await newcomer.post("/watch")
        assert (started.status_code, started.headers["location"]) == (303, "/watch/demo#tour")
        page = await newcomer.get("/watch/demo")
        assert 'data-src="/desk/demo"' in page.text
        assert "frame-src 'self'" in page.headers["content-security-policy"]
        assert {cookie.name for cookie in newcomer.cookies.jar} == {"demo-backchannel"}
        desk = await newcomer.get("/desk/demo")
        assert desk.status_code == 200
        assert "frame-ancestors 'self'" in desk.headers["content-security-policy"]
        assert (await newcomer.get("/api/v1/events/demo/snapshot?face=desk")).status_code == 200
        real = (await newcomer.get("/api/v1/me")).json()
        assert (real["person"], real["organiser"]) == (None, False)
        assert "frame-ancestors 'none'" in (await newcomer.get("/")).headers["content-security-policy"]
    with parts_of(beside).store.reading() as conn:
        assert events.listed(conn) == []
        assert not people.any_person(conn)


async def test_nothing_of_a_summit_stays_when_it_ends(beside: Beside, tmp_path: Path) -> None:
    def there() -> bool:
        return bool(list(tmp_path.glob("demo-*")))

    async with browser(beside) as newcomer:
        await newcomer.post("/watch")
        assert there()
        assert (await newcomer.post("/watch/end")).status_code == 303
        await eventually(lambda: not there(), what="no directory of the summit")
        assert (await newcomer.get("/wall/demo")).status_code == 404
        assert (await newcomer.get("/watch")).headers["location"] == "/"
        assert (await newcomer.post("/watch")).status_code == 429


async def test_beside_real_events_only_an_organiser_starts_one(beside: Beside) -> None:
    await parts_of(beside).journal.create(slug="real", name="Real", actor="system")
    async with browser(beside) as anybody:
        assert (await anybody.post("/watch")).status_code == 403
        assert 'action="/watch"' not in (await anybody.get("/")).text
    async with browser(beside, Authorization=f"Bearer {organiser(beside)}") as ada:
        assert 'action="/watch"' in (await ada.get("/")).text
        assert (await ada.post("/watch")).status_code == 303
        assert (await ada.get("/wall/real")).status_code == 200


async def test_an_event_that_is_named_demo_is_never_covered(beside: Beside) -> None:
    await parts_of(beside).journal.create(slug="demo", name="Ours", actor="system")
    async with browser(beside, Authorization=f"Bearer {organiser(beside)}") as ada:
        assert (await ada.post("/watch")).status_code == 409
        assert "Ours" in (await ada.get("/events/demo")).text
