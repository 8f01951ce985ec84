"""Points over a store: tags, notes, receipts, the codebook and the programme."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from facilitator import codebook, contributions, programme, receipts, tagging
from facilitator.codebook import NewTag, TagChange
from facilitator.guards import Acting, NotYourSession
from facilitator.programme import NewPrompt, NewRoom, NewSession, RoomChange, SessionChange
from tests.facilitator.floor import FACILITATOR, ORGANISER, PARTICIPANT, Floor
from tests.support.summit import MORNING
from wall.entries import Scope, kinds
from wall.errors import BadInput, NotFound, Refused, Stale
from wall.feeds.base import Withdrawn
from wall.journal import Tx
from wall.model import Role
from wall.parallel import ReceiptState, Relay, RelayState
from wall.programme import Method
from wall.store import Store, members
from wall.store import codebook as stored_codebook

DESK = Scope(frozenset({Role.FACILITATOR}))


@pytest.fixture
def summit(store: Store) -> Floor:
    return Floor(store)


@pytest.fixture
def session(summit: Floor) -> str:
    return summit.session(summit.room())


def heard(summit: Floor, session: str, key: str = "1") -> Relay:
    """A point that the room has discussed."""
    relay = summit.move(summit.raised(session, key), "take_up")
    return summit.move(relay, "close", RelayState.DISCUSSED)


def spoken(tx: Tx, language: str) -> None:
    tx.change_event(languages=(language,))
    tx.append(kinds.EventChanged(fields=("languages",)), ("event", tx.event.id))


def states(summit: Floor, relay: Relay) -> list[ReceiptState]:
    return [receipt.state for receipt in summit.receipts(relay.contribution_id)]


def test_a_tag_is_set_once_and_taken_off_once(summit: Floor) -> None:
    post_id, question = summit.said("1"), summit.tag()
    first = summit.do(lambda tx: tagging.tag(tx, ORGANISER, post_id, question, True))
    again = summit.do(lambda tx: tagging.tag(tx, ORGANISER, post_id, question, True))
    assert (again.seq, again.result) == (first.seq, first.result)
    assert again.result["tags"] == [question]
    summit.do(lambda tx: tagging.tag(tx, ORGANISER, post_id, question, False))
    off = summit.do(lambda tx: tagging.tag(tx, ORGANISER, post_id, question, False))
    assert off.prev == off.seq
    assert off.result["tags"] == []
    assert list(summit.kinds(first.prev)) == ["contribution.made", *["contribution.tagged"] * 2]


def test_tags_of_two_desks_never_conflict(summit: Floor) -> None:
    post_id, one, two = summit.said("1"), summit.tag("Question", "1"), summit.tag("Comment", "2")
    summit.do(lambda tx: tagging.tag(tx, ORGANISER, post_id, two, True))
    summit.do(lambda tx: tagging.tag(tx, ORGANISER, post_id, one, True))
    point = summit.contribution(post_id)
    assert point is not None
    assert point.tags == (two, one)
    assert summit.held(DESK).subjects["contribution", point.id]["tags"] == [two, one]
    blind = summit.held(Scope(frozenset({Role.TAGGER}))).subjects["contribution", point.id]
    assert blind["tags"] is None


def test_a_retired_tag_is_not_set_any_more_but_can_be_taken_off(summit: Floor) -> None:
    post_id, tag = summit.said("1"), summit.tag()
    summit.do(lambda tx: tagging.tag(tx, ORGANISER, post_id, tag, True))
    summit.do(lambda tx: codebook.change_tag(tx, tag, TagChange(version=1, retired=True)))
    other = summit.said("2")
    with pytest.raises(Refused):
        summit.do(lambda tx: tagging.tag(tx, ORGANISER, other, tag, True))
    assert summit.do(lambda tx: tagging.tag(tx, ORGANISER, post_id, tag, False)).result["tags"] == []


def test_what_was_taken_back_is_neither_tagged_nor_noted(summit: Floor) -> None:
    post_id, tag = summit.said("1"), summit.tag()
    summit.admit(Withdrawn("x", "1"))
    with pytest.raises(Refused):
        summit.do(lambda tx: tagging.tag(tx, ORGANISER, post_id, tag, True))
    with pytest.raises(Refused):
        summit.do(lambda tx: contributions.note(tx, post_id, True))
    with pytest.raises(NotFound):
        summit.do(lambda tx: contributions.note(tx, "nobody", True))
    with pytest.raises(NotFound):
        summit.do(lambda tx: tagging.tag(tx, ORGANISER, post_id, "nothing", True))


def test_a_point_is_noted_and_that_is_taken_back(summit: Floor) -> None:
    post_id = summit.said("1")
    for on in (True, True, False, False):
        assert summit.do(lambda tx, on=on: contributions.note(tx, post_id, on)).result["noted"] is on
    point = summit.contribution(post_id)
    assert point is not None
    assert (point.noted, point.version) == (False, 3)


def test_a_key_that_is_used_twice_names_who_has_it(summit: Floor) -> None:
    tag = summit.tag("Question", "1")
    for again in (NewTag(name="Comment", key="1"), NewTag(name="QUESTION", key="2")):
        with pytest.raises(Refused) as refused:
            summit.do(lambda tx, again=again: codebook.add_tag(tx, again))
        assert refused.value.details["tag"] == {"id": tag, "name": "Question"}
    other = summit.tag("Comment", "2")
    with pytest.raises(Refused):
        summit.do(lambda tx: codebook.change_tag(tx, other, TagChange(version=1, key="1")))
    summit.do(lambda tx: codebook.change_tag(tx, tag, TagChange(version=1, retired=True)))
    summit.do(lambda tx: codebook.change_tag(tx, other, TagChange(version=1, key="1")))
    with pytest.raises(Refused):
        summit.do(lambda tx: codebook.change_tag(tx, tag, TagChange(version=2, retired=False)))
    with pytest.raises(Stale) as stale:
        summit.do(lambda tx: codebook.change_tag(tx, tag, TagChange(version=1, name="Ask")))
    assert stale.value.details["current"]["retired"] is True


@pytest.mark.parametrize(
    ("language", "third"), [("en", "Experience"), ("fr", "Expérience"), ("de", "Experience")]
)
def test_the_usual_tags_are_added_where_they_are_missing(summit: Floor, language: str, third: str) -> None:
    summit.do(lambda tx: spoken(tx, language))
    mine = summit.tag("question", "3")
    assert len(summit.do(codebook.add_preset).result["tags"]) == 6
    assert summit.do(codebook.add_preset).result["tags"] == []
    with summit.store.reading() as conn:
        listed = stored_codebook.listed(conn, summit.event_id)
    assert listed[0].id == mine
    by_name = {tag.name: tag.key for tag in listed}
    assert by_name[third] == ""
    assert sorted(filter(None, by_name.values())) == ["2", "3", "4", "5", "6", "7"]


def test_who_was_discussed_is_owed_a_reply_and_told_once(summit: Floor, session: str) -> None:
    relay = heard(summit, session)
    assert states(summit, relay) == ["owed"]
    words = "The room agreed."
    told = summit.do(lambda tx: receipts.reply(tx, ORGANISER, relay.contribution_id, words))
    assert told.result["posts"] == [summit.stored("1").id]
    assert [one.words for one in summit.receipts(relay.contribution_id)] == [words]
    for again in (
        lambda tx: receipts.reply(tx, ORGANISER, relay.contribution_id, "Again"),
        lambda tx: receipts.waive(tx, ORGANISER, relay.contribution_id),
    ):
        with pytest.raises(Refused):
            summit.do(again)


def test_its_author_reads_the_reply_and_nobody_else(summit: Floor, session: str) -> None:
    summit.said("1", author=PARTICIPANT)
    relay = heard(summit, session)
    summit.do(lambda tx: receipts.reply(tx, ORGANISER, relay.contribution_id, "The room agreed."))
    own = summit.held(Scope(person="pia")).subjects["point", summit.stored("1").id]
    assert (own["reply"], own["relay_state"]) == ("The room agreed.", "discussed")
    for other in (Scope(), Scope(person="gus"), DESK):
        assert "The room agreed." not in str(summit.held(other).subjects)


def test_reopening_owes_nothing_and_keeps_what_was_told(summit: Floor, session: str) -> None:
    relay = heard(summit, session)
    relay = summit.move(relay, "reopen")
    assert states(summit, relay) == ["waived"]
    relay = summit.move(relay, "close", RelayState.ANSWERED)
    assert states(summit, relay) == ["owed"]
    summit.do(lambda tx: receipts.reply(tx, ORGANISER, relay.contribution_id, "Yes."))
    relay = summit.move(summit.move(relay, "reopen"), "close", RelayState.DISCUSSED)
    (receipt,) = summit.receipts(relay.contribution_id)
    assert (receipt.state, receipt.words) == ("told", "Yes.")


def test_a_reply_that_is_not_needed_is_waived(summit: Floor, session: str) -> None:
    relay = heard(summit, session)
    summit.do(lambda tx: receipts.waive(tx, ORGANISER, relay.contribution_id))
    assert states(summit, relay) == ["waived"]
    with pytest.raises(Refused):
        summit.do(lambda tx: receipts.reply(tx, ORGANISER, relay.contribution_id, "Yes."))
    with pytest.raises(NotFound):
        summit.do(lambda tx: receipts.reply(tx, ORGANISER, "nothing", "Yes."))


def test_nothing_is_owed_for_what_the_room_did_not_take_up(summit: Floor, session: str) -> None:
    for key, state, detail in (("1", RelayState.RETURNED, ""), ("2", RelayState.DEFERRED, "board")):
        relay = summit.move(summit.raised(session, key), "close", state, detail)
        assert states(summit, relay) == []


def test_a_facilitator_replies_only_for_their_own_sessions(summit: Floor) -> None:
    gus = summit.person("gus")
    summit.do(lambda tx: members.set_roles(tx.conn, tx.event.id, gus, [Role.FACILITATOR]))
    session = summit.session(summit.room(), facilitators=(gus,))
    relay = heard(summit, session)
    with pytest.raises(NotYourSession):
        summit.do(lambda tx: receipts.reply(tx, FACILITATOR, relay.contribution_id, "Yes."))
    summit.do(lambda tx: receipts.reply(tx, Acting(gus, FACILITATOR.roles), relay.contribution_id, "Yes."))


def test_a_run_sheet_keeps_its_prompts_and_its_place(summit: Floor) -> None:
    prompts = (NewPrompt(text="Second", minute=20), NewPrompt(text="First", minute=5))
    session = summit.session(summit.room(), prompts=prompts)
    first, second = summit.run_sheet(session).prompts
    assert [first.text, second.text] == ["First", "Second"]
    summit.do(lambda tx: programme.go_to_prompt(tx, ORGANISER, session, 2, first.id))
    with pytest.raises(BadInput):
        summit.do(lambda tx: programme.go_to_prompt(tx, ORGANISER, session, 3, "other"))
    kept = SessionChange(version=3, prompts=(NewPrompt(id=first.id, text="Begin", minute=0),))
    summit.do(lambda tx: programme.change_session(tx, ORGANISER, session, kept))
    now = summit.run_sheet(session)
    assert (now.prompt, now.prompts[0].text) == (first.id, "Begin")
    twice = SessionChange(version=4, prompts=kept.prompts * 2)
    with pytest.raises(BadInput):
        summit.do(lambda tx: programme.change_session(tx, ORGANISER, session, twice))
    gone = SessionChange(version=4, prompts=())
    summit.do(lambda tx: programme.change_session(tx, ORGANISER, session, gone))
    assert summit.run_sheet(session).prompt is None


def test_a_session_is_edited_as_it_was_looked_at(summit: Floor, session: str) -> None:
    def change(version: int, **fields: object) -> None:
        wanted = SessionChange(version=version, **fields)
        summit.do(lambda tx: programme.change_session(tx, ORGANISER, session, wanted))

    with pytest.raises(Stale) as stale:
        change(1, title="New")
    assert stale.value.details["current"]["state"] == "running"
    before = summit.event.seq
    change(2, title="Talk")
    assert summit.event.seq == before
    with pytest.raises(Refused):
        change(2, room=summit.room("Annex"))
    for wrong in ({"ends_at": MORNING - timedelta(hours=1)}, {"facilitators": ("nobody",)}):
        with pytest.raises(BadInput):
            change(2, **wrong)
    change(2, title="New", speakers=("Ada", "Grace"))
    assert summit.run_sheet(session).speakers == ("Ada", "Grace")


def test_a_session_begins_once_and_goes_on_after_its_end(summit: Floor) -> None:
    session = summit.session(summit.room())
    begun_at = summit.run_sheet(session).begun_at
    with pytest.raises(Refused):
        summit.do(lambda tx: programme.begin(tx, ORGANISER, session, 2))
    summit.end(session)
    assert summit.run_sheet(session).ended_at is not None
    with pytest.raises(Refused):
        summit.end(session)
    summit.do(lambda tx: programme.begin(tx, ORGANISER, session, 3))
    again = summit.run_sheet(session)
    assert (again.begun_at, again.ended_at) == (begun_at, None)


def test_rooms_are_added_in_order_and_edited(summit: Floor) -> None:
    hall, annex = summit.room("Hall"), summit.room("Annex")
    rooms = {one["id"]: one for (kind, _), one in summit.held(Scope()).subjects.items() if kind == "room"}
    assert rooms[hall]["position"] < rooms[annex]["position"]
    change = RoomChange(version=1, name="Great hall")
    summit.do(lambda tx: programme.change_room(tx, hall, change))
    with pytest.raises(Stale):
        summit.do(lambda tx: programme.change_room(tx, hall, change.model_copy(update={"name": "X"})))
    with pytest.raises(NotFound):
        summit.do(lambda tx: programme.change_room(tx, "nothing", change))


@pytest.mark.parametrize("name", ["", "  ", "x" * 301])
def test_names_have_something_to_read_and_an_end(name: str) -> None:
    with pytest.raises(ValidationError):
        NewRoom(name=name)


def test_a_session_ends_after_it_starts() -> None:
    with pytest.raises(ValidationError):
        NewSession(room="r", title="T", method=Method.CHAT, starts_at=MORNING, ends_at=MORNING)


def test_another_events_things_are_not_found(summit: Floor, store: Store) -> None:
    other = Floor(store)
    room, tag, post_id = summit.room(), summit.tag(), summit.said("1")
    mine = other.said("1")
    for attempt in (
        lambda tx: tagging.tag(tx, ORGANISER, post_id, tag, True),
        lambda tx: tagging.tag(tx, ORGANISER, mine, tag, True),
        lambda tx: programme.change_room(tx, room, RoomChange(version=1, name="Mine")),
    ):
        with pytest.raises(NotFound):
            other.do(attempt)
