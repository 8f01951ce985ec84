"""What a source of sites' feeds tells: what comes, what is edited, and what goes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.feeds.rss_reading import looked, reading
from tests.support.waiting import eventually
from tests.world.syndication import FakeFeed, FakeSite
from wall.feeds.base import Edited, Rechecked
from wall.model import utc_now


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    async with FakeSite() as made:
        yield made


@pytest.fixture
def feed(site: FakeSite) -> FakeFeed:
    return site.feed()


class TestWhatComes:
    async def test_only_entries_with_the_hashtag_come_where_one_is_given(self, feed: FakeFeed) -> None:
        feed.publish("nothing")
        keys = [feed.publish("x", tags=("SMSummit",)).key, feed.publish("on #SMSummit").key]
        async with reading(feed.url, config={"hashtags": ["smsummit"]}) as read:
            await read.has(*keys)
            feed.edit(keys[1], "not on it any more")
            await eventually(lambda: read.posts[keys[1]].text == "not on it any more")
        assert set(read.told) == set(keys)

    async def test_what_is_older_than_wanted_does_not_come(self, feed: FakeFeed) -> None:
        old = feed.publish("old", at=utc_now() - timedelta(days=8)).key
        young = feed.publish("young", at=utc_now() - timedelta(days=6)).key
        async with reading(feed.url) as read:
            await read.has(young)
        assert old not in read.posts
        async with reading(feed.url, config={"look_back_days": 30}) as read:
            await read.has(old, young)
        assert read.told == [old, young]

    async def test_two_feeds_may_use_the_same_number(self, site: FakeSite) -> None:
        feeds = [site.feed(path, "rss") for path in ("/a", "/b")]
        for feed in feeds:
            feed.publish(f"of {feed.path}", id="1")
        keys = [f"{feed.url}#1" for feed in feeds]
        async with reading(*(feed.url for feed in feeds)) as read:
            await read.has(*keys)
        assert [read.posts[key].text for key in keys] == ["of /a", "of /b"]

    async def test_an_undated_entry_keeps_its_time_over_restarts(self, feed: FakeFeed) -> None:
        entry = feed.publish("words")
        entry.at = None
        async with reading(feed.url) as read:
            await read.has(entry.key)
            await eventually(lambda: read.cursor)
        first = read.posts[entry.key].created_at
        assert first <= utc_now()
        feed.edit(entry.key, "other words", dated=False)
        async with reading(feed.url, cursor=read.cursor) as again:
            await again.has(entry.key)
        assert abs(again.posts[entry.key].created_at - first) < timedelta(milliseconds=1)

    @pytest.mark.parametrize("first", ["mine", "theirs"])
    async def test_an_entry_of_a_feed_is_not_changed_by_another_feed_nor_another_source(
        self, site: FakeSite, first: str
    ) -> None:
        """Keys are what the event's journal goes by, whichever source brought them."""
        mine, theirs = site.feed("/mine"), site.feed("/theirs")
        ours = mine.publish("my words")
        copy = theirs.publish("put into my mouth", id=ours.id)
        feeds = [mine.url, theirs.url] if first == "mine" else [theirs.url, mine.url]
        async with reading(*feeds) as read, reading(theirs.url) as other:
            await read.has(ours.key, copy.key)
            await other.has(copy.key)
            theirs.edit(ours.id, "put into my mouth again")
            await eventually(lambda: other.posts[copy.key].text == "put into my mouth again")
            theirs.delete(ours.id)
            await eventually(lambda: other.withdrawn and read.withdrawn)
            await read.has(mine.publish("a later post").key)
        assert read.posts[ours.key].text == "my words"
        assert set(read.withdrawn) == set(other.withdrawn) == {copy.key}
        assert ours.key not in other.posts

    async def test_what_is_listed_no_more_is_not_deleted(self, feed: FakeFeed) -> None:
        feed.window = 1
        first = feed.publish("first").key
        async with reading(feed.url) as read:
            await read.has(first)
            second = feed.publish("second").key
            await read.has(second)
            assert await read.source.recheck([first, second]) == Rechecked()
        assert not read.withdrawn

    async def test_an_entry_that_cannot_be_used_is_counted_once(self, feed: FakeFeed) -> None:
        feed.validators = frozenset()
        feed.publish("x" * 30_000)
        async with reading(feed.url) as read:
            await eventually(lambda: read.dropped)
            feed.publish("another")
            await looked(feed, 3)
        assert read.dropped == ["unusable_post"]


