"""The doctor says of descriptors, clock, disk and Redis how they are, and what to do."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.fault_proxy import FaultProxy
from tests.support.summit import Summit, post
from tests.support.valkey import ValkeyServer
from wall import doctor
from wall.doctor import Finding, examine
from wall.model import utc_now
from wall.settings import load
from wall.store import Store

SECRET = "x" * 40


async def found(what: str, directory: Path, **settings: object) -> Finding:
    """What the doctor says of one thing."""
    given = load(data_dir=directory, **settings)
    (finding,) = [one async for one in examine(given) if one.what == what]
    return finding


@pytest.mark.parametrize(
    ("hard", "outcome", "connections"),
    [(256, "warning", 128), (1_024, "warning", 896), (10_000, "warning", 9_872), (65_536, "good", 65_408)],
)
async def test_it_warns_of_too_few_descriptors_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hard: int, outcome: str, connections: int
) -> None:
    monkeypatch.setattr(doctor, "descriptor_limits", lambda: (64, hard))
    said = await found("descriptors", tmp_path)
    assert said.outcome == outcome
    assert f"{connections} connections" in said.said
    for way in ("LimitNOFILE=", "--ulimit nofile=", "ulimit -Hn"):
        assert (way in said.remedy) == (outcome == "warning")


async def test_a_clock_that_was_set_back_is_noticed(
    sqlite_url: str, sqlite_store: Store, tmp_path: Path
) -> None:
    summit = Summit(sqlite_store)
    assert (await found("clock", tmp_path, database_url=sqlite_url)).outcome == "good"
    summit.now = utc_now() + timedelta(hours=1)
    summit.arrive(post("of an hour to come"))
    said = await found("clock", tmp_path, database_url=sqlite_url)
    assert (said.outcome, "set back" in said.remedy, "NTP" in said.remedy) == ("warning", True, True)


async def test_the_disk_of_a_database_elsewhere_is_looked_at_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    url = f"sqlite:///{elsewhere / 'backchannel.db'}"
    asked: list[Path] = []

    class Usage:
        def __init__(self, path: Path) -> None:
            asked.append(path)
            self.free = 500_000_000 if path == elsewhere else 10**12

    monkeypatch.setattr(doctor.shutil, "disk_usage", Usage)
    said = await found("disk", tmp_path, database_url=url)
    assert asked == [tmp_path, elsewhere]
    assert (said.outcome, "0.5 GB" in said.said, bool(said.remedy)) == ("warning", True, True)


async def test_how_long_redis_takes_is_said(valkey: ValkeyServer, tmp_path: Path) -> None:
    async with FaultProxy(valkey.socket) as line:
        given = {"redis_url": f"redis://127.0.0.1:{line.port}/0", "secret_key": SECRET}
        well = await found("bus", tmp_path, **given)
        assert well.said.startswith("Redis answers in "), well
        line.latency = 0.075
        slow = await found("bus", tmp_path, **given)
        assert (slow.outcome, "Redis takes 1" in slow.said) == ("warning", True), slow
        line.latency = 1
        away = await found("bus", tmp_path, **given)
        assert (away.outcome, "does not answer within 0.5 s" in away.said) == ("warning", True), away
        assert "BACKCHANNEL_REDIS_URL" in away.remedy
