"""The pages for people: pairing and the fleet with its controls. All without script."""

from __future__ import annotations

import re

import pytest

from tests.facilitator.channel import Channel
from tests.live.moderating import shown_text
from tests.live.screen_pages import PLACE, channel, fields_of, person
from tests.live.test_screens import PAGE as ACCEPTS
from tests.live.test_screens import code_on, display, fleet, paired, standing
from wall.live.beats import Said
from wall.model import Mode, Role
from wall.screens.pairing import WRONG_CODES

__all__ = ["channel"]


async def test_the_code_of_a_display_leads_to_a_form_and_the_form_to_a_screen(channel: Channel) -> None:
    room = await channel.room("Great Hall")
    browser, technician = display(channel), person(channel, Role.TECHNICIAN)
    code = await code_on(browser)
    page = (await technician.get(f"/pair?code={code}")).text
    form = fields_of(page)
    assert form["code"] == code
    answer = await technician.post("/pair", data=form | PLACE | {"room": room})
    assert answer.status_code == 303
    done = (await technician.get(answer.headers["location"])).text
    assert "Paired: look at the screen" in done
    assert "Foyer left" in done
    assert await standing(browser) == "paired"
    (one,) = await fleet(channel)
    assert (one["name"], one["distance_m"], one["room"]) == ("Foyer left", 22.5, room)
    again = await technician.post("/pair", data=form | PLACE | {"room": room})
    assert again.headers["location"] == answer.headers["location"], "sent twice, it is one screen"


async def test_who_runs_the_screens_of_several_events_chooses_one(channel: Channel) -> None:
    await channel.api.parts.journal.create(slug="other", name="Other", actor="system", mode=Mode.AUTO)
    organiser = channel.api.client(channel.api.signed_in(), **ACCEPTS)
    page = (await organiser.get("/pair?code=ACDE-FH")).text
    for slug in ("other", channel.api.event.slug):
        assert f'href="/pair?event={slug}&amp;code=ACDE-FH"' in page
    assert 'value="ACDE-FH"' in (await organiser.get("/pair?event=other&code=ACDE-FH")).text
    technician = person(channel, Role.TECHNICIAN)
    assert "Other" not in (await technician.get("/pair")).text
    assert (await technician.get("/pair?event=other")).status_code == 404


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"code": "WRONG1"}, "code"),
        ({"name": " "}, "name"),
        ({"distance_m": ""}, "distance_m"),
        ({"distance_m": "far"}, "distance_m"),
        ({"diagonal_in": "9"}, "diagonal_in"),
        ({"room": "nowhere"}, "room"),
        ({"scene": "nothing"}, "scene"),
    ],
)
async def test_what_cannot_be_paired_comes_back_with_its_problem_beside_the_field(
    channel: Channel, typed: dict[str, str], field: str
) -> None:
    browser, technician = display(channel), person(channel, Role.TECHNICIAN)
    form = fields_of((await technician.get(f"/pair?code={await code_on(browser)}")).text) | PLACE
    answer = await technician.post("/pair", data=form | typed)
    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in answer.text
    assert re.search(rf'aria-describedby="{field}-hint {field}-wrong" aria-invalid="true"', answer.text)
    kept = fields_of(answer.text)
    assert kept["diagonal_in"] == (form | typed)["diagonal_in"]
    good = kept | {name: form[name] for name in ("code", "room", "scene", *PLACE)}
    assert (await technician.post("/pair", data=good)).status_code == 303


async def test_guessing_codes_is_stopped_in_words(channel: Channel) -> None:
    technician = person(channel, Role.TECHNICIAN, **{"Accept-Language": "fr"})
    form = fields_of((await technician.get("/pair")).text) | PLACE
    for number in range(WRONG_CODES[0]):
        answer = await technician.post("/pair", data=form | {"code": f"WR{number:04}"})
        assert answer.status_code == 422
    answer = await technician.post("/pair", data=form | {"code": "WRONG9"})
    assert answer.status_code == 429
    assert "Attendez" in answer.text


