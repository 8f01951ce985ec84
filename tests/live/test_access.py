"""Links, sign-in and roles, over HTTP against each store."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import select

from tests.live.site import HERE, Site
from wall.access import CACHE_SECONDS, COOKIE, RIGHTS, SECURE_COOKIE, Access, Origins, digest_of, enter_path
from wall.entries import Scope
from wall.errors import BadInput, Refused
from wall.model import Role, utc_now
from wall.store import Store, tables

THEIRS = "https://evil.example"


@pytest.fixture
def site(store: Store) -> Site:
    return Site(store)


async def _link(site: Site, role: Role = Role.MODERATOR) -> str:
    event = await site.event()
    return enter_path(await site.access.user_link(role, event.slug, 1))


async def _me(browser: httpx2.AsyncClient) -> str | None:
    person: str | None = (await browser.get("/api/v1/me")).json()["person"]
    return person


async def test_each_role_may_do_what_the_matrix_says_and_nothing_else(site: Site) -> None:
    event = await site.event()
    for role in Role:
        browser = await site.member(role, event.slug)
        for verb, allowed in [*RIGHTS.items(), ("post.unheard-of", frozenset())]:
            answer = await browser.post(f"/api/v1/events/{event.slug}/do/{verb}")
            assert answer.status_code == (200 if role in allowed else 403), (role, verb)
            assert (await browser.post(f"/api/v1/do/{verb}")).status_code == 403, (role, verb)


async def test_nobody_may_do_anything_without_signing_in(site: Site) -> None:
    event = await site.event()
    for verb in RIGHTS:
        answer = await site.browser(Accept="*/*").post(f"/api/v1/events/{event.slug}/do/{verb}")
        assert answer.status_code == 401, verb
        assert answer.headers["www-authenticate"] == "Bearer", verb
        assert answer.json()["error"]["code"] == "sign_in", verb


async def test_a_role_in_one_event_counts_for_nothing_in_another(site: Site) -> None:
    await site.event()
    other = await site.event("other", "Other")
    browser = await site.member(Role.ORGANISER, "summit")
    assert (await browser.post(f"/api/v1/events/{other.slug}/do/event.change")).status_code == 403


async def test_an_organiser_of_the_instance_is_organiser_of_every_event(site: Site) -> None:
    event = await site.event()
    browser = await site.member(Role.ORGANISER, None)
    assert (await browser.post("/api/v1/do/event.create")).status_code == 200
    assert (await browser.post(f"/api/v1/events/{event.slug}/do/link.make")).status_code == 200


async def test_scanners_that_open_a_link_do_not_use_it_up(site: Site) -> None:
    path = await _link(site)
    scanner = site.browser()
    for method in ("GET", "HEAD", "GET"):
        answer = await scanner.request(method, path)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
    assert (await site.browser().post(path, data={"name": "Ada"})).status_code == 303


async def test_a_link_works_once_and_then_says_what_to_do(site: Site) -> None:
    path = await _link(site)
    assert (await site.browser().post(path, data={"name": "Ada"})).status_code == 303
    for answer in [
        await site.browser().get(path),
        await site.browser().post(path, data={"name": "Eve"}),
    ]:
        assert answer.status_code == 410
        assert "ask the person who sent it for a new link" in answer.text


async def test_a_link_that_ran_out_cannot_be_used(site: Site) -> None:
    path = await _link(site)
    later = Access(site.journal, site.origins, clock=lambda: utc_now() + timedelta(hours=2))
    with pytest.raises(Exception, match="run out"):
        await later.link(path.rpartition("/")[2])


async def test_an_unknown_link_is_a_page_too(site: Site) -> None:
    answer = await site.browser().get("/enter/nonsense")
    assert answer.status_code == 404
    assert "There is no such link" in answer.text
    assert (await site.browser().post("/enter/nonsense", data={"name": "Eve"})).status_code == 404


async def test_of_two_who_use_a_link_at_once_one_gets_in(site: Site) -> None:
    path = await _link(site)
    browsers = [site.browser(), site.browser(), site.browser()]
    answers = await asyncio.gather(*(one.post(path, data={"name": "Ada"}) for one in browsers))
    assert sorted(answer.status_code for answer in answers) == [303, 410, 410]
    assert sum([await _me(browser) is not None for browser in browsers]) == 1
    with site.store.reading() as conn:
        assert len(conn.execute(select(tables.person)).all()) == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "bell\x07"])
async def test_a_link_asks_for_a_name_and_stays_unused_without_one(site: Site, name: str) -> None:
    path = await _link(site)
    answer = await site.browser().post(path, data={"name": name})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert (await site.browser().post(path, data={"name": " Zoë  👩🏽‍⚕️ <b> "})).status_code == 303
    with site.store.reading() as conn:
        assert conn.execute(select(tables.person.c.name)).scalar_one() == "Zoë 👩🏽‍⚕️ <b>"


async def test_somebody_signed_in_keeps_their_person_and_gets_the_role_too(site: Site) -> None:
    event = await site.event()
    browser = await site.member(Role.SCRIBE, event.slug)
    person, cookie = await _me(browser), browser.cookies[COOKIE]
    path = enter_path(await site.access.user_link(Role.CHAIR, event.slug, 1))
    assert "A scribe" in (await browser.get(path)).text
    answer = await browser.post(path)
    assert (answer.status_code, "set-cookie" in answer.headers) == (303, False)
    assert (await _me(browser), browser.cookies[COOKIE]) == (person, cookie)
    visitor = await site.access.visitor_of(_asgi(cookie))
    assert await site.access.roles_in(visitor, event.id) == {Role.SCRIBE, Role.CHAIR}


async def test_joining_is_in_the_journal_without_names_or_tokens(site: Site) -> None:
    event = await site.event()
    browser = await site.member(Role.MODERATOR, event.slug)
    person = await _me(browser)
    with site.store.reading() as conn:
        bodies = conn.execute(select(tables.entry.c.body).order_by(tables.entry.c.seq)).scalars().all()
    made, joined = (json.loads(body) for body in bodies[1:])
    assert (made["kind"], made["actor"], made["data"]["role"]) == ("link.made", "system", "moderator")
    assert (joined["kind"], joined["actor"]) == ("member.changed", f"person:{person}")
    assert joined["subjects"] == [["member", person]]
    assert "A moderator" not in "".join(bodies)
    snapshot = await site.journal.snapshot(event.id, Scope(frozenset({Role.ORGANISER})))
    assert [put.id for put in snapshot.puts if put.type == "member"] == [person]


async def test_a_token_is_not_in_the_store(site: Site) -> None:
    event = await site.event()
    token = await site.access.user_link(Role.CHAIR, event.slug, 1)
    browser = site.browser()
    await browser.post(enter_path(token), data={"name": "Ada"})
    with site.store.reading() as conn:
        stored = repr([conn.execute(select(table)).all() for table in (tables.link, tables.sign_in)])
    assert digest_of(token) in stored
    assert token not in stored
    assert browser.cookies[COOKIE] not in stored


async def test_a_cookie_over_plain_http_is_kept_from_scripts(site: Site) -> None:
    answer = await site.browser().post(await _link(site), data={"name": "Ada"})
    name, *flags = answer.headers["set-cookie"].split("; ")
    assert name.startswith(f"{COOKIE}=")
    assert set(flags) == {"HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=lax"}


@pytest.mark.parametrize(
    ("public", "address"),
    [(None, "https://127.0.0.1:8443"), ("https://wall.example.org", "http://wall.example.org")],
)
async def test_a_cookie_over_tls_belongs_to_this_host_alone(
    store: Store, public: str | None, address: str
) -> None:
    site = Site(store, Origins(public))
    answer = await site.browser(address).post(await _link(site), data={"name": "Ada"})
    name, *flags = answer.headers["set-cookie"].split("; ")
    assert name.startswith(f"{SECURE_COOKIE}=")
    assert set(flags) == {"HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=lax", "Secure"}
    token = name.partition("=")[2]
    assert await _me(site.browser(address, Cookie=f"{SECURE_COOKIE}={token}"))
    assert await _me(site.browser(address, Cookie=f"{COOKIE}={token}")) is None


async def test_the_same_token_is_good_as_a_bearer_token_which_wins_over_a_cookie(site: Site) -> None:
    event = await site.event()
    cookie = (await site.member(Role.MODERATOR, event.slug)).cookies[COOKIE]
    program = site.browser(Authorization=f"Bearer {cookie}")
    assert (await program.post(f"/api/v1/events/{event.slug}/do/post.hide")).status_code == 200
    wrong = site.browser(Authorization="Bearer wrong", Cookie=f"{COOKIE}={cookie}")
    assert (await wrong.post(f"/api/v1/events/{event.slug}/do/post.hide")).status_code == 401


async def test_signing_out_kills_the_cookie_at_once(site: Site) -> None:
    event = await site.event()
    browser = await site.member(Role.MODERATOR, event.slug)
    cookie = browser.cookies[COOKIE]
    visitor = await site.access.visitor_of(_asgi(cookie))
    assert await site.access.still_signed_in(visitor)
    answer = await browser.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert COOKIE not in browser.cookies
    stolen = site.browser(Cookie=f"{COOKIE}={cookie}", Origin=HERE)
    assert await _me(stolen) is None
    assert not await site.access.still_signed_in(visitor)


async def test_a_sign_out_in_another_process_counts_after_two_seconds(site: Site) -> None:
    event = await site.event()
    browser = await site.member(Role.MODERATOR, event.slug)
    cookie = browser.cookies[COOKIE]
    clock = [100.0]
    elsewhere = Access(site.journal, site.origins, monotonic=lambda: clock[0])
    assert (await elsewhere.visitor_of(_asgi(cookie))).person_id
    await browser.post("/sign-out")
    clock[0] += CACHE_SECONDS
    assert (await elsewhere.visitor_of(_asgi(cookie))).person_id is None


async def test_a_sign_in_runs_out(site: Site) -> None:
    event = await site.event()
    cookie = (await site.member(Role.MODERATOR, event.slug)).cookies[COOKIE]
    later = Access(site.journal, site.origins, clock=lambda: utc_now() + timedelta(days=31))
    assert (await later.visitor_of(_asgi(cookie))).person_id is None


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": THEIRS},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "https://127.0.0.1:8000"},
        {"Origin": ""},
        {},
    ],
)
async def test_a_page_of_another_site_cannot_act_for_somebody(site: Site, headers: dict[str, str]) -> None:
    event = await site.event()
    cookie = (await site.member(Role.MODERATOR, event.slug)).cookies[COOKIE]
    foreign = site.browser(Cookie=f"{COOKIE}={cookie}", **headers)
    answer = await foreign.post(f"/api/v1/events/{event.slug}/do/post.hide")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "foreign_origin")
    assert (await foreign.post("/sign-out")).status_code == 403
    assert await _me(foreign)


@pytest.mark.parametrize("headers", [{"Origin": THEIRS}, {"Sec-Fetch-Site": "cross-site"}])
async def test_a_page_of_another_site_cannot_use_a_link_for_somebody(
    site: Site, headers: dict[str, str]
) -> None:
    path = await _link(site)
    assert (await site.browser(**headers).post(path, data={"name": "Eve"})).status_code == 403
    assert (await site.browser().get(path)).status_code == 200


async def test_behind_a_proxy_the_public_address_is_the_origin(store: Store) -> None:
    site = Site(store, Origins("https://wall.example.org"))
    path = await _link(site)
    upstream = site.browser("http://127.0.0.1:8000", Origin="https://wall.example.org")
    assert (await upstream.post(path, data={"name": "Ada"})).status_code == 303


async def test_the_first_start_makes_one_link_for_the_organiser(site: Site) -> None:
    token = await site.access.first_link()
    assert token is not None
    assert await site.access.first_link() is None
    browser = site.browser(Origin=HERE)
    assert (await browser.post(enter_path(token), data={"name": "Ada"})).status_code == 303
    assert (await browser.post("/api/v1/do/event.create")).status_code == 200
    assert await site.access.first_link() is None


async def test_a_first_link_that_ran_out_is_followed_by_another(site: Site) -> None:
    assert await site.access.first_link()
    later = Access(site.journal, site.origins, clock=lambda: utc_now() + timedelta(hours=25))
    assert await later.first_link()


async def test_links_have_limits(site: Site) -> None:
    event = await site.event()
    with pytest.raises(BadInput, match="720 hours"):
        await site.access.user_link(Role.CHAIR, event.slug, 721)
    with pytest.raises(BadInput, match="without an event"):
        await site.access.user_link(Role.CHAIR, None, 1)


async def test_a_repeated_command_does_not_show_a_link_again(site: Site) -> None:
    event = await site.event()
    await site.access.make_link(event.id, Role.CHAIR, "person:a", cause="1")
    with pytest.raises(Refused, match="only once"):
        await site.access.make_link(event.id, Role.CHAIR, "person:a", cause="1")


def _asgi(cookie: str) -> dict[str, object]:
    header = (b"cookie", f"{COOKIE}={cookie}".encode())
    return {"type": "http", "scheme": "http", "headers": [header]}
