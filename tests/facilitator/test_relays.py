"""Queues and floors over a store: every guard, what each move does, and what leaves view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from facilitator import floor, programme, relays
from facilitator.guards import Acting, NotYourSession
from tests.facilitator.floor import FACILITATOR, ORGANISER, Floor
from tests.support.summit import GRAVES, post
from wall.entries import PUBLIC
from wall.errors import BadInput, NotFound, Refused, Stale
from wall.feeds.base import Edited, Withdrawn
from wall.intake import moves
from wall.journal import Tx
from wall.model import PostState, Reason, Role
from wall.parallel import Relay, RelayState
from wall.store import Store, members

QUEUED, NEXT, ON_FLOOR = RelayState.QUEUED, RelayState.NEXT, RelayState.ON_FLOOR


@pytest.fixture
def summit(store: Store) -> Floor:
    return Floor(store)


@pytest.fixture
def session(summit: Floor) -> str:
    return summit.session(summit.room())


def decide(summit: Floor, key: str, verb: str) -> None:
    decisions: dict[str, Callable[[Tx, Any], object]] = {
        "hide": lambda tx, one: moves.hide(tx, one.id, one.version, Reason(code="spam")),
        "lose": lambda tx, one: vars(moves.lost(tx, one)),
        "reconsider": lambda tx, one: moves.reconsider(tx, one.id, one.version),
        "withdraw": lambda tx, one: moves.withdraw(tx, one.id, one.version, GRAVES),
    }
    stored = summit.stored(key)
    summit.do(lambda tx: decisions[verb](tx, stored))


def test_one_key_moves_the_queue_on(summit: Floor, session: str) -> None:
    one, two, three = (summit.raised(session, str(n)) for n in range(3))
    assert summit.queue(session) == [one.id, two.id, three.id]
    assert summit.advance(session) == {"closed": None, "floor": None, "next": one.id}
    assert summit.advance(session) == {"closed": None, "floor": one.id, "next": two.id}
    moved = summit.advance(session, state=RelayState.ANSWERED, outcome="Yes.")
    assert moved == {"closed": one.id, "floor": two.id, "next": three.id}
    closed = summit.relay(one.id)
    assert (closed.state, closed.outcome, closed.before) == (RelayState.ANSWERED, "Yes.", ON_FLOOR)
    assert summit.advance(session) == {"closed": two.id, "floor": three.id, "next": None}
    assert summit.advance(session) == {"closed": three.id, "floor": None, "next": None}
    with pytest.raises(Refused):
        summit.advance(session)


def test_two_who_press_the_one_key_at_once_move_the_queue_once(summit: Floor, session: str) -> None:
    one, two = summit.raised(session, "1"), summit.raised(session, "2")
    summit.advance(session)
    seen = (None, one.id)
    summit.do(lambda tx: floor.advance(tx, ORGANISER, session, *seen))
    with pytest.raises(Stale) as stale:
        summit.do(lambda tx: floor.advance(tx, ORGANISER, session, *seen))
    assert stale.value.details["current"] == {"floor": one.id, "next": two.id}


def test_a_key_that_is_sent_again_after_a_lost_answer_moves_nothing_twice(
    summit: Floor, session: str
) -> None:
    one = summit.raised(session, "1")

    def key(tx: Tx) -> dict[str, Any]:
        return floor.advance(tx, ORGANISER, session, None, None)

    first = summit.do(key, cause="c1")
    again = summit.do(key, cause="c1")
    assert (again.replayed, again.result, again.seq) == (True, first.result, first.seq)
    assert summit.standing(session) == (None, one.id)


def test_one_key_too_many_is_taken_back_by_one(summit: Floor, session: str) -> None:
    one, two, three = (summit.raised(session, str(n)) for n in range(3))
    summit.advance(session)
    summit.advance(session)
    before = (summit.standing(session), summit.queue(session))
    summit.advance(session)
    assert summit.standing(session) == (two.id, three.id)
    summit.move(summit.relay(one.id), "reopen")
    assert (summit.standing(session), summit.queue(session)) == before
    assert {receipt.state for receipt in summit.receipts(one.contribution_id)} == {"waived"}


def test_reopening_later_does_not_disturb_what_the_room_discusses(summit: Floor, session: str) -> None:
    one, two, three, four = (summit.raised(session, str(n)) for n in range(4))
    for _ in range(4):
        summit.advance(session)
    assert summit.standing(session) == (three.id, four.id)
    assert summit.move(summit.relay(one.id), "reopen").state is QUEUED
    assert summit.standing(session) == (three.id, four.id)
    summit.move(summit.relay(three.id), "close", RelayState.ANSWERED)
    summit.move(summit.relay(four.id), "take_up")
    summit.move(summit.relay(three.id), "reopen")
    summit.move(summit.relay(two.id), "reopen")
    assert summit.standing(session) == (four.id, None)
    assert summit.queue(session) == [two.id, three.id, one.id]


@pytest.mark.parametrize("verb", ["place", "ready", "queue", "take_up", "close", "reopen", "annotate"])
def test_of_two_who_move_one_relay_the_second_hears_what_the_first_did(
    summit: Floor, session: str, verb: str
) -> None:
    seen = summit.raised(session, "1")
    summit.raised(session, "2")
    summit.move(seen, "place", None)
    given = {"place": (None,), "close": (RelayState.RETURNED,), "annotate": ("", "")}.get(verb, ())
    with pytest.raises(Stale) as stale:
        summit.move(seen, verb, *given)
    assert stale.value.details["current"]["version"] == 2
    assert stale.value.details["current"]["state"] == "queued"


def test_two_who_move_different_relays_of_one_queue_both_succeed(summit: Floor, session: str) -> None:
    one, two, three = (summit.raised(session, str(n)) for n in range(3))
    summit.move(three, "place", one.id)
    summit.move(two, "place", one.id)
    assert summit.queue(session) == [three.id, two.id, one.id]
    summit.move(summit.relay(three.id), "place", None)
    assert summit.queue(session) == [two.id, one.id, three.id]


def test_a_queue_can_be_put_in_order_for_ever(summit: Floor, session: str) -> None:
    one, two, three = (summit.raised(session, str(n)) for n in range(3))
    for _ in range(15):
        summit.move(summit.relay(three.id), "place", two.id)
        summit.move(summit.relay(two.id), "place", three.id)
    assert summit.queue(session) == [one.id, two.id, three.id]
    assert all(summit.relay(other.id).version == 1 for other in (one,))


def test_what_it_was_put_before_may_have_left_the_queue(summit: Floor, session: str) -> None:
    one, two = summit.raised(session, "1"), summit.raised(session, "2")
    summit.move(one, "ready")
    with pytest.raises(Stale) as stale:
        summit.move(two, "place", one.id)
    assert stale.value.details["queue"] == []
    with pytest.raises(BadInput):
        summit.move(two, "place", two.id)


def test_closing_twice_is_refused_with_what_there_is(summit: Floor, session: str) -> None:
    relay = summit.raised(session, "1")
    closed = summit.move(relay, "close", RelayState.DROPPED, "duplicate")
    with pytest.raises(Stale):
        summit.move(relay, "close", RelayState.DROPPED, "duplicate")
    with pytest.raises(Refused) as refused:
        summit.move(closed, "close", RelayState.RETURNED)
    assert refused.value.details["current"]["state"] == "dropped"


@pytest.mark.parametrize(
    ("state", "detail"),
    [
        (RelayState.DEFERRED, ""),
        (RelayState.DEFERRED, "duplicate"),
        (RelayState.DROPPED, "board"),
        (RelayState.RETURNED, "board"),
        (RelayState.QUEUED, ""),
    ],
)
def test_a_detail_has_to_fit_its_state(summit: Floor, session: str, state: RelayState, detail: str) -> None:
    with pytest.raises(BadInput):
        summit.move(summit.raised(session, "1"), "close", state, detail)


@pytest.mark.parametrize("state", [RelayState.DISCUSSED, RelayState.ANSWERED])
def test_what_the_room_never_had_was_not_discussed(summit: Floor, session: str, state: RelayState) -> None:
    relay = summit.raised(session, "1")
    with pytest.raises(Refused):
        summit.move(relay, "close", state)
    following = summit.move(relay, "ready")
    with pytest.raises(Refused):
        summit.move(following, "close", state)


def test_a_room_discusses_one_thing(summit: Floor, session: str) -> None:
    one, two = summit.raised(session, "1"), summit.raised(session, "2")
    one = summit.move(one, "take_up")
    with pytest.raises(Refused) as refused:
        summit.move(two, "take_up")
    assert refused.value.details["floor"] == one.id
    summit.move(one, "queue")
    assert summit.move(two, "take_up").state is ON_FLOOR


def test_one_session_runs_in_a_room_and_others_wait(summit: Floor) -> None:
    room = summit.room()
    running, other = summit.session(room), summit.session(room, running=False)
    elsewhere = summit.session(summit.room("Annex"))
    relay = summit.raised(other, "1")
    with pytest.raises(Refused):
        summit.move(relay, "take_up")
    with pytest.raises(Refused) as refused:
        summit.do(lambda tx: programme.begin(tx, ORGANISER, other, 1))
    assert refused.value.details["session"]["id"] == running
    summit.move(summit.raised(running, "2"), "take_up")
    summit.move(summit.raised(elsewhere, "3"), "take_up")
    summit.end(running)
    summit.do(lambda tx: programme.begin(tx, ORGANISER, other, 1))
    assert summit.move(summit.relay(relay.id), "take_up").state is ON_FLOOR


def test_one_relay_is_next_and_the_former_goes_back_to_the_head(summit: Floor, session: str) -> None:
    one, two, three = (summit.raised(session, str(n)) for n in range(3))
    summit.move(one, "ready")
    summit.move(three, "ready")
    assert summit.standing(session) == (None, three.id)
    assert summit.queue(session) == [one.id, two.id]


def test_a_session_that_ends_leaves_nothing_open(summit: Floor, session: str) -> None:
    one, two, three = (summit.raised(session, str(n)) for n in range(3))
    summit.advance(session)
    summit.advance(session)
    summit.end(session)
    states = [(now.state, now.detail) for now in map(summit.relay, (one.id, two.id, three.id))]
    assert states == [(RelayState.DISCUSSED, ""), *[(RelayState.DEFERRED, "report")] * 2]
    for attempt in (
        lambda: summit.move(summit.relay(one.id), "reopen"),
        lambda: summit.raised(session, "4"),
        lambda: summit.advance(session),
    ):
        with pytest.raises(Refused):
            attempt()
    version = summit.run_sheet(session).version
    summit.do(lambda tx: programme.begin(tx, ORGANISER, session, version))
    assert summit.move(summit.relay(one.id), "reopen").state is ON_FLOOR


@pytest.mark.parametrize(
    ("verb", "state"),
    [
        ("hide", "taken down"),
        ("lose", "no longer"),
        ("reconsider", "moderator"),
        ("withdraw", "taken back"),
    ],
)
def test_what_was_taken_down_a_second_ago_cannot_be_raised(
    summit: Floor, session: str, verb: str, state: str
) -> None:
    post_id = summit.said("1")
    decide(summit, "1", verb) if verb != "withdraw" else summit.admit(Withdrawn("x", "1"))
    seq = summit.event.seq
    with pytest.raises(Refused) as refused:
        summit.do(lambda tx: relays.raise_point(tx, FACILITATOR, post_id, session))
    assert state in refused.value.message
    assert summit.event.seq == seq


def test_who_may_approve_approves_by_raising(summit: Floor, session: str) -> None:
    post_id = summit.said("1")
    decide(summit, "1", "reconsider")
    with pytest.raises(Refused):
        summit.do(lambda tx: relays.raise_point(tx, FACILITATOR, post_id, session))
    before = summit.event.seq
    summit.do(lambda tx: relays.raise_point(tx, ORGANISER, post_id, session))
    assert list(summit.kinds(before)) == ["post.approved", "contribution.made", "relay.raised"]
    assert summit.stored("1").state is PostState.APPROVED


def test_a_point_goes_through_a_session_once_at_a_time(summit: Floor, session: str) -> None:
    relay = summit.raised(session, "1")
    post_id = summit.stored("1").id
    with pytest.raises(Refused) as refused:
        summit.do(lambda tx: relays.raise_point(tx, ORGANISER, post_id, session))
    assert refused.value.details["relay"] == relay.id
    closed = summit.move(relay, "close", RelayState.DEFERRED, "session")
    summit.do(lambda tx: relays.raise_point(tx, ORGANISER, post_id, session))
    with pytest.raises(Refused):
        summit.move(closed, "reopen")
    other = summit.session(summit.room("Annex"))
    assert summit.do(lambda tx: relays.raise_point(tx, ORGANISER, post_id, other)).result["relay"]


@pytest.mark.parametrize("verb", ["hide", "lose", "reconsider", "withdraw"])
@pytest.mark.parametrize("keys", [0, 1, 2])
def test_what_leaves_view_leaves_the_floor_in_the_same_transaction(
    summit: Floor, session: str, verb: str, keys: int
) -> None:
    relay = summit.raised(session, "1")
    for _ in range(keys):
        summit.advance(session)
    reader = summit.held(PUBLIC)
    before = summit.event.seq
    decide(summit, "1", verb)
    now = summit.relay(relay.id)
    assert (now.state, now.detail) == (RelayState.DROPPED, "withdrawn")
    assert list(summit.kinds(before))[-1] == "relay.closed"
    reader.apply(summit.frame(PUBLIC, reader.seq))
    assert not [subject for subject in reader.subjects if subject[0] in {"relay", "post"}]
    with pytest.raises(Refused):
        summit.move(now, "reopen")


def test_what_comes_back_into_view_can_be_reopened(summit: Floor, session: str) -> None:
    relay = summit.raised(session, "1")
    decide(summit, "1", "hide")
    stored = summit.stored("1")
    summit.do(lambda tx: moves.approve(tx, stored.id, stored.version))
    assert summit.relay(relay.id).state is RelayState.DROPPED
    assert summit.move(summit.relay(relay.id), "reopen").state is QUEUED


def test_an_edit_that_stays_in_view_changes_the_card_on_the_floor(summit: Floor, session: str) -> None:
    relay = summit.raised(session, "1")
    summit.move(relay, "take_up")
    summit.admit(Edited(post("1", "Better said")))
    assert summit.relay(relay.id).state is ON_FLOOR
    shown = summit.held(PUBLIC).subjects["relay", relay.id]
    assert shown["post"]["text"] == "Better said"


def test_what_was_heard_stays_heard_and_is_hidden_with_its_post(summit: Floor, session: str) -> None:
    relay = summit.raised(session, "1")
    relay = summit.move(relay, "take_up")
    summit.move(relay, "close", RelayState.DISCUSSED)
    assert ("relay", relay.id) in summit.held(PUBLIC).subjects
    decide(summit, "1", "hide")
    assert summit.relay(relay.id).state is RelayState.DISCUSSED
    assert ("relay", relay.id) not in summit.held(PUBLIC).subjects


def attempts(relay: Relay, session: str, post_id: str) -> dict[str, Callable[[Tx, Acting], object]]:
    """Everything that one does within a session."""
    move, state = (relay.id, relay.version), RelayState.RETURNED
    return {
        "raise": lambda tx, who: relays.raise_point(tx, who, post_id, session),
        "place": lambda tx, who: relays.place(tx, who, *move, None),
        "ready": lambda tx, who: relays.ready(tx, who, *move),
        "queue": lambda tx, who: relays.queue(tx, who, *move),
        "take_up": lambda tx, who: relays.take_up(tx, who, *move),
        "close": lambda tx, who: relays.close(tx, who, *move, state),
        "reopen": lambda tx, who: relays.reopen(tx, who, *move),
        "annotate": lambda tx, who: relays.annotate(tx, who, *move, "n", None),
        "advance": lambda tx, who: floor.advance(tx, who, session, None, None),
        "begin": lambda tx, who: programme.begin(tx, who, session, 1),
        "end": lambda tx, who: programme.end(tx, who, session, 2),
        "prompt": lambda tx, who: programme.go_to_prompt(tx, who, session, 2, None),
        "note": lambda tx, who: programme.write_note(tx, who, session, 2, "n"),
    }


def test_a_facilitator_of_one_session_does_nothing_in_another(summit: Floor) -> None:
    fay, gus = (Acting(summit.person(name), FACILITATOR.roles) for name in ("fay", "gus"))
    for one in (fay, gus):
        summit.do(
            lambda tx, one=one: members.set_roles(tx.conn, tx.event.id, one.person, [Role.FACILITATOR])
        )
    session = summit.session(summit.room(), facilitators=("gus",))
    relay, post_id = summit.raised(session, "1"), summit.said("2")
    before = summit.event.seq
    for attempt in attempts(relay, session, post_id).values():
        with pytest.raises(NotYourSession):
            summit.do(lambda tx, attempt=attempt: attempt(tx, fay))
    assert summit.event.seq == before
    summit.move(relay, "ready", acting=gus)


@pytest.mark.parametrize("id_", ["", "nobody", "\0", "x" * 70])
def test_what_is_not_there_is_not_found(summit: Floor, session: str, id_: str) -> None:
    post_id = summit.said("1")
    for attempt in (
        lambda tx: relays.raise_point(tx, ORGANISER, id_, session),
        lambda tx: relays.ready(tx, ORGANISER, id_, 1),
    ):
        with pytest.raises(NotFound):
            summit.do(attempt)
    if "\0" not in id_:  # ids of sessions are checked where they come in
        with pytest.raises(NotFound):
            summit.do(lambda tx: relays.raise_point(tx, ORGANISER, post_id, id_))


def test_a_text_that_is_as_it_was_changes_nothing(summit: Floor, session: str) -> None:
    relay = summit.raised(session, "1")
    noted = summit.move(relay, "annotate", "Ask her first.", None)
    assert (noted.note, noted.outcome, noted.version) == ("Ask her first.", "", 2)
    before = summit.event.seq
    assert summit.move(noted, "annotate", "Ask her first.", None).version == 2
    assert summit.event.seq == before
