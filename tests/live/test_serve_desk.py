"""Who may hold a desk's socket over a real server, and for how long."""

from __future__ import annotations

import pytest

from tests.live.running import Joined, Running, closed, heard
from tests.support.reader import ReaderRefused
from wall.model import Event, Role

SOON = 20.0
"""Seconds within which a sign-out or a changed role ends what it no longer allows: here about one,
and on any machine before a reader would connect anew of itself."""


async def test_a_desk_without_a_sign_in_is_told_to_sign_in(running: Running) -> None:
    event = await running.event()
    async with running.live(event.slug, "", "desk") as socket:
        assert await closed(socket) == (4401, [])
    async with running.live(event.slug, "", "desk", {"backchannel": "made up"}) as socket:
        assert await closed(socket) == (4401, [])


async def test_a_desk_of_another_event_is_not_yours(running: Running) -> None:
    mine, other = await running.event(), await running.event()
    moderator = await running.join(Role.MODERATOR, mine)
    async with running.live(other.slug, "", "desk", moderator.cookies) as socket:
        assert await closed(socket) == (4403, [])


async def test_a_rater_has_no_desk(running: Running) -> None:
    event = await running.event()
    rater = await running.join(Role.RATER, event)
    async with running.live(event.slug, "", "desk", rater.cookies) as socket:
        assert await closed(socket) == (4403, [])


async def test_a_sign_in_by_cookie_needs_a_page_of_this_site(running: Running) -> None:
    event = await running.event()
    moderator = await running.join(Role.MODERATOR, event)
    snapshot = await running.snapshot(event, "desk", moderator.cookies)
    async with running.live(event.slug, snapshot["cursor"], "desk", moderator.cookies) as socket:
        assert (await heard(socket))["resumed"] is True


@pytest.fixture
async def event(running: Running) -> Event:
    return await running.event()


@pytest.fixture
async def moderator(running: Running, event: Event) -> Joined:
    return await running.join(Role.MODERATOR, event)


async def test_signing_out_ends_the_desk_and_not_the_wall(
    running: Running, event: Event, moderator: Joined
) -> None:
    desk = await running.snapshot(event, "desk", moderator.cookies)
    wall = await running.snapshot(event)
    async with (
        running.live(event.slug, desk["cursor"], "desk", moderator.cookies) as desk_socket,
        running.live(event.slug, wall["cursor"], "wall", moderator.cookies) as wall_socket,
    ):
        await heard(desk_socket)
        await heard(wall_socket)
        await moderator.sign_out()
        code, _ = await closed(desk_socket, within=SOON)
        assert code == 1000
        assert (await heard(wall_socket))["type"] == "changes"
    async with running.live(event.slug, desk["cursor"], "desk", moderator.cookies) as socket:
        assert await closed(socket) == (4401, [])


async def test_what_happens_after_a_sign_out_is_not_sent(
    running: Running, event: Event, moderator: Joined
) -> None:
    reader = running.reader(event, "desk", moderator.cookies)
    with pytest.raises(ReaderRefused) as refused:  # noqa: PT012  the reader raises when it is left
        async with reader:
            await reader.wait_until(lambda: reader.connections == 1)
            await moderator.sign_out()
            await reader.wait_until(lambda: False, SOON, "the refusal")
    assert refused.value.code in {401, 4401}


async def test_a_changed_role_is_another_desk(running: Running, event: Event, moderator: Joined) -> None:
    seq = running.arrive(event, 1, text="\u200b")  # nothing to show: it is held
    async with running.reader(event, "desk", moderator.cookies) as reader:
        await reader.wait_for_seq(seq)
        assert len(reader.subjects("post")) == 1
        running.set_roles(event, moderator.person_id, Role.CHAIR)
        await reader.wait_until(lambda: reader.snapshots == 2, SOON, "another snapshot")
        assert reader.subjects("post") == {}
        running.set_roles(event, moderator.person_id, Role.MODERATOR)
        await reader.wait_until(lambda: reader.snapshots == 3, SOON, "the former snapshot")
        assert len(reader.subjects("post")) == 1


async def test_a_role_that_is_taken_away_closes_the_desk(
    running: Running, event: Event, moderator: Joined
) -> None:
    reader = running.reader(event, "desk", moderator.cookies)
    with pytest.raises(ReaderRefused) as refused:  # noqa: PT012  the reader raises when it is left
        async with reader:
            await reader.wait_until(lambda: reader.connections == 1)
            running.set_roles(event, moderator.person_id)
            await reader.wait_until(lambda: False, SOON, "the refusal")
    assert refused.value.code in {403, 4403}
