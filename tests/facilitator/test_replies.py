"""Questions back, translations, offers between rooms and hand-over notes, over a store."""

from __future__ import annotations

import pytest

from facilitator import asking, handover, programme, routing, translating
from facilitator.guards import Acting, NotYourSession
from tests.facilitator.floor import FACILITATOR, ORGANISER, PARTICIPANT, Floor
from tests.support.summit import GRAVES, OPEN_RULES
from wall.entries import PUBLIC, Scope
from wall.errors import BadInput, NotFound, Refused, Stale
from wall.feeds.base import Edited
from wall.intake import moves
from wall.model import Reason, Role
from wall.parallel import RelayState
from wall.replies import Question, Routing
from wall.store import Store, members, posts, questions, routings, rules

DESK = Scope(frozenset({Role.FACILITATOR}))
CHAIR = Scope(frozenset({Role.CHAIR}))
PIA = Scope(person="pia")
KEYS = {"participant:pia", "person:pia"}


@pytest.fixture
def summit(store: Store) -> Floor:
    return Floor(store)


def asked(summit: Floor, post_id: str, words: str = "Which ward?") -> Question:
    done = summit.do(lambda tx: asking.ask(tx, ORGANISER, post_id, words))
    return question(summit, done.result["question"])


def question(summit: Floor, question_id: str) -> Question:
    with summit.store.reading() as conn:
        return questions.questions_by_ids(conn, summit.event_id, {question_id})[question_id].question


def on_staff(summit: Floor, name: str) -> str:
    """A new facilitator's id."""
    person = summit.person(name)
    with summit.store.writing() as conn:
        members.set_roles(conn, summit.event_id, person, (Role.FACILITATOR,))
    return person


def offer(summit: Floor, routing_id: str) -> Routing:
    with summit.store.reading() as conn:
        return routings.plain(conn, summit.event_id, {routing_id})[routing_id]


def withdrawn(summit: Floor, post_id: str) -> None:
    with summit.store.reading() as conn:
        stored = posts.by_ids(conn, summit.event_id, {post_id})[post_id]
    summit.do(lambda tx: moves.withdraw(tx, stored.id, stored.version, GRAVES))


def of(summit: Floor, kind: str, scope: Scope) -> dict[str, dict[str, object]]:
    return {id_: value for (type_, id_), value in summit.held(scope).subjects.items() if type_ == kind}


def test_a_question_goes_to_the_author_and_their_answer_comes_back_to_the_point(summit: Floor) -> None:
    post_id = summit.said("1", author=PARTICIPANT)
    one = asked(summit, post_id)
    point = of(summit, "point", PIA)[post_id]["question"]
    assert point == {"id": one.id, "words": "Which ward?", "answer": "", "shared": False}
    assert of(summit, "question", CHAIR) == of(summit, "question", PUBLIC) == {}
    summit.do(lambda tx: asking.answer(tx, KEYS, one.id, "The third."))
    held = of(summit, "question", DESK)[one.id]
    assert (held["answer"], held["state"], held["post"]) == ("The third.", "answered", post_id)
    summit.do(lambda tx: asking.share(tx, ORGANISER, one.id, 2, True))
    assert of(summit, "question", PUBLIC)[one.id]["answer"] == "The third."
    summit.do(lambda tx: asking.share(tx, ORGANISER, one.id, 3, False))
    assert of(summit, "question", PUBLIC) == {}


def test_only_the_author_answers_and_only_until_the_answer_is_shown(summit: Floor) -> None:
    one = asked(summit, summit.said("1", author=PARTICIPANT))
    with pytest.raises(NotFound):
        summit.do(lambda tx: asking.answer(tx, {"participant:mallory"}, one.id, "Mine."))
    summit.do(lambda tx: asking.answer(tx, KEYS, one.id, "First."))
    summit.do(lambda tx: asking.answer(tx, KEYS, one.id, "Better."))
    summit.do(lambda tx: asking.share(tx, ORGANISER, one.id, 3, True))
    with pytest.raises(Refused, match="shown already"):
        summit.do(lambda tx: asking.answer(tx, KEYS, one.id, "Late."))
    assert question(summit, one.id).answer == "Better."


def test_who_wrote_in_a_network_or_has_a_question_waiting_is_not_asked(summit: Floor) -> None:
    with pytest.raises(Refused, match="no phone"):
        asked(summit, summit.said("1"))
    own = summit.said("2", author=PARTICIPANT)
    one = asked(summit, own)
    with pytest.raises(Refused, match="waits already"):
        asked(summit, own)
    summit.do(lambda tx: asking.withdraw(tx, ORGANISER, one.id, 1))
    assert of(summit, "point", PIA)[own]["question"] is None
    with pytest.raises(Refused, match="taken back"):
        summit.do(lambda tx: asking.answer(tx, KEYS, one.id, "Too late."))
    assert asked(summit, own, "Which year?").words == "Which year?"


