"""Hostile words wherever the staff and the public may type them, on every face and page beside the
wall's cards: nothing runs, nothing is reported, and no page grows wider than its screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.participating import LAPTOP, PHONE
from tests.support.alarms import Alarms, listening
from tests.support.hall import Hall
from tests.support.hostile import KINDS
from tests.support.house import House
from tests.support.staff import Staff
from wall.model import at_border
from wall.programme import TITLE_LIMIT

TAG_CHARACTERS = 60
TEXT_CHARACTERS = 1_000
ON_STAGE = ("markup", "breakouts", "bidi", "marks", "huge", "emoji")
ENDS = 40
"""Room for the ends of directions that a name leaves open."""
FOREIGN = """() => {
  const handles = (one) => one.getAttributeNames().some((name) => name.startsWith("on"));
  const strange = "iframe, object, embed, base, marquee, math, video, audio, style, script:not([src])";
  return [...document.querySelectorAll("*")].filter((one) => handles(one) || one.matches(strange))
    .map((one) => one.outerHTML.slice(0, 200));
}"""
WIDER = """() => getComputedStyle(document.body).overflowX === "visible"
  ? document.documentElement.scrollWidth - innerWidth : 0"""
OUTSIDE = """() => [...document.querySelectorAll("button, input, .clock, .left")].filter((one) => {
  const { left, right, width } = one.getBoundingClientRect();
  return width > 1 && (left < -1 || right > innerWidth + 1);
}).map((one) => one.outerHTML.slice(0, 120))"""
"""What people need and hostile words would push off the screen."""


@dataclass
class Channel:
    """An event whose every word is hostile: its sessions, one for each kind of string."""

    hall: Hall
    sessions: dict[str, str]


def words_of(kind: str, most: int) -> str:
    """The strings of a kind, one after the other, up to a limit; the letter keeps blanks from being
    nothing."""
    return str(at_border(f"A{' '.join(KINDS[kind])}"[: most - ENDS])).strip()


@pytest_asyncio.fixture(loop_scope="session")
async def channel(own_house: House) -> Channel:
    hall = own_house.hall()
    colleague = Staff(own_house.base_url, own_house.store, words_of("markup", TAG_CHARACTERS))
    await colleague.ask("POST", f"/events/{hall.slug}/presence", json={})
    return Channel(hall, {kind: await _furnish(hall, kind, key) for key, kind in enumerate(KINDS)})


async def _furnish(hall: Hall, kind: str, number: int) -> str:
    """A session that runs, with a point that was answered, one in the room and one that waits, all in
    these words; its id."""
    title, text = words_of(kind, TITLE_LIMIT), words_of(kind, TEXT_CHARACTERS)
    more: dict[str, Any] = {"speakers": [title], "prompts": [{"text": title}], "note": text}
    session = await hall.venue.session(await hall.venue.room(title), title, **more)
    await hall.venue.do(f"/sessions/{session}/begin", version=1)
    named = {"name": words_of(kind, TAG_CHARACTERS - 2) + str(number).zfill(2)}
    tag = await hall.venue.do("/tags", key=str(number) if number < 10 else "", **named)
    await hall.venue.do("/posts", text=text, author_name=title)
    for state in ("answered", "on_floor", "queued"):
        post = await hall.venue.do("/posts", text=f"{state} {text}", author_name=title)
        await hall.venue.do(f"/posts/{post['post']}/tag", tag=tag["tag"])
        raised = await hall.venue.raised(session, post["post"], text)
        if state == "queued":
            continue
        relay = f"/relays/{raised['relay']}"
        await hall.venue.do(f"{relay}/take-up", version=1)
        if state == "answered":
            await hall.venue.do(f"{relay}/close", version=2, state="answered", outcome=text)
            await hall.venue.do(f"/contributions/{raised['contribution']}/reply", words=text)
    return session


async def _assert_calm(alarms: Alarms, page: Page) -> None:
    assert await page.evaluate(FOREIGN) == []
    assert await page.evaluate(WIDER) <= 0, page.url
    assert await page.evaluate(OUTSIDE) == [], page.url
    alarms.assert_silent()


async def test_hostile_words_are_words_on_every_face_and_page(channel: Channel, browser: Browser) -> None:
    base_url = channel.hall.process.base_url
    plain = {"viewport": PHONE, "java_script_enabled": False}
    async with listening(browser, base_url, **plain) as alarms:
        await _read_pages(alarms, await _signed_in(alarms, channel), channel)
    live = {"viewport": LAPTOP, "reduced_motion": "reduce"}
    async with listening(browser, base_url, **live) as alarms:
        page = await _signed_in(alarms, channel)
        await _look_at_faces(alarms, page, channel)
        await _handle_the_desk(alarms, page, channel)


async def _read_pages(alarms: Alarms, page: Page, channel: Channel) -> None:
    for path in (*map(channel.hall.path, ("join", "events", "stage")), "/"):
        await alarms.open(page, path)
        await _assert_calm(alarms, page)


async def _look_at_faces(alarms: Alarms, page: Page, channel: Channel) -> None:
    count = len(channel.sessions)
    await alarms.open(page, channel.hall.path("join"))
    await expect(page.locator(".walls-head button")).to_be_visible()
    await expect(page.locator("article.room")).to_have_count(count)
    await _assert_calm(alarms, page)
    await alarms.open(page, channel.hall.path("wall"))
    await expect(page.locator(".floor-point")).to_have_count(count)
    await _assert_calm(alarms, page)
    for kind in ON_STAGE:
        await alarms.open(page, channel.hall.path("stage", session=channel.sessions[kind]))
        await expect(page.locator(".large-text")).to_be_visible()
        box = await page.locator(".large").bounding_box()
        assert box is not None
        assert box["height"] > LAPTOP["height"] / 6, kind
        await _assert_calm(alarms, page)


async def _handle_the_desk(alarms: Alarms, page: Page, channel: Channel) -> None:
    await alarms.open(page, channel.hall.path("desk"))
    await expect(page.locator(".row").first).to_be_visible()
    for key in ("?", "Escape", "j", "t", "Escape", "n", "Escape", "/", "Escape"):
        await page.keyboard.press(key)
        await _assert_calm(alarms, page)


async def _signed_in(alarms: Alarms, channel: Channel) -> Page:
    await channel.hall.sign_in(alarms.watched)
    return await alarms.page()
