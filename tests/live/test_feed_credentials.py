"""A server with credentials in its environment: on its page, its command line, and not in its database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.api import api_over
from tests.live.test_cli import Run, database, run, summit
from wall.errors import SetupProblem
from wall.feeds.common.credentials import provide
from wall.settings import load
from wall.store import feeds

__all__ = ["database", "run", "summit"]

SECRET = "of-the-environment-1"
X_TOKEN = "BACKCHANNEL_CREDENTIALS_X_TOKEN"


@pytest.fixture(autouse=True)
def _nothing_stays() -> Iterator[None]:
    yield
    provide({}, ())


def test_a_credential_is_a_variable_or_the_content_of_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert load().credentials() == {}
    held = tmp_path / "token"
    held.write_text(f" {SECRET}\n")
    monkeypatch.setenv(f"{X_TOKEN}_FILE", str(held))
    monkeypatch.setenv("BACKCHANNEL_CREDENTIALS_BLUESKY_APP_PASSWORD", " other ")
    monkeypatch.setenv("BACKCHANNEL_CREDENTIALS_MATRIX_TOKEN_EXAMPLE_ORG", "")
    settings = load()
    assert settings.credentials() == {
        "BACKCHANNEL_CREDENTIALS_BLUESKY_APP_PASSWORD": "other",
        X_TOKEN: SECRET,
    }
    assert SECRET not in repr(settings)
    monkeypatch.setenv(X_TOKEN, SECRET)
    with pytest.raises(SetupProblem, match="given twice"):
        settings.credentials()
    monkeypatch.delenv(X_TOKEN)
    for wrong in (tmp_path, tmp_path / "none"):
        monkeypatch.setenv(f"{X_TOKEN}_FILE", str(wrong))
        with pytest.raises(SetupProblem, match="cannot be read"):
            settings.credentials()


async def test_a_feed_of_the_page_uses_it_and_nothing_shows_or_stores_it(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(X_TOKEN, SECRET)
    async with api_over(sqlite_url, tmp_path) as api:
        where = f"/events/{api.event.slug}/feeds"
        async with api.client(
            api.signed_in(), **{"Accept": "text/html", "Accept-Language": "en"}
        ) as client:
            form = await client.get(f"{where}?add=x")
            assert "Leave it empty to use the one that this server has for api.x.com." in form.text
            typed = {"network": "x", "hashtags": "smsummit", "token": ""}
            added = await client.post(where, data=typed)
            assert added.status_code == 303, added.text
            listed = await client.get(where)
            api_said = await client.get(f"/api/v1{where}")
        assert X_TOKEN in listed.text
        assert SECRET not in form.text + listed.text + api_said.text
        with api.parts.store.reading() as conn:
            (feed,) = feeds.listed(conn, api.event.id)
        assert SECRET not in str(feed)


def test_the_command_line_says_where_the_credentials_are(
    summit: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = summit("feed", "add", "x", "--event", "summit", "--set", "hashtags=one")
    assert missing.code == 1
    monkeypatch.setenv(X_TOKEN, SECRET)
    added = summit("feed", "add", "x", "--event", "summit", "--set", "hashtags=one")
    assert added.code == 0, added.said
    assert f"From the environment: {X_TOKEN}." in added.said
    assert SECRET not in added.said
    monkeypatch.setenv("BACKCHANNEL_CREDENTIALS_X_TOKN", SECRET)
    typo = summit("feed", "list", "--event", "summit")
    assert typo.code == 1
    assert "Did you mean BACKCHANNEL_CREDENTIALS_X_TOKEN?" in typo.said
