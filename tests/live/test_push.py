"""Notifications: browsers subscribe, and participants are told what becomes of their own points; against a
push service that opens what it gets with the browsers' keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from facilitator.telling import Telling
from tests.facilitator.channel import Channel, channel_over
from tests.live.api import HERE
from tests.world.push import HOST, PushService, push_service
from wall.model import Role, new_id, utc_now
from wall.push import Pusher
from wall.push.pushing import MOST_FAILURES
from wall.routes.push import MOST_BROWSERS, MOST_SUBSCRIPTIONS
from wall.routes.words import Words
from wall.store import pushes

SUBJECT = "mailto:ops@example.org"


@pytest_asyncio.fixture
async def channel(store_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(store_url, tmp_path) as channel:
        yield channel


@pytest_asyncio.fixture
async def service() -> AsyncIterator[PushService]:
    async with push_service() as service:
        yield service


def phone(channel: Channel, lang: str = "en") -> httpx2.AsyncClient:
    """A participant's browser, which keeps its cookie."""
    return channel.api.client(Origin=HERE, **{"Accept-Language": lang})


def telling(channel: Channel, service: PushService, late: timedelta = timedelta()) -> Telling:
    """What tells, as one process runs it."""
    parts = channel.api.parts
    pusher = Pusher(parts.store, service.outgoing, parts.notices.key, SUBJECT)
    return Telling(parts.journal, pusher, Words(), clock=lambda: utc_now() + late)


async def subscribed(channel: Channel, who: httpx2.AsyncClient, browser: dict[str, Any]) -> None:
    answer = await who.post(f"{channel.api.path}/push", json=browser)
    assert answer.status_code == 201, answer.text
    assert answer.json()["subscribed"] is True


async def pointed(channel: Channel, who: httpx2.AsyncClient, text: str = "Said") -> str:
    """A point that a participant added; its id."""
    sent = {"Idempotency-Key": new_id()}
    answer = await who.post(f"{channel.api.path}/points", json={"text": text}, headers=sent)
    assert answer.status_code in {200, 201}, answer.text
    return str(answer.json()["post"])


def left(channel: Channel) -> list[str]:
    """The endpoints that are subscribed, and how often each failed."""
    event_id = channel.api.event.id
    with channel.api.parts.store.reading() as conn:
        rows = conn.execute(pushes.push_subscription.select()).all()
    assert {row.event_id for row in rows} <= {event_id}
    return [f"{row.endpoint.removeprefix(f'https://{HOST}')} {row.failed}" for row in rows]


async def test_who_wrote_a_point_is_told_of_each_step_once_and_in_their_language(
    channel: Channel, service: PushService
) -> None:
    with channel.api.parts.store.writing() as conn:
        conn.exec_driver_sql('UPDATE event SET languages = \'["en","fr"]\'')
    marie, other = phone(channel, "fr"), phone(channel)
    await subscribed(channel, marie, service.browser("/marie"))
    await subscribed(channel, other, service.browser("/other"))
    post = await pointed(channel, marie, "Only my own words")
    tell = telling(channel, service)
    assert await tell.look() == 0
    session = await channel.session(await channel.room())
    relay = await channel.do(f"/posts/{post}/raise", {"session": session})
    await channel.do(f"/posts/{post}/ask", {"words": "What do you mean?"})
    assert await tell.look() == 1
    up = relay | await channel.move(relay, "take-up")
    assert await tell.look() == 1
    down = up | await channel.move(up, "queue")
    up = down | await channel.move(down, "take-up")
    assert await tell.look() == 0
    await channel.move(up, "close", state="discussed", outcome="Agreed.")
    assert await tell.look() == 1
    await channel.do(f"/contributions/{relay['contribution']}/reply", {"words": "Yes."})
    assert await tell.look() == 1
    titles = [note["title"] for note in service.notes]
    assert titles == [
        "On vous pose une question sur votre point",
        "Votre point est dans la salle en ce moment",
        "Votre point a été discuté",
        "Vous avez reçu une réponse",
    ]
    assert {path for path, _, _ in service.heard} == {"/marie"}
    said = str(service.notes)
    assert not any(words in said for words in ("Only my own", "What do you mean", "Agreed", "Yes."))
    assert {note["url"] for note in service.notes} == {f"/join/{channel.api.event.slug}#yours"}
    assert {note["tag"] for note in service.notes} == {f"point-{post}"}
    head = service.heard[0][1]
    assert head["content-encoding"] == "aes128gcm"
    assert head["authorization"].startswith("vapid t=")
    assert head["host"] == HOST
    assert int(head["ttl"]) > 0


