"""Role × route: what each role is refused, for every route that the application has. A route that is
not in the table fails the first test, so none can be added without saying whose it is."""

from __future__ import annotations

import re
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
SCENE = {"name": "Foyer", "steps": [{"layout": "columns"}]}
SCREEN = {"code": "ACDE-FH", "name": "Left", "distance_m": 20, "diagonal_in": 85}
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
    "POST /posts/{post_id}/leave-off": Rule("author.leave_off", {}),
    "POST /posts/{post_id}/put-back": Rule("author.put_back", {}),
    "POST /opt-outs": Rule("", {"network": "x", "handle": "ada"}),
    "POST /opt-outs/{opt_out_id}/put-back": Rule("author.put_back", {}),
    "POST /posts/{post_id}/tag": Rule("point.tag", {"tag": "t"}),
    "POST /posts/{post_id}/note": Rule("point.note", {}),
    "POST /posts/{post_id}/raise": Rule("point.raise", {"session": "s"}),
    "POST /posts/{post_id}/join": Rule("point.join", {"others": ["p"]}),
    "POST /posts/{post_id}/split": Rule("point.join", {}),
    "POST /posts/{post_id}/word": Rule("point.word", {"wording": "W", "worded": 0}),
    "POST /posts/{post_id}/place": Rule("point.place", {"session": "s"}),
    "POST /posts/{post_id}/claim": Rule("point.place", {}),
    "POST /posts/{post_id}/trust": Rule("author.trust", {}),
    "GET /posts/{post_id}/similar": Rule("desk"),
    "POST /contributions/{contribution_id}/reply": Rule("reply.send", {"words": "Yes."}),
    "POST /contributions/{contribution_id}/waive": Rule("reply.send", {}),
    "GET /replies": Rule("reply.send"),
    "POST /feeds/{feed_id}/replies": Rule("replies.switch", {"on": True}),
    "POST /posts/{post_id}/ask": Rule("question.ask", {"words": "Why?"}),
    "POST /questions/{question_id}/answer": Rule("", {"words": "So."}),
    "POST /questions/{question_id}/share": Rule("question.ask", SEEN),
    "POST /questions/{question_id}/withdraw": Rule("question.ask", SEEN),
    "POST /posts/{post_id}/translations": Rule("translation.write", {"lang": "fr", "text": "Dit"}),
    "DELETE /posts/{post_id}/translations/{translation_id}": Rule("translation.write"),
    "POST /posts/{post_id}/route": Rule("point.route", {"to_session": "s"}),
    **{
        f"POST /routings/{{routing_id}}/{verb}": Rule("point.route", SEEN)
        for verb in ("accept", "return", "cancel")
    },
    "POST /sessions/{session_id}/handover": Rule("handover.write", {"version": 0, "words": "n"}),
    "GET /coverage": Rule(""),
    "GET /coverage/unheard": Rule("desk"),
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
    "POST /sessions/{session_id}/room-notes": Rule("room.note", {"text": "Said"}),
    "POST /sessions/{session_id}/conclusions": Rule("conclusion.word", {"text": "So it is."}),
    "PATCH /conclusions/{conclusion_id}": Rule("conclusion.word", {"worded": 0}),
    "POST /conclusions/{conclusion_id}/endorse": Rule("", {"on": True}),
    "POST /sessions/{session_id}/messages": Rule("message.send", {"text": "Hello"}),
    "POST /sessions/{session_id}/signals": Rule("stage.signal", {"signal": "more"}),
    "POST /messages/{message_id}/acknowledge": Rule("message.read", {}),
    "POST /posts/{post_id}/answer": Rule("session.run", {"session": None, "prompt": None}),
    "POST /codebook/preset": Rule("codebook.change", {}),
    "POST /codebook/versions": Rule("codebook.change", {}),
    "POST /codebook/import": Rule("codebook.change", {"format": "csv", "text": "name\nA", "version": 0}),
    "POST /codebook/differences": Rule("codebook.change", {"format": "csv", "text": "name\nA"}),
    "GET /codebook": Rule("codebook.see"),
    "GET /codebook/file": Rule("codebook.see"),
    "GET /samples": Rule("sample.tag"),
    "POST /samples": Rule("sample.draw", {"set": "kind", "size": 1}),
    "GET /samples/{sample_id}/agreement": Rule("sample.reconcile"),
    "POST /samples/{sample_id}/reconcile": Rule("sample.reconcile", {}),
    "POST /samples/{sample_id}/posts/{post_id}/tag": Rule("sample.tag", {}),
    "POST /samples/{sample_id}/posts/{post_id}/reconcile": Rule("sample.reconcile", {}),
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
    "POST /posts/{post_id}/pin": Rule("post.pin", {}),
    "POST /posts/{post_id}/unpin": Rule("post.pin", {}),
    "POST /walls": Rule("walls.control", {"room": None, "hold": "blank"}),
    "GET /scenes": Rule(""),
    "POST /scenes": Rule("scenes.change", SCENE),
    "POST /scenes/file": Rule("scenes.change", {"backchannel_scene": 1, **SCENE}),
    "PATCH /scenes/{scene_id}": Rule("scenes.change", SEEN),
    "DELETE /scenes/{scene_id}": Rule("scenes.change"),
    "GET /scenes/{scene_id}/file": Rule(""),
    "GET /look": Rule(""),
    "PATCH /look": Rule("look.change", {"version": 0}),
    "PUT /look/files/{slot}": Rule("look.change"),
    "DELETE /look/files/{slot}": Rule("look.change"),
    "GET /look/file": Rule("look.change"),
    "PUT /look/file": Rule("look.change", {"backchannel_look": 1}),
    "GET /screens": Rule("screens.see"),
    "GET /screens/acknowledged": Rule("screens.see"),
    "POST /screens": Rule("screens.run", SCREEN),
    "PATCH /screens/{screen_id}": Rule("screens.run", SEEN),
    "DELETE /screens/{screen_id}": Rule("screens.run"),
    **{
        f"POST /screens/{{screen_id}}/{verb}": Rule("screens.run", {})
        for verb in ("flash", "reload", "link")
    },
}
"""Routes below /api/v1/events/{slug}."""

