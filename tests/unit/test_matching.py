"""Would this post have come? Answered by each network's own rules, without asking it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wall.feeds.common.matching import Match, by_hashtags
from wall.feeds.probing import would_match

TAGS: dict[str, Any] = {"hashtags": ["smsummit", "santé"]}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#SMSummit", Match("yes", "SMSummit", ("smsummit",))),
        ("hello #smsummit, from the back row", Match("yes", "smsummit", ("smsummit",))),
        ("#ＳＭSummit in wide letters", Match("yes", "ＳＭSummit", ("smsummit",))),
        ("#SMSummit14", Match("other", "SMSummit14", ("smsummit", "santé"))),
        ("#other and #SMSUMMIT", Match("yes", "SMSUMMIT", ("smsummit",))),
        ("smsummit without a sign", Match("bare", "smsummit", ("smsummit",))),
        ("SMSummit", Match("bare", "SMSummit", ("smsummit",))),
        ("nothing at all", Match("none", "", ("smsummit", "santé"))),
        ("", Match("none", "", ("smsummit", "santé"))),
    ],
)
@pytest.mark.parametrize("network", ["mastodon", "bluesky"])
def test_whole_hashtags_are_compared_without_regard_to_case(network: str, text: str, found: Match) -> None:
    assert would_match(network, TAGS, text) == found


def test_mastodon_folds_accents_and_bluesky_tells_them_apart() -> None:
    assert would_match("mastodon", TAGS, "#SANTE").answer == "yes"
    assert would_match("mastodon", TAGS, "#smsümmit").answer == "yes"
    assert would_match("bluesky", TAGS, "#sante") == Match("accents", "sante", ("santé",))
    assert would_match("bluesky", TAGS, "#santé").answer == "yes"


def test_a_feed_without_hashtags_takes_every_post_of_its_source() -> None:
    assert by_hashtags({"rooms": ["!a:example.org"]}, "whatever").answer == "all"


@given(st.text(max_size=300))
def test_no_text_is_too_odd_to_be_answered(text: str) -> None:
    for network in ("mastodon", "bluesky"):
        found = would_match(network, TAGS, text)
        assert found.answer in ("yes", "other", "accents", "bare", "none")
        assert found.wanted
