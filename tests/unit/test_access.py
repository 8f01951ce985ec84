"""Who sees what on which face, which names a site answers to, and which pages may give it orders."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from wall.access import NOBODY, RIGHTS, STAFF, ForeignOrigin, Origins, Visitor, may, require, scope_for
from wall.entries import PUBLIC, Scope, visible
from wall.errors import NotSignedIn, NotYours
from wall.model import Feed, FeedState, Role

ADA = Visitor("ada", "Ada")
EVERY_ROLE = frozenset(Role)

MATRIX = {
    Role.ORGANISER: set(RIGHTS),
    Role.MODERATOR: {
        *("post.add", "post.approve", "post.hide", "post.reject", "post.withdraw", "feed.see"),
        "post.reconsider",
        "post.pair",
        "translation.write",
        *("posts.judge", "rules.see", "rules.set", "author.trust", "author.leave_off", "author.put_back"),
        *("post.pin", "screens.see", "walls.control", "ask.judge", "opt_outs.see"),
    },
    Role.FACILITATOR: {
        *("post.add", "point.tag", "point.note", "point.raise", "queue.move", "reply.send", "session.run"),
        *("room.note", "conclusion.word", "message.send", "message.read"),
        *("question.ask", "translation.write", "point.route", "handover.write"),
        *("point.join", "point.word", "point.place"),
        *("codebook.change", "codebook.see", "theme.make", "sample.draw", "sample.tag", "sample.reconcile"),
        *("post.pin", "screens.see", "walls.control", "author.leave_off", "author.put_back"),
        *("resource.recommend", "ask.run", "ask.judge", "feedback.see", "opt_outs.see"),
    },
    Role.SCRIBE: {"room.note", "post.add", "translation.write", "codebook.see"},
    Role.TAGGER: {"codebook.see", "sample.tag"},
    Role.AUTHOR: {
        *("codebook.change", "codebook.see", "sample.draw", "sample.tag", "sample.reconcile"),
        *("translation.write", "resource.recommend"),
    },
    Role.AUDITOR: {"audit.see", "codebook.see", "opt_outs.see"},
    Role.CHAIR: {"stage.signal", "message.read", "walls.quiet"},
    Role.TECHNICIAN: {
        *("feed.add", "feed.see", "integration.make"),
        *("scenes.change", "screens.run", "screens.see", "walls.control", "doors.see", "doors.confirm"),
    },
}
"""DESIGN's roles in other words: a change of RIGHTS must be made here, too."""


@pytest.mark.parametrize("verb", RIGHTS)
@pytest.mark.parametrize("role", Role)
def test_the_rights_are_as_written_down(role: Role, verb: str) -> None:
    assert may({role}, verb) == (verb in MATRIX.get(role, set()))


def test_what_is_not_listed_nobody_may_do() -> None:
    assert not may(EVERY_ROLE, "server.burn")
    with pytest.raises(NotYours):
        require(ADA, EVERY_ROLE, "server.burn")
    with pytest.raises(NotSignedIn):
        require(NOBODY, EVERY_ROLE, "post.add")


@pytest.mark.parametrize("role", Role)
def test_who_may_see_feeds_is_shown_them(role: Role) -> None:
    feed = Feed(
        id="f",
        event_id="e",
        network="demo",
        config={},
        cursor=None,
        state=FeedState.RUNNING,
        problem=None,
        accepted=0,
        dropped=0,
        version=1,
    )
    assert visible(feed, Scope(frozenset({role}))) == may({role}, "feed.see")


def test_a_wall_is_public_whoever_holds_it() -> None:
    assert scope_for(ADA, EVERY_ROLE, "wall") == PUBLIC


def test_a_phone_has_its_person_and_no_role() -> None:
    assert scope_for(ADA, EVERY_ROLE, "join") == Scope(person="ada")
    assert scope_for(NOBODY, frozenset(), "join") == PUBLIC


def test_a_stage_counts_only_the_roles_that_sit_on_it() -> None:
    on_stage = frozenset({Role.CHAIR, Role.FACILITATOR, Role.ORGANISER})
    assert scope_for(ADA, EVERY_ROLE, "stage") == Scope(on_stage)
    assert scope_for(ADA, frozenset({Role.MODERATOR}), "stage") == PUBLIC
    assert scope_for(NOBODY, frozenset(), "stage") == PUBLIC


@pytest.mark.parametrize("role", Role)
def test_a_desk_is_for_staff(role: Role) -> None:
    roles = frozenset({role})
    if role in STAFF:
        assert scope_for(ADA, roles, "desk") == Scope(roles, "ada")
    else:
        with pytest.raises(NotYours):
            scope_for(ADA, roles, "desk")


def test_a_desk_asks_to_sign_in_first() -> None:
    with pytest.raises(NotSignedIn):
        scope_for(NOBODY, frozenset(), "desk")


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("127.0.0.1:8000", True),
        ("localhost", True),
        ("[::1]:8000", True),
        ("192.168.4.20", True),
        ("venue-box:8000", True),
        ("wall.local", True),
        ("WALL.example.org", True),
        ("wall.example.org:8443", True),
        ("more.example.org", True),
        ("evil.example", False),
        ("wall.example.org.evil.example", False),
        ("evil.local.example", False),
        ("127.0.0.1.evil.example", False),
        ("", False),
        (".local", False),
        ("[evil]", False),
        ("a b", False),
    ],
)
def test_a_site_answers_to_its_names_and_to_names_that_nobody_can_register(host: str, known: bool) -> None:
    assert Origins("https://wall.example.org", ["more.example.org"]).knows(host) == known


@pytest.mark.parametrize(
    ("origin", "host", "scheme", "allowed"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000", "http", True),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", "ws", True),
        ("https://venue-box", "venue-box", "wss", True),
        ("http://venue-box", "venue-box", "wss", False),
        ("http://127.0.0.1:8001", "127.0.0.1:8000", "http", False),
        ("http://evil.example", "evil.example", "http", False),
        ("https://wall.example.org", "127.0.0.1:8000", "http", True),
        ("https://more.example.org", "more.example.org", "https", True),
        ("https://more.example.org", "wall.example.org", "https", False),
        ("https://wall.example.org.evil.example", "wall.example.org", "https", False),
        ("null", "127.0.0.1:8000", "http", False),
        ("", "127.0.0.1:8000", "http", False),
    ],
)
def test_only_its_own_pages_give_a_site_orders(origin: str, host: str, scheme: str, allowed: bool) -> None:
    origins = Origins("https://wall.example.org", ["more.example.org"])
    headers = Headers({"host": host, "origin": origin})
    if allowed:
        origins.check(headers, scheme)
    else:
        with pytest.raises(ForeignOrigin):
            origins.check(headers, scheme)


def test_a_program_without_a_cookie_needs_no_origin_and_one_with_a_cookie_does() -> None:
    Origins().check(Headers({"host": "localhost"}), "ws")
    Origins().check(Headers({"authorization": "Bearer x", "cookie": "backchannel=x"}), "ws")
    with pytest.raises(ForeignOrigin):
        Origins().check(Headers({"host": "localhost", "cookie": "__Host-backchannel=x"}), "ws")


def test_absolute_links_start_with_the_public_address_or_with_the_one_that_was_used() -> None:
    scope = {"type": "http", "scheme": "http", "headers": [(b"host", b"Venue-Box:8000")]}
    assert Origins("https://wall.example.org").base(scope) == "https://wall.example.org"
    assert Origins().base(scope) == "http://venue-box:8000"
