"""Mastodon statuses and streaming frames."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from wall.feeds.base import Arrived, Dropped, Edited, Item, Withdrawn
from wall.feeds.shapes import Mastodon, detect
from wall.feeds.shapes.mastodon import EMOJI_LIMIT
from wall.model import Emoji, Link, Post

Make = Callable[..., dict[str, Any]]


def one(record: dict[str, Any], shape: Mastodon | None = None) -> Post:
    (item,) = (shape or Mastodon()).parse(record, "line 1")
    assert isinstance(item, Arrived | Edited)
    return item.post


def frame(event: str, payload: Any) -> dict[str, Any]:
    return {"stream": ["hashtag", "smsummit"], "event": event, "payload": payload}


def test_a_status_is_known_by_its_uri(status: Make) -> None:
    post = one(status(4))
    assert (post.network, post.key) == ("mastodon", "https://a.example/users/ada/statuses/4")
    assert (post.text, post.url) == ("status 4", "https://a.example/@ada/4")
    assert (post.author.key, post.author.handle) == ("https://a.example/users/ada", "ada")


def test_html_becomes_text_with_links(status: Make) -> None:
    post = one(status(content='<p>See <a href="https://e.example/x">this</a><br>now</p>'))
    assert post.text == "See this\nnow"
    assert post.links == (Link(start=4, end=8, url="https://e.example/x"),)


def test_what_the_author_wished_is_kept(status: Make) -> None:
    account = {"acct": "ada@b.example", "url": "https://b.example/@ada", "noindex": True, "bot": True}
    post = one(
        status(
            spoiler_text="grief",
            sensitive=True,
            language="fr",
            edited_at="2026-05-12T14:00:00Z",
            tags=[{"name": "smsummit", "url": "https://a.example/tags/smsummit"}],
            account=account | {"followers_count": 3, "avatar_static": "https://b.example/a.png"},
        )
    )
    assert (post.warning, post.sensitive, post.noindex, post.lang) == ("grief", True, True, "fr")
    assert (post.hashtags, post.author.bot, post.author.followers) == (("smsummit",), True, 3)
    assert post.author.avatar == "https://b.example/a.png"
    assert post.edited_at is not None


def test_media_keep_their_description(status: Make) -> None:
    image = {
        "type": "image",
        "url": "https://a.example/1.png",
        "preview_url": "https://a.example/1s.png",
        "description": "a poster",
        "meta": {"original": {"width": 640, "height": 480}},
    }
    other = {"type": "unknown", "url": None, "remote_url": "https://b.example/2.bin", "meta": None}
    unsafe = {"type": "image", "url": "javascript:alert(1)"}
    first, second = one(status(media_attachments=[image, other, unsafe, None])).media
    assert (first.kind, first.alt, first.width, first.height) == ("image", "a poster", 640, 480)
    assert (second.kind, second.url, second.alt) == ("other", "https://b.example/2.bin", "")


def picture(code: Any, url: Any = "https://a.example/animated.gif", **more: Any) -> dict[str, Any]:
    return {"shortcode": code, "url": url, "visible_in_picker": True} | more


def test_custom_emoji_of_the_post_and_its_author_are_one_list(status: Make) -> None:
    own = [picture("owl", static_url="https://a.example/owl.png"), picture("unused"), picture("grief")]
    theirs = [picture("cat"), picture("owl", "https://a.example/another.png"), picture("in_their_bio")]
    account = status()["account"] | {"display_name": "Ada :cat:", "emojis": theirs}
    post = one(status(content="<p>Hi :owl: :no:</p>", spoiler_text=":grief:", emojis=own, account=account))
    assert post.text == "Hi :owl: :no:"
    assert post.emoji == (
        Emoji(code="owl", url="https://a.example/owl.png"),
        Emoji(code="grief", url="https://a.example/animated.gif"),
        Emoji(code="cat", url="https://a.example/animated.gif"),
    )


def test_bad_custom_emoji_cost_a_post_nothing_but_themselves(status: Make) -> None:
    bad: list[Any] = [
        picture("owl", "javascript:alert(1)", static_url="/owl.png"),
        picture("owl", "https://user:secret@a.example/owl.png"),
        picture(["owl"]),
        picture(None),
        picture("../owl"),
        picture("owl", None, static_url=7),
        None,
        "owl",
    ]
    assert one(status(content="<p>:owl: :../owl:</p>", emojis=bad)).emoji == ()
    assert one(status(content="<p>:owl:</p>", emojis=[*bad, picture("owl")])).emoji[0].code == "owl"
    for emojis in (None, {}, "owl", 7):
        assert one(status(content="<p>:owl:</p>", emojis=emojis)).emoji == ()


def test_a_post_has_a_bounded_number_of_custom_emoji(status: Make) -> None:
    codes = [f"emoji_{n}" for n in range(EMOJI_LIMIT + 9)]
    content = " ".join(f":{code}:" for code in codes)
    post = one(status(content=content, emojis=[picture(code) for code in codes]))
    assert [found.code for found in post.emoji] == codes[:EMOJI_LIMIT]


@pytest.mark.parametrize("visibility", ["unlisted", "private", "direct", "local"])
def test_only_public_statuses_come_in(status: Make, visibility: str) -> None:
    assert Mastodon().parse(status(visibility=visibility), "line 2") == [Dropped("not_public", "line 2")]


def test_a_reblog_points_at_the_uri_of_its_original(status: Make) -> None:
    assert one(status(2, reblog=status(1))).repost_of == status(1)["uri"]


def test_replies_and_quotes_are_understood_once_their_target_was_seen(status: Make) -> None:
    shape = Mastodon()
    assert one(status(2, in_reply_to_id="1"), shape).reply_to is None
    one(status(1), shape)
    assert one(status(3, in_reply_to_id="1"), shape).reply_to == status(1)["uri"]
    assert (
        one(status(4, quote={"state": "accepted", "quoted_status_id": "1"}), shape).quote_of
        == status(1)["uri"]
    )
    whole = {"state": "accepted", "quoted_status": status(9)}
    assert one(status(5, quote=whole), shape).quote_of == status(9)["uri"]
    assert one(status(6, quote=whole | {"state": "pending"}), shape).quote_of is None


@pytest.mark.parametrize("wrap", [json.dumps, lambda payload: payload], ids=["text", "object"])
def test_frames_carry_their_payload_as_text_or_object(status: Make, wrap: Callable[[Any], Any]) -> None:
    shape = Mastodon()
    arrived = shape.parse(frame("update", wrap(status(1))), "line 1")
    edited = shape.parse(frame("status.update", wrap(status(1, content="<p>better</p>"))), "line 2")
    assert [type(item) for item in arrived + edited] == [Arrived, Edited]
    assert isinstance(edited[0], Edited)
    assert edited[0].post.text == "better"


def test_a_delete_is_understood_by_the_local_id(status: Make) -> None:
    shape = Mastodon()
    shape.parse(frame("update", json.dumps(status(1))), "line 1")
    assert shape.parse(frame("delete", "1"), "line 2") == [Withdrawn("mastodon", status(1)["uri"])]
    assert shape.parse(frame("delete", "1"), "line 3") == []
    assert shape.parse(frame("delete", "77"), "line 4") == []


def test_what_was_remembered_can_be_deleted(status: Make) -> None:
    shape = Mastodon()
    shape.remember(frame("update", json.dumps(status(1))))
    shape.remember(status(2))
    shape.remember({"id": 1})
    shape.remember(frame("update", "{"))
    assert shape.parse(frame("delete", "1"), "line 2") == [Withdrawn("mastodon", status(1)["uri"])]
    assert shape.parse(frame("delete", 2), "line 3") == [Withdrawn("mastodon", status(2)["uri"])]


def test_memory_is_bounded(status: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wall.feeds.shapes.mastodon.MEMORY", 2)
    shape = Mastodon()
    for number in (1, 2, 3):
        shape.parse(status(number), "line 1")
    assert shape.parse(frame("delete", "1"), "line 4") == []
    assert len(shape.parse(frame("delete", "3"), "line 5")) == 1


def test_frames_about_other_things_are_passed_over() -> None:
    assert Mastodon().parse(frame("filters_changed", ""), "line 1") == []
    assert Mastodon().parse(frame("notification", '{"type": "mention"}'), "line 1") == []


@pytest.mark.parametrize(
    "changes",
    [
        {"account": None},
        {"account": "ada"},
        {"account": {}},
        {"content": None},
        {"content": "x" * 200_001},
        {"content": "<p>" + "x" * 20_001},
        {"uri": 5},
        {"created_at": "soon"},
        {"reblog": "yes"},
        {"tags": [{"url": "x"}]},
        {"spoiler_text": ["grief"]},
    ],
)
def test_what_cannot_be_used_costs_one_status(status: Make, changes: dict[str, Any]) -> None:
    assert Mastodon().parse(status(**changes), "line 6") == [Dropped("unusable_post", "line 6")]


def test_broken_payloads_cost_one_frame() -> None:
    for payload in ("{", "[]", "7", None, "[" * 100_000):
        assert Mastodon().parse(frame("update", payload), "line 1") == [Dropped("unusable_post", "line 1")]


def test_recorded_statuses_of_a_real_server_parse(shared_data: Path) -> None:
    yaml = pytest.importorskip("yaml")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    seen: list[Item] = []
    for path in sorted((shared_data / "mastodon").glob("*.yaml")):
        shape = Mastodon()
        for status in _statuses(yaml.load(path.read_text("utf-8"), Loader=loader)):
            assert detect(status) is Mastodon
            seen += shape.parse(status, path.name)
    posts = [item.post for item in seen if isinstance(item, Arrived | Edited)]
    assert {item.code for item in seen if isinstance(item, Dropped)} <= {"not_public"}
    assert "#hoot (hashtag toot)" in [post.text for post in posts]
    assert any("hoot" in post.hashtags for post in posts)


def _statuses(recorded: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for interaction in recorded["interactions"]:
        try:
            body = json.loads(interaction["response"]["body"]["string"])
        except ValueError:
            continue
        for found in body if isinstance(body, list) else [body]:
            if isinstance(found, dict) and {"uri", "content", "account", "visibility"} <= found.keys():
                yield found
