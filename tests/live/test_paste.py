"""Posts that the staff add by their address: cards and points, permission, wishes, and no post twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.facilitator.channel import Channel, channel_over
from tests.support.summit import OPEN_RULES, post
from wall.entries import Scope
from wall.feeds.base import Arrived
from wall.intake import admit
from wall.model import Author, Mode, Role, new_id
from wall.store import rules as stored_rules

STAFF = Scope(frozenset({Role.FACILITATOR}))
ON_X: dict[str, Any] = {
    "address": "https://twitter.com/Ada_L/status/465991245645811713?s=20",
    "text": "Simulation for everybody #summit",
    "permission": "public",
}


@pytest_asyncio.fixture
async def channel(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(sqlite_url, tmp_path) as channel:
        yield channel


async def by_feed(channel: Channel, *items: Any) -> list[str]:
    intake = channel.api.parts.intake

    def put_in(tx: Any) -> list[str]:
        return admit(tx, [Arrived(one) for one in items], intake.graves).ids

    done = await intake.journal.command(channel.api.event.id, "feed:f", put_in)
    return done.result


async def test_a_pasted_post_is_a_card_and_a_point_and_its_feed_brings_it_no_second_time(
    channel: Channel,
) -> None:
    session = await channel.session(await channel.room(), running=False)
    made = await channel.do("/pasted", ON_X | {"session": session, "author_name": "Ada"})
    assert (made["network"], made["state"], made["recognised"]) == ("x", "approved", True)
    card = (await channel.held("post"))[made["post"]]
    assert (card["author"]["handle"], card["url"]) == (
        "Ada_L",
        "https://x.com/Ada_L/status/465991245645811713",
    )
    assert card["by_hand"] is True
    points = await channel.held("contribution", STAFF)
    assert [one["posts"] for one in points.values()] == [[made["post"]]]
    placed = (await channel.held("placement", STAFF))[made["post"]]
    assert placed["session"] == session
    again = await by_feed(channel, post("465991245645811713", "Simulation for everybody", network="x"))
    assert again == [made["post"]]
    error = await channel.refused(409, "/pasted", ON_X)
    assert "here already" in error["message"]


async def test_the_session_that_was_chosen_comes_before_what_a_hashtag_tells(channel: Channel) -> None:
    room = await channel.room()
    await channel.session(room, running=False, hashtags=["other"])
    chosen = await channel.session(room, running=False)
    text = {"text": "About #other things", "session": chosen}
    made = await channel.do("/pasted", ON_X | text)
    assert (await channel.held("placement", STAFF))[made["post"]]["session"] == chosen


async def test_the_same_words_as_an_earlier_post_do_not_break_it(channel: Channel) -> None:
    words = "Blogs ought to count as scholarship in every promotion committee"
    await by_feed(channel, post("1", words, author=Author(key="b", handle="ben")))
    made = await channel.do("/pasted", ON_X | {"text": words})
    assert made["state"] == "approved"
    homes = await channel.held("contribution", STAFF)
    assert sum(made["post"] in one["posts"] for one in homes.values()) == 1


async def test_where_an_address_tells_no_name_the_same_address_is_refused_and_it_is_said(
    channel: Channel,
) -> None:
    sky = ON_X | {"address": "https://bsky.app/profile/ada.example/post/3kabc?ref_src=embed"}
    made = await channel.do("/pasted", sky)
    assert (made["network"], made["recognised"]) == ("bluesky", False)
    await channel.refused(
        409, "/pasted", ON_X | {"address": "https://bsky.app/profile/ada.example/post/3kabc"}
    )
    url = "https://bsky.app/profile/ben.example/post/3kdef"
    await by_feed(
        channel, post("at://did:plc:b/app.bsky.feed.post/3kdef", "Hi", network="bluesky", url=url)
    )
    error = await channel.refused(409, "/pasted", ON_X | {"address": url})
    assert "here already" in error["message"], "its feed had brought it"


async def test_whoever_asked_to_be_left_off_is_not_shown_however_their_handle_was_typed(
    channel: Channel,
) -> None:
    await channel.do("/opt-outs", {"network": "x", "handle": "@ada_l"})
    made = await channel.do("/pasted", ON_X | {"author_handle": "somebody_else"})
    assert made["state"] == "rejected"
    assert await channel.held("post") == {}
    page = await channel.client.get(f"/events/{channel.api.event.slug}/paste")
    assert "not shown" in page.text


async def test_a_post_that_was_taken_back_is_not_added_again(channel: Channel) -> None:
    made = await channel.do("/pasted", ON_X | {"permission": "author", "given": "By e-mail to Ben"})
    version = (await channel.held("post"))[made["post"]]["version"]
    await channel.do(f"/posts/{made['post']}/withdraw", {"version": version})
    error = await channel.refused(409, "/pasted", ON_X)
    assert "taken back" in error["message"]
    page = (await channel.client.get(f"/events/{channel.api.event.slug}/paste")).text
    assert "Simulation for everybody" not in page
    assert "By e-mail" not in page


async def test_permission_is_asked_for_kept_and_shown_to_the_staff_alone(channel: Channel) -> None:
    path = f"/events/{channel.api.event.slug}/paste"
    typed = {**ON_X, "given": "", "cause": new_id(), "said_at": "2026-05-04T09:30"}
    none = await channel.client.post(path, data={**typed, "permission": ""})
    assert none.status_code == 422
    assert "Say why it may be shown" in none.text
    assert "Simulation for everybody" in none.text, "what was typed is kept"
    bare = await channel.client.post(path, data={**typed, "permission": "author"})
    assert bare.status_code == 409
    assert "how its author agreed" in unescape(bare.text)
    hostile = "By <b>mail</b> to Ben"
    sent = await channel.client.post(
        path, data={**typed, "permission": "author", "given": hostile, "cause": new_id()}
    )
    assert sent.status_code == 303
    page = (await channel.client.get(f"{path}?did=approved")).text
    assert "By &lt;b&gt;mail&lt;/b&gt; to Ben" in page
    assert "Its author agreed" in page
    assert (await channel.api.client().get(path)).status_code == 401
    assert (await channel.somebody(Role.TECHNICIAN).client.get(path)).status_code == 403
    public = await channel.api.client().get(f"{channel.api.path}/snapshot?face=wall")
    assert hostile not in public.text
    assert "permission" not in public.text


async def test_a_scribe_adds_and_a_rule_still_holds_what_it_catches(channel: Channel) -> None:
    api = channel.api
    rules = OPEN_RULES.model_copy(update={"identifiers": True})
    with api.parts.store.writing() as conn:
        stored_rules.save(conn, api.event.id, 2, rules.model_dump_json())
        conn.exec_driver_sql("UPDATE event SET mode = ?", (Mode.PRE.value,))
    scribe = channel.somebody(Role.SCRIBE)
    made = await scribe.do("/pasted", ON_X)
    assert made["state"] == "approved", "a person chose it, which is what the mode waits for"
    other = ON_X | {"address": "https://x.com/ben/status/2", "text": "Her NHS number is 943 476 5919"}
    held = await scribe.do("/pasted", other)
    assert held["state"] == "held"


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "not an address", "https://", "https://a:b@x.com/c/status/1", "", "x" * 3_000],
)
async def test_what_is_no_address_is_refused_over_api_and_page(channel: Channel, address: str) -> None:
    await channel.refused(422, "/pasted", ON_X | {"address": address})
    path = f"/events/{channel.api.event.slug}/paste"
    answer = await channel.client.post(path, data={**ON_X, "address": address, "cause": new_id()})
    assert answer.status_code == 422
    assert "not the address of a page" in unescape(answer.text)
    assert await channel.held("post") == {}
