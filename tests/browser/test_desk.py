"""The desk in Chromium over a real serve: handled by the keyboard alone, by two at once, and offline."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Locator, Page, expect
from sqlalchemy import select

from tests.browser.test_wall import ATTACK, SECRET, Hall
from tests.conftest import Serve
from tests.support.browser import Watched, watched_context
from tests.support.summit import post
from tests.support.venue import Venue
from tests.support.waiting import eventually
from wall.access import COOKIE, digest_of, new_token
from wall.feeds.base import Arrived, Edited
from wall.model import Author, Media, Role, new_id, utc_now
from wall.store import Store, members, people, rules
from wall.store.tables import entry

SCREEN = {"width": 1440, "height": 900}
DOWN = ["ERR_CONNECTION_REFUSED", "WebSocket connection", "Failed to load resource"]


class Summit:
    """An event with a codebook and two rooms, of which the first one's session runs."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.venue = Venue(hall.staff, "summit")
        self.session = ""
        self.other = ""

    @property
    def address(self) -> str:
        """The address of the desk."""
        return f"{self.hall.process.base_url}/desk/summit"

    async def prepare(self) -> None:
        """Add the codebook, the rooms and the sessions."""
        await self.venue.do("/codebook/preset")
        self.session = await self.venue.running("Best practices")
        self.other = await self.venue.running("What is scholarship")

    def bring(self, *texts: str) -> None:
        """Let posts arrive, each under its own text's beginning as key."""
        self.hall.bring(*(Arrived(post(text[:20], text)) for text in texts))

    async def desk(self, watched: Watched, person: str | None = None) -> Page:
        """A desk on which somebody is signed in, when it shows the first post."""
        await sign_in(watched, self.hall, person or self.hall.staff.person_id)
        page = await watched.page(self.address)
        await expect(page.locator(".row").first).to_be_visible()
        return page

    async def held(self) -> dict[str, list[dict[str, Any]]]:
        """What the server has for a desk now: subjects by type."""
        answer = await self.hall.staff.ask("GET", "/events/summit/snapshot?face=desk")
        held: dict[str, list[dict[str, Any]]] = {}
        for put in answer.json()["puts"]:
            held.setdefault(put["type"], []).append(put["value"])
        return held

    async def states(self) -> dict[str, str]:
        """The states of posts, by the first word of their text."""
        return {one["text"].split()[0]: one["state"] for one in (await self.held())["post"]}

    def kinds(self, prefix: str) -> list[str]:
        """The kinds of the journal's entries that begin so, in order."""
        with self.hall.store.reading() as conn:
            found = conn.execute(select(entry.c.kind).order_by(entry.c.seq)).scalars().all()
        return [kind for kind in found if kind.startswith(prefix)]

    def person(self, name: str, *roles: Role) -> str:
        """Somebody with these roles in the event, and no others; their id."""
        person = new_id()
        with self.hall.store.writing() as conn:
            people.add_person(conn, person, name, utc_now())
            members.set_roles(conn, self.hall.event.id, person, roles)
        return person


async def sign_in(watched: Watched, hall: Hall, person: str) -> None:
    """Give a browser context the cookie of somebody who is signed in."""
    token, now = new_token(), utc_now()
    with hall.store.writing() as conn:
        people.add_sign_in(conn, digest_of(token), person, now, now + timedelta(hours=1))
    await watched.context.add_cookies([{"name": COOKIE, "value": token, "url": hall.process.base_url}])


@pytest_asyncio.fixture(loop_scope="session")
async def summit(serve: Serve, sqlite_url: str, tmp_path: Path) -> AsyncIterator[Summit]:
    process = serve(
        {
            "BACKCHANNEL_DATABASE_URL": sqlite_url,
            "BACKCHANNEL_DATA_DIR": str(tmp_path),
            "BACKCHANNEL_SECRET_KEY": SECRET,
        }
    )
    store = Store(sqlite_url)
    hall = Hall(process, store)
    with store.writing() as conn:
        rules.save(conn, hall.event.id, 2, "{}")
    await process.start()
    made = Summit(hall)
    await made.prepare()
    yield made
    store.close()


@pytest_asyncio.fixture(loop_scope="session")
async def watched(browser: Browser) -> AsyncIterator[Watched]:
    """A desk's screen."""
    async with watched_context(browser, viewport=SCREEN) as context:
        yield context


async def press(page: Page, *keys: str) -> None:
    """Press keys one after the other, as fast as a browser takes them."""
    for key in keys:
        await page.keyboard.press(key)


