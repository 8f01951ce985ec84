"""Replies, pages of points, coverage, audit and claims, over HTTP; against a fake Mastodon."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from facilitator import covering
from facilitator.replying import MOST_TRIES, Replying
from tests.facilitator.channel import Channel, channel_over
from tests.live.api import HERE
from tests.support.waiting import PATIENCE
from tests.world.mastodon import TOKEN, FakeMastodon
from tests.world.mastodon_api import Answer, Status
from tests.world.mastodon_posting import Posting, posting
from wall.entries import Scope
from wall.feeds.base import Arrived
from wall.model import Author, Post, Role

PAGE = {"Accept": "text/html"}
DESK = Scope(frozenset({Role.FACILITATOR}))


@pytest_asyncio.fixture
async def channel(store_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(store_url, tmp_path) as channel:
        yield channel


@pytest_asyncio.fixture
async def world() -> AsyncIterator[FakeMastodon]:
    async with FakeMastodon() as world:
        yield world


@pytest_asyncio.fixture
async def front(world: FakeMastodon) -> AsyncIterator[Posting]:
    async with posting(world.instances[0]) as front:
        yield front


async def switched_on(channel: Channel, world: FakeMastodon) -> str:
    """A feed whose account may reply."""
    host = f"http://{world.instances[0].host}"
    config = {"instances": [{"host": host, "token": TOKEN}], "hashtags": ["smsummit"]}
    feed = str((await channel.do("/feeds", {"network": "mastodon", "config": config}))["feed"])
    assert (await channel.do(f"/feeds/{feed}/replies", {"on": True}))["replies"] is True
    return feed


async def arrived(channel: Channel, status: Status) -> str:
    """A status of the fake network as a post that is shown; its id."""
    author = Author(key=status.user, handle=status.user, name=status.user.title())
    text = re.sub("<[^>]+>", "", status.content)
    url = f"{status.uri.partition('/users/')[0]}/@{status.user}/1"
    post = Post(
        network="mastodon", key=status.uri, author=author, text=text, created_at=status.created_at, url=url
    )
    tally = await channel.api.parts.intake.submit(channel.api.event.id, [Arrived(post)], "feed:test")
    assert tally
    held = await channel.held("post")
    return next(id_ for id_, card in held.items() if card["text"] == text)


async def discussed(channel: Channel, session: str, post: str, outcome: str = "The room agreed.") -> str:
    """Bring a post's point to the floor and close it; its contribution."""
    relay = await channel.do(f"/posts/{post}/raise", {"session": session})
    moved = await channel.move(relay, "take-up")
    await channel.move(moved | {"relay": relay["relay"]}, "close", state="discussed", outcome=outcome)
    return str(relay["contribution"])


async def listed(channel: Channel, which: str = "owed") -> list[dict[str, Any]]:
    answer = await channel.ask(f"/replies?which={which}", method="GET")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["owed"])


async def settled(channel: Channel, replying: Replying) -> None:
    """Post what is due until nothing is being sent any more."""
    async with asyncio.timeout(PATIENCE):
        while any(one["authors"][0]["sending"] for one in await listed(channel)):
            await replying.post_due()
            await asyncio.sleep(0.02)


async def page(channel: Channel, path: str, status: int = 200, **headers: str) -> str:
    answer = await channel.client.get(path, headers={**PAGE, **headers})
    assert answer.status_code == status, answer.text
    return answer.text


async def test_a_reply_goes_from_the_desk_to_the_network_and_onto_the_page_of_the_point(
    channel: Channel, world: FakeMastodon, front: Posting
) -> None:
    session = await channel.session(await channel.room("Room A"))
    await switched_on(channel, world)
    status = await world.publish("How do we credit reviewers?")
    point = await discussed(channel, session, await arrived(channel, status))
    (one,) = await listed(channel)
    assert one["draft"].startswith("Your point “How do we credit reviewers?” was discussed in Room A at ")
    assert one["authors"][0]["public"] == ""
    await channel.do(f"/contributions/{point}/reply", {"words": one["draft"], "public": True})
    assert (await listed(channel))[0]["authors"][0]["sending"] is True
    await settled(channel, Replying(channel.api.parts.journal))
    assert await listed(channel) == []
    assert front.said == [f"@ada {one['draft']}"]
    assert one["link"] in front.said[0]
    shown = await page(channel, one["link"].removeprefix(HERE))
    assert "The room agreed." in shown
    assert f"http://{world.instances[0].host}/@summit/1" in shown
    assert (await channel.held("contribution", DESK))[point]["told"] == 1


