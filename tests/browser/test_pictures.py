"""Custom emoji, and the descriptions of pictures, on the wall in Chromium."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.support.accessible import assert_accessible
from tests.support.browser import Watched
from tests.support.hall import Hall
from tests.support.summit import post
from tests.world.hosts import Hosts, image
from wall.feeds.base import Arrived, Withdrawn
from wall.model import Author, Emoji, Link, Media, Post

LONG_ALT = "A bar chart of how many posts each session had, " * 12
PLACES = """[...document.querySelectorAll("li.slot, p.said, h2.name")].map((element) => {
  const {x, y, width, height} = element.getBoundingClientRect();
  return [x, y, width, height];
})"""


@pytest.fixture
def away(away: Hosts) -> Hosts:
    """A host with two pictures."""
    away.pictures |= {"/owl.png": image(size=(64, 64)), "/wide.png": image(size=(400, 40))}
    return away


def emoji(away: Hosts, **paths: str) -> tuple[Emoji, ...]:
    return tuple(
        Emoji(code=code, url=f"http://127.0.0.1:{away.port}/{path}") for code, path in paths.items()
    )


def with_owls(away: Hosts, key: str = "1", path: str = "owl.png") -> Post:
    """A post with the same picture in its text and in its author's name, and a link beside them."""
    author = Author(key="a", handle="ada", name=":owl: Ada")
    links = (Link(start=0, end=4, url="https://e.example/tags/one"),)
    return post(
        key, "#one :owl: and :owl:, :no: more", author=author, emoji=emoji(away, owl=path), links=links
    )


async def test_custom_emoji_are_pictures_from_this_server_and_go_with_their_post(
    hall: Hall, away: Hosts, watched: Watched
) -> None:
    page = await watched.page(hall.wall)
    hall.bring(Arrived(with_owls(away)))
    await expect(page.locator(".said img.emoji")).to_have_count(2)
    await expect(page.locator(".name img.emoji")).to_have_count(1)
    await _drawn(page)
    await expect(page.locator("p.said")).to_have_text("#one  and , :no: more")
    await expect(page.locator(".initial")).to_have_text("A")
    await expect(page.get_by_role("heading", name=":owl: Ada")).to_be_visible()
    asked = await page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    assert all(url.startswith(hall.process.base_url) for url in asked)
    assert f":{away.port}" not in await page.content()
    hall.bring(Withdrawn("x", "1"))
    await expect(page.locator("#wall img")).to_have_count(0)


async def test_nothing_moves_when_an_emoji_arrives_and_lines_are_no_taller(
    hall: Hall, away: Hosts, watched: Watched
) -> None:
    page = await watched.page()
    await page.emulate_media(reduced_motion="reduce")
    await page.goto(hall.wall)
    wide = post("2", ":wide: " * 30, emoji=emoji(away, wide="wide.png"))
    hall.bring(
        Arrived(post("0", "#one x and x, :no: more")), Arrived(with_owls(away, path="held")), Arrived(wide)
    )
    await expect(page.locator("article.card")).to_have_count(3)
    await expect(page.locator("img.emoji")).to_have_count(33)
    before = await page.evaluate(PLACES)
    away.hold.set()
    await _drawn(page)
    assert before == await page.evaluate(PLACES)
    heights = [height for _, _, _, height in await _boxes(page, ".said-short")]
    assert [round(height / min(heights), 2) for height in sorted(heights)] == [1, 1, 4]
    assert len({round(height) for _, _, _, height in await _boxes(page, "h2.name")}) == 1
    assert len({(width, height) for _, _, width, height in await _boxes(page, ".said-short img")}) == 1


async def _drawn(page: Page) -> None:
    """Wait until every emoji is there."""
    for picture in await page.locator("img.emoji").all():
        await expect(picture).not_to_have_js_property("naturalWidth", 0)


async def _boxes(page: Page, selector: str) -> list[list[float]]:
    found: list[list[float]] = await page.locator(selector).evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect()).map((r) => [r.x, r.y, r.width, r.height])"
    )
    return found


