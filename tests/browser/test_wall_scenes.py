"""Scenes on a wall in Chromium: each layout, what walls are held to, pins, notices, and paired screens."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.accessible import assert_accessible
from tests.support.browser import Watched, watched_context
from tests.support.hall import Hall
from tests.support.summit import post
from tests.support.waiting import eventually
from tests.world.hosts import Hosts, image
from wall.feeds.base import Arrived, Withdrawn
from wall.model import Author, Media

PROMPTS = [{"text": "What counts as scholarship?", "minute": 0}]
WITH_POSTS = ["columns", "stream", "spotlight", "mosaic", "question", "floor"]
LAYOUTS = [*WITH_POSTS, "programme", "title", "notice"]


def step(layout: str, **more: Any) -> dict[str, Any]:
    """A step of a scene."""
    return {"layout": layout, "seconds": 3600, **more}


async def scene(hall: Hall, *steps: dict[str, Any], **more: Any) -> str:
    """A new scene; its id."""
    made = await hall.venue.do("/scenes", name="Hall", steps=list(steps), **more)
    return str(made["scene"])


async def furnished(hall: Hall, away: Hosts, text: str = "Said in the hall") -> str:
    """A session that asks something and discusses the one post of the event, which has a picture."""
    away.pictures["/slide.png"] = image(size=(640, 360))
    slide = Media(
        kind="image", url=f"http://127.0.0.1:{away.port}/slide.png", alt="A chart", width=640, height=360
    )
    session = await hall.venue.running("What counts?", prompts=PROMPTS)
    (post_id,) = hall.bring(Arrived(post("1", text, media=(slide,))))
    await hall.venue.bring_in(session, post_id)
    held = next(one for one in (await hall.held())["session"] if one["id"] == session)
    path = f"/sessions/{session}/prompt"
    await hall.venue.do(path, version=held["version"], prompt=held["prompts"][0]["id"])
    return post_id


async def paired(hall: Hall, page: Page, **more: Any) -> str:
    """Let this page become a screen; its id."""
    await page.goto(f"{hall.process.base_url}/screen")
    code = await page.locator(".pairing-code").inner_text()
    made = await hall.venue.do(
        "/screens", code=code, name="Left", **{"distance_m": 20, "diagonal_in": 200} | more
    )
    await expect(page.locator(f'#wall[data-screen="{made["screen"]}"] main')).to_be_attached()
    return str(made["screen"])


async def hold(hall: Hall, how: str, notice: str = "", room: str | None = None) -> None:
    """Hold walls."""
    await hall.venue.do("/walls", room=room, hold=how, notice=notice)


@pytest.mark.parametrize("layout", LAYOUTS)
async def test_each_layout_is_drawn_and_accessible(
    hall: Hall, away: Hosts, watched: Watched, layout: str
) -> None:
    await furnished(hall, away)
    asked = await scene(hall, step(layout, words="Lunch is in the foyer" if layout == "notice" else ""))
    page = await watched.page(hall.at("wall", scene=asked))
    await expect(page.locator(f'main[data-layout="{layout}"]')).to_be_visible()
    expected = {"programme": "What counts?", "title": hall.event.name, "notice": "Lunch is in the foyer"}
    await expect(page.locator("main")).to_contain_text(expected.get(layout, "Said in the hall"))
    await assert_accessible(page)


@pytest.mark.parametrize("how", ["live", "curated", "frozen"])
@pytest.mark.parametrize("layout", WITH_POSTS)
async def test_what_is_taken_back_is_off_at_once(
    hall: Hall, away: Hosts, watched: Watched, layout: str, how: str
) -> None:
    watched.expected += ["404"]  # its picture may be asked for while it goes
    await furnished(hall, away, "Said too soon")
    page = await watched.page(hall.at("wall", step=layout))
    await expect(page.locator("main")).to_contain_text("Said too soon")
    if how != "live":
        await hold(hall, how, notice="held")
        await expect(page.get_by_text("held", exact=True)).to_be_visible()
    hall.bring(Withdrawn("x", "1"))
    await expect(page.get_by_text("Said too soon")).to_have_count(0)
    assert "Said too soon" not in await page.content()
    assert await page.locator("main img[src*='/media/']").count() == 0


async def test_a_scene_plays_its_steps_and_follows_its_conditions(hall: Hall, watched: Watched) -> None:
    hall.bring(Arrived(post("1", "A post")))
    asked = await scene(
        hall,
        step("floor", on_floor=True),
        step("columns", seconds=5),
        step("title", seconds=5, words="Welcome"),
    )
    page = await watched.page(hall.at("wall", scene=asked))
    main = page.locator("main")
    await expect(main).to_have_attribute("data-layout", "columns")
    await expect(main).to_have_attribute("data-layout", "title", timeout=60_000)
    await expect(main).to_contain_text("Welcome")
    session = await hall.venue.running("What counts?")
    await hall.venue.bring_in(session, await hall.post("In the room"))
    await expect(main).to_have_attribute("data-layout", "floor", timeout=60_000)
    await expect(main).to_contain_text("In the room")


async def test_a_layout_that_throws_is_passed_over(hall: Hall, away: Hosts, watched: Watched) -> None:
    await furnished(hall, away)
    await watched.context.add_init_script(
        "const {observe} = ResizeObserver.prototype;"
        "ResizeObserver.prototype.observe = function (node, ...more) {"
        "  if (node.matches('.mosaic')) throw new Error('a fault of the test');"
        "  return observe.call(this, node, ...more); };"
    )
    asked = await scene(hall, step("mosaic"), step("spotlight"))
    page = await watched.page(hall.at("wall", scene=asked))
    await expect(page.locator("main")).to_have_attribute("data-layout", "spotlight")
    await expect(page.locator("main")).to_contain_text("Said in the hall")


async def test_walls_are_held_frozen_quiet_and_blank_and_let_go(hall: Hall, watched: Watched) -> None:
    hall.bring(Arrived(post("1", "The first")))
    page = await watched.page(hall.wall)
    await expect(page.get_by_text("The first")).to_be_visible()
    await hold(hall, "frozen")
    hall.bring(Arrived(post("2", "The second")))
    await hold(hall, "frozen", notice="Still frozen")
    await expect(page.get_by_text("Still frozen")).to_be_visible()
    await expect(page.get_by_text("The second")).to_have_count(0)
    await expect(page.get_by_text("The first")).to_be_visible()
    await hold(hall, "quiet")
    await expect(page.locator("main")).to_have_attribute("data-layout", "title")
    await expect(page.get_by_text("The first")).to_have_count(0)
    await hold(hall, "blank")
    await expect(page.locator("main.blank")).to_be_attached()
    for gone in ("header", ".join", ".banner", "img"):
        await expect(page.locator(gone).locator("visible=true")).to_have_count(0)
    await assert_accessible(page)
    await hold(hall, "live")
    await expect(page.get_by_text("The second")).to_be_visible()


async def test_a_room_may_be_held_alone_and_the_stronger_hold_counts(hall: Hall, watched: Watched) -> None:
    room, other = await hall.venue.room("Hall A"), await hall.venue.room("Hall B")
    hall.bring(Arrived(post("1", "A post")))
    here, there = (
        await watched.page(hall.at("wall", room=room)),
        await watched.page(hall.at("wall", room=other)),
    )
    await hold(hall, "quiet", room=room)
    await expect(here.locator("main")).to_have_attribute("data-layout", "title")
    await hold(hall, "curated", notice="To everybody")
    await expect(there.get_by_text("To everybody")).to_be_visible()
    await expect(there.locator("main")).to_have_attribute("data-layout", "columns")
    await expect(here.locator("main")).to_have_attribute("data-layout", "title")


async def test_only_what_people_chose_comes_on_while_walls_are_curated(
    waiting_hall: Hall, watched: Watched
) -> None:
    hall = waiting_hall
    page = await watched.page(hall.wall)
    await hold(hall, "curated")
    chosen, other = hall.bring(Arrived(post("1", "Chosen by hand")), Arrived(post("2", "Still waits")))
    version = next(one["version"] for one in (await hall.held())["post"] if one["id"] == chosen)
    await hall.venue.do(f"/posts/{chosen}/approve", version=version)
    await expect(page.get_by_text("Chosen by hand")).to_be_visible()
    assert other not in await page.content()


async def test_pinned_posts_stay_on_top_and_leave_when_they_are_unpinned(
    hall: Hall, watched: Watched
) -> None:
    (oldest, *_) = hall.bring(*(Arrived(post(str(n), f"Post {n} " + "words " * 40)) for n in range(40)))
    page = await watched.page(hall.wall)
    await expect(page.locator("article.card").first).to_be_visible()
    await expect(page.get_by_text("Post 0 ")).to_have_count(0)
    await hall.venue.do(f"/posts/{oldest}/pin")
    card = page.locator("li.slot", has_text="Post 0 ")
    await expect(card).to_be_visible()
    await expect(card).to_contain_text("pinned")
    first = await watched.page(hall.at("wall", step="spotlight"))
    await expect(first.locator(".spot")).to_contain_text("Post 0 ")
    await hall.venue.do(f"/posts/{oldest}/unpin")
    await expect(card.get_by_text("pinned")).to_have_count(0)


async def test_a_scene_says_what_of_posts_is_shown(hall: Hall, away: Hosts, watched: Watched) -> None:
    hall.bring(Arrived(post("1", "Under it", warning="Needles")), Arrived(post("2", "Plain")))
    asked = await scene(hall, step("columns"), warnings="skipped", theme="contrast", alt=False, join=False)
    page = await watched.page(hall.at("wall", scene=asked))
    await expect(page.get_by_text("Plain")).to_be_visible()
    await expect(page.get_by_text("Needles")).to_have_count(0)
    await expect(page.locator("html")).to_have_attribute("data-theme", "contrast")
    await expect(page.locator(".join")).to_be_hidden()
    await assert_accessible(page)
    own = await watched.page(hall.at("wall", scene=asked, theme="light", join="on"))
    await expect(own.locator("html")).to_have_attribute("data-theme", "light")
    await expect(own.locator(".join")).to_be_visible()


async def test_a_screen_follows_its_scene_flashes_its_number_and_reloads(
    hall: Hall, watched: Watched
) -> None:
    hall.bring(Arrived(post("1", "A post")))
    page = await watched.page()
    screen = await paired(hall, page)
    await expect(page.locator("main")).to_have_attribute("data-layout", "columns")
    asked = await scene(hall, step("title", words="Welcome"))
    await _change(hall, screen, scene=asked)
    await expect(page.locator("main")).to_contain_text("Welcome")
    number = (await _screen(hall, screen))["number"]
    await hall.venue.do(f"/screens/{screen}/flash")
    await expect(page.locator(".flash-number")).to_have_text(str(number))
    await page.evaluate("window.before = true")
    await hall.venue.do(f"/screens/{screen}/reload")
    await page.wait_for_function("() => !window.before && document.querySelector('main')")
    await expect(page.locator("main")).to_contain_text("Welcome")


async def test_a_paired_screen_shows_its_test_card_and_then_its_wall_again(
    hall: Hall, watched: Watched
) -> None:
    hall.bring(Arrived(post("1", "A post")))
    page = await watched.page()
    screen = await paired(hall, page)
    await expect(page.get_by_text("A post")).to_be_visible()
    await hall.venue.do(f"/screens/{screen}/card")
    card = page.locator(".testcard")
    await expect(card).to_contain_text("Can the last row read this?")
    await expect(card).to_contain_text("last row at")
    hall.bring(Arrived(post("2", "Meanwhile")))
    assert (await hall.ask("DELETE", f"/screens/{screen}/card")).is_success
    await expect(card).to_have_count(0)
    await expect(page.get_by_text("A post")).to_be_visible()
    await expect(page.get_by_text("Meanwhile")).to_be_visible()


async def _screen(hall: Hall, screen: str) -> dict[str, Any]:
    listed = (await hall.ask("GET", "/screens")).json()["screens"]
    return next(one for one in listed if one["id"] == screen)


async def _change(hall: Hall, screen: str, **changes: Any) -> None:
    version = (await _screen(hall, screen))["version"]
    answer = await hall.ask("PATCH", f"/screens/{screen}", json={"version": version, **changes})
    assert answer.is_success, answer.text


async def test_a_screen_beats_and_acknowledges_a_removal_under_a_flood(
    hall: Hall, watched: Watched
) -> None:
    page = await watched.page()
    screen = await paired(hall, page, distance_m=25)
    hall.bring(Arrived(post("gone", "Will be gone")))
    await expect(page.get_by_text("Will be gone")).to_be_visible()
    hall.bring(*(Arrived(post(str(n), f"Flood {n}")) for n in range(25)))
    hall.bring(Withdrawn("x", "gone"))
    seq = (await hall.venue.do("/walls", room=None, hold="live"))["seq"]
    await expect(page.get_by_text("Will be gone")).to_have_count(0)

    async def acknowledged() -> bool:
        said = (await hall.ask("GET", f"/screens/acknowledged?seq={seq - 1}")).json()
        return screen in said["painted"]

    await eventually(acknowledged)
    beat = (await _screen(hall, screen))["beat"]
    assert (beat["state"], beat["scene"], beat["step"]) == ("here", "default", 0)
    assert beat["width"] == await page.evaluate("innerWidth")
    assert abs(beat["clock_s"]) < 60


async def test_a_screen_that_is_unpaired_shows_a_new_code(hall: Hall, watched: Watched) -> None:
    watched.expected += ["401", "WebSocket"]
    page = await watched.page()
    screen = await paired(hall, page)
    answer = await hall.ask("DELETE", f"/screens/{screen}")
    assert answer.is_success, answer.text
    await expect(page.locator(".pairing-code")).to_be_visible()


async def test_hostile_names_and_words_stay_text_in_every_layout(hall: Hall, browser: Browser) -> None:
    attack = '<img src=x onerror="window.hacked=1">'
    nasty = Author(key="a", handle=attack, name=attack + "\u202e")
    session = await hall.venue.running(attack, prompts=[{"text": attack, "minute": 0}])
    (post_id,) = hall.bring(Arrived(post("1", attack + " " + "x" * 5_000, author=nasty)))
    await hall.venue.bring_in(session, post_id)
    await hold(hall, "live", notice=attack)
    async with watched_context(browser) as watched:
        for layout in LAYOUTS:
            page = await watched.page(hall.at("wall", step=layout))
            await expect(page.locator("main").first).to_be_visible()
            await expect(page.locator(".announcement")).to_contain_text("onerror=")
            assert await page.evaluate("window.hacked") is None
            assert await page.locator("#wall img, #wall script").count() == 0
            assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
            await page.close()


async def test_the_editor_may_show_a_scene_that_nobody_saved(hall: Hall, watched: Watched) -> None:
    """The wall listens only to the page that frames it, and only if that is one of this server's."""
    page = await watched.page(hall.wall)
    await expect(page.locator("main")).to_have_attribute("data-layout", re.compile("columns"))
    await page.evaluate("postMessage({type: 'scene', scene: {steps: []}}, location.origin)")
    hall.bring(Arrived(post("1", "Still here")))
    await expect(page.get_by_text("Still here")).to_be_visible()
    await expect(page.locator("main")).to_have_attribute("data-layout", "columns")
