"""Metrics: each is there beforehand, moves when something happens, and the dashboard asks for no other."""

from __future__ import annotations

import json
import re
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client import Counter, Gauge
from prometheus_client.parser import text_string_to_metric_families

from tests.live.rough import a_serve
from tests.live.running import Running
from tests.support.archives import write_archive
from tests.support.instance import instance_at
from tests.support.ports import free_port
from tests.support.processes import ROOT
from tests.support.waiting import PATIENCE, eventually
from tests.world.mastodon import TOKEN, FakeMastodon
from wall.bus import redis
from wall.intake import feed_metrics
from wall.intake.metrics import feed_lag

DASHBOARD = ROOT / "docs" / "ops" / "grafana-dashboard.json"
HOW_TO = ROOT / "docs" / "how-to" / "watch-a-server.md"
COUNTED = "backchannel_intake_items_total"
OF_FEEDS = {
    f"{one._name}{'_total' if isinstance(one, Counter) else ''}"
    for one in vars(feed_metrics).values()
    if isinstance(one, Counter | Gauge)
}
"""Served while a feed runs: tests/live/test_feed_silence.py sees them move."""


async def scraped(running: Running) -> dict[str, Any]:
    """The server's metric families by name."""
    port = running.instance.settings["BACKCHANNEL_METRICS_PORT"]
    async with httpx2.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
        said = (await client.get(f"http://127.0.0.1:{port}/metrics")).raise_for_status().text
    return {family.name: family for family in text_string_to_metric_families(said)}


async def test_a_delivery_moves_what_is_measured_of_it(running: Running) -> None:
    event = await running.event()
    lag, walls = "backchannel_delivery_lag_seconds", 'backchannel_sockets{face="wall"}'
    measured = (f"{lag}_count", f"{lag}_sum", "backchannel_deliveries_total", walls)
    before = {name: await running.metric(name) for name in measured}
    async with running.reader(event) as reader:
        await reader.wait_until(lambda: reader.connections == 1)
        assert await running.metric(walls) == before[walls] + 1
        seq = (await running.staff.post(event.slug, "one"))["seq"]
        await reader.wait_for_seq(seq)
        await running.reached(event, seq)
        deliveries = await running.metric("backchannel_deliveries_total")
        assert deliveries >= before["backchannel_deliveries_total"] + 1
        assert await running.metric(f"{lag}_count") > before[f"{lag}_count"]
        assert 0 < await running.metric(f"{lag}_sum") - before[f"{lag}_sum"] < PATIENCE
        assert await running.metric(f'backchannel_journal_lag_entries{{event="{event.id}"}}') == 0
        now = await running.metric("backchannel_journal_read_timestamp_seconds")
        published = await running.metric("backchannel_published_timestamp_seconds")
        assert 0 <= now - published + 1 < PATIENCE

        async def read_again() -> bool:
            return await running.metric("backchannel_journal_read_timestamp_seconds") > now

        await eventually(read_again, what="another reading of the journal")

    async def left() -> bool:
        return await running.metric(walls) == before[walls]

    await eventually(left, what="a reader that left")


async def test_a_socket_counts_for_its_face(running: Running) -> None:
    event = await running.event()
    desks = 'backchannel_sockets{face="desk"}'
    before = await running.metric(desks)
    async with running.reader(event, "desk", {"backchannel": running.staff.token}) as reader:
        await reader.wait_until(lambda: reader.connections == 1)
        assert await running.metric(desks) == before + 1


async def test_what_comes_through_the_door_is_counted_by_what_became_of_it(
    running: Running, tmp_path: Path
) -> None:
    event = await running.event()
    archive = write_archive(tmp_path / "archive.jsonl", 50)
    names = [f'{COUNTED}{{outcome="{outcome}"}}' for outcome in ("accepted", "repost", "known")]
    before = [await running.metric(name) for name in names]
    commits = await running.metric("backchannel_intake_commit_seconds_count")
    lag = 'backchannel_feed_lag_seconds_count{network="replay"}'
    lags = await running.metric(lag)
    await running.instance.add_replay(event.slug, archive, "max")

    async def all_in() -> bool:
        after = [await running.metric(name) for name in names]
        return sum(after) >= sum(before) + 50

    await eventually(all_in, what="50 posts through the door")
    assert await running.metric("backchannel_intake_commit_seconds_count") > commits
    assert await running.metric(lag) > lags

    async def done() -> bool:
        return await running.metric('backchannel_feeds{state="done"}') >= 1

    await eventually(done, what="a feed that is done")


@pytest.fixture
async def world() -> AsyncIterator[FakeMastodon]:
    async with FakeMastodon(1) as made:
        yield made


