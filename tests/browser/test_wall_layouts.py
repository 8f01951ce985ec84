"""What walls look like on the screens of venues: nothing is cut or covered, all of it is large enough, and
a flood takes nothing from those who read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.support.browser import Watched, watched_context
from tests.support.hall import Hall
from tests.support.house import House
from tests.support.ports import free_port
from tests.support.summit import post
from tests.support.waiting import eventually
from tests.world.hosts import Hosts, image, serving
from wall.feeds.base import Arrived
from wall.model import Author, Media, Poll, PollOption, Post

SIZES = {"hd": (1920, 1080), "4k": (3840, 2160), "wide": (2560, 1080), "portrait": (1080, 1920)}
LAYOUTS = [
    "columns",
    "stream",
    "spotlight",
    "mosaic",
    "question",
    "floor",
    "themes",
    "programme",
    "title",
    "notice",
]
LONG = "We keep confusing attention with impact when committees ask for numbers, and nobody says so. " * 6
PROMPTS = [
    {"text": "What should count as scholarship when most of it is read on a phone at night?", "minute": 0}
]
TEXTS = [
    "Short.",
    LONG,
    "Of ordinary length, as most of what people write in a hall is: two lines or three.",
    "教育における学術とは何か。" * 9,
]
THEMES = [
    "Rubrics",
    "Promotion and tenure committees that ask for numbers alone",
    "Burnout",
    "出版後の査読",
]
SHAPES = [(640, 360), (300, 400), (900, 300), (400, 400)]

CUT = """() => {
  const seen = (node) => node.checkVisibility({visibilityProperty: true}) && node.offsetHeight > 2;
  const marked = (node) => {
    const {webkitLineClamp, textOverflow} = getComputedStyle(node);
    return webkitLineClamp !== "none" || textOverflow === "ellipsis";
  };
  const cut = (node) =>
    node.scrollHeight > node.clientHeight + 3 || node.scrollWidth > node.clientWidth + 3;
  const words = document.querySelectorAll("main :is(p, h1, h2, .said bdi, .large-text, .caption-words)");
  return [...words].filter((node) =>
    seen(node) && getComputedStyle(node).overflow !== "visible" && cut(node) && !marked(node) &&
    !node.querySelector("[class]:not(bdi)")
  ).map((node) => `${node.className}: ${node.textContent.slice(0, 60)}`);
}"""
"""What shows less than it holds, without a mark that says so."""

OUTSIDE = """() => {
  const kinds =
    "main :is(.slot, .spot-card, .next > li, .tile, .point, .asked, .topic, .plan-room, .theme)";
  const join = document.querySelector(".join");
  const corner = join.checkVisibility() ? join.getBoundingClientRect() : null;
  const area = document.querySelector("main").getBoundingClientRect();
  const wrapped = (card, box) => {
    if (getComputedStyle(card.parentElement).flexWrap !== "wrap") return false;
    return box.left > card.parentElement.getBoundingClientRect().right - 2;
  };
  return [...document.querySelectorAll(kinds)].filter((card) => {
    const box = card.getBoundingClientRect();
    const seen = card.checkVisibility({opacityProperty: true, visibilityProperty: true});
    if (!seen || box.height < 2 || wrapped(card, box)) return false;
    const isOut = box.bottom > area.bottom + 1 || box.right > innerWidth + 1 || box.left < -1;
    const isUnder = corner && box.bottom > corner.top + 1 && box.top < corner.bottom - 1 &&
      box.right > corner.left + 1 && box.left < corner.right - 1;
    return isOut || isUnder;
  }).map((card) => `${card.className} ${JSON.stringify(card.getBoundingClientRect())}`);
}"""
"""Cards that a screen's edge cuts, or that lie under the way to join."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def full(_house: House) -> AsyncIterator[Hall]:
    """An event with two rooms at work, and posts of every kind."""
    hosts = Hosts()
    hosts.pictures |= {f"/{n}.png": image(size=size) for n, size in enumerate(SHAPES)}
    async with serving(hosts, port=free_port()):
        hall = _house.hall()
        slide = {"media": _media(hosts, 0)}
        poll = {"poll": Poll(options=tuple(PollOption(text=text, votes=1) for text in TEXTS), closed=True)}
        for room, more in (("Aspen Hall", slide), ("Birch Room", poll)):
            await _run(hall, room, more)
        ids = hall.bring(*(Arrived(_post(hosts, n)) for n in range(36)))
        for number, name in enumerate(THEMES):
            made = await hall.venue.do("/tags", name=name, set="theme")
            for post_id in ids[number : number + 6]:
                await hall.venue.do(f"/posts/{post_id}/tag", tag=made["tag"], on=True)
        yield hall


