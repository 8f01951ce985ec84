"""Speakers, guidance, resources and pasted posts as people use them: on a phone, a laptop and a wall."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.participating import LAPTOP, PHONE
from tests.support.accessible import assert_fit
from tests.support.browser import Watched, watched_context
from tests.support.hall import Hall
from tests.support.summit import post
from wall.feeds.base import Arrived
from wall.model import Media, Post, utc_now

WALL = {"width": 1920, "height": 1080}
PHOTO = Media(kind="image", url="https://a.example/slide.jpg", preview=None, alt="A slide on a screen")


@pytest_asyncio.fixture(loop_scope="session")
async def phone(browser: Browser) -> AsyncIterator[Watched]:
    """A phone of somebody who is not signed in."""
    async with watched_context(browser, viewport=PHONE) as context:
        yield context


async def invited(hall: Hall, browser: Browser, session: str, name: str = "Ada Lovelace") -> str:
    """The address of a new speaker's link, made on the organiser's page."""
    async with watched_context(browser, viewport=LAPTOP) as watched:
        await hall.sign_in(watched)
        page = await watched.page(f"{hall.process.base_url}/events/{hall.slug}/speakers")
        talk = page.locator(".talk", has=page.locator(f"#talk-{session}"))
        await talk.get_by_label(re.compile("Name of a speaker")).fill(name)
        await talk.get_by_role("button", name="Make a link").click()
        message = await page.get_by_label("Message to send").input_value()
        await assert_fit(page)
        return str(re.findall(r"http\S+/speak/\S+", message)[0])


async def shown(wall: Page, *texts: str) -> None:
    """Wait until these cards are on a wall, and no other."""
    await wall.wait_for_function(
        """(texts) => {
          const on = [...document.querySelectorAll('.slot .said')].map((one) => one.textContent.trim());
          return JSON.stringify(on.sort()) === JSON.stringify([...texts].sort());
        }""",
        arg=list(texts),
    )


def photo(key: str, text: str) -> Post:
    """A picture, posted just now."""
    return post(key, text, media=(PHOTO,), created_at=utc_now())


async def test_a_speaker_chooses_on_a_phone_what_the_walls_of_their_room_show(
    hall: Hall, browser: Browser, phone: Watched
) -> None:
    room = await hall.venue.room("Great Hall")
    session = await hall.venue.session(room, "Simulation for everybody")
    await hall.venue.do(f"/sessions/{session}/begin", version=1)
    chosen = await hall.post("A person read this")
    (version,) = [one["version"] for one in (await hall.held())["post"] if one["id"] == chosen]
    for verb, body in (
        ("hide", {"version": version, "reason": "spam"}),
        ("approve", {"version": version + 1}),
    ):
        await hall.venue.do(f"/posts/{chosen}/{verb}", **body)
    hall.bring(Arrived(post("1", "Nobody read this")), Arrived(post("2", "Is anybody here?")))
    page = await phone.page(await invited(hall, browser, session))
    async with watched_context(browser, viewport=WALL) as watched:
        wall = await watched.page(hall.at("wall", room=room))
        beside = await watched.page(hall.wall)
        await shown(wall, "A person read this", "Nobody read this", "Is anybody here?")
        await assert_fit(page)
        for label, texts in (
            ("Curated only", ["A person read this"]),
            ("Questions only", ["Is anybody here?"]),
            ("On", ["A person read this", "Nobody read this", "Is anybody here?"]),
        ):
            await page.get_by_role("radio", name=re.compile(f"^{label}")).check()
            await page.get_by_role("button", name="Save").click()
            await expect(page.get_by_text("Saved.")).to_be_visible()
            await shown(wall, *texts)
        await page.get_by_role("button", name="Quiet the walls here").click()
        await expect(wall.locator(".title, .plan").first).to_be_visible()
        await shown(wall)
        tap = page.get_by_role("button", name="Let the walls go on")
        box = await tap.bounding_box()
        assert box
        assert box["height"] >= 72, "a thumb finds it without looking"
        assert box["width"] >= 300
        await assert_fit(page)
        await tap.click()
        await shown(wall, "A person read this", "Nobody read this", "Is anybody here?")
        await page.get_by_role("radio", name=re.compile("^Off")).check()
        await page.get_by_role("button", name="Save").click()
        await expect(wall.locator(".title, .plan").first).to_be_visible()
        await shown(wall)
        await expect(beside.locator(".title, .plan").first).to_be_visible()


async def test_slides_that_are_not_for_sharing_are_signed_everywhere_and_pictures_wait(
    hall: Hall, browser: Browser, phone: Watched
) -> None:
    session = await hall.venue.running("Simulation for everybody")
    link = await invited(hall, browser, session)
    page = await phone.page(link)
    async with watched_context(browser, viewport=WALL) as watched:
        wall = await watched.page(hall.wall)
        await page.get_by_role("radio", name=re.compile("^On")).check()
        await page.get_by_role("checkbox", name=re.compile("My slides are not for sharing")).check()
        await page.get_by_role("button", name="Save").click()
        await expect(wall.get_by_text("Slides not for sharing: please take no pictures")).to_be_visible()
        hall.bring(Arrived(photo("1", "Look at this slide")))
        await shown(wall, "Look at this slide")
        assert await wall.locator(".photo").count() == 0, "it came by another way, and shows no picture"
        await expect(wall.get_by_text("A slide on a screen")).to_be_visible()
    await page.goto(hall.at("events"))
    await expect(page.get_by_text("Slides not for sharing")).to_be_visible()
    await assert_fit(page)
    await page.goto(hall.at("join"))
    await expect(page.get_by_text("Slides not for sharing")).to_be_visible()
    await assert_fit(page)


async def test_every_page_reads_well_on_a_phone_and_a_laptop(hall: Hall, browser: Browser) -> None:
    room = await hall.venue.room("Great Hall")
    soon = utc_now() + timedelta(hours=1)
    prompts = [
        {"text": "Who teaches?", "code": "Q1", "minute": 5},
        {"text": "What is said online?", "kind": "break", "minute": 30},
    ]
    session = await hall.venue.session(
        room, "Simulation for everybody", soon, hashtags=["sim"], prompts=prompts
    )
    link = await invited(hall, browser, session)
    hall.bring(
        *(
            Arrived(post(str(number), f"Point {number} {'?' * (number % 2)} #sim", hashtags=("sim",)))
            for number in range(6)
        )
    )
    await hall.venue.do(
        "/resources",
        title="A guide to teaching",
        url="https://a.example/guide",
        about="Ten pages",
        highlighted=True,
    )
    await hall.venue.do(
        "/pasted",
        address="https://x.com/ada/status/99",
        text="Said on X",
        permission="author",
        given="By mail",
    )
    at = f"{hall.process.base_url}/events/{hall.slug}"
    pages = (
        f"{at}/speakers",
        link,
        f"{link}/brief",
        f"{at}/guidance",
        f"{at}/guidance/edit",
        f"{at}/resources",
        f"{at}/paste",
        f"{at}/sessions/{session}/brief",
        at,
    )
    for viewport in (PHONE, LAPTOP):
        async with watched_context(browser, viewport=viewport) as watched:
            await hall.sign_in(watched)
            for address in pages:
                page = await watched.page(address)
                await assert_fit(page)
                await page.close()


async def test_a_resource_comes_up_on_a_wall_and_a_phone_that_are_open(
    hall: Hall, browser: Browser, phone: Watched
) -> None:
    await hall.post("Hello")
    page = await phone.page(hall.at("join"))
    async with watched_context(browser, viewport=WALL) as watched:
        wall = await watched.page(hall.at("wall", step="resources"))
        await expect(page.get_by_text("Hello")).to_be_visible()
        made = await hall.venue.do(
            "/resources",
            title="A guide to <b>teaching</b>",
            url="https://www.a.example/guide",
            about="Ten pages",
            highlighted=True,
        )
        for face in (wall, page):
            await expect(face.get_by_text("A guide to <b>teaching</b>")).to_be_visible()
            await expect(face.get_by_text("a.example")).to_be_visible()
            await expect(face.get_by_text(re.compile("Begin here"))).to_be_visible()
            await expect(face.get_by_text(re.compile("Vouched for by Olga, organiser"))).to_be_visible()
            await assert_fit(face)
        await hall.venue.do(f"/resources/{made['resource']}/withdraw", version=1)
        for face in (wall, page):
            await expect(face.get_by_text(re.compile("A guide"))).to_have_count(0)
