"""Records of Bluesky as posts, and frames of Jetstream as events, field by field."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.feeds.test_hostile_records import ANYTHING, places, spoiled
from wall.feeds.atproto.events import POST, Account, Commit, Identity, Other, micros, read, tid, time_of_rev
from wall.feeds.atproto.facets import hashtags_of
from wall.feeds.atproto.posts import Person, is_post, is_quote_withheld, person_of, post_of, quoted_uri
from wall.feeds.atproto.problems import StreamEnded
from wall.feeds.base import Arrived, Dropped
from wall.feeds.shapes.common import attempt
from wall.model import Author, Post
from wall.text import drop_bad_links
from wall.wishes import wish_of

DID = "did:plc:ada"
URI = f"at://{DID}/app.bsky.feed.post/3mmoojp4cd223"
QUOTED = "at://did:plc:bo/app.bsky.feed.post/3mmoojp4cd224"
CID = "bafkreieajxclqzwk2mczx7hxmoboqpuiveqlbm35gsda5xlaqfmlryu4ri"
VIEW = {"did": DID, "handle": "ada.bsky.example", "displayName": "Ada", "followersCount": 12}


def post(person: Person | None = None, labels: tuple[str, ...] = (), **fields: Any) -> Post:
    record = {"$type": "app.bsky.feed.post", "text": "Hello", "createdAt": "2026-05-25T14:23:28.757Z"}
    quote = fields.pop("quote", None)
    return post_of(URI, record | fields, person or person_of(VIEW), labels=labels, quote=quote)


def blob(cid: str = CID) -> dict[str, Any]:
    return {"$type": "blob", "ref": {"$link": cid}, "mimeType": "image/jpeg", "size": 7}


def test_a_record_and_its_author_are_a_post() -> None:
    made = post(langs=["en", "fr"], tags=["SMSummit"])
    assert (made.network, made.key, made.text, made.lang) == ("bluesky", URI, "Hello", "en")
    assert made.created_at == datetime(2026, 5, 25, 14, 23, 28, 757_000, UTC)
    assert made.url == f"https://bsky.app/profile/{DID}/post/3mmoojp4cd223"
    assert made.hashtags == ("SMSummit",)
    author = made.author
    assert (author.key, author.handle, author.name, author.followers) == (
        DID,
        "ada.bsky.example",
        "Ada",
        12,
    )
    assert author.url == "https://bsky.app/profile/ada.bsky.example"


def test_somebody_without_a_handle_goes_by_their_did() -> None:
    person = person_of({"did": DID, "handle": "handle.invalid"})
    assert (person.author["handle"], person.author["name"]) == (DID, "")


def test_pictures_come_with_their_descriptions_and_sizes() -> None:
    images = [{"image": blob(), "alt": "A slide", "aspectRatio": {"width": 4, "height": 3}}, {"image": {}}]
    (media,) = post(embed={"$type": "app.bsky.embed.images", "images": images}).media
    at = f"https://cdn.bsky.app/img/{{}}/plain/{DID}/{CID}@jpeg"
    assert (media.url, media.preview) == (at.format("feed_fullsize"), at.format("feed_thumbnail"))
    assert (media.kind, media.alt, media.width, media.height) == ("image", "A slide", 4, 3)


def test_a_film_is_a_still_and_a_linked_page_a_card() -> None:
    (film,) = post(embed={"$type": "app.bsky.embed.video", "video": blob(), "alt": "A talk"}).media
    assert (film.kind, film.alt) == ("video", "A talk")
    assert film.preview == f"https://video.bsky.app/watch/did%3Aplc%3Aada/{CID}/thumbnail.jpg"
    page = {"uri": "https://e.example/", "title": "Paper", "description": "Long", "thumb": blob()}
    card = post(embed={"$type": "app.bsky.embed.external", "external": page}).link_card
    assert card is not None
    assert (card.url, card.title) == ("https://e.example/", "Paper")
    assert card.image == f"https://cdn.bsky.app/img/feed_thumbnail/plain/{DID}/{CID}@jpeg"
    unsafe = {"$type": "app.bsky.embed.external", "external": page | {"uri": "javascript:alert(1)"}}
    assert post(embed=unsafe).link_card is None


def test_a_quote_with_pictures_is_both() -> None:
    view = {
        "uri": QUOTED,
        "author": {"did": "did:plc:bo", "handle": "bo.bsky.example"},
        "record": {"text": "Said before", "createdAt": "2026-05-25T14:00:00Z", "langs": ["fr"]},
    }
    embed = {
        "$type": "app.bsky.embed.recordWithMedia",
        "record": {"record": {"uri": QUOTED, "cid": "c"}},
        "media": {"$type": "app.bsky.embed.images", "images": [{"image": blob(), "alt": ""}]},
    }
    made = post(embed=embed, quote=view)
    assert made.quote is not None
    assert (made.quote_of, made.quote.key, made.quote.text, made.quote.lang) == (
        QUOTED,
        QUOTED,
        "Said before",
        "fr",
    )
    assert made.quote.author.handle == "bo.bsky.example"
    assert len(made.media) == 1
    assert post(embed=embed).quote is None


def test_a_list_or_feed_that_is_shared_is_no_quote() -> None:
    shared = {"uri": "at://did:plc:bo/app.bsky.graph.list/3k", "cid": "c"}
    assert quoted_uri({"embed": {"$type": "app.bsky.embed.record", "record": shared}}) is None


@pytest.mark.parametrize("kind", ["viewDetached", "viewBlocked", "viewNotFound"])
def test_a_quote_that_its_author_withheld_is_known_by_the_view(kind: str) -> None:
    gone = {"$type": f"app.bsky.embed.record#{kind}", "uri": QUOTED}
    assert is_quote_withheld({"embed": {"record": gone}})
    assert is_quote_withheld({"embed": {"record": {"record": gone}, "media": {}}})
    assert not is_quote_withheld({"embed": {"record": {"$type": "app.bsky.embed.record#viewRecord"}}})


def test_a_reply_knows_what_it_answers() -> None:
    assert post(reply={"root": {"uri": URI}, "parent": {"uri": QUOTED, "cid": "c"}}).reply_to == QUOTED


@pytest.mark.parametrize(
    ("labels", "bar"),
    [
        (("!no-unauthenticated",), "signed_in_only"),
        (("!hide",), "taken_down"),
        (("!takedown",), "taken_down"),
        ((), None),
    ],
)
def test_what_labels_say_against_being_shown_holds(labels: tuple[str, ...], bar: str | None) -> None:
    author = {"labels": [{"val": label, "src": DID} for label in labels]}
    assert wish_of(post(person_of(VIEW | author))) == bar
    assert wish_of(post(labels=labels)) == bar


def test_a_label_that_was_taken_back_says_nothing() -> None:
    labels = [{"val": "!hide", "neg": True}, {"val": 7}, {"val": "bot"}]
    person = person_of(VIEW | {"labels": labels})
    assert person.labels == ("bot",)
    assert person.author["bot"] is True


@pytest.mark.parametrize("label", ["porn", "sexual", "nudity", "graphic-media", "gore", "spam"])
def test_what_is_labelled_so_waits_for_a_person_whoever_labelled_it(label: str) -> None:
    own = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": label}]}
    record = {"text": "", "createdAt": "2026-05-25T14:23:28Z"}
    assert post_of(URI, record | {"labels": own}, person_of(VIEW)).sensitive
    assert post(labels=(label,)).sensitive
    assert not post().sensitive


def test_a_record_without_a_date_has_that_of_the_stream() -> None:
    seen = datetime(2026, 5, 25, tzinfo=UTC)
    made = post_of(URI, {"text": "a", "createdAt": "soon"}, person_of(VIEW), seen_at=seen)
    assert made.created_at == seen
    with pytest.raises(ValueError, match="Invalid isoformat"):
        post_of(URI, {"text": "a", "createdAt": "soon"}, person_of(VIEW))


@pytest.mark.parametrize("fields", [{"text": None}, {"text": 7}, {"text": "x" * 30_000}])
def test_what_cannot_be_used_is_dropped(fields: dict[str, Any]) -> None:
    def build() -> list[Any]:
        return [post(**fields)] if fields["text"] is not None else [post_of(URI, {}, person_of(VIEW))]

    assert attempt("here", build) == [Dropped("unusable_post", "here")]


def commit(**changes: Any) -> dict[str, Any]:
    said = {"rev": "3mmoojpaqkn2z", "operation": "create", "collection": "app.bsky.feed.post"}
    return said | {"rkey": "3mmoojp4cd223", "cid": "bafy", "record": {"text": "Hello"}} | changes


def test_both_wires_say_the_same() -> None:
    at = 1_779_719_009_157_119
    first = {"did": DID, "time_us": at, "kind": "commit", "commit": commit()}
    moment = {"time": "2020-01-01T00:00:00Z", "witnessedAt": "2026-05-25T14:23:29.157119Z"}
    named = {"$type": "network.bsky.jetstream.subscribeEvents#commit", "seq": 7, "did": DID}
    second = {"$type": "message", "payload": named | moment | commit()}
    assert read(json.dumps(first)) == read(json.dumps(second).encode())
    assert read(json.dumps(first)) == Commit(
        DID, at, "create", "app.bsky.feed.post", "3mmoojp4cd223", "3mmoojpaqkn2z", "bafy", {"text": "Hello"}
    )


def test_accounts_and_kinds_that_nobody_knows_are_events() -> None:
    status = {"active": False, "did": DID, "status": "deleted"}
    frame = {"did": DID, "time_us": 7, "kind": "account", "account": status}
    assert read(json.dumps(frame)) == Account(DID, 7, active=False, status="deleted")
    assert read(json.dumps({"did": DID, "time_us": 7, "kind": "sync", "sync": {}})) == Other(7)
    info = {"$type": "message", "payload": {"$type": "x#info", "name": "OutdatedCursor"}}
    assert read(json.dumps(info)) == Other()


@pytest.mark.parametrize(
    "frame", ["", "[]", "7", "null", "{}", '{"did":1,"time_us":1,"kind":"account"}', "{"]
)
def test_what_is_no_frame_is_refused_in_ways_that_are_expected(frame: str) -> None:
    with pytest.raises((ValueError, TypeError, LookupError, AttributeError)):
        read(frame)


def test_the_last_word_of_a_stream_ends_it() -> None:
    with pytest.raises(StreamEnded):
        read(json.dumps({"$type": "error", "error": "ConsumerTooSlow"}))


def test_a_revision_is_a_time_that_is_the_same_everywhere() -> None:
    at = datetime(2026, 5, 25, 14, 23, 28, 901_651, UTC)
    assert time_of_rev("3mmoojpaqkn2z") == at
    assert time_of_rev(tid(micros(at), 31)) == at
    assert [time_of_rev(rev) for rev in ("0" * 13, "", "3mmoo", "3mmoojpaqkn2Z")] == [None] * 4


def test_only_posts_are_posts() -> None:
    assert is_post(URI)
    others = ("never-seen", "at://a/b/c", f"at://{DID}/app.bsky.feed.like/3k", None, 7)
    assert not any(is_post(other) for other in others)


@pytest.fixture
def recorded(shared_data: Path) -> list[str]:
    """Lines that production sent."""
    path = shared_data / "bluesky" / "golden_v1.jsonl"
    if not path.exists():
        pytest.skip("there are no recorded lines")
    return path.read_text(encoding="utf-8").splitlines()


def test_recorded_lines_are_read_field_by_field(recorded: list[str]) -> None:
    """Every line that production sent is understood, with all that it says."""
    events = [read(line) for line in recorded]
    assert [type(event) for event in events] == [Commit] * 7 + [Identity, Account, Commit]
    for event, line in zip(events, recorded, strict=True):
        said = json.loads(line)
        match event:
            case Commit():
                raw = said["commit"]
                expected = {"did": said["did"], "at": said["time_us"], "cid": None, "record": None}
                assert asdict(event) == expected | raw
                assert event.uri == f"at://{said['did']}/{raw['collection']}/{raw['rkey']}"
            case Account():
                raw = said["account"]
                assert event == Account(said["did"], said["time_us"], raw["active"], raw.get("status"))
            case _:
                assert event == Identity(said["did"], said["time_us"])


def test_the_recorded_post_is_whole(recorded: list[str]) -> None:
    """The one post among the lines, with every field of it."""
    (found,) = (one for one in map(read, recorded) if isinstance(one, Commit) and one.collection == POST)
    assert found.record is not None
    assert found.rev == "3mmoojpaqkn2z"
    made = post_of(found.uri, found.record, person_of({"did": found.did, "handle": "a.example"}))
    did, parent = "did:plc:q235v55g5unth4zjjdpacfdr", "did:plc:j76trmiofvaxxpvx2vnb2vwf"
    fields: dict[str, Any] = {
        "network": "bluesky",
        "key": f"at://{did}/app.bsky.feed.post/3mmoojp4cd223",
        "author": Author(key=did, handle="a.example", url="https://bsky.app/profile/a.example"),
        "text": "Try RSV for a good time !!",
        "created_at": datetime(2026, 5, 25, 14, 23, 28, 757_000, UTC),
        "url": f"https://bsky.app/profile/{did}/post/3mmoojp4cd223",
        "lang": "en",
        "hashtags": (),
        "media": (),
        "emoji": (),
        "links": (),
        "warning": None,
        "sensitive": False,
        "noindex": False,
        "labels": (),
        "poll": None,
        "link_card": None,
        "quote": None,
        "repost_of": None,
        "reply_to": f"at://{parent}/app.bsky.feed.post/3mmojbrjwbs26",
        "quote_of": None,
        "edited_at": None,
    }
    assert fields.keys() == Post.model_fields.keys(), "a field of a post is not looked at here"
    assert made == Post(**fields)


GOOD_RECORD = {
    "text": "\U0001f469 a link and @bo #tag",
    "createdAt": "2026-05-25T14:23:28.757Z",
    "langs": ["en"],
    "tags": ["smsummit"],
    "labels": {"values": [{"val": "porn"}]},
    "facets": [
        {
            "index": {"byteStart": 5, "byteEnd": 8},
            "features": [{"$type": "app.bsky.richtext.facet#mention", "did": DID}],
        }
    ],
    "reply": {"root": {"uri": URI, "cid": "c"}, "parent": {"uri": QUOTED, "cid": "c"}},
    "embed": {
        "$type": "app.bsky.embed.recordWithMedia",
        "record": {"record": {"uri": QUOTED, "cid": "c"}},
        "media": {
            "$type": "app.bsky.embed.images",
            "images": [{"image": blob(), "alt": "a", "aspectRatio": {"width": 4, "height": 3}}],
        },
    },
}
GOOD_VIEW = {
    "uri": QUOTED,
    "author": VIEW | {"labels": [{"val": "bot"}]},
    "record": GOOD_RECORD,
    "labels": [{"val": "spam", "neg": True}],
    "embed": {"record": {"record": {"$type": "app.bsky.embed.record#viewDetached"}}},
}


_NAMES = ("did", "kind", "time_us", "commit", "$type", "payload", "account", "error")
_EXPECTED = (ValueError, TypeError, LookupError, AttributeError, OverflowError)


@settings(max_examples=400)
@given(draw=st.data())
def test_one_spoiled_field_costs_a_post_at_most(draw: st.DataObject) -> None:
    path = draw.draw(st.sampled_from(list(places(GOOD_RECORD))))
    record = spoiled(GOOD_RECORD, path, draw.draw(ANYTHING))
    quoted_uri(record)
    with contextlib.suppress(LookupError, TypeError, AttributeError):  # as `Flow.is_wanted` does
        hashtags_of(record)
    for item in attempt("here", lambda: [Arrived(post_of(URI, record, person_of(VIEW)))]):
        assert isinstance(item, Arrived | Dropped)
        if isinstance(item, Arrived):
            json.dumps(drop_bad_links(item.post).model_dump(mode="json"), ensure_ascii=False).encode()


@settings(max_examples=300)
@given(draw=st.data())
def test_a_spoiled_view_costs_itself_at_most(draw: st.DataObject) -> None:
    view = spoiled(GOOD_VIEW, draw.draw(st.sampled_from(list(places(GOOD_VIEW)))), draw.draw(ANYTHING))
    is_quote_withheld(view)
    with contextlib.suppress(LookupError, TypeError, ValueError, AttributeError):  # as `People.ask` does
        person_of(view["author"])
    for item in attempt("here", lambda: [Arrived(post_of(URI, GOOD_RECORD, person_of(VIEW), quote=view))]):
        assert isinstance(item, Arrived | Dropped)


@given(
    frame=st.dictionaries(st.sampled_from(_NAMES), st.sampled_from(["did:plc:ada", "commit"]) | ANYTHING)
)
def test_any_frame_at_all_is_an_event_or_refused_in_ways_that_are_expected(frame: dict[str, Any]) -> None:
    with contextlib.suppress(StreamEnded, *_EXPECTED):
        assert read(json.dumps(frame))
