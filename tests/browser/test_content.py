"""What comes with posts, on walls in Chromium: polls, quotes, linked pages, films; and bad content."""

from __future__ import annotations

import os
from itertools import combinations

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.support.accessible import assert_accessible
from tests.support.browser import Watched, watched_context
from tests.support.hall import Hall
from tests.support.summit import post
from tests.world.hosts import Hosts, animation, image, png_bomb
from tests.world.photos import PHOTOS
from wall.feeds.base import Arrived, Edited, Withdrawn
from wall.model import Author, LinkCard, Media, Poll, PollOption, Post, Quote

BEN = Author(key="b", handle="ben", name="Ben Example")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'
YES_NO = (PollOption(text="Yes, always", votes=3), PollOption(text="نعم", votes=1))


@pytest.fixture
def away(away: Hosts) -> Hosts:
    """A host with pictures of every kind."""
    away.pictures |= {
        "/wide.png": image(size=(640, 360)),
        "/tall.png": image(size=(200, 5_000)),
        "/huge.png": png_bomb(5_000, 4_100),
        "/drawn.svg": SVG,
        "/moving.gif": animation(40),
        "/broken.png": image(size=(640, 360))[:400],
    }
    return away


def at(away: Hosts, path: str) -> str:
    return f"http://127.0.0.1:{away.port}/{path}"


def film(away: Hosts, preview: str | None) -> Media:
    still = at(away, preview) if preview else None
    url = at(away, "film.mp4")
    return Media(kind="video", url=url, preview=still, alt="A talk", width=640, height=360)


def everything(away: Hosts) -> tuple[Post, ...]:
    """A poll, a quote, a linked page, films with and without a still, and four pictures."""
    link = LinkCard(url="https://www.e.example/a", title="A page of theirs", image=at(away, "wide.png"))
    quote = Quote(key="q", author=BEN, text="The words of Ben, https://e.example/x")
    pictures = tuple(
        Media(kind="image", url=at(away, f"wide.png?{n}"), alt=f"Picture {n}", width=640, height=360)
        for n in range(5)
    )
    return (
        post("poll", "Do you agree?", poll=Poll(options=YES_NO)),
        post("closed", "Did you agree?", poll=Poll(options=YES_NO, closed=True)),
        post("quote", "I agree with this", quote=quote, quote_of="q"),
        post("link", "Read this", link_card=link),
        post("film", "Watch this", media=(film(away, "wide.png"),)),
        post("bare", "Hear this", media=(film(away, None),)),
        post("four", "Look at these", media=pictures),
    )


def card(page: Page, words: str) -> Locator:
    return page.locator("article.card", has_text=words)


@pytest.fixture
def full(hall: Hall, away: Hosts) -> Hall:
    """An event with everything in it."""
    away.pictures |= {f"/wide.png?{n}": image(size=(640, 360)) for n in range(5)}
    hall.bring(*map(Arrived, everything(away)))
    return hall


HALL = {"width": 1920, "height": 1080}
TALL = {"width": 600, "height": 3_600}
"""A phone's page holds all of them: on a wall they take turns."""


async def test_everything_that_comes_with_a_post_is_on_its_card(full: Hall, browser: Browser) -> None:
    async with watched_context(browser, viewport=TALL, reduced_motion="reduce") as watched:
        page = await watched.page(full.wall)
        await expect(page.locator("article.card")).to_have_count(7)
        await expect(card(page, "Do you agree").locator(".poll li")).to_have_text(["Yes, always", "نعم"])
        shares = card(page, "Did you agree").locator(".poll-share")
        await expect(shares).to_have_text(["75%", "25%"])
        quoted = card(page, "I agree with this").locator("figure.quote")
        await expect(quoted).to_contain_text("The words of Ben")
        await expect(quoted).to_contain_text("@ben")
        linked = card(page, "Read this").locator(".linked")
        await expect(linked).to_contain_text("A page of theirs")
        await expect(linked.locator(".linked-site")).to_have_text("e.example")
        await expect(linked.locator("img")).not_to_have_js_property("naturalWidth", 0)
        still = card(page, "Watch this").locator(".film img")
        await expect(still).not_to_have_js_property("naturalWidth", 0)
        mark = "(one) => getComputedStyle(one, '::after').content"
        assert await card(page, "Watch this").locator(".film").evaluate(mark) == '""'
        await expect(card(page, "Hear this").locator("img.photo")).to_have_count(0)
        await expect(card(page, "Hear this").locator(".attachment")).to_contain_text("A talk")
        await expect(card(page, "Look at these").locator("img.photo")).to_have_count(4)
        await expect(
            page.locator("a, button, video, iframe, input").filter(has_text="agree")
        ).to_have_count(0)
        asked = await page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
        assert all(url.startswith(full.process.base_url) for url in asked)
        await assert_accessible(page)