async def test_a_reply_that_quotes_a_post_that_was_hidden_meanwhile_is_not_posted(
    channel: Channel, world: FakeMastodon, front: Posting
) -> None:
    session = await channel.session(await channel.room())
    await switched_on(channel, world)
    quoted = await arrived(channel, await world.publish("Mr Smith in bed four", user="bo"))
    post = await arrived(channel, await world.publish("How do we credit reviewers?"))
    await channel.do(f"/posts/{quoted}/join", {"others": [post]})
    point = await discussed(channel, session, quoted)
    (one,) = await listed(channel)
    assert "Mr Smith" in one["draft"]
    await channel.do(f"/contributions/{point}/reply", {"words": one["draft"], "public": True})
    card = (await channel.held("post"))[quoted]
    await channel.do(f"/posts/{quoted}/hide", {"version": card["version"], "reason": "confidential"})
    await Replying(channel.api.parts.journal).post_due()
    assert front.said == []


async def test_a_reply_that_the_network_refuses_stays_owed_with_the_reason(
    channel: Channel, world: FakeMastodon, front: Posting
) -> None:
    session = await channel.session(await channel.room())
    await switched_on(channel, world)
    post = await arrived(channel, await world.publish("Said"))
    point = await discussed(channel, session, post)
    front.limit = 20
    await channel.do(f"/contributions/{point}/reply", {"words": "Far too long for here.", "public": True})
    await settled(channel, Replying(channel.api.parts.journal))
    (one,) = await listed(channel)
    assert (one["authors"][0]["state"], one["authors"][0]["problem"]) == ("owed", "not_taken")
    assert one["words"] == "Far too long for here."
    front.limit = 500
    await channel.do(f"/contributions/{point}/reply", {"words": "Shorter.", "public": True})
    await settled(channel, Replying(channel.api.parts.journal))
    assert front.said == ["@ada Shorter."]
    (all_,) = await listed(channel, "all")
    assert (all_["authors"][0]["state"], all_["authors"][0]["url"] != "") == ("told", True)


async def test_a_network_that_is_busy_is_asked_again_and_given_up_in_the_end(
    channel: Channel, world: FakeMastodon, front: Posting
) -> None:
    session = await channel.session(await channel.room())
    await switched_on(channel, world)
    first = await discussed(channel, session, await arrived(channel, await world.publish("One")))
    asked: list[int] = []

    def busy_twice() -> Answer | None:
        asked.append(1)
        return Answer(503, {"error": "busy"}) if len(asked) <= 2 else None

    front.failing = busy_twice
    replying = Replying(channel.api.parts.journal, first_wait=0.001)
    await channel.do(f"/contributions/{first}/reply", {"words": "Yes.", "public": True})
    await settled(channel, replying)
    assert front.said == ["@ada Yes."]
    front.failing = lambda: Answer(503, {"error": "busy"})
    other = await arrived(channel, await world.publish("Two", user="bo"))
    second = await discussed(channel, session, other)
    asked.clear()
    front.failing = lambda: (asked.append(1), Answer(503, {"error": "busy"}))[1]
    await channel.do(f"/contributions/{second}/reply", {"words": "No.", "public": True})
    await settled(channel, replying)
    assert len(asked) == MOST_TRIES
    assert (await listed(channel))[0]["authors"][0]["problem"] == "unreachable"


async def test_of_two_processes_one_posts_a_reply(
    channel: Channel, world: FakeMastodon, front: Posting
) -> None:
    session = await channel.session(await channel.room())
    await switched_on(channel, world)
    point = await discussed(channel, session, await arrived(channel, await world.publish("Said")))
    await channel.do(f"/contributions/{point}/reply", {"words": "Yes.", "public": True})
    both = [Replying(channel.api.parts.journal) for _ in range(2)]
    assert sorted(await asyncio.gather(*(one.post_due() for one in both))) == [0, 1]
    assert [reply.times for reply in front.replies.values()] == [1]


