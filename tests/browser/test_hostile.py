"""Hostile words on the wall, in Chromium: nothing runs, nothing is reported, no neighbour changes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageFilter
from playwright.async_api import Browser, Page

from tests.support.alarms import Alarms, listening, picture_of, squeezed
from tests.support.hostile import STRINGS
from tests.support.hostile_hall import Batch, HostileHouse, strings_of
from tests.support.hostile_posts import HARMLESS, posts_with
from tests.support.waiting import PATIENCE, eventually
from wall.hygiene import displayed, tidy, tidy_line
from wall.model import Post
from wall.text import drop_bad_links

STRINGS_A_PAGE = 50

SCREEN: dict[str, Any] = {"viewport": {"width": 6_060, "height": 3_000}, "reduced_motion": "reduce"}
"""Room for every card of a batch in small letters, in columns of whole pixels."""

SMOOTHING = 16
"""Of 255, over nine pixels. Chromium smooths the edge of a round picture one way or another, by what it
happens to draw with it; the thinnest stroke of a letter where none belongs is several times more."""

Box = tuple[int, int, int, int]

SMALL = """() => {
  const letters = new CSSStyleSheet();
  letters.replaceSync(":root { font-size: 8px !important } .head { height: 64px; overflow: hidden }");
  document.adoptedStyleSheets.push(letters);
}"""
"""Small letters, and cards on whole pixels."""
SETTLED = """async (count) => {
  const boxes = () => JSON.stringify([...document.querySelectorAll("li.slot")].map((slot) =>
    slot.getBoundingClientRect()));
  const before = boxes();
  for (let n = 0; n < 3; n++) await new Promise((drawn) => requestAnimationFrame(drawn));
  return document.querySelectorAll("article.card").length === count && before === boxes()
    && [...document.images].every((image) => image.complete && image.naturalWidth > 0)
    && performance.getEntriesByType("resource").some(({name, responseEnd}) =>
      responseEnd > 0 && /\\/x-[^/]*svg$/.test(name));
}"""
"""That a picture which cannot be had gives its place to words, and moves what is below it, is over too;
and the network's mark, which is no image but a mask, is there."""
SEEN = """() => {
  const box = ({left, top, right, bottom}) =>
    [Math.floor(left), Math.floor(top), Math.ceil(right), Math.ceil(bottom)];
  const said = (node) => node.nodeName === "#text" ? node.data : node.nodeName === "IMG" ? node.alt
    : [...node.childNodes].map(said).join("");
  const words = (slot, name) => [...slot.querySelectorAll(name)].map(said);
  const cards = [...document.querySelectorAll("li.slot")].map((slot) => ({
    id: slot.dataset.post,
    box: box(slot.getBoundingClientRect()),
    said: words(slot, ".said bdi"),
    name: words(slot, ".name"),
    handle: words(slot, ".handle"),
    alts: [...words(slot, ".photo"), ...words(slot, ".attachment > bdi")],
  }));
  const kinds = [...document.querySelectorAll("*")].map((one) =>
    [one.localName, one.namespaceURI, ...one.getAttributeNames().sort()].join(" "));
  return {
    cards,
    kinds: [...new Set(kinds)],
    stage: box(document.querySelector(".stage").getBoundingClientRect()),
  };
}"""
EMPTIED = """(ids) => {
  for (const id of ids) {
    const { style } = document.querySelector(`li.slot[data-post="${id}"]`);
    style.setProperty("visibility", "hidden", "important");
  }
}"""


def test_there_are_hundreds_of_hostile_strings() -> None:
    assert len(STRINGS) >= 300


def test_a_string_is_in_every_field_of_a_post() -> None:
    _, covered = posts_with("any words", 1, "https://example.org/1.png")
    carrying = {path for path, value in _texts("", covered.model_dump()) if "any words" in value}
    never_shown = {".repost_of", ".quote.unseen"}
    assert carrying == set(_text_fields("", Post.model_json_schema())) - never_shown


@pytest.mark.parametrize("name", ["own", "big"])
async def test_hostile_posts_run_nothing_and_change_no_neighbour(
    hostile: HostileHouse, browser: Browser, name: str
) -> None:
    strings = strings_of(name)
    async with listening(browser, hostile.base_url, **SCREEN) as alarms:
        page = await alarms.page()
        usual = await _see(alarms, page, hostile.bring(HARMLESS))
        for first in range(0, len(strings), STRINGS_A_PAGE):
            batch = hostile.bring(strings[first : first + STRINGS_A_PAGE], neighbours=True)
            seen = await _see(alarms, page, batch)
            assert not seen.kinds - usual.kinds
            assert _differences(seen, batch) == []
            await _assert_neighbours_unchanged(page, seen, batch)
        alarms.assert_silent()


LEAKING = """() => {
  for (const one of document.querySelectorAll(".card, .name, .handle")) one.style.overflow = "visible";
}"""