@pytest.mark.parametrize("layout", ["spotlight", "stream", "mosaic"])
async def test_every_layout_shows_what_comes_with_posts(full: Hall, watched: Watched, layout: str) -> None:
    made = await full.venue.do("/scenes", name="Hall", steps=[{"layout": layout, "seconds": 3600}])
    page = await watched.page(full.at("wall", scene=str(made["scene"])))
    await expect(page.locator("main")).to_have_attribute("data-layout", layout)
    if folder := os.environ.get("SCREENSHOTS"):
        await page.screenshot(path=f"{folder}/content-{layout}.png")
    attached = {"mosaic": ".tile img", "stream": ".poll, .quote, .linked, .photo, .attachment"}
    await expect(page.locator(attached.get(layout, ".spot-card, .small")).first).to_be_visible()
    await assert_accessible(page)


KINDS: dict[str, str] = {
    "poll": ".poll",
    "quote": ".quote",
    "link": ".linked",
    "film": ".film img",
    "bare": ".attachment",
    "four": ".photo",
}
"""What came with each post, by the post's key in its network."""


async def on_the_floor(hall: Hall, post_id: str) -> str:
    """Let a room discuss a post; the id of the session."""
    session = await hall.venue.running("What counts?")
    await hall.venue.bring_in(session, post_id)
    return session


def overlay(hall: Hall, session: str) -> str:
    """The address of the overlay of a session."""
    return hall.at("overlay").replace(hall.slug, f"{hall.slug}/{session}")


@pytest.mark.parametrize("kind", KINDS)
async def test_what_came_with_the_point_on_the_floor_stands_beside_its_words(
    full: Hall, away: Hosts, browser: Browser, kind: str
) -> None:
    (one,) = (each for each in everything(away) if each.key == kind)
    (post_id,) = full.bring(Arrived(one.model_copy(update={"key": "floor", "text": f"Floor: {one.text}"})))
    session = await on_the_floor(full, post_id)
    for address, words, beside in (
        (full.at("wall", step="floor"), ".point .large", ".point .beside-large"),
        (overlay(full, session), ".lower .lower-said", ".lower .lower-attached"),
    ):
        async with watched_context(browser, viewport=HALL, reduced_motion="reduce") as watched:
            page = await watched.page(address)
            said, shown = page.locator(words), page.locator(f"{beside} {KINDS[kind]}").first
            await expect(said).to_contain_text(f"Floor: {one.text}")
            await expect(shown).to_be_visible()
            if kind in {"film", "four"}:
                await expect(shown).not_to_have_js_property("naturalWidth", 0)
            first, second = await said.bounding_box(), await page.locator(beside).bounding_box()
            assert first
            assert second
            assert first["width"] > second["width"], "the words come first"
            assert first["x"] < second["x"]
            inside = "(one) => one.scrollHeight <= one.clientHeight + 3"
            assert await page.locator(beside).evaluate(inside)
            await assert_accessible(page)


async def test_a_small_card_beside_the_spotlight_has_what_came_with_its_post(
    full: Hall, away: Hosts, watched: Watched
) -> None:
    full.bring(Arrived(post("again", "And now?", poll=Poll(options=YES_NO))))
    full.bring(Arrived(post("spot", "In the spotlight")))
    page = await watched.page()
    await page.set_viewport_size({"width": 1920, "height": 2_400})
    await page.goto(full.at("wall", step="spotlight"))
    for words, selector in (
        ("And now?", ".poll"),
        ("Read this", ".linked"),
        ("Look at these", ".photo"),
    ):
        small = page.locator(".small", has_text=words)
        await expect(small.locator(f".small-attached {selector}").first).to_be_attached()
    picture = page.locator(".small", has_text="Look at these").locator(".photo")
    await expect(picture).to_have_count(4)
    await assert_accessible(page)


COVERED = {
    "warning": ({"warning": "Needles"}, "Content warning: Needles"),
    "sensitive": ({"sensitive": True}, "Blood everywhere"),
}