async def test_of_two_processes_one_tells_and_a_restart_tells_nothing_twice_or_late(
    channel: Channel, service: PushService
) -> None:
    who = phone(channel)
    await subscribed(channel, who, service.browser())
    post = await pointed(channel, who)
    session = await channel.session(await channel.room())
    relay = await channel.do(f"/posts/{post}/raise", {"session": session})
    relay |= await channel.move(relay, "take-up")
    first, second = telling(channel, service), telling(channel, service)
    assert sorted([await first.look(), await second.look(), await telling(channel, service).look()]) == [
        0,
        0,
        1,
    ]
    await channel.move(relay, "close", state="answered", outcome="So.")
    assert await telling(channel, service, late=timedelta(minutes=6)).look() == 0
    assert await first.look() == 0
    assert len(service.heard) == 1


async def test_a_point_that_left_the_floor_again_before_it_was_told_is_not_in_the_room(
    channel: Channel, service: PushService
) -> None:
    who = phone(channel)
    await subscribed(channel, who, service.browser())
    post = await pointed(channel, who)
    session = await channel.session(await channel.room())
    relay = await channel.do(f"/posts/{post}/raise", {"session": session})
    relay |= await channel.move(relay, "take-up")
    await channel.move(relay, "queue")
    assert await telling(channel, service).look() == 0
    assert service.heard == []


@pytest.mark.parametrize(
    ("status", "stays"), [(201, ["/one 0"]), (404, []), (410, []), (429, ["/one 1"]), (500, ["/one 1"])]
)
async def test_what_a_push_service_answers_decides_whether_a_browser_stays(
    channel: Channel, service: PushService, status: int, stays: list[str]
) -> None:
    who = phone(channel)
    await subscribed(channel, who, service.browser())
    service.answers["/one"] = status
    post = await pointed(channel, who)
    await channel.do(f"/posts/{post}/ask", {"words": "Why?"})
    assert await telling(channel, service).look() == 1
    assert left(channel) == stays


async def test_a_browser_that_is_told_again_is_forgiven_and_one_that_never_answers_is_forgotten(
    channel: Channel, service: PushService
) -> None:
    who = phone(channel)
    await subscribed(channel, who, service.browser())
    post = await pointed(channel, who)
    tell = telling(channel, service)
    for status in (500, 201, *[500] * MOST_FAILURES):
        service.answers["/one"] = status
        made = await channel.do(f"/posts/{post}/ask", {"words": "Why?"})
        await tell.look()
        await channel.do(f"/questions/{made['question']}/withdraw", {"version": 1})
        if status == 201:
            assert left(channel) == ["/one 0"]
    assert left(channel) == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/one",
        "https://127.0.0.1/one",
        "https://10.0.0.8/one",
        "https://[::1]/one",
        "https://169.254.169.254/latest",
        "https://push.example:22/one",
        "https://127.1/one",
        "https://user:pass@push.example/one",
        "ftp://push.example/one",
        "https://push.example/ö",
        "https://",
    ],
)
async def test_what_can_be_no_push_service_is_refused(
    channel: Channel, service: PushService, endpoint: str
) -> None:
    answer = await phone(channel).post(
        f"{channel.api.path}/push", json=service.browser() | {"endpoint": endpoint}
    )
    assert answer.status_code == 422, answer.text
    assert left(channel) == []


async def test_a_name_that_leads_into_the_house_is_never_posted_to(
    channel: Channel, service: PushService
) -> None:
    service.names.says(HOST, ["10.0.0.8"])
    who = phone(channel)
    await subscribed(channel, who, service.browser())
    post = await pointed(channel, who)
    await channel.do(f"/posts/{post}/ask", {"words": "Why?"})
    assert await telling(channel, service).look() == 1
    assert (service.heard, service.dial.dialled) == ([], [])
    assert left(channel) == ["/one 1"]


