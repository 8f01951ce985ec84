"""Judging a post."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wall.model import Author, Media, Post, PostState, Reason
from wall.moderation import History, Rules, Verdict, judge

AUTHOR = Author(key="7", handle="ada")


def post(text: str = "hello", *, media: tuple[Media, ...] = (), at: datetime | None = None) -> Post:
    return Post(
        network="x",
        key="1",
        author=AUTHOR,
        text=text,
        media=media,
        created_at=at or datetime(2026, 5, 12, tzinfo=UTC),
    )


def test_a_post_with_text_is_approved() -> None:
    assert judge(post(), Rules()) == Verdict(PostState.APPROVED, ())


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u200b\ufeff", "\u2060 \u00a0\u3000"])
def test_a_post_with_nothing_to_see_is_held(text: str) -> None:
    assert judge(post(text), Rules()) == Verdict(PostState.HELD, (Reason(code="empty"),))


@pytest.mark.parametrize("text", ["👍", ".", "م", "\u200bx"])
def test_the_shortest_text_is_something_to_see(text: str) -> None:
    assert judge(post(text), Rules()).state is PostState.APPROVED


def test_a_picture_needs_no_text() -> None:
    picture = Media(kind="image", url="https://a.example/1.png")
    assert judge(post("", media=(picture,)), Rules()).state is PostState.APPROVED


def test_a_wrong_clock_upstream_holds_nothing() -> None:
    ahead = datetime.now(UTC) + timedelta(days=400)
    assert judge(post(at=ahead), Rules()).state is PostState.APPROVED


@pytest.mark.parametrize("state", [PostState.REJECTED, PostState.HIDDEN])
def test_an_edit_does_not_bring_back_what_a_person_took_down(state: PostState) -> None:
    history = History(state, (Reason(code="off_topic"),))
    assert judge(post("edited"), Rules(), history) == Verdict(state, (Reason(code="off_topic"),))


@pytest.mark.parametrize("state", [PostState.RECEIVED, PostState.HELD, PostState.APPROVED])
def test_other_edits_are_judged_like_new_posts(state: PostState) -> None:
    assert judge(post("edited"), Rules(), History(state)).state is PostState.APPROVED
    assert judge(post(""), Rules(), History(state)).state is PostState.HELD