async def test_the_fleet_says_how_each_screen_is_and_who_is_missing(channel: Channel) -> None:
    await paired(channel, name="Left <1>")
    there = (await paired(channel, name="Right"))[1]["screen"]
    event = await channel.api.parts.journal.event(channel.api.event.id)
    said = Said(seq=event.seq, epoch=event.epoch, scene="default", step=0, width=1920, height=1080, scale=2)
    await channel.api.parts.beats.keep(event.id, there, said)
    moderator = person(channel, Role.MODERATOR)
    page = (await moderator.get(f"/screens/{event.slug}")).text
    text = shown_text(page)
    assert "1 of 2 are here. Not heard yet: Left <1>." in text
    assert "Left &lt;1&gt;" in page
    assert "Default scene: columns" in text
    assert "1920 × 1080 px, ×2" in text
    assert "Flash its number" not in text, "a moderator looks, and holds walls"
    assert "Flash its number" in (await person(channel, Role.TECHNICIAN).get(f"/screens/{event.slug}")).text


async def test_one_tap_holds_all_walls_and_names_who_has_not_answered(channel: Channel) -> None:
    room = await channel.room("Great Hall")
    (await paired(channel, name="Left"))[1]
    moderator, slug = person(channel, Role.MODERATOR), channel.api.event.slug
    for place, hold in (("all", "blank"), (room, "frozen"), ("all", "live")):
        answer = await moderator.post(f"/screens/{slug}/walls", data={"room": place, "hold": hold})
        assert answer.status_code == 303
        page = shown_text((await moderator.get(answer.headers["location"].partition("#")[0])).text)
        assert "These screens have not said yet that they show this: Left" in page
        held = await channel.held("control")
        assert held[place]["hold"] == hold
    assert (await channel.held("control"))[room]["hold"] == "frozen"
    answer = await moderator.post(f"/screens/{slug}/walls", data={"room": "all", "hold": "dark"})
    assert answer.status_code == 422


async def test_a_notice_is_written_and_leaves_what_walls_are_held_to(channel: Channel) -> None:
    moderator, slug = person(channel, Role.MODERATOR), channel.api.event.slug
    await moderator.post(f"/screens/{slug}/walls", data={"room": "all", "hold": "quiet"})
    await moderator.post(f"/screens/{slug}/notice", data={"room": "all", "notice": "Back at ten"})
    control = (await channel.held("control"))["all"]
    assert (control["hold"], control["notice"]) == ("quiet", "Back at ten")
    await moderator.post(f"/screens/{slug}/walls", data={"room": "all", "hold": "live"})
    assert (await channel.held("control"))["all"]["notice"] == "Back at ten"
    assert "Back at ten</textarea>" in (await moderator.get(f"/screens/{slug}")).text


async def test_a_removal_is_followed_until_every_screen_has_painted_it(channel: Channel) -> None:
    screen = (await paired(channel, name="Left"))[1]["screen"]
    post = await channel.post("Gone soon")
    await channel.do(f"/posts/{post}/hide", {"version": 1, "reason": "spam"})
    moderator, address = person(channel, Role.MODERATOR), f"/screens/{channel.api.event.slug}"
    assert "have not said yet that it is gone: Left" in shown_text((await moderator.get(address)).text)
    event = await channel.api.parts.journal.event(channel.api.event.id)
    await channel.api.parts.beats.keep(event.id, screen, Said(seq=event.seq, epoch=event.epoch))
    assert "The newest removal is off all screens." in (await moderator.get(address)).text


