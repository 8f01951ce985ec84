"""Settings: documented, checked, and a typo never passes."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from wall.errors import SetupProblem
from wall.settings import PREFIX, Settings, load, settings_markdown

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "settings.md"
WALL = ROOT / "wall"
SECRET = "s" * 32


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith(PREFIX)]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_has_help_and_is_on_the_reference_page(name: str) -> None:
    field = Settings.model_fields[name]
    assert field.description
    assert field.description.endswith(".")
    assert f"`{PREFIX}{name.upper()}`" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_honoured_somewhere(name: str) -> None:
    read_as = {"database_url": "database", "secret_key": "secret()"}.get(name, name)
    readers = [path for path in WALL.rglob("*.py") if path.name != "settings.py"]
    assert any(f"settings.{read_as}" in path.read_text(encoding="utf-8") for path in readers)


def test_the_reference_page_is_what_the_code_generates() -> None:
    assert PAGE.read_text(encoding="utf-8") == settings_markdown()


def test_without_an_environment_everything_has_a_default(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load()
    assert (settings.host, settings.port, settings.beat_seconds) == ("127.0.0.1", 8000, 15)
    assert settings.database == f"sqlite:///{Path('.backchannel/backchannel.db').absolute()}"


def test_the_environment_is_read_and_what_is_given_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKCHANNEL_PORT", "9000")
    monkeypatch.setenv("BACKCHANNEL_ALLOWED_HOSTS", " Wall.Example.org, other.example ,")
    assert load().port == 9000
    assert load(port=9001).port == 9001
    assert load().allowed_hosts == ("wall.example.org", "other.example")


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKCHANNEL_PORT", "")
    assert load().port == 8000


@pytest.mark.parametrize(
    ("typo", "meant"),
    [
        ("BACKCHANNEL_PROT", "BACKCHANNEL_PORT"),
        ("BACKCHANNEL_DATABASE", "BACKCHANNEL_DATABASE_URL"),
        ("backchannel_redis", "BACKCHANNEL_REDIS_URL"),
    ],
)
def test_an_unknown_variable_names_the_nearest_known_one(
    monkeypatch: pytest.MonkeyPatch, typo: str, meant: str
) -> None:
    monkeypatch.setenv(typo, "1")
    with pytest.raises(SetupProblem) as caught:
        load()
    assert typo in caught.value.message
    assert f"Did you mean {meant}?" in caught.value.remedy


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "70000"),
        ("PORT", "eighty"),
        ("BEAT_SECONDS", "0"),
        ("BEAT_SECONDS", "40"),
        ("SECRET_KEY", "hush-hush"),
        ("LOG_LEVEL", "loud"),
        ("PUBLIC_URL", "wall.example.org"),
        ("PUBLIC_URL", "https://wall.example.org/path"),
        ("PUBLIC_URL", "https://user:pass@wall.example.org"),
        ("PUBLIC_URL", "https://wall.example.org:port"),
        ("PUBLIC_URL", "https://["),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "https://wall.example.org"),
    ],
)
def test_a_bad_value_names_its_variable_and_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(SetupProblem) as caught:
        load()
    assert PREFIX + name in caught.value.message
    if len(value) > 2 and name != "PUBLIC_URL":
        assert value not in caught.value.message


def test_the_public_url_becomes_an_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKCHANNEL_PUBLIC_URL", "https://Wall.Example.org:8443/")
    assert load().public_url == "https://wall.example.org:8443"


def test_settings_cannot_be_changed_and_do_not_show_secrets() -> None:
    settings = load(secret_key=SECRET, database_url="postgresql://u:pw@h/n", redis_url="redis://:pw@h")
    assert SECRET not in repr(settings)
    assert "pw" not in repr(settings)
    with pytest.raises(Exception, match="frozen"):
        settings.port = 1  # type: ignore[misc]


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    settings = load(data_dir=tmp_path / "data")
    first = settings.secret()
    assert len(first) >= 32
    assert load(data_dir=tmp_path / "data").secret() == first
    key = tmp_path / "data" / "secret.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    assert list(key.parent.iterdir()) == [key]


def test_processes_that_start_together_agree_on_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: load(data_dir=tmp_path).secret(), range(32)))
    assert len(secrets) == 1


def test_several_nodes_must_be_given_the_secret(tmp_path: Path) -> None:
    with pytest.raises(SetupProblem, match="none is given"):
        load(data_dir=tmp_path, redis_url="redis://127.0.0.1").secret()
    given = load(data_dir=tmp_path, redis_url="redis://127.0.0.1", secret_key=SECRET)
    assert given.secret() == SECRET.encode()


def test_a_cut_off_secret_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("abc")
    with pytest.raises(SetupProblem, match="too short"):
        load(data_dir=tmp_path).secret()


def test_a_data_directory_that_cannot_be_made_is_an_error_with_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupProblem, match="cannot be made"):
        load(data_dir=tmp_path / "file" / "data").secret()


def test_networks_and_ports_of_pictures_are_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (load().media_trusted_networks, load().media_ports) == ((), (80, 443))
    monkeypatch.setenv("BACKCHANNEL_MEDIA_TRUSTED_NETWORKS", "10.1.0.0/16, fd00::/8")
    monkeypatch.setenv("BACKCHANNEL_MEDIA_PORTS", "80,8080")
    assert [str(network) for network in load().media_trusted_networks] == ["10.1.0.0/16", "fd00::/8"]
    assert load().media_ports == (80, 8080)


@pytest.mark.parametrize("value", ["10.1.0.1/16", "intranet", "10.0.0.0/33", "10.0.0.0/8;fd00::/8"])
def test_what_is_no_network_is_refused_in_words(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("BACKCHANNEL_MEDIA_REFUSED_NETWORKS", value)
    with pytest.raises(SetupProblem, match=r"such as 10\.1\.0\.0/16"):
        load()
