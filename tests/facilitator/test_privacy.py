"""What one reader's answers must not hold of another's: held posts, notes, tags, queues, own points."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import select

from tests.facilitator.channel import Channel, channel_over
from tests.live.api import HERE
from wall.entries import PUBLIC, Scope
from wall.model import Role
from wall.store import tables

HELD, HIDDEN, GONE = "held-words", "hidden-words", "withdrawn-words"
QUEUED, NOTE, SESSION_NOTE = "queued-words", "relay-note", "session-note"
SEES_HELD = {Role.ORGANISER, Role.MODERATOR, Role.FACILITATOR}
STAFF = set(Role) - {Role.RATER}


@pytest_asyncio.fixture
async def channel(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(sqlite_url, tmp_path) as channel:
        yield channel


async def furnished(channel: Channel) -> dict[str, str]:
    """One post in each state, tagged, and one waiting in a session with notes: ids by its words."""
    session = await channel.session(await channel.room(), note=SESSION_NOTE)
    tag = (await channel.do("/tags", {"name": "secret-tag"}))["tag"]
    found = {"session": session, "tag": tag}
    for words in (HELD, HIDDEN, GONE, QUEUED):
        found[words] = await channel.post(words)
        await channel.do(f"/posts/{found[words]}/tag", {"tag": tag})
    await channel.do(f"/posts/{found[QUEUED]}/raise", {"session": session, "note": NOTE})
    await channel.do(f"/posts/{found[HELD]}/reconsider", {"version": 1})
    await channel.do(f"/posts/{found[HIDDEN]}/hide", {"version": 1, "reason": "spam"})
    await channel.do(f"/posts/{found[GONE]}/withdraw", {"version": 1})
    return found


async def everything(channel: Channel, client: httpx2.AsyncClient) -> str:
    """All that somebody can read of the event, on every face and page, as one text."""
    path, slug = channel.api.path, channel.api.event.slug
    answers = [await client.get(f"{path}/snapshot", params={"face": face}) for face in FACES]
    for face, first in zip(FACES, list(answers), strict=True):
        if first.status_code == 200:
            epoch, scope, _ = first.json()["cursor"].split(".")
            asked = {"face": face, "cursor": f"{epoch}.{scope}.0"}
            answers.append(await client.get(f"{path}/changes", params=asked))
        searched = [{"face": face, "q": words} for words in ("", "words")]
        answers += [await client.get(f"{path}/posts", params=asked) for asked in searched]
    answers.append(await client.get(f"{path}/inbox"))
    pages = (f"/events/{slug}", f"/join/{slug}", f"/stage/{slug}", "/", f"/join/{slug}/qr.svg")
    answers += [await client.get(page) for page in pages]
    return "\n".join(answer.text for answer in answers)


FACES = ("wall", "stage", "join", "desk")


@pytest.mark.parametrize("role", [None, *Role])
async def test_each_reader_hears_of_what_their_role_may_see(channel: Channel, role: Role | None) -> None:
    found = await furnished(channel)
    somebody = channel.somebody(*([role] if role else []))
    client = somebody.client if role else channel.api.client()
    read = await everything(channel, client)
    facilitation = STAFF - {Role.TECHNICIAN}
    notes = facilitation - {Role.TAGGER}
    expected = {
        HELD: role in SEES_HELD,
        HIDDEN: role in SEES_HELD,
        GONE: False,
        found["tag"]: role in facilitation,
        "secret-tag": role in facilitation,
        NOTE: role in notes,
        SESSION_NOTE: role in notes,
        '"type":"relay"': role in facilitation,
    }
    assert {words: words in read for words in expected} == expected
    made = contributions_in(read)
    assert any(found[HELD] in one["posts"] for one in made) is (role in SEES_HELD)
    tags = [one["tags"] for one in made]
    blind = role in {Role.TAGGER, Role.CHAIR}
    assert tags == [] if role not in facilitation else all((one is None) is blind for one in tags)


def contributions_in(read: str) -> list[dict[str, Any]]:
    """The contributions in what was read."""
    found = []
    for line in read.splitlines():
        if line.startswith("{"):
            frame = json.loads(line)
            changes = frame.get("puts", frame.get("changes", []))
            found += [one["value"] for one in changes if one["type"] == "contribution" and "value" in one]
    return found


async def test_a_relay_leaves_stage_and_wall_with_its_post_and_comes_back_with_it(channel: Channel) -> None:
    session = await channel.session(await channel.room())
    relay = await channel.raised(session, "In the room")
    relay = await channel.move(relay, "take-up")
    await channel.move(relay, "close", state="discussed", outcome="Agreed.")
    (post,) = (await channel.held("post")).keys()
    for scope in (PUBLIC, Scope(frozenset({Role.CHAIR})), Scope(frozenset({Role.TECHNICIAN}))):
        assert len(await channel.held("relay", scope)) == 1
    await channel.do(f"/posts/{post}/hide", {"version": 1, "reason": "spam"})
    for scope in (PUBLIC, Scope(frozenset({Role.CHAIR})), Scope(frozenset({Role.TECHNICIAN}))):
        assert await channel.held("relay", scope) == {}
        assert await channel.held("contribution", scope) == {}
    await channel.do(f"/posts/{post}/approve", {"version": 2})
    assert len(await channel.held("relay")) == 1


async def test_no_table_holds_what_a_participant_took_back(channel: Channel) -> None:
    words = "Only my own words"
    session = await channel.session(await channel.room())
    transport = httpx2.ASGITransport(app=channel.api.app)
    async with httpx2.AsyncClient(transport=transport, base_url=HERE, headers={"Origin": HERE}) as phone:
        sent = {"Idempotency-Key": "once"}
        added = await phone.post(f"{channel.api.path}/points", json={"text": words}, headers=sent)
        point = added.json()
        relay = await channel.do(f"/posts/{point['post']}/raise", {"session": session})
        relay = await channel.move({"version": 1, **relay}, "take-up")
        await channel.move(relay, "close", state="answered", outcome="Yes.")
        await channel.do(
            f"/contributions/{(await only(channel))['contribution']}/reply", {"words": "Done."}
        )
        pseudonym = phone.cookies["participant"].partition(".")[0]
        assert {words, pseudonym} <= stored(channel, words, pseudonym)
        assert (await phone.post(point["take_back"])).status_code == 200
        assert words not in (await phone.get(f"/join/{channel.api.event.slug}")).text
    assert stored(channel, words) == set()


async def only(channel: Channel) -> dict[str, Any]:
    (relay,) = (await channel.held("relay")).values()
    return relay


def stored(channel: Channel, *words: str) -> set[str]:
    """Which of these words are in any table."""
    with channel.api.parts.store.reading() as conn:
        rows = [repr(conn.execute(select(table)).all()) for table in tables.metadata.sorted_tables]
    return {one for one in words if any(one in row for row in rows)}


async def test_pages_with_somebodys_own_points_are_kept_by_no_cache(channel: Channel) -> None:
    client, slug = channel.api.client(), channel.api.event.slug
    for page in (f"/join/{slug}", f"/events/{slug}", f"/stage/{slug}", "/", f"/wall/{slug}"):
        assert (await client.get(page)).headers["cache-control"] == "no-store", page
    code = await client.get(f"/join/{slug}/qr.svg")
    assert "set-cookie" not in code.headers
    snapshot = await client.get(f"{channel.api.path}/snapshot", params={"face": "join"})
    assert snapshot.headers["cache-control"] == "no-store"


async def test_a_forged_cookie_is_a_new_participant(channel: Channel) -> None:
    path, slug = channel.api.path, channel.api.event.slug
    first = await channel.api.client().post(f"{path}/points", json={"text": "Only mine to see"})
    own = first.headers["set-cookie"].partition(";")[0]
    await channel.do(f"/posts/{first.json()['post']}/reconsider", {"version": 1})
    name, _, value = own.partition("=")
    known, _, proof = value.partition(".")
    other = "1" if proof.startswith("0") else "0"
    for forged in (known, f"{known}.", f"{known}.{other}{proof[1:]}", f"{known}.{'0' * 64}", f".{proof}"):
        cookie = {"Cookie": f"{name}={forged}"}
        page = await channel.api.client().get(f"/join/{slug}", headers=cookie)
        assert "Only mine to see" not in page.text, forged
        taken = await channel.api.client().get(
            f"/join/{slug}/take-back/{first.json()['post']}", headers=cookie
        )
        assert taken.status_code == 404
    assert (
        "Only mine to see"
        in (await channel.api.client().get(f"/join/{slug}", headers={"Cookie": own})).text
    )
