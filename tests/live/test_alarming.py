"""Alarms to organisers, against a push service, a webhook and a mail server that take what is sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from facilitator.alarming import Alarming
from tests.facilitator.channel import Channel, channel_over
from tests.live.api import HERE
from tests.world.mail import MailServer, mail_server
from tests.world.push import PushService, push_service
from wall import duty
from wall.access.signatures import Signature
from wall.model import Role, utc_now
from wall.push import Mail, Pusher, Reaching
from wall.routes.words import Words
from wall.store import alarms, entries

HOOK = "https://hooks.example/alarm"
ALL = {"push": "1", "email": "1", "webhook": "1", "email_to": "ada@example.org", "webhook_to": HOOK}


@dataclass
class World:
    """An event whose organisers are reached by servers of this test."""

    channel: Channel
    service: PushService
    mail: MailServer
    organiser: httpx2.AsyncClient

    @property
    def reaching(self) -> Reaching:
        parts = self.channel.api.parts
        pusher = Pusher(parts.store, self.service.outgoing, parts.notices.key, "mailto:ops@example.org")
        mail = Mail(f"smtp://127.0.0.1:{self.mail.port}", "wall@example.org")
        return Reaching(
            parts.store, pusher, self.service.outgoing, mail, "https://wall.example", tries=(0.0, 0.0)
        )

    async def look(self, minutes: float = 0, times: int = 1) -> None:
        """Look so many minutes from now, in as many processes at once."""
        lookers = [
            Alarming(
                self.channel.api.parts.journal,
                self.reaching,
                Words(),
                clock=lambda: utc_now() + timedelta(minutes=minutes),
                known_after=0,
            )
            for _ in range(times)
        ]
        await asyncio.gather(*(one.look() for one in lookers))
        for one in lookers:
            await one.settled()

    @property
    def page(self) -> str:
        return f"/events/{self.channel.api.event.slug}/staff"

    async def choose(self, **form: str) -> httpx2.Response:
        return await self.organiser.post(f"{self.page}/alarms", data=form)

    async def hold(self) -> str:
        """A post that waits for a decision; its id."""
        post = await self.channel.post("Secret held words")
        await self.channel.do(f"/posts/{post}/reconsider", {"version": 1})
        return post

    @property
    def hooks(self) -> list[dict[str, Any]]:
        return [json.loads(body) for path, _, body in self.service.heard if path == "/alarm"]

    def journal(self, kind: str) -> list[dict[str, Any]]:
        """The data of the entries of a kind."""
        with self.channel.api.parts.store.reading() as conn:
            lines = entries.after(conn, self.channel.api.event.id, 0, 1_000)
        return [json.loads(line.body)["data"] for line in lines if line.kind == kind]


@pytest_asyncio.fixture
async def world(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    async with (
        channel_over(store_url, tmp_path) as channel,
        push_service() as service,
        mail_server() as mail,
    ):
        organiser = channel.api.client(
            channel.api.signed_in(Role.ORGANISER), Origin=HERE, Accept="text/html,application/json"
        )
        world = World(channel, service, mail, organiser)
        # The routes reach people as this test's servers are reached.
        monkeypatch.setattr(channel.api.parts.notices, "reaching", world.reaching)
        yield world


async def test_organisers_are_told_by_all_their_ways_once_however_many_processes_look(world: World) -> None:
    await world.organiser.post(f"{world.channel.api.path}/push", json=world.service.browser())
    assert (await world.choose(**ALL)).status_code == 303
    await world.hold()
    await world.look(4)
    assert world.service.heard == []
    await world.look(6, times=3)
    (note,) = world.service.notes
    (hook,) = world.hooks
    (letter,) = world.mail.letters
    assert note["title"] == hook["title"] == letter["subject"] == "Posts wait: Summit"
    assert note["url"] == f"/desk/{world.channel.api.event.slug}"
    assert "https://wall.example/desk/summit" in letter.get_content()
    assert (letter["to"], letter["from"]) == ("ada@example.org", "wall@example.org")
    assert (hook["matter"], hook["waiting"], hook["times"]) == ("posts", 1, 1)
    assert "Secret" not in f"{note}{hook}{letter}"
    assert world.journal("alarm.raised") == [{"matter": "posts", "times": 1, "waiting": 1}]
    assert world.journal("alarm.undelivered") == []
    assert "Posts wait since" in (await world.organiser.get(world.page)).text


async def test_a_webhook_is_signed_over_its_bytes_with_the_key_that_the_page_shows(world: World) -> None:
    await world.choose(webhook="1", webhook_to=HOOK)
    await world.hold()
    await world.look(6)
    ((_, headers, body),) = world.service.heard
    signature = Signature.of(headers["backchannel-signature"])
    event_id = world.channel.api.event.id
    with world.channel.api.parts.store.reading() as conn:
        (reach,) = alarms.all_ways(conn, event_id)
    assert reach.key in (await world.organiser.get(world.page)).text
    signature.check(reach.key, body, signature.at)
    with pytest.raises(Exception, match="does not fit"):
        signature.check(reach.key, body + b" ", signature.at)


async def test_an_alarm_is_over_when_somebody_opens_a_desk_who_could_see_to_it(world: World) -> None:
    await world.choose(webhook="1", webhook_to=HOOK)
    await world.hold()
    for role, clears in ((Role.TECHNICIAN, False), (Role.AUDITOR, False), (Role.MODERATOR, True)):
        await world.look(6)
        desk = world.channel.somebody(role)
        assert (await desk.ask("/presence")).status_code == 200
        await world.look(6)
        assert bool(world.journal("alarm.cleared")) is clears, role
    assert len(world.hooks) == 1


async def test_nobody_is_alarmed_while_somebody_moderates_on_a_page_without_script(world: World) -> None:
    await world.choose(webhook="1", webhook_to=HOOK)
    await world.hold()
    page = await world.channel.somebody(Role.MODERATOR).client.get(
        f"/moderate/{world.channel.api.event.slug}"
    )
    assert page.status_code == 200
    await world.look(6)
    assert world.hooks == []


async def test_points_in_the_queue_of_a_running_session_are_alarming_and_others_are_not(
    world: World,
) -> None:
    await world.choose(webhook="1", webhook_to=HOOK)
    channel = world.channel
    room = await channel.room()
    planned = await channel.session(room, running=False)
    await channel.raised(planned, "Later")
    await world.look(60)
    assert world.hooks == []
    running = await channel.session(room)
    await channel.raised(running, "Now")
    await world.look(6)
    assert [(one["matter"], one["waiting"]) for one in world.hooks] == [("points", 1)]


async def test_what_cannot_be_delivered_is_said_on_the_page_and_in_the_journal(world: World) -> None:
    await world.organiser.post(f"{world.channel.api.path}/push", json=world.service.browser())
    await world.choose(**ALL)
    world.service.answers |= {"/one": 410, "/alarm": 500}
    world.mail.refuses.add("ada@example.org")
    await world.hold()
    await world.look(6)
    failed = {one["way"]: one["problem"] for one in world.journal("alarm.undelivered")}
    assert failed == {"push": "no_browser", "webhook": "refused", "email": "bad_address"}
    page = (await world.organiser.get(world.page)).text
    assert page.count('<span class="wrong">') == 3
    assert len(world.hooks) == 2


@pytest.mark.parametrize("way", ["push", "email", "webhook"])
async def test_each_way_can_be_tried_and_says_how_it_went(world: World, way: str) -> None:
    test = f"{world.page}/alarms/{way}/test"
    assert (await world.organiser.post(test)).status_code == 422
    await world.organiser.post(f"{world.channel.api.path}/push", json=world.service.browser())
    await world.choose(**ALL)
    assert (await world.organiser.post(test)).headers["location"].endswith("?did=tested#alarms")
    told = [*world.service.notes, *world.hooks, *world.mail.letters]
    assert len(told) == 1
    assert "Arrived last" in (await world.organiser.get(world.page)).text
    world.service.answers |= {"/one": 404, "/alarm": 404}
    world.mail.refuses.add("ada@example.org")
    answer = await world.organiser.post(test)
    assert (answer.status_code, "The test did not arrive" in answer.text) == (200, True)


@pytest.mark.parametrize(
    "form",
    [
        {"email": "1", "email_to": "nobody"},
        {"email": "1", "email_to": "a@example.org\nBcc: b@example.org"},
        {"email": "1", "email_to": "a@example.org, b@example.org"},
        {"webhook": "1", "webhook_to": "http://hooks.example/"},
        {"webhook": "1", "webhook_to": "https://127.0.0.1/"},
        {"webhook": "1", "webhook_to": "https://169.254.169.254/"},
        {"webhook": "1", "webhook_to": ""},
    ],
)
async def test_where_nobody_can_be_reached_is_not_saved(world: World, form: dict[str, str]) -> None:
    answer = await world.choose(**form)
    assert answer.status_code == 422
    assert "Nothing was saved" in answer.text
    assert world.journal("alarm.ways_chosen") == []


async def test_who_is_no_organiser_any_more_is_not_alarmed_and_their_addresses_are_forgotten(
    world: World,
) -> None:
    await world.choose(**ALL)
    listed = (await world.organiser.get(f"{world.channel.api.path}/members")).json()["members"]
    reached = world.channel.api.event.id
    with world.channel.api.parts.store.reading() as conn:
        person = alarms.all_ways(conn, reached)[0].person_id
    version = next(one["version"] for one in listed if one["person"] == person)
    await world.channel.do(f"/members/{person}", {"version": version, "roles": ["chair"]}, method="PUT")
    await world.hold()
    await world.look(6)
    assert (world.service.heard, world.mail.letters) == ([], [])
    with world.channel.api.parts.store.reading() as conn:
        assert conn.execute(alarms.alarm_way.select()).all() == []


async def test_a_rehearsal_alarms_nobody_and_neither_does_a_process_that_just_began(world: World) -> None:
    await world.choose(webhook="1", webhook_to=HOOK)
    await world.hold()
    parts = world.channel.api.parts
    later = lambda: utc_now() + timedelta(minutes=6)  # noqa: E731
    await Alarming(parts.journal, world.reaching, Words(), clock=later).look()
    with parts.store.writing() as conn:
        conn.exec_driver_sql("UPDATE event SET rehearsal_of = 'another'")
    await world.look(6)
    assert world.hooks == []
    assert world.journal("alarm.raised") == []


async def test_who_left_a_desk_is_remembered_for_the_page(world: World) -> None:
    bus, event_id = world.channel.api.parts.bus, world.channel.api.event.id
    await duty.arrive(bus, event_id, "ada", 0.01)
    assert 0 <= (await duty.last_seen(bus, event_id))["ada"] < 60
    await duty.arrive(bus, event_id, "bea")
    assert (await duty.last_seen(bus, event_id))["bea"] == 0
