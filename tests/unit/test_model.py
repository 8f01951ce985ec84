"""What enters a model is storable everywhere, and otherwise as it was said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.support.summit import MORNING, post
from wall.model import (
    NAME_LIMIT,
    POST_TEXT_LIMIT,
    Author,
    Emoji,
    Post,
    Reason,
    Role,
    at_border,
    fold_hashtag,
    new_id,
    sorted_roles,
    utc_now,
)

ANYTHING = st.text(st.characters(codec=None, categories=None), max_size=40)
"""Text with lone surrogates, NUL and all else that JSON can carry."""


@given(ANYTHING)
def test_text_at_the_border_can_be_stored_and_is_otherwise_as_it_was_said(text: str) -> None:
    clean = at_border(text)
    clean.encode("utf-8")
    assert "\x00" not in clean
    assert "\r" not in clean
    assert at_border(clean) == clean
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    assert len(clean) == len(kept)
    assert all(new in (old, "\ufffd") for old, new in zip(kept, clean, strict=True))


@pytest.mark.parametrize("said", ["a\u2028b\u2029c", "\u202eevil\u202c", "\ufeffx", "e\u0301", "\x0b\x85"])
def test_odd_but_storable_characters_are_left_alone(said: str) -> None:
    assert at_border(said) == said


@pytest.mark.parametrize("value", [None, 7, 1.5, ["x"], {"x": 1}])
def test_what_is_not_text_passes_the_border_for_the_model_to_judge(value: Any) -> None:
    assert at_border(value) is value
    with pytest.raises(ValidationError):
        post(text=value)


@given(ANYTHING, ANYTHING)
@settings(max_examples=50)
def test_a_post_survives_its_way_to_the_store_and_back(text: str, name: str) -> None:
    author = Author(key="k", handle=name, name=name)
    given_post = post(text=text, author=author, warning=text, hashtags=(name,), lang=text[:35])
    assert Post.model_validate_json(given_post.model_dump_json(exclude_defaults=True)) == given_post


def test_the_longest_text_and_name_are_taken_and_one_more_is_not() -> None:
    assert len(post(text="é" * POST_TEXT_LIMIT).text) == POST_TEXT_LIMIT
    assert len(Author(key="k", handle="n" * NAME_LIMIT).handle) == NAME_LIMIT
    for build in (
        lambda: post(text="é" * (POST_TEXT_LIMIT + 1)),
        lambda: Author(key="k", handle="n" * (NAME_LIMIT + 1)),
    ):
        with pytest.raises(ValidationError):
            build()


@pytest.mark.parametrize("key", ["", "x" * 501, 17, None])
def test_an_id_is_text_of_some_length(key: Any) -> None:
    with pytest.raises(ValidationError):
        post(key=key)


@pytest.mark.parametrize("network", ["", "X", "1x", "x_y", "x y", "x\n", "x" * 33, "ｘ"])
def test_a_network_is_a_short_plain_name(network: str) -> None:
    with pytest.raises(ValidationError):
        post(network=network)


def test_times_become_utc_and_a_time_without_zone_counts_as_utc() -> None:
    toronto = timezone(timedelta(hours=-4))
    at = post(created_at=datetime(2026, 5, 4, 5, 0, tzinfo=toronto)).created_at
    assert (at, at.tzinfo) == (MORNING, UTC)
    assert post(created_at=datetime(2026, 5, 4, 9, 0)).created_at == MORNING  # noqa: DTZ001
    assert utc_now().tzinfo is UTC


def test_undeclared_fields_and_changes_are_errors() -> None:
    with pytest.raises(ValidationError):
        post(likes=3)
    with pytest.raises(ValidationError):
        post().text = "other"  # type: ignore[misc]


@pytest.mark.parametrize("followers", [-1, 1.5, "many", float("nan")])
def test_a_number_of_followers_is_a_whole_number(followers: Any) -> None:
    with pytest.raises(ValidationError):
        Author(key="k", handle="h", followers=followers)


def test_ids_are_version_7_and_sort_by_when_they_were_made() -> None:
    ids = [new_id() for _ in range(2_000)]
    assert len(set(ids)) == 2_000
    assert [one[:13] for one in ids] == sorted(one[:13] for one in ids)
    assert all(one[14] == "7" and one[19] in "89ab" and len(one) == 36 for one in ids)


@pytest.mark.parametrize("tag", ["#SMSummit", "＃smsummit", " smsummit ", "##SMSUMMIT"])
def test_hashtags_compare_without_sign_and_case(tag: str) -> None:
    assert fold_hashtag(tag) == "smsummit"


@pytest.mark.parametrize("code", ["", "Off", "off topic", "<b>", "x" * 41, "off\n"])
def test_a_reason_is_a_code_and_not_a_sentence(code: str) -> None:
    with pytest.raises(ValidationError):
        Reason(code=code)


def test_roles_come_once_and_in_one_order() -> None:
    mixed = [Role.TAGGER, Role.CHAIR, Role.TAGGER, Role.AUTHOR]
    assert sorted_roles(mixed) == sorted_roles(reversed(mixed)) == (Role.AUTHOR, Role.CHAIR, Role.TAGGER)


def test_a_post_that_was_stored_before_there_were_emoji_is_read() -> None:
    before = post().model_dump(mode="json")
    del before["emoji"]
    assert Post.model_validate(before) == post()
    now = post(emoji=(Emoji(code="owl", url="https://e.example/owl.png"),))
    assert Post.model_validate_json(now.model_dump_json(exclude_defaults=True)) == now


@pytest.mark.parametrize("code", ["", "a", "a-b", "owl\n", ":owl:", "../owl", "oẃl", "a" * 65])
def test_a_code_of_an_emoji_is_plain(code: str) -> None:
    with pytest.raises(ValidationError):
        Emoji(code=code, url="https://e.example/owl.png")
