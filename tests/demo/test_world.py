"""The made-up summit: its numbers, the shape of its day, and that nobody says what was said before."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from wall.demo import day
from wall.demo.world import IN_ROOM_POSTS, World, make_world
from wall.moderation.identifiers import find_identifiers

_X_HANDLE_LIMIT = 15


@pytest.fixture(scope="module", params=[1, 2])
def world(request: pytest.FixtureRequest) -> World:
    """A summit, of each of two seeds."""
    return make_world(request.param)


def test_the_numbers_are_those_of_the_reference_event(world: World) -> None:
    online = world.online()
    assert len(online) == 2_241
    assert len({said.post.author.key for said in online}) == 291
    assert len({said.post.author.key for said in world.in_room()}) == 83
    assert len(world.in_room()) == IN_ROOM_POSTS
    assert len({(said.post.network, said.post.key) for said in world.said}) == len(world.said)


def test_the_same_seed_makes_the_same_summit_and_another_one_another(world: World) -> None:
    assert make_world(world.seed) == world
    other = make_world(world.seed + 7)
    ours = {said.post.text for said in world.online()}
    theirs = {said.post.text for said in other.online()}
    assert len(ours & theirs) < 0.4 * len(ours)
    assert other.troll == world.troll  # a place in the cast, not a name
    names = {said.post.author.name for said in world.said}
    assert names != {said.post.author.name for said in other.said}


def test_people_do_not_repeat_themselves(world: World) -> None:
    texts = Counter(said.post.text for said in world.online() if not said.post.repost_of)
    repeated = sum(count - 1 for count in texts.values())
    assert repeated <= 0.02 * texts.total()
    openings = Counter(re.sub(r"^@\S+ ", "", text)[:40] for text in texts)
    assert openings.most_common(1)[0][1] <= 0.02 * texts.total()
    assert len(openings) >= 0.35 * texts.total()


def test_the_day_has_reposts_replies_threads_and_three_networks(world: World) -> None:
    online = world.online()
    by_key = {said.post.key: said for said in online}
    reposts = [said for said in online if said.post.repost_of]
    replies = [said for said in online if said.post.reply_to]
    assert 0.38 < len(reposts) / len(online) < 0.42
    assert len(replies) > 250
    for said, of in ((said, said.post.repost_of or said.post.reply_to) for said in [*reposts, *replies]):
        original = by_key[of or ""]
        assert original.minute <= said.minute
        assert original.post.network == said.post.network
    assert any(by_key[said.post.reply_to or ""].post.author == said.post.author for said in replies)
    assert {said.post.network for said in online} == {"bluesky", "mastodon", "x"}
    assert min(Counter(said.post.network for said in online).values()) > 500


def test_the_day_has_bursts_and_lulls(world: World) -> None:
    minutes = [said.minute for said in world.said]
    assert 0 <= min(minutes) <= max(minutes) < day.MINUTES
    tens = Counter(int(minute // 10) for minute in minutes)
    lunch = [tens[ten] for ten in range(17, 23)]
    assert max(tens.values()) > 3 * max(lunch)
    assert tens[3] > 1.3 * tens[2]  # the sessions begin in the fourth ten minutes


def test_there_is_something_for_a_moderator(world: World) -> None:
    online = world.online()
    found = [said for said in online if find_identifiers(said.post.text, ("CA", "GB", "FR", "AU"))]
    assert [said.kind for said in found] == ["identifier"] * 2
    rude = [said for said in online if said.kind == "troll"]
    assert len(rude) > 6
    assert {said.post.author.key for said in rude} == {world.troll}
    assert {said.kind for said in online if said.post.author.key == world.troll} == {"troll"}
    assert sum(said.post.warning is not None for said in online) == 6


def test_people_write_in_three_languages_and_with_emoji(world: World) -> None:
    originals = [said.post for said in world.online() if not said.post.repost_of]
    languages = Counter(post.lang for post in originals)
    assert languages["fr"] > 40
    assert languages["ar"] > 25
    assert any(re.search("[\u0600-\u06ff]", post.text) for post in originals)
    assert sum(bool(re.search("[\U0001f300-\U0001faff]", post.text)) for post in originals) > 40


def test_nobody_in_it_can_be_anybody(world: World) -> None:
    for author in {said.post.author for said in world.online()}:
        assert author.handle.endswith(".example") or len(author.handle) > _X_HANDLE_LIMIT
    links = {link for said in world.said for link in re.findall(r"https?://([^/\s]+)", said.post.text)}
    assert links
    assert all(host.endswith(".example") for host in links)
    assert not any("{" in said.post.text or "<" in said.post.text for said in world.said)


def test_four_sessions_run_two_at_a_time_in_two_rooms() -> None:
    assert {item.room for item in day.ITEMS} == set(day.ROOMS)
    assert [item.method.value for item in day.ITEMS] == ["appreciative", "delphi", "consensus", "guided"]
    assert len(day.topics(60)) == len(day.topics(300)) == 2
    assert all(len(item.prompts) == 4 for item in day.ITEMS)
