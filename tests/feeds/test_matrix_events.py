"""Events of a Matrix room as posts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from wall.feeds.base import Arrived, Dropped, Edited
from wall.feeds.matrix_rooms.events import (
    bundled_edit,
    is_edit_of,
    is_redacted,
    items_of,
    made_at,
    place_of_key,
    redacted_by,
    words_of,
)
from wall.feeds.shapes.common import attempt
from wall.model import Post, utc_now

ROOM = "!summit:fake.example"


def event(body: str = "words", **content: Any) -> dict[str, Any]:
    """A message as a homeserver gives it."""
    return {
        "type": "m.room.message",
        "event_id": "$one/two+three",
        "sender": "@ada:fake.example",
        "origin_server_ts": 1_780_000_000_123,
        "content": {"msgtype": "m.text", "body": body} | content,
        "unsigned": {"age": 1},
    }


def post_of(given: dict[str, Any], edit: dict[str, Any] | None = None, **more: Any) -> Post:
    """The post that a message becomes."""
    edited_at = made_at(edit) if edit else None
    items = attempt("", items_of, ROOM, "fake.example", given, edit, more.get("name", "Ada"), edited_at, "")
    (item,) = items
    assert isinstance(item, Arrived | Edited)
    return item.post


def test_a_message_becomes_a_post_field_by_field() -> None:
    found = post_of(event("look: https://example.org/a_(b). #SMSummit"))
    assert found.network == "matrix"
    assert found.key == "!summit:fake.example/$one/two+three"
    assert found.created_at == datetime.fromtimestamp(1_780_000_000.123, UTC)
    assert found.text == "look: https://example.org/a_(b). #SMSummit"
    assert found.hashtags == ("SMSummit",)
    assert [link.url for link in found.links] == ["https://example.org/a"]
    assert found.url == "https://matrix.to/#/!summit%3Afake.example/$one%2Ftwo%2Bthree?via=fake.example"
    author = found.author
    assert (author.key, author.handle, author.name) == ("@ada:fake.example", "ada:fake.example", "Ada")
    assert author.url == "https://matrix.to/#/@ada%3Afake.example"
    assert (author.avatar, author.bot, found.media) == (None, False, ())


def test_a_key_is_read_back() -> None:
    assert place_of_key(post_of(event()).key) == (ROOM, "$one/two+three")
    assert place_of_key("!old:h/$12:h") == ("!old:h", "$12:h")
    for strange in ("", "never-seen", "!room", "!room/", "$event", "#a:b/$c"):
        assert place_of_key(strange) is None


def test_a_notice_is_said_by_a_bot_and_an_emote_by_a_person() -> None:
    assert post_of(event(msgtype="m.notice")).author.bot
    assert not post_of(event(msgtype="m.emote")).author.bot


def test_a_spoiler_waits_for_a_person() -> None:
    found = post_of(event(formatted_body="<span data-mx-spoiler>it ends well</span>"))
    assert found.sensitive


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"msgtype": "m.text", "body": "said"}, "said"),
        ({"msgtype": "m.image", "body": "photo.jpg"}, None),
        ({"msgtype": "m.image", "body": "photo.jpg", "filename": "photo.jpg"}, None),
        ({"msgtype": "m.image", "body": "our poster", "filename": "photo.jpg"}, "our poster"),
        ({"msgtype": "m.location", "body": "here"}, None),
        ({"msgtype": "m.key.verification.request", "body": "verify"}, None),
        ({"msgtype": "m.text", "body": 7}, None),
        ({"body": "nothing"}, None),
        ({"msgtype": "m.text", "body": "> <@bo:h> what he said\n> and more\n\nmy answer"}, "my answer"),
        ({"msgtype": "m.text", "body": "> * <@bo:h> waves\n\nhello"}, "hello"),
        ({"msgtype": "m.text", "body": "> a saying\n\nthat I quote"}, "> a saying\n\nthat I quote"),
        ({"msgtype": "m.text", "body": "> <@bo:h> nothing else"}, ""),
    ],
)
def test_what_a_message_says_in_words(content: dict[str, Any], words: str | None) -> None:
    assert words_of(content) == words


def test_a_picture_without_words_is_counted_and_other_kinds_are_passed_over() -> None:
    def items(**content: Any) -> list[Any]:
        return attempt("x", items_of, ROOM, "h", event(**content), None, "", None, "x")

    assert items(msgtype="m.image") == [Dropped("no_words", "x")]
    assert items(msgtype="m.location") == []
    assert items(msgtype="org.example.game") == []


def test_a_reply_names_what_it_answers_and_a_thread_its_root() -> None:
    def answers(**relation: Any) -> str | None:
        return post_of(event(**{"m.relates_to": relation})).reply_to

    reply = {"m.in_reply_to": {"event_id": "$asked"}}
    assert answers(**reply) == f"{ROOM}/$asked"
    assert answers(rel_type="m.thread", event_id="$root") == f"{ROOM}/$root"
    thread = {"rel_type": "m.thread", "event_id": "$root"} | reply
    assert answers(**thread, is_falling_back=True) == f"{ROOM}/$root"
    assert answers(**thread, is_falling_back=False) == f"{ROOM}/$asked"
    assert answers(rel_type="m.reference", event_id="$other") is None
    assert answers(**{"m.in_reply_to": "no object"}) is None


def edit_of(given: dict[str, Any], body: str, **more: Any) -> dict[str, Any]:
    """An edit as a homeserver gives it."""
    new = {"msgtype": "m.text", "body": body}
    relates = {"rel_type": "m.replace", "event_id": given["event_id"]}
    content = {"msgtype": "m.text", "body": f"* {body}", "m.new_content": new, "m.relates_to": relates}
    return event() | {"event_id": "$edit", "origin_server_ts": 1_780_000_009_000, "content": content} | more


def test_an_edit_replaces_the_words_and_nothing_else() -> None:
    first = event(**{"m.relates_to": {"m.in_reply_to": {"event_id": "$asked"}}})
    found = post_of(first, edit_of(first, "better words"))
    assert (found.text, found.reply_to, found.key) == ("better words", f"{ROOM}/$asked", post_of(first).key)
    assert found.created_at < (found.edited_at or found.created_at)


def test_only_the_sender_can_edit_and_only_with_new_content() -> None:
    first = event()
    assert is_edit_of(edit_of(first, "x"), first)
    assert not is_edit_of(edit_of(first, "x", sender="@eve:fake.example"), first)
    assert not is_edit_of(edit_of(first, "x", content={"body": "x"}), first)
    assert not is_edit_of(edit_of(first, "x", content={"m.new_content": "x"}), first)
    assert not is_edit_of(edit_of(first, "x", type="m.reaction"), first)
    assert not is_edit_of(edit_of(first, "x", unsigned={"redacted_because": {}}), first)


def test_a_redaction_says_what_it_takes_back_beside_or_inside() -> None:
    assert redacted_by({"redacts": "$a", "content": {}}) == "$a"
    assert redacted_by({"content": {"redacts": "$b"}}) == "$b"
    assert redacted_by({"content": []}) == ""
    assert is_redacted(event() | {"content": {}})
    assert is_redacted(event() | {"unsigned": {"redacted_because": {"event_id": "$r"}}})
    assert not is_redacted(event())


def test_a_bundled_edit_must_have_an_id() -> None:
    def bundled(edit: Any) -> dict[str, Any] | None:
        return bundled_edit(event() | {"unsigned": {"m.relations": {"m.replace": edit}}})

    assert bundled({"event_id": "$edit"}) == {"event_id": "$edit"}
    for strange in (None, "$edit", {}, {"event_id": 7}, []):
        assert bundled(strange) is None


@pytest.mark.parametrize(
    "change",
    [
        {"origin_server_ts": None},
        {"origin_server_ts": "soon"},
        {"origin_server_ts": True},
        {"origin_server_ts": 10**30},
        {"origin_server_ts": -(10**30)},
        {"sender": "x" * 600},
        {"event_id": "$" + "x" * 600},
        {"content": {"msgtype": "m.text", "body": "x" * 30_000}},
        {"content": {"msgtype": "m.text", "body": "x", "formatted_body": 7}},
    ],
)
def test_what_cannot_be_used_is_dropped(change: dict[str, Any]) -> None:
    items = attempt("x", items_of, ROOM, "h", event() | change, None, "", None, "x")
    assert items == [Dropped("unusable_post", "x")]


def test_a_date_in_the_future_is_now() -> None:
    before = utc_now()
    assert before <= made_at({"origin_server_ts": 4_000_000_000_000}) <= utc_now()
