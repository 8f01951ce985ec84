"""From an empty server to the first post, by a browser alone: setup code, five questions, first post."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from tests.live.api import Api, api_over
from tests.support.summit import post
from tests.support.waiting import eventually
from wall import rehearsing
from wall.access.setup import WRONG_CODES
from wall.entries.doors_kinds import DoorConfirmed
from wall.feeds.base import Arrived, Withdrawn
from wall.getting_ready import way_in
from wall.model import Event, FeedState, Mode, Role
from wall.rehearsal_play import recorded_of
from wall.store import entries, events, feeds, people, programme, screens

ACCEPTS = {"Accept": "text/html", "Accept-Language": "en"}
ANSWERS = {
    "name": "Our day",
    "hashtags": "OurDay2026",
    "zone": "America/Toronto",
    "languages": "en fr",
    "rooms": "Hall A\nHall B",
    "mode": "auto",
    "use.mastodon": "1",
    "mastodon.instances.0.host": "mastodon.example",
    "cause": "one-form",
}


@pytest_asyncio.fixture
async def api(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(sqlite_url, tmp_path) as made:
        yield made


@pytest_asyncio.fixture
async def organiser(api: Api) -> AsyncIterator[httpx2.AsyncClient]:
    async with api.client(api.signed_in(), **ACCEPTS) as client:
        yield client


def listed(api: Api) -> list[Event]:
    with api.parts.store.reading() as conn:
        return events.listed(conn)


async def test_the_setup_code_lets_the_first_organiser_in_and_nobody_after(api: Api) -> None:
    async with api.client(**ACCEPTS) as browser:
        page = (await browser.get("/start")).text
        assert "Setup code" in page
        assert api.parts.setup.code not in page
        wrong = await browser.post("/start/code", data={"code": "AAAA-AAAA-AAAA", "name": "Ada"})
        assert wrong.status_code == 422
        assert "not the setup code" in wrong.text
        assert 'value="Ada"' in wrong.text
        code = api.parts.setup.code.lower().replace("-", " ")
        nameless = await browser.post("/start/code", data={"code": code, "name": " "})
        assert (nameless.status_code, 'id="name-wrong"' in nameless.text) == (422, True)
        done = await browser.post("/start/code", data={"code": code, "name": "Ada"})
        assert (done.status_code, done.headers["location"]) == (303, "/start")
        assert "Which hashtags?" in (await browser.get("/start")).text
    async with api.client(**ACCEPTS) as other:
        late = await other.post("/start/code", data={"code": code, "name": "Eve"})
        assert late.status_code == 409
        assert "has an organiser" in late.text
    with api.parts.store.reading() as conn:
        assert [one.name for one in people.organisers(conn)] == ["Ada"]


async def test_the_terminal_names_one_way_in_until_somebody_is(api: Api) -> None:
    parts = api.parts
    by_code = await way_in(parts, parts.settings, by_code=True)
    assert by_code
    assert (parts.setup.code in by_code, "/enter/" in by_code) == (True, False)
    by_link = await way_in(parts, parts.settings, by_code=False)
    assert by_link
    assert (parts.setup.code in by_link, "/enter/" in by_link) == (False, True)
    api.signed_in()
    assert await way_in(parts, parts.settings, by_code=True) is None


async def test_guessing_the_setup_code_ends_after_a_few(api: Api) -> None:
    async with api.client(**ACCEPTS) as browser:
        wrong = {"code": "AAAA-AAAA-AAAA", "name": "Eve"}
        answers = [
            (await browser.post("/start/code", data=wrong)).status_code for _ in range(WRONG_CODES[0] + 1)
        ]
        assert answers[-1] == 429
    with api.parts.store.reading() as conn:
        assert not people.any_person(conn)
    async with api.client(**ACCEPTS) as other:
        right = await other.post("/start/code", data={"code": api.parts.setup.code, "name": "Ada"})
        assert right.status_code == 303, "whoever has the right code is not locked out by others' guesses"


async def test_only_an_organiser_of_the_instance_starts_an_event(api: Api) -> None:
    async with api.client(api.signed_in(Role.ORGANISER), **ACCEPTS) as of_one_event:
        assert (await of_one_event.post("/start", data=ANSWERS)).status_code == 403
    async with api.client(**ACCEPTS) as anybody:
        assert (await anybody.post("/start", data=ANSWERS)).status_code == 401
    assert len(listed(api)) == 1


async def test_an_organiser_is_offered_copies_of_earlier_events_and_of_no_rehearsal(
    api: Api, organiser: httpx2.AsyncClient
) -> None:
    rehearsal = await api.parts.journal.create(
        slug="dress", name="Dress", actor="system", rehearsal_of=api.event.id
    )
    page = (await organiser.get("/start")).text
    assert f'href="/events/{api.event.slug}/copy"' in page
    assert f"/events/{rehearsal.slug}/copy" not in page
    async with api.client(**ACCEPTS) as anybody:
        assert "/copy" not in (await anybody.get("/start")).text


async def test_the_answers_make_everything_in_one_go_and_once(
    api: Api, organiser: httpx2.AsyncClient
) -> None:
    for _ in range(2):
        made = await organiser.post("/start", data=ANSWERS)
        assert (made.status_code, made.headers["location"]) == (303, "/events/our-day/first")
    event = listed(api)[0]
    assert len(listed(api)) == 2
    assert (event.slug, event.zone, event.languages) == ("our-day", "America/Toronto", ("en", "fr"))
    assert event.mode is Mode.AUTO
    with api.parts.store.reading() as conn:
        assert [room.name for room in programme.rooms(conn, event.id)] == ["Hall A", "Hall B"]
        (feed,) = feeds.listed(conn, event.id)
    assert (feed.network, feed.state, feed.config["hashtags"]) == (
        "mastodon",
        FeedState.WAITING,
        ["ourday2026"],
    )


async def test_what_cannot_be_used_is_said_beside_its_field_and_nothing_typed_is_lost(
    api: Api, organiser: httpx2.AsyncClient
) -> None:
    given = {**ANSWERS, "name": "", "rooms": "A <b>\na <B>", "mastodon.instances.0.host": "no host!"}
    page = await organiser.post("/start", data=given)
    assert page.status_code == 422
    for field in ("name", "rooms", "mastodon.instances.0.host"):
        assert f'id="{field}-wrong"' in page.text
    for kept in ("OurDay2026", "A &lt;b&gt;", "no host!", "America/Toronto", "en fr"):
        assert kept in page.text
    assert re.search(r'id="mode-auto"[^>]* checked', page.text)
    assert len(listed(api)) == 1


async def test_a_common_word_is_warned_of_once_and_used_all_the_same(
    api: Api, organiser: httpx2.AsyncClient
) -> None:
    given = {**ANSWERS, "hashtags": "health Santé26"}
    page = (await organiser.post("/start", data=given)).text
    assert "#health is a common word" in page
    assert "Add #Sante26 as a second hashtag" in page
    assert len(listed(api)) == 1
    advised = re.search(r'name="advised" value="([^"]*)"', page)
    assert advised
    made = await organiser.post("/start", data={**given, "advised": advised[1]})
    assert made.status_code == 303
    assert listed(api)[0].hashtags == ("health", "Santé26")


async def test_the_first_page_waits_and_shows_what_comes(api: Api, organiser: httpx2.AsyncClient) -> None:
    await organiser.post("/start", data=ANSWERS)
    event = listed(api)[0]
    waiting = await organiser.get("/events/our-day/first")
    assert "Nobody has used #OurDay2026 yet" in waiting.text
    assert "frame-src 'self'" in waiting.headers["content-security-policy"]
    assert 'src="/join/our-day/qr.svg"' in waiting.text
    await api.parts.intake.submit(event.id, [Arrived(post("1", text="The very <first>"))], "system")
    there = (await organiser.get("/events/our-day/first")).text
    assert "It is on the wall." in there
    assert "The very &lt;first&gt;" in there


async def test_the_first_page_says_that_posts_wait_where_a_person_approves_them(
    api: Api, organiser: httpx2.AsyncClient
) -> None:
    await organiser.post("/start", data={**ANSWERS, "mode": "pre"})
    approving = '<a href="/moderate/our-day">Approve posts</a>'
    page = (await organiser.get("/events/our-day/first")).text
    assert "waits until somebody approves it" in page
    assert approving in page
    assert approving not in (await organiser.get(f"/events/{api.event.slug}/first")).text
    async with api.client(api.signed_in(Role.TECHNICIAN), **ACCEPTS) as technician:
        assert approving not in (await technician.get(f"/events/{api.event.slug}/first")).text


async def test_a_display_is_paired_without_leaving_the_first_page(
    api: Api, organiser: httpx2.AsyncClient
) -> None:
    await organiser.post("/start", data=ANSWERS)
    code, _ = await api.parts.codes.issue("127.0.0.1")
    place = {"name": "Television", "distance_m": "5", "diagonal_in": "55"}
    wrong = await organiser.post("/events/our-day/first/pair", data={**place, "code": "XXXX-XX"})
    assert (wrong.status_code, 'id="code-wrong"' in wrong.text) == (422, True)
    done = await organiser.post("/events/our-day/first/pair", data={**place, "code": code.lower()})
    assert done.status_code == 303
    assert "Television is paired." in (await organiser.get(done.headers["location"])).text
    with api.parts.store.reading() as conn:
        assert len(screens.listed(conn, listed(api)[0].id)) == 1


async def test_feeds_are_added_paused_resumed_and_removed_and_no_secret_comes_back(
    api: Api, organiser: httpx2.AsyncClient
) -> None:
    here = f"/events/{api.event.slug}/feeds"
    given = {
        "network": "mastodon",
        "instances.0.host": "mastodon.example",
        "instances.0.token": "hush-hush",
        "hashtags": "one two",
    }
    wrong = await organiser.post(here, data={**given, "hashtags": "-"})
    assert (wrong.status_code, 'id="hashtags-wrong"' in wrong.text) == (422, True)
    assert f'id="entering" method="post" action="{here}#entering"' in wrong.text, "it opens at the form"
    assert (await organiser.post(here, data=given)).status_code == 303
    with api.parts.store.reading() as conn:
        (feed,) = feeds.listed(conn, api.event.id)
    page = (await organiser.get(here)).text
    assert "mastodon.example" in page
    assert "hush-hush" not in page

    async def press(verb: str, **sent: str) -> int:
        return (await organiser.post(f"{here}/{feed.id}/{verb}", data=sent)).status_code

    assert [await press(verb) for verb in ("pause", "pause")] == [303, 409]
    paused = (await organiser.get(f"/events/{api.event.slug}/first")).text
    assert ("Paused" in paused, "Stopped" in paused) == (True, False)
    assert "feed-is-off" in (await organiser.get(here)).text, "a pause is no trouble"
    assert [await press(verb) for verb in ("resume", "resume")] == [303, 409]
    assert await press("replies", on="1") == 303
    with api.parts.store.reading() as conn:
        (feed,) = feeds.listed(conn, api.event.id)
        assert (feed.state, feed.replies) == (FeedState.WAITING, True)
    assert await press("remove") == 303
    assert "No feed yet" in (await organiser.get(here)).text
    assert await press("pause") == 404


async def test_a_phone_proves_the_address_once_and_the_staff_proves_nothing(
    api: Api, organiser: httpx2.AsyncClient
) -> None:
    here = f"/events/{api.event.slug}/doors"

    def paths() -> set[str]:
        with api.parts.store.reading() as conn:
            lines = entries.after(conn, api.event.id, 0, 100, 100)
        return {line.kind for line in lines}

    async def proof() -> str:
        routes = next(one for one in api.app.router.routes if getattr(one, "path", "").endswith("/doors"))
        pages = routes.endpoint.__self__  # type: ignore[attr-defined]
        with api.parts.store.reading() as conn:
            return f"{here}/phone/{pages._proof(conn, api.event)}"

    path = await proof()
    assert "No phone has opened" in (await organiser.get(here)).text
    assert (await organiser.get(f"{here}/phone.svg")).headers["content-type"] == "image/svg+xml"
    assert "signed in here as staff" in (await organiser.get(path)).text
    async with api.client(**ACCEPTS) as phone:
        assert "used already" in (await phone.get(f"{here}/phone/{'0' * 32}")).text
        assert DoorConfirmed.model_fields["kind"].default not in paths()
        assert "This phone is in" in (await phone.get(path)).text
        assert "used already" in (await phone.get(path)).text
    assert "A phone opened this server" in (await organiser.get(here)).text
    assert await proof() != path


async def test_what_people_confirm_is_journaled_and_can_be_taken_back(
    api: Api, organiser: httpx2.AsyncClient
) -> None:
    here = f"/events/{api.event.slug}/doors"
    assert (await organiser.post(here, data={"item": "anything"})).status_code == 404
    for _ in range(2):
        assert (await organiser.post(here, data={"item": "backup", "cause": "once"})).status_code == 303
    page = (await organiser.get(here)).text
    assert "Ada said so on" in page
    assert "A copy was made in the last day" in page
    with api.parts.store.reading() as conn:
        kinds = [line.kind for line in entries.after(conn, api.event.id, 0, 100, 100)]
    assert kinds.count("door.confirmed") == 1
    await organiser.post(here, data={"item": "backup", "do": "back"})
    assert "makes no copy by itself" in (await organiser.get(here)).text
    event = f"/events/{api.event.slug}"
    organisers = (f'href="{event}/staff"', f'href="{event}/settings"')
    page = (await organiser.get(here)).text
    assert all(link in page for link in organisers)
    async with api.client(api.signed_in(Role.TECHNICIAN), **ACCEPTS) as technician:
        seen = await technician.get(here)
        assert (seen.status_code, f'href="{event}/feeds"' in seen.text) == (200, True)
        assert not any(link in seen.text for link in organisers)
    async with api.client(api.signed_in(Role.MODERATOR), **ACCEPTS) as moderator:
        assert (await moderator.get(here)).status_code == 403


async def test_an_earlier_day_is_rehearsed_from_a_page_and_thrown_away(
    api: Api, organiser: httpx2.AsyncClient
) -> None:
    await api.parts.intake.submit(
        api.event.id,
        [Arrived(post(str(number), text=f"Earlier {number}")) for number in range(3)],
        "system",
    )
    await organiser.post("/start", data=ANSWERS)
    event = listed(api)[0]
    here = "/events/our-day/rehearse"
    assert "Summit: 3 posts" in (await organiser.get(here)).text
    assert (await organiser.post(here, data={"day": "nothing", "speed": "4"})).status_code == 422
    assert (await organiser.post(here, data={"day": api.event.id, "speed": "7"})).status_code == 422
    assert (await organiser.post(here, data={"day": api.event.id, "speed": "60"})).status_code == 303
    (made,) = await rehearsing.listed(api.parts.journal, event.slug)

    def played() -> bool:
        return any(one.id == made.id and one.shown == 3 for one in listed(api))

    await eventually(played, what="three posts of the earlier day")
    assert (await organiser.post(f"{here}/{api.event.slug}/end")).status_code == 409
    assert (await organiser.post(f"{here}/{made.slug}/end")).status_code == 303
    assert made.id not in {one.id for one in listed(api)}
    assert next(one for one in listed(api) if one.id == event.id).shown == 0


async def test_a_day_of_somebody_elses_event_is_nobodys_to_rehearse(api: Api) -> None:
    other = await api.parts.journal.create(slug="theirs", name="Theirs", actor="system", mode=Mode.AUTO)
    await api.parts.intake.submit(other.id, [Arrived(post("1"))], "system")
    here = f"/events/{api.event.slug}/rehearse"
    async with api.client(api.signed_in(Role.ORGANISER), **ACCEPTS) as of_one_event:
        assert "Theirs" not in (await of_one_event.get(here)).text
        assert (await of_one_event.post(here, data={"day": other.id, "speed": "60"})).status_code == 422
    assert await rehearsing.listed(api.parts.journal, api.event.slug) == []


async def test_what_was_taken_back_is_not_rehearsed_nor_what_only_its_author_can_take_back(
    api: Api, organiser: httpx2.AsyncClient
) -> None:
    said = [Arrived(post(str(number), text=f"Earlier {number}")) for number in range(2)]
    await api.parts.intake.submit(api.event.id, said, "system")
    async with api.client() as phone:
        await phone.post(f"{api.path}/points", json={"text": "Mine"})
    store = api.parts.store
    day = await store.read(lambda conn: recorded_of(conn, api.event.id))
    assert sorted(one.text for _, one in day) == ["Earlier 0", "Earlier 1"]
    await api.parts.intake.submit(api.event.id, [Withdrawn(day[0][1].network, day[0][1].key)], "system")
    await api.parts.rehearsals.start(api.event, day, 60, api.event.id)
    (made,) = await rehearsing.listed(api.parts.journal, api.event.slug)
    await eventually(lambda: api.parts.rehearsals.playing(made.id) is None, what="the end of the day")
    assert next(one for one in listed(api) if one.id == made.id).shown == 1
    await api.parts.rehearsals.end(made)


@pytest.mark.parametrize("lang", ["en", "fr"])
async def test_every_page_of_the_beginning_speaks_both_languages(api: Api, lang: str) -> None:
    headers = {"Accept": "text/html", "Accept-Language": lang}
    async with api.client(**headers) as anybody:
        assert (await anybody.get("/start")).status_code == 200
    async with api.client(api.signed_in(), **headers) as organiser:
        for path in (
            "/start",
            *(f"/events/summit/{name}" for name in ("first", "feeds", "doors", "rehearse")),
        ):
            page = await organiser.get(path)
            assert (page.status_code, page.headers["content-language"]) == (200, lang), path
        for add in ("mastodon", "bluesky"):
            assert (await organiser.get(f"/events/summit/feeds?add={add}")).status_code == 200