async def test_a_feed_in_trouble_is_counted_as_such(running: Running, world: FakeMastodon) -> None:
    event = await running.event()
    (instance,) = world.instances
    await instance.stop()
    retrying = 'backchannel_feeds{state="retrying"}'
    before = await running.metric(retrying)
    config = {"instances": [{"host": f"http://{instance.host}", "token": TOKEN}], "hashtags": ["smsummit"]}
    asked = {"network": "mastodon", "config": config}
    (await running.staff.ask("POST", f"/events/{event.slug}/feeds", json=asked)).raise_for_status()

    async def in_trouble() -> bool:
        return await running.metric(retrying) > before

    await eventually(in_trouble, what="a feed in trouble")


def queried(expression: str) -> set[str]:
    """The metrics that a PromQL expression asks for."""
    return set(re.findall(r"\b(?:backchannel|process|python)_\w+", expression))


def expressions() -> list[str]:
    """Every query of the dashboard."""
    board = json.loads(DASHBOARD.read_text())
    return [target["expr"] for panel in board["panels"] for target in panel.get("targets", ())]


async def test_every_metric_that_the_dashboard_and_the_how_to_name_is_served(running: Running) -> None:
    event = await running.event()
    await running.snapshot(event)
    await running.reached(event, running.instance.head(event.id))
    served = set()
    for family in (await scraped(running)).values():
        served |= {sample.name for sample in family.samples}
    # Served with Redis, and with a feed: tests/live/test_slow_redis.py and the one above see them move.
    served |= {redis.up._name, f"{redis.lost_bells._name}_total", f"{feed_lag._name}_bucket"}
    served |= OF_FEEDS
    assert len(expressions()) >= 12
    for expression in expressions():
        assert queried(expression), expression
        assert queried(expression) <= served, expression
    named = {name for name in queried(HOW_TO.read_text()) if name != "backchannel_"}
    families = served | {re.sub(r"_(bucket|count|sum)$", "", name) for name in served}
    assert named <= families, named - families


async def test_the_dashboard_and_the_how_to_leave_out_no_metric_of_ours(running: Running) -> None:
    shown = " ".join(expressions()) + HOW_TO.read_text()
    for name in await scraped(running):
        if name.startswith("backchannel_"):
            assert name in shown, name


def test_the_dashboard_can_be_imported() -> None:
    board = json.loads(DASHBOARD.read_text())
    assert (board["id"], bool(board["uid"]), bool(board["title"])) == (None, True, True)
    assert {"name": "DS_PROMETHEUS", "type": "datasource", "pluginId": "prometheus"}.items() <= (
        board["__inputs"][0].items()
    )
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    for panel in board["panels"]:
        assert panel["title"]
        assert {"h", "w", "x", "y"} == set(panel["gridPos"])
        if panel["type"] != "row":
            assert panel["datasource"] == {"type": "prometheus", "uid": "${DS_PROMETHEUS}"}
            assert panel["description"]


async def test_names_and_units_are_as_prometheus_has_them(running: Running) -> None:
    for name, family in (await scraped(running)).items():
        if not name.startswith("backchannel_"):
            continue
        assert family.documentation, name
        assert re.fullmatch(r"[a-z_]+", name), name
        if family.type == "histogram":
            assert name.endswith("_seconds"), name
        if family.type == "counter":
            assert all(sample.name.endswith("_total") for sample in family.samples), name
        assert "unixtime" not in name


async def test_a_metrics_port_that_is_taken_is_said_in_words(
    sqlite_template: Path, sqlite_url: str, tmp_path: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with instance_at(sqlite_url, tmp_path, metrics_port=port, port=str(free_port())) as instance:
            ran = await instance.run("serve")
        assert (ran.code, "Traceback" in ran.said) == (1, False), ran.said
        assert f"Metrics cannot be served on port {port} of 127.0.0.1: Address already in use." in ran.said
        assert "BACKCHANNEL_METRICS_PORT" in ran.said
    same = str(free_port())
    with instance_at(sqlite_url, tmp_path, metrics_port=same, port=same) as instance:
        ran = await instance.run("serve")
    assert (ran.code, "cannot serve both pages and metrics" in ran.said) == (1, True), ran.said


async def test_metrics_end_with_the_server(sqlite_template: Path, tmp_path: Path) -> None:
    async with a_serve(sqlite_template, tmp_path) as running:
        assert "backchannel_sockets" in await scraped(running)
        assert running.server.stop() in {0, -signal.SIGTERM}
        assert "Traceback" not in running.server.child.said()


def test_every_alarm_asks_for_what_the_dashboard_shows_and_is_explained() -> None:
    rules = (DASHBOARD.parent / "alerts.yaml").read_text()
    alarms = re.findall(r"- alert: (\w+)\n +expr: (.+)", rules)
    assert len(alarms) == rules.count("- alert:") >= 10
    shown, explained = " ".join(expressions()), HOW_TO.read_text()
    for name, expression in alarms:
        assert queried(expression) <= queried(shown), name
        assert f"`{name}`" in explained, name
    assert len(re.findall(r"^\| `Backchannel", explained, re.MULTILINE)) == len(alarms)
