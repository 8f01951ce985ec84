"""Who is not shown on any screen: what authors and networks ask for, and how people name themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.summit import post
from wall.entries import PUBLIC, Scope, visible
from wall.model import Author, Post, PostState, Quote, Role, StoredPost
from wall.wishes import BARS, bar_of, may_show, named, names_of, wish_of

ADA = Author(key="https://b.example/users/ada", handle="ada@b.example", url="https://b.example/@ada")


def stored(one: Post, state: PostState = PostState.APPROVED, left_off: str | None = None) -> StoredPost:
    return StoredPost(
        id="p",
        event_id="e",
        post=one,
        state=state,
        reasons=(),
        version=1,
        received=1,
        shown=1,
        received_at=one.created_at,
        reposts=0,
        edits=0,
        left_off=left_off,
    )


NPUB = "npub1" + "q" * 58


@pytest.mark.parametrize(
    ("flags", "bar"),
    [
        ({}, None),
        ({"noindex": True}, "noindex"),
        ({"labels": ("!no-unauthenticated",)}, "signed_in_only"),
        ({"labels": ("porn", "!takedown")}, "taken_down"),
        ({"labels": ("!hide",)}, "taken_down"),
        ({"labels": ("!warn", "graphic-media")}, None),
        ({"author": ADA.model_copy(update={"limited": True})}, "limited"),
        ({"author": ADA.model_copy(update={"suspended": True, "limited": True})}, "taken_down"),
    ],
)
def test_each_flag_of_an_author_or_a_post_bars_it_with_its_own_reason(
    flags: dict[str, object], bar: str | None
) -> None:
    one = post("1", "Said", **flags)
    assert wish_of(one) == bar
    assert may_show(stored(one)) == (bar is None)
    assert bar is None or bar in BARS


def test_who_is_left_off_is_barred_whatever_their_account_says() -> None:
    assert bar_of(stored(post("1"), left_off="o")) == "left_off"
    assert bar_of(stored(post("1", noindex=True), left_off="o")) == "left_off"


flagged = st.fixed_dictionaries(
    {
        "noindex": st.booleans(),
        "labels": st.lists(st.sampled_from(["!hide", "!no-unauthenticated", "porn", "x"]), max_size=3),
    }
)


@given(
    flags=flagged,
    limited=st.booleans(),
    suspended=st.booleans(),
    left_off=st.sampled_from([None, "o"]),
    state=st.sampled_from(PostState),
    role=st.sampled_from([None, *Role]),
)
def test_nobody_without_the_right_to_see_held_posts_ever_sees_what_may_not_be_shown(
    flags: dict[str, object],
    limited: bool,
    suspended: bool,
    left_off: str | None,
    state: PostState,
    role: Role | None,
) -> None:
    author = ADA.model_copy(update={"limited": limited, "suspended": suspended})
    one = stored(post("1", "Said", author=author, **flags), state, left_off)
    assert not (visible(one, PUBLIC) and not may_show(one))
    scope = Scope(frozenset({role})) if role else PUBLIC
    held = {Role.ORGANISER, Role.MODERATOR, Role.FACILITATOR, Role.AUDITOR}
    assert not visible(one, scope) or may_show(one) or role in held


@pytest.mark.parametrize(
    ("network", "given_name", "expected"),
    [
        ("mastodon", "@Ada@B.Example", "mastodon:ada@b.example"),
        ("mastodon", "ada@b.example ", "mastodon:ada@b.example"),
        ("mastodon", "https://b.example/@ada", "mastodon:ada@b.example"),
        ("mastodon", "https://b.example/@ada/1123", "mastodon:ada@b.example"),
        ("mastodon", "https://other.example/@ada@b.example", "mastodon:ada@b.example"),
        ("mastodon", "https://b.example/users/ada/statuses/1123", "mastodon:ada@b.example"),
        ("mastodon", "https://b.example/ada", "mastodon:ada@b.example"),
        ("mastodon", "https://b.example/web/@ada", "mastodon:ada@b.example"),
        ("mastodon", "https://b.example/deck/@ada@c.example", "mastodon:ada@c.example"),
        ("mastodon", "https://elk.zone/b.example/@ada", "mastodon:ada@b.example"),
        ("mastodon", "https://b.example/web", None),
        ("mastodon", "https://b.example/deck/notifications", None),
        ("mastodon", "https://b.example/users", None),
        ("mastodon", "b.example/@ada", None),
        ("mastodon", "@ada", None),
        ("mastodon", "", None),
        ("matrix", "@Ada:b.example", "matrix:ada:b.example"),
        ("x", "https://matrix.to/#/@ada:b.example?via=b.example", "matrix:ada:b.example"),
        ("matrix", "@ada", None),
        ("matrix", "https://matrix.to/#/", None),
        ("nostr", f"nostr:{NPUB}", f"nostr:{NPUB}"),
        ("nostr", f"https://viewer.example/p/{NPUB}", f"nostr:{NPUB}"),
        ("nostr", "ada", None),
        ("youtube", "@Ada", "youtube:ada"),
        ("x", "https://www.youtube.com/@Ada", "youtube:ada"),
        ("x", "https://youtube.com/channel/UCab", "youtube:ucab"),
        ("youtube", "https://youtube.com/watch?v=1", None),
        ("x", "@Ada", "x:ada"),
        ("mastodon", "https://x.com/Ada", "x:ada"),
        ("x", "https://bsky.app/profile/ada.example", "bluesky:ada.example"),
        ("bluesky", "@ada.bsky.social", "bluesky:ada.bsky.social"),
        ("bluesky", "https://bsky.app/profile/did:plc:abc/post/1", "bluesky:did:plc:abc"),
        ("bluesky", "did:plc:abc", "bluesky:did:plc:abc"),
        ("bluesky", "https://bsky.app/search", None),
        ("bluesky", "@ada", None),
        ("x", "https://x.com/i/user/123", None),
        ("x", "https://b.example/@ada", None),
        ("x", "two words", None),
        ("x", "https://[", None),
    ],
)
def test_people_may_name_themselves_as_they_are_used_to(
    network: str, given_name: str, expected: str | None
) -> None:
    who = named(network, given_name)
    assert (str(who) if who else None) == expected


@pytest.mark.parametrize(
    "author",
    [
        ADA,
        Author(key="1", handle="ada", url="https://b.example/@ada"),
        Author(key="2", handle="@Ada@B.example"),
        Author(key="3", handle="ada@web.example", url="https://b.example/@ada"),
        Author(key="4", handle="ada@b.\u200bexample"),
    ],
)
def test_an_author_is_known_by_the_name_that_they_would_give(author: Author) -> None:
    assert str(named("mastodon", "@ada@b.example")) in names_of("mastodon", author)


@pytest.mark.parametrize(
    ("network", "author", "typed"),
    [
        (
            "bluesky",
            Author(key="did:plc:abc", handle="ada.example"),
            "https://bsky.app/profile/did:plc:abc",
        ),
        ("bluesky", Author(key="did:plc:abc", handle="ada.example"), "did:plc:abc"),
        (
            "mastodon",
            Author(key="https://b.example/ap/users/115", handle="ada", url="https://b.example/@ada"),
            "https://b.example/ap/users/115",
        ),
        ("nostr", Author(key=NPUB, handle=NPUB), f"@{NPUB}"),
        ("matrix", Author(key="@ada:b.example", handle="ada:b.example"), "@ada:b.example"),
        ("youtube", Author(key="UCab", handle=""), "https://youtube.com/channel/UCab"),
        ("youtube", Author(key="UCab", handle="ada"), "@ada"),
    ],
)
def test_a_key_that_people_meet_is_a_name_too(network: str, author: Author, typed: str) -> None:
    assert str(named(network, typed)) in names_of(network, author)


def test_a_namesake_elsewhere_is_somebody_else() -> None:
    other = Author(key="9", handle="ada", url="https://elsewhere.example/@ada")
    assert str(named("mastodon", "ada@b.example")) not in names_of("mastodon", other)
    assert names_of("x", other).isdisjoint(names_of("bluesky", other))


@given(st.text(max_size=60), st.sampled_from(["mastodon", "x", "bluesky"]))
def test_nothing_that_somebody_types_raises_and_what_is_understood_is_one_line(
    typed: str, network: str
) -> None:
    who = named(network, typed)
    assert who is None or (who.handle and not any(char.isspace() for char in who.handle))


@given(st.text(max_size=30), st.text(max_size=30))
def test_names_of_any_author_can_be_told(handle: str, url: str) -> None:
    author = Author(key="k", handle=handle, url=url)
    assert "mastodon#k" in names_of("mastodon", author)


def test_what_a_quoted_author_asked_for_counts_for_their_words() -> None:
    quote = Quote(key="q", author=ADA, text="Words", noindex=True)
    assert wish_of(quote) == "noindex"
