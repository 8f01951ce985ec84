"""The codebook over HTTP: a tree of tags, presets, versions, files, and checks that travel with a post."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from facilitator.codebook_csv import MOST_TAGS
from tests.facilitator.channel import Channel, channel_over
from wall.entries import PUBLIC, Scope
from wall.model import Role

DESK = Scope(frozenset({Role.FACILITATOR}))
BLIND = Scope(frozenset({Role.TAGGER}))
SOURCE = "https://www.who.int/news/item/1?x=2"


@pytest_asyncio.fixture
async def channel(store_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(store_url, tmp_path) as channel:
        yield channel


async def add(channel: Channel, name: str, **more: Any) -> str:
    return str((await channel.do("/tags", {"name": name, **more}))["tag"])


async def preset(channel: Channel, wanted: str) -> dict[str, str]:
    """Add a preset; its tags by their codes."""
    await channel.do("/codebook/preset", {"set": wanted})
    return {
        tag["code"]: tag["id"] for tag in (await channel.held("tag", DESK)).values() if tag["set"] == wanted
    }


async def codebook(channel: Channel) -> dict[str, Any]:
    return dict((await channel.ask("/codebook", method="GET")).json())


async def test_tags_stand_under_each_other_and_are_in_the_set_of_what_is_above(channel: Channel) -> None:
    top = await add(channel, "Wellbeing", set="theme", definition="How people are.", example="I am tired.")
    below = await add(channel, "Sleep", parent=top, set="own")
    held = await channel.held("tag", DESK)
    assert (held[top]["definition"], held[top]["example"]) == ("How people are.", "I am tired.")
    assert (held[below]["parent"], held[below]["set"]) == (top, "theme")
    await add(channel, "Wellbeing", parent=below)
    assert (await channel.refused(409, "/tags", {"name": "SLEEP", "parent": top}))["details"]["tag"][
        "id"
    ] == below
    moved = await channel.do(f"/tags/{top}", {"version": 1, "set": "own"}, "PATCH")
    assert moved["version"] == 2
    assert {tag["set"] for tag in (await channel.held("tag", DESK)).values()} == {"own"}
    out = await channel.do(f"/tags/{below}", {"version": 2, "parent": ""}, "PATCH")
    assert (await channel.held("tag", DESK))[below]["parent"] is None
    assert out["version"] == 3


async def test_a_tag_cannot_be_above_itself_nor_below_nothing(channel: Channel) -> None:
    top = await add(channel, "A")
    below = await add(channel, "B", parent=top)
    refused = await channel.refused(422, f"/tags/{top}", {"version": 1, "parent": below}, "PATCH")
    assert refused["details"]["code"] == "circle"
    assert "'A'" in refused["message"]
    assert "'B'" in refused["message"]
    itself = await channel.refused(422, f"/tags/{top}", {"version": 1, "parent": top}, "PATCH")
    assert itself["details"]["code"] == "itself"
    await channel.refused(404, "/tags", {"name": "C", "parent": "nowhere"})


async def test_each_preset_is_added_once_and_keeps_what_it_is_whatever_it_is_called(
    channel: Channel,
) -> None:
    bloom = await preset(channel, "bloom")
    assert set(bloom) == {"remember", "understand", "apply", "analyse", "evaluate", "create"}
    await channel.do(f"/tags/{bloom['apply']}", {"version": 1, "name": "Use"}, "PATCH")
    assert await preset(channel, "bloom") == bloom
    assert len(await preset(channel, "check")) == 3
    assert len(await preset(channel, "stance")) == 3
    assert (await channel.do("/codebook/preset", {"set": "theme"}))["tags"] == []
    refused = await channel.refused(409, f"/tags/{bloom['apply']}", {"version": 2, "set": "own"}, "PATCH")
    assert "preset" in refused["message"]


async def test_a_version_is_kept_whole_and_can_be_had_as_a_file_later(channel: Channel) -> None:
    tag = await add(channel, "Then")
    kept = await channel.do("/codebook/versions", {"note": "Before lunch"})
    await channel.do(f"/tags/{tag}", {"version": 1, "name": "Now"}, "PATCH")
    now = await codebook(channel)
    assert [(one["version"], one["note"], one["tags"]) for one in now["editions"]] == [
        (1, "Before lunch", 1)
    ]
    assert (now["version"], kept["version"], now["tags"][0]["name"]) == (2, 1, "Now")
    file = await channel.ask("/codebook/file?version=1", method="GET")
    assert "Then" in file.text
    assert file.headers["content-disposition"].endswith('-1.csv"')
    assert "Now" in (await channel.ask("/codebook/file?format=qdc", method="GET")).text
    assert (await channel.ask("/codebook/file?version=2", method="GET")).status_code == 404


async def test_a_file_says_what_it_would_change_and_changes_that_and_no_more(channel: Channel) -> None:
    stays = await add(channel, "Stays", key="1")
    goes = await add(channel, "Goes", key="2")
    text = f"id,name,parent,key,definition\n{goes},Gone,Top,1,Why\n{stays},Stays,,2,\n,Top,,,\n"
    told = await channel.do("/codebook/differences", {"format": "csv", "text": text})
    assert (told["added"], told["same"], told["missing"]) == (["Top"], 0, [])
    changes = {one["name"]: {field["field"] for field in one["fields"]} for one in told["changed"]}
    assert changes == {"Goes": {"name", "parent", "key", "definition"}, "Stays": {"key"}}
    assert len(await channel.held("tag", DESK)) == 2
    taking = {"format": "csv", "text": text, "version": told["version"]}
    done = await channel.do("/codebook/import", taking)
    assert (done["added"], done["changed"], done["retired"]) == (1, 2, 0)
    held = await channel.held("tag", DESK)
    assert (held[goes]["name"], held[goes]["key"], held[stays]["key"]) == ("Gone", "1", "2")
    assert held[held[goes]["parent"]]["name"] == "Top"
    assert [one["version"] for one in (await codebook(channel))["editions"]] == [told["version"]]
    late = await channel.refused(409, "/codebook/import", taking)
    assert late["code"] == "stale_version"
    again = await channel.do("/codebook/differences", {"format": "csv", "text": text})
    assert (again["added"], again["changed"], again["same"]) == ([], [], 3)


async def test_what_a_file_does_not_have_stays_unless_it_is_asked_to_go(channel: Channel) -> None:
    await add(channel, "Here")
    text = "name\nNew\n"
    await channel.do("/codebook/import", {"format": "csv", "text": text, "version": 1})
    done = await channel.do(
        "/codebook/import", {"format": "csv", "text": text, "version": 2, "retire": True}
    )
    assert (done["added"], done["retired"]) == (0, 1)
    retired = {tag["name"] for tag in (await channel.held("tag", DESK)).values() if tag["retired"]}
    assert retired == {"Here"}


async def test_a_codebook_with_a_circle_is_refused_in_words_and_nothing_changes(channel: Channel) -> None:
    circle = {"format": "csv", "text": "name,parent\nSleep,Rest\nRest,Sleep\n", "version": 0}
    plain = {name: circle[name] for name in ("format", "text")}
    for path, sent in (("/codebook/import", circle), ("/codebook/differences", plain)):
        refused = await channel.refused(422, path, sent)

        assert refused["details"]["code"] == "circle"
        assert "cannot be above itself" in refused["message"]
    assert (await codebook(channel))["tags"] == []


async def test_a_codebook_of_500_tags_goes_in_and_out_and_one_more_is_refused(channel: Channel) -> None:
    names = "".join(
        f"Theme {number},{'' if number % 10 == 0 else f'Theme {number // 10 * 10}'}\n"
        for number in range(MOST_TAGS)
    )
    text = "name,parent\n" + names
    done = await channel.do("/codebook/import", {"format": "csv", "text": text, "version": 0})
    assert done["added"] == MOST_TAGS
    assert len(await channel.held("tag", DESK)) == MOST_TAGS
    for form in ("csv", "qdc"):
        file = (await channel.ask(f"/codebook/file?format={form}", method="GET")).text
        told = await channel.do("/codebook/differences", {"format": form, "text": file})
        assert (told["added"], told["changed"], told["same"]) == ([], [], MOST_TAGS)
    refused = await channel.refused(409, "/tags", {"name": "One more"})
    assert "at most 500" in refused["message"]


async def test_a_check_travels_to_everybody_with_the_host_of_its_source(channel: Channel) -> None:
    checks = await preset(channel, "check")
    post = await channel.post("Vaccines cause autism")
    await channel.do(f"/posts/{post}/tag", {"tag": checks["disputed"], "source": SOURCE})
    for scope in (PUBLIC, DESK, Scope(frozenset({Role.CHAIR}))):
        (found,) = (await channel.held("check", scope)).values()
        assert (found["id"], found["checks"]) == (
            post,
            [{"code": "disputed", "host": "who.int", "url": SOURCE}],
        )
    assert await channel.held("check", BLIND) == {}
    other = "https://example.org/"
    await channel.do(f"/posts/{post}/tag", {"tag": checks["disputed"], "source": other})
    assert (await channel.held("check"))[post]["checks"][0]["host"] == "example.org"
    await channel.do(f"/posts/{post}/tag", {"tag": checks["disputed"], "on": False})
    assert await channel.held("check") == {}


async def test_a_check_of_a_post_that_is_taken_down_goes_with_it(channel: Channel) -> None:
    checks = await preset(channel, "check")
    post = await channel.post()
    await channel.do(f"/posts/{post}/tag", {"tag": checks["supported"], "source": SOURCE})
    await channel.do(f"/posts/{post}/hide", {"version": 1, "reason": "other"})
    assert await channel.held("check", PUBLIC) == {}
    assert list(await channel.held("check", DESK)) == [post]


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("", 409),
        ("   ", 409),
        ("nonsense", 422),
        ("javascript:alert(1)", 422),
        ("https://who.int@evil.example/", 422),
        ("ftp://example.org/", 422),
        ("https://", 422),
        ("https://exa mple.org/", 422),
        ("https://[", 422),
    ],
)
async def test_a_check_without_a_source_that_can_be_looked_up_is_refused_in_words(
    channel: Channel, source: str, status: int
) -> None:
    checks = await preset(channel, "check")
    post = await channel.post()
    sent = {"tag": checks["disputed"], "source": source}
    refused = await channel.refused(status, f"/posts/{post}/tag", sent)
    assert refused["details"]["field"] == "source"
    assert await channel.held("check") == {}


async def test_an_address_may_leave_out_how_and_have_letters_of_any_script(channel: Channel) -> None:
    checks = await preset(channel, "check")
    post = await channel.post()
    await channel.do(f"/posts/{post}/tag", {"tag": checks["corrected"], "source": "bücher.example/seite"})
    (found,) = (await channel.held("check"))[post]["checks"]
    assert (found["host"], found["url"]) == ("xn--bcher-kva.example", "https://xn--bcher-kva.example/seite")


async def test_only_a_check_has_a_source(channel: Channel) -> None:
    tag, post = await add(channel, "Mine"), await channel.post()
    refused = await channel.refused(409, f"/posts/{post}/tag", {"tag": tag, "source": SOURCE})
    assert "Only a check" in refused["message"]
