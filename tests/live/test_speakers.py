"""Speakers: their links, what they ask for, and what follows for walls, pictures and pages."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from tests.facilitator.channel import Channel, channel_over
from tests.support.summit import post
from wall.entries import Scope
from wall.feeds.base import Arrived, Edited
from wall.intake import admit
from wall.model import Media, Post, PostState, Role, new_id, utc_now
from wall.store import posts

SLIDE = Media(kind="image", url="https://a.example/slide.jpg", preview=None, alt="A slide")
MODERATOR = Scope(frozenset({Role.MODERATOR}))


@pytest_asyncio.fixture
async def channel(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(sqlite_url, tmp_path) as channel:
        yield channel


class Speakers:
    """An organiser's list, and speakers who open their links without signing in."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.path = f"/events/{channel.api.event.slug}/speakers"
        self.anybody = channel.api.client()

    async def invite(self, session: str, name: str = "", cause: str = "") -> str:
        """Make a link; its path."""
        answer = await self.channel.client.post(
            self.path, data={"session": session, "name": name, "cause": cause or new_id()}
        )
        assert answer.status_code == 201, answer.text
        return str(re.findall(r"/speak/[A-Za-z0-9_-]+", answer.text)[0])

    async def ask(self, link: str, walls: str, private: bool = False, note: str = "") -> httpx2.Response:
        """Ask for something, as a speaker does."""
        data = {"walls": walls, "note": note} | ({"slides": "private"} if private else {})
        return await self.anybody.post(link, data=data)

    async def page(self, link: str) -> str:
        answer = await self.anybody.get(link)
        assert answer.status_code == 200, answer.text
        return unescape(answer.text)

    async def session(self, session: str) -> dict[str, Any]:
        """The session as walls hold it."""
        return (await self.channel.held("session"))[session]


async def arrive(channel: Channel, *items: Post) -> list[str]:
    """Let posts come in by a feed; their ids."""
    intake = channel.api.parts.intake

    def put_in(tx: Any) -> list[str]:
        return admit(tx, [Arrived(one) for one in items], intake.graves).ids

    done = await intake.journal.command(channel.api.event.id, "feed:f", put_in)
    return done.result


async def state(channel: Channel, post_id: str) -> tuple[PostState, list[str]]:
    """Where a post is, and the codes of why."""
    event_id = channel.api.event.id
    found = await channel.api.parts.store.read(lambda conn: posts.by_ids(conn, event_id, {post_id}))
    return found[post_id].state, [reason.code for reason in found[post_id].reasons]


def photo(key: str, text: str = "Look at this", **more: Any) -> Post:
    return post(key, text, media=(SLIDE,), created_at=utc_now(), **more)


async def test_a_speakers_link_is_opened_often_and_answered_until_the_session_ends(
    channel: Channel,
) -> None:
    speakers = Speakers(channel)
    session = await channel.session(await channel.room(), running=False)
    link = await speakers.invite(session, "Ada")
    for _ in range(3):
        assert "This page is for" in await speakers.page(link)
    assert (await speakers.ask(link, "curated", note="Ask me <b>later</b>")).status_code == 303
    assert (await speakers.session(session))["walls"] == "curated"
    assert (await speakers.ask(link, "off", private=True)).status_code == 303
    now = await speakers.session(session)
    assert (now["walls"], now["slides_private"]) == ("off", True)
    begun = await channel.do(f"/sessions/{session}/begin", {"version": now["version"]})
    assert (await speakers.ask(link, "on")).status_code == 303
    now = await speakers.session(session)
    assert (now["walls"], now["slides_private"], now["version"]) == ("on", False, begun["version"] + 1)
    await channel.do(f"/sessions/{session}/end", {"version": now["version"]})
    over = await speakers.anybody.get(link)
    assert over.status_code == 410
    assert "This session has ended" in over.text
    assert (await speakers.ask(link, "off")).status_code == 410
    assert (await speakers.session(session))["walls"] == "on"


async def test_of_several_speakers_the_strictest_counts_and_each_page_says_so(channel: Channel) -> None:
    speakers = Speakers(channel)
    session = await channel.session(await channel.room(), running=False)
    ada, ben = await speakers.invite(session, "Ada"), await speakers.invite(session, "Ben")
    await speakers.ask(ada, "curated")
    await speakers.ask(ben, "questions", private=True)
    now = await speakers.session(session)
    assert (now["walls"], now["slides_private"]) == ("curated_questions", True)
    assert "Walls: questions that a person chose" in await speakers.page(ada)
    listed = unescape((await channel.client.get(speakers.path)).text)
    (ben_id,) = re.findall(r"/speakers/([a-z0-9-]+)/revoke\"[^>]*>.*?aria-describedby=\"holder-\1", listed)[
        1:
    ]
    await channel.client.post(f"{speakers.path}/{ben_id}/revoke")
    now = await speakers.session(session)
    assert (now["walls"], now["slides_private"]) == ("curated", False)
    gone = await speakers.anybody.get(ben)
    assert gone.status_code == 410
    assert "taken back" in gone.text
    assert (await speakers.ask(ben, "off")).status_code == 410


