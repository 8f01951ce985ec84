"""The desk in Chromium over a real serve: handled by the keyboard alone."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.working import Summit, press, row
from tests.support.browser import Watched
from tests.support.hall import Hall
from tests.support.waiting import eventually


async def test_everything_is_done_by_the_keyboard_alone(summit: Summit, at_desk: Watched) -> None:
    summit.bring(
        "Ward phone is 020 7946 0958",
        "Spam shit here",
        "Why not?",
        "Evidence is here",
        "Nothing to do",
        "Last one",
    )
    page = await summit.desk(at_desk)
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
        held = await summit.hall.held()
        relays = {one["post"]["text"].split()[0]: one for one in held.get("relay", [])}
        done = {name: one["state"] for name, one in relays.items()}
        return done == {"Why": "answered", "Evidence": "on_floor"}

    await eventually(as_shown, what="the server's queue")
    assert (await summit.states()).items() >= states.items()
    outcomes = [one["outcome"] for one in (await summit.hall.held())["relay"]]
    assert "The room agreed to try" in outcomes
    assert summit.kinds("relay.raised") == ["relay.raised"] * 2
    assert summit.kinds("post.rejected") == ["post.rejected"]


async def test_each_step_is_taken_back(summit: Summit, at_desk: Watched) -> None:
    summit.bring("First shit of the day", "Second one")
    page = await summit.desk(at_desk)
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
        held = await summit.hall.held()
        queued = [one for one in held.get("relay", []) if one["state"] != "dropped"]
        marked = [one for one in held.get("contribution", []) if one["tags"] or one["noted"]]
        return not queued and not marked and (await summit.states())["First"] == "held"

    await eventually(taken_back, what="the server to have taken it back")


async def test_who_shows_what_is_shown_already_is_told_so(summit: Summit, at_desk: Watched) -> None:
    summit.bring("First shit of the day", "Second one")
    page = await summit.desk(at_desk)
    await press(page, "a")
    await expect(row(page, "First")).to_contain_text("On the walls")
    await press(page, "k", "a")
    told = page.locator(".told")
    await expect(told).to_contain_text("on the walls already")
    await expect(told).not_to_contain_text("Done")


async def test_a_desk_without_sessions_says_what_is_missing_and_leads_there(
    hall: Hall, watched: Watched
) -> None:
    await hall.sign_in(watched)
    page = await watched.page(hall.at("desk"))
    room = page.locator("aside.room")
    await expect(room).to_contain_text("An organiser adds rooms and sessions")
    await hall.venue.room("Hall A")
    await expect(room).to_contain_text("There are rooms, and no session in them yet")
    link = room.get_by_role("link", name="Add sessions to the programme")
    await expect(link).to_have_attribute("href", f"/events/{hall.slug}/programme")


async def test_the_queue_is_ordered_and_closed_by_keys(summit: Summit, at_desk: Watched) -> None:
    summit.bring("Alpha", "Beta", "Gamma", "Delta")
    page = await summit.desk(at_desk)
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


async def test_what_arrives_does_not_move_the_list(summit: Summit, at_desk: Watched) -> None:
    summit.bring(*(f"Post number {n} " + "with more words " * (n % 7) for n in range(40)))
    page = await summit.desk(at_desk)
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


async def test_older_posts_than_a_snapshot_holds_are_fetched(summit: Summit, at_desk: Watched) -> None:
    summit.bring(*(f"Post number {n}" for n in range(450)))
    page = await summit.desk(at_desk)
    await expect(page.get_by_role("button", name="To do 450")).to_be_visible()
    await expect(row(page, "Post number 0")).to_have_attribute("aria-selected", "true")
    await press(page, "End")
    await expect(row(page, "Post number 449")).to_be_in_viewport()
    assert await page.locator(".row").count() < 40


async def test_filters_and_search_are_reached_by_keys(summit: Summit, at_desk: Watched) -> None:
    summit.bring("Où est le café ?", "A shit word", "Plain words")
    page = await summit.desk(at_desk)
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