async def test_an_emoji_that_cannot_be_had_is_its_code(hall: Hall, away: Hosts, watched: Watched) -> None:
    watched.expected += ["404"]
    page = await watched.page(hall.wall)
    hall.bring(Arrived(with_owls(away, path="missing.png")))
    await expect(page.locator("p.said")).to_have_text("#one :owl: and :owl:, :no: more")
    await expect(page.locator("h2.name")).to_have_text(":owl: Ada")
    await expect(page.locator("#wall img")).to_have_count(0)


async def test_a_moderator_sees_the_emoji_that_the_hall_would_see(
    hall: Hall, away: Hosts, watched: Watched
) -> None:
    watched.expected += ["404"]
    both = emoji(away, owl="owl.png", gone="missing.png")
    author = Author(key="a", handle="ada", name="Ada :owl:")
    hall.bring(Arrived(post("1", "Hi :owl: and :gone:, :no:", emoji=both, author=author, warning=":owl:")))
    await hall.sign_in(watched)
    page = await watched.page(hall.at("moderate", see="shown"))
    text = page.locator("article.post p.text")
    await expect(text.get_by_role("img", name=":owl:")).to_have_js_property("naturalWidth", 64)
    await expect(text).to_have_text("Hi  and , :no:")
    await expect(page.locator("article.post h2 img.emoji, .warning img.emoji")).to_have_count(2)
    letters = len(":gone:") * 6
    assert (await _boxes(page, "article.post img[alt=':gone:']"))[0][2] >= letters


async def test_a_warning_has_its_emoji_and_what_it_covers_loads_none(
    hall: Hall, away: Hosts, watched: Watched
) -> None:
    page = await watched.page(hall.wall)
    both = emoji(away, owl="owl.png", wide="wide.png")
    hall.bring(Arrived(post("1", "Covered :wide:", warning="Needles :owl:", emoji=both)))
    await expect(page.get_by_role("img", name=":owl:")).to_have_js_property("naturalWidth", 64)
    await page.wait_for_load_state("networkidle")
    assert set(away.asked) == {"/owl.png"}


def _described(away: Hosts) -> Arrived:
    at = f"http://127.0.0.1:{away.port}"
    media = (
        Media(kind="image", url=f"{at}/wide.png", alt=f"  {LONG_ALT}", width=400, height=40),
        Media(kind="image", url=f"{at}/owl.png", alt="الرسم \u202eبالألوان", width=64, height=64),
        Media(kind="image", url=f"{at}/owl.png?without", width=64, height=64),
    )
    return Arrived(post("1", "Three pictures", media=media))


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_what_pictures_show_is_written_below_them(
    hall: Hall, away: Hosts, watched: Watched, theme: str
) -> None:
    away.pictures["/owl.png?without"] = image()
    page = await watched.page(hall.at("wall", theme=theme))
    hall.bring(_described(away))
    await expect(page.locator(".caption")).to_have_count(2)
    for place, caption in enumerate(await _boxes(page, ".caption-words")):
        _, top, _, height = caption
        _, y, _, tall = (await _boxes(page, ".pictured img"))[place]
        size = (
            await page.locator(".caption-words")
            .nth(place)
            .evaluate("element => parseFloat(getComputedStyle(element).lineHeight)")
        )
        assert top >= y + tall
        assert height <= 3 * size + 1
    await expect(page.get_by_role("img", name="A bar chart")).to_be_visible()
    await assert_accessible(page)


async def test_a_wall_can_be_asked_to_leave_descriptions_out(
    hall: Hall, away: Hosts, watched: Watched
) -> None:
    away.pictures["/owl.png?without"] = image()
    page = await watched.page(hall.at("wall", alt="off"))
    hall.bring(_described(away))
    await expect(page.get_by_role("img", name="A bar chart")).to_be_visible()
    await expect(page.locator(".caption").first).to_be_hidden()
