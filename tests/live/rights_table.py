"""Whose each route is; test_rights_matrix compares it with the application and `wall.access.RIGHTS`."""

from __future__ import annotations

from typing import Any, NamedTuple

SEEN = {"version": 1}
WHY = {"version": 1, "reason": "spam"}
TIMES = {"starts_at": "2026-05-04T09:00:00Z", "ends_at": "2026-05-04T11:00:00Z"}
SESSION = {"room": "r", "title": "T", "method": "chat", **TIMES}
SCENE = {"name": "Foyer", "steps": [{"layout": "columns"}]}
SCREEN = {"code": "ACDE-FH", "name": "Left", "distance_m": 20, "diagonal_in": 85}
OWN = {"text": "Said better", "words": "Why?", "on": "1", "version": "1"}
PUSH = {"endpoint": "https://push.example/one", "keys": {"p256dh": "nothing", "auth": "nothing"}}
RESOURCE = {"title": "T", "url": "https://a.example/"}
PASTED = {"address": "https://x.com/a/status/1", "text": "T", "permission": "public"}
FORM = {"version": "1", "cause": "c", "state": "held", "edits": "0"}


SIGNATURE = "signature"


class Rule(NamedTuple):
    """Whose a route is: a verb of RIGHTS, "desk", "" for everybody, or SIGNATURE for tools, which no role
    replaces; with something to send."""

    verb: str
    body: Any = None


