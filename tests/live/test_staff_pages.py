"""The staff page: roles, links for one or several, and what three people see who open one link."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from tests.live.api import HERE, Api, api_over
from wall.access import MOST_PLACES
from wall.model import Role
from wall.store import links, members

PAGE = {"Accept": "text/html", "Origin": HERE}


@pytest_asyncio.fixture
async def api(store_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(store_url, tmp_path) as api:
        yield api


def browser(api: Api, *roles: Role) -> httpx2.AsyncClient:
    """Somebody's browser; without roles, that of somebody who is not signed in and keeps cookies."""
    return api.client(api.signed_in(*roles) if roles else None, **PAGE)


def here(api: Api) -> str:
    return f"/events/{api.event.slug}/staff"


async def made(api: Api, organiser: httpx2.AsyncClient, **form: Any) -> str:
    """The path of a link that was made with the form, as its page shows it."""
    answer = await organiser.post(f"{here(api)}/links", data={"role": "scribe", "hours": "24", **form})
    assert answer.status_code == 200, answer.text
    found = re.search(r'value="[^"]*(/enter/[A-Za-z0-9_-]+)"', answer.text)
    assert found
    return found[1]


def people(api: Api) -> dict[str, Any]:
    with api.parts.store.reading() as conn:
        return {one.name: one for one in members.listed(conn, api.event.id)}


async def test_of_three_who_open_one_link_the_first_who_presses_is_in_and_the_others_are_told(
    api: Api,
) -> None:
    organiser = browser(api, Role.ORGANISER)
    path = await made(api, organiser)
    three = [browser(api) for _ in range(3)]
    assert [(await one.get(path)).status_code for one in three] == [200, 200, 200]
    answers = [
        await one.post(path, data={"name": name})
        for one, name in zip(three, ("Bea", "Cyd", "Dov"), strict=True)
    ]
    assert [one.status_code for one in answers] == [303, 410, 410]
    assert answers[0].headers["location"] == f"/desk/{api.event.slug}"
    for answer in answers[1:]:
        said = unescape(answer.text)
        assert "Somebody else joined with it already" in said
        assert "Ada made this link: ask them for a new one" in said
        assert "Bea" not in said
    again = await three[0].get(path)
    assert (again.status_code, f'href="/desk/{api.event.slug}"' in again.text) == (200, True)
    assert (await three[0].post(path)).status_code == 303
    assert {"Ada", "Bea"} == set(people(api))
    assert people(api)["Bea"].roles == (Role.SCRIBE,)


async def test_a_link_for_several_lets_in_so_many_however_they_press_at_once(api: Api) -> None:
    organiser = browser(api, Role.ORGANISER)
    path = await made(api, organiser, people="3")
    five = [browser(api) for _ in range(5)]
    answers = await asyncio.gather(
        *(one.post(path, data={"name": f"V{number}"}) for number, one in enumerate(five))
    )
    assert sorted(one.status_code for one in answers) == [303, 303, 303, 410, 410]
    assert len(people(api)) == 4
    page = unescape((await organiser.get(here(api))).text)
    assert "Joined (3 of 3)" in page
    with api.parts.store.reading() as conn:
        (listed,) = links.listed(conn, api.event.id)
    assert (listed.link.taken, len(listed.uses), listed.maker) == (3, 3, "Ada")


async def test_a_revoked_link_says_so_and_who_joined_stays(api: Api) -> None:
    organiser = browser(api, Role.ORGANISER)
    path = await made(api, organiser, people="2", role="technician")
    first, late = browser(api), browser(api)
    joined = await first.post(path, data={"name": "Bea"})
    assert joined.headers["location"] == f"/screens/{api.event.slug}"
    page = await organiser.get(here(api))
    (revoke,) = re.findall(r'action="([^"]+/revoke)"', page.text)
    assert (await organiser.post(revoke)).status_code == 303
    answer = await late.get(path)
    assert (answer.status_code, "An organiser revoked it" in answer.text) == (410, True)
    assert people(api)["Bea"].roles == (Role.TECHNICIAN,)
    assert "revoked" in (await organiser.get(here(api))).text