def row(page: Page, text: str) -> Locator:
    """The row of a post."""
    return page.locator(".row", has_text=text)


async def test_everything_is_done_by_the_keyboard_alone(summit: Summit, watched: Watched) -> None:
    summit.bring(
        "Ward phone is 020 7946 0958",
        "Spam shit here",
        "Why not?",
        "Evidence is here",
        "Nothing to do",
        "Last one",
    )
    page = await summit.desk(watched)
    await expect(row(page, "Ward")).to_have_attribute("aria-selected", "true")
    await expect(row(page, "Ward").locator("mark")).to_have_text("020 7946 0958")
    await expect(row(page, "Ward")).to_contain_text("telephone number")
    await press(page, "a")
    await expect(row(page, "Ward")).to_contain_text("On the walls")
    await expect(row(page, "Spam")).to_have_attribute("aria-selected", "true")
    await press(page, "x", "2")
    await expect(row(page, "Spam")).to_contain_text("Not shown")
    await expect(row(page, "Why")).to_have_attribute("aria-selected", "true")
    await press(page, "1", "q")
    await expect(row(page, "Why").locator(".tag")).to_have_text("Question")
    await expect(row(page, "Why")).to_contain_text("queued in Room of Best practices")
    await press(page, "q", "Space", "ArrowUp")
    await expect(page.get_by_role("button", name="To do 1")).to_be_visible()
    await press(page, "n", "n")
    await expect(page.locator(".part-now")).to_contain_text("Why not?")
    await expect(page.locator(".part-next")).to_contain_text("Evidence is here")
    await press(page, "n")
    await page.keyboard.type("The room agreed to try")
    await press(page, "Alt+Enter")
    await expect(page.locator(".part-now")).to_contain_text("Evidence is here")
    await expect(row(page, "Why")).to_contain_text("answered ✓")
    await _agrees(summit)


async def _agrees(summit: Summit) -> None:
    """The server has what the desk showed, each thing once."""
    states = {"Ward": "approved", "Spam": "rejected", "Why": "approved", "Evidence": "approved"}

    async def as_shown() -> bool:
        held = await summit.held()
        relays = {one["post"]["text"].split()[0]: one for one in held.get("relay", [])}
        done = {name: one["state"] for name, one in relays.items()}
        return done == {"Why": "answered", "Evidence": "on_floor"}

    await eventually(as_shown, 10, "the server's queue")
    assert (await summit.states()).items() >= states.items()
    outcomes = [one["outcome"] for one in (await summit.held())["relay"]]
    assert "The room agreed to try" in outcomes
    assert summit.kinds("relay.raised") == ["relay.raised"] * 2
    assert summit.kinds("post.rejected") == ["post.rejected"]


async def test_each_step_is_taken_back(summit: Summit, watched: Watched) -> None:
    summit.bring("First shit of the day", "Second one")
    page = await summit.desk(watched)
    await press(page, "a")
    await expect(row(page, "First")).to_contain_text("On the walls")
    await press(page, "3", "q")
    await expect(page.locator(".part-queue")).to_contain_text("Second one")
    await press(page, "u", "u", "u")
    await expect(row(page, "First")).to_contain_text("Waiting")
    await expect(row(page, "Second").locator(".tag")).to_have_count(0)
    await expect(page.locator(".part-queue")).not_to_contain_text("Second one")
    await expect(page.get_by_role("button", name="To do 2")).to_be_visible()

    async def taken_back() -> bool:
        held = await summit.held()
        queued = [one for one in held.get("relay", []) if one["state"] != "dropped"]
        marked = [one for one in held.get("contribution", []) if one["tags"] or one["noted"]]
        return not queued and not marked and (await summit.states())["First"] == "held"

    await eventually(taken_back, 10, "the server to have taken it back")


async def test_the_queue_is_ordered_and_closed_by_keys(summit: Summit, watched: Watched) -> None:
    summit.bring("Alpha", "Beta", "Gamma", "Delta")
    page = await summit.desk(watched)
    await press(page, "q", "q", "q", "q", "o", "End")
    await expect(page.locator(".relay-chosen")).to_contain_text("Delta")
    await press(page, "K", "Alt+ArrowUp")
    await expect(page.locator(".relay-row p.relay-said")).to_have_text(["Alpha", "Delta", "Beta", "Gamma"])
    await press(page, "Enter")
    await expect(page.locator(".part-next")).to_contain_text("Delta")
    await press(page, "j", "c", "2")
    await expect(page.locator(".relay-row p.relay-said")).to_have_text(["Delta", "Beta", "Gamma"])
    await press(page, "n", "n")
    await expect(page.locator(".part-now")).to_contain_text("Delta")
    await press(page, "Enter", "u")
    await expect(page.locator(".part-now")).to_contain_text("Delta")
    await expect(page.locator(".part-next")).to_contain_text("Beta")


