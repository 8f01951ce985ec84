"""Which pictures a reader is told of, and that nobody is told where they are."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.summit import post
from tests.unit.test_audience import scope, stored
from wall.entries import PUBLIC, Scope
from wall.entries.cards import PostValue
from wall.entries.pictures import MOST_PICTURES, key_of, picture_key
from wall.entries.projections import post_value
from wall.media import Source, addresses, source_of
from wall.model import Author, Emoji, Media, Post, PostState, Role

AWAY = "https://pictures.example"
MEDIA = (
    Media(kind="image", url=f"{AWAY}/1.png", alt="A slide", width=30, height=20),
    Media(kind="image", url=f"{AWAY}/2.png", preview=f"{AWAY}/2-small.png"),
    Media(kind="video", url=f"{AWAY}/3.mp4", preview=f"{AWAY}/3.png"),
    Media(kind="video", url=f"{AWAY}/4.mp4"),
    Media(kind="audio", url=f"{AWAY}/5.ogg"),
    Media(kind="other", url=f"{AWAY}/6.pdf", preview=f"{AWAY}/6.png"),
)
EMOJI = (Emoji(code="owl", url=f"{AWAY}/owl.png"), Emoji(code="Owl_2", url=f"{AWAY}/owl2.png"))


def a_post(**more: Any) -> Post:
    author = Author(key="a", handle="ada", avatar=f"{AWAY}/ada.png")
    return post(**{"author": author, "media": MEDIA, "emoji": EMOJI} | more)


def value(of: Post, reader: Scope = PUBLIC) -> PostValue:
    shown = post_value(stored(PostState.APPROVED).model_copy(update={"post": of}), reader)
    assert shown is not None
    return shown


@pytest.mark.parametrize("reader", [PUBLIC, scope(Role.MODERATOR), scope(Role.ORGANISER)])
def test_no_reader_is_sent_where_a_picture_is(reader: Scope) -> None:
    assert "pictures.example" not in value(a_post(), reader).model_dump_json()


def test_a_picture_has_a_key_exactly_where_this_server_has_an_address_for_it() -> None:
    for of in (a_post(), a_post(author=Author(key="a", handle="ada")), a_post(media=MEDIA * 20)):
        shown = value(of)
        assert (shown.author.avatar is not None) is (source_of(of, "avatar") is not None)
        for place, media in enumerate(shown.media):
            assert (media.picture is not None) is (source_of(of, str(place)) is not None), place
    assert len(MEDIA * 20) > MOST_PICTURES


def test_an_emoji_is_named_by_its_code() -> None:
    assert [(one.code, one.picture) for one in value(a_post()).emoji] == [
        (one.code, key_of(one.url)) for one in EMOJI
    ]
    for one in EMOJI:
        assert source_of(a_post(), f"emoji-{one.code}") == Source("emoji", (one.url,))
    for which in ("emoji-", "emoji-OWL", "emoji-0", "emoji-owl ", "emoji-:owl:", "owl"):
        assert source_of(a_post(), which) is None


def test_a_purge_knows_every_address() -> None:
    names = ("ada", "1", "2", "2-small", "3", "6", "owl", "owl2")
    assert sorted(addresses(a_post())) == sorted(f"{AWAY}/{name}.png" for name in names)


def test_a_key_changes_with_the_address_and_says_nothing_about_it() -> None:
    first, *_, last = value(a_post()).media
    assert (first.alt, first.width, first.height, first.kind) == ("A slide", 30, 20, "image")
    assert first.picture == picture_key(f"{AWAY}/1.png")
    assert first.picture != last.picture
    assert len(first.picture or "") == 8
