"""A third language, added by a file and without code: its pages, its faces, and what is wrong in it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx2 import ASGITransport, AsyncClient
from hypothesis import given
from hypothesis import strategies as st

from tests.live.api import HERE
from wall import doctor
from wall.routes.languages import FOLDER, added, template
from wall.routes.words import Words
from wall.server import Backchannel, create_app
from wall.settings import load

ENGLISH = Words().catalogues["en"]
GERMAN = {"landing.title": "Veranstaltungen", "connection.live": "Live!", "join.title": "Mitmachen"}


def folder(directory: Path, **files: object) -> Path:
    where = directory / FOLDER
    where.mkdir()
    for lang, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content)
        (where / f"{lang}.json").write_text(text, encoding="utf-8")
    return where


@pytest.fixture
async def german(sqlite_url: str, tmp_path: Path) -> AsyncIterator[AsyncClient]:
    folder(tmp_path, de=GERMAN)
    app = create_app(load(data_dir=tmp_path, database_url=sqlite_url))
    parts: Backchannel = app.state.parts
    await parts.journal.create(slug="tagung", name="Tagung", actor="system", languages=("de", "en"))
    transport = ASGITransport(app=app)
    async with AsyncClient(transport=transport, base_url=HERE) as client:
        yield client
    await parts.intake.close()
    await parts.hub.close()
    await parts.media.close()
    await parts.bus.close()
    parts.store.close()


async def test_pages_are_in_the_language_of_the_file_and_otherwise_in_english(
    german: AsyncClient,
) -> None:
    landing = await german.get("/", headers={"accept-language": "de-AT,fr;q=0.5"})
    assert '<html lang="de">' in landing.text
    assert "Veranstaltungen" in landing.text
    assert ENGLISH["skip"] in landing.text


async def test_live_faces_get_what_they_say_in_it_and_no_more(german: AsyncClient) -> None:
    wall = await german.get("/wall/tagung", headers={"accept-language": "de"})
    assert '<html lang="de"' in wall.text
    words = await german.get("/words/de.json")
    assert words.json() == {"connection.live": "Live!", "join.title": "Mitmachen"}
    again = await german.get("/words/de.json", headers={"if-none-match": words.headers["etag"]})
    assert again.status_code == 304
    for other in ("fr", "xx", "..%2fsecret"):
        assert (await german.get(f"/words/{other}.json")).status_code == 404


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not JSON"),
        ("[]", "one object"),
        ({"no.such.key": "x"}, "no such sentence"),
        ({"skip": 3}, "between quotation marks"),
        ({"skip": " "}, "between quotation marks"),
        ({"moderate.count": "{held} und {secret}"}, "{secret}"),
        ({"moderate.count": "{held.__class__}"}, "{held.__class__}"),
        ({"moderate.count": "{held"}, "stands alone"),
    ],
)
def test_what_cannot_be_used_is_named_and_loses_nothing_else(
    content: object, said: str, tmp_path: Path
) -> None:
    sound = {**content, **GERMAN} if isinstance(content, dict) else content
    (one,) = added(folder(tmp_path, de=sound), ENGLISH, {"en"})
    assert said in " ".join(one.problems)
    assert len(one.problems) == 1
    if isinstance(content, dict):
        assert one.sentences == GERMAN


def test_a_language_that_comes_along_is_not_replaced_and_a_wrong_name_is_said(
    tmp_path: Path,
) -> None:
    where = folder(tmp_path, fr=GERMAN, german=GERMAN)
    assert [
        (one.lang, bool(one.sentences), len(one.problems)) for one in added(where, ENGLISH, {"en", "fr"})
    ] == [
        ("fr", False, 1),
        ("german", False, 1),
    ]
    assert Words(where).catalogues["fr"] == Words().catalogues["fr"]


def test_the_template_has_every_sentence_and_is_a_file_that_can_be_used(tmp_path: Path) -> None:
    printed = template("de", ENGLISH, GERMAN)
    (one,) = added(folder(tmp_path, de=printed), ENGLISH, {"en"})
    assert (one.problems, one.missing) == ((), 0)
    assert one.sentences["landing.title"] == "Veranstaltungen"


@given(st.dictionaries(st.sampled_from(sorted(ENGLISH)), st.text(max_size=30), max_size=8))
def test_whatever_a_file_says_every_sentence_can_still_be_said(said: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        words = Words(folder(Path(directory), de=said))
        for key in said:
            holes = dict.fromkeys(("count", "most", "name"), 1)
            try:
                ENGLISH[key].format(**holes)
            except KeyError:
                continue
            assert isinstance(words.say("de", key, **holes), str)


async def test_the_doctor_says_what_a_language_lacks(sqlite_url: str, tmp_path: Path) -> None:
    folder(tmp_path, de={**GERMAN, "no.such.key": "x"}, pt=GERMAN, nl=ENGLISH)
    settings = load(data_dir=tmp_path, database_url=sqlite_url)
    found = {one.what: one async for one in doctor.examine(settings) if one.what.startswith("language")}
    assert found["language de"].outcome == "warning"
    assert "no.such.key" in found["language de"].said
    assert f"{len(ENGLISH) - len(GERMAN)} sentences" in found["language pt"].said
    assert found["language nl"].outcome == "good"


def test_the_command_prints_what_a_translator_starts_from(tmp_path: Path) -> None:
    folder(tmp_path, de=GERMAN)
    done = subprocess.run(
        [sys.executable, "-m", "wall.cli", "words", "de"],
        env={"BACKCHANNEL_DATA_DIR": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    printed = json.loads(done.stdout)
    assert printed.keys() == ENGLISH.keys()
    assert printed["landing.title"] == "Veranstaltungen"
    assert str(tmp_path / FOLDER / "de.json") in done.stderr
