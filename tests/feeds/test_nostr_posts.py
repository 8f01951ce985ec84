"""Signed events as posts: what is believed, and what a wall gets of it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from nostr_sdk import EventId, Nip19Profile, PublicKey

from tests.world.nostr import Person, SignedEvent
from wall.feeds.nips.events import EVENT_LIMIT, Event, Unusable, is_asked_to_vanish, proven
from wall.feeds.nips.memory import Proofs
from wall.feeds.nips.posts import author_of, mentioned, post_of, quoted_id, reply_to, repost_of
from wall.model import Post, utc_now

ADA, BO = Person("Ada"), Person("Bo")
SOME, OTHER = "a" * 64, "b" * 64


def post(text: str = "Words", *tags: list[str], **more: Any) -> Post:
    """A post of Ada's, as it comes."""
    return post_of(proven(ADA.note(text, *tags)), more.pop("people", {}), **more)


@pytest.mark.parametrize(
    "change",
    [
        {"content": "Other words"},
        {"created_at": 1},
        {"kind": 5},
        {"tags": [["t", "other"]]},
        {"pubkey": BO.pubkey},
        {"id": SOME},
        {"sig": "0" * 128},
    ],
)
def test_whatever_was_changed_after_it_was_signed_is_not_believed(change: dict[str, Any]) -> None:
    with pytest.raises(Unusable) as refused:
        proven(ADA.note("Words") | change)
    assert refused.value.code == "wrong_signature"


@pytest.mark.parametrize(
    "given",
    [
        None,
        [],
        "x",
        {},
        ADA.note("x") | {"tags": [[]]},
        ADA.note("x") | {"tags": [["t", 1]]},
        ADA.note("x") | {"created_at": -1},
        ADA.note("x") | {"created_at": 1.5},
        ADA.note("x") | {"content": None},
        ADA.note("x") | {"id": 7},
        ADA.note("\ud800"),
    ],
)
def test_what_is_no_event_is_refused(given: Any) -> None:
    with pytest.raises(Unusable) as refused:
        Proofs().event(given)
    assert refused.value.code == "unusable_event"


def test_an_event_that_is_too_long_is_not_even_read() -> None:
    with pytest.raises(Unusable) as refused:
        proven(ADA.note("x" * EVENT_LIMIT))
    assert refused.value.code == "event_too_large"


def test_an_id_in_capitals_is_not_another_event() -> None:
    note = ADA.note("Words")
    with pytest.raises(Unusable):
        proven(note | {"id": note["id"].upper()})


def test_what_was_proven_cannot_be_replaced_under_the_same_id() -> None:
    proofs, note = Proofs(), ADA.note("Words")
    with pytest.raises(Unusable):
        proofs.event(note | {"content": "A forgery that came first"})
    assert proofs.event(note).content == "Words"
    assert proofs.event(note | {"content": "A forgery that came later"}).content == "Words"


@pytest.mark.parametrize(
    "text", ["a\u0000b", "\u2028 \u2029 \u0085 \x7f", 'quotes " and \\ \b\f\n\r\t', "👩‍👩‍👧‍👦"]
)
def test_any_letters_can_be_signed(text: str) -> None:
    assert proven(ADA.note(text)).content == text


def test_an_author_is_their_key_and_what_they_call_themselves() -> None:
    profile = proven(ADA.profile(display_name=" Ada L. ", picture="https://p.example/a.png", bot=True))
    author = author_of(ADA.pubkey, profile)
    assert author["key"] == author["handle"] == ADA.npub
    assert (author["name"], author["avatar"], author["bot"]) == ("Ada L.", "https://p.example/a.png", True)


@pytest.mark.parametrize(
    "said", ["", "no JSON", "[]", '{"name": 7, "picture": "javascript:x"}', "[" * 9_000]
)
def test_whatever_a_profile_says_it_is_somebody(said: str) -> None:
    author = author_of(ADA.pubkey, proven(ADA.signed(0, said)))
    assert (author["key"], author["name"], author["avatar"]) == (ADA.npub, "", None)


def test_a_post_has_its_hashtags_links_and_pictures() -> None:
    imeta = ["imeta", "url https://p.example/a.jpg", "m image/jpeg", "alt Red and blue", "dim 40x30"]
    made = post("Look https://p.example/a.jpg and https://p.example/b.MP4 at https://a.example/x.", imeta)
    assert made.hashtags == ("smsummit",)
    first, second = made.media
    assert (first.kind, first.alt, first.width, first.height) == ("image", "Red and blue", 40, 30)
    assert (second.kind, second.url) == ("video", "https://p.example/b.MP4")
    assert [made.text[link.start : link.end] for link in made.links][2] == "https://a.example/x"


@pytest.mark.parametrize(
    "tag", [["imeta"], ["imeta", "url"], ["imeta", "url javascript:x"], ["imeta", "dim 1x"]]
)
def test_a_picture_without_an_address_is_none(tag: list[str]) -> None:
    assert post("Words", tag).media == ()