@pytest.mark.parametrize("rule", COVERED)
@pytest.mark.parametrize("warnings", ["covered", "skipped"])
async def test_what_its_author_covered_is_covered_or_skipped_on_the_floor(
    hall: Hall, away: Hosts, watched: Watched, rule: str, warnings: str
) -> None:
    more, said = COVERED[rule]
    away.pictures["/wide.png"] = image(size=(640, 360))
    media = (Media(kind="image", url=at(away, "wide.png"), alt="A wound", width=640, height=360),)
    (post_id,) = hall.bring(Arrived(post("1", "Blood everywhere", media=media, **more)))
    session = await on_the_floor(hall, post_id)
    steps = [{"layout": "floor", "seconds": 3600}, {"layout": "title", "seconds": 3600}]
    made = await hall.venue.do("/scenes", name="Hall", warnings=warnings, steps=steps)
    page = await watched.page(hall.at("wall", scene=str(made["scene"])))
    if warnings == "skipped":
        await expect(page.locator("main")).to_have_attribute("data-layout", "title")
        assert "Blood" not in await page.content()
    else:
        await expect(page.locator(".point")).to_contain_text(said)
        await expect(page.locator(".point .attachment")).to_have_count(1 if rule == "sensitive" else 0)
    assert await page.locator("main img.photo").count() == 0
    other = await watched.page(overlay(hall, session))
    await expect(other.locator(".lower-said")).to_have_text(said)
    assert await other.locator("img.photo").count() == 0
    for one in (page, other):
        loaded = await one.evaluate("performance.getEntriesByType('resource').map(({name}) => name)")
        assert not any("/media/" in address for address in loaded), "nothing of it is loaded"


@pytest.mark.parametrize("alt", ["on", "off"])
async def test_a_picture_on_the_floor_has_its_description_as_on_cards(
    hall: Hall, away: Hosts, watched: Watched, alt: str
) -> None:
    away.pictures["/wide.png"] = image(size=(640, 360))
    media = (Media(kind="image", url=at(away, "wide.png"), alt="A chart", width=640, height=360),)
    (post_id,) = hall.bring(Arrived(post("1", "See", media=media)))
    session = await on_the_floor(hall, post_id)
    for address in (hall.at("wall", step="floor", alt=alt), f"{overlay(hall, session)}?alt={alt}"):
        page = await watched.page(address)
        await expect(page.locator("img.photo")).to_have_attribute("alt", "A chart")
        await expect(page.locator(".caption")).to_be_visible(visible=alt == "on")


@pytest.mark.parametrize("face", ["plain", "embed", "join"])
async def test_pages_without_script_say_the_same(full: Hall, browser: Browser, face: str) -> None:
    address = f"{full.process.base_url}/wall/{full.slug}/plain" if face == "plain" else full.at(face)
    async with watched_context(browser, java_script_enabled=False) as watched:
        page = await watched.page(address)
        text = await page.locator("body").inner_text()
        for words in ("Yes, always", "The words of Ben", "A page of theirs", "e.example"):
            assert words in text, words


async def test_a_quote_goes_when_its_original_is_withdrawn_and_an_edit_is_noted(
    full: Hall, watched: Watched
) -> None:
    page = await watched.page(full.wall)
    full.bring(Arrived(post("q", "The words of Ben", author=BEN)))
    full.bring(Withdrawn("x", "q"))
    await expect(page.locator("figure.quote")).to_have_count(0)
    full.bring(Edited(post("quote", "I agree no more")))
    await expect(card(page, "I agree no more").locator(".about")).to_contain_text("edited")


BAD = {
    "tall": ("tall.png", 1),
    "huge": ("huge.png", 0),
    "svg": ("drawn.svg", 0),
    "animation": ("moving.gif", 1),
    "broken": ("broken.png", 0),
    "missing": ("nowhere.png", 0),
}


@pytest.mark.parametrize("kind", BAD)
async def test_a_bad_picture_costs_its_place_and_nothing_else(
    hall: Hall, away: Hosts, watched: Watched, kind: str
) -> None:
    watched.expected += ["404"]
    path, pictures = BAD[kind]
    size = {"tall": (200, 5_000)}.get(kind, (640, 360))
    media = (Media(kind="image", url=at(away, path), alt="What it shows", width=size[0], height=size[1]),)
    page = await watched.page(hall.wall)
    hall.bring(Arrived(post("bad", "With a picture", media=media)), Arrived(post("good", "Without one")))
    await expect(page.locator("article.card")).to_have_count(2)
    drawn = card(page, "With a picture").locator("img.photo")
    await expect(drawn).to_have_count(pictures)
    if pictures:
        await expect(drawn).not_to_have_js_property("naturalWidth", 0)
        box = await drawn.bounding_box()
        assert box
        assert box["height"] <= 1080 * 0.4
    else:
        await expect(card(page, "With a picture").locator(".attachment")).to_contain_text("What it shows")
    await expect(card(page, "Without one")).to_be_visible()


WORDS = {
    "no space": "x" * 10_000,
    "only emoji": "👩🏽‍⚕️🏳️‍🌈🇨🇦" * 20,
    "only combining marks": "\u0301\u0488" * 400,
    "mixed direction": "abc \u202eevil\u202c مرحبا \u2067x\u2066y",
    "cjk": "教育における学術とは何か。" * 9,
    "arabic": "ما الذي ينبغي أن يُعد بحثا علميا؟ " * 4,
}


