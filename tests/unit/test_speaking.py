"""What counts where several speakers ask, what asks something, addresses of posts, and plain text."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilitator.addresses import identity_of
from facilitator.guidance import blocks_of, mail_of
from facilitator.speaking import require_usable
from tests.facilitator.test_feedback import SESSION
from tests.support.summit import MORNING
from wall.errors import BadInput, LinkSpent
from wall.programme import SessionState
from wall.speaking import CHOICES, Speaker, Walls, asks, strictest

CHOSEN = st.lists(st.sampled_from(CHOICES), max_size=5)


@given(CHOSEN, CHOSEN)
def test_asking_in_turn_or_together_and_in_any_order_is_the_same(
    one: list[Walls], other: list[Walls]
) -> None:
    together = strictest([*one, *other])
    assert together == strictest([*other, *one]) == strictest([strictest(one), strictest(other)])


@given(CHOSEN)
def test_nobody_gets_less_than_they_asked_for(asked: list[Walls]) -> None:
    counts = strictest(asked)
    suits = {
        Walls.ON: set(Walls),
        Walls.CURATED: {Walls.CURATED, Walls.CURATED_QUESTIONS, Walls.OFF},
        Walls.QUESTIONS: {Walls.QUESTIONS, Walls.CURATED_QUESTIONS, Walls.OFF},
        Walls.OFF: {Walls.OFF},
    }
    assert all(counts in suits[one] for one in asked)
    assert asked or counts is Walls.ON


@pytest.mark.parametrize(
    ("text", "is_question"),
    [
        ("Is it free?", True),
        ("Est-ce gratuit ?", True),
        ("هل هو مجاني؟", True),
        ("See https://a.example/?x=1", False),
        ("Look https://a.example/?", False),
        ("“Why?” she said", True),
        ("No", False),
        ("", False),
    ],
)
def test_a_question_is_told_by_its_mark_but_not_by_one_inside_an_address(
    text: str, is_question: bool
) -> None:
    assert asks(text) is is_question


@pytest.mark.parametrize(
    ("address", "network", "key", "handle", "recognised"),
    [
        ("https://x.com/Ada/status/12?s=20&t=x", "x", "12", "Ada", True),
        ("https://mobile.twitter.com/Ada/status/12/", "x", "12", "Ada", True),
        ("https://x.com/i/web/status/12", "x", "12", "", True),
        (
            "https://b.example/@ada/34",
            "mastodon",
            "https://b.example/users/ada/statuses/34",
            "ada@b.example",
            True,
        ),
        (
            "https://b.example/users/ada/statuses/34",
            "mastodon",
            "https://b.example/users/ada/statuses/34",
            "ada@b.example",
            True,
        ),
        (
            "https://b.example/@ada@c.example/34",
            "mastodon",
            "https://b.example/@ada@c.example/34",
            "ada@c.example",
            False,
        ),
        (
            "https://bsky.app/profile/did:plc:a/post/3k",
            "bluesky",
            "at://did:plc:a/app.bsky.feed.post/3k",
            "",
            True,
        ),
        (
            "https://bsky.app/profile/Ada.example/post/3k",
            "bluesky",
            "https://bsky.app/profile/Ada.example/post/3k",
            "ada.example",
            False,
        ),
        ("https://youtu.be/dQw4w9WgXcQ?t=3", "youtube", "dQw4w9WgXcQ", "", False),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&utm_source=x", "youtube", "dQw4w9WgXcQ", "", False),
        ("https://www.threads.net/@ada/post/C1?x=1", "threads", "C1", "ada", False),
        (
            "https://www.linkedin.com/posts/ada_a-b-activity-7123456789012345678-AbCd",
            "linkedin",
            "7123456789012345678",
            "",
            False,
        ),
        ("https://a.example/blog/?utm_medium=x&p=3#top", "other", "https://a.example/blog?p=3", "", False),
        ("https://x.com/Ada", "x", "https://x.com/Ada", "", False),
    ],
)
def test_an_address_tells_whose_post_it_is(
    address: str, network: str, key: str, handle: str, recognised: bool
) -> None:
    found = identity_of(address)
    assert (found.network, found.key, found.handle, found.recognised) == (network, key, handle, recognised)


@given(st.text(max_size=60))
def test_no_text_breaks_reading_an_address(text: str) -> None:
    try:
        found = identity_of(text)
    except BadInput:
        return
    assert found.url.startswith(("http://", "https://"))
    assert found.key


def test_plain_text_has_paragraphs_and_lists_and_nothing_else() -> None:
    text = "One\nline\n\n- a\n- b\nThen\n1. c\n2) d\n\n\n<b>x</b>\n-not an item"
    assert [(one.kind, one.lines) for one in blocks_of(text)] == [
        ("paragraph", ("One", "line")),
        ("list", ("a", "b")),
        ("paragraph", ("Then",)),
        ("list", ("c", "d")),
        ("paragraph", ("<b>x</b>", "-not an item")),
    ]


@given(st.text(alphabet="-*1. \nab", max_size=80))
def test_no_word_of_a_plain_text_is_lost(text: str) -> None:
    shown = "".join(line for block in blocks_of(text) for line in block.lines)
    assert shown.count("a") == text.count("a")
    assert shown.count("b") == text.count("b")


@pytest.mark.parametrize("contact", ["ada@a.example?subject=x", "<ada@a.example>", "call 12", "a@b", ""])
def test_a_contact_that_is_no_plain_address_leads_nowhere(contact: str) -> None:
    assert mail_of(contact) is None


@pytest.mark.parametrize(
    ("state", "days", "usable"),
    [
        (SessionState.PLANNED, 1, True),
        (SessionState.PLANNED, 3, False),
        (SessionState.RUNNING, 3, True),
        (SessionState.ENDED, 0, False),
    ],
)
def test_a_link_of_a_session_that_nobody_began_ends_two_days_later(
    state: SessionState, days: int, usable: bool
) -> None:
    planned = SESSION.model_copy(update={"state": state})
    holder = Speaker(
        id="a",
        event_id="e",
        session_id=planned.id,
        name="Ada",
        made_by="person:o",
        made_at=MORNING,
        walls=None,
        slides_private=False,
        note="",
        answered_at=None,
        revoked_at=None,
        version=1,
    )
    later = planned.ends_at + timedelta(days=days)
    if usable:
        assert require_usable(holder, planned, later) is planned
    else:
        with pytest.raises(LinkSpent):
            require_usable(holder, planned, later)
