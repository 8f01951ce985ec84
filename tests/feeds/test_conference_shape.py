"""The conference shape."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wall.feeds.archive import read_archive
from wall.feeds.base import Arrived, Checkpoint, Dropped
from wall.feeds.shapes import Conference
from wall.model import Post

Make = Callable[..., dict[str, Any]]


def one(record: dict[str, Any]) -> Post:
    (item,) = Conference().parse(record, "line 1")
    assert isinstance(item, Arrived)
    return item.post


def test_every_field_finds_its_place(conference: Make) -> None:
    post = one(
        conference(
            3,
            source="bluesky",
            warning="grief",
            reply_to={"id": "5"},
            quote_of={"id": "6"},
            repost_of={"id": "8"},
        )
    )
    assert (post.network, post.key, post.text) == ("bluesky", "1003", "post 3 #SMSummit")
    assert (post.author.key, post.author.handle, post.author.name, post.author.followers) == (
        "7",
        "ada",
        "Ada",
        12,
    )
    assert (post.reply_to, post.quote_of, post.repost_of) == ("5", "6", "8")
    assert (post.warning, post.sensitive, post.hashtags, post.url) == ("grief", True, ("SMSummit",), None)
    assert post.created_at.isoformat() == "2026-05-12T13:00:03+00:00"


def test_what_is_absent_has_a_sensible_value(conference: Make) -> None:
    record = conference(author={"id": 7, "username": "ada", "followers_count": -1}, lang="und", source=None)
    del record["hashtags"]
    post = one(record)
    assert (post.network, post.lang, post.author.name, post.author.followers) == ("x", None, "", None)
    assert (post.author.key, post.hashtags) == ("7", ("SMSummit",))


def test_hostile_text_is_stored_as_it_was_said(conference: Make) -> None:
    post = one(conference(id="a/b?c#d", text="nul \x00 half \ud800 line\u2028end\r\n\u202e<script>"))
    assert post.key == "a/b?c#d"
    assert post.text == "nul \ufffd half \ufffd line\u2028end\n\u202e<script>"


def test_names_may_be_long_but_not_endless(conference: Make) -> None:
    author = {"id": "7", "username": "ada", "name": "n" * 5_000}
    assert len(one(conference(author=author)).author.name) == 5_000
    author["name"] += "n"
    assert Conference().parse(conference(author=author), "line 4") == [Dropped("unusable_post", "line 4")]


def test_a_date_in_the_future_is_kept(conference: Make) -> None:
    assert one(conference(created_at="2999-01-01T00:00:00+14:00")).created_at.year == 2998


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"id": True},
        {"id": {"$oid": "1"}},
        {"id": ""},
        {"id": "k" * 501},
        {"author": {}},
        {"author": {"id": "7", "username": None}},
        {"author": {"id": "7", "username": ["a"]}},
        {"text": None},
        {"text": "x" * 20_001},
        {"created_at": "yesterday"},
        {"created_at": "9999-99-99T00:00:00Z"},
        {"created_at": None},
        {"source": "No Such Network"},
        {"hashtags": "SMSummit"},
        {"hashtags": [7]},
        {"repost_of": "12"},
        {"repost_of": {"key": "12"}},
    ],
)
def test_what_breaks_the_model_costs_one_post(conference: Make, changes: dict[str, Any]) -> None:
    assert Conference().parse(conference(**changes), "line 9") == [Dropped("unusable_post", "line 9")]


def test_the_real_archive_has_its_known_numbers(shared_data: Path) -> None:
    items = list(read_archive(shared_data / "conference-2019.jsonl"))
    posts = [item.post for item in items if isinstance(item, Arrived)]
    reposts = [post for post in posts if post.repost_of]
    known = {post.key for post in posts}
    lacking = [post for post in reposts if post.repost_of not in known]
    assert len(posts) + sum(isinstance(item, Checkpoint) for item in items) == len(items)
    assert len(posts) == len(known) == 8_318
    assert len({post.author.key for post in posts}) == 2_151
    assert len(reposts) == 6_356
    assert (len(lacking), len({post.repost_of for post in lacking})) == (31, 9)
    assert {post.network for post in posts} == {"x"}