async def test_a_card_that_does_not_hold_its_words_is_noticed(
    hostile: HostileHouse, browser: Browser
) -> None:
    async with listening(browser, hostile.base_url, **SCREEN) as alarms:
        page = await alarms.page()
        batch = hostile.bring(["Z" * 100], neighbours=True)
        seen = await _see(alarms, page, batch)
        await page.evaluate(LEAKING)
        leaking = replace(seen, picture=await picture_of(page))
        with pytest.raises(AssertionError, match="pixels changed"):
            await _assert_neighbours_unchanged(page, leaking, batch)


@dataclass(frozen=True)
class Seen:
    """A wall as it was drawn: its cards by post, the kinds of elements there are, and the picture."""

    cards: dict[str, dict[str, Any]]
    kinds: frozenset[str]
    stage: Box
    picture: Image.Image


async def _see(alarms: Alarms, page: Page, batch: Batch) -> Seen:
    """A wall with a batch on it, when nothing moves any more."""
    await alarms.open(page, batch.hall.path("wall", join="off"))
    await page.evaluate(SMALL)
    count = len(batch.hostile) + len(batch.plain)
    await eventually(lambda: page.evaluate(SETTLED, count), 4 * PATIENCE, f"a wall of {count} cards")
    picture = await _still(page)
    found = await page.evaluate(SEEN)
    cards = {card["id"]: card for card in found["cards"]}
    return Seen(cards, frozenset(found["kinds"]), tuple(found["stage"]), picture)


async def _still(page: Page) -> Image.Image:
    """The page when it is twice the same: pictures are decoded when they are drawn, not before."""
    async with asyncio.timeout(4 * PATIENCE):
        before, after = await picture_of(page), await picture_of(page)
        while ImageChops.difference(before, after).getbbox():
            before, after = after, await picture_of(page)
        return after


async def _assert_neighbours_unchanged(page: Page, seen: Seen, batch: Batch) -> None:
    """AssertionError unless everything beside the hostile cards, the plain ones and the ground, is as
    it is with nothing in their boxes."""
    await page.evaluate(EMPTIED, list(batch.hostile))
    box = _spilled(seen, batch, await picture_of(page))
    near = [
        one.text[:60] for key, one in batch.hostile.items() if box and _near(seen.cards[key]["box"], box)
    ]
    assert box is None, f"pixels changed in {box}, near {near}"
    places = [seen.cards[key]["box"] for key in batch.plain]
    assert len({(right - left, bottom - top) for left, top, right, bottom in places}) == 1


def _spilled(seen: Seen, batch: Batch, without: Image.Image) -> Box | None:
    """Where a wall differs from the same one with empty boxes, beside those boxes."""
    expected = without.copy()
    for key in batch.hostile:
        box = seen.cards[key]["box"]
        expected.paste(seen.picture.crop(box), box[:2])
    pair = (one.crop(seen.stage).filter(ImageFilter.BoxBlur(1)) for one in (seen.picture, expected))
    return ImageChops.difference(*pair).point(lambda level: level if level > SMOOTHING else 0).getbbox()


def _near(one: Box, other: Box, within: int = 100) -> bool:
    apart = (one[0] - other[2], other[0] - one[2], one[1] - other[3], other[1] - one[3])
    return max(apart) < within


def _differences(seen: Seen, batch: Batch) -> list[tuple[str, Any, Any]]:
    """Where a card does not say, as plain text, what its post says."""
    shown = {key: _words(seen.cards[key]) for key in batch.hostile}
    wanted = {key: _words(_fit(one)) for key, one in batch.hostile.items()}
    return [(key, shown[key], wanted[key]) for key in wanted if shown[key] != wanted[key]]


def _fit(shown: Post) -> dict[str, Any]:
    """What a card of this post says."""
    post = drop_bad_links(shown)
    handle = tidy_line(post.author.handle.removeprefix("@"))
    covered = bool(post.warning and post.warning.strip("\ufeff").strip())
    text = (
        tidy(post.warning or "")
        if covered
        else "".join(run.text for run in displayed(post.text, post.links))
    )
    return {
        "said": [text],
        "name": [tidy_line(post.author.name) or handle],
        "handle": [f"@{handle}"] if handle else [],
        "alts": [] if covered else [tidy(one.alt) for one in post.media],
    }


def _words(card: dict[str, Any]) -> dict[str, str]:
    return {name: squeezed("".join(card[name])) for name in ("said", "name", "handle", "alts")}


def _texts(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """The texts in a dumped model, each with the path of its field."""
    match value:
        case dict():
            for key, inner in value.items():
                yield from _texts(f"{path}.{key}", inner)
        case tuple():
            for inner in value:
                yield from _texts(path, inner)
        case str():
            yield path, value


def _text_fields(path: str, schema: dict[str, Any], known: dict[str, Any] | None = None) -> Iterator[str]:
    """The paths of the fields that may hold any text."""
    known = known or schema["$defs"]
    if "$ref" in schema:
        yield from _text_fields(path, known[schema["$ref"].rpartition("/")[2]], known)
    if schema.get("type") == "string" and not {"enum", "pattern", "format"} & schema.keys():
        yield path
    for inner in (*schema.get("anyOf", ()), *filter(None, [schema.get("items")])):
        yield from _text_fields(path, inner, known)
    for name, inner in schema.get("properties", {}).items():
        yield from _text_fields(f"{path}.{name}", inner, known)
