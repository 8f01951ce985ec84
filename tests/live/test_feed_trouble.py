"""What is wrong with a feed is said where organisers look: the API, the command line and the doctor."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.live.running import Running
from tests.support.waiting import eventually
from tests.world.mastodon import TOKEN, FakeMastodon
from tests.world.mastodon_api import HTML_502, Answer
from wall.doctor import Finding, _feeds
from wall.entries import kinds
from wall.model import Event


@pytest.fixture
async def world() -> AsyncIterator[FakeMastodon]:
    async with FakeMastodon(2) as made:
        yield made


async def feed_of(running: Running, event: Event) -> tuple[str, str]:
    """State and problem of the event's one feed, by the API."""
    answer = await running.staff.ask("GET", f"/events/{event.slug}/feeds")
    (feed,) = answer.raise_for_status().json()["feeds"]
    return feed["state"], feed["problem"] or ""


async def test_an_instance_in_trouble_is_named_everywhere(running: Running, world: FakeMastodon) -> None:
    event = await running.event()
    first, second = world.instances
    first.failing = lambda _: Answer(502, HTML_502)
    instances = [{"host": f"http://{one.host}", "token": TOKEN} for one in world.instances]
    config = {"instances": instances, "hashtags": ["smsummit"]}
    added = await running.staff.ask(
        "POST", f"/events/{event.slug}/feeds", json={"network": "mastodon", "config": config}
    )
    said = f"{first.host}: It answers with status 502. It is tried again by itself."

    async def is_so(state: str, *parts: str) -> bool:
        now, problem = await feed_of(running, event)
        return now == state and bool(problem) == bool(parts) and all(part in problem for part in parts)

    await eventually(lambda: is_so("running", said), what="one in trouble")
    second.failing = lambda _: Answer(502, HTML_502)
    await second.stop()
    await eventually(lambda: is_so("retrying", said, f"{second.host}: It cannot be reached"), what="both")
    listed = await running.instance.run("feed", "list", "--event", event.slug)
    assert first.host in listed.said

    def doctor() -> list[Finding]:
        return [one for one in _feeds(running.instance.store) if added.json()["feed"] in one.said]

    assert [(one.outcome, said in one.said) for one in doctor()] == [("warning", True)]
    await second.start()
    first.failing = second.failing = lambda _: None
    await eventually(lambda: is_so("running"), what="none in trouble")
    await eventually(lambda: [one.outcome for one in doctor()] == ["good"], what="a doctor without a word")
    running.instance.assert_sound(event.id)


def test_no_entry_about_a_feed_has_room_for_words() -> None:
    assert set(kinds.FeedMoved.model_fields) == {"kind", "state", "problem"}
    assert set(kinds.FeedDropped.model_fields) == {"kind", "items"}
