"""The wall in Chromium over a real serve: what a hall sees, and what it must never see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.attack import ATTACK
from tests.support.accessible import assert_accessible
from tests.support.browser import Watched
from tests.support.hall import Hall
from tests.support.house import House
from tests.support.summit import post, repost
from tests.world.hosts import Hosts, image
from wall.feeds.base import Arrived, Edited, Withdrawn
from wall.model import Author, Link, Media


async def test_a_post_appears_on_an_open_wall_and_is_acknowledged(hall: Hall, watched: Watched) -> None:
    page = await watched.page(hall.wall)
    await expect(page.get_by_text("#SMSummit").first).to_be_visible()
    await hall.post("Hello from the desk")
    await expect(page.locator("article.card")).to_have_count(1)
    await expect(page.locator("article.card")).to_contain_text("Hello from the desk")


async def test_what_another_process_brings_is_heard_too(hall: Hall, watched: Watched) -> None:
    page = await watched.page(hall.wall)
    hall.bring(Arrived(post("1", "By another process")), Arrived(repost("2", "1")))
    await expect(page.locator("article.card")).to_contain_text("By another process")
    await expect(page.get_by_label("Reposts: 1")).to_be_visible()


async def test_an_edit_replaces_and_a_removal_removes(hall: Hall, watched: Watched) -> None:
    page = await watched.page(hall.wall)
    hall.bring(Arrived(post("1", "Before")), Arrived(post("2", "Stays")))
    await expect(page.locator("article.card")).to_have_count(2)
    hall.bring(Edited(post("1", "After")))
    await expect(page.get_by_text("After")).to_be_visible()
    await expect(page.get_by_text("Before")).to_have_count(0)
    hall.bring(Withdrawn("x", "1"))
    await expect(page.locator("article.card")).to_have_count(1)
    assert "After" not in await page.content()


async def test_hostile_text_is_shown_as_text(hall: Hall, watched: Watched) -> None:
    page = await watched.page(hall.wall)
    nasty = Author(key="a", handle=ATTACK, name=ATTACK + "\u202e", avatar="javascript:alert(1)")
    links = (Link(start=0, end=4, url="javascript:alert(1)"),)
    hall.bring(
        Arrived(post("1", ATTACK, author=nasty, links=links, url="javascript:alert(1)", lang='"><script>')),
        Arrived(post("2", "{{7*7}} ${7*7} \u0000 \u2028 " + "e\u0301" * 20 + "\u0300" * 400)),
        Arrived(post("3", "x" * 20_000)),
        Arrived(post("4", "Neighbour")),
    )
    await expect(page.get_by_text("Neighbour")).to_be_visible()
    await expect(page.get_by_text("onerror=").first).to_be_visible()
    assert await page.evaluate("window.hacked") is None
    assert await page.locator("#wall img, #wall script, #wall a").count() == 0
    wide = await page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not wide


async def test_the_authors_flags_are_honoured(hall: Hall, away: Hosts, watched: Watched) -> None:
    away.pictures |= {"/covered.png": image(), "/open.png": image(size=(64, 48))}
    covered, plain = (
        Media(kind="image", url=f"http://127.0.0.1:{away.port}/{name}.png", alt=f"A chart, {name}")
        for name in ("covered", "open")
    )
    page = await watched.page(hall.wall)
    hall.bring(
        Arrived(post("1", "The covered words", warning="Needles")),
        Arrived(post("2", "With a picture", media=(covered,), sensitive=True)),
        Arrived(post("3", "مرحبا بالجميع", lang="ar")),
        Arrived(post("4", "With another", media=(plain,))),
    )
    await expect(page.get_by_text("Needles")).to_be_visible()
    await expect(page.get_by_text("With a picture")).to_be_visible()
    # Pictures do get here: what is missing was left out, and did not merely fail to load.
    await expect(page.get_by_role("img", name="A chart, open")).to_have_js_property("naturalWidth", 64)
    shown = await page.content()
    assert "The covered words" not in shown
    assert "A chart, covered" not in shown
    assert not away.asked["/covered.png"]
    await expect(page.locator("p.said[lang=ar]")).to_be_visible()


async def test_pictures_come_from_this_server_and_go_with_their_post(
    house: House, hall: Hall, away: Hosts, watched: Watched
) -> None:
    away.pictures |= {"/slide.png": image(size=(640, 360)), "/ada.png": image(size=(90, 90))}
    at = f"http://127.0.0.1:{away.port}"
    media = (
        Media(kind="image", url=f"{at}/slide.png", alt="A chart of\u202e falls", width=640, height=360),
        Media(kind="image", url=f"{at}/missing.png", alt="One that is gone"),
        Media(kind="audio", url=f"{at}/talk.ogg", alt="The talk"),
    )
    ada = Author(key="a", handle="ada", name="Ada", avatar=f"{at}/ada.png")
    watched.expected += ["404"]
    kept_before = house.pictures()
    page = await watched.page(hall.wall)
    hall.bring(Arrived(post("1", "With pictures", author=ada, media=media)))
    slide = page.get_by_role("img", name="A chart of")
    await expect(slide).to_have_js_property("naturalWidth", 640)
    await expect(page.locator("img.avatar")).to_have_js_property("naturalWidth", 90)
    await expect(page.locator("p.attachment", has_text="One that is gone")).to_be_visible()
    await expect(page.locator("p.attachment", has_text="The talk")).to_be_visible()
    asked = await page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    assert all(url.startswith(hall.process.base_url) for url in asked)
    assert f":{away.port}" not in await page.content()
    await _take_back(hall, slide, lambda: house.pictures() - kept_before)


async def _take_back(hall: Hall, slide: Locator, kept: Callable[[], set[Path]]) -> None:
    """Withdraw the one post: its pictures are gone from the page, the server and its disk."""
    address = f"{hall.process.base_url}{await slide.get_attribute('src')}"
    assert len(kept()) == 2
    shown = (await hall.ask("GET", "/posts?face=desk")).json()["posts"][0]
    path = f"/posts/{shown['id']}/withdraw"
    answer = await hall.ask("POST", path, json={"version": shown["version"]})
    assert answer.status_code == 200, answer.text
    assert "slide.png" not in answer.text
    await expect(slide).to_have_count(0)
    assert not kept()
    async with httpx2.AsyncClient(trust_env=False) as client:
        assert (await client.get(address)).status_code == 404


async def test_nothing_is_loaded_of_what_its_author_covered(
    hall: Hall, away: Hosts, watched: Watched
) -> None:
    media = (Media(kind="image", url=f"http://127.0.0.1:{away.port}/a.png", alt="Covered"),)
    page = await watched.page(hall.wall)
    hall.bring(
        Arrived(post("1", "Sensitive", media=media, sensitive=True)),
        Arrived(post("2", "Warned of", media=media, warning="Needles")),
    )
    await expect(page.locator("article.card")).to_have_count(2)
    await page.wait_for_load_state("networkidle")
    assert await page.locator("#wall img").count() == 0
    assert not away.asked


HOSTILE_NAMES = [
    "Z" + "\u0321\u0335\u0313\u0301\u0300" * 80 + "algo",
    "\u202e\u2067\u202d" * 40 + "backwards",
    "one\ntwo\u2028three\r" * 20,
    "\ufdfd\U0001242b" * 40,
    "x" * 300,
    "\u200b\u2060\ufeff",
]


async def test_hostile_names_leave_their_neighbours_in_place(hall: Hall, watched: Watched) -> None:
    page = await watched.page()
    await page.emulate_media(reduced_motion="reduce")
    await page.goto(hall.wall)
    plain = [Arrived(post(str(n), f"Post {n}")) for n in range(len(HOSTILE_NAMES))]
    hall.bring(Arrived(post("below", "Below")), *plain, Arrived(post("above", "Above")))
    await expect(page.locator("article.card")).to_have_count(len(plain) + 2)
    await _rename(hall, page, ["Ben"] * len(plain))
    before = await page.evaluate(PLACES)
    await _rename(hall, page, HOSTILE_NAMES)
    assert (before, len(before)) == (await page.evaluate(PLACES), len(plain) + 2)


async def _rename(hall: Hall, page: Page, names: Sequence[str]) -> None:
    """Give the authors of the numbered posts these names; edits come in order, the last one shows."""
    for number, name in enumerate(names):
        nasty = Author(key="n", handle=name, name=name)
        hall.bring(Edited(post(str(number), f"Post {number}", author=nasty)))
    mark = f"Above, beside {len(set(names))}"
    hall.bring(Edited(post("above", mark)))
    await expect(page.get_by_text(mark)).to_be_visible()


PLACES = """[...document.querySelectorAll("li.slot")].map((slot) => {
  const said = slot.querySelector(".said"), {x, y, width} = slot.getBoundingClientRect();
  return [said.textContent.slice(0, 6), x, y, width, said.getBoundingClientRect().y];
})"""


async def test_the_wall_survives_a_killed_server(own_hall: Hall, watched: Watched) -> None:
    hall = own_hall
    watched.expected += ["ERR_CONNECTION_REFUSED", "WebSocket connection", "Failed to load resource"]
    page = await watched.page(hall.wall)
    hall.bring(Arrived(post("1", "Before the fault")))
    await expect(page.get_by_text("Before the fault")).to_be_visible()
    hall.process.kill()
    await expect(page.get_by_text("Connection lost")).to_be_visible()
    await expect(page.get_by_text("Before the fault")).to_be_visible()
    hall.bring(Arrived(post("2", "While it was away")), Withdrawn("x", "1"))
    await hall.process.start()
    await expect(page.get_by_text("While it was away")).to_be_visible()
    await expect(page.get_by_text("Before the fault")).to_have_count(0)
    await expect(page.get_by_text("Connection lost")).to_have_count(0)


async def test_a_list_that_moves_can_be_paused_from_the_keyboard(hall: Hall, watched: Watched) -> None:
    page = await watched.page(hall.wall)
    hall.bring(Arrived(post("1", "First")))
    await expect(page.get_by_text("First")).to_be_visible()
    await page.keyboard.press("Space")
    hall.bring(Arrived(post("2", "Second")))
    await expect(page.get_by_text("1 waiting")).to_be_visible()
    await expect(page.get_by_text("Second")).to_have_count(0)
    await page.keyboard.press("Space")
    await expect(page.get_by_text("Second")).to_be_visible()


@pytest.mark.parametrize("theme", [{}, {"theme": "light"}], ids=["dark", "light"])
async def test_a_wall_is_accessible(hall: Hall, watched: Watched, theme: dict[str, str]) -> None:
    hall.bring(Arrived(post("1", "Hello")), Arrived(repost("2", "1")))
    page = await watched.page(hall.at("wall", **theme))
    await expect(page.get_by_text("Hello")).to_be_visible()
    await assert_accessible(page)


async def test_the_pages_beside_the_wall_are_accessible(own_hall: Hall, watched: Watched) -> None:
    watched.expected += ["404"]
    own_hall.bring(Arrived(post("1", "Hello")))
    for path in ("/", "/nothing-here"):
        page = await watched.page(f"{own_hall.process.base_url}{path}")
        await expect(page.locator("h1")).to_be_visible()
        await assert_accessible(page)


@pytest.mark.parametrize(
    ("width", "height", "least"), [(1920, 1080, 28), (1080, 1920, 28), (3840, 2160, 56)]
)
async def test_text_is_large_enough_for_the_back_row(
    hall: Hall, watched: Watched, width: int, height: int, least: int
) -> None:
    hall.bring(Arrived(post("1", "How large is this? " * 5)))
    page = await watched.page()
    await page.set_viewport_size({"width": width, "height": height})
    await page.goto(hall.wall)
    said = page.locator(".said").first
    await expect(said).to_be_visible()
    size = await said.evaluate("element => parseFloat(getComputedStyle(element).fontSize)")
    assert size >= least


async def test_a_wall_without_script_says_what_to_do(hall: Hall) -> None:
    async with httpx2.AsyncClient(trust_env=False) as client:
        page = (await client.get(hall.wall)).text
    assert "Summit" in page
    assert "<noscript>" in page
