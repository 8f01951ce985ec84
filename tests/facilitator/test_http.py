"""The parallel channel over HTTP: the story of a session, who may do what, and bad input."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.facilitator.channel import ENDS, STARTS, Channel, channel_over
from wall.entries import PUBLIC, Scope
from wall.model import Role

DESK = Scope(frozenset({Role.FACILITATOR}))


@pytest_asyncio.fixture
async def channel(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(sqlite_url, tmp_path) as channel:
        yield channel


@pytest_asyncio.fixture
async def on_each_store(store_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(store_url, tmp_path) as channel:
        yield channel


async def test_a_point_goes_from_a_post_to_the_room_and_back_to_its_author(on_each_store: Channel) -> None:
    channel = on_each_store
    session = await channel.session(await channel.room(), note="Be kind.", prompts=[{"text": "Begin"}])
    tags = (await channel.do("/codebook/preset"))["tags"]
    assert len(tags) == 7
    one, two = await channel.raised(session, "One"), await channel.raised(session, "Two")
    (post,) = [id_ for id_, card in (await channel.held("post")).items() if card["text"] == "One"]
    tagged = await channel.do(f"/posts/{post}/tag", {"tag": tags[0]})
    assert tagged["tags"] == [tags[0]]
    advance = f"/sessions/{session}/advance"
    assert (await channel.do(advance, {"floor": None, "next": None}))["next"] == one["relay"]
    assert not await channel.held("relay", PUBLIC)
    await channel.do(advance, {"floor": None, "next": one["relay"]})
    (shown,) = (await channel.held("relay", PUBLIC)).values()
    assert (shown["state"], shown["post"]["text"], shown["note"]) == ("on_floor", "One", None)
    seen = {"floor": one["relay"], "next": two["relay"]}
    moved = await channel.do(advance, seen | {"state": "answered", "outcome": "Yes."})
    assert (moved["closed"], moved["floor"]) == (one["relay"], two["relay"])
    assert (await channel.held("contribution", DESK))[one["contribution"]]["owed"] == 1
    told = await channel.do(f"/contributions/{one['contribution']}/reply", {"words": "The room agreed."})
    assert told["posts"] == [post]
    prompt = (await channel.held("session"))[session]["prompts"][0]["id"]
    await channel.do(f"/sessions/{session}/prompt", {"version": 2, "prompt": prompt})
    await channel.do(f"/sessions/{session}/note", {"version": 3, "note": "Hurry."})
    ended = await channel.do(f"/sessions/{session}/end", {"version": 4})
    assert ended["state"] == "ended"
    assert (await channel.held("session", PUBLIC))[session]["note"] is None
    assert (await channel.held("session", DESK))[session]["note"] == "Hurry."


async def test_each_move_of_a_relay_answers_where_it_is(channel: Channel) -> None:
    session = await channel.session(await channel.room())
    relay, other = await channel.raised(session), await channel.raised(session)
    relay = await channel.move(relay, "place", before=None)
    relay = await channel.move(relay, "place", before=other["relay"])
    for verb, state in (("ready", "next"), ("queue", "queued"), ("take-up", "on_floor")):
        relay = await channel.move(relay, verb)
        assert relay["state"] == state
    relay = await channel.move(relay, "close", state="discussed", outcome="Agreed.")
    relay = await channel.move(relay, "reopen")
    assert relay["state"] == "on_floor"
    relay = await channel.move(relay, "annotate", note="Ask Ada.")
    assert (await channel.held("relay", DESK))[relay["relay"]]["note"] == "Ask Ada."
    relay = await channel.move(relay, "close", state="deferred", detail="board")
    stale = await channel.refused(409, f"/relays/{relay['relay']}/reopen", {"version": 1})
    assert stale["code"] == "stale_version"
    assert stale["details"]["current"]["detail"] == "board"
    assert stale["details"]["current"]["version"] == relay["version"]


async def test_of_two_who_move_a_queue_at_once_one_hears_that_it_moved(on_each_store: Channel) -> None:
    channel = on_each_store
    session = await channel.session(await channel.room())
    relay = await channel.raised(session)
    other = channel.somebody(Role.FACILITATOR)
    body = {"floor": None, "next": None}
    asked = [one.ask(f"/sessions/{session}/advance", body) for one in (channel, other)]
    answers = await asyncio.gather(*asked)
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (stale,) = [answer.json()["error"] for answer in answers if answer.status_code == 409]
    assert stale["details"]["current"] == {"floor": None, "next": relay["relay"]}
    asked = [one.ask(f"/relays/{relay['relay']}/take-up", {"version": 2}) for one in (channel, other)]
    assert sorted(answer.status_code for answer in await asyncio.gather(*asked)) == [200, 409]


async def test_a_command_that_is_sent_again_is_done_once(channel: Channel) -> None:
    session = await channel.session(await channel.room())
    post = await channel.post()
    first = await channel.do(f"/posts/{post}/raise", {"session": session}, cause="once")
    again = await channel.do(f"/posts/{post}/raise", {"session": session}, cause="once")
    assert again == first
    refused = await channel.refused(409, f"/posts/{post}/raise", {"session": session})
    assert refused["details"]["relay"] == first["relay"]
    reused = await channel.ask(f"/posts/{post}/raise", {"session": session, "note": "n"}, cause="once")
    assert reused.json()["error"]["code"] == "cause_reused"


async def test_what_was_taken_down_is_not_raised_and_the_answer_says_so(channel: Channel) -> None:
    session = await channel.session(await channel.room())
    relay, post = await channel.raised(session), await channel.post()
    await channel.do(f"/posts/{post}/hide", {"version": 1, "reason": "spam"})
    refused = await channel.refused(409, f"/posts/{post}/raise", {"session": session})
    assert refused["message"] == "This post was taken down."
    (lead,) = [card["post"]["id"] for card in (await channel.held("relay", DESK)).values()]
    await channel.move(relay, "take-up")
    await channel.do(f"/posts/{lead}/hide", {"version": 1, "reason": "spam"})
    assert await channel.held("relay", PUBLIC) == {}
    dropped = (await channel.held("relay", DESK))[relay["relay"]]
    assert (dropped["state"], dropped["detail"]) == ("dropped", "withdrawn")


async def test_a_tag_key_that_is_used_twice_is_refused_with_whose_it_is(channel: Channel) -> None:
    tag = await channel.do("/tags", {"name": "Question", "key": "1"})
    refused = await channel.refused(409, "/tags", {"name": "Comment", "key": "1"})
    assert refused["details"]["tag"] == {"id": tag["tag"], "name": "Question"}
    changed = await channel.do(f"/tags/{tag['tag']}", {"version": 1, "key": "", "retired": True}, "PATCH")
    assert changed["version"] == 2
    await channel.do("/tags", {"name": "Comment", "key": "1"})


async def test_a_facilitator_of_one_session_is_told_that_another_is_not_theirs(channel: Channel) -> None:
    fay = channel.somebody(Role.FACILITATOR)
    gus = channel.somebody(Role.FACILITATOR)
    person = (await gus.client.get("/api/v1/me")).json()["person"]
    room = await channel.room()
    session = await channel.session(room, facilitators=[person])
    relay = await channel.raised(session)
    for path, body in (
        (f"/sessions/{session}/advance", {"floor": None, "next": None}),
        (f"/relays/{relay['relay']}/ready", {"version": 1}),
        (f"/sessions/{session}/end", {"version": 2}),
    ):
        assert (await fay.refused(403, path, body))["code"] == "not_your_session"
    await gus.move(relay, "ready")
    bad = {"room": room, "title": "T", "method": "chat", "starts_at": STARTS, "ends_at": ENDS}
    refused = await channel.refused(422, "/sessions", bad | {"facilitators": ["nobody"]})
    assert refused["details"]["unknown"] == ["nobody"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/posts/{post}/raise", {"session": "{session}", "note": "x" * 5_000}),
        ("/sessions/{session}/note", {"version": 2, "note": "x" * 5_000}),
        ("/relays/{relay}/annotate", {"version": 1, "outcome": "x" * 5_000}),
        ("/contributions/{contribution}/reply", {"words": "x" * 5_000}),
        ("/contributions/{contribution}/reply", {"words": " \n "}),
        ("/rooms", {"name": "x" * 5_000}),
        ("/tags", {"name": "x" * 61}),
        ("/tags", {"name": "Question", "key": "q"}),
        ("/tags", {"name": "Question", "colour": 6}),
        ("/relays/{relay}/close", {"version": 1, "state": "queued"}),
        ("/relays/{relay}/close", {"version": 1, "state": "deferred"}),
        ("/relays/{relay}/close", {"version": 1, "state": "dropped", "detail": "board"}),
        ("/relays/{relay}/place", {"version": 1, "before": "{relay}"}),
        ("/relays/{relay}/place", {"version": 1, "before": "a\0b"}),
        ("/relays/{relay}/place", {"version": 1}),
        ("/relays/{relay}/ready", {"version": 2**40}),
        ("/relays/a%00b/ready", {"version": 1}),
        ("/posts/a%00b/tag", {"tag": "t"}),
        ("/sessions/{session}/prompt", {"version": 2, "prompt": "nothing"}),
        ("/sessions/{session}/advance", {"floor": None, "next": None, "state": "dropped"}),
    ],
)
async def test_what_cannot_be_used_is_refused_and_changes_nothing(
    on_each_store: Channel, path: str, body: dict[str, object]
) -> None:
    channel = on_each_store
    session = await channel.session(await channel.room())
    relay = await channel.raised(session)
    here = {"post": await channel.post(), "session": session}
    here |= {"relay": relay["relay"], "contribution": relay["contribution"]}
    before = await channel.api.parts.journal.head(channel.api.event.id)
    sent = {name: here.get(str(value).strip("{}"), value) for name, value in body.items()}
    await channel.refused(422, path.format(**here), sent)
    assert await channel.api.parts.journal.head(channel.api.event.id) == before


@pytest.mark.parametrize(
    "change",
    [
        {"ends_at": STARTS},
        {"starts_at": "0001-01-01T00:00:00+14:00"},
        {"method": "lecture"},
        {"title": " "},
        {"prompts": [{"text": "p", "minute": 2_000}]},
        {"speakers": ["Ada"] * 51},
        {"room": "a b"},
    ],
)
async def test_a_session_that_cannot_be_is_not_added(channel: Channel, change: dict[str, object]) -> None:
    new = {
        "room": await channel.room(),
        "title": "T",
        "method": "chat",
        "starts_at": STARTS,
        "ends_at": ENDS,
    }
    await channel.refused(422, "/sessions", new | change)
    assert await channel.held("session") == {}


async def test_a_room_and_a_session_are_edited(channel: Channel) -> None:
    room = await channel.room()
    edited = await channel.do(f"/rooms/{room}", {"version": 1, "name": "Great hall"}, "PATCH")
    assert edited["version"] == 2
    session = await channel.session(room, running=False)
    changed = await channel.do(f"/sessions/{session}", {"version": 1, "title": "New"}, "PATCH")
    assert changed["version"] == 2
    stale = await channel.refused(409, f"/sessions/{session}", {"version": 1, "title": "Old"}, "PATCH")
    assert stale["details"]["current"]["title"] == "New"
    await channel.refused(404, "/rooms/nothing", {"version": 1, "name": "N"}, "PATCH")


async def test_the_inbox_pages_to_what_a_desk_does_not_hold(channel: Channel) -> None:
    posts = [await channel.post(f"Number {number}") for number in range(5)]
    await channel.do(f"/posts/{posts[1]}/note")
    found: list[str] = []
    made: list[str] = []
    before: int | None = None
    while True:
        asked = {"limit": 2} | ({"before": before} if before else {})
        page = (await channel.client.get(f"{channel.api.path}/inbox", params=asked)).json()
        found += [put["id"] for put in page["puts"] if put["type"] == "post"]
        made += [put["value"]["posts"][0] for put in page["puts"] if put["type"] == "contribution"]
        before = page["next"]
        if before is None:
            break
    assert found == posts[::-1]
    assert made == [posts[1]]


async def test_who_has_a_desk_open_is_known_by_name(channel: Channel) -> None:
    assert (await channel.client.get(f"{channel.api.path}/presence")).json() == {"people": [], "silent": []}
    assert [one["name"] for one in (await channel.do("/presence"))["people"]] == ["Ada"]
    other = channel.somebody(Role.FACILITATOR)
    assert len((await other.do("/presence"))["people"]) == 2
    assert (await channel.api.client().get(f"{channel.api.path}/presence")).status_code == 401
