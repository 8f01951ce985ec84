"""What comes with posts: polls, quotes, linked pages, and what accounts say about being shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.feeds.test_x_shape import USERS, data, streamed
from tests.support.summit import post
from wall.feeds.base import Arrived, Dropped, Edited
from wall.feeds.common.told import Told
from wall.feeds.shapes import Mastodon, X
from wall.feeds.shapes.common import Shape
from wall.model import LinkCard, Poll, PollOption, Post
from wall.text import drop_bad_links
from wall.wishes import wish_of

Make = Callable[..., dict[str, Any]]


def one(record: dict[str, Any], shape: Shape | None = None) -> Post:
    (item,) = (shape or Mastodon()).parse(record, "line 1")
    assert isinstance(item, Arrived | Edited)
    return item.post


def test_a_poll_is_its_answers_with_counts_where_they_are_not_hidden(status: Make) -> None:
    options = [{"title": "Yes", "votes_count": 3}, {"title": "No", "votes_count": None}, None]
    poll = {"id": "9", "expired": True, "multiple": True, "votes_count": 3, "options": options}
    assert one(status(poll=poll)).poll == Poll(
        options=(PollOption(text="Yes", votes=3), PollOption(text="No")), multiple=True, closed=True
    )
    assert one(status(poll={"options": []})).poll is None
    assert one(status(poll="?")).poll is None


def test_a_linked_page_is_its_title_and_a_picture_that_is_safe_to_ask_for(status: Make) -> None:
    card = {
        "url": "https://e.example/a",
        "title": " A page ",
        "description": "More of it",
        "image": "https://e.example/a.png",
        "image_description": "A chart",
        "html": "<iframe src=x>",
    }
    assert one(status(card=card)).link_card == LinkCard(
        url="https://e.example/a", title="A page", image="https://e.example/a.png", alt="A chart"
    )
    found = one(status(card=card | {"title": "", "image": "javascript:x"})).link_card
    assert found == LinkCard(url="https://e.example/a", title="More of it", alt="A chart")
    for useless in (None, [], {"url": "file:///etc/passwd", "title": "t"}, {"url": "https://e.example/"}):
        assert one(status(card=useless)).link_card is None


def test_quoted_words_come_with_the_post_and_the_fallback_for_old_readers_goes(status: Make) -> None:
    quoted = status(7, content="<p>Quoted <b>words</b></p>", visibility="public", language="fr")
    inline = '<p class="quote-inline">RE: <a href="https://a.example/@ada/7">a.example</a></p>'
    quote = {"state": "accepted", "quoted_status": quoted}
    made = one(status(8, content=f"{inline}<p>Mine</p>", quote=quote))
    assert made.text == "Mine"
    assert made.quote is not None
    assert (made.quote.key, made.quote_of) == (quoted["uri"], quoted["uri"])
    assert (made.quote.text, made.quote.lang, made.quote.author.handle) == ("Quoted words", "fr", "ada")


@pytest.mark.parametrize("state", ["pending", "rejected", "revoked", "deleted", "unauthorized"])
def test_only_an_accepted_quote_has_words(status: Make, state: str) -> None:
    quote = {"state": state, "quoted_status": status(7, content="<p>No</p>")}
    assert one(status(8, quote=quote)).quote is None


@pytest.mark.parametrize(
    "broken",
    [
        {"visibility": "private"},
        {"visibility": None},
        {"content": None},
        {"content": "x" * 200_001},
    ],
)
def test_a_quote_that_is_not_public_or_not_whole_is_left_out_and_nothing_else(
    status: Make, broken: dict[str, Any]
) -> None:
    quoted = status(7) | broken
    made = one(status(8, content="Mine", quote={"state": "accepted", "quoted_status": quoted}))
    assert (made.text, made.quote) == ("Mine", None)


@pytest.mark.parametrize(
    ("flag", "bar"), [("noindex", "noindex"), ("limited", "limited"), ("suspended", "taken_down")]
)
def test_what_an_account_says_bars_its_posts_and_what_others_quote_of_it(
    status: Make, flag: str, bar: str
) -> None:
    shy = status(7)
    shy["account"] = shy["account"] | {flag: True}
    assert wish_of(one(shy)) == bar
    quoting = one(status(8, quote={"state": "accepted", "quoted_status": shy}))
    assert quoting.quote is not None
    assert (wish_of(quoting), wish_of(quoting.quote)) == (None, bar)


def test_an_account_that_never_chose_to_be_searchable_is_shown(status: Make) -> None:
    usual = status(7)
    usual["account"] = usual["account"] | {"indexable": False, "noindex": False, "discoverable": None}
    assert wish_of(one(usual)) is None


def test_addresses_that_nobody_should_open_are_taken_out_of_quotes_and_cards() -> None:
    shape = X()
    entities = {"urls": [{"start": 0, "end": 4, "expanded_url": "https://e.example/", "title": "T"}]}
    made = one(streamed(data(1, entities=entities)), shape)
    assert made.link_card is not None
    bad = made.model_copy(update={"link_card": made.link_card.model_copy(update={"url": "javascript:x"})})
    assert drop_bad_links(bad).link_card is None


def test_x_gives_polls_quotes_and_linked_pages_beside_the_post() -> None:
    quoted = data(1, text="Quoted &amp; said")
    poll = {
        "id": "p",
        "voting_status": "closed",
        "options": [{"label": "Yes", "votes": 2}, {"label": "No", "votes": 1}],
    }
    quoting = data(
        2,
        referenced_tweets=[{"type": "quoted", "id": "1"}],
        attachments={"poll_ids": ["p"]},
        entities={
            "urls": [
                {"start": 0, "end": 4, "expanded_url": "https://x.com/ada/status/1"},
                {
                    "start": 5,
                    "end": 6,
                    "expanded_url": "https://e.example/",
                    "title": "T",
                    "images": [{"url": "https://e.example/i.png"}],
                },
            ]
        },
    )
    made = one(streamed(quoting, tweets=[quoted], polls=[poll]), X())
    assert made.quote is not None
    assert (made.quote.key, made.quote.text, made.quote.author.handle) == ("1", "Quoted & said", "ada")
    assert made.poll is not None
    assert ([option.votes for option in made.poll.options], made.poll.closed) == ([2, 1], True)
    assert made.link_card == LinkCard(url="https://e.example/", title="T", image="https://e.example/i.png")


def test_words_of_a_protected_account_are_not_quoted_from_x() -> None:
    assert USERS[1]["protected"]
    quoted = data(1, author_id="8")
    quoting = data(2, referenced_tweets=[{"type": "quoted", "id": "1"}])
    assert one(streamed(quoting, tweets=[quoted]), X()).quote is None


def test_a_post_with_everything_survives_being_stored(status: Make) -> None:
    full = one(
        status(
            8,
            poll={"options": [{"title": "Yes", "votes_count": 1}]},
            card={"url": "https://e.example/a", "title": "A page"},
            quote={"state": "accepted", "quoted_status": status(7)},
        )
    )
    stored = full.model_dump_json(exclude_defaults=True)
    assert Post.model_validate_json(stored) == full
    assert json.loads(stored)["quote"]["key"] == full.quote_of


def test_a_wish_is_news_without_an_edit_and_what_another_server_does_not_know_is_not() -> None:
    told = Told()
    shy = post("1", noindex=True)
    assert told.is_news(Arrived(post("1")))
    assert not told.is_news(Arrived(post("1")))
    assert told.is_news(Arrived(shy))
    assert not told.is_news(Arrived(post("1")))
    assert not told.is_news(Arrived(shy))


def test_a_quote_without_an_account_is_bad_upstream_data(status: Make) -> None:
    quoted = {**status(7), "account": None}
    (item,) = Mastodon().parse(status(8, quote={"state": "accepted", "quoted_status": quoted}), "line 1")
    assert isinstance(item, Dropped)
