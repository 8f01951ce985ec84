"""Entries as posts: words without doubling, hashtags, keys and dates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.feeds.rss_documents import HOME, NOW, RSS, atom, entries, json_feed, parsed, post, rss
from wall.feeds.syndication.posts import Place, told_of


class TestWords:
    @pytest.mark.parametrize(
        ("title", "text", "said"),
        [
            ("A title", "Words", "A title\n\nWords"),
            ("Words and", "Words and more", "Words and more"),
            ("Words and…", "Words and more", "Words and more"),
            ("Words  AND [...]", "words and more", "words and more"),
            ("Same", "Same", "Same"),
            ("", "Words", "Words"),
            ("A title", "", "A title"),
            ("…", "Words", "…\n\nWords"),
        ],
    )
    def test_title_and_text_are_joined_without_saying_it_twice(
        self, title: str, text: str, said: str
    ) -> None:
        item = {"id": "1", "title": title, "content_text": text}
        assert post(json_feed(item)).text == said

    def test_a_text_that_is_too_long_is_its_summary_or_its_title_or_nothing(self) -> None:
        long = {"id": "1", "content_text": "x" * 20_001}
        assert post(json_feed(long | {"summary": "Short"})).text == "Short"
        assert post(json_feed(long | {"title": "A title"})).text == "A title"
        told, losses = told_of(
            parsed(json_feed(long).encode(), ""), Place(HOME, "blog", HOME), frozenset(), NOW
        )
        assert not told
        assert [one.item.code for one in losses] == ["unusable_post"]

    def test_an_entry_of_nothing_is_counted(self) -> None:
        document = parsed(
            json_feed({"id": "1"}, {"id": "2", "image": "https://x.example/1.png"}).encode(), ""
        )
        told, losses = told_of(document, Place(HOME, "blog", HOME), frozenset(), NOW)
        assert (len(told), len(losses)) == (1, 1)

    def test_a_loss_is_remembered_by_a_fingerprint_however_long_its_id_is(self) -> None:
        items = [{"id": "x" * 1_000_000 + end} for end in "ab"]
        document = parsed(json_feed(*items).encode(), "")
        _, losses = told_of(document, Place(HOME, "blog", HOME), frozenset(), NOW)
        assert len({one.name for one in losses}) == 2
        assert {len(one.name) for one in losses} == {10}

    @pytest.mark.parametrize(
        ("entry", "wanted"),
        [
            ({"tags": ["SMSummit"]}, True),
            ({"tags": ["#SM Summit"]}, True),
            ({"title": "On #ＳＭＳｕｍｍｉｔ"}, True),
            ({"content_html": "<p>#<span>smsummit</span></p>"}, True),
            ({"title": "smsummit"}, False),
            ({"content_text": "https://x.example/#smsummit #smsummits"}, False),
        ],
    )
    def test_a_hashtag_is_a_category_or_in_the_words(self, entry: dict[str, Any], wanted: bool) -> None:
        (told,) = entries(json_feed({"id": "1", "content_text": "x"} | entry), "smsummit")
        assert told.wanted is wanted


class TestKeys:
    def test_an_id_that_is_no_uri_is_one_of_its_feed(self) -> None:
        item = "<guid isPermaLink='false'>1</guid><title>x</title>"
        first, second = (post(rss(item), base=f"https://{name}.example/feed").key for name in "ab")
        assert (first, second) == ("https://a.example/feed#1", "https://b.example/feed#1")

    def test_a_uri_is_one_of_its_feed_too(self) -> None:
        """Else any site could list another's ids, and so change or take back what is not its own."""
        keys = [post(atom("<title>x</title>"), base=f"https://{name}.example/feed").key for name in "ab"]
        assert keys == [f"https://{name}.example/feed#tag:blog.example,2026:1" for name in "ab"]

    def test_without_an_id_it_is_the_link_and_without_that_the_words(self) -> None:
        link = "<link>https://blog.example/1</link><title>x</title>"
        assert post(rss(link)).key == f"{HOME}#https://blog.example/1"
        keys = {post(rss(f"<title>{title}</title>")).key for title in ("x", "x", "y")}
        assert len(keys) == 2

    def test_a_long_one_is_still_one(self) -> None:
        keys = {
            post(rss(f"<guid>https://x.example/{'x' * 2_000}{end}</guid><title>x</title>")).key
            for end in "ab"
        }
        assert len(keys) == 2


class TestAuthors:
    @pytest.mark.parametrize(
        ("link", "base", "handle"),
        [
            ("https://m.example/@ada/1", "https://m.example/tags/x.rss", "ada@m.example"),
            ("https://m.example/@ada/1", "https://evil.example/feed", "evil.example"),
            ("https://m.example/@ada/1", "http://m.example/feed", "m.example"),
            ("http://m.example/@ada/1", "https://m.example/feed", "m.example"),
            ("https://evil.example/@ada@m.example/1", "https://evil.example/feed", "evil.example"),
            ("https://m.example.evil.example/@ada/1", "https://evil.example/feed", "evil.example"),
            ("https://m.example/1", "https://evil.example/feed", "evil.example"),
        ],
    )
    def test_a_link_names_its_author_only_where_the_feed_is_of_its_host(
        self, link: str, base: str, handle: str
    ) -> None:
        found = post(json_feed({"id": "1", "url": link, "content_text": "Words"}), base=base)
        assert found.author.handle == handle
        assert found.author.key == ("https://m.example/@ada" if "@" in handle else base)

    def test_the_key_of_an_author_is_one_of_the_feed_whatever_address_it_claims(self) -> None:
        author = {"name": "Ada", "url": "https://m.example/@ada"}
        found = post(json_feed({"id": "1", "content_text": "Words", "authors": [author]}))
        assert found.author.key == f"{HOME}#https://m.example/@ada"

    @pytest.mark.parametrize(
        ("said", "name"),
        [
            ("ada@x.example (Ada Lovelace)", "Ada Lovelace"),
            ("Ada Lovelace &lt;ada@x.example&gt;", "Ada Lovelace"),
            ("ada@x.example", "The blog"),
            ("&lt;" * 150 + "@" * 150, "The blog"),
            ("&lt;@" * 150, "The blog"),
        ],
    )
    def test_mail_is_nobodys_name(self, said: str, name: str) -> None:
        found = post(rss(f"<guid>1</guid><title>x</title><dc:creator>{said}</dc:creator>"))
        assert found.author.name == name


class TestDates:
    @pytest.mark.parametrize(
        "date",
        ["", "yesterday", "Thu, 01 Jan 1970 00:00:00 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", "9" * 100],
    )
    def test_what_is_no_date_is_none(self, date: str) -> None:
        (told,) = entries(rss(f"<guid>1</guid><title>x</title><pubDate>{date}</pubDate>"))
        assert not told.dated
        assert NOW - timedelta(seconds=1) < told.post.created_at <= NOW

    def test_the_future_is_not_believed(self) -> None:
        tomorrow = (NOW + timedelta(days=1)).isoformat()
        (told,) = entries(
            atom(f"<title>x</title><published>{tomorrow}</published><updated>{tomorrow}</updated>")
        )
        assert not told.dated
        assert told.updated is None
        assert told.post.created_at <= NOW

    def test_undated_entries_keep_their_order_the_newest_first_as_feeds_list_them(self) -> None:
        items = "".join(
            f"<item><guid>{number}</guid><title>{number}</title></item>" for number in (3, 2, 1)
        )
        assert [one.post.text for one in entries(RSS.format(items))] == ["1", "2", "3"]
