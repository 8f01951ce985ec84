"""Role × route: what each role is refused, for every route that the application has. A route that is
not in the table fails the first test, so none can be added without saying whose it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import pytest_asyncio
from fastapi import FastAPI

from tests.live.api import HERE, Api, api_over
from wall.access import RIGHTS
from wall.access.rights import STAFF
from wall.model import Role

SEEN = {"version": 1}
WHY = {"version": 1, "reason": "spam"}
TIMES = {"starts_at": "2026-05-04T09:00:00Z", "ends_at": "2026-05-04T11:00:00Z"}
SESSION = {"room": "r", "title": "T", "method": "chat", **TIMES}
FORM = {"version": "1", "cause": "c", "state": "held", "edits": "0"}


class Rule(NamedTuple):
    """Whose a route is: a verb of RIGHTS, "desk" or "" for everybody; with something to send."""

    verb: str
    body: Any = None


EVENT = {
    "GET ": Rule(""),
    "PATCH ": Rule("event.change", {"version": 1, "name": "N"}),
    "GET /changes": Rule(""),
    "GET /snapshot": Rule(""),
    "GET /posts": Rule(""),
    "POST /points": Rule("", {"text": "Said"}),
    "POST /posts": Rule("post.add", {"text": "Said"}),
    "POST /posts/{post_id}/approve": Rule("post.approve", SEEN),
    "POST /posts/{post_id}/reject": Rule("post.reject", WHY),
    "POST /posts/{post_id}/hide": Rule("post.hide", WHY),
    "POST /posts/{post_id}/reconsider": Rule("post.reconsider", SEEN),
    "POST /posts/{post_id}/withdraw": Rule("post.withdraw", SEEN),
    "POST /posts/{post_id}/tag": Rule("point.tag", {"tag": "t"}),
    "POST /posts/{post_id}/note": Rule("point.note", {}),
    "POST /posts/{post_id}/raise": Rule("point.raise", {"session": "s"}),
    "POST /contributions/{contribution_id}/reply": Rule("reply.send", {"words": "Yes."}),
    "POST /contributions/{contribution_id}/waive": Rule("reply.send", {}),
    **{
        f"POST /relays/{{relay_id}}/{verb}": Rule("queue.move", SEEN | more)
        for verb, more in {
            "annotate": {},
            "close": {"state": "returned"},
            "place": {"before": None},
            "queue": {},
            "ready": {},
            "reopen": {},
            "take-up": {},
        }.items()
    },
    "POST /rooms": Rule("programme.change", {"name": "Hall"}),
    "PATCH /rooms/{room_id}": Rule("programme.change", SEEN),
    "POST /sessions": Rule("programme.change", SESSION),
    "PATCH /sessions/{session_id}": Rule("programme.change", SEEN),
    "POST /sessions/{session_id}/begin": Rule("session.run", SEEN),
    "POST /sessions/{session_id}/end": Rule("session.run", SEEN),
    "POST /sessions/{session_id}/note": Rule("session.run", {"version": 1, "note": "n"}),
    "POST /sessions/{session_id}/prompt": Rule("session.run", {"version": 1, "prompt": None}),
    "POST /sessions/{session_id}/advance": Rule("queue.move", {"floor": None, "next": None}),
    "POST /codebook/preset": Rule("codebook.change", {}),
    "POST /tags": Rule("codebook.change", {"name": "Question"}),
    "PATCH /tags/{tag_id}": Rule("codebook.change", SEEN),
    "GET /inbox": Rule("desk"),
    "GET /presence": Rule("desk"),
    "POST /presence": Rule("desk", {}),
    "GET /rules": Rule("rules.see"),
    "PUT /rules": Rule("rules.set", {"version": 1, "rules": {}}),
    "GET /feeds": Rule("feed.see"),
    "POST /feeds": Rule("feed.add", {"network": "unheard"}),
    "GET /integrations": Rule("integration.make"),
    "POST /integrations": Rule("integration.make", {"name": "Tool"}),
    "DELETE /integrations/{integration_id}": Rule("integration.make"),
    "POST /links": Rule("link.make", {"role": "chair"}),
}
"""Routes below /api/v1/events/{slug}."""

TABLE = {
    **{one.replace(" ", " /api/v1/events/{slug}", 1): rule for one, rule in EVENT.items()},
    "GET /api/v1/events": Rule(""),
    "GET /api/v1/me": Rule(""),
    "GET /api/v1/openapi.json": Rule(""),
    "GET /desk/{slug}": Rule("desk"),
    "GET /moderate/{slug}": Rule("posts.judge"),
    "POST /moderate/{slug}/{post_id}/{decision}": Rule("post.approve", FORM),
    "GET /moderate/{slug}/rules": Rule("rules.see"),
    "POST /moderate/{slug}/rules": Rule("rules.set", {}),
    **{f"GET {path}": Rule("") for path in ("/", "/healthz", "/readyz", "/enter/{token}", "/j/{slug}")},
    **{f"GET {path}": Rule("") for path in ("/events/{slug}", "/stage/{slug}", "/wall/{slug}")},
    **{f"GET /join/{{slug}}{path}": Rule("") for path in ("", "/qr.svg", "/take-back/{post_id}")},
    "POST /join/{slug}": Rule("", {"text": "Said"}),
    "GET /take-back/{token}": Rule(""),
    "POST /take-back/{token}": Rule("", {}),
    "GET /media/{slug}/{post_id}/{which}": Rule(""),
    "POST /enter/{token}": Rule("", {"name": "N"}),
    "POST /sign-out": Rule("", {}),
}
INSTANCE = {"POST /api/v1/events": Rule("event.create", {"slug": "other", "name": "O"})}
"""What a role in one event never allows."""
WITHOUT_SIGN_IN = {"POST /api/v1/events/{slug}/posts"}
"""Routes that somebody who is not signed in may use too, as a participant."""
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
    named = {"{slug}": api.event.slug, "{decision}": "approve"}
    for name in ("post_id", "relay_id", "session_id", "room_id", "tag_id", "token", "which"):
        named[f"{{{name}}}"] = "nothing"
    named |= {"{contribution_id}": "nothing", "{integration_id}": "nothing"}
    for name, value in named.items():
        path = path.replace(name, value)
    sent = {"json": rule.body} if path.startswith("/api/") else {"data": rule.body}
    async with api.client(token, **headers) as client:
        return await client.request(method, path, **(sent if rule.body is not None else {}))


def allowed(route: str, rule: Rule, role: Role | None) -> bool:
    if role is None and route in WITHOUT_SIGN_IN:
        return True
    if route in INSTANCE:
        return False
    if rule.verb in {"", "desk"}:
        return not rule.verb or role in STAFF
    return role in RIGHTS[rule.verb]


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
        refused = {401, 403} if allowed(route, rule, role) else {403 if role else 401}
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
