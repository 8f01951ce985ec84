"""The pages of the codebook, second tagging, agreement and themes: all of it without a script."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Any

import httpx2
import pytest_asyncio

from tests.facilitator.channel import Channel, channel_over
from wall.entries import Scope
from wall.model import Role

DESK = Scope(frozenset({Role.FACILITATOR}))


@pytest_asyncio.fixture
async def channel(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(sqlite_url, tmp_path) as channel:
        yield channel


OURS = '<script src="/static/sign-out.js" defer>'
"""The one script of pages of whoever is signed in."""


def here(channel: Channel, path: str = "") -> str:
    return f"/codebook/{channel.api.event.slug}{path}"


async def page(channel: Channel, path: str = "", status: int = 200, **params: str) -> str:
    answer = await channel.client.get(here(channel, path), params=params)
    assert answer.status_code == status, answer.text
    assert "<script" not in answer.text.replace(OURS, "")
    return unescape(answer.text)


async def sent(channel: Channel, path: str, data: Any = None, files: Any = None) -> httpx2.Response:
    return await channel.client.post(here(channel, path), data=data, files=files)


async def tags(channel: Channel) -> dict[str, dict[str, Any]]:
    return {tag["name"]: tag for tag in (await channel.held("tag", DESK)).values()}


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, name
    return found[1]


async def test_tags_are_made_edited_and_retired_by_forms(channel: Channel) -> None:
    assert (await sent(channel, "/preset", {"set": "kind"})).status_code == 303
    made = await sent(
        channel, "/tag/new", {"name": "Wifi <b>", "set": "theme", "colour": "3", "key": "", "parent": ""}
    )
    assert made.headers["location"].endswith("?did=saved")
    text = await page(channel, did="saved")
    assert "Wifi <b>" in text
    assert "Asks for an answer" in text
    wifi = (await tags(channel))["Wifi <b>"]
    form = await page(channel, f"/tag/{wifi['id']}")
    changed = {
        "version": hidden(form, "version"),
        "name": "Network",
        "parent": "",
        "set": "theme",
        "key": "8",
    }
    await sent(channel, f"/tag/{wifi['id']}", changed | {"retired": "yes", "position": "3", "colour": "1"})
    now = (await tags(channel))["Network"]
    assert (now["retired"], now["key"], now["position"], now["colour"]) == (True, "8", 3, 1)


async def test_what_cannot_be_used_comes_back_as_it_was_typed_with_the_reason(channel: Channel) -> None:
    await channel.do("/codebook/preset", {})
    typed = {
        "name": "Question",
        "definition": "Mine & yours",
        "set": "own",
        "colour": "0",
        "key": "1",
        "parent": "",
    }
    taken = await sent(channel, "/tag/new", typed)
    assert taken.status_code == 409
    assert "Mine &amp; yours" in taken.text
    assert "has this key" in unescape(taken.text)
    nameless = await sent(channel, "/tag/new", typed | {"name": " "})
    assert nameless.status_code == 422
    assert "A tag needs a name" in nameless.text
    question = (await tags(channel))["Question"]
    stale = await sent(channel, f"/tag/{question['id']}", typed | {"version": "7", "key": ""})
    assert stale.status_code == 409
    assert "Somebody changed this" in stale.text
    assert "Mine &amp; yours" in stale.text


async def test_a_circle_is_refused_in_words_on_the_page(channel: Channel) -> None:
    top = (await channel.do("/tags", {"name": "A"}))["tag"]
    below = (await channel.do("/tags", {"name": "B", "parent": top}))["tag"]
    assert f'value="{below}"' not in await page(channel, f"/tag/{top}")
    typed = {"version": "1", "name": "A", "set": "own", "colour": "0", "key": "", "parent": below}
    refused = await sent(channel, f"/tag/{top}", typed)
    assert refused.status_code == 422
    assert "would be above" in refused.text


async def test_a_file_shows_its_differences_and_is_taken_in_by_a_button(channel: Channel) -> None:
    await channel.do("/tags", {"name": "Old", "definition": "Was."})
    file = 'name,definition,parent\nOld,"Is, ""now"".",\nNew <i>,,Old\n'
    shown = await sent(channel, "/differences", files={"file": ("book.csv", file.encode(), "text/csv")})
    assert shown.status_code == 200
    text = unescape(shown.text)
    assert "1 new, 1 changed, 0 as they are" in text
    assert 'Is, "now".' in text
    assert set(await tags(channel)) == {"Old"}
    body = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", shown.text, re.DOTALL)
    assert body
    form = {
        "text": (None, unescape(body[1])),
        "format": (None, "csv"),
        "version": (None, hidden(shown.text, "version")),
        "cause": (None, hidden(shown.text, "cause")),
    }
    assert (await sent(channel, "/import", files=form)).headers["location"].endswith("did=imported")
    now = await tags(channel)
    assert now["Old"]["definition"] == 'Is, "now".'
    assert now["New <i>"]["parent"] == now["Old"]["id"]
    late = await sent(channel, "/import", files=form | {"cause": (None, "another")})
    assert late.status_code == 409
    assert "Somebody changed the tags since" in late.text


async def test_a_file_that_is_no_codebook_is_refused_in_words(channel: Channel) -> None:
    for file, words in (
        (b"name,parent\nA,B\nB,A\n", "cannot be above itself"),
        (b"\xff\xfe\x00", "cannot be read as text"),
        (b"<html></html>", "no REFI-QDA codebook"),
        (b'name\n"A\n', "Line 2: this line is not one of a table"),
    ):
        answer = await sent(channel, "/differences", files={"file": ("book", file, "text/plain")})
        assert answer.status_code == 422
        assert words in unescape(answer.text)


async def test_a_person_tags_a_sample_blind_and_two_reconcile_it(channel: Channel) -> None:
    await channel.do("/codebook/preset", {"set": "bloom"})
    posts = [await channel.post(f"Said {number}") for number in range(3)]
    drawn = await sent(
        channel, "/agreement", {"set": "bloom", "method": "every", "step": "1", "size": "", "seed": ""}
    )
    sample = re.search(r"sample=([\w-]+)", drawn.headers["location"])
    assert sample
    names = await tags(channel)
    people = [channel.somebody(Role.TAGGER), channel.somebody(Role.TAGGER)]
    for who, kinds in zip(people, (("Apply", "Apply", ""), ("Apply", "Create", "")), strict=True):
        assert "3 of 3 left for you" in await page(who, "/second")
        for kind in kinds:
            asked = await page(who, f"/second/{sample[1]}")
            assert "tag set" not in asked
            (post,) = set(re.findall(rf"/second/{sample[1]}/([\w-]+)", asked))
            answer = {"cause": hidden(asked, "cause")}
            answer |= {"tag": names[kind]["id"]} if kind else {"none": "yes"}
            assert (await sent(who, f"/second/{sample[1]}/{post}", answer)).status_code == 303
        assert "Nothing is left for you" in await page(who, f"/second/{sample[1]}")
    text = await page(channel, "/agreement", sample=sample[1])
    assert (
        "0 untagged, 0 tagged once, 3 double" in text.replace("tagged twice or more", "double")
        or "3 twice" in text
    )
    assert "67 %" in text
    assert "Disagreements (1)" in text
    alike = await sent(channel, f"/agreement/{sample[1]}", {"cause": "alike"})
    assert alike.status_code == 303
    split = re.search(
        rf"/agreement/{sample[1]}/([\w-]+)", await page(channel, "/agreement", sample=sample[1])
    )
    assert split
    nothing = await sent(channel, f"/agreement/{sample[1]}/{split[1]}", {})
    assert nothing.status_code == 422
    agreed = {"tag": [names["Apply"]["id"], names["Create"]["id"]]}
    assert (await sent(channel, f"/agreement/{sample[1]}/{split[1]}", agreed)).status_code == 303
    by_post = {one["posts"][0]: one["tags"] for one in (await channel.held("contribution", DESK)).values()}
    assert set(by_post[split[1]]) == set(agreed["tag"])
    assert set(by_post) <= set(posts)
    assert "3 reconciled" in await page(channel, "/agreement", sample=sample[1])


async def test_where_everybody_said_the_same_the_page_says_so_in_words(channel: Channel) -> None:
    await channel.do("/codebook/preset", {})
    post = await channel.post()
    sample = (await channel.do("/samples", {"set": "kind", "method": "every", "step": 1, "live": False}))[
        "sample"
    ]
    comment = (await tags(channel))["Comment"]["id"]
    for who in (channel.somebody(Role.TAGGER), channel.somebody(Role.TAGGER)):
        await who.do(f"/samples/{sample}/posts/{post}/tag", {"tags": [comment]})
    text = await page(channel, "/agreement")
    assert "Everybody said the same of everything" in text
    assert "That is not 1." in text


async def test_who_sees_the_desks_tags_is_told_why_a_sample_is_not_theirs(channel: Channel) -> None:
    await channel.do("/codebook/preset", {})
    await channel.post()
    await channel.do("/samples", {"set": "kind", "size": 1})
    assert "leave this sample to somebody who tags blind" in await page(channel, "/second")
    assert "1 of 1 left for you" in await page(channel.somebody(Role.TAGGER), "/second")


async def test_a_theme_is_made_of_what_was_suggested_and_nothing_before(channel: Channel) -> None:
    said = ("The wifi is down in hall B", "Is the wifi down for everyone?", "Please fix the wifi in hall B")
    posts = {await channel.post(text) for text in (*said, "Lunch was cold")}
    text = await page(channel, "/themes")
    offered = set(re.findall(r'name="post" value="([\w-]+)"', text))
    assert len(offered) == 3
    assert offered < posts
    assert await channel.held("contribution", DESK) == {}
    made = await sent(channel, "/themes", {"name": "Wifi", "post": sorted(offered)})
    assert made.status_code == 303
    theme = (await tags(channel))["Wifi"]
    assert theme["set"] == "theme"
    held = (await channel.held("contribution", DESK)).values()
    assert {one["posts"][0]: one["tags"] for one in held} == {post: [theme["id"]] for post in offered}


async def test_the_pages_speak_french_where_the_event_does(channel: Channel) -> None:
    await channel.do("", {"version": 1, "languages": ["fr"]}, "PATCH")
    await channel.do("/codebook/preset", {})
    text = await page(channel)
    assert "Étiquettes" in text
    assert "Demande une réponse" in text
    for path in ("/second", "/agreement", "/themes", "/tag/new"):
        assert 'lang="fr"' in await page(channel, path)


async def test_a_check_stands_on_the_pages_of_old_browsers_too(channel: Channel) -> None:
    await channel.do("/codebook/preset", {"set": "check"})
    post = await channel.post("Vaccines cause autism")
    disputed = (await tags(channel))["Disputed"]["id"]
    await channel.do(f"/posts/{post}/tag", {"tag": disputed, "source": "https://who.int/a"})
    slug = channel.api.event.slug
    wall = (await channel.client.get(f"/wall/{slug}/plain")).text
    assert "Disputed: who.int" in wall
    phone = (await channel.client.get(f"/join/{slug}")).text
    assert 'href="https://who.int/a"' in phone
    assert "Disputed: who.int" in phone
    await channel.do(f"/posts/{post}/tag", {"tag": disputed, "on": False})
    for path in (f"/wall/{slug}/plain", f"/join/{slug}"):
        assert "who.int" not in (await channel.client.get(path)).text