async def test_what_arrives_does_not_move_the_list(summit: Summit, watched: Watched) -> None:
    summit.bring(*(f"Post number {n} " + "with more words " * (n % 7) for n in range(40)))
    page = await summit.desk(watched)
    await press(page, *("j" for _ in range(12)))
    await expect(row(page, "number 12 ")).to_have_attribute("aria-selected", "true")
    before = await page.evaluate(PLACES)
    summit.bring(*(f"Arrival {n}" for n in range(12)))
    await expect(page.get_by_role("button", name="12 new posts")).to_be_visible()
    assert await page.evaluate(PLACES) == before
    await press(page, "p")
    await expect(row(page, "Arrival 0")).to_have_attribute("aria-selected", "true")
    await expect(page.get_by_role("button", name="new posts")).to_have_count(0)


PLACES = """[...document.querySelectorAll(".row")].map((row) => {
  const {x, y, width, height} = row.getBoundingClientRect();
  return [row.id, x, y, width, height];
})"""


async def test_older_posts_than_a_snapshot_holds_are_fetched(summit: Summit, watched: Watched) -> None:
    summit.bring(*(f"Post number {n}" for n in range(450)))
    page = await summit.desk(watched)
    await expect(page.get_by_role("button", name="To do 450")).to_be_visible()
    await expect(row(page, "Post number 0")).to_have_attribute("aria-selected", "true")
    await press(page, "End")
    await expect(row(page, "Post number 449")).to_be_in_viewport()
    assert await page.locator(".row").count() < 40


async def test_filters_and_search_are_reached_by_keys(summit: Summit, watched: Watched) -> None:
    summit.bring("Où est le café ?", "A shit word", "Plain words")
    page = await summit.desk(watched)
    await press(page, "f", "w")
    await expect(page.locator(".row")).to_have_count(1)
    await expect(page.locator(".row")).to_contain_text("shit")
    await press(page, "f", "q")
    await expect(page.locator(".row")).to_contain_text("café")
    await press(page, "f", "a", "/")
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await page.keyboard.type("PLAIN")
    await expect(page.locator(".row")).to_have_count(1)
    await press(page, "Escape", "1")
    await expect(page.locator(".row .tag")).to_have_text("Question")
    await press(page, "f", "c")
    await expect(page.get_by_role("searchbox")).to_have_value("")


async def test_two_desks_see_each_other_and_what_each_does(
    summit: Summit, watched: Watched, browser: Browser
) -> None:
    summit.bring("First one", "Second one", "Third one")
    ben = summit.person("Ben", Role.FACILITATOR)
    async with watched_context(browser, viewport=SCREEN) as second:
        hers, his = await summit.desk(watched), await summit.desk(second, ben)
        await press(hers, "2")
        await expect(row(his, "First").locator(".tag")).to_have_text("Comment")
        await press(his, "j", "q")
        await expect(hers.locator(".part-queue")).to_contain_text("Second one")
        await expect(row(hers, "First")).to_have_attribute("aria-selected", "true")
        await expect(hers.locator(".people")).to_contain_text("Ben", timeout=15_000)


async def test_what_was_done_while_nobody_answered_is_done_once(summit: Summit, watched: Watched) -> None:
    watched.expected += DOWN
    summit.bring("Risky shit", "Second one", "Third one")
    page = await summit.desk(watched)
    summit.hall.process.kill()
    await press(page, "a", "1", "q", "Space")
    await expect(row(page, "Risky")).to_contain_text("On the walls")
    await expect(page.locator(".part-queue")).to_contain_text("Second one")
    await expect(page.get_by_role("status").filter(has_text="not sent yet")).to_be_visible()
    await expect(row(page, "Risky")).to_contain_text("not sent yet")
    await summit.hall.process.start()
    await expect(page.get_by_text("not sent yet")).to_have_count(0, timeout=30_000)

    async def arrived() -> bool:
        held = await summit.held()
        noted = sum(one["noted"] for one in held.get("contribution", []))
        return (len(held.get("relay", [])), noted, (await summit.states())["Risky"]) == (1, 2, "approved")

    await eventually(arrived, 20, "everything to have arrived")
    assert summit.kinds("post.approved") == ["post.approved"]
    assert summit.kinds("relay.raised") == ["relay.raised"]
    await expect(page.locator(".problem")).to_have_count(0)


