"""No record, however broken, makes a parser raise, or gives a post that cannot be stored."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.feeds.feed_records import conference_record, mastodon_status
from tests.feeds.table_records import OUTBOX_BOOST, OUTBOX_NOTE, TAGS_ROW, TWARC_ROW
from wall.feeds.base import Arrived, Dropped, Edited, Withdrawn
from wall.feeds.shapes import SHAPES, describe
from wall.text import drop_bad_links, search_words

ANYTHING = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**30), 10**30),
        st.floats(),
        st.text(max_size=20),
        st.sampled_from(
            ["\ud800", "\x00", "#a", "https://e.example", "2026-05-12T13:00:00Z", "<p>", "&amp;"]
        ),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)

X_PAGE = {
    "data": [
        {
            "id": "2",
            "text": "a &amp; https://t.co/a #b",
            "author_id": "7",
            "created_at": "2026-05-12T13:00:00Z",
            "lang": "en",
            "edit_history_tweet_ids": ["1", "2"],
            "referenced_tweets": [{"type": "quoted", "id": "5"}],
            "attachments": {"media_keys": ["m"]},
            "entities": {
                "urls": [{"start": 8, "end": 22, "url": "https://t.co/a"}],
                "hashtags": [{"tag": "b"}],
            },
            "note_tweet": {"text": "longer", "entities": {}},
        }
    ],
    "includes": {
        "users": [{"id": "7", "username": "ada", "name": "Ada", "public_metrics": {"followers_count": 1}}],
        "media": [{"media_key": "m", "type": "photo", "url": "https://i.example/1.jpg", "variants": [{}]}],
        "tweets": [{"id": "5", "edit_history_tweet_ids": ["4", "5"]}],
    },
}
IMAGE = {"type": "image", "url": "https://a.example/1.png", "meta": {"original": {"width": 1, "height": 1}}}
STATUS = mastodon_status(
    2,
    reblog=mastodon_status(1),
    tags=[{"name": "b"}],
    media_attachments=[IMAGE],
    quote={"state": "accepted", "quoted_status": mastodon_status(3)},
    in_reply_to_id="1",
    spoiler_text="",
)
GOOD = {
    "conference": [conference_record(1, repost_of={"id": "5"}, warning="w")],
    "mastodon": [
        STATUS,
        {"event": "status.update", "payload": STATUS},
        {"event": "delete", "payload": "2"},
    ],
    "x": [X_PAGE],
    "outbox": [OUTBOX_NOTE, OUTBOX_BOOST, OUTBOX_NOTE["object"]],
    "twarc-csv": [TWARC_ROW],
    "tags": [TAGS_ROW, {**TAGS_ROW, "text": "RT @ada: a point"}],
}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, part in inner:
        yield (*path, key)
        yield from places(part, (*path, key))


def spoiled(record: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    record = copy.deepcopy(record)
    part: Any = record
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return record


@pytest.mark.parametrize("name", sorted(SHAPES))
@settings(max_examples=300)
@given(draw=st.data())
def test_one_spoiled_field_never_raises(name: str, draw: st.DataObject) -> None:
    good = draw.draw(st.sampled_from(GOOD[name]))
    record = spoiled(good, draw.draw(st.sampled_from(list(places(good)))), draw.draw(ANYTHING))
    shape = SHAPES[name]()
    shape.remember(record)
    describe(record)
    for item in shape.parse(record, "line 1"):
        assert isinstance(item, Arrived | Edited | Withdrawn | Dropped)
        if isinstance(item, Arrived | Edited):
            post = drop_bad_links(item.post)
            json.dumps(post.model_dump(mode="json"), ensure_ascii=False).encode()
            assert "\x00" not in search_words(post)


@pytest.mark.parametrize("name", sorted(SHAPES))
@settings(max_examples=100)
@given(record=st.dictionaries(st.text(max_size=8), ANYTHING, max_size=4))
def test_any_object_at_all_never_raises(name: str, record: dict[str, Any]) -> None:
    shape = SHAPES[name]()
    shape.remember(record)
    shape.parse(record, "line 1")
    shape.recognises(record)
    describe(record)
