"""Drafts of replies: in the catalogue's words, with what there is and nothing that there is not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from facilitator.drafting import TOPIC_CHARACTERS, Heard, draft, topic_of
from wall.routes.words import Words

WORDS = Words()


def heard(**more: str) -> Heard:
    given = {"topic": "Credit for reviewers", "state": "discussed", "room": "Room A", "clock": "14:05"}
    return Heard(**{**given, "outcome": "Agreed", "link": "https://e/point/s/1", **more})


def test_a_draft_ends_what_came_of_it_before_the_link() -> None:
    assert draft(WORDS, "en", heard()) == (
        "Your point “Credit for reviewers” was discussed in Room A at 14:05. Agreed. https://e/point/s/1"
    )


def test_a_draft_says_answered_in_french_and_leaves_out_what_is_not_there() -> None:
    words = draft(WORDS, "fr", heard(state="answered", topic="", outcome=""))
    assert words == "Votre point a reçu une réponse dans Room A à 14:05. https://e/point/s/1"


@given(st.text(max_size=400))
def test_a_topic_is_one_line_of_at_most_so_many_characters(text: str) -> None:
    topic = topic_of(text)
    assert len(topic) <= TOPIC_CHARACTERS
    assert len(topic.splitlines()) <= 1
    assert topic == topic_of(topic)


def test_a_topic_does_not_end_in_the_middle_of_a_word() -> None:
    long = "How do we give credit to people who review blogs and podcasts without any pay at all?"
    assert (
        topic_of(long) == "How do we give credit to people who review blogs and podcasts without any pay…"
    )
    assert topic_of("x" * 200) == "x" * 79 + "…"