TABLE = {
    **{one.replace(" ", " /api/v1/events/{slug}", 1): rule for one, rule in EVENT.items()},
    "GET /api/v1/events": Rule(""),
    "GET /api/v1/me": Rule(""),
    "GET /api/v1/openapi.json": Rule(""),
    "GET /api/v1/screen": Rule(""),
    "POST /api/v1/screen/codes": Rule("", {}),
    **{f"GET /screen{path}": Rule("") for path in ("", "/qr/{code}.svg", "/again/{token}")},
    "POST /screen/again/{token}": Rule("", {}),
    "GET /desk/{slug}": Rule("desk"),
    "GET /moderate/{slug}": Rule("posts.judge"),
    "POST /moderate/{slug}/{post_id}/{decision}": Rule("post.approve", FORM),
    "GET /moderate/{slug}/left-off": Rule("author.leave_off"),
    "POST /moderate/{slug}/left-off/{opt_out_id}/put-back": Rule("author.put_back", {}),
    "GET /join/{slug}/leave": Rule(""),
    "POST /join/{slug}/leave": Rule("", {}),
    "GET /moderate/{slug}/rules": Rule("rules.see"),
    "POST /moderate/{slug}/rules": Rule("rules.set", {}),
    "GET /pair": Rule("screens.run"),
    "POST /pair": Rule("screens.run", {"code": "ACDE-FH"}),
    "GET /screens/{slug}": Rule("screens.see"),
    "POST /screens/{slug}/walls": Rule("walls.control", {"room": "all", "hold": "live"}),
    "POST /screens/{slug}/notice": Rule("walls.control", {"room": "all", "notice": ""}),
    "GET /screens/{slug}/{screen_id}": Rule("screens.run"),
    **{
        f"POST /screens/{{slug}}/{{screen_id}}/{verb}": Rule("screens.run", {})
        for verb in ("change", "flash", "reload", "larger", "link", "unpair")
    },
    **{
        f"GET /scenes/{{slug}}{path}": Rule("scenes.change")
        for path in ("", "/{scene_id}", "/{scene_id}/file")
    },
    **{
        f"POST /scenes/{{slug}}/{path}": Rule("scenes.change", {})
        for path in ("file", "{scene_id}", "{scene_id}/remove")
    },
    **{f"GET /look/{{slug}}{path}": Rule("look.change") for path in ("", "/file", "/try.css")},
    **{f"POST /look/{{slug}}{path}": Rule("look.change", {}) for path in ("", "/file")},
    "GET /look/{slug}/{name}": Rule(""),
    "GET /codebook/{slug}": Rule("codebook.see"),
    "GET /codebook/{slug}/file": Rule("codebook.see"),
    "GET /codebook/{slug}/tag/{tag_id}": Rule("codebook.change"),
    **{
        f"POST /codebook/{{slug}}/{path}": Rule("codebook.change", {})
        for path in ("tag/{tag_id}", "preset", "keep", "differences", "import")
    },
    "GET /codebook/{slug}/second": Rule("sample.tag"),
    "GET /codebook/{slug}/second/{sample_id}": Rule("sample.tag"),
    "POST /codebook/{slug}/second/{sample_id}/{post_id}": Rule("sample.tag", {}),
    "GET /codebook/{slug}/agreement": Rule("sample.reconcile"),
    "POST /codebook/{slug}/agreement": Rule("sample.draw", {}),
    "POST /codebook/{slug}/agreement/{sample_id}": Rule("sample.reconcile", {}),
    "POST /codebook/{slug}/agreement/{sample_id}/{post_id}": Rule("sample.reconcile", {}),
    "GET /codebook/{slug}/themes": Rule("codebook.change"),
    "POST /codebook/{slug}/themes": Rule("theme.make", {}),
    **{f"GET {path}": Rule("") for path in ("/", "/healthz", "/readyz", "/enter/{token}", "/j/{slug}")},
    **{f"GET {path}": Rule("") for path in ("/events/{slug}", "/stage/{slug}", "/wall/{slug}")},
    **{f"GET /join/{{slug}}{path}": Rule("") for path in ("", "/qr.svg", "/take-back/{post_id}")},
    **{
        f"GET {path}": Rule("")
        for path in ("/wall/{slug}/plain", "/embed/{slug}", "/overlay/{slug}/{place}")
    },
    **{f"GET /events/{{slug}}/shown.{form}": Rule("") for form in ("json", "atom")},
    **{
        f"{method} /events/{{slug}}/sessions/{{session_id}}/run-sheet": Rule("programme.change", sent)
        for method, sent in {"GET": None, "POST": {}}.items()
    },
    "POST /join/{slug}/endorse/{conclusion_id}": Rule("", {"on": "1"}),
    "GET /point/{slug}/{contribution_id}": Rule(""),
    "GET /heard/{slug}": Rule(""),
    "GET /audit/{slug}": Rule("audit.see"),
    "POST /join/{slug}/answer/{question_id}": Rule("", {"words": "So."}),
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
    named = {"slug": api.event.slug, "decision": "approve", "slot": "logo"}
    path = re.sub(r"\{(\w+)\}", lambda found: named.get(found[1], "nothing"), path)
    sent = {"json": rule.body} if path.startswith("/api/") else {"data": rule.body}
    async with api.client(token, **headers) as client:
        return await client.request(
            method, path, params={"seq": 1}, **(sent if rule.body is not None else {})
        )


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
