"""Credentials of the environment: used where a feed leaves its own empty, for the server that they are for,
and kept nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.feeds.kit_door import Door, door
from tests.support.waiting import eventually
from tests.world.mastodon import TOKEN, FakeMastodon
from wall.errors import BadInput, FeedFatal, SetupProblem
from wall.feeds.base import check_config, complete, networks, open_replier, open_source
from wall.feeds.common.credentials import ENVIRONMENT, PREFIX, from_environment, given_for, provide
from wall.feeds.forms import fields_of, in_words
from wall.intake import run_feed
from wall.intake.intake import new_feed
from wall.model import FeedState
from wall.store import feeds

__all__ = ["door"]

SECRET = "of-the-environment-1"
X: dict[str, Any] = {"hashtags": ["one"]}
BLUESKY: dict[str, Any] = {"hashtags": ["one"], "handle": "ada.example.org"}


@pytest.fixture(autouse=True)
def _nothing_stays() -> Iterator[None]:
    provide({}, ())
    yield
    provide({}, ())


def give(**variables: str) -> None:
    """Give what is in these variables, without their prefix."""
    provide({f"{PREFIX}{name}": value for name, value in variables.items()}, networks())


def mastodon(*instances: Any) -> dict[str, Any]:
    return {"instances": list(instances), "hashtags": ["one"]}


def test_a_needed_token_may_come_from_the_environment_and_is_not_stored() -> None:
    with pytest.raises(BadInput):
        check_config("x", X)
    give(X_TOKEN=SECRET)
    stored = check_config("x", X)
    assert SECRET not in str(stored)
    assert stored[ENVIRONMENT] == [f"{PREFIX}X_TOKEN"]
    assert complete("x", stored)["token"] == SECRET
    assert check_config("x", stored) == stored
    assert SECRET not in str(in_words(stored))
    assert from_environment(stored) == [f"From the environment: {PREFIX}X_TOKEN."]


def test_what_a_feed_has_of_its_own_wins() -> None:
    give(X_TOKEN=SECRET)
    own = check_config("x", X | {"token": "its-own"})
    assert own["token"] == "its-own"
    assert ENVIRONMENT not in own
    assert complete("x", own) == own
    assert from_environment(own) == []


@pytest.mark.parametrize(("most", "given"), [(None, 50.0), ("20", 20.0), ("500", 50.0)])
def test_the_environments_token_is_spent_up_to_what_its_owner_set(most: str | None, given: float) -> None:
    give(X_TOKEN=SECRET, **({"X_BUDGET": most} if most else {}))
    cap = float(most or 50)
    assert check_config("x", X)["budget"] == given
    assert check_config("x", X | {"budget": cap})["budget"] == cap
    with pytest.raises(BadInput) as refused:
        check_config("x", X | {"budget": cap + 1})
    assert f"at most ${cap:g} a month" in refused.value.message
    assert f"{PREFIX}X_BUDGET" in refused.value.remedy
    assert refused.value.details["fields"] == ["budget"]
    assert check_config("x", X | {"budget": 100_000, "token": "its-own"})["budget"] == 100_000


def test_a_feed_that_was_stored_with_more_spends_no_more_than_its_owner_set() -> None:
    give(X_TOKEN=SECRET, X_BUDGET="500")
    stored = check_config("x", X | {"budget": 500})
    give(X_TOKEN=SECRET, X_BUDGET="20")
    assert complete("x", stored)["budget"] == 20
    assert complete("x", check_config("x", X | {"budget": 10}))["budget"] == 10


@pytest.mark.parametrize("wrong", ["much", "nan", "1", "-5", "1e9", "$50"])
def test_a_budget_that_no_feed_can_have_stops_the_start(wrong: str) -> None:
    with pytest.raises(SetupProblem) as refused:
        give(X_TOKEN=SECRET, X_BUDGET=wrong)
    assert f"{PREFIX}X_BUDGET" in refused.value.message
    assert "such as 50" in refused.value.remedy
    assert given_for("x", "token") == ()


def test_each_server_has_its_own_and_no_other_server_gets_it() -> None:
    give(MASTODON_TOKEN_CHAT_MY__UNI_ORG=SECRET)
    here, there = "chat.my-uni.org", "mastodon.social"
    stored = check_config("mastodon", mastodon(here, {"host": there, "token": "its-own"}))
    assert SECRET not in str(stored)
    whole = complete("mastodon", stored)
    assert [one["token"] for one in whole["instances"]] == [SECRET, "its-own"]
    for other in ("chat-my.uni.org", "chat.my.uni.org", "chat.my-uni.org.evil.example", "CHAT.my--uni.org"):
        assert SECRET not in str(complete("mastodon", check_config("mastodon", mastodon(other))))
    for typed in ("chat.my-uni.org,mastodon.social", ["https://CHAT.my-uni.org/"]):
        found = check_config("mastodon", {"instances": typed, "hashtags": "one"})
        assert SECRET in str(complete("mastodon", found))


@pytest.mark.parametrize(("network", "config", "home"), [("x", X, "host"), ("bluesky", BLUESKY, "service")])
def test_a_secret_for_a_networks_own_server_is_sent_to_no_server_that_an_organiser_chose(
    network: str, config: dict[str, Any], home: str
) -> None:
    give(X_TOKEN=SECRET, BLUESKY_APP_PASSWORD=SECRET)
    assert SECRET in str(complete(network, check_config(network, config)))
    with pytest.raises(BadInput):
        check_config(network, config | {home: "evil.example"})


def test_a_secret_for_a_named_server_is_for_that_one() -> None:
    give(BLUESKY_APP_PASSWORD_PDS_EXAMPLE_ORG=SECRET)
    stored = check_config("bluesky", BLUESKY | {"service": "pds.example.org"})
    assert complete("bluesky", stored)["app_password"] == SECRET
    with pytest.raises(BadInput):
        check_config("bluesky", BLUESKY)


def test_a_feed_that_has_no_use_for_it_goes_without() -> None:
    give(BLUESKY_APP_PASSWORD=SECRET)
    without = check_config("bluesky", {"hashtags": ["one"]})
    assert ENVIRONMENT not in without
    assert complete("bluesky", without) == without
    with pytest.raises(BadInput) as wrong:
        check_config("bluesky", BLUESKY | {"hashtags": ["-"]})
    assert wrong.value.details["fields"] == ["hashtags.0"]


async def test_one_that_comes_later_is_used_and_one_that_went_stops_the_feed_in_words() -> None:
    plain = check_config("mastodon", mastodon("mastodon.social"))
    give(MASTODON_TOKEN_MASTODON_SOCIAL=SECRET)
    assert SECRET in str(complete("mastodon", plain))
    stored = check_config("mastodon", mastodon("mastodon.social"))
    assert open_replier("mastodon", stored, None) is not None
    provide({}, ())
    with pytest.raises(FeedFatal) as vanished:
        open_source("mastodon", stored)
    assert (
        f"token or password of this feed is not in the server's environment any more: {PREFIX}MASTODON"
        in (vanished.value.message)
    )
    assert "start the server anew" in vanished.value.remedy
    assert open_replier("mastodon", stored, None) is None
    await open_source("mastodon", plain).aclose()


async def test_a_feed_reads_with_it_and_stops_when_it_is_gone(door: Door) -> None:
    async with FakeMastodon() as world:
        host = world.instances[0].host
        variable = f"{PREFIX}MASTODON_TOKEN_{host.replace('.', '_').replace(':', '_')}"
        provide({variable: TOKEN}, networks())
        config = check_config("mastodon", mastodon(f"http://{host}") | {"hashtags": ["smsummit"]})
        feed = new_feed(door.event.id, "mastodon", config)
        await door.store.write(lambda conn: feeds.add(conn, feed))
        door.feed = feed
        assert TOKEN not in str(door.now())
        key = (await world.publish("Hello")).uri
        async with door.fed_by(_Driver(config)):  # type: ignore[arg-type]
            await eventually(lambda: door.keys() == {key}, what="the post")
        assert {asked.token for asked in world.instances[0].asked} >= {TOKEN}
        provide({}, ())
        leased = await door.store.write(lambda conn: feeds.take_lease(conn, feed.id, "kit", 60))
        assert leased is not None
        await run_feed(door.intake, feed, leased, lambda *_: None)
        now = await door.store.read(lambda conn: feeds.by_ids(conn, door.event.id, {feed.id})[feed.id])
        assert now.state is FeedState.STOPPED
        assert variable in (now.problem or "")


class _Driver:
    """What runs a feed with a checked configuration."""

    network = "mastodon"
    ends = False

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config


def test_a_form_says_where_a_secret_may_stay_empty() -> None:
    assert not any(one.given for one in fields_of("mastodon"))
    give(MASTODON_TOKEN_CHAT_MY__UNI_ORG=SECRET, X_TOKEN=SECRET, BLUESKY_APP_PASSWORD=SECRET)
    fields = {one.name: one for one in fields_of("mastodon")}
    assert fields["instances.0.token"].given == ("chat.my-uni.org",)
    assert fields["instances.0.host"].given == ()
    assert {one.name: (one.given, one.required) for one in fields_of("x")}["token"] == (
        ("api.x.com",),
        False,
    )
    assert given_for("bluesky", "app_password") == ("bsky.social",)
    assert given_for("bluesky", "nothing") == ()
    assert SECRET not in str(fields)


@pytest.mark.parametrize(
    ("variable", "near"),
    [
        ("X_TOKN", "X_TOKEN"),
        ("TWITTER_TOKEN", "X_TOKEN"),
        ("BLUESKY_PASSWORD", "BLUESKY_APP_PASSWORD"),
        ("MASTODON_TOKEN", "MASTODON_TOKEN_EXAMPLE_ORG"),
        ("X_HOST", "X_TOKEN"),
    ],
)
def test_a_variable_that_no_feed_reads_is_refused_at_the_start(variable: str, near: str) -> None:
    give(X_TOKEN=SECRET)
    with pytest.raises(SetupProblem) as refused:
        give(**{variable: "hush"})
    assert refused.value.message == f"No feed reads {PREFIX}{variable}."
    assert f"{PREFIX}{near}" in refused.value.remedy
    assert "hush" not in refused.value.message + refused.value.remedy
    assert given_for("x", "token") == ("api.x.com",)