EVENT = {
    "GET ": Rule(""),
    "PATCH ": Rule("event.change", {"version": 1, "name": "N"}),
    "POST /delete": Rule("event.delete", {"slug": "another"}),
    "GET /changes": Rule(""),
    "GET /snapshot": Rule(""),
    "GET /posts": Rule(""),
    "POST /points": Rule("", {"text": "Said"}),
    "POST /points/{post_id}/edit": Rule("", {"text": "Said better"}),
    "POST /points/{post_id}/second-look": Rule("", {"words": "Why?"}),
    "POST /posts/{post_id}/support": Rule("", {"on": True}),
    "POST /posts/{post_id}/second-look/keep": Rule("posts.judge", SEEN | {"words": "So."}),
    "POST /posts": Rule("post.add", {"text": "Said"}),
    "POST /webhook": Rule(SIGNATURE, {"items": [{"key": "m1", "text": "Said"}]}),
    "POST /posts/{post_id}/approve": Rule("post.approve", SEEN),
    "POST /posts/{post_id}/reject": Rule("post.reject", WHY),
    "POST /posts/{post_id}/hide": Rule("post.hide", WHY),
    "POST /posts/{post_id}/pair": Rule("post.pair", SEEN | {"twin": "p"}),
    "POST /posts/{post_id}/part": Rule("post.pair", SEEN | {"twin": "p"}),
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
    "POST /asks": Rule("ask.run", {"kind": "text", "question": "Why?"}),
    "PATCH /asks/{ask_id}": Rule("ask.run", {"kind": "text", "question": "Why?", "worded": 0}),
    **{
        f"POST /asks/{{ask_id}}/{verb}": Rule("ask.run", {"worded": 0} | more)
        for verb, more in {
            "remove": {},
            "open": {},
            "close": {},
            "show": {},
            "keep": {},
            "walls": {"on": True},
        }.items()
    },
    "POST /asks/{ask_id}/said/{key}": Rule("ask.judge", {"shown": False}),
    "POST /asks/{ask_id}/answer": Rule("", {"picks": [0]}),
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
    "GET /links": Rule("link.make"),
    "DELETE /links/{link_id}": Rule("link.make"),
    "GET /members": Rule("member.set"),
    "PUT /members/{person_id}": Rule("member.set", {"version": 1, "roles": []}),
    "GET /push": Rule(""),
    "POST /push": Rule("", PUSH),
    "DELETE /push": Rule("", {"endpoint": "https://push.example/one"}),
    "POST /pasted": Rule("post.add", PASTED),
    "POST /resources": Rule("resource.recommend", RESOURCE),
    "PUT /resources/{resource_id}": Rule("resource.recommend", RESOURCE | SEEN),
    "POST /resources/{resource_id}/withdraw": Rule("resource.recommend", SEEN),
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
        for verb in ("flash", "reload", "card", "link")
    },
    "DELETE /screens/{screen_id}/card": Rule("screens.run"),
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
    "GET /moderate/{slug}/left-off": Rule("opt_outs.see"),
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
        for verb in ("change", "flash", "reload", "card", "hide", "larger", "link", "unpair")
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
    **{
        f"GET {path}": Rule("")
        for path in ("/", "/healthz", "/readyz", "/enter/{token}", "/go-on/{token}", "/j/{slug}")
    },
    **{f"GET {path}": Rule("") for path in ("/events/{slug}", "/stage/{slug}", "/wall/{slug}")},
    **{f"GET /join/{{slug}}{path}": Rule("") for path in ("", "/qr.svg", "/take-back/{post_id}")},
    **{f"GET /join/{{slug}}/{path}": Rule("") for path in ("app.webmanifest", "offline")},
    "GET /phone-worker.js": Rule(""),
    "GET /events/{slug}/print/queue": Rule("session.run"),
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
    **{f"POST /join/{{slug}}/{to}/{{post_id}}": Rule("", OWN) for to in ("edit", "support", "second-look")},
    "POST /moderate/{slug}/second-look/{post_id}/keep": Rule("posts.judge", OWN),
    "GET /join/{slug}/ask/{ask_id}": Rule(""),
    "POST /join/{slug}/ask/{ask_id}": Rule("", {"pick": "0"}),
    "GET /join/{slug}/feedback/{session_id}": Rule(""),
    "POST /join/{slug}/feedback/{session_id}": Rule("", {"worth": "5"}),
    "GET /events/{slug}/feedback": Rule("feedback.see"),
    "GET /events/{slug}/feedback.csv": Rule("feedback.see"),
    "GET /events/{slug}/speakers": Rule("speaker.invite"),
    "POST /events/{slug}/speakers": Rule("speaker.invite", {}),
    "POST /events/{slug}/speakers/{speaker_id}/revoke": Rule("speaker.invite", {}),
    "GET /events/{slug}/sessions/{session_id}/brief": Rule("message.read"),
    **{f"GET /speak/{{token}}{path}": Rule("") for path in ("", "/brief")},
    **{f"POST /speak/{{token}}{path}": Rule("", {}) for path in ("", "/walls")},
    "GET /events/{slug}/guidance": Rule(""),
    "GET /events/{slug}/guidance/edit": Rule("guidance.write"),
    "POST /events/{slug}/guidance/edit": Rule("guidance.write", {}),
    "GET /events/{slug}/resources": Rule(""),
    "POST /events/{slug}/resources": Rule("resource.recommend", {}),
    "POST /events/{slug}/resources/{resource_id}": Rule("resource.recommend", {}),
    "POST /events/{slug}/resources/{resource_id}/withdraw": Rule("resource.recommend", {}),
    "GET /events/{slug}/paste": Rule("post.add"),
    "POST /events/{slug}/paste": Rule("post.add", {}),
    "GET /point/{slug}/{contribution_id}": Rule(""),
    **{
        f"{method} /events/{{slug}}/programme{path}": Rule("programme.change", sent)
        for method, path, sent in (
            ("GET", "", None),
            ("GET", ".csv", None),
            ("GET", "/import", None),
            ("POST", "/import", {}),
            ("POST", "/rooms", {}),
            ("POST", "/rooms/{room_id}", {}),
            ("GET", "/sessions/new", None),
            ("POST", "/sessions/new", {}),
            ("GET", "/sessions/{session_id}", None),
            ("POST", "/sessions/{session_id}", {}),
        )
    },
    "POST /events/{slug}/programme/sessions/{session_id}/{verb}": Rule("session.run", {}),
    "GET /events/{slug}/programme.ics": Rule(""),
    "GET /events/{slug}/sessions/{session_id}.ics": Rule(""),
    "POST /events/{slug}/picked": Rule("", {}),
    "GET /events/{slug}/settings": Rule("event.change"),
    "POST /events/{slug}/settings": Rule("event.change", {}),
    "GET /heard/{slug}": Rule(""),
    "GET /api/v1/deleted-events": Rule(""),
    "POST /api/v1/deleted-events/{event_id}/bring-back": Rule("", {}),
    "GET /deleted": Rule(""),
    "GET /words/{lang}.json": Rule(""),
    "POST /deleted/{event_id}/bring-back": Rule("", {}),
    "GET /events/{slug}/delete": Rule("event.delete"),
    "POST /events/{slug}/delete": Rule("event.delete", {"slug": "another"}),
    "GET /audit/{slug}": Rule("audit.see"),
    "POST /join/{slug}/answer/{question_id}": Rule("", {"words": "So."}),
    "POST /join/{slug}": Rule("", {"text": "Said"}),
    "GET /take-back/{token}": Rule(""),
    "POST /take-back/{token}": Rule("", {}),
    "GET /media/{slug}/{post_id}/{which}": Rule(""),
    "GET /events/{slug}/staff": Rule("member.set"),
    **{
        f"POST /events/{{slug}}/staff/{path}": Rule("member.set", {})
        for path in ("people/{person_id}", "links", "links/show", "links/{link_id}/revoke", "alarms")
    },
    "POST /events/{slug}/staff/alarms/{way}/test": Rule("member.set", {}),
    "GET /start": Rule(""),
    "POST /start/code": Rule("", {"code": "X"}),
    "GET /events/{slug}/first": Rule("screens.run"),
    "POST /events/{slug}/first/pair": Rule("screens.run", {}),
    "GET /events/{slug}/feeds": Rule("feed.see"),
    "POST /events/{slug}/feeds": Rule("feed.add", {}),
    "POST /events/{slug}/feeds/match": Rule("feed.see", {}),
    "POST /events/{slug}/feeds/{feed_id}/{verb}": Rule("feed.add", {}),
    "GET /events/{slug}/doors": Rule("doors.see"),
    "POST /events/{slug}/doors": Rule("doors.confirm", {}),
    "GET /events/{slug}/doors/phone.svg": Rule("doors.see"),
    "GET /events/{slug}/doors/phone/{proof}": Rule(""),
    "GET /events/{slug}/rehearse": Rule("event.rehearse"),
    "POST /events/{slug}/rehearse": Rule("event.rehearse", {}),
    "POST /events/{slug}/rehearse/{name}/end": Rule("event.rehearse", {}),
    "POST /enter/{token}": Rule("", {"name": "N"}),
    "POST /go-on/{token}": Rule("", {}),
    "POST /sign-out": Rule("", {}),
}
INSTANCE = {
    "POST /api/v1/events": Rule("event.create", {"slug": "other", "name": "O"}),
    "POST /start": Rule("event.create", {}),
    "GET /events/{slug}/copy": Rule("event.create"),
    "POST /events/{slug}/copy": Rule("event.create", {}),
    "POST /events/{slug}/doors/copy": Rule("server.copy", {}),
}
"""What a role in one event never allows."""
WITHOUT_SIGN_IN = {"POST /api/v1/events/{slug}/posts"}
"""Routes that somebody who is not signed in may use too, as a participant."""