@pytest.mark.parametrize("role", Role)
async def test_who_joins_lands_where_their_role_works(api: Api, role: Role) -> None:
    path = await made(api, browser(api, Role.ORGANISER), role=role.value)
    new = browser(api)
    entered = await new.post(path, data={"name": "Bea"})
    assert entered.status_code == 303
    landed = await new.get(entered.headers["location"])
    assert landed.status_code == 200, (role, entered.headers["location"], landed.status_code)
    if not entered.headers["location"].startswith(("/desk/", "/events/")):
        assert re.search(rf'href="/events/{api.event.slug}["#]', landed.text), "it leads to the event"


async def test_nobody_is_offered_to_be_a_rater_and_whoever_is_one_stays_one(api: Api) -> None:
    organiser = browser(api, Role.ORGANISER)
    page = (await organiser.get(here(api))).text
    assert 'value="author"' in page
    assert 'value="rater"' not in page
    assert "rates statements" not in page
    await browser(api).post(await made(api, organiser, role="rater"), data={"name": "Bea"})
    page = (await organiser.get(here(api))).text
    assert len(re.findall(r'name="role.rater" value="1" checked', page)) == 1
    assert page.count('name="role.rater"') == 1


async def test_a_link_is_shown_large_for_a_screen_and_only_by_its_own_event(api: Api) -> None:
    organiser = browser(api, Role.ORGANISER)
    path = await made(api, organiser, people="20")
    shown = await organiser.post(f"{here(api)}/links/show", data={"token": path.rpartition("/")[2]})
    assert shown.status_code == 200
    assert "<svg" in shown.text
    assert "Scan the code" in shown.text
    other = await api.parts.journal.create(slug="other", name="Other", actor="system")
    with api.parts.store.writing() as conn:
        (me,) = members.listed(conn, api.event.id)
        members.set_roles(conn, other.id, me.person_id, [Role.ORGANISER])
    wrong = await organiser.post(
        f"/events/{other.slug}/staff/links/show", data={"token": path.rpartition("/")[2]}
    )
    assert wrong.status_code == 404


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"role": "king"}, "Choose a role"),
        ({"hours": "0"}, None),
        ({"hours": "9999"}, "Choose how long"),
        ({"people": "0"}, "number of people"),
        ({"people": str(MOST_PLACES + 1)}, "number of people"),
        ({"people": "²"}, "number of people"),
        ({"people": ""}, "number of people"),
    ],
)
async def test_a_link_that_cannot_be_made_leaves_the_form_as_it_was_typed(
    api: Api, form: dict[str, str], said: str | None
) -> None:
    organiser = browser(api, Role.ORGANISER)
    sent = {"role": "chair", "hours": "24", "people": "1"} | form
    answer = await organiser.post(f"{here(api)}/links", data=sent)
    assert answer.status_code == 422
    assert said is None or said in answer.text
    with api.parts.store.reading() as conn:
        assert links.listed(conn, api.event.id) == []


async def changed(api: Api, organiser: httpx2.AsyncClient, name: str, **form: str) -> httpx2.Response:
    one = people(api)[name]
    sent = {"version": str(one.version), **form}
    return await organiser.post(f"{here(api)}/people/{one.person_id}", data=sent)


