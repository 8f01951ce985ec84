"""The page of the feeds: one glance, the question whether a post would have come, and who may ask."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from tests.live.api import Api, api_over
from tests.support.summit import post
from wall.feeds.base import Arrived, Budget, Trouble, check_config
from wall.intake.feeding import PAUSED_WORDS
from wall.intake.intake import new_feed
from wall.intake.vitals import Measuring, Vitals, written
from wall.model import Feed, FeedState, Role, utc_now
from wall.store import feeds, vitals

ACCEPTS = {"Accept": "text/html", "Accept-Language": "en"}
MASTODON: dict[str, Any] = {"instances": ["a.example"], "hashtags": ["smsummit"]}
BLUESKY: dict[str, Any] = {"hashtags": ["smsummit", "santé"]}


@pytest_asyncio.fixture
async def api(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(sqlite_url, tmp_path) as made:
        yield made


@pytest_asyncio.fixture
async def organiser(api: Api) -> AsyncIterator[httpx2.AsyncClient]:
    async with api.client(api.signed_in(), **ACCEPTS) as client:
        yield client


def here(api: Api) -> str:
    return f"/events/{api.event.slug}/feeds"


def running(api: Api, network: str, config: dict[str, Any], *, held: bool = True, **changes: Any) -> Feed:
    """A feed that a process runs, or that none does."""
    made = new_feed(api.event.id, network, check_config(network, config))
    made = made.model_copy(update={"state": FeedState.RUNNING, **changes})
    with api.parts.store.writing() as conn:
        feeds.add(conn, made)
        if held:
            feeds.take_lease(conn, made.id, "elsewhere", 600)
    return made


def measured(api: Api, feed: Feed, *told: Budget | Trouble) -> None:
    """What the process that runs a feed measured in the last minutes."""
    now = utc_now()
    made = Measuring(Vitals())
    made.began(["a.example"], now - timedelta(minutes=30))
    for seconds in range(600, 0, -30):
        made.came([now - timedelta(seconds=seconds + 2)], now - timedelta(seconds=seconds))
    for one in told:
        if isinstance(one, Budget):
            made.budget(one)
        else:
            made.trouble(one, now)
    with api.parts.store.writing() as conn:
        assert vitals.save(conn, feed.id, 1, written(made.vitals))


async def read(client: httpx2.AsyncClient, api: Api) -> str:
    """The page as it is read."""
    return plain((await client.get(here(api))).raise_for_status().text)


def plain(page: str) -> str:
    text = html.unescape(re.sub(r"<[^>]*>", " ", page)).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", text)


async def test_with_one_glance_all_is_well_or_which_feed_to_look_at(
    api: Api, organiser: httpx2.AsyncClient
) -> None:
    first = running(api, "mastodon", MASTODON)
    assert "The feed is well." in await read(organiser, api)
    running(api, "bluesky", BLUESKY)
    assert "All 2 feeds are well." in await read(organiser, api)
    running(api, "bluesky", BLUESKY, state=FeedState.STOPPED, problem=PAUSED_WORDS)
    assert "No feed is in trouble; 1 of 3 bring no posts now: Bluesky Paused" in await read(organiser, api)
    measured(api, first, Trouble("a.example", "tls", "Its certificate cannot be verified", 5.0))
    page = await read(organiser, api)
    assert "Look at 1 of 3 feeds: Mastodon a.example Posts come, but not from all of its servers" in page
    assert "look at this server’s clock" in page


async def test_the_figures_of_a_feed(api: Api, organiser: httpx2.AsyncClient) -> None:
    feed = running(api, "mastodon", MASTODON, accepted=20)
    until = datetime(2040, 12, 1, tzinfo=UTC)
    measured(api, feed, Budget("X", "money", 12.4, 50, until), Budget("a.example", "requests", 280, 300))
    raw = (await organiser.get(here(api))).text
    page = plain(raw)
    for said in (
        "Last post 30 s ago",
        "Behind its network 2 s, at worst 2 s",
        "X: $12.40 of $50.00 left, full again Saturday 1 December 2040, 12:00 AM",
        "a.example: 280 of 300 requests left",
    ):
        assert said in page
    assert re.search(r"New posts, last hour (1\.[89]|2|2\.[012]) a minute", page)
    assert 10 <= len(re.findall(r'<rect x="\d+\.1"', raw)) <= 11
    assert "style=" not in raw


async def test_a_budget_that_is_nearly_used_up_asks_for_a_look(
    api: Api, organiser: httpx2.AsyncClient
) -> None:
    measured(api, running(api, "mastodon", MASTODON), Budget("X", "money", 1.0, 50))
    assert "Mastodon a.example Posts come, but its budget is nearly used up" in await read(organiser, api)


async def test_a_feed_of_before_has_nothing_measured_and_a_page(
    api: Api, organiser: httpx2.AsyncClient
) -> None:
    running(api, "mastodon", MASTODON)
    page = await read(organiser, api)
    assert "Last post None yet" in page
    assert "Not known before a new post comes" in page


@pytest.mark.parametrize(
    ("text", "mastodon", "bluesky"),
    [
        ("#SMSummit", "Yes: it reads #smsummit", "Yes: it reads #smsummit"),
        ("#SMSummit14", "No: #SMSummit14 is another hashtag than #smsummit", "than #smsummit, #santé"),
        ("on #sante now", "No: #sante is another hashtag", "No: #sante and #santé differ by accents only"),
        ("smsummit", "No: smsummit stands there as a word, without #", "With # in front, as #smsummit"),
        (
            "good morning",
            "No: there is no hashtag in it. This feed reads #smsummit.",
            "reads #smsummit, #santé",
        ),
    ],
)
async def test_would_this_post_have_come(
    api: Api, organiser: httpx2.AsyncClient, text: str, mastodon: str, bluesky: str
) -> None:
    running(api, "mastodon", MASTODON)
    running(api, "bluesky", BLUESKY)
    page = plain((await organiser.post(f"{here(api)}/match", data={"text": text})).text)
    answers = page.partition("Ask the feeds")[2].partition("Add a feed")[0]
    first, _, second = answers.partition("Bluesky")
    assert mastodon in first
    assert bluesky in second


async def test_the_address_of_a_post_is_looked_up_among_those_that_came(
    api: Api, organiser: httpx2.AsyncClient
) -> None:
    running(api, "mastodon", MASTODON)
    url = "https://a.example/@ada/7"
    for said in ("An address alone does not say", "The post at this address has come"):
        page = await organiser.post(f"{here(api)}/match", data={"text": url})
        assert said in plain(page.text)
        came = Arrived(post("7").model_copy(update={"url": url}))
        await api.parts.intake.submit(api.event.id, [came], "system")


async def test_hostile_text_is_shown_and_not_run(api: Api, organiser: httpx2.AsyncClient) -> None:
    running(api, "mastodon", MASTODON)
    text = "</textarea><script>alert(1)</script> #<b>"
    page = await organiser.post(f"{here(api)}/match", data={"text": text})
    assert "<script>alert" not in page.text
    assert html.unescape(page.text).count(text) == 1
    assert (await organiser.post(f"{here(api)}/match", data={"text": "#" * 20_000})).status_code == 200
    assert (await organiser.post(f"{here(api)}/match", data={})).status_code == 200


@pytest.mark.parametrize(
    ("roles", "status"),
    [((Role.TECHNICIAN,), 200), ((Role.MODERATOR,), 200), ((Role.FACILITATOR,), 403), ((Role.RATER,), 403)],
)
async def test_who_may_see_feeds_may_ask(api: Api, roles: tuple[Role, ...], status: int) -> None:
    running(api, "mastodon", MASTODON)
    async with api.client(api.signed_in(*roles), **ACCEPTS) as client:
        assert (await client.post(f"{here(api)}/match", data={"text": "#x"})).status_code == status