def test_an_answer_that_a_rule_would_hold_is_shared_only_by_who_may_approve(summit: Floor) -> None:
    with summit.store.writing() as conn:
        strict = OPEN_RULES.model_copy(update={"identifiers": True})
        rules.save(conn, summit.event_id, 2, strict.model_dump_json())
    one = asked(summit, summit.said("1", author=PARTICIPANT))
    summit.do(lambda tx: asking.answer(tx, KEYS, one.id, "Ask Mrs Smith, NHS number 943 476 5919."))
    with pytest.raises(Refused, match="needs a moderator") as refused:
        summit.do(lambda tx: asking.share(tx, FACILITATOR, one.id, 2, True))
    assert refused.value.details["reasons"]
    summit.do(lambda tx: asking.share(tx, ORGANISER, one.id, 2, True))


def test_what_was_asked_and_translated_goes_with_its_post(summit: Floor) -> None:
    post_id = summit.said("1", author=PARTICIPANT)
    one = asked(summit, post_id, "Secret question?")
    summit.do(lambda tx: asking.answer(tx, KEYS, one.id, "Secret answer."))
    summit.do(lambda tx: asking.share(tx, ORGANISER, one.id, 2, True))
    summit.do(lambda tx: translating.translate(tx, post_id, "fr", "Mot secret."))
    public = summit.held(PUBLIC)
    assert {"question", "translation"} <= {kind for kind, _ in public.subjects}
    withdrawn(summit, post_id)
    public.apply(summit.frame(PUBLIC, public.seq))
    assert not {"question", "translation"} & {kind for kind, _ in public.subjects}
    assert (question(summit, one.id).words, question(summit, one.id).answer) == ("", "")
    with summit.store.reading() as conn:
        (left,) = questions.plain_translations_of(conn, summit.event_id, {post_id})
    assert left.text == ""


def test_a_translation_stands_beside_the_original_and_hides_with_it(summit: Floor) -> None:
    post_id = summit.said("1", lang="en")
    summit.do(lambda tx: translating.translate(tx, post_id, "fr", "Dit un"))
    done = summit.do(lambda tx: translating.translate(tx, post_id, "fr", "Dit une fois", 1))
    assert done.result["version"] == 2
    again = summit.do(lambda tx: translating.translate(tx, post_id, "fr", "Dit une fois"))
    assert again.prev == again.seq
    (shown,) = of(summit, "translation", PUBLIC).values()
    assert (shown["text"], shown["lang"], shown["post"]) == ("Dit une fois", "fr", post_id)
    with pytest.raises(BadInput):
        summit.do(lambda tx: translating.translate(tx, post_id, "en", "Said one"))
    summit.do(lambda tx: moves.hide(tx, post_id, 1, Reason(code="spam")))
    assert of(summit, "translation", PUBLIC) == {}
    assert len(of(summit, "translation", DESK)) == 1
    summit.do(lambda tx: translating.remove(tx, post_id, done.result["translation"]))
    assert of(summit, "translation", DESK) == {}


def test_nobody_replaces_a_translation_that_they_have_not_seen(summit: Floor) -> None:
    post_id = summit.said("1", lang="en")
    with pytest.raises(Stale):
        summit.do(lambda tx: translating.translate(tx, post_id, "fr", "Dit un", 1))
    summit.do(lambda tx: translating.translate(tx, post_id, "fr", "Dit un"))
    with pytest.raises(Stale) as stale:
        summit.do(lambda tx: translating.translate(tx, post_id, "fr", "Autre"))
    assert stale.value.details["current"] == {"version": 1, "text": "Dit un"}


def test_a_translation_goes_with_the_text_that_it_translates(summit: Floor) -> None:
    post_id = summit.said("1", text="Call me at home", lang="en")
    summit.do(lambda tx: translating.translate(tx, post_id, "fr", "Appelez-moi chez moi"))
    public = summit.held(PUBLIC)
    unchanged = summit.stored("1").post.model_copy(update={"sensitive": True})
    summit.admit(Edited(unchanged))
    assert len(of(summit, "translation", PUBLIC)) == 1
    summit.admit(Edited(summit.stored("1").post.model_copy(update={"text": "Call me"})))
    public.apply(summit.frame(PUBLIC, public.seq))
    assert public.subjects == summit.held(PUBLIC).subjects
    assert of(summit, "translation", PUBLIC) == {}
    with summit.store.reading() as conn:
        assert questions.plain_translations_of(conn, summit.event_id, {post_id}) == []