async def _run(hall: Hall, room: str, more: dict[str, Any]) -> None:
    """Let a session run in a room: it asks something, and discusses something that has `more`."""
    speakers = ["Ada Lovelace", "Grace Hopper"]
    session = await hall.venue.running(
        f"What makes a blog worth it? {room}", prompts=PROMPTS, speakers=speakers
    )
    held = next(one for one in (await hall.held())["session"] if one["id"] == session)
    path = f"/sessions/{session}/prompt"
    await hall.venue.do(path, version=held["version"], prompt=held["prompts"][0]["id"])
    (point,) = hall.bring(Arrived(post(f"floor {room}", f"On the floor: {LONG}", **more)))
    await hall.venue.bring_in(session, point)


def _media(hosts: Hosts, which: int) -> tuple[Media, ...]:
    width, height = SHAPES[which]
    url = f"http://127.0.0.1:{hosts.port}/{which}.png"
    return (Media(kind="image", url=url, alt="A slide with a chart", width=width, height=height),)


def _post(hosts: Hosts, number: int) -> Post:
    which = number % len(SHAPES)
    author = Author(key=f"a{number}", handle=f"author{number}", name=f"Author Number {number}")
    shown = _media(hosts, which) if number % 3 == 0 else ()
    return post(str(number), f"{number}: {TEXTS[which]}", author=author, media=shown)


async def shown(browser: Browser, hall: Hall, size: str, **query: str) -> AsyncIterator[Page]:
    """A wall on a screen of this size, at rest."""
    width, height = SIZES[size]
    async with watched_context(
        browser, viewport={"width": width, "height": height}, reduced_motion="reduce"
    ) as watched:
        page = await watched.page(hall.at("wall", **query))
        await expect(page.locator("main")).to_be_visible()
        yield page


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("layout", LAYOUTS)
async def test_nothing_is_cut_without_a_mark_covered_or_out_of_the_picture(
    full: Hall, browser: Browser, layout: str, size: str
) -> None:
    words = LONG[:280] if layout in {"title", "notice"} else ""
    steps = [{"layout": layout, "seconds": 3600, "words": words}]
    made = await full.venue.do("/scenes", name="Hall", steps=steps)
    async for page in shown(browser, full, size, scene=str(made["scene"])):
        await expect(page.locator("main")).to_have_attribute("data-layout", layout)
        await page.wait_for_load_state("networkidle")
        await eventually(lambda page=page: _at_rest(page))
        assert await page.evaluate(CUT) == []
        assert await page.evaluate(OUTSIDE) == []
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")


async def _at_rest(page: Page) -> bool:
    """Whether nothing moved between two frames."""
    return bool(await page.evaluate(RESTS))


RESTS = """() => new Promise((done) => {
  const places = () =>
    JSON.stringify([...document.querySelectorAll("main *")].map((one) => one.getBoundingClientRect()));
  const before = places();
  requestAnimationFrame(() => requestAnimationFrame(() => done(places() === before)));
})"""


@pytest.mark.parametrize(
    ("size", "distance"), [("hd", 2), ("hd", 5), ("hd", 30), ("4k", 5), ("portrait", 2), ("portrait", 5)]
)
@pytest.mark.parametrize("hashtag", ["PlanetHealth26", "InternationalPlanetHealthSummitOfTheRegion2026"])
async def test_a_wall_that_waits_is_whole_at_every_distance_and_has_its_code(
    hall: Hall, browser: Browser, size: str, distance: int, hashtag: str
) -> None:
    answer = await hall.ask("PATCH", "", json={"version": 1, "hashtags": [hashtag, "Sante26"]})
    assert answer.status_code == 200, answer.text
    async for page in shown(browser, hall, size, distance=str(distance), diagonal="55"):
        await expect(page.locator(".empty")).to_be_visible()
        await expect(page.locator(".event-name")).to_contain_text(hall.event.name)
        await eventually(lambda page=page: _at_rest(page))
        assert await page.evaluate(WAITS) == []
        code = await page.locator(".join-code").bounding_box()
        assert code
        assert min(code["width"], code["height"]) > 0.18 * min(SIZES[size]), "large enough to be scanned"


WAITS = """() => {
  const parts = [...document.querySelectorAll(".event-name, .now, .empty > *, .join-card")];
  const boxes = parts.map((one) => [one.className, one.getBoundingClientRect()]);
  const wrong = [];
  boxes.forEach(([name, box], at) => {
    if (box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1)
      wrong.push(`${name} is outside`);
    for (const [other, its] of boxes.slice(at + 1))
      if (Math.max(box.left, its.left) < Math.min(box.right, its.right) - 1 &&
          Math.max(box.top, its.top) < Math.min(box.bottom, its.bottom) - 1)
        wrong.push(`${name} covers ${other}`);
  });
  for (const tag of document.querySelectorAll(".empty .hashtag"))
    if (tag.getBoundingClientRect().height > 1.6 * parseFloat(getComputedStyle(tag).fontSize))
      wrong.push(`${tag.textContent} is broken`);
  const large = document.querySelector(".empty .large");
  if (large.scrollHeight > large.clientHeight + 1 || large.scrollWidth > large.clientWidth + 1)
    wrong.push("cut");
  return wrong;
}"""
"""What of a wall without posts is outside, covered, broken or cut."""