class TestEdits:
    async def test_the_time_is_what_the_feed_says_where_it_says_one(self, feed: FakeFeed) -> None:
        key = feed.publish("words", at=utc_now() - timedelta(minutes=9)).key
        async with reading(feed.url) as read:
            await read.has(key)
            feed.edit(key, "other words")
            at = feed.entry(key).updated = (utc_now() - timedelta(minutes=1)).replace(microsecond=0)
            await eventually(lambda: read.posts[key].text == "other words")
        assert read.posts[key].edited_at == at

    async def test_a_date_alone_is_no_edit(self, feed: FakeFeed) -> None:
        key = feed.publish("words").key
        async with reading(feed.url) as read:
            await read.has(key)
            feed.entry(key).updated = utc_now() + timedelta(seconds=2)
            await looked(feed, 3)
        assert read.told == [key]

    async def test_new_words_under_the_old_date_are_an_edit(self, feed: FakeFeed) -> None:
        key = feed.publish("words").key
        async with reading(feed.url) as read:
            await read.has(key)
            feed.edit(key, "other words", dated=False)
            await eventually(lambda: read.posts[key].text == "other words")
            feed.edit(key, "yet others", dated=False)
            await eventually(lambda: read.posts[key].text == "yet others")
        edits = [item.post.edited_at for item in read.items if isinstance(item, Edited)]
        assert len(edits) == 2
        assert None not in edits
        assert edits[0] < edits[1]

    @pytest.mark.parametrize("dated", [True, False])
    async def test_a_cache_that_lags_behind_brings_no_old_words_back(
        self, feed: FakeFeed, dated: bool
    ) -> None:
        key = feed.publish("first words", at=utc_now() - timedelta(minutes=1)).key
        async with reading(feed.url) as read:
            await read.has(key)
            feed.edit(key, "second words", dated=dated)
            await eventually(lambda: read.posts[key].text == "second words")
            feed.repeat(key)
            await looked(feed, 3)
        assert read.posts[key].text == "second words"

    async def test_an_edit_while_nobody_listened_is_told_after_a_restart(self, feed: FakeFeed) -> None:
        keys = [feed.publish(f"post {number}").key for number in range(3)]
        async with reading(feed.url) as read:
            await read.has(*keys)
            await eventually(lambda: read.cursor)
        feed.edit(keys[1], "edited meanwhile")
        async with reading(feed.url, cursor=read.cursor) as again:
            await again.has(keys[1])
            await looked(feed)
        assert [(item.post.key, item.post.text) for item in again.items if isinstance(item, Edited)] == [
            (keys[1], "edited meanwhile")
        ]
        assert again.told == [keys[1]]


class TestDeletions:
    async def test_one_while_nobody_listened_is_told_once_after_a_restart(self, feed: FakeFeed) -> None:
        keys = [feed.publish(f"post {number}").key for number in range(3)]
        async with reading(feed.url) as read:
            await read.has(*keys)
            await eventually(lambda: read.cursor)
        feed.delete(keys[1])
        async with reading(feed.url, cursor=read.cursor) as again:
            await eventually(lambda: again.withdrawn)
            feed.publish("later")
            await looked(feed, 3)
        assert again.withdrawn == [keys[1]]

    async def test_what_was_written_anew_after_its_deletion_is_there(self, feed: FakeFeed) -> None:
        deleted = feed.publish("words", at=utc_now() - timedelta(minutes=5))
        feed.delete(deleted.id)
        feed.listing.deleted = [(deleted.id, utc_now() - timedelta(minutes=4))]
        feed.publish("words anew", at=utc_now() - timedelta(minutes=2), id=deleted.id)
        async with reading(feed.url) as read:
            await read.has(deleted.key)
        assert not read.withdrawn

    async def test_what_is_written_anew_long_after_its_deletion_is_there(self, feed: FakeFeed) -> None:
        deleted = feed.publish("words", at=utc_now() - timedelta(minutes=5))
        feed.delete(deleted.id)
        feed.listing.deleted = [(deleted.id, utc_now() - timedelta(minutes=4))]
        async with reading(feed.url) as read:
            await read.has(feed.publish("another").key)
            feed.publish("words anew", at=utc_now() - timedelta(minutes=2), id=deleted.id)
            await eventually(lambda: deleted.key in read.posts)
