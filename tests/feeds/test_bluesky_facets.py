"""Facets point into UTF-8 bytes, links into code points: every text, and every broken offset."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wall.feeds.atproto.facets import folded, hashtags_of, link_facets, links_of
from wall.model import at_border

URL = "https://e.example/a"
TEXTS = st.text(
    st.one_of(st.characters(), st.sampled_from("aé日\U0001f469\u200d\r\n#\u0301")), min_size=1, max_size=60
)


def facet(first: Any, last: Any, **feature: Any) -> dict[str, Any]:
    named = {"$type": "app.bsky.richtext.facet#link", "uri": URL} | feature
    return {"index": {"byteStart": first, "byteEnd": last}, "features": [named]}


def tag(text: str, first: int = 0, last: int = 1) -> dict[str, Any]:
    return facet(first, last, **{"$type": "app.bsky.richtext.facet#tag", "tag": text})


@given(text=TEXTS, data=st.data())
def test_a_link_over_letters_is_over_the_same_letters(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    before, inside = text[:start], text[start:end]
    if inside.startswith("\n") or before.endswith("\r") or inside.endswith("\r"):
        return  # a link that begins or ends between the two halves of one line end
    first = len(before.encode("utf-8", "surrogatepass"))
    last = first + len(inside.encode("utf-8", "surrogatepass"))
    (link,) = links_of({"text": text, "facets": [facet(first, last)]})
    kept = at_border(text)
    assert kept[link["start"] : link["end"]] == at_border(inside)


@given(
    text=TEXTS,
    offsets=st.lists(st.tuples(st.integers(-5, 300), st.integers(-5, 300)), max_size=8),
)
def test_whatever_the_offsets_links_lie_inside_of_the_text_and_apart(
    text: str, offsets: list[tuple[int, int]]
) -> None:
    links = links_of({"text": text, "facets": [facet(*pair) for pair in offsets]})
    end = 0
    for link in links:
        assert end <= link["start"] <= link["end"] <= len(text)
        end = link["end"]


@pytest.mark.parametrize(
    "broken",
    [
        facet(1, 3),  # inside of a letter
        facet(0, 2),
        facet(4, 4),
        facet(4, 3),
        facet(0, 99),
        facet(-4, 4),
        facet("0", 4),
        facet(None, 4),
        facet(True, 4),
        facet(0.0, 4),
        {"index": None, "features": [{"$type": "app.bsky.richtext.facet#link", "uri": URL}]},
        {"index": {}, "features": None},
        {"features": [1]},
        facet(0, 4, uri="javascript:alert(1)"),
        facet(0, 4, uri=None),
        facet(0, 4, **{"$type": "app.bsky.richtext.facet#unknown"}),
        facet(0, 4, **{"$type": "app.bsky.richtext.facet#mention", "did": 7}),
    ],
)
def test_a_broken_facet_is_left_out_and_costs_the_others_nothing(broken: dict[str, Any]) -> None:
    record = {"text": "\U0001f469 and a link", "facets": [broken, "nothing", facet(5, 8)]}
    assert links_of(record) == [{"start": 2, "end": 5, "url": URL}]


def test_a_mention_leads_to_the_profile_whatever_the_handle_is_later() -> None:
    mention = {"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:bo"}
    record = {"text": "@bo hello", "facets": [facet(0, 3, **mention)]}
    assert links_of(record) == [{"start": 0, "end": 3, "url": "https://bsky.app/profile/did:plc:bo"}]


def test_hashtags_are_those_that_were_marked_and_those_beside_the_text() -> None:
    record = {
        "text": "#a word",
        "facets": [tag("SMSummit"), tag("#smsummit"), tag("日本"), tag("")],
        "tags": ["ＳＭＳｕｍｍｉｔ", "beside", 7],
    }
    assert hashtags_of(record) == ("SMSummit", "日本", "beside")
    assert hashtags_of({"text": "#smsummit in words alone"}) == ()
    assert folded("ＳＭＳｕｍｍｉｔ") == folded("#smsummit")


@given(text=st.text(max_size=40))
def test_addresses_in_a_reply_become_links_over_themselves(text: str) -> None:
    said = f"{text} {URL}, and more"
    for made in link_facets(said):
        raw = said.encode("utf-8", "surrogatepass")
        index = made["index"]
        assert raw[index["byteStart"] : index["byteEnd"]].decode().startswith("http")
    assert URL in {made["features"][0]["uri"] for made in link_facets(said)}
