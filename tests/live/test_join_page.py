"""The participants' page without script: the rooms, one's own points, the walls, the code to scan."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.live.api import HERE, Api, api_over
from tests.live.test_join import PAGE, in_mode, phone
from tests.support.staff import Staff
from tests.support.venue import Venue
from wall.access import Origins
from wall.intake.moves import ON_A_DESK
from wall.model import Mode, PostState, Reason, Role, StoredPost
from wall.parallel import RelayState
from wall.routes import joining
from wall.routes.join import qr_svg
from wall.routes.own_points import step_of, why_of
from wall.routes.words import Words


@pytest.fixture
async def api(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(sqlite_url, tmp_path) as made:
        yield made


class InProcess(Staff):
    """An organiser who asks the application without a socket."""

    def __init__(self, api: Api) -> None:
        super().__init__(HERE, api.parts.store)
        self._api = api

    async def ask(self, method: str, path: str, **more: object) -> httpx2.Response:
        async with self._api.client(self.token) as client:
            return await client.request(method, f"/api/v1{path}", **more)  # type: ignore[arg-type]


def venue(api: Api) -> Venue:
    return Venue(InProcess(api), api.event.slug)


async def join(client: httpx2.AsyncClient, api: Api) -> str:
    answer = await client.get(f"/join/{api.event.slug}", headers=PAGE)
    assert answer.status_code == 200, answer.text
    return answer.text


async def say(client: httpx2.AsyncClient, api: Api, text: str, **more: object) -> httpx2.Response:
    return await client.post(f"{api.path}/points", json={"text": text, **more})


async def test_an_own_point_is_followed_from_received_to_discussed(api: Api) -> None:
    await in_mode(api, Mode.PRE)
    hall = venue(api)
    session = await hall.running("What counts?")
    async with phone(api) as one, phone(api) as other:
        await join(one, api)
        added = (await say(one, api, "Count the blogs", name="Ada")).json()
        assert "Received. It waits for a person" in await join(one, api)
        assert "Count the blogs" not in await join(other, api)
        await hall.do(f"/posts/{added['post']}/approve", version=1)
        assert "<strong>On the walls</strong>" in await join(one, api)
        relay = await hall.raised(session, added["post"])
        page = await join(one, api)
        assert "On its way to the room" in page
        assert "What counts?" in page
        assert "On its way to the room" not in await join(other, api)
        await hall.do(f"/relays/{relay['relay']}/take-up", version=relay["version"])
        assert "step-now" in await join(one, api)
        floor = re.search(r'<div class="floor">.*?</div>', await join(other, api), re.DOTALL)
        assert floor
        assert "Count the blogs" in floor[0]
        assert "Ada" in floor[0]
        moved = {"floor": relay["relay"], "next": None, "outcome": "Taken into the draft"}
        await hall.do(f"/sessions/{session}/advance", **moved)
        page = await join(one, api)
        assert "Discussed in the room" in page
        assert "Taken into the draft" in page
        assert "Taken into the draft" not in await join(other, api)
        contribution = (await hall.raised(session, added["post"]))["contribution"]
        await hall.do(f"/contributions/{contribution}/reply", words="Thank you, Ada")
        assert "Thank you, Ada" in await join(one, api)


async def test_a_point_that_is_not_shown_says_why_to_its_author_alone(api: Api) -> None:
    hall = venue(api)
    async with phone(api) as one, phone(api) as other:
        await join(one, api)
        added = (await say(one, api, "Buy my book")).json()
        await hall.do(f"/posts/{added['post']}/hide", version=1, reason="spam")
        page = await join(one, api)
        assert "Taken down" in page
        assert "It reads like advertising." in page
        assert "Buy my book" not in await join(other, api)


async def test_only_the_author_is_led_to_the_page_that_takes_a_point_back(api: Api) -> None:
    async with phone(api) as one, phone(api) as other:
        await join(one, api)
        added = (await say(one, api, "Mine")).json()
        way = f"/join/{api.event.slug}/take-back/{added['post']}"
        assert way in await join(one, api)
        led = await one.get(way)
        assert (led.status_code, led.headers["location"]) == (303, added["take_back"])
        assert (await other.get(way)).status_code == 404
        assert (await one.get(f"/join/{api.event.slug}/take-back/nothing")).status_code == 404
        await one.post(led.headers["location"])
        assert "Mine" not in await join(one, api)


async def test_who_is_signed_in_follows_their_points_in_every_browser(api: Api) -> None:
    token = api.signed_in(Role.CHAIR)
    async with api.client(token) as chair:
        added = await chair.post(f"{api.path}/points", json={"text": "From the chair"})
        assert added.status_code == 201, added.text
    async with api.client(token) as elsewhere:
        page = (await elsewhere.get(f"/join/{api.event.slug}", headers=PAGE)).text
        assert '<li class="point step-shown">' in page
        snapshot = (await elsewhere.get(f"{api.path}/snapshot", params={"face": "join"})).json()
    assert [put["value"]["text"] for put in snapshot["puts"] if put["type"] == "point"] == [
        "From the chair"
    ]


async def test_a_point_sent_twice_is_one(api: Api) -> None:
    async with phone(api) as one:
        await join(one, api)
        one.headers["Idempotency-Key"] = "k"
        first, again = [(await say(one, api, "Once")).json() for _ in range(2)]
    assert first == again


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": "x" * 5_000}, "text"),
        ({"text": "\u200b"}, "text"),
        ({"text": "x", "name": "n" * 81}, "name"),
    ],
)
async def test_bad_points_are_refused_by_field(api: Api, body: dict[str, str], field: str) -> None:
    async with phone(api) as one:
        answer = await one.post(f"{api.path}/points", json=body)
    assert answer.status_code == 422
    assert answer.json()["error"]["details"]["field"] == field


async def test_covered_words_and_hostile_markup_stay_covered_and_words(api: Api) -> None:
    async with phone(api) as one:
        await join(one, api)
        await say(one, api, "<img src=x onerror=alert(1)>", name="</bdi><script>")
        page = await join(one, api)
    assert "<img src=x" not in page
    assert "<script>" not in page


async def test_the_code_leads_to_the_page_by_its_public_address(api: Api) -> None:
    async with phone(api) as one:
        code = await one.get(f"/join/{api.event.slug}/qr.svg")
        assert code.headers["content-type"] == "image/svg+xml"
        assert code.headers["cache-control"] == "public, max-age=300"
        assert code.content == qr_svg(f"{HERE}/join/{api.event.slug}")
        api.parts.access.origins = Origins("https://wall.example.org")
        public = await one.get(f"/join/{api.event.slug}/qr.svg")
        assert public.content == qr_svg(f"https://wall.example.org/join/{api.event.slug}")
        assert (await one.get("/join/nowhere/qr.svg")).status_code == 404


def test_the_code_is_dark_on_light_with_a_quiet_zone() -> None:
    drawn = qr_svg("https://wall.example.org/join/summit").decode()
    size = int(re.search(r'viewBox="0 0 (\d+) \1"', drawn)[1])  # type: ignore[index]
    assert f'fill="#fff" d="M0 0h{size}v{size}h-{size}z"' in drawn
    assert 'stroke="#10182a"' in drawn
    assert "M4 4.5h7" in drawn


async def test_the_short_address_leads_to_the_page(api: Api) -> None:
    async with phone(api) as one:
        led = await one.get(f"/j/{api.event.slug}")
    assert (led.status_code, led.headers["location"]) == (307, f"/join/{api.event.slug}")


@pytest.mark.parametrize("state", list(PostState))
@pytest.mark.parametrize("relay", [None, *RelayState])
def test_every_state_of_a_point_has_words_in_both_languages(state: PostState, relay: str | None) -> None:
    step = step_of(state, relay)
    gone = set(PostState) - ON_A_DESK
    assert (step is None) == (state in gone)
    for lang in ("en", "fr"):
        if step:
            assert Words().say(lang, f"join.step.{step}")
            assert Words().say(lang, f"join.note.{step}")


def test_a_reason_without_words_is_said_in_general() -> None:
    reasons = [Reason(code="spam"), Reason(code="of_tomorrow"), Reason(code="flood"), Reason(code="spam")]
    said = why_of(reasons, Words(), "en")
    assert said == ("It reads like advertising.", "It does not fit this event’s rules.")


@pytest.mark.parametrize(
    ("wished", "lang"), [("en-CA,en", "en"), ("de,fr;q=0.5", "fr"), ("es", "fr"), ("", "fr")]
)
async def test_a_phone_is_spoken_to_in_its_own_language_if_it_is_one_of_the_events(
    api: Api, wished: str, lang: str
) -> None:
    details = {"languages": ("fr", "en"), "mode": Mode.AUTO}
    api.event = await api.parts.journal.create(slug="sommet", name="Sommet", actor="system", **details)
    async with phone(api) as one:
        one.headers["Accept-Language"] = wished
        assert f'<html lang="{lang}">' in await join(one, api)


async def test_what_everybody_sees_is_read_once_until_something_changes(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[str] = []
    real = joining.posts.shown_window

    def counted(*arguments: Any) -> list[StoredPost]:
        reads.append(arguments[1])
        return real(*arguments)

    monkeypatch.setattr(joining.posts, "shown_window", counted)
    hall = venue(api)
    async with phone(api) as one, phone(api) as other:
        added = (await say(one, api, "Soon taken down")).json()
        pages = [await join(client, api) for client in (one, other, one, other)]
        assert all("Soon taken down" in page for page in pages)
        assert len(reads) == 1
        await hall.do(f"/posts/{added['post']}/withdraw", version=1)
        assert "Soon taken down" not in await join(other, api)
        assert "Soon taken down" not in await join(one, api)
        assert len(reads) == 2