def test_a_point_is_offered_to_another_room_and_taken_into_its_queue(summit: Floor) -> None:
    hall, annex = summit.session(summit.room("Hall")), summit.session(summit.room("Annex"))
    relay = summit.raised(hall, "1")
    post_id = summit.stored("1").id
    done = summit.do(lambda tx: routing.route(tx, ORGANISER, post_id, annex, hall, "Theirs, I think."))
    assert (summit.relay(relay.id).state, summit.relay(relay.id).detail) == (RelayState.DEFERRED, "session")
    value = of(summit, "routing", DESK)[done.result["routing"]]
    assert (value["note"], value["to_session"], value["state"]) == ("Theirs, I think.", annex, "offered")
    assert of(summit, "routing", PUBLIC) == {}
    taken = summit.do(lambda tx: routing.accept(tx, ORGANISER, done.result["routing"], 1))
    (there,) = summit.open(annex)
    assert (there.id, there.note) == (taken.result["relay"], "Theirs, I think.")
    assert summit.open(hall) == []
    with pytest.raises(Stale):
        summit.do(lambda tx: routing.accept(tx, ORGANISER, done.result["routing"], 1))
    with pytest.raises(Refused, match="answered already"):
        summit.do(lambda tx: routing.cancel(tx, ORGANISER, done.result["routing"], 2))


@pytest.mark.parametrize("end", ["returned", "cancelled", "ended"])
def test_an_offer_that_is_not_taken_puts_the_point_back_where_it_was(summit: Floor, end: str) -> None:
    hall, annex = summit.session(summit.room("Hall")), summit.session(summit.room("Annex"))
    first, second = summit.raised(hall, "1"), summit.raised(hall, "2")
    post_id = summit.stored("1").id
    sent = summit.do(lambda tx: routing.route(tx, ORGANISER, post_id, annex, hall, "")).result["routing"]
    assert summit.queue(hall) == [second.id]
    if end == "returned":
        summit.do(lambda tx: routing.give_back(tx, ORGANISER, sent, 1, "Not ours."))
        assert offer(summit, sent).answer == "Not ours."
    elif end == "cancelled":
        summit.do(lambda tx: routing.cancel(tx, ORGANISER, sent, 1))
    else:
        summit.end(annex)
    assert offer(summit, sent).state == ("returned" if end == "ended" else end)
    assert summit.queue(hall) == [first.id, second.id]


def test_offers_have_their_guards(summit: Floor) -> None:
    fay, gus = on_staff(summit, "fay"), on_staff(summit, "gus")
    hall = summit.session(summit.room("Hall"), facilitators=(gus,))
    annex = summit.session(summit.room("Annex"), facilitators=(fay,))
    relay = summit.raised(hall, "1")
    post_id = summit.stored("1").id
    with pytest.raises(NotYourSession):
        summit.do(lambda tx: routing.route(tx, FACILITATOR, post_id, annex, hall, ""))
    with pytest.raises(BadInput):
        summit.do(lambda tx: routing.route(tx, ORGANISER, post_id, hall, hall, ""))
    summit.move(relay, "take_up")
    with pytest.raises(Refused, match="in the room now"):
        summit.do(lambda tx: routing.route(tx, ORGANISER, post_id, annex, hall, ""))
    other = summit.said("2")
    sent = summit.do(lambda tx: routing.route(tx, ORGANISER, other, annex, None, "")).result["routing"]
    with pytest.raises(Refused, match="on offer"):
        summit.do(lambda tx: routing.route(tx, ORGANISER, other, annex, None, ""))
    eve = Acting("eve", FACILITATOR.roles)
    with pytest.raises(NotYourSession):
        summit.do(lambda tx: routing.accept(tx, eve, sent, 1))
    summit.do(lambda tx: routing.accept(tx, FACILITATOR, sent, 1))
    summit.end(annex)
    third = summit.said("3")
    with pytest.raises(Refused, match="has ended"):
        summit.do(lambda tx: routing.route(tx, ORGANISER, third, annex, None, ""))


def test_a_hand_over_note_is_written_by_one_at_a_time(summit: Floor) -> None:
    session = summit.session(summit.room())
    summit.person("fay")
    summit.do(lambda tx: handover.write(tx, FACILITATOR, session, 0, "Ada waits for an answer."))
    with pytest.raises(Stale) as stale:
        summit.do(lambda tx: handover.write(tx, ORGANISER, session, 0, "Mine."))
    assert stale.value.details["current"]["words"] == "Ada waits for an answer."
    (note,) = of(summit, "handover", DESK).values()
    assert (note["name"], note["version"]) == ("fay", 1)
    assert of(summit, "handover", CHAIR) == of(summit, "handover", PUBLIC) == {}


def test_a_session_that_begins_again_keeps_its_hand_over_note(summit: Floor) -> None:
    session = summit.session(summit.room())
    summit.person("tester")
    summit.do(lambda tx: handover.write(tx, ORGANISER, session, 0, "Go on."))
    summit.end(session)
    version = summit.run_sheet(session).version
    summit.do(lambda tx: programme.begin(tx, ORGANISER, session, version))
    assert of(summit, "handover", DESK)[session]["words"] == "Go on."
