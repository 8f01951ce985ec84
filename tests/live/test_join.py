"""People without a sign-in write, and take back what they wrote: by API and by the form, without script."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from tests.live.api import HERE, Api, api_over
from tests.live.running import Running
from tests.support.waiting import eventually
from wall.access.participants import PARTICIPANT_COOKIE, Participants
from wall.errors import TooMany
from wall.model import Mode, Role
from wall.routes.contributing import CONTRIBUTION_CHARACTERS
from wall.store import tables as t

PAGE = {"Accept": "text/html,*/*;q=0.8", "Origin": HERE}
HOSTILE = [
    "<script>alert(1)</script>",
    "</textarea><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "{{ 7*7 }}{% raw %}",
    "{most} {0} %s",
    "\u202edlrow\u202c \u2066open",
    "z" + "\u0301" * 300,
    "\x00\x01\x1b[31m\ufffe",
    "\n\nfirst lines empty",
    "'; DROP TABLE post; --",
    "👩‍👩‍👧‍👦" * 100,
]


@pytest.fixture
async def api(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(sqlite_url, tmp_path) as made:
        yield made


@pytest.fixture
async def each_api(store_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(store_url, tmp_path) as made:
        yield made


def phone(api: Api, address: str = "192.0.2.1") -> httpx2.AsyncClient:
    """A browser of its own at a network address, which keeps cookies."""
    transport = httpx2.ASGITransport(app=api.app, client=(address, 4711))
    return httpx2.AsyncClient(transport=transport, base_url=HERE, headers={"Origin": HERE})


async def say(client: httpx2.AsyncClient, api: Api, text: str = "Hello", **more: Any) -> httpx2.Response:
    headers = more.pop("headers", {})
    return await client.post(f"{api.path}/posts", json={"text": text, **more}, headers=headers)


def rows(api: Api, table: str = "post") -> list[Any]:
    with api.parts.store.reading() as conn:
        return list(conn.execute(select(t.metadata.tables[table])))


async def shown(api: Api) -> dict[str, dict[str, Any]]:
    async with api.client() as anybody:
        snapshot = (await anybody.get(f"{api.path}/snapshot")).json()
    return {put["id"]: put["value"] for put in snapshot["puts"] if put["type"] == "post"}


async def in_mode(api: Api, mode: Mode) -> None:
    """Another event of this mode in place of the first."""
    api.event = await api.parts.journal.create(slug=f"in-{mode}", name="N", actor="system", mode=mode)


def field(page: str, name: str) -> str:
    """The value of a hidden or text field, or of the text area."""
    if name == "text":
        found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    else:
        found = re.search(rf'name="{name}"[^>]*? value="([^"]*)"', page)
    assert found, page
    return html.unescape(found[1])


async def test_a_participant_posts_without_signing_in_and_is_recognised(each_api: Api) -> None:
    api = each_api
    async with phone(api) as one, phone(api) as other:
        first = await say(one, api, "Good morning", author_name=" Ada \n L ")
        assert first.status_code == 201, first.text
        assert set(first.json()) == {"post", "state", "seq", "take_back"}
        assert first.json()["state"] == "approved"
        await say(one, api, "Good evening")
        await say(other, api, "Good night")
    keys = [row.author_key for row in rows(api)]
    assert keys[0] == keys[1] != keys[2]
    assert all(key.startswith("participant:") for key in keys)
    values = await shown(api)
    assert values[first.json()["post"]]["author"]["name"] == "Ada L"
    assert sorted(value["author"]["name"] for value in values.values()) == ["", "", "Ada L"]
    assert {value["network"] for value in values.values()} == {"web"}


async def test_what_a_participant_writes_is_judged_and_not_approved_by_them(api: Api) -> None:
    await in_mode(api, Mode.PRE)
    async with phone(api) as one:
        answer = await say(one, api, "Hello")
    assert answer.json()["state"] == "held"
    assert await shown(api) == {}


async def test_the_cookie_is_kept_from_scripts_and_other_sites(api: Api) -> None:
    async with phone(api) as one:
        cookie = (await one.get(f"/join/{api.event.slug}")).headers["set-cookie"]
    assert cookie.startswith(f"{PARTICIPANT_COOKIE}=")
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    participants = Participants(api.parts.access.origins, b"s")
    assert participants.cookie_name({"scheme": "https"}) == "__Host-participant"


@pytest.mark.parametrize("forged", ["", "x", "x.", ".", ".x", "{id}", "{id}.0", "{id}.é", "x.{proof}"])
async def test_a_forged_cookie_is_a_new_participant(api: Api, forged: str) -> None:
    async with phone(api) as one:
        await say(one, api, "Mine")
        known, _, proof = one.cookies[PARTICIPANT_COOKIE].partition(".")
    value = forged.format(id=known, proof=proof).encode()
    async with phone(api) as other:
        cookie = {"Cookie": PARTICIPANT_COOKIE.encode() + b"=" + value}
        assert (await say(other, api, "Not theirs", headers=cookie)).status_code == 201
    first, second = (row.author_key for row in rows(api))
    assert first != second


async def test_a_participant_may_send_six_posts_a_minute(api: Api) -> None:
    async with phone(api) as one, phone(api) as other:
        answers = [await say(one, api, f"Thought number {n}") for n in range(8)]
        assert [answer.status_code for answer in answers] == [201] * 6 + [429] * 2
        error = answers[-1].json()["error"]
        assert error["code"] == "too_many"
        assert 0 < error["details"]["retry_after"] <= 60
        assert int(answers[-1].headers["retry-after"]) > 0
        assert (await say(other, api, "Another phone of the venue")).status_code == 201
    assert len(rows(api)) == 7


async def test_an_address_is_limited_for_all_its_phones_together(api: Api) -> None:
    api.parts.contributions._per_address = 3
    for number in range(5):
        async with phone(api, "2001:db8::1" if number % 2 else "2001:db8::2") as one:
            assert (await say(one, api, f"Hello {number}")).status_code == (201 if number < 3 else 429)
    async with phone(api, "2001:db8:0:1::1") as elsewhere:
        assert (await say(elsewhere, api)).status_code == 201


async def test_a_refused_participant_does_not_use_up_the_address(api: Api) -> None:
    api.parts.contributions._per_address = 8
    async with phone(api) as one, phone(api) as other:
        for number in range(20):
            await say(one, api, f"Flood {number}")
        assert (await say(other, api, "Still room")).status_code == 201


async def test_an_hour_has_its_own_limit(api: Api) -> None:
    who = api.parts.contributions.participants.of({"scheme": "http", "headers": []})
    for _ in range(60):
        await api.parts.bus.hit("join.participant.3600", who.id, limit=60, seconds=3_600)
    with pytest.raises(TooMany) as refused:
        await api.parts.contributions._limit_participant(who, "192.0.2.1")
    # How long depends on where in the clock's hour this runs: the window slides.
    assert 0 < refused.value.details["retry_after"] <= 3_600


async def test_a_long_text_is_refused_with_the_numbers(api: Api) -> None:
    async with phone(api) as one:
        answer = await say(one, api, "é" * 5_000)
        assert answer.status_code == 422
        error = answer.json()["error"]
        assert "1000" in error["message"]
        assert "5000" in error["message"]
        assert error["details"] == {"field": "text", "length": 5_000, "most": CONTRIBUTION_CHARACTERS}
        assert (await say(one, api, "😀" * CONTRIBUTION_CHARACTERS)).status_code == 201
        for bad in ({"text": "\u200b\u2060"}, {"author_name": "n" * 81}, {"author_name": "a\x07b"}):
            assert (await say(one, api, **{"text": "x", **bad})).status_code == 422
        for mine in ({"key": "1"}, {"author_key": "x"}, {"created_at": "2014-05-16T09:00:00Z"}):
            (wrong,) = (await say(one, api, **mine)).json()["error"]["details"]["fields"]
            assert wrong["code"] == "extra_forbidden"
    assert len(rows(api)) == 1


async def test_the_same_key_is_one_post_and_other_people_have_keys_of_their_own(each_api: Api) -> None:
    api, key = each_api, {"Idempotency-Key": "k1"}
    async with phone(api) as one, phone(api) as other:
        await one.get(f"/join/{api.event.slug}")
        answers = [await say(one, api, "Once", headers=key) for _ in range(2)]
        assert answers[0].json() == answers[1].json()
        assert (await say(one, api, "Other", headers=key)).json()["error"]["code"] == "cause_reused"
        assert (await say(other, api, "Once", headers=key)).json()["post"] != answers[0].json()["post"]
    assert len(rows(api)) == 2


async def test_a_page_of_another_site_cannot_post(api: Api) -> None:
    async with phone(api) as one:
        foreign = {"Origin": "https://evil.example"}
        assert (await say(one, api, headers=foreign)).status_code == 403
        sent = await one.post(f"/join/{api.event.slug}", data={"text": "x"}, headers=foreign)
        assert sent.status_code == 403
    assert rows(api) == []


async def test_staff_without_the_right_are_not_taken_for_participants(api: Api) -> None:
    async with api.client(api.signed_in(Role.TECHNICIAN)) as technician:
        assert (await say(technician, api)).status_code == 403
    async with api.client(api.signed_in(Role.SCRIBE)) as scribe:
        assert (await say(scribe, api)).json()["take_back"] is None


async def test_the_form_posts_and_says_what_became_of_it(each_api: Api) -> None:
    api = each_api
    async with phone(api) as one:
        empty = await one.get(f"/join/{api.event.slug}", headers=PAGE)
        nonce = field(empty.text, "nonce")
        typed = {"text": "From\r\na phone", "name": "Zoë", "nonce": nonce}
        sent = await one.post(f"/join/{api.event.slug}", data=typed, headers=PAGE)
        again = await one.post(f"/join/{api.event.slug}", data=typed, headers=PAGE)
    assert sent.status_code == 200
    assert "It is on the walls now." in sent.text
    links = [re.search(r'href="(/take-back/[^"]+)"', page.text) for page in (sent, again)]
    assert links[0]
    assert links[1]
    assert links[0][1] == links[1][1]
    ((_, value),) = (await shown(api)).items()
    assert (value["text"], value["author"]["name"]) == ("From\na phone", "Zoë")


async def test_a_held_post_is_said_to_wait_in_the_language_of_the_event(api: Api) -> None:
    details = {"mode": Mode.PRE, "languages": ("fr", "en")}
    event = await api.parts.journal.create(slug="sommet", name="Sommet", actor="system", **details)
    async with phone(api) as one:
        form = await one.get(f"/join/{event.slug}", headers=PAGE)
        sent = await one.post(f"/join/{event.slug}", data={"text": "Bonjour"}, headers=PAGE)
    assert '<html lang="fr">' in form.text
    assert "Une personne lit votre message" in form.text
    assert "attend qu’une personne le lise" in sent.text


async def test_what_was_typed_is_kept_when_it_cannot_be_sent(api: Api) -> None:
    path = f"/join/{api.event.slug}"
    async with phone(api) as one:
        long = await one.post(path, data={"text": "\n" + "x" * 5_000, "name": "Ada"}, headers=PAGE)
        assert long.status_code == 422
        assert "5000 characters" in long.text
        assert field(long.text, "text") == "\n" + "x" * 5_000
        assert field(long.text, "name") == "Ada"
        assert 'aria-describedby="text-hint text-wrong" aria-invalid="true"' in long.text
        name = await one.post(path, data={"text": "Words", "name": "n" * 81}, headers=PAGE)
        assert name.status_code == 422
        assert field(name.text, "text") == "Words"
        assert 'aria-describedby="name-hint name-wrong"' in name.text
        empty = await one.post(path, data={"text": " "}, headers=PAGE)
        assert "There is nothing to read" in empty.text
        for number in range(6):
            await one.post(path, data={"text": f"Thought {number}"}, headers=PAGE)
        many = await one.post(path, data={"text": "Too soon"}, headers=PAGE)
    assert many.status_code == 429
    assert int(many.headers["retry-after"]) > 0
    assert field(many.text, "text") == "Too soon"
    assert len(rows(api)) == 6


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_hostile_words_stay_words(api: Api, text: str) -> None:
    path = f"/join/{api.event.slug}"
    async with phone(api) as one:
        sent = await one.post(path, data={"text": text, "name": text[:40].strip()}, headers=PAGE)
        kept = await one.post(path, data={"text": text + "y" * 1_000, "name": text}, headers=PAGE)
        link = re.search(r'href="(/take-back/[^"]+)"', sent.text)
        asked = (await one.get(link[1], headers=PAGE)).text if link else ""
        for page in (sent.text, kept.text, asked):
            assert "<script>" not in page
            assert "<img" not in page
            assert "<svg" not in page
            assert page.count("</textarea>") <= 1
        assert kept.status_code == 422
        assert field(kept.text, "text").startswith(text[:10])


async def test_a_form_of_no_event_is_not_found(api: Api) -> None:
    async with phone(api) as one:
        assert (await one.get("/join/nowhere", headers=PAGE)).status_code == 404
        assert (await one.post("/join/nowhere", data={"text": "x"})).status_code == 404


async def test_an_author_takes_their_post_back_for_good(each_api: Api) -> None:
    api = each_api
    async with phone(api) as one, phone(api) as scanner:
        link = (await say(one, api, "Regrettable <b>words</b>", author_name="Zebedee")).json()["take_back"]
        assert link.startswith(f"{HERE}/take-back/")
        for _ in range(2):
            asked = await scanner.get(link, headers=PAGE)
            assert "Regrettable &lt;b&gt;words" in asked.text
        assert len(await shown(api)) == 1
        assert "It is gone." in (await one.post(link, headers=PAGE)).text
        head = rows(api, "event")[0].seq
        for answer in (await one.get(link, headers=PAGE), await one.post(link, headers=PAGE)):
            assert answer.status_code == 200
            assert "It is gone." in answer.text
            assert "Regrettable" not in answer.text

        async def nothing_is_shown() -> bool:
            return await shown(api) == {}

        await eventually(nothing_is_shown, what="an empty wall")
        found = await one.get(f"{api.path}/posts", params={"q": "regrettable"})
        assert found.json()["posts"] == []
    assert rows(api, "event")[0].seq == head
    for table in t.metadata.tables:
        said = str(rows(api, table)).lower()
        assert "regrettable" not in said, table
        assert "zebedee" not in said, table
    assert '"by":"author"' in rows(api, "entry")[-1].body


async def test_a_waiting_post_can_be_taken_back(api: Api) -> None:
    await in_mode(api, Mode.PRE)
    async with phone(api) as one:
        link = (await say(one, api)).json()["take_back"]
        await one.post(link)
    assert [row.state for row in rows(api)] == ["withdrawn"]


async def test_a_changed_link_takes_nothing_back(api: Api) -> None:
    async with phone(api) as one:
        first, second = [(await say(one, api, f"Post {n}")).json() for n in range(2)]
        whole = first["take_back"]
        swapped = whole.replace(first["post"], second["post"])
        wrong = [swapped, whole[:-1], whole + "0", whole.rpartition(".")[0], f"{HERE}/take-back/a.b.c"]
        for link in [*wrong, f"{HERE}/take-back/.", f"{HERE}/take-back/%00.%ff.é", whole.upper()]:
            assert (await one.get(link)).status_code == 404, link
            assert (await one.post(link)).status_code == 404, link
    assert len(await shown(api)) == 2


async def test_the_wall_hears_of_it_live(running: Running) -> None:
    event = await running.event()
    async with running.reader(event) as wall, running.browser({}) as one:
        await wall.wait_until(lambda: wall.connections > 0)
        answer = await one.post(f"/api/v1/events/{event.slug}/posts", json={"text": "Live"})
        post = answer.json()["post"]
        await wall.wait_until(lambda: post in wall.subjects("post"))
        assert wall.subjects("post")[post]["text"] == "Live"
        await one.post(answer.json()["take_back"])
        await wall.wait_until(lambda: post not in wall.subjects("post"))
        assert wall.snapshots == 1
