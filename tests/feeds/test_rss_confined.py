"""Documents are read in a process of their own, which is ended where they keep it busy."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.feeds.reading import Reading
from tests.feeds.rss_documents import RSS, rss
from tests.feeds.rss_reading import looked, reading
from tests.support.waiting import eventually
from tests.world.syndication import Answer, FakeSite
from wall.feeds import rss as network
from wall.feeds.syndication.reader import opened
from wall.feeds.syndication.xml_documents import Xml

_FOREVER = {
    "newlines before the root": f"<!-- x -->{chr(10) * 1_000_000}{RSS.partition('?>')[2].format('')}",
    "an author": rss(f"<guid>1</guid><title>x</title><author>{'a' * 1_000_000}</author>"),
}
"""Each takes feedparser more than an hour."""


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    async with FakeSite() as made:
        yield made


@pytest.mark.parametrize("document", _FOREVER.values(), ids=_FOREVER)
async def test_a_document_that_takes_for_ever_is_refused_in_words_and_the_others_come(
    site: FakeSite, document: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "_PARSING_SECONDS", 5.0)
    good = site.feed("/good")
    body = document.encode()
    site.failing = lambda path: Answer(200, body) if path == "/bad" else None
    async with reading(f"http://{site.host}/bad", good.url, first_wait=600.0, longest_wait=600.0) as read:
        trouble = await read.troubled("not_a_feed")
        await read.has(good.publish("words").key)
        await looked(good)
    assert trouble.where.endswith("/bad")
    assert "not safe to read" in trouble.message


def test_the_server_itself_takes_no_square_time_to_hand_a_document_over() -> None:
    """An hour for each million newlines, where a declaration is looked for from every one of them."""
    found = opened(f"<rss>{chr(10) * 2_000_000}</rss>".encode(), "")
    assert isinstance(found, Xml)
    assert len(found.given) > 2_000_000


def _workers(read: Reading) -> list[Any]:
    """Those of a source that have nothing to do."""
    source: Any = read.source
    return [one._process for one in source._pool._free]


async def test_a_worker_that_dies_is_replaced(site: FakeSite) -> None:
    feed = site.feed()
    async with reading(feed.url) as read:
        await read.has(feed.publish("before").key)
        await eventually(lambda: _workers(read))
        _workers(read)[0].kill()
        await read.has(feed.publish("after").key)


async def test_with_the_source_its_worker_ends(site: FakeSite) -> None:
    feed = site.feed()
    async with reading(feed.url) as read:
        await read.has(feed.publish("words").key)
        await eventually(lambda: _workers(read))
        process = _workers(read)[0]
    assert process.returncode is not None
