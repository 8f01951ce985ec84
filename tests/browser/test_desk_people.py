"""The desk in Chromium over a real serve: by two at once, without a server, with fewer rights, and open
to everybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
import pytest
from playwright.async_api import Browser, expect

from tests.browser.attack import ATTACK
from tests.browser.working import SCREEN, Summit, press, row
from tests.support.accessible import assert_fit
from tests.support.browser import Watched, watched_context
from tests.support.summit import post
from tests.support.waiting import PATIENCE, eventually
from wall.access import COOKIE, digest_of, new_token
from wall.feeds.base import Arrived, Edited
from wall.model import Author, Media, Role, utc_now
from wall.store import people

DOWN = ["ERR_CONNECTION_REFUSED", "WebSocket connection", "Failed to load resource"]


async def test_two_desks_see_each_other_and_what_each_does(
    summit: Summit, at_desk: Watched, browser: Browser
) -> None:
    summit.bring("First one", "Second one", "Third one")
    ben = summit.person("Ben", Role.FACILITATOR)
    async with watched_context(browser, viewport=SCREEN) as second:
        hers, his = await summit.desk(at_desk), await summit.desk(second, ben)
        await press(hers, "2")
        await expect(row(his, "First").locator(".tag")).to_have_text("Comment")
        await press(his, "j", "q")
        await expect(hers.locator(".part-queue")).to_contain_text("Second one")
        await expect(row(hers, "First")).to_have_attribute("aria-selected", "true")
        await expect(hers.locator(".people")).to_contain_text("Ben")


async def test_what_was_done_while_nobody_answered_is_done_once(
    own_summit: Summit, at_desk: Watched
) -> None:
    summit = own_summit
    at_desk.expected += DOWN
    summit.bring("Risky shit", "Second one", "Third one")
    page = await summit.desk(at_desk)
    summit.hall.process.kill()
    await press(page, "a", "1", "q", "Space")
    await expect(row(page, "Risky")).to_contain_text("On the walls")
    await expect(page.locator(".part-queue")).to_contain_text("Second one")
    await expect(page.get_by_role("status").filter(has_text="not sent yet")).to_be_visible()
    await expect(row(page, "Risky")).to_contain_text("not sent yet")
    await summit.hall.process.start()
    await expect(page.get_by_text("not sent yet")).to_have_count(0)

    async def arrived() -> bool:
        held = await summit.hall.held()
        noted = sum(one["noted"] for one in held.get("contribution", []))
        return (len(held.get("relay", [])), noted, (await summit.states())["Risky"]) == (1, 2, "approved")

    await eventually(arrived, what="everything to have arrived")
    assert summit.kinds("post.approved") == ["post.approved"]
    assert summit.kinds("relay.raised") == ["relay.raised"]
    await expect(page.locator(".problem")).to_have_count(0)


async def test_a_conflict_is_told_and_shown_as_it_is(own_summit: Summit, at_desk: Watched) -> None:
    summit = own_summit
    at_desk.expected += [*DOWN, "409"]
    summit.bring("Doubtful shit", "Second one")
    page = await summit.desk(at_desk)
    summit.hall.process.kill()
    await press(page, "a")
    await expect(row(page, "Doubtful")).to_contain_text("On the walls")
    summit.hall.bring(Edited(post("Doubtful shit", "Doubtful and edited shit")))
    await summit.hall.process.start()
    problem = page.locator(".problem")
    await expect(problem).to_contain_text("Somebody else was here first")
    sides = problem.locator(".side")
    await expect(sides.nth(0)).to_contain_text("Waiting")
    await expect(sides.nth(0)).to_contain_text("Doubtful and edited")
    await expect(sides.nth(1)).to_contain_text("show it")
    await expect(row(page, "edited")).to_contain_text("Waiting")
    await press(page, "Escape")
    await expect(problem).to_have_count(0)


async def test_somebody_elses_session_is_refused_in_words(summit: Summit, at_desk: Watched) -> None:
    at_desk.expected += ["403"]
    summit.bring("First one")
    theirs = [summit.person("Gus", Role.FACILITATOR)]
    await summit.venue.session(await summit.venue.room("Room Z"), "Not yours", facilitators=theirs)
    page = await summit.desk(at_desk, summit.person("Fay", Role.FACILITATOR))
    await press(page, "r")
    await page.get_by_role("button", name="Not yours").click()
    await expect(page.locator(".problem")).to_contain_text("This session has other facilitators")
    await expect(page.locator(".problem")).to_contain_text("Ask one of its facilitators")
    await expect(row(page, "First")).not_to_contain_text("queued")


async def test_a_role_that_may_not_decide_is_told_so(summit: Summit, at_desk: Watched) -> None:
    summit.bring("A shit word", "Plain words")
    page = await summit.desk(at_desk, summit.person("Fay", Role.FACILITATOR))
    await expect(page.get_by_role("button", name="To do 1")).to_be_visible()
    await expect(row(page, "Plain")).to_have_attribute("aria-selected", "true")
    await press(page, "x")
    await expect(page.get_by_role("status").filter(has_text="None of your roles")).to_be_visible()
    await expect(page.get_by_role("button", name="don’t show")).to_have_count(0)


async def test_hostile_text_is_shown_as_text(summit: Summit, at_desk: Watched) -> None:
    nasty = Author(key="a", handle=ATTACK, name=ATTACK + "\u202e")
    picture = Media(kind="other", url="https://pictures.example/1.png", alt=ATTACK)
    summit.hall.bring(
        Arrived(post("1", ATTACK, author=nasty, lang='"><script>', warning=ATTACK, media=(picture,))),
        Arrived(post("2", "{{7*7}} \u2028 " + "\u0300" * 400)),
        Arrived(post("3", "x" * 5_000)),
        Arrived(post("4", "Neighbour")),
    )
    page = await summit.desk(at_desk)
    await expect(page.get_by_text("onerror=").first).to_be_visible()
    await press(page, "f", "a", "1", "q", "o")
    await expect(page.locator(".part-queue")).to_contain_text("onerror=")
    assert await page.evaluate("window.hacked") is None
    assert await page.locator("#desk img, #desk script, #desk a:not([href^='/events/'])").count() == 0
    wide = await page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not wide


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "fr"])
async def test_the_desk_is_accessible(summit: Summit, browser: Browser, scheme: str, lang: str) -> None:
    summit.bring("Ward phone is 020 7946 0958", "Why not?", "Evidence is here", "Another shit", "Last one")
    options: dict[str, Any] = {"locale": lang, "color_scheme": scheme}
    async with watched_context(browser, viewport={"width": 1024, "height": 768}, **options) as watched:
        page = await summit.desk(watched)
        await expect(page.locator(f"html[lang={lang}]")).to_have_count(1)
        await assert_fit(page)
        await press(page, "j", "1", "q", "q", "n", "n")
        await assert_fit(page)
        for keys in (["?"], ["f"], ["x"], ["n"], ["o"]):
            await press(page, *keys)
            await assert_fit(page)
            await press(page, "Escape")


async def test_the_desk_is_for_the_staff(summit: Summit) -> None:
    token, now = new_token(), utc_now()
    nobody = summit.person("Nobody")
    with summit.hall.store.writing() as conn:
        people.add_sign_in(conn, digest_of(token), nobody, now, now + timedelta(hours=1))
    async with httpx2.AsyncClient(
        trust_env=False, headers={"Accept": "text/html"}, timeout=PATIENCE
    ) as client:
        stranger = await client.get(summit.address)
        client.cookies.set(COOKIE, token)
        visitor = await client.get(summit.address)
    assert (stranger.status_code, visitor.status_code) == (401, 403)
    assert "Open the link that the organiser gave you" in stranger.text
    assert "ask an organiser for the role" in visitor.text
