"""Stream objects and search pages of the X API v2, in both vocabularies."""

from __future__ import annotations

from typing import Any

import pytest

from wall.feeds.base import Arrived, Dropped, Edited
from wall.feeds.shapes import X, detect
from wall.model import Link, Post

USERS = [
    {
        "id": "7",
        "username": "ada",
        "name": "Ada",
        "profile_image_url": "https://i.example/a.jpg",
        "public_metrics": {"followers_count": 5},
    },
    {"id": "8", "username": "shy", "name": "Shy", "protected": True},
]


def data(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"{number}",
        "text": f"post {number}",
        "author_id": "7",
        "created_at": f"2026-05-12T13:00:{number:02}.000Z",
        "lang": "en",
    } | changes


def streamed(post: dict[str, Any], **includes: Any) -> dict[str, Any]:
    return {
        "data": post,
        "includes": {"users": USERS} | includes,
        "matching_rules": [{"id": "1", "tag": "t"}],
    }


def one(record: dict[str, Any], shape: X | None = None) -> Post:
    (item,) = (shape or X()).parse(record, "line 1")
    assert isinstance(item, Arrived | Edited)
    return item.post


def test_a_stream_object_becomes_a_post() -> None:
    post = one(streamed(data(1, possibly_sensitive=True)))
    assert (post.network, post.key, post.text, post.lang, post.sensitive) == (
        "x",
        "1",
        "post 1",
        "en",
        True,
    )
    assert (post.author.key, post.author.handle, post.author.followers) == ("7", "ada", 5)
    assert (post.author.url, post.author.avatar) == ("https://x.com/ada", "https://i.example/a.jpg")
    assert post.url == "https://x.com/ada/status/1"


def test_links_move_when_the_text_is_unescaped() -> None:
    text = "&lt;b&gt; 🩺 &amp; https://t.co/a &amp; #Sum &amp;amp; https://t.co/b"
    urls = [
        {
            "start": text.index(url),
            "end": text.index(url) + len(url),
            "url": url,
            "expanded_url": f"https://e.example/{n}",
        }
        for n, url in enumerate(["https://t.co/a", "https://t.co/b"])
    ]
    post = one(streamed(data(text=text, entities={"urls": urls, "hashtags": [{"tag": "Sum"}]})))
    assert post.text == "<b> 🩺 & https://t.co/a & #Sum &amp; https://t.co/b"
    assert [post.text[link.start : link.end] for link in post.links] == ["https://t.co/a", "https://t.co/b"]
    assert [link.url for link in post.links] == ["https://e.example/0", "https://e.example/1"]
    assert post.hashtags == ("Sum",)


def test_unsafe_or_broken_links_are_left_out() -> None:
    urls = [
        {"start": 0, "end": 4, "url": "javascript:x"},
        {"start": "0", "end": 4, "url": "https://t.co/a"},
        {"end": 4},
        "https://t.co/b",
        {"start": 0, "end": 4, "url": "https://t.co/c"},
    ]
    assert one(streamed(data(entities={"urls": urls}))).links == (
        Link(start=0, end=4, url="https://t.co/c"),
    )


@pytest.mark.parametrize("field", ["note_tweet", "note_post"])
def test_a_long_post_has_its_whole_text_with_its_own_links(field: str) -> None:
    note = {
        "text": "a" * 300 + " https://t.co/x",
        "entities": {"urls": [{"start": 301, "end": 315, "url": "https://t.co/x"}]},
    }
    cut = {"urls": [{"start": 0, "end": 9, "url": "https://t.co/other"}]}
    post = one(streamed(data(text="a" * 279 + "…", entities=cut) | {field: note}))
    assert len(post.text) == 315
    assert post.links == (Link(start=301, end=315, url="https://t.co/x"),)


@pytest.mark.parametrize("field", ["referenced_tweets", "referenced_posts"])
def test_references_are_named(field: str) -> None:
    references = [
        {"type": "retweeted", "id": "5"},
        {"type": "quoted", "id": "6"},
        {"type": "replied_to", "id": "9"},
    ]
    post = one(streamed(data() | {field: references}))
    assert (post.repost_of, post.quote_of, post.reply_to) == ("5", "6", "9")


@pytest.mark.parametrize("field", ["edit_history_tweet_ids", "edit_history_post_ids"])
def test_an_edit_keeps_the_first_key(field: str) -> None:
    shape = X()
    (first,) = shape.parse(streamed(data(1) | {field: ["1"]}), "line 1")
    (second,) = shape.parse(streamed(data(2, text="better") | {field: ["1", "2"]}), "line 2")
    assert isinstance(first, Arrived)
    assert isinstance(second, Edited)
    assert (second.post.key, second.post.text, second.post.edited_at) == (
        "1",
        "better",
        second.post.created_at,
    )
    assert second.post.url == "https://x.com/ada/status/2"