async def test_a_screen_is_edited_found_loaded_anew_and_unpaired_on_its_page(channel: Channel) -> None:
    browser, made = await paired(channel)
    technician = person(channel, Role.TECHNICIAN)
    path = f"/screens/{channel.api.event.slug}/{made['screen']}"
    form = fields_of((await technician.get(path)).text)
    assert (form["distance_m"], form["diagonal_in"]) == ("22.5", "98")
    changed = form | {"name": "Right", "diagonal_in": "55"}
    assert (await technician.post(f"{path}/change", data=changed)).status_code == 303
    stale = await technician.post(f"{path}/change", data=changed | {"cause": "other", "name": "Mine"})
    assert stale.status_code == 409
    assert 'value="Mine"' in stale.text
    empty = await technician.post(f"{path}/change", data=fields_of(stale.text) | {"distance_m": ""})
    assert (empty.status_code, 'id="distance_m-wrong"' in empty.text) == (422, True)
    for verb in ("flash", "reload"):
        data = {"cause": verb}
        for _ in range(2):
            assert (await technician.post(f"{path}/{verb}", data=data)).status_code == 303
    (one,) = await fleet(channel)
    assert (one["name"], one["diagonal_in"], one["flash"], one["reload"]) == ("Right", 55, 1, 1)
    assert (await technician.post(f"{path}/unpair", data={"cause": "u"})).status_code == 303
    assert await standing(browser) == "expired"
    assert (await technician.get(path)).status_code == 404


async def test_a_screen_is_asked_for_its_test_card_from_its_page_and_from_the_doors_list(
    channel: Channel,
) -> None:
    made = (await paired(channel))[1]
    technician, slug = person(channel, Role.TECHNICIAN), channel.api.event.slug
    one = f"/screens/{slug}/{made['screen']}"
    for page in (one, f"/screens/{slug}"):
        text = (await technician.get(page)).text
        assert (f'action="{one}/card"' in text, f'action="{one}/hide"' in text) == (True, False), page
    shown = await technician.post(f"{one}/card", data={"cause": "s"})
    assert shown.headers["location"] == f"/screens/{slug}?did=card#screen-{made['screen']}"
    for page in (one, f"/screens/{slug}"):
        text = (await technician.get(page)).text
        assert (f'action="{one}/card"' in text, f'action="{one}/hide"' in text) == (False, True), page
    back = await technician.post(f"{one}/hide", data={"cause": "h", "from": "doors"})
    assert back.headers["location"] == f"/events/{slug}/doors#card-{made['screen']}"
    assert (await fleet(channel))[0]["card_until"] is None


async def test_the_last_row_answers_the_test_card_and_letters_grow(channel: Channel) -> None:
    made = (await paired(channel))[1]
    technician = person(channel, Role.TECHNICIAN)
    path = f"/screens/{channel.api.event.slug}/{made['screen']}"
    page = (await technician.get(path)).text
    assert "Can the last row read this?" in page
    assert f"/wall/{channel.api.event.slug}?card=1&amp;distance=22.5&amp;diagonal=98" in page
    for cause, distance in (("a", 25.9), ("a", 25.9), ("b", 29.8)):
        answer = await technician.post(f"{path}/larger", data={"cause": cause})
        assert answer.status_code == 303
        (one,) = await fleet(channel)
        assert one["distance_m"] == distance
    assert "look again from the last row" in (await technician.get(answer.headers["location"])).text
    for cause in range(12):
        await technician.post(f"{path}/larger", data={"cause": f"c{cause}"})
    (one,) = await fleet(channel)
    assert one["distance_m"] == 100, "no farther than a hall is long"


async def test_without_script_the_fleet_looks_again_only_for_who_asked(channel: Channel) -> None:
    await paired(channel, name="Left")
    technician, path = person(channel, Role.TECHNICIAN), f"/screens/{channel.api.event.slug}"
    page = (await technician.get(f"{path}?seq=3")).text
    assert 'http-equiv="refresh"' not in page, "what is typed would be lost"
    assert f'href="{path}?watch=1&amp;seq=3"' in page
    page = (await technician.get(f"{path}?watch=1&seq=3")).text
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in page
    assert f'href="{path}?seq=3"' in page


async def test_the_link_to_a_screen_is_shown_once_with_its_code(channel: Channel) -> None:
    _, made = await paired(channel)
    technician = person(channel, Role.TECHNICIAN)
    path = f"/screens/{channel.api.event.slug}/{made['screen']}/link"
    page = (await technician.post(path, data={"cause": "l"})).text
    (link,) = re.findall(r"<code>[^<]*(/screen/again/[^<]+)</code>", page)
    assert "<svg" in page
    other = display(channel)
    assert (await other.post(link)).status_code == 303
    assert await standing(other) == "paired"
    assert (await technician.post(path, data={"cause": "l"})).status_code == 409
