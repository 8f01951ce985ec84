"""How alike two texts are: the words that few others have count most."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from facilitator.similar import ALIKE, OFFERED, likeness, most_alike, terms_of, weights
from tests.support.summit import post

WORDS = st.lists(st.sampled_from(["blog", "peer", "review", "cost", "time", "trust", "room"]), max_size=6)


def words(text: str) -> tuple[str, ...]:
    return terms_of(post("1", text), ["smsummit"])


def test_addresses_mentions_and_the_events_hashtag_tell_nothing() -> None:
    assert words("@ada #SMSummit Blogs need peer-review! https://x.example/a") == (
        "blogs",
        "need",
        "peer",
        "review",
    )


def test_writing_without_spaces_is_compared_too() -> None:
    assert words("評価") == ("評", "価")


def test_the_same_point_in_other_words_is_offered_and_another_point_is_not() -> None:
    found = most_alike(
        words("How do we peer review a blog post before it is published?"),
        {
            "same": words("Can blog posts get peer review before they are published?"),
            "other": words("Coffee is served in the hall"),
        },
    )
    assert [id_ for id_, _ in found] == ["same"]


@given(WORDS, WORDS)
def test_likeness_goes_both_ways_and_is_between_nothing_and_all(one: list[str], other: list[str]) -> None:
    weighs = weights([one, other])
    there, back = likeness(one, other, weighs), likeness(other, one, weighs)
    assert there == back
    assert 0 <= there <= 1
    assert not set(one) or likeness(one, one, weighs) == 1


@given(WORDS, st.dictionaries(st.text(min_size=1, max_size=2), WORDS))
def test_only_the_likest_few_are_offered(one: list[str], others: dict[str, list[str]]) -> None:
    found = most_alike(one, others)
    assert len(found) <= OFFERED
    assert all(score >= ALIKE for _, score in found)
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
