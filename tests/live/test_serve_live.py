"""Snapshot, socket and cursor over a real server."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from sqlalchemy import delete, update
from websockets.exceptions import InvalidStatus

from tests.live.running import Running, closed, heard, told
from tests.support.waiting import PATIENCE
from wall.entries import FAR_BEHIND, Held
from wall.store.tables import entry
from wall.store.tables import event as event_table


def texts(held: Held) -> list[str]:
    """The texts of the posts of a copy, oldest first."""
    posts = [value for (kind, _), value in held.subjects.items() if kind == "post"]
    return [value["text"] for value in sorted(posts, key=lambda value: value["order"])]


def at(snapshot: dict[str, Any], seq: int) -> str:
    """The cursor of a copy that came from this snapshot and is at `seq` now."""
    return f"{snapshot['cursor'].rpartition('.')[0]}.{seq}"


async def test_a_reader_has_the_posts_from_before_and_is_sent_those_from_after(running: Running) -> None:
    event = await running.event()
    await running.staff.post(event.slug, "before")
    async with running.reader(event) as reader:
        await reader.wait_until(lambda: reader.connections == 1)
        answer = await running.staff.post(event.slug, "after")
        await reader.wait_for_seq(answer["seq"])
        assert texts(reader.held) == ["before", "after"]
        await reader.assert_holds_what_a_newcomer_gets()


async def test_an_old_cursor_goes_on_from_where_it_was(running: Running) -> None:
    event = await running.event()
    snapshot = await running.snapshot(event)
    for number in range(3):
        await running.staff.post(event.slug, f"missed {number}")
    held = Held.of(snapshot)
    async with running.live(event.slug, snapshot["cursor"]) as socket:
        assert (await heard(socket))["resumed"] is True
        while held.seq < running.instance.head(event.id):
            held.apply(await told(socket))
    assert texts(held) == ["missed 0", "missed 1", "missed 2"]


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda snapshot: f"0{snapshot['cursor']}",
        lambda snapshot: snapshot["cursor"].replace(".", ".0", 1),
        lambda snapshot: at(snapshot, snapshot["seq"] + 1),
        lambda snapshot: at(snapshot, 10**18),
        lambda snapshot: "",
        lambda snapshot: "..",
        lambda snapshot: "no cursor at all",
        lambda snapshot: snapshot["cursor"] + ".1",
        lambda snapshot: at(snapshot, -1),
        lambda snapshot: "x" * 4_000,
    ],
    ids=["epoch", "scope", "future", "far future", "none", "dots", "words", "longer", "negative", "huge"],
)
async def test_a_cursor_that_does_not_continue_here_is_told_to_fetch_a_snapshot(
    running: Running, spoilt: Any
) -> None:
    event = await running.event()
    cursor = spoilt(await running.snapshot(event))
    async with running.live(event.slug, cursor) as socket:
        code, frames = await closed(socket)
    assert (code, [frame["resumed"] for frame in frames]) == (1000, [False])


async def test_a_cursor_of_another_face_is_told_to_fetch_a_snapshot(running: Running) -> None:
    event = await running.event()
    wall = await running.snapshot(event)
    cookies = {"backchannel": running.staff.token}
    async with running.live(event.slug, wall["cursor"], "desk", cookies) as socket:
        code, frames = await closed(socket)
    assert (code, frames[0]["resumed"]) == (1000, False)


async def test_two_thousand_entries_are_caught_up_and_one_more_is_a_snapshot(running: Running) -> None:
    event = await running.event()
    snapshot = await running.snapshot(event)
    head = running.arrive(event, FAR_BEHIND + 1)
    await running.reached(event, head)
    async with running.live(event.slug, snapshot["cursor"]) as socket:
        code, frames = await closed(socket)
    assert (code, [frame["resumed"] for frame in frames]) == (1000, [False])
    async with running.live(event.slug, at(snapshot, snapshot["seq"] + 1), max_size=None) as socket:
        assert (await heard(socket))["resumed"] is True
        seq, posts = snapshot["seq"] + 1, set[str]()
        while seq < head:
            frame = await told(socket)
            assert frame["after"] == seq
            seq = frame["seq"]
            posts |= {change["id"] for change in frame["changes"] if change["type"] == "post"}
    assert len(posts) == FAR_BEHIND


async def test_who_polls_folds_the_same_as_who_has_a_socket(running: Running) -> None:
    event = await running.event()
    snapshot = await running.snapshot(event)
    held, cursor = Held.of(snapshot), snapshot["cursor"]
    async with running.reader(event) as reader:
        for number in range(3):
            answer = await running.staff.post(event.slug, f"number {number}")
            move = {"version": 1, "reason": "off_topic"}
            if number == 1:
                await running.staff.ask(
                    "POST", f"/events/{event.slug}/posts/{answer['post']}/hide", json=move
                )
            frame = await running.get(event, "changes", {"face": "wall", "cursor": cursor})
            held.apply(frame)
            cursor = frame["cursor"]
        await reader.wait_for_seq(running.instance.head(event.id))
        while held.seq < reader.seq:
            frame = await running.get(event, "changes", {"face": "wall", "cursor": cursor})
            held.apply(frame)
            cursor = frame["cursor"]
        assert held == reader.held
    assert texts(held) == ["number 0", "number 2"]


async def test_who_polls_with_a_cursor_of_elsewhere_is_told_to_fetch_a_snapshot(running: Running) -> None:
    event = await running.event()
    snapshot = await running.snapshot(event)
    answer = await running.get(event, "changes", {"cursor": f"0{snapshot['cursor']}"})
    assert (answer["type"], answer["resumed"]) == ("hello", False)
    async with httpx2.AsyncClient(base_url=running.url, trust_env=False, timeout=PATIENCE) as client:
        refused = await client.get(f"/api/v1/events/{event.slug}/changes", params={"cursor": "garbage"})
    assert (refused.status_code, refused.json()["error"]["remedy"]) == (422, "Fetch a snapshot.")


async def test_a_quiet_event_beats(running: Running) -> None:
    event = await running.event()
    snapshot = await running.snapshot(event)
    async with running.live(event.slug, snapshot["cursor"]) as socket:
        await heard(socket)
        for _ in range(3):
            seq = snapshot["seq"]
            assert await heard(socket) == {
                "type": "changes",
                "after": seq,
                "seq": seq,
                "changes": [],
            }


async def test_a_page_of_another_site_gets_no_socket(running: Running) -> None:
    event = await running.event()
    with pytest.raises(InvalidStatus) as refused:
        async with running.live(event.slug, "", origin="https://elsewhere.example"):
            pass
    assert refused.value.response.status_code == 403


async def test_the_socket_of_an_event_that_is_not_there_says_gone(running: Running) -> None:
    async with running.live("no-such-event", "") as socket:
        assert await closed(socket) == (4410, [])


async def test_a_face_that_is_not_there_is_refused(running: Running) -> None:
    event = await running.event()
    async with running.live(event.slug, "", face="ceiling") as socket:
        assert await closed(socket) == (1008, [])


async def test_compression_is_not_negotiated(running: Running) -> None:
    event = await running.event()
    snapshot = await running.snapshot(event)
    async with running.live(event.slug, snapshot["cursor"], compression="deflate") as socket:
        assert socket.protocol.extensions == []
        assert (await heard(socket))["type"] == "hello"


async def test_a_restored_journal_sends_everybody_to_a_new_snapshot(running: Running) -> None:
    event = await running.event()
    running.arrive(event, 5)
    async with running.reader(event) as reader:
        await reader.wait_for_seq(6)
        await running.snapshot(event)  # the server keeps it, and must not give it out any more
        with running.instance.store.writing() as conn:
            conn.execute(delete(entry).where(entry.c.event_id == event.id, entry.c.seq > 3))
            restored = update(event_table).where(event_table.c.id == event.id)
            conn.execute(restored.values(epoch="another", seq=3))
        await reader.wait_until(lambda: reader.seq == 3, what="the restored journal")
        assert (reader.snapshots, str(reader.cursor).partition(".")[0]) == (2, "another")