@pytest.mark.parametrize(
    ("size", "distance", "diagonal"),
    [
        ("hd", 5, 55),
        ("hd", 10, 86),
        ("hd", 20, 180),
        ("4k", 12, 98),
        ("portrait", 8, 75),
        ("wide", 25, 220),
    ],
)
@pytest.mark.parametrize("layout", ["columns", "stream", "spotlight", "question", "floor"])
async def test_the_body_of_a_post_is_read_under_17_arc_minutes_from_the_last_row(
    full: Hall, browser: Browser, layout: str, size: str, distance: int, diagonal: int
) -> None:
    async for page in shown(
        browser, full, size, step=layout, distance=str(distance), diagonal=str(diagonal)
    ):
        said = page.locator(
            "main :is(.slot:not([data-out=true]) .said, .spot .large-text, .point .large-text)"
        ).first
        await expect(said).to_be_visible()
        assert await said.evaluate(ANGLE, [distance, diagonal]) >= 16.9
        assert await page.evaluate(OUTSIDE) == []


ANGLE = """(node, [distance, diagonal]) => {
  const {font} = getComputedStyle(node), pen = document.createElement("canvas").getContext("2d");
  pen.font = font;
  const pixel = diagonal * 0.0254 / Math.hypot(innerWidth, innerHeight);
  const height = pen.measureText("H").actualBoundingBoxAscent * pixel;
  return 2 * Math.atan(height / (2 * distance)) * 180 / Math.PI * 60;
}"""
"""Under how many arc minutes a capital of these letters is seen."""

WATCH = """() => {
  window.seen = new Map(); window.short = []; window.moved = 0;
  const look = () => {
    const now = performance.now(), here = new Set();
    for (const slot of document.querySelectorAll("li.slot:not([data-out=true])")) {
      const id = slot.dataset.post, left = Math.round(slot.getBoundingClientRect().left);
      here.add(id);
      const known = seen.get(id);
      if (!known) seen.set(id, {since: now, left, isFirst: !window.watching});
      else if (known.left !== left) window.moved++;
    }
    for (const [id, {since, isFirst}] of seen) if (!here.has(id)) {
      if (!isFirst) short.push(now - since);
      seen.delete(id);
    }
    window.watching = true;
    requestAnimationFrame(look);
  };
  look();
}"""


async def test_a_flood_of_300_posts_leaves_every_card_its_time_and_counts_the_rest(
    hall: Hall, watched: Watched
) -> None:
    text = "A point of ordinary length that takes about ten seconds to read from the back of a hall."
    hall.bring(*(Arrived(post(f"before {n}", f"{n} {text}")) for n in range(24)))
    page = await watched.page()
    await page.set_viewport_size({"width": 1920, "height": 1080})
    await page.goto(hall.wall)
    await expect(page.locator("li.slot").nth(8)).to_be_visible()
    await page.evaluate(WATCH)
    for batch in range(30):
        hall.bring(*(Arrived(post(f"{batch}-{n}", f"{batch}.{n} {text}")) for n in range(10)))
        await page.wait_for_function(
            "(count) => document.querySelector('.tally').textContent.includes(count)",
            arg=f"{24 + 10 * (batch + 1)}",
        )
    await expect(page.locator(".more")).to_contain_text("more on")
    await page.wait_for_function("() => short.length >= 3", timeout=60_000)
    least = (3 + 18 * 60 / 160) * 1000
    assert min(await page.evaluate("short")) >= least - 1_000
    assert await page.evaluate("moved") == 0


async def test_fair_gives_everybody_a_turn(hall: Hall, watched: Watched) -> None:
    made = await hall.venue.do(
        "/scenes", name="Fair", policy="fair", steps=[{"layout": "columns", "seconds": 3600}]
    )
    page = await watched.page(hall.at("wall", scene=str(made["scene"])))
    await expect(page.get_by_text("and it appears here")).to_be_visible()
    hall.bring(Arrived(post("start", "The first")))
    await expect(page.get_by_text("The first")).to_be_visible()
    loud = Author(key="loud", handle="loud", name="Loud")
    shy = Author(key="shy", handle="shy", name="Shy")
    hall.bring(
        Arrived(post("shy", "Once", author=shy)),
        *(Arrived(post(f"l{n}", f"Loud {n}", author=loud)) for n in range(60)),
    )
    await expect(page.get_by_text("Once", exact=True)).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
async def test_the_test_card_says_whether_the_last_row_can_read(
    full: Hall, browser: Browser, size: str
) -> None:
    async for page in shown(browser, full, size, card="1", distance="60", diagonal="32"):
        await expect(page.get_by_text("Can the last row read this?")).to_be_visible()
        await expect(page.get_by_text("too small for its room")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    async for page in shown(browser, full, size, card="1", distance="6", diagonal="120"):
        await expect(page.get_by_text("too small for its room")).to_have_count(0)
        await expect(page.get_by_text("arc minutes from 6 m")).to_be_visible()