async def test_roles_are_set_and_taken_and_the_last_organiser_stays(api: Api) -> None:
    organiser = browser(api, Role.ORGANISER)
    path = await made(api, organiser, role="moderator")
    new = browser(api)
    await new.post(path, data={"name": "Bea"})
    assert (await changed(api, organiser, "Ada", **{"role.chair": "1"})).status_code == 409
    refused = await changed(api, organiser, "Ada", do="remove")
    assert (refused.status_code, "This is the last organiser" in refused.text) == (409, True)
    given = {"role.organiser": "1", "role.scribe": "1"}
    assert (await changed(api, organiser, "Bea", **given)).status_code == 303
    assert people(api)["Bea"].roles == (Role.ORGANISER, Role.SCRIBE)
    gone = await changed(api, organiser, "Ada", do="remove")
    assert (gone.status_code, gone.headers["location"]) == (303, f"/events/{api.event.slug}")
    assert people(api)["Ada"].roles == ()
    assert (await organiser.get(here(api))).status_code == 403
    assert (await new.get(here(api))).text.count('name="role.organiser"') == 1


async def test_two_organisers_who_remove_each_other_at_once_leave_one(api: Api) -> None:
    one = browser(api, Role.ORGANISER)
    path = await made(api, one, role="organiser")
    other = browser(api)
    await other.post(path, data={"name": "Bea"})
    answers = await asyncio.gather(
        changed(api, one, "Bea", do="remove"), changed(api, other, "Ada", do="remove")
    )
    assert sorted(answer.status_code for answer in answers) in ([303, 403], [303, 409])
    left = [person for person in people(api).values() if Role.ORGANISER in person.roles]
    assert len(left) == 1


async def test_roles_that_somebody_else_changed_meanwhile_are_not_overwritten(api: Api) -> None:
    organiser = browser(api, Role.ORGANISER)
    await browser(api).post(await made(api, organiser, role="chair"), data={"name": "Bea"})
    stale = people(api)["Bea"]
    assert (await changed(api, organiser, "Bea", **{"role.author": "1"})).status_code == 303
    answer = await organiser.post(
        f"{here(api)}/people/{stale.person_id}", data={"version": str(stale.version), "role.tagger": "1"}
    )
    assert (answer.status_code, "Somebody else changed this meanwhile" in answer.text) == (409, True)
    assert people(api)["Bea"].roles == (Role.AUTHOR,)


async def test_the_page_says_who_is_at_a_desk_and_who_was(api: Api) -> None:
    organiser = browser(api, Role.ORGANISER)
    assert "Nobody is at a desk" in (await organiser.get(here(api))).text
    facilitator = api.client(api.signed_in(Role.FACILITATOR))
    await facilitator.post(f"{api.path}/presence", json={})
    page = (await organiser.get(here(api))).text
    assert 'class="dot"' in page
    assert "Nobody is at a desk" not in page
    assert 'class="dot"' in (await organiser.get(f"/events/{api.event.slug}")).text
    assert 'class="dot"' not in (await browser(api).get(f"/events/{api.event.slug}")).text
    told = (await api.client(api.signed_in(Role.ORGANISER)).get(f"{api.path}/members")).json()["members"]
    assert [one["here"] for one in told] == [True, False, False]


async def test_the_same_over_the_api(api: Api) -> None:
    program = api.client(api.signed_in(Role.ORGANISER))
    link = await program.post(f"{api.path}/links", json={"role": "chair", "people": 2})
    path = link.json()["url"].removeprefix(HERE)
    await browser(api).post(path, data={"name": "Bea"})
    (listed,) = (await program.get(f"{api.path}/links")).json()["links"]
    assert (listed["role"], listed["people"], len(listed["joined"])) == ("chair", 2, 1)
    assert path.rpartition("/")[2] not in str(listed)
    assert (await program.delete(f"{api.path}/links/{listed['id']}")).status_code == 200
    assert (await browser(api).get(path)).status_code == 410
    bea = next(
        one for one in (await program.get(f"{api.path}/members")).json()["members"] if one["name"] == "Bea"
    )
    where = f"{api.path}/members/{bea['person']}"
    assert (await program.put(where, json={"version": bea["version"], "roles": []})).status_code == 200
    stale = await program.put(where, json={"version": bea["version"], "roles": ["chair"]})
    assert stale.status_code == 409
    assert (await program.delete(f"{api.path}/links/nothing")).status_code == 404