async def test_a_facilitator_does_not_switch_replies_on(channel: Channel, world: FakeMastodon) -> None:
    host = f"http://{world.instances[0].host}"
    config = {"instances": [{"host": host, "token": TOKEN}], "hashtags": ["smsummit"]}
    feed = (await channel.do("/feeds", {"network": "mastodon", "config": config}))["feed"]
    fay = channel.somebody(Role.FACILITATOR)
    assert (await fay.refused(403, f"/feeds/{feed}/replies", {"on": True}))["code"] == "not_yours"
    answer = (await fay.ask("/replies", method="GET")).json()
    assert (answer["may_switch"], answer["feeds"]) == (
        False,
        [{"feed": feed, "network": "mastodon", "replies": False}],
    )
    assert TOKEN not in (await fay.ask("/replies", method="GET")).text


async def test_the_page_of_a_point_shows_what_was_added_and_vanishes_with_its_post(
    channel: Channel,
) -> None:
    slug = channel.api.event.slug
    session = await channel.session(await channel.room("Room A"), title="Scholarship")
    post = await channel.post("Blogs are peer reviewed too.")
    waiting = (await channel.do(f"/posts/{post}/raise", {"session": session}))["contribution"]
    path = f"/point/{slug}/{waiting}"
    await page(channel, path, 404)
    await channel.do(f"/posts/{post}/translations", {"lang": "fr", "text": "Les blogues aussi."})
    (relay,) = (await channel.held("relay", DESK)).values()
    moved = await channel.move({"relay": relay["id"], "version": relay["version"]}, "take-up")
    assert "In the room now" in await page(channel, path)
    await channel.move(moved, "close", state="answered", outcome="Yes, and better.")
    shown = await page(channel, path)
    for words in (
        "Answered in the room",
        "Blogs are peer reviewed too.",
        "Les blogues aussi.",
        "Yes, and better.",
    ):
        assert words in shown
    answer = await channel.client.get(path, headers=PAGE)
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert 'name="robots" content="noindex, nofollow"' in shown
    card = (await channel.held("post"))[post]
    await channel.do(f"/posts/{post}/withdraw", {"version": card["version"]})
    await page(channel, path, 404)


async def test_an_author_without_script_is_asked_and_answers_on_their_phone(channel: Channel) -> None:
    slug = channel.api.event.slug
    transport = httpx2.ASGITransport(app=channel.api.app, client=("192.0.2.1", 4711))
    async with httpx2.AsyncClient(transport=transport, base_url=HERE, headers={"Origin": HERE}) as phone:
        sent = await phone.post(f"/api/v1/events/{slug}/points", json={"text": "We tried it."})
        post = sent.json()["post"]
        asked = await channel.do(f"/posts/{post}/ask", {"words": "In which year?"})
        shown = (await phone.get(f"/join/{slug}", headers=PAGE)).text
        assert "In which year?" in shown
        form = {"words": "In 2012."}
        answer = await phone.post(f"/join/{slug}/answer/{asked['question']}", data=form, headers=PAGE)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/join/{slug}#yours")
        assert "In 2012." in (await phone.get(f"/join/{slug}", headers=PAGE)).text
        held = (await channel.held("question", DESK))[asked["question"]]
        assert (held["answer"], held["state"]) == ("In 2012.", "answered")
        nobody = await phone.post(
            f"/join/{slug}/answer/{asked['question']}", data=form, headers={"Cookie": "", **PAGE}
        )
    stranger = httpx2.AsyncClient(transport=transport, base_url=HERE, headers={"Origin": HERE})
    refused = await stranger.post(
        f"/api/v1/events/{slug}/questions/{asked['question']}/answer", json={"words": "Mine."}
    )
    assert refused.status_code == 404
    assert nobody.status_code in {303, 404}


