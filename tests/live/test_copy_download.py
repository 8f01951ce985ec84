"""A copy of the whole server, downloaded from the list before the doors open."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, MutableMapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from tests.live.api import Api, api_over
from tests.live.test_backup import left_in, told
from tests.support.summit import post
from wall.entries.doors_kinds import DoorConfirmed
from wall.feeds.base import Arrived
from wall.model import Role
from wall.routes import copy_download
from wall.store import entries

ACCEPTS = {"Accept": "text/html", "Accept-Language": "en"}


@pytest_asyncio.fixture
async def api(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(sqlite_url, tmp_path) as made:
        yield made


@pytest_asyncio.fixture
async def organiser(api: Api) -> AsyncIterator[httpx2.AsyncClient]:
    async with api.client(api.signed_in(), **ACCEPTS) as client:
        yield client


async def test_an_organiser_of_the_server_downloads_a_copy_which_confirms_it(
    api: Api, organiser: httpx2.AsyncClient, tmp_path: Path
) -> None:
    here = f"/events/{api.event.slug}/doors"
    await api.parts.intake.submit(api.event.id, [Arrived(post("1", "Hello"))], "system")
    assert "Download a copy" in (await organiser.get(here)).text
    answer = await organiser.post(f"{here}/copy")
    assert answer.status_code == 200
    assert 'filename="backchannel-' in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    assert int(answer.headers["content-length"]) == len(answer.content)
    (tmp_path / "downloaded.db").write_bytes(answer.content)
    copied = told(tmp_path / "downloaded.db")[api.event.slug]
    with api.parts.store.reading() as conn:
        said = entries.after(conn, api.event.id, copied[1], 100, 100)
    assert [one.kind for one in said] == [DoorConfirmed.model_fields["kind"].default]
    assert copied[2] is None
    page = (await organiser.get(here)).text
    assert "Ada said so on" in page
    assert "A copy was made in the last day" in page
    assert not [name for name in left_in(tmp_path) if name.startswith(".download-")]


async def test_an_organiser_of_one_event_is_not_shown_the_whole_server(api: Api) -> None:
    here = f"/events/{api.event.slug}/doors"
    async with api.client(api.signed_in(Role.ORGANISER), **ACCEPTS) as client:
        assert "Download a copy" not in (await client.get(here)).text
        assert (await client.post(f"{here}/copy")).status_code == 403


async def test_copies_are_made_one_after_the_other_and_none_when_the_disk_is_full(
    api: Api, organiser: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here = f"/events/{api.event.slug}/doors/copy"
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
        assert (await organiser.post(here)).status_code == 507
    (tmp_path / ".download-left").write_text("of a process that was killed")
    both = await asyncio.gather(*(organiser.post(here) for _ in range(2)))
    assert [one.status_code for one in both] == [200, 200]
    assert not [name for name in left_in(tmp_path) if name.startswith(".download-")]


async def test_a_download_that_breaks_off_confirms_nothing_and_holds_up_nobody(
    api: Api, organiser: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copy_download, "_CHUNK_BYTES", 4096)
    here, token, gone = f"/events/{api.event.slug}/doors/copy", api.signed_in(), asyncio.Event()
    incoming = iter([{"type": "http.request", "body": b"", "more_body": False}])
    sent = 0

    async def receive() -> dict[str, Any]:
        if (message := next(incoming, None)) is None:
            await gone.wait()
        return message or {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        nonlocal sent
        sent += len(message.get("body", b""))
        if sent:
            gone.set()
            await asyncio.sleep(0)

    headers = [(b"host", b"127.0.0.1:8000"), (b"authorization", f"Bearer {token}".encode())]
    path = {"path": here, "raw_path": here.encode(), "root_path": "", "query_string": b""}
    about = {"type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1"}
    where = {"method": "POST", "scheme": "http", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000)}
    await api.app({**about, **where, **path, "headers": headers}, receive, send)
    assert sent > 0
    with api.parts.store.reading() as conn:
        kinds = [one.kind for one in entries.after(conn, api.event.id, 0, 100, 100)]
    assert DoorConfirmed.model_fields["kind"].default not in kinds
    whole = await organiser.post(here)
    assert (whole.status_code, sent < len(whole.content)) == (200, True)