@pytest.mark.parametrize("kind", WORDS)
async def test_odd_words_stay_in_their_card_in_their_name_poll_and_quote(
    hall: Hall, watched: Watched, kind: str
) -> None:
    text = WORDS[kind]
    quote = Quote(key="q", author=BEN.model_copy(update={"name": text[:500]}), text=text)
    poll = Poll(options=(PollOption(text=text[:300]), PollOption(text="No")))
    page = await watched.page(hall.wall)
    hall.bring(
        Arrived(post("odd", f"Odd: {text}", author=BEN.model_copy(update={"name": text[:500]}))),
        Arrived(post("quote", "With a quote", quote=quote)),
        Arrived(post("poll", "With a poll", poll=poll)),
        Arrived(
            post("link", "With a link", link_card=LinkCard(url="https://e.example/", title=text[:300]))
        ),
        Arrived(post("plain", "A neighbour")),
    )
    await expect(card(page, "A neighbour")).to_be_visible()
    await expect(page.locator("article.card").nth(3)).to_be_attached()
    outside = """() => [...document.querySelectorAll("article.card")].flatMap((card) => {
      const box = card.getBoundingClientRect();
      return [...card.querySelectorAll("p, figure, li, .linked")].filter((one) => {
        const {left, right} = one.getBoundingClientRect();
        return left < box.left - 1 || right > box.right + 1;
      }).map((one) => one.className);
    })"""
    assert await page.evaluate(outside) == []
    neighbour = await card(page, "A neighbour").inner_text()
    assert "evil" not in neighbour


async def test_arabic_runs_from_the_right_and_the_name_beside_it_from_the_left(
    hall: Hall, watched: Watched
) -> None:
    page = await watched.page(hall.wall)
    hall.bring(Arrived(post("1", WORDS["arabic"], lang="ar", quote=Quote(key="q", author=BEN, text="نعم"))))
    for selector in (".said bdi", ".quote-said bdi"):
        aligned = """(one) => {
          const range = document.createRange();
          range.selectNodeContents(one);
          const words = [...range.getClientRects()].at(-1), box = one.getBoundingClientRect();
          return Math.abs(words.right - box.right) < 4;
        }"""
        assert await page.locator(selector).first.evaluate(aligned), selector


async def test_a_name_of_control_characters_is_nobody(hall: Hall, watched: Watched) -> None:
    page = await watched.page(hall.wall)
    author = Author(key="c", handle="c", name="\u0007\u202e\u200b\u2066")
    hall.bring(Arrived(post("1", "Said", author=author)))
    await expect(page.locator("article.card h2")).to_have_text("c")


SCREENS = {"hd": (1920, 1080), "4k": (3840, 2160), "portrait": (1080, 1920), "wide": (2560, 1080)}
TILES = """() => [...document.querySelectorAll(".tile")].map((one) => {
  const {left, top, right, bottom} = one.getBoundingClientRect();
  return [left, top, right, bottom];
})"""


@pytest.mark.parametrize("screen", SCREENS)
async def test_a_mosaic_of_what_people_photograph_fills_its_screen_and_cuts_nothing(
    hall: Hall, away: Hosts, browser: Browser, screen: str
) -> None:
    width, height = SCREENS[screen]
    for number, (name, (size, draw)) in enumerate([*PHOTOS.items(), *PHOTOS.items()]):
        away.pictures[f"/{name}.jpg"] = draw()
        url = at(away, f"{name}.jpg")
        media = (Media(kind="image", url=url, alt=f"A {name}", width=size[0], height=size[1]),)
        hall.bring(Arrived(post(f"{number}", f"Seen by number {number}", media=media)))
    made = await hall.venue.do("/scenes", name="Hall", steps=[{"layout": "mosaic", "seconds": 3600}])
    viewport = {"width": width, "height": height}
    async with watched_context(browser, viewport=viewport, reduced_motion="reduce") as watched:
        page = await watched.page(hall.at("wall", scene=str(made["scene"])))
        await expect(page.locator(".tile img").first).to_be_visible()
        for picture in await page.locator(".tile img").all():
            await expect(picture).not_to_have_js_property("naturalWidth", 0)
        boxes: list[list[float]] = await page.evaluate(TILES)
        covered = sum((right - left) * (bottom - top) for left, top, right, bottom in boxes)
        assert covered >= 0.4 * width * height
        for left, top, right, bottom in boxes:
            assert 0 <= left < right <= width
            assert 0 <= top < bottom <= height
        apart = (not _overlap(one, other) for one, other in combinations(boxes, 2))
        assert all(apart)
        if folder := os.environ.get("SCREENSHOTS"):
            await page.screenshot(path=f"{folder}/mosaic-{screen}.png")


def _overlap(one: list[float], other: list[float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
