"""What holds for every answer: headers, limits, hosts and the shape of errors; and the pages."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.live.site import HERE, Site
from wall.access import Origins
from wall.errors import BackchannelError
from wall.model import Role
from wall.routes.pages import NotBuilt, build_number, built_face
from wall.routes.words import Words
from wall.store import Store

PROGRAM = {"Accept": "*/*"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """Built faces, as Vite leaves them."""
    folder = tmp_path / "dist"
    (folder / ".vite").mkdir(parents=True)
    (folder / "build.json").write_text('{"build": 7}')
    manifest = {
        "src/wall/main.tsx": {
            "file": "assets/wall-1a2b.js",
            "name": "wall",
            "isEntry": True,
            "imports": ["_shared.js"],
            "css": ["assets/wall-3c.css"],
        },
        "_shared.js": {"file": "assets/shared-4d.js", "css": ["assets/shared-5e.css"]},
    }
    (folder / ".vite" / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture
def site(sqlite_store: Store, tmp_path: Path) -> Site:
    return Site(sqlite_store, dist=tmp_path / "absent")


def _subclasses(cls: type[BackchannelError]) -> set[type[BackchannelError]]:
    return {cls}.union(*(_subclasses(sub) for sub in cls.__subclasses__()))


@pytest.mark.parametrize("path", ["/", "/nothing", "/api/v1/me", "/boom", "/static/pages.css", "/enter/x"])
async def test_every_answer_carries_the_security_headers(site: Site, path: str) -> None:
    headers = (await site.browser().get(path)).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "require-trusted-types-for 'script'; trusted-types 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "strict-transport-security" not in headers
    assert headers["cache-control"] == ("no-cache" if path.startswith("/static/") else "no-store")


async def test_a_public_https_address_is_remembered_as_https(sqlite_store: Store) -> None:
    site = Site(sqlite_store, Origins("https://wall.example.org"))
    answer = await site.browser("http://wall.example.org").get("/")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", ""])
async def test_an_unknown_host_is_refused_with_words(site: Site, host: str) -> None:
    answer = await site.browser(Host=host).get("/")
    assert answer.status_code == 421
    assert "BACKCHANNEL_ALLOWED_HOSTS" in answer.text
    program = await site.browser(Host=host, **PROGRAM).get("/api/v1/me")
    assert program.json()["error"]["code"] == "unknown_host"


async def _chunks(total: int) -> AsyncIterator[bytes]:
    for start in range(0, total, 8_192):
        yield b" " * min(8_192, total - start)


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_over_64_kib_is_refused_announced_or_not(site: Site, chunked: bool) -> None:
    body = _chunks(65_537) if chunked else b" " * 65_537
    program = site.browser(**PROGRAM)
    answer = await program.post(
        "/api/v1/things", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_of_64_kib_is_read(site: Site, chunked: bool) -> None:
    thing = b'{"size": 3}'
    padding = 65_536 - len(thing)

    async def body() -> AsyncIterator[bytes]:
        yield thing
        async for chunk in _chunks(padding):
            yield chunk

    content = body() if chunked else thing + b" " * padding
    program = site.browser(**PROGRAM)
    answer = await program.post(
        "/api/v1/things", content=content, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()) == (200, 3)


@pytest.mark.parametrize(
    ("body", "at", "code"),
    [
        ({"size": "<script>alert(1)</script>"}, ["body", "size"], "int_parsing"),
        ({"size": float("nan")}, ["body", "size"], "finite_number"),
        ({}, ["body", "size"], "missing"),
        ({"size": 1, "details": {"<script>": "x"}}, ["body", "details", "?"], "int_parsing"),
        ({"size": 1, "details": {"\ud800": "x"}}, ["body", "details", "?"], "int_parsing"),
    ],
)
async def test_an_error_names_the_field_and_never_repeats_what_was_sent(
    site: Site, body: dict[str, object], at: list[str], code: str
) -> None:
    sent = json.dumps(body)
    answer = await site.browser(**PROGRAM).post("/api/v1/things", content=sent, headers=JSON)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "remedy", "details"}
    assert error["details"] == {"fields": [{"at": at, "code": code}]}
    assert "script" not in answer.text


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 60_000, b'"\xc3"'])
async def test_a_body_that_is_not_json_is_malformed(site: Site, body: bytes) -> None:
    answer = await site.browser(**PROGRAM).post("/api/v1/things", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "malformed")


async def test_an_unexpected_error_shows_an_id_and_logs_no_texts(site: Site) -> None:
    with capture_logs() as logs:
        answer = await site.browser(**PROGRAM).get("/boom")
    assert answer.status_code == 500
    error_id = answer.json()["error"]["details"]["id"]
    page = await site.browser().get("/boom")
    assert "Something went wrong here" in page.text
    assert [(line["id"], line["error"]) for line in logs] == [(error_id, "RuntimeError")]
    assert "site.py" in logs[0]["where"][-1]
    assert "Jane Doe" not in repr(logs) + answer.text + page.text


async def test_details_of_an_error_survive_what_utf_8_cannot_hold(site: Site) -> None:
    answer = await site.browser(**PROGRAM).get("/stale")
    assert answer.status_code == 409
    assert answer.json()["error"]["details"]["current"]["text"] == "lone \ud800 surrogate"


@pytest.mark.parametrize(
    "path", ["/nothing", "/wall/nothing", "/wall/%00", "/wall/%ED%A0%80", "/static/nothing"]
)
async def test_what_is_not_there_is_a_page_for_browsers_and_json_for_programs(
    site: Site, path: str
) -> None:
    program = await site.browser(**PROGRAM).get(path)
    assert (program.status_code, program.json()["error"]["code"]) == (404, "not_found")
    browser = await site.browser().get(path)
    assert browser.status_code == 404
    assert ("There is nothing here" in browser.text) != path.startswith("/static/")


async def test_a_wrong_method_says_which_are_right(site: Site) -> None:
    answer = await site.browser(**PROGRAM).delete("/")
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method_not_allowed")
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("lang", Words().catalogues)
def test_every_error_has_words_in_every_language(lang: str) -> None:
    words = Words()
    codes = {cls.code for cls in _subclasses(BackchannelError)}
    assert not [code for code in codes if f"error.{code}.title" not in words.catalogues[lang]]
    assert not [code for code in codes if f"error.{code}.next" not in words.catalogues[lang]]
    assert not [role for role in Role if f"role.{role}" not in words.catalogues[lang]]
    assert words.catalogues[lang].keys() == words.catalogues["en"].keys()


@pytest.mark.parametrize(
    ("wished", "lang"),
    [
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("de;q=0.9, fr;q=0.4, en;q=0.7", "en"),
        ("fr;q=0, en", "en"),
        ("fr;q=nan;x, \x00;q=", "en"),
        ("", "en"),
    ],
)
async def test_a_page_speaks_the_language_of_its_browser(site: Site, wished: str, lang: str) -> None:
    answer = await site.browser(**{"Accept-Language": wished}).get("/")
    assert f'<html lang="{lang}">' in answer.text
    assert answer.headers["content-language"] == lang


async def test_the_first_page_of_a_fresh_server_says_what_to_do(site: Site) -> None:
    assert 'href="/start"' in (await site.browser().get("/")).text
    organiser = await site.member(Role.ORGANISER, None)
    page = (await organiser.get("/")).text
    assert 'href="/start"' in page
    assert '<bdi dir="auto">A organiser</bdi>' in page
    assert 'action="/sign-out"' in page


async def test_the_first_page_lists_events_and_their_walls(site: Site) -> None:
    await site.event()
    page = (await site.browser().get("/")).text
    assert '<a class="way" href="/wall/summit">' in page
    assert "Summit &lt;2014&gt;" in page
    assert "Summit <2014>" not in page
    assert (await site.browser().head("/")).status_code == 200


async def test_without_built_faces_the_wall_says_how_to_build_them(site: Site) -> None:
    await site.event()
    answer = await site.browser().get("/wall/summit")
    assert answer.status_code == 503
    assert "make faces" in answer.text


async def test_the_wall_page_loads_the_built_face_in_the_language_of_its_event(
    sqlite_store: Store, dist: Path
) -> None:
    site = Site(sqlite_store, dist=dist)
    await site.journal.create(slug="sommet", name="Sommet", actor="system", languages=("de", "fr", "en"))
    page = (await site.browser(**{"Accept-Language": "en"}).get("/wall/sommet")).text
    assert '<html lang="fr"' in page
    assert 'src="/static/dist/assets/wall-1a2b.js"' in page
    assert 'href="/static/dist/assets/shared-5e.css"' in page
    assert "JavaScript" in page


def test_built_faces_are_found_in_the_manifest(dist: Path) -> None:
    built = built_face("wall", dist)
    assert built.script == "/static/dist/assets/wall-1a2b.js"
    assert built.styles == ("/static/dist/assets/shared-5e.css", "/static/dist/assets/wall-3c.css")
    assert build_number(dist) == 7
    with pytest.raises(NotBuilt):
        built_face("desk", dist)


def test_a_new_build_is_seen_without_a_restart(dist: Path) -> None:
    assert build_number(dist) == 7
    (dist / "build.json").write_text('{"build": 8}')
    assert build_number(dist) == 8
    (dist / "build.json").unlink()
    assert build_number(dist) == 0


async def test_a_form_of_another_site_gets_a_page_in_words(site: Site) -> None:
    answer = await site.browser(Origin="https://evil.example").post("/sign-out")
    assert answer.status_code == 403
    assert "came from somewhere else" in answer.text
    assert (await site.browser(Origin=HERE).post("/sign-out")).status_code == 303


async def test_scripts_and_styles_go_out_compressed_to_those_who_can_read_it(site: Site) -> None:
    plain = await site.browser(**{"Accept-Encoding": "identity"}).get("/static/pages.css")
    packed = await site.browser(**{"Accept-Encoding": "gzip"}).get("/static/pages.css")
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert packed.content == plain.content
    assert packed.headers["content-type"].startswith("text/css")
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    again = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["etag"]}
    assert (await site.browser(**again).get("/static/pages.css")).status_code == 304