async def test_a_conflict_is_told_and_shown_as_it_is(summit: Summit, watched: Watched) -> None:
    watched.expected += [*DOWN, "409"]
    summit.bring("Doubtful shit", "Second one")
    page = await summit.desk(watched)
    summit.hall.process.kill()
    await press(page, "a")
    await expect(row(page, "Doubtful")).to_contain_text("On the walls")
    summit.hall.bring(Edited(post("Doubtful shit", "Doubtful and edited shit")))
    await summit.hall.process.start()
    problem = page.locator(".problem")
    await expect(problem).to_contain_text("Not done: show it", timeout=30_000)
    await expect(problem).to_contain_text("changed since you looked at it")
    await expect(problem).to_contain_text("How it is now: Waiting", timeout=30_000)
    await expect(row(page, "edited")).to_contain_text("Waiting", timeout=30_000)
    await press(page, "Escape")
    await expect(problem).to_have_count(0)


async def test_somebody_elses_session_is_refused_in_words(summit: Summit, watched: Watched) -> None:
    watched.expected += ["403"]
    summit.bring("First one")
    theirs = [summit.person("Gus", Role.FACILITATOR)]
    await summit.venue.session(await summit.venue.room("Room Z"), "Not yours", facilitators=theirs)
    page = await summit.desk(watched, summit.person("Fay", Role.FACILITATOR))
    await press(page, "r")
    await page.get_by_role("button", name="Not yours").click()
    await expect(page.locator(".problem")).to_contain_text("This session has other facilitators")
    await expect(page.locator(".problem")).to_contain_text("Ask one of its facilitators")
    await expect(row(page, "First")).not_to_contain_text("queued")


async def test_a_role_that_may_not_decide_is_told_so(summit: Summit, watched: Watched) -> None:
    summit.bring("A shit word", "Plain words")
    page = await summit.desk(watched, summit.person("Fay", Role.FACILITATOR))
    await expect(page.get_by_role("button", name="To do 1")).to_be_visible()
    await expect(row(page, "Plain")).to_have_attribute("aria-selected", "true")
    await press(page, "x")
    await expect(page.get_by_role("status").filter(has_text="None of your roles")).to_be_visible()
    await expect(page.get_by_role("button", name="don’t show")).to_have_count(0)


async def test_hostile_text_is_shown_as_text(summit: Summit, watched: Watched) -> None:
    nasty = Author(key="a", handle=ATTACK, name=ATTACK + "\u202e")
    picture = Media(kind="other", url="https://pictures.example/1.png", alt=ATTACK)
    summit.hall.bring(
        Arrived(post("1", ATTACK, author=nasty, lang='"><script>', warning=ATTACK, media=(picture,))),
        Arrived(post("2", "{{7*7}} \u2028 " + "\u0300" * 400)),
        Arrived(post("3", "x" * 5_000)),
        Arrived(post("4", "Neighbour")),
    )
    page = await summit.desk(watched)
    await expect(page.get_by_text("onerror=").first).to_be_visible()
    await press(page, "f", "a", "1", "q", "o")
    await expect(page.locator(".part-queue")).to_contain_text("onerror=")
    assert await page.evaluate("window.hacked") is None
    assert await page.locator("#desk img, #desk script, #desk a").count() == 0
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
        await _is_fit(page)
        await press(page, "j", "1", "q", "q", "n", "n")
        await _is_fit(page)
        for keys in (["?"], ["f"], ["x"], ["n"], ["o"]):
            await press(page, *keys)
            await _is_fit(page)
            await press(page, "Escape")


async def _is_fit(page: Page) -> None:
    results = await Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert not await page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


async def test_the_desk_is_for_the_staff(summit: Summit) -> None:
    token, now = new_token(), utc_now()
    nobody = summit.person("Nobody")
    with summit.hall.store.writing() as conn:
        people.add_sign_in(conn, digest_of(token), nobody, now, now + timedelta(hours=1))
    async with httpx2.AsyncClient(trust_env=False, headers={"Accept": "text/html"}) as client:
        stranger = await client.get(summit.address)
        client.cookies.set(COOKIE, token)
        visitor = await client.get(summit.address)
    assert (stranger.status_code, visitor.status_code) == (401, 403)
    assert "Open the link that the organiser gave you" in stranger.text
    assert "ask an organiser for the role" in visitor.text