async def test_keys_of_no_browser_are_refused(channel: Channel, service: PushService) -> None:
    wrong = service.browser() | {"keys": {"p256dh": "nothing-at-all", "auth": "nothing-at-all"}}
    answer = await phone(channel).post(f"{channel.api.path}/push", json=wrong)
    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (422, "keys")


async def test_a_browser_subscribes_once_ends_it_itself_and_has_limits(
    channel: Channel, service: PushService
) -> None:
    where = f"{channel.api.path}/push"
    who, other = phone(channel), phone(channel)
    state = (await who.get(where)).json()
    assert (state["subscribed"], len(state["key"])) == (False, 87)
    one = service.browser()
    for _ in range(2):
        await subscribed(channel, who, one)
    assert (await who.get(where)).json()["browsers"] == 1
    ended = {"endpoint": one["endpoint"]}
    unknown = {"endpoint": service.browser("/unknown")["endpoint"]}
    assert (await other.request("DELETE", where, json=unknown)).json()["subscribed"] is False
    assert (await who.get(where)).json()["browsers"] == 1
    assert (await other.request("DELETE", where, json=ended)).json()["subscribed"] is False
    assert (await who.get(where)).json()["browsers"] == 0
    for number in range(MOST_BROWSERS):
        await subscribed(channel, who, service.browser(f"/{number}"))
    assert (await who.post(where, json=service.browser("/more"))).status_code == 409
    await subscribed(channel, who, service.browser("/0"))


async def test_a_browser_that_somebody_else_subscribes_is_not_told_of_who_had_it_before_in_any_event(
    channel: Channel, service: PushService
) -> None:
    other = await channel.api.parts.journal.create(slug="retreat", name="Retreat", actor="system")
    first, second = channel.somebody(Role.CHAIR).client, channel.somebody(Role.MODERATOR).client
    one, elsewhere = service.browser("/shared"), service.browser("/own")
    here, there = f"{channel.api.path}/push", f"/api/v1/events/{other.slug}/push"
    for where in (here, there):
        for browser in (one, elsewhere):
            assert (await first.post(where, json=browser)).status_code == 201
    assert (await second.post(here, json=one)).json()["browsers"] == 1
    assert (await first.get(here)).json()["browsers"] == 1
    assert (await first.get(there)).json()["browsers"] == 1
    assert (await second.post(there, json=one)).json()["browsers"] == 1
    assert (await second.get(here)).json()["browsers"] == 1


async def test_an_event_tells_so_many_browsers_and_no_more(channel: Channel, service: PushService) -> None:
    event_id, new = channel.api.event.id, service.browser()
    known = {"event_id": event_id, "endpoint": new["endpoint"], **new["keys"], "lang": "en", "failed": 0}
    rows = [
        {**known, "id": new_id(), "reader": f"r{at}", "endpoint_digest": str(at), "made_at": utc_now()}
        for at in range(MOST_SUBSCRIPTIONS - 1)
    ]
    with channel.api.parts.store.writing() as conn:
        conn.execute(pushes.push_subscription.insert(), rows)
    who, where = phone(channel), f"{channel.api.path}/push"
    await subscribed(channel, who, service.browser("/last"))
    refused = await phone(channel).post(where, json=service.browser("/more"))
    assert refused.status_code == 409
    assert "5000 browsers" in refused.json()["error"]["message"]
    await subscribed(channel, who, service.browser("/last"))


async def test_a_signed_in_person_is_told_of_their_own_point_too(
    channel: Channel, service: PushService
) -> None:
    somebody = channel.somebody(Role.CHAIR)
    await subscribed(channel, somebody.client, service.browser())
    post = await pointed(channel, somebody.client)
    await channel.do(f"/posts/{post}/ask", {"words": "Why?"})
    assert await telling(channel, service).look() == 1


async def test_a_pseudonym_of_any_letters_is_found(channel: Channel, service: PushService) -> None:
    event_id, new = channel.api.event.id, service.browser()
    keys = {**new["keys"], "lang": "en", "made_at": utc_now(), "failed": 0, "event_id": event_id}
    with channel.api.parts.store.writing() as conn:
        for reader in ("_-_-", "a.b", "--"):
            where = f"{new['endpoint']}/{reader}"
            pushes.put(conn, pushes.Subscription(id=new_id(), reader=reader, endpoint=where, **keys))
        assert len(pushes.of_readers(conn, event_id, {"_-_-", "a.b", "--", "nobody"})) == 3
