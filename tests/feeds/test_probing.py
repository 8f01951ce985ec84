"""Trying a feed before it is needed, and asking how much is posted under a hashtag."""

from __future__ import annotations

from tests.world.mastodon import FakeMastodon
from wall.feeds.probing import probe, tag_rates


def config_of(world: FakeMastodon, token: str | None = None) -> dict[str, object]:
    return {
        "instances": [{"host": f"http://{world.instances[0].host}", "token": token}],
        "hashtags": ["smsummit"],
    }


async def test_a_feed_that_works_and_has_posts_says_how_many() -> None:
    async with FakeMastodon() as world:
        for number in range(3):
            await world.publish(f"Post {number}", "smsummit")
        tried = await probe("mastodon", config_of(world), seconds=3)
    assert (tried.outcome, tried.posts) == ("matched", 3)


async def test_a_feed_that_works_and_has_no_post_is_quiet() -> None:
    async with FakeMastodon() as world:
        assert (await probe("mastodon", config_of(world), seconds=1)).outcome == "quiet"


async def test_a_token_that_is_refused_is_told_in_the_feeds_own_words() -> None:
    async with FakeMastodon() as world:
        tried = await probe("mastodon", config_of(world, token="wrong"), seconds=20)
    assert tried.outcome == "trouble"
    assert "token was revoked or is wrong" in tried.said


async def test_settings_that_are_none_are_told_and_nothing_is_opened() -> None:
    assert (await probe("mastodon", {"hashtags": ["x"]})).outcome == "trouble"


async def test_a_server_tells_how_busy_a_hashtag_is() -> None:
    async with FakeMastodon() as world:
        world.instances[0].uses = {"health": 420}
        rates = await tag_rates("mastodon", config_of(world), ["health", "smsummit"])
    assert [(rate.tag, rate.a_day, rate.days) for rate in rates] == [
        ("health", 420.0, 6),
        ("smsummit", 0.0, 6),
    ]


async def test_a_server_that_does_not_answer_tells_nothing() -> None:
    async with FakeMastodon() as world:
        config = config_of(world)
    assert await tag_rates("mastodon", config, ["health"]) == []
