"""Role × route: what each role is refused, for every route that the application has. A route that is
not in the table fails the first test, so none can be added without saying whose it is."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from fastapi import FastAPI

from tests.live.api import HERE, Api, api_over
from tests.live.rights_table import INSTANCE, SIGNATURE, TABLE, WITHOUT_SIGN_IN, Rule
from wall.access import RIGHTS
from wall.access.rights import STAFF
from wall.model import Role

CHANGES = sorted(one for one in {**TABLE, **INSTANCE} if not one.startswith("GET "))


@pytest_asyncio.fixture
async def api(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_over(sqlite_url, tmp_path) as api:
        yield api


def routes_of(routes: Iterable[Any], prefix: str = "") -> Iterator[str]:
    """Every method and path; of an application's routers too."""
    for route in routes:
        if inner := getattr(route, "original_router", None):
            yield from routes_of(inner.routes, prefix + route.include_context.prefix)
        for method in (getattr(route, "methods", None) or set()) - {"HEAD"}:
            yield f"{method} {prefix}{route.path}"


async def ask(api: Api, route: str, rule: Rule, token: str | None, **headers: str) -> Any:
    """One request to a route, of somebody with this token."""
    method, _, path = route.partition(" ")
    named = {"slug": api.event.slug, "decision": "approve", "slot": "logo", "way": "email"}
    path = re.sub(r"\{(\w+)\}", lambda found: named.get(found[1], "nothing"), path)
    sent = {"json": rule.body} if path.startswith("/api/") else {"data": rule.body}
    async with api.client(token, **headers) as client:
        return await client.request(
            method, path, params={"seq": 1}, **(sent if rule.body is not None else {})
        )


def allowed(route: str, rule: Rule, role: Role | None) -> bool:
    if role is None and route in WITHOUT_SIGN_IN:
        return True
    if route in INSTANCE or rule.verb == SIGNATURE:
        return False
    if rule.verb in {"", "desk"}:
        return not rule.verb or role in STAFF
    return role in RIGHTS[rule.verb]


def _refusal(rule: Rule, role: Role | None) -> int:
    return 403 if role and rule.verb != SIGNATURE else 401


def test_every_route_says_whose_it_is(api: Api) -> None:
    app: FastAPI = api.app
    there = set(routes_of(app.routes))
    assert len(there) > 60
    assert there == {*TABLE, *INSTANCE}


@pytest.mark.parametrize("role", [None, *Role])
async def test_each_role_is_refused_what_is_not_its_own(api: Api, role: Role | None) -> None:
    token = api.signed_in(role) if role else None
    wrong = {}
    for route, rule in {**INSTANCE, **TABLE}.items():
        status = (await ask(api, route, rule, token)).status_code
        refused = {401, 403} if allowed(route, rule, role) else {_refusal(rule, role)}
        if (status in refused) is allowed(route, rule, role):
            wrong[route] = status
    assert wrong == {}


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_no_change_is_taken_from_a_page_of_another_site(api: Api, origin: str) -> None:
    for route in CHANGES:
        rule = {**TABLE, **INSTANCE}[route]
        answer = await ask(api, route, rule, None, Origin=origin, Cookie="participant=x")
        assert answer.status_code == 403, route
        assert "foreign_origin" in answer.text or "another site" in answer.text, route
    own = await ask(api, "POST /join/{slug}", Rule("", {"text": "Said"}), None, Origin=HERE)
    assert own.status_code == 200