async def test_who_has_been_heard_is_for_everybody_and_names_only_for_the_staff(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(covering, "OLDEST_SECONDS", 0.0)
    slug = channel.api.event.slug
    assert "Nothing was said online yet" in await page(channel, f"/heard/{slug}")
    session = await channel.session(await channel.room("Room A"), title="Scholarship")
    await discussed(channel, session, await channel.post("Heard"))
    await channel.do("/posts", {"text": "Not heard", "author_name": "Zoë"})
    found = (await channel.ask("/coverage", method="GET")).json()
    assert (found["asked"], found["forwarded"], found["answered"]) == (2, 1, 1)
    assert found["floor_online"] == {"part": 1, "whole": 1}
    assert found["replied"] == {"part": 0, "whole": 1}
    nobody = channel.somebody()
    public = await page(nobody, f"/heard/{slug}")
    assert "Points made online: 2. Brought to a room: 1. Taken up there: 1." in public
    assert "Scholarship" in public
    assert "Not heard yet" not in public
    assert "Not heard yet" in await page(channel, f"/heard/{slug}")
    assert (await nobody.ask("/coverage/unheard", method="GET")).status_code == 401


async def test_the_audit_says_who_did_what_and_nothing_of_what_was_said(channel: Channel) -> None:
    slug = channel.api.event.slug
    session = await channel.session(await channel.room("Secret room"), title="Secret session")
    await discussed(channel, session, await channel.post("Secret words"), "Secret outcome")
    shown = await page(channel, f"/audit/{slug}")
    for kind in ("relay.closed", "post.received", "session.begun", "receipt.owed"):
        assert kind in shown
    assert "Ada" in shown
    for words in ("Secret words", "Secret outcome", "Secret room", "Secret session"):
        assert words not in shown
    queues = await page(channel, f"/audit/{slug}?group=relay")
    assert "relay.raised" in queues
    assert "post.received" not in queues
    person = re.search(r'option value="([0-9a-f-]{36})"', shown)
    assert person is not None
    assert "relay.raised" in await page(channel, f"/audit/{slug}?person={person[1]}")
    await page(channel.somebody(Role.FACILITATOR), f"/audit/{slug}", 403)
    assert "relay.raised" in await page(channel.somebody(Role.AUDITOR), f"/audit/{slug}")


async def test_the_audit_is_read_page_by_page(channel: Channel) -> None:
    for number in range(105):
        await channel.post(f"Said {number}")
    slug = channel.api.event.slug
    first = await page(channel, f"/audit/{slug}")
    older = re.search(r"before=(\d+)", first)
    assert older is not None
    assert 'class="number">1<' in await page(channel, f"/audit/{slug}?before={older[1]}")


async def test_a_claim_is_soft_and_told_with_who_is_present(channel: Channel) -> None:
    session = await channel.session(await channel.room())
    post = await channel.post()
    fay = channel.somebody(Role.FACILITATOR)
    mine = (await fay.do("/presence", {"at": post}))["people"]
    assert [one["at"] for one in mine] == [post]
    seen = (await channel.do("/presence", {}))["people"]
    assert {one["at"] for one in seen} == {None, post}
    await channel.do(f"/posts/{post}/raise", {"session": session})
    gone = (await fay.do("/presence", {}))["people"]
    assert {one["at"] for one in gone} == {None}


async def test_two_who_change_one_note_both_see_both_sides(channel: Channel) -> None:
    session = await channel.session(await channel.room())
    await channel.do(f"/sessions/{session}/handover", {"version": 0, "words": "Ada waits."})
    stale = await channel.refused(409, f"/sessions/{session}/handover", {"version": 0, "words": "Mine."})
    assert stale["code"] == "stale_version"
    assert (stale["details"]["current"]["words"], stale["details"]["current"]["version"]) == (
        "Ada waits.",
        1,
    )


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/posts/{post}/ask", {"words": ""}),
        ("/posts/{post}/ask", {"words": "x" * 501}),
        ("/posts/{post}/translations", {"lang": "klingonisch", "text": "x"}),
        ("/posts/{post}/translations", {"lang": "fr", "text": " "}),
        ("/posts/{post}/translations", {"lang": "fr", "text": "x" * 5_001}),
        ("/posts/{post}/route", {"to_session": "../x"}),
        ("/contributions/{post}/reply", {"words": "Yes.", "public": "perhaps"}),
    ],
)
async def test_bad_input_is_refused_in_words(channel: Channel, path: str, body: dict[str, Any]) -> None:
    post = await channel.post()
    error = await channel.refused(422, path.format(post=post), body)
    assert error["message"]
    assert error["remedy"]