def test_a_content_warning_is_kept_and_counts_as_sensitive() -> None:
    assert (post("x", ["content-warning", "Blood"]).warning, post("x", ["content-warning"]).warning) == (
        "Blood",
        None,
    )
    assert post("x", ["content-warning"]).sensitive
    assert not post("x").sensitive


def test_a_reply_is_to_the_post_that_is_marked_or_the_last_that_is_named() -> None:
    def answered(*tags: list[str]) -> str | None:
        return reply_to(proven(ADA.note("x", *tags)))

    root, reply = ["e", SOME, "", "root"], ["e", OTHER, "wss://a.example", "reply"]
    assert answered(root, reply) == answered(reply, root) == OTHER
    assert answered(root) == SOME
    assert answered(["e", SOME], ["e", OTHER]) == OTHER
    assert answered(["e", SOME, "", "mention"], ["e", "no id"]) is None


def test_people_are_named_in_place_of_their_keys() -> None:
    profile = Nip19Profile(PublicKey.parse(BO.pubkey), []).to_bech32()
    text = f"nostr:{ADA.npub} met nostr:{profile}, nostr:npub1{'q' * 58} did not"
    assert mentioned(proven(ADA.note(text))) == [ADA.pubkey, BO.pubkey]
    made = post(text, people={BO.pubkey: author_of(BO.pubkey, proven(BO.profile()))})
    assert made.text == f"@{ADA.npub[:12]}… met @Bo, nostr:npub1{'q' * 58} did not"


def test_a_quote_has_its_words_and_its_address_is_left_out() -> None:
    quoted = proven(BO.note("What Bo said"))
    address = EventId.parse(quoted.id).to_bech32()
    event = proven(ADA.note(f"Yes!\n\nnostr:{address}", ["q", quoted.id, "", BO.pubkey]))
    assert quoted_id(event) == quoted.id
    bare, made = post_of(event, {}), post_of(event, {}, quoted)
    assert (bare.quote, bare.quote_of, made.text) == (None, quoted.id, "Yes!")
    assert address in bare.text
    assert made.quote is not None
    assert (made.quote.key, made.quote.text, made.quote.author.key) == (quoted.id, "What Bo said", BO.npub)


def test_a_quote_with_a_warning_has_no_words() -> None:
    quoted = proven(BO.note("What Bo said", ["content-warning", "Blood"]))
    event = proven(ADA.note("Yes!", ["q", quoted.id]))
    assert post_of(event, {}, quoted).quote is None


def test_a_repost_names_its_post_and_has_no_words() -> None:
    note = BO.note("What Bo said")
    made = repost_of(proven(ADA.signed(6, json.dumps(note), [["e", note["id"]], ["p", BO.pubkey]])), {})
    assert made is not None
    assert (made.text, made.repost_of, made.author.key) == ("", note["id"], ADA.npub)
    assert repost_of(proven(ADA.signed(6)), {}) is None


def test_a_date_in_the_future_is_now() -> None:
    for at in (utc_now().timestamp() + 9_000, 10**15):
        assert post_of(proven(ADA.note("x", at=at)), {}).created_at <= utc_now() + timedelta(seconds=1)


@pytest.mark.parametrize("ends", [["-5"], ["soon"], [""], ["9" * 30]])
def test_an_end_that_is_no_time_is_none(ends: list[str]) -> None:
    assert proven(ADA.note("x", ["expiration", *ends])).expires == float("inf")


def test_a_request_to_vanish_is_for_everybody_or_for_the_relays_that_it_names() -> None:
    def meant(event: SignedEvent) -> bool:
        return is_asked_to_vanish(proven(event), frozenset({"relay.example.org"}))

    assert meant(ADA.farewell())
    assert meant(ADA.farewell("wss://Relay.example.org/"))
    assert not meant(ADA.farewell("wss://other.example"))
    assert not meant(ADA.signed(62))
    assert not meant(ADA.signed(5, "", [["relay", "ALL_RELAYS"]]))


def test_an_event_reads_only_tags_that_are_whole() -> None:
    event: Event = proven(ADA.note("x", ["e"], ["e", "short"], ["e", SOME], ["e", SOME], ["q"], tag=None))
    assert (event.ids(), event.values("t"), event.has("q"), quoted_id(event)) == ([SOME], [], True, None)


def test_what_is_kept_as_proven_has_a_limit_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wall.feeds.nips.memory.PROVEN_BYTES", 100_000, raising=False)
    proofs, notes = Proofs(), [ADA.note(f"{number} " + "x" * 30_000) for number in range(5)]
    for note in notes:
        proofs.event(note)
    kept = [proofs.event(note | {"content": "A forgery"}).id for note in notes[-2:]]
    assert kept == [note["id"] for note in notes[-2:]]
    with pytest.raises(Unusable):
        proofs.event(notes[0] | {"content": "A forgery"})
    assert proofs.event(notes[0]).id == notes[0]["id"]


def test_an_event_of_many_small_tags_takes_up_more_than_its_text() -> None:
    event = proven(ADA.note("Words", *(["é"] for _ in range(1_000))))
    assert 100_000 < event.bytes < 500_000
