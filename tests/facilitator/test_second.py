"""Second taggings: drawn, made blind, compared, reconciled; rows until then, tags of everybody after."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from facilitator.comparing import DESK as AT_DESK
from facilitator.comparing import Tagged, agreement, compared
from tests.facilitator.channel import Channel, channel_over
from wall.entries import Scope
from wall.model import Role

DESK = Scope(frozenset({Role.FACILITATOR}))


@pytest_asyncio.fixture
async def channel(store_url: str, tmp_path: Path) -> AsyncIterator[Channel]:
    async with channel_over(store_url, tmp_path) as channel:
        yield channel


async def kinds(channel: Channel) -> dict[str, str]:
    await channel.do("/codebook/preset")
    return {tag["code"]: tag["id"] for tag in (await channel.held("tag", DESK)).values()}


async def sampled(channel: Channel, posts: int = 4, **more: Any) -> tuple[str, list[str], dict[str, str]]:
    """A sample of all of so many posts in the set of kinds; its id, the posts and the tags by code."""
    tags = await kinds(channel)
    ids = [await channel.post(f"Post {number}") for number in range(posts)]
    drawn = await channel.do("/samples", {"set": "kind", "method": "every", "step": 1, **more})
    return str(drawn["sample"]), ids, tags


async def standing(channel: Channel, sample: str) -> dict[str, Any]:
    return dict((await channel.ask(f"/samples/{sample}/agreement", method="GET")).json())


async def test_what_is_said_before_people_agree_is_no_entry_and_what_they_agree_on_is(
    channel: Channel,
) -> None:
    sample, posts, tags = await sampled(channel, live=False)
    one, other = channel.somebody(Role.TAGGER), channel.somebody(Role.TAGGER)
    _, before = await channel.api.parts.journal.head(channel.api.event.id)
    said = {"tags": [tags["question"]]}
    for who in (one, other):
        await who.do(f"/samples/{sample}/posts/{posts[0]}/tag", said)
    assert (await channel.api.parts.journal.head(channel.api.event.id))[1] == before
    assert await channel.held("contribution", DESK) == {}
    await channel.do(f"/samples/{sample}/posts/{posts[0]}/reconcile", said)
    (made,) = (await channel.held("contribution", DESK)).values()
    assert (made["posts"], made["tags"]) == ([posts[0]], said["tags"])
    assert (await channel.api.parts.journal.head(channel.api.event.id))[1] > before


async def test_a_sample_is_counted_through_its_four_states(channel: Channel) -> None:
    sample, posts, tags = await sampled(channel, live=False)
    one, other = channel.somebody(Role.TAGGER), channel.somebody(Role.TAGGER)
    for post in posts[:3]:
        await one.do(f"/samples/{sample}/posts/{post}/tag", {"tags": [tags["comment"]]})
    for post, kind in zip(posts[:2], ("comment", "question"), strict=True):
        await other.do(f"/samples/{sample}/posts/{post}/tag", {"tags": [tags[kind]]})
    now = await standing(channel, sample)
    assert [now[state] for state in ("untagged", "single", "double", "reconciled")] == [1, 1, 2, 0]
    assert now["split"] == [posts[1]]
    assert now["whole"]["percent"] == {"value": 0.5, "problem": None}
    done = await channel.do(f"/samples/{sample}/reconcile")
    assert done["posts"] == [posts[0]]
    after = await standing(channel, sample)
    assert (after["double"], after["reconciled"]) == (1, 1)
    assert after["whole"] == now["whole"]


async def test_the_desks_tags_are_one_tagging_and_agreement_counts_what_they_were_before(
    channel: Channel,
) -> None:
    sample, posts, tags = await sampled(channel)
    for post, kind in zip(posts, ("question", "question", "comment", "comment"), strict=True):
        await channel.do(f"/posts/{post}/tag", {"tag": tags[kind]})
    tagger = channel.somebody(Role.TAGGER)
    for post, kind in zip(posts, ("question", "comment", "comment", "comment"), strict=True):
        await tagger.do(f"/samples/{sample}/posts/{post}/tag", {"tags": [tags[kind]]})
    before = (await standing(channel, sample))["whole"]
    (pair,) = before["pairs"]
    assert (pair["one"], round(pair["cohen"]["value"], 4)) == (AT_DESK, 0.5)
    assert before["low"] <= before["alpha"]["value"] <= before["high"]
    await channel.do(f"/samples/{sample}/posts/{posts[1]}/reconcile", {"tags": [tags["comment"]]})
    by_post = {one["posts"][0]: one["tags"] for one in (await channel.held("contribution", DESK)).values()}
    assert by_post[posts[1]] == [tags["comment"]]
    assert (await standing(channel, sample))["whole"] == before
    await channel.do(f"/samples/{sample}/posts/{posts[1]}/reconcile", {"tags": [tags["question"]]})
    assert (await standing(channel, sample))["whole"] == before


async def test_nobody_is_their_own_second_and_nobody_tags_what_was_agreed(channel: Channel) -> None:
    sample, posts, tags = await sampled(channel)
    both = channel.somebody(Role.FACILITATOR, Role.TAGGER)
    await both.do(f"/posts/{posts[0]}/tag", {"tag": tags["question"]})
    said = {"tags": [tags["question"]]}
    own = await both.refused(403, f"/samples/{sample}/posts/{posts[0]}/tag", said)
    assert "You see what was tagged at the desk" in own["message"]
    early = await channel.refused(409, f"/samples/{sample}/posts/{posts[0]}/reconcile", said)
    assert "two people" in early["message"]
    tagger = channel.somebody(Role.TAGGER)
    await tagger.do(f"/samples/{sample}/posts/{posts[0]}/tag", said)
    await channel.do(f"/samples/{sample}/posts/{posts[0]}/reconcile", {"tags": []})
    over = await tagger.refused(409, f"/samples/{sample}/posts/{posts[0]}/tag", said)
    assert over["code"] == "already_reconciled"


async def test_who_tags_blind_sees_neither_tags_nor_agreement(channel: Channel) -> None:
    sample, posts, tags = await sampled(channel)
    await channel.do(f"/posts/{posts[0]}/tag", {"tag": tags["question"]})
    tagger = channel.somebody(Role.TAGGER)
    assert (await tagger.ask(f"/samples/{sample}/agreement", method="GET")).status_code == 403
    assert (await tagger.ask("/samples", method="GET")).status_code == 200
    blind = await channel.held("contribution", Scope(frozenset({Role.TAGGER})))
    assert [one["tags"] for one in blind.values()] == [None]


async def test_the_same_seed_draws_the_same_posts_and_a_drawn_one_is_told(channel: Channel) -> None:
    await sampled(channel, posts=12)
    drawn = [await channel.do("/samples", {"set": "kind", "size": 5, "seed": 7}) for _ in range(2)]
    assert [one["size"] for one in drawn] == [5, 5]
    free = await channel.do("/samples", {"set": "kind", "size": 3})
    assert isinstance(free["seed"], int)
    listed = (await channel.ask("/samples", method="GET")).json()["samples"]
    assert [one["size"] for one in listed] == [3, 5, 5, 12]
    assert {one["edition"] for one in listed} == {7}


async def test_what_cannot_be_drawn_is_refused_in_words(channel: Channel) -> None:
    await channel.refused(409, "/samples", {"set": "bloom", "size": 3})
    await channel.do("/codebook/preset", {"set": "bloom"})
    none = await channel.refused(409, "/samples", {"set": "bloom", "size": 3})
    assert "too few" in none["message"]
    await channel.refused(409, "/samples", {"set": "check", "size": 3})
    await channel.refused(422, "/samples", {"set": "bloom", "method": "every"})
    await channel.refused(422, "/samples", {"set": "bloom", "size": 0})


async def test_a_post_that_was_taken_back_does_not_stop_reconciling_the_others(channel: Channel) -> None:
    sample, posts, tags = await sampled(channel, posts=2, live=False)
    for who in (channel.somebody(Role.TAGGER), channel.somebody(Role.TAGGER)):
        for post in posts:
            await who.do(f"/samples/{sample}/posts/{post}/tag", {"tags": [tags["comment"]]})
    await channel.do(f"/posts/{posts[0]}/withdraw", {"version": 1})
    assert (await channel.do(f"/samples/{sample}/reconcile"))["posts"] == [posts[1]]


async def test_a_tag_of_another_set_and_a_post_of_no_sample_are_not_found(channel: Channel) -> None:
    sample, posts, tags = await sampled(channel)
    own = (await channel.do("/tags", {"name": "Own"}))["tag"]
    await channel.refused(404, f"/samples/{sample}/posts/{posts[0]}/tag", {"tags": [own]})
    await channel.refused(404, f"/samples/{sample}/posts/{own}/tag", {"tags": [tags["comment"]]})
    await channel.refused(404, f"/samples/{own}/posts/{posts[0]}/tag", {"tags": []})


def test_one_answer_of_all_is_said_in_words_and_not_as_1() -> None:
    posts = [Tagged(str(number), {"a": ("x",), "b": ("x",)}, None) for number in range(3)]
    found = compared(posts, ["x", "y"])
    assert (found.whole.percent.value, found.whole.alpha.value) == (1.0, None)
    assert found.whole.alpha.problem == found.each["y"].alpha.problem == "one_value"
    assert found.whole.interval is None
    assert found.split == ()


def test_three_people_have_a_kappa_for_each_two_and_one_for_all() -> None:
    said = (("x", "x", "y"), ("y", "y", "y"), ("x", "y", "x"), ("x", "x", "x"))
    units = [dict(zip("abc", values, strict=True)) for values in said]
    found = agreement(units)
    assert [pair[:2] for pair in found.pairs] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert found.fleiss is not None
    assert found.fleiss.value is not None
    uneven = agreement([*units, {"a": "x", "b": "x"}])
    assert uneven.fleiss is not None
    assert uneven.fleiss.problem == "ragged"


def test_the_order_in_which_tags_were_set_is_no_disagreement() -> None:
    assert not Tagged("p", {"a": ("x", "y"), "b": ("y", "x")}, None).split
