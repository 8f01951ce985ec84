"""Which posts of two networks are one person's same post: by words, time, and who they are."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.hostile import STRINGS
from tests.support.twin_pairs import PEOPLE, Labelled, labelled
from tests.support.twins import SAID, bridged, named_toot, skeet, toot, tweet
from wall.model import Link
from wall.twins import elsewhere, evidence, fits, is_copy, key_of, same, words_of

PAIRS = labelled()
LEAST_RECALL = 0.84


def found(pair: Labelled) -> bool:
    return same(pair.one, pair.other, pair.told) is not None and key_of(pair.one) == key_of(pair.other)


def test_the_table_has_enough_pairs_of_both_kinds() -> None:
    assert len(PAIRS) >= 150
    assert min(sum(pair.same for pair in PAIRS), sum(not pair.same for pair in PAIRS)) >= 70


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if not pair.same], ids=lambda pair: pair.kind)
def test_what_is_not_one_persons_same_post_is_never_taken_for_it(pair: Labelled) -> None:
    assert same(pair.one, pair.other, pair.told) is None


def test_most_of_what_is_one_persons_same_post_is_found() -> None:
    alike = [pair for pair in PAIRS if pair.same]
    assert sum(map(found, alike)) / len(alike) >= LEAST_RECALL


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.kind)
def test_it_does_not_matter_which_of_two_is_asked_about(pair: Labelled) -> None:
    assert same(pair.one, pair.other, pair.told) == same(pair.other, pair.one, pair.told)


def test_no_words_are_evidence_of_who_says_them() -> None:
    stranger = skeet().author.model_copy(update={"handle": "ben.bsky.social"})
    for text in {pair.one.text for pair in PAIRS}:
        assert same(toot(text=text), skeet(text=text, who=stranger)) is None


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("bo.m", "bo.b", "bridge"),
        ("ada.m", "ada.b", "bridge"),
        ("chloe.m", "chloe.b", "profile"),
        ("dara.m", "dara.b", "profile"),
        ("emre.m", "emre.b", "domain"),
        ("fatima.m", "fatima.x", "name"),
        ("giulia.m", "giulia.b", "claim"),
        ("liar.m", "bo.b", None),
        ("anna1.m", "anna2.b", None),
        ("bot.m", "bot.x", None),
        ("owner.b", "member.m", None),
    ],
)
def test_what_says_that_two_accounts_are_one_persons(one: str, other: str, why: str | None) -> None:
    makes = {"m": toot, "b": skeet, "x": tweet}
    first, second = (makes[who[-1]](who=PEOPLE[who]) for who in (one, other))
    assert evidence(first, second) == why == evidence(second, first)


def test_a_moderators_word_counts_for_more_than_what_profiles_say_and_less_than_a_bridge() -> None:
    assert same(named_toot(), tweet(), "apart") is None
    assert same(toot(), skeet(), "apart") is None
    assert same(named_toot(), tweet(), "same") == "told"
    assert same(toot(), bridged(), "same") == "bridge"


def test_it_is_known_which_of_two_a_bridge_made_of_the_other() -> None:
    assert is_copy(bridged(), toot())
    assert not is_copy(toot(), bridged())
    assert not is_copy(skeet(), toot())


def test_a_profile_is_remembered_by_names_and_sites_alone() -> None:
    said = (
        "I teach. @ada.bsky.social · https://ada.example · mail me: ada@a.example, see @ada@b.example too"
    )
    kept = elsewhere(
        said, ["https://bsky.app/profile/ada.dev", "https://a.example/about/me"], ["https://ada.example/"]
    )
    assert kept == (
        "=site:ada.example",
        "bluesky:ada.dev",
        "bluesky:ada.bsky.social",
        "site:ada.example",
        "mastodon:ada@b.example",
    )


def test_a_profile_full_of_links_is_not_kept_whole() -> None:
    assert len(elsewhere("", (f"https://{number}.example" for number in range(100)))) == 8


def test_a_link_whose_words_are_words_is_part_of_what_is_said() -> None:
    text = "We wrote about listening to students"
    linked = toot(text=text, links=(Link(start=15, end=24, url="https://a.example/x"),))
    assert words_of(linked) == words_of(toot(text=text))


@given(
    st.sampled_from(PAIRS),
    st.integers(0, 40),
    st.sampled_from(["\n", "  ", " \u200b", " https://x.example/1 "]),
)
def test_white_space_and_links_change_nothing(pair: Labelled, at: int, put: str) -> None:
    spaces = [place for place, char in enumerate(pair.one.text) if char == " "]
    if not spaces or pair.one.text.strip() in {"", "#smsummit #meded"}:
        return
    place = spaces[at % len(spaces)]
    changed = pair.one.text[:place] + " " + put + " " + pair.one.text[place:]
    words = words_of(pair.one)
    assert not words.letters or fits(words, words_of(pair.one.model_copy(update={"text": changed})))


@pytest.mark.parametrize("text", STRINGS)
def test_hostile_text_is_compared_like_any_other(text: str) -> None:
    one, other = toot(text=text), skeet(text=text)
    assert key_of(one) == key_of(other)
    assert (same(one, other) is None) == (words_of(one).ink < 12)


@pytest.mark.parametrize(
    "sign", ["#a", "#", "-", "\n", "[", "(via ", "a.", ".", "@", "… ", " ", "a", "www.", "RE:\n", ") "]
)
def test_no_text_takes_long(sign: str) -> None:
    text = (sign * 20_000)[:19_990] + "x"
    began = time.perf_counter()
    words_of(toot(text=text))
    assert time.perf_counter() - began < 10


def test_the_window_is_open_to_both_sides() -> None:
    later = named_toot(minutes=3)
    assert same(later, tweet(minutes=0)) == "name"
    assert same(later, tweet(minutes=9)) is None
    assert same(named_toot(minutes=0), tweet(minutes=5)) == "name"


def test_two_who_ask_for_different_things_are_not_joined_by_their_names() -> None:
    assert same(named_toot(), tweet(noindex=True)) is None
    assert same(toot(), skeet(noindex=True)) == "domain"
    assert same(named_toot(text=SAID, noindex=True), tweet(noindex=True)) == "name"
