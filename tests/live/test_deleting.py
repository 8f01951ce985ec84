"""An event that was deleted by mistake: gone for everybody at once, back for 30 days, then erased."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from facilitator.ask_pacing import Pacing
from facilitator.supporting import Counting
from tests.live.api import Api, api_over
from wall import deleting, rehearsing
from wall.deleting import KEPT, Erasing
from wall.errors import NotFound
from wall.model import Feed, FeedState, Role, new_id, utc_now
from wall.store import deleted, feeds, supports, tables


@pytest.fixture
async def api(store_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(store_url, tmp_path) as made:
        yield made


async def delete(api: Api, token: str, typed: str = "summit") -> int:
    async with api.client(token) as client:
        return (await client.post(f"{api.path}/delete", json={"slug": typed})).status_code


async def bring_back(api: Api, token: str | None) -> int:
    async with api.client(token) as client:
        path = f"/api/v1/deleted-events/{api.event.id}/bring-back"
        return (await client.post(path, json={})).status_code


async def test_a_deleted_event_is_found_by_nobody_and_by_none_of_its_names(api: Api) -> None:
    organiser = api.signed_in(Role.ORGANISER)
    assert await delete(api, organiser) == 200
    async with api.client(organiser) as client:
        for name in (api.event.slug, api.event.id):
            for path in (f"/api/v1/events/{name}", f"/wall/{name}", f"/join/{name}", f"/events/{name}"):
                assert (await client.get(path)).status_code == 404, path
        assert (await client.get("/api/v1/events")).json() == {"events": []}
    with pytest.raises(NotFound):
        await api.parts.journal.command(api.event.id, "system", lambda tx: None)


async def test_its_name_has_to_be_typed(api: Api) -> None:
    organiser = api.signed_in(Role.ORGANISER)
    assert await delete(api, organiser, "summit2") == 422
    assert (await api.parts.journal.event("summit")).deleted_at is None
    assert await delete(api, organiser, " SUMMIT ") == 200


async def test_it_comes_back_as_it_was_to_its_organisers_and_to_nobody_else(api: Api) -> None:
    organiser, other = api.signed_in(Role.ORGANISER), api.signed_in(Role.MODERATOR)
    async with api.client(organiser) as client:
        said = (await client.post(f"{api.path}/points", json={"text": "Kept"})).json()["post"]
    assert await delete(api, organiser) == 200
    for stranger in (None, other):
        assert await bring_back(api, stranger) == 404
        async with api.client(stranger) as client:
            assert (await client.get("/api/v1/deleted-events")).json() == {"events": []}
    async with api.client(organiser) as client:
        (listed,) = (await client.get("/api/v1/deleted-events")).json()["events"]
        assert (listed["slug"], listed["name"]) == ("summit", "Summit")
        assert await bring_back(api, organiser) == 200
        assert said in (await client.get(f"{api.path}/posts")).text
    assert await bring_back(api, organiser) == 404
    kinds = await api.parts.store.read(
        lambda conn: conn.execute(select(tables.entry.c.kind).order_by(tables.entry.c.seq)).scalars().all()
    )
    assert kinds[-2:] == ["event.deleted", "event.brought_back"]


async def test_its_short_name_stays_taken_so_that_it_can_come_back(api: Api) -> None:
    assert await delete(api, api.signed_in(Role.ORGANISER)) == 200
    async with api.client(api.signed_in()) as client:
        taken = await client.post("/api/v1/events", json={"slug": "summit", "name": "Another"})
        assert taken.status_code == 409


async def test_readers_hear_that_it_is_gone_and_its_snapshot_is_too(api: Api) -> None:
    async with api.client() as client:
        cursor = (await client.get(f"{api.path}/snapshot?face=wall")).json()["cursor"]
        assert await delete(api, api.signed_in(Role.ORGANISER)) == 200
        changes = await client.get(f"{api.path}/changes", params={"cursor": cursor, "face": "wall"})
        assert changes.status_code == 404


async def test_its_feeds_stop_and_run_again_when_it_is_back(api: Api) -> None:
    feed = Feed(
        id=new_id(),
        event_id=api.event.id,
        network="replay",
        config={},
        cursor=None,
        state=FeedState.WAITING,
        problem=None,
        accepted=0,
        dropped=0,
        version=1,
    )
    with api.parts.store.writing() as conn:
        feeds.add(conn, feed)
        fence = feeds.take_lease(conn, feed.id, "one", 60)
        assert fence is not None
    organiser = api.signed_in(Role.ORGANISER)
    assert await delete(api, organiser) == 200
    with api.parts.store.writing() as conn:
        assert feeds.listed(conn) == []
        assert not feeds.renew_lease(conn, feed.id, fence, 60)
    assert await bring_back(api, organiser) == 200
    with api.parts.store.reading() as conn:
        assert [one.id for one in feeds.listed(conn)] == [feed.id]


async def test_after_thirty_days_it_is_erased_with_all_that_was_in_it_and_others_are_not(api: Api) -> None:
    other = await api.parts.journal.create(slug="other", name="Other", actor="system")
    organiser = api.signed_in(Role.ORGANISER)
    async with api.client(organiser) as client:
        await client.post(f"{api.path}/points", json={"text": "Erased"})
    assert await delete(api, organiser) == 200
    await Erasing(api.parts.journal, lambda: utc_now() + KEPT - timedelta(minutes=1)).look()
    assert await bring_back(api, organiser) == 200
    assert await delete(api, organiser) == 200
    await Erasing(api.parts.journal, lambda: utc_now() + KEPT + timedelta(minutes=1)).look()
    assert await bring_back(api, organiser) == 404
    with api.parts.store.reading() as conn:
        for table in (tables.event, tables.post, tables.entry):
            column = table.c.id if table is tables.event else table.c.event_id
            found = conn.execute(select(func.count()).where(column == api.event.id)).scalar_one()
            assert found == 0, table.name
    assert (await api.parts.journal.event("other")).id == other.id


async def test_what_is_brought_back_while_others_are_erased_stays(api: Api) -> None:
    organiser = api.signed_in(Role.ORGANISER)
    assert await delete(api, organiser) == 200
    late = utc_now() + KEPT
    assert await bring_back(api, organiser) == 200
    with api.parts.store.writing() as conn:
        assert not deleted.is_over(conn, api.event.id, late)


async def test_its_rehearsals_are_erased_with_it_and_their_names_are_free_again(api: Api) -> None:
    journal = api.parts.journal
    first = await rehearsing.copied(journal, "summit")
    assert first.slug == "summit-rehearsal"
    await journal.command(first.id, "system", lambda tx: deleting.delete(tx, first.slug))
    assert (await rehearsing.copied(journal, "summit")).slug == "summit-rehearsal-2"
    assert await delete(api, api.signed_in(Role.ORGANISER)) == 200
    await Erasing(journal, lambda: utc_now() + KEPT + timedelta(minutes=1)).look()
    assert await journal.store.read(lambda conn: conn.execute(select(tables.event.c.slug)).all()) == []


async def test_what_was_due_in_it_holds_up_no_other_event(api: Api) -> None:
    organiser = api.signed_in(Role.ORGANISER)
    async with api.client(organiser) as client:
        post = (await client.post(f"{api.path}/posts", json={"text": "A point"})).json()["post"]
        ask = {"kind": "choice", "question": "Which?", "options": ["A", "B"]}
        made = (await client.post(f"{api.path}/asks", json=ask)).json()["ask"]
        await client.post(f"{api.path}/asks/{made}/open", json={"worded": 0})
    async with api.client() as phone:
        await phone.post(f"{api.path}/asks/{made}/answer", json={"picks": [0]})
    with api.parts.store.writing() as conn:
        supports.add(conn, api.event.id, post, "somebody")
    assert await delete(api, organiser) == 200
    assert await Pacing(api.parts.journal).settle_due() == 0
    await Counting(api.parts.journal).count_due()
    assert await api.parts.store.read(supports.due) == []


async def test_the_pages_ask_first_and_lead_to_the_way_back(api: Api) -> None:
    organiser = api.signed_in(Role.ORGANISER)
    async with api.client(organiser) as client:
        asked = await client.get("/events/summit/delete")
        assert "30" in asked.text
        wrong = await client.post("/events/summit/delete", data={"slug": "sumit", "cause": "c"})
        assert wrong.status_code == 422
        assert 'value="sumit"' in wrong.text
        gone = await client.post("/events/summit/delete", data={"slug": "summit", "cause": "d"})
        assert (gone.status_code, gone.headers["location"]) == (303, "/deleted")
        assert "Summit" in (await client.get("/deleted")).text
        back = await client.post(f"/deleted/{api.event.id}/bring-back")
        assert (back.status_code, back.headers["location"]) == (303, "/events/summit")
        assert (await client.get("/events/summit")).status_code == 200
    async with api.client() as nobody:
        assert "Summit" not in (await nobody.get("/deleted")).text
