"""Static files from memory: what is kept for ever, what is asked for again, and what is no file."""

from __future__ import annotations

import os
from email.utils import formatdate
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from tests.live.site import HERE
from wall.routes.static_files import Static

HASHED = "dist/assets/join-1a2b.js"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = tmp_path / "files"
    (files / "dist" / "assets").mkdir(parents=True)
    (files / HASHED).write_text("export const words = 'many words';\n" * 100)
    (files / "pages.css").write_text("body { color: red }\n" * 100)
    (files / "picture.png").write_bytes(b"\x89PNG" + bytes(1_000))
    (tmp_path / "secret.css").write_text("a secret")
    return files


@pytest.fixture
def browser(folder: Path) -> httpx2.AsyncClient:
    app = Starlette(routes=[Mount("/static", Static(folder))])
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=f"{HERE}/static/")


async def test_a_file_with_a_hash_in_its_name_is_kept_for_ever_and_others_are_asked_for_again(
    browser: httpx2.AsyncClient,
) -> None:
    assert (await browser.get(HASHED)).headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (await browser.get("pages.css")).headers["cache-control"] == "no-cache"


async def test_each_gets_the_encoding_that_they_can_read(browser: httpx2.AsyncClient, folder: Path) -> None:
    for accepted, encoding in (("gzip, br", "gzip"), ("identity", None)):
        answer = await browser.get(HASHED, headers={"Accept-Encoding": accepted})
        assert answer.headers.get("content-encoding") == encoding
        assert answer.text == (folder / HASHED).read_text()
        assert answer.headers["content-type"].partition(";")[0] == "text/javascript"
        assert answer.headers["vary"] == "Accept-Encoding"
    picture = await browser.get("picture.png", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in picture.headers
    assert picture.content == (folder / "picture.png").read_bytes()


async def test_head_says_what_get_sends(browser: httpx2.AsyncClient) -> None:
    head, answer = await browser.head("pages.css"), await browser.get("pages.css")
    assert head.content == b""
    assert head.headers == answer.headers


async def test_what_the_browser_has_is_not_sent_again(browser: httpx2.AsyncClient) -> None:
    first = await browser.get("pages.css")
    tag, date = first.headers["etag"], first.headers["last-modified"]
    for condition in (
        {"If-None-Match": tag},
        {"If-None-Match": f'"other", W/{tag}'},
        {"If-Modified-Since": date},
    ):
        again = await browser.get("pages.css", headers=condition)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    for condition in (
        {"If-None-Match": '"other"', "If-Modified-Since": date},
        {"If-Modified-Since": formatdate(1, usegmt=True)},
        {"If-Modified-Since": "the day before yesterday"},
        {"If-Modified-Since": "Mon, 01 Jan 0001 00:00:00 -0000"},
    ):
        assert (await browser.get("pages.css", headers=condition)).content == first.content


async def test_a_file_that_was_written_anew_is_read_anew(browser: httpx2.AsyncClient, folder: Path) -> None:
    first = await browser.get("pages.css")
    (folder / "pages.css").write_text("body { color: green }")
    os.utime(folder / "pages.css", ns=(1, 1))
    second = await browser.get("pages.css", headers={"If-None-Match": first.headers["etag"]})
    assert second.text == "body { color: green }"
    (folder / "pages.css").unlink()
    assert (await browser.get("pages.css")).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "",
        "dist",
        "dist/",
        "absent.css",
        "%2e%2e/secret.css",
        "dist/%2e%2e/pages.css",
        "dist//assets/join-1a2b.js",
        "./%2e/pages.css",
        "%00",
        "%ED%A0%80",
        "x" * 5_000,
        "/etc/passwd",
    ],
)
async def test_what_is_no_file_here_is_not_found_and_not_remembered(folder: Path, path: str) -> None:
    static = Static(folder)
    app = Starlette(routes=[Mount("/static", static)])
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url=HERE) as browser:
        assert (await browser.get(f"/static/{path}")).status_code == 404
    assert static._kept == {}


async def test_nothing_is_written_to_it(browser: httpx2.AsyncClient) -> None:
    answer = await browser.post("pages.css", content=b"body { color: blue }")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