@pytest.mark.parametrize("included", ["tweets", "posts"])
def test_references_to_an_edit_point_at_the_first_key(included: str) -> None:
    original = data(2, edit_history_tweet_ids=["1", "2"])
    repost = data(5, referenced_tweets=[{"type": "retweeted", "id": "2"}])
    assert one(streamed(repost, **{included: [original]})).repost_of == "1"
    shape = X()
    shape.remember(streamed(original))
    assert one(streamed(repost), shape).repost_of == "1"


def test_media_are_found_by_their_keys() -> None:
    media = [
        {
            "media_key": "a",
            "type": "photo",
            "url": "https://i.example/1.jpg",
            "alt_text": "a poster",
            "width": 4,
            "height": 3,
        },
        {
            "media_key": "b",
            "type": "video",
            "preview_image_url": "https://i.example/2.jpg",
            "variants": [
                {"content_type": "application/x-mpegURL", "url": "https://v.example/2.m3u8"},
                {"content_type": "video/mp4", "bit_rate": 1, "url": "https://v.example/low.mp4"},
                {"content_type": "video/mp4", "bit_rate": 9, "url": "https://v.example/high.mp4"},
            ],
        },
        {"media_key": "c", "type": "animated_gif", "preview_image_url": "https://i.example/3.jpg"},
        {"media_key": "d", "type": "photo"},
    ]
    keys = {"media_keys": ["a", "b", "c", "d", "unknown"]}
    photo, video, still = one(streamed(data(attachments=keys), media=media)).media
    assert (photo.kind, photo.alt, photo.width) == ("image", "a poster", 4)
    assert (video.kind, video.url, video.preview) == (
        "video",
        "https://v.example/high.mp4",
        "https://i.example/2.jpg",
    )
    assert (still.kind, still.url) == ("image", "https://i.example/3.jpg")


def test_a_search_page_is_played_oldest_first() -> None:
    page = {"data": [data(3), data(2), data(1)], "includes": {"users": USERS}, "meta": {"result_count": 3}}
    posts = [item.post for item in X().parse(page, "line 1") if isinstance(item, Arrived)]
    assert [post.key for post in posts] == ["1", "2", "3"]


def test_one_bad_post_of_a_page_costs_only_itself() -> None:
    page = {
        "data": [data(1), data(2, author_id="404"), data(3, author_id="8"), 7],
        "includes": {"users": USERS},
    }
    assert [type(item) for item in X().parse(page, "line 1")] == [Arrived, Dropped, Dropped]
    assert X().parse(page, "line 1")[1:] == [
        Dropped("unusable_post", "line 1"),
        Dropped("not_public", "line 1"),
    ]


@pytest.mark.parametrize(
    "includes", [None, [], {"users": None}, {"users": ["ada"]}, {"users": USERS, "media": 5, "tweets": 5}]
)
def test_broken_includes_never_raise(includes: Any) -> None:
    assert len(X().parse({"data": data(), "includes": includes}, "line 1")) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"created_at": None},
        {"text": None},
        {"referenced_tweets": [{"id": "5"}]},
        {"edit_history_tweet_ids": 7, "created_at": None},
        {"attachments": {"media_keys": [{}]}},
    ],
)
def test_what_cannot_be_used_costs_one_post(changes: dict[str, Any]) -> None:
    assert X().parse(streamed(data(**changes)), "line 3") == [Dropped("unusable_post", "line 3")]


def test_an_empty_page_and_an_error_have_no_posts() -> None:
    empty = {"meta": {"result_count": 0}}
    assert detect(empty) is X
    assert X().parse(empty, "line 1") == []
    assert X().parse({"errors": [{"title": "operational-disconnect"}]}, "line 2") == []


def test_what_x_shows_nowhere_is_not_public_and_what_it_withholds_somewhere_is_for_a_person() -> None:
    for withheld in (
        {"country_codes": ["XX"]},
        {"copyright": True, "country_codes": ["XY"]},
    ):
        assert X().parse(streamed(data(withheld=withheld)), "line 1") == [Dropped("not_public", "line 1")]
    for unclear in ({}, {"country_codes": []}, {"country_codes": "DE"}, {"country_codes": ["DE"]}):
        assert one(streamed(data(withheld={"copyright": True, **unclear}))).sensitive
    hidden = USERS[0] | {"withheld": {"country_codes": ["DE"]}}
    assert one({"data": data(), "includes": {"users": [hidden]}}).sensitive
    assert not one(streamed(data(withheld={"country_codes": 5}))).sensitive
    assert not one(streamed(data(withheld="DE"))).sensitive


def test_words_of_a_post_that_x_withholds_are_not_quoted() -> None:
    quoted = data(2, withheld={"country_codes": ["XX"]})
    post = one(streamed(data(1, referenced_tweets=[{"type": "quoted", "id": "2"}]), tweets=[quoted]))
    assert (post.quote_of, post.quote) == ("2", None)


def test_mentions_lead_to_profiles() -> None:
    mentions = [
        {"start": 0, "end": 4, "username": "ada"},
        {"start": 5, "end": 9},
        "ada",
        {"username": "bo"},
    ]
    assert one(streamed(data(text="@ada and so on", entities={"mentions": mentions}))).links == (
        Link(start=0, end=4, url="https://x.com/ada"),
    )