async def test_a_link_follows_its_session_into_another_room_and_quiets_that_one(channel: Channel) -> None:
    speakers = Speakers(channel)
    first, second = await channel.room("Hall"), await channel.room("Annex")
    session = await channel.session(first, running=False)
    link = await speakers.invite(session)
    await speakers.anybody.post(f"{link}/walls", data={"quiet": "1"})
    assert await channel.held("control") == {}, "not before the talk"
    version = (await speakers.session(session))["version"]
    moved = await channel.do(f"/sessions/{session}", {"version": version, "room": second}, "PATCH")
    begun = await channel.do(f"/sessions/{session}/begin", {"version": moved["version"]})
    assert "Annex" in await speakers.page(link)
    assert (await speakers.anybody.post(f"{link}/walls", data={"quiet": "1"})).status_code == 303
    assert {id_: one["hold"] for id_, one in (await channel.held("control")).items()} == {second: "quiet"}
    assert "Let the walls go on" in await speakers.page(link)
    await speakers.anybody.post(f"{link}/walls", data={"quiet": "0"})
    assert (await channel.held("control"))[second]["hold"] == "live"
    await speakers.anybody.post(f"{link}/walls", data={"quiet": "1"})
    await channel.do(f"/sessions/{session}/end", {"version": begun["version"]})
    assert (await channel.held("control"))[second]["hold"] == "live", "quiet was for the talk"


async def test_pictures_of_private_slides_wait_for_a_person_and_words_do_not(channel: Channel) -> None:
    speakers = Speakers(channel)
    session = await channel.session(await channel.room(), running=True, hashtags=["keynote"])
    (before, words) = await arrive(channel, photo("1"), post("2", "Only words", created_at=utc_now()))
    assert (await state(channel, before))[0] is PostState.APPROVED
    await speakers.ask(await speakers.invite(session), "on", private=True)
    assert await state(channel, before) == (PostState.HELD, ["slides_private"]), "shown before it was asked"
    assert (await state(channel, words))[0] is PostState.APPROVED
    (during,) = await arrive(channel, photo("3"))
    assert await state(channel, during) == (PostState.HELD, ["slides_private"])
    (text,) = await arrive(channel, post("4", "No picture", created_at=utc_now()))
    intake = channel.api.parts.intake
    edited = photo("4").model_copy(update={"edited_at": utc_now()})
    await intake.journal.command(
        channel.api.event.id, "feed:f", lambda tx: admit(tx, [Edited(edited)], intake.graves).ids
    )
    assert await state(channel, text) == (PostState.HELD, ["slides_private"]), "a picture edited in"
    version = (await channel.held("post", MODERATOR))[during]["version"]
    await channel.do(f"/posts/{during}/approve", {"version": version})
    assert (await state(channel, during))[0] is PostState.APPROVED
    page = await channel.client.get(f"/moderate/{channel.api.event.slug}")
    assert "a speaker asked that their slides are not shared" in unescape(page.text)


async def test_a_picture_about_another_session_does_not_wait(channel: Channel) -> None:
    speakers = Speakers(channel)
    await channel.session(await channel.room("Hall"), hashtags=["open"])
    private = await channel.session(await channel.room("Annex"), hashtags=["closed"])
    await speakers.ask(await speakers.invite(private), "on", private=True)
    other, own, untold = await arrive(
        channel,
        photo("1", "See #open", hashtags=("open",)),
        photo("2", "See #closed", hashtags=("closed",)),
        photo("3", "See"),
    )
    assert (await state(channel, other))[0] is PostState.APPROVED
    assert (await state(channel, own))[0] is PostState.HELD
    assert (await state(channel, untold))[0] is PostState.HELD, "it may be of either"


@pytest.mark.parametrize("walls", ["", "loud", "curated_questions"])
async def test_what_no_speaker_can_choose_comes_back_with_what_was_typed(
    channel: Channel, walls: str
) -> None:
    speakers = Speakers(channel)
    session = await channel.session(await channel.room(), running=False)
    link = await speakers.invite(session)
    answer = await speakers.ask(link, walls, note="Kept <script>alert(1)</script>")
    assert answer.status_code == 422
    assert "Kept &lt;script&gt;" in answer.text
    assert "Please choose" in answer.text
    assert (await speakers.ask(link, "on", note="x" * 1_001)).status_code == 422
    assert (await speakers.session(session))["walls"] == "on"


async def test_wrong_tokens_and_other_peoples_pages_are_refused(channel: Channel) -> None:
    speakers = Speakers(channel)
    session = await channel.session(await channel.room(), running=False)
    link = await speakers.invite(session)
    for wrong in (f"{link}x", "/speak/none", "/speak/" + "a" * 5_000):
        for answer in (await speakers.anybody.get(wrong), await speakers.anybody.post(wrong, data={})):
            assert answer.status_code == 404, wrong
    assert (await speakers.anybody.get(speakers.path)).status_code == 401
    moderator = channel.somebody(Role.MODERATOR).client
    assert (await moderator.get(speakers.path)).status_code == 403
    assert (await moderator.post(speakers.path, data={"session": session})).status_code == 403
    unknown = await channel.client.post(speakers.path, data={"session": "nowhere", "cause": "c"})
    assert unknown.status_code == 404
    long = await channel.client.post(speakers.path, data={"session": session, "name": "n" * 200})
    assert long.status_code == 422
    assert "at most 120" in long.text


async def test_a_link_is_kept_as_a_digest_and_made_once(channel: Channel) -> None:
    speakers = Speakers(channel)
    session = await channel.session(await channel.room(), running=False)
    link = await speakers.invite(session, cause="once")
    again = await channel.client.post(speakers.path, data={"session": session, "name": "", "cause": "once"})
    assert again.status_code == 409
    token = link.removeprefix("/speak/")
    with channel.api.parts.store.reading() as conn:
        rows = [str(row) for row in conn.exec_driver_sql("SELECT * FROM speaker")]
        lines = [str(row) for row in conn.exec_driver_sql("SELECT body FROM entry")]
    assert len(rows) == 1
    assert not any(token in row for row in [*rows, *lines])


async def test_the_brief_says_what_was_asked_and_said_beforehand(channel: Channel) -> None:
    speakers = Speakers(channel)
    room = await channel.room()
    soon = utc_now() + timedelta(hours=1)
    times = {"starts_at": soon.isoformat(), "ends_at": (soon + timedelta(hours=1)).isoformat()}
    prompts = [{"text": "Who teaches?", "code": "Q1", "minute": 5}]
    session = await channel.session(room, running=False, hashtags=["talk"], prompts=prompts, **times)
    link = await speakers.invite(session, "Ada")
    await speakers.ask(link, "questions", note="Ask me at the end")
    await arrive(
        channel,
        post("1", "Is it free? #talk", hashtags=("talk",)),
        post("2", "I look forward #talk", hashtags=("talk",)),
        post("3", "Lunch was good"),
    )
    for answer in (
        await speakers.anybody.get(f"{link}/brief"),
        await channel.somebody(Role.CHAIR).client.get(
            f"/events/{channel.api.event.slug}/sessions/{session}/brief"
        ),
    ):
        text = unescape(answer.text)
        assert answer.status_code == 200
        asked, said = text.index("Asked beforehand"), text.index("Said beforehand")
        assert asked < text.index("Is it free?") < said < text.index("I look forward")
        assert "Lunch was good" not in text
        for part in ("Who teaches?", "Ask me at the end", "Walls: questions only", "More from online"):
            assert part in text
    nobody = await speakers.anybody.get(f"/events/{channel.api.event.slug}/sessions/{session}/brief")
    assert nobody.status_code == 401


async def test_a_wall_without_script_obeys_the_speakers_of_its_room_and_no_others(channel: Channel) -> None:
    speakers = Speakers(channel)
    hall, annex = await channel.room("Hall"), await channel.room("Annex")
    session = await channel.session(hall, running=False)
    (_, read) = await arrive(channel, post("1", "Nobody read this"), post("2", "Is it so?"))
    version = (await channel.held("post", MODERATOR))[read]["version"]
    await channel.do(f"/posts/{read}/hide", {"version": version, "reason": "spam"})
    await channel.do(f"/posts/{read}/approve", {"version": version + 1})
    await arrive(channel, post("3", "Does anybody ask?"))
    link = await speakers.invite(session)
    await channel.do(f"/sessions/{session}/begin", {"version": 1})

    async def on(room: str) -> set[str]:
        answer = await speakers.anybody.get(f"/wall/{channel.api.event.slug}/plain", params={"room": room})
        page = unescape(answer.text)
        texts = {"Nobody read this", "Is it so?", "Does anybody ask?", "please take no pictures"}
        return {text for text in texts if text in page}

    said = {"Nobody read this", "Is it so?", "Does anybody ask?"}
    for walls, shown in (
        ("on", said),
        ("curated", {"Is it so?"}),
        ("questions", {"Is it so?", "Does anybody ask?"}),
        ("off", set()),
    ):
        await speakers.ask(link, walls)
        assert await on("Hall") == shown, walls
        assert await on("Annex") == await on("") == said, "nobody asked there"
    await speakers.ask(link, "off", private=True)
    assert await on("Hall") == {"please take no pictures"}
    assert annex in await channel.held("room")
