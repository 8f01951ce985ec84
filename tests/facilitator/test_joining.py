"""Points that are joined, taken apart and worded; what gathers by itself; and where posts belong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from facilitator import contributions, joining, places, programme, receipts, relays, tagging, trusting
from facilitator.arriving import arrived
from facilitator.guards import Acting, NotYourSession
from facilitator.programme import SessionChange
from tests.facilitator.floor import FACILITATOR, ORGANISER, Floor
from tests.support.summit import GRAVES, post
from wall.entries import PUBLIC, Scope
from wall.errors import BackchannelError, NotFound, Refused, Stale
from wall.feeds.base import Withdrawn
from wall.intake import moves
from wall.journal import Tx
from wall.model import Author, Mode, Reason, Role
from wall.parallel import CLAIM_SECONDS, Contribution, Placed, Placement, RelayState
from wall.store import Store, members, placements, posts

DESK = Scope(frozenset({Role.ORGANISER}))
BLOG = "Blogs ought to count as scholarship in every promotion committee"


@pytest.fixture
def summit(store: Store) -> Floor:
    return Floor(store, arrivals=(arrived,))


def point(summit: Floor, post_id: str) -> Contribution:
    found = summit.contribution(post_id)
    assert found is not None
    return found


def join(summit: Floor, one: str, *others: str, first: bool = False) -> Contribution:
    summit.do(lambda tx: joining.join(tx, ORGANISER, one, others, first=first))
    return point(summit, one)


def split(summit: Floor, post_id: str) -> None:
    summit.do(lambda tx: joining.split(tx, ORGANISER, post_id))


def refused(summit: Floor, error: type[BackchannelError], fn: Callable[[Tx], object]) -> BackchannelError:
    before = summit.event.seq
    with pytest.raises(error) as raised:
        summit.do(fn)
    assert summit.event.seq == before
    return raised.value


def placement(summit: Floor, post_id: str) -> Placement | None:
    with summit.store.reading() as conn:
        return placements.plain(conn, {post_id}).get(post_id)


def test_a_joined_point_has_all_posts_authors_and_tags(summit: Floor) -> None:
    one, two, three = (summit.said(key) for key in "123")
    tag = summit.tag()
    summit.do(lambda tx: tagging.tag(tx, ORGANISER, two, tag, True))
    whole = join(summit, one, two, three)
    assert whole.posts == (one, two, three)
    assert whole.tags == (tag,)
    assert point(summit, two).id == point(summit, three).id == whole.id


def test_splitting_gives_back_exactly_what_was_joined(summit: Floor) -> None:
    hall = summit.session(summit.room())
    one, two, three = (summit.said(key) for key in "123")
    tag = summit.tag()
    summit.do(lambda tx: tagging.tag(tx, ORGANISER, two, tag, True))
    relay = summit.do(lambda tx: relays.raise_point(tx, ORGANISER, two, hall)).result["relay"]
    before = {id_: point(summit, id_) for id_ in (two,)}
    join(summit, one, two)
    join(summit, three, one)
    assert summit.relay(relay).contribution_id == point(summit, three).id
    split(summit, two)
    after = point(summit, two)
    assert (after.id, after.posts, after.tags) == (before[two].id, (two,), (tag,))
    assert summit.relay(relay).contribution_id == after.id
    assert point(summit, three).posts == (three, one)
    assert point(summit, three).tags == ()
    split(summit, one)
    assert point(summit, three).posts == (three,)


def test_whoever_is_joined_to_a_point_that_was_heard_is_owed_a_reply_and_no_longer_when_split(
    summit: Floor,
) -> None:
    hall = summit.session(summit.room())
    relay = summit.raised(hall, "1")
    summit.advance(hall)
    summit.advance(hall)
    summit.advance(hall)
    one, two = summit.stored("1").id, summit.said("2")
    assert summit.relay(relay.id).state is RelayState.DISCUSSED
    whole = join(summit, one, two)
    assert whole.owed == 2
    assert {receipt.post_id for receipt in summit.receipts(whole.id)} == {one, two}
    split(summit, two)
    assert (point(summit, one).owed, point(summit, two).owed) == (1, 0)
    whole = join(summit, one, two)
    assert whole.owed == 2
    summit.do(lambda tx: receipts.reply(tx, ORGANISER, whole.id, "The room agreed."))
    assert point(summit, one).told == 2
    split(summit, two)
    assert point(summit, two).told == 1


def test_of_two_in_one_session_the_farther_one_stays_and_splitting_brings_the_other_back(
    summit: Floor,
) -> None:
    hall = summit.session(summit.room())
    first, second, third = (summit.raised(hall, key) for key in "123")
    summit.advance(hall)
    one, two = summit.stored("1").id, summit.stored("2").id
    join(summit, two, one)
    assert summit.relay(first.id).state is RelayState.NEXT
    assert (summit.relay(second.id).state, summit.relay(second.id).detail) == ("dropped", "duplicate")
    assert summit.relay(first.id).contribution_id == point(summit, two).id
    split(summit, one)
    assert summit.relay(second.id).state is RelayState.QUEUED
    assert summit.queue(hall) == [second.id, third.id]
    assert summit.relay(first.id).contribution_id == point(summit, one).id


def test_supporters_are_counted_once_and_the_readers_of_a_relay_see_them(summit: Floor) -> None:
    hall = summit.session(summit.room())
    ada = Author(key="ada", handle="ada")
    one = summit.said("1", author=ada)
    two, three = summit.said("2", author=ada), summit.said("3")
    join(summit, one, two, three)
    summit.do(lambda tx: relays.raise_point(tx, ORGANISER, one, hall))
    summit.advance(hall)
    summit.advance(hall)
    (relay,) = [value for (kind, _), value in summit.held(PUBLIC).subjects.items() if kind == "relay"]
    assert (relay["voices"], relay["others"]) == (2, [two, three])


def test_what_cannot_be_joined_is_refused_in_words(summit: Floor, store: Store) -> None:
    one, two = summit.said("1"), summit.said("2")
    elsewhere = Floor(store).said("9")
    join(summit, one, two)
    itself = refused(summit, Refused, lambda tx: joining.join(tx, ORGANISER, one, [one]))
    assert "itself" in str(itself)
    refused(summit, Refused, lambda tx: joining.join(tx, ORGANISER, one, [two]))
    refused(summit, NotFound, lambda tx: joining.join(tx, ORGANISER, one, [elsewhere]))
    three = summit.said("3")
    summit.admit(Withdrawn("x", "3"))
    gone = refused(summit, Refused, lambda tx: joining.join(tx, ORGANISER, one, [three]))
    assert "taken back" in str(gone)
    four = summit.said("4")
    refused(summit, Refused, lambda tx: joining.split(tx, ORGANISER, four))


def test_nobody_joins_what_is_on_its_way_through_a_session_of_others(summit: Floor) -> None:
    bo = summit.person("bo")
    with summit.store.writing() as conn:
        members.set_roles(conn, summit.event_id, bo, (Role.FACILITATOR,))
    hall = summit.session(summit.room(), facilitators=(bo,))
    summit.raised(hall, "1")
    one, two = summit.stored("1").id, summit.said("2")
    refused(summit, NotYourSession, lambda tx: joining.join(tx, FACILITATOR, one, [two]))
    refused(summit, NotYourSession, lambda tx: joining.join(tx, FACILITATOR, two, [one]))
    refused(summit, NotYourSession, lambda tx: joining.word(tx, FACILITATOR, one, "Mine", 0))
    summit.do(lambda tx: joining.join(tx, Acting(bo, frozenset({Role.FACILITATOR})), one, [two]))


def test_what_is_shown_leads_and_another_one_does_when_it_is_taken_down(summit: Floor) -> None:
    hall = summit.session(summit.room())
    one, two = summit.said("1"), summit.said("2")
    join(summit, one, two)
    relay = summit.do(lambda tx: relays.raise_point(tx, ORGANISER, two, hall)).result["relay"]
    why = Reason(code="spam")
    summit.do(lambda tx: moves.hide(tx, one, summit.stored("1").version, why))
    assert summit.relay(relay).state is RelayState.DROPPED
    assert point(summit, one).posts == (two, one)
    again = summit.do(lambda tx: relays.raise_point(tx, ORGANISER, two, hall)).result["relay"]
    assert again != relay


def test_a_wording_stands_beside_the_words_and_goes_with_them(summit: Floor) -> None:
    one = summit.said("1", text="it like totally pays off")
    done = summit.do(lambda tx: joining.word(tx, ORGANISER, one, "It pays.", 0)).result
    assert (done["wording"], done["worded"]) == ("It pays.", 1)
    stale = refused(summit, Stale, lambda tx: joining.word(tx, ORGANISER, one, "It costs.", 0))
    assert stale.details["current"]["wording"] == "It pays."
    hall = summit.session(summit.room())
    summit.do(lambda tx: relays.raise_point(tx, ORGANISER, one, hall))
    summit.advance(hall)
    summit.advance(hall)
    (relay,) = [value for (kind, _), value in summit.held(PUBLIC).subjects.items() if kind == "relay"]
    assert (relay["wording"], relay["post"]["text"]) == ("It pays.", "it like totally pays off")
    summit.admit(Withdrawn("x", "1"))
    assert point(summit, one).wording == ""


def test_a_wording_goes_with_any_post_of_its_point_whoever_leads_by_then(summit: Floor) -> None:
    one, two = summit.said("1"), summit.said("2")
    summit.do(lambda tx: joining.word(tx, ORGANISER, two, "What two says.", 0))
    join(summit, one, two)
    summit.do(lambda tx: joining.word(tx, ORGANISER, one, "What both say.", 0))
    hall = summit.session(summit.room())
    summit.do(lambda tx: relays.raise_point(tx, ORGANISER, one, hall))
    for _ in range(3):
        summit.advance(hall)
    whole = point(summit, one)
    summit.do(lambda tx: receipts.reply(tx, ORGANISER, whole.id, "“What both say.” was discussed."))
    summit.do(lambda tx: vars(moves.lost(tx, summit.stored("2"))))
    summit.admit(Withdrawn("x", "2"))
    assert point(summit, one).wording == ""
    assert {receipt.words for receipt in summit.receipts(whole.id)} == {""}
    split(summit, two)
    assert point(summit, two).wording == ""


def test_a_wording_goes_on_the_way_by_which_a_network_deletes(summit: Floor) -> None:
    one, two = summit.said("1"), summit.said("2")
    join(summit, one, two)
    summit.do(lambda tx: joining.word(tx, ORGANISER, one, "What one says.", 0))
    summit.do(lambda tx: vars(moves.lost(tx, summit.stored("1"))))
    assert point(summit, two).posts == (two, one)
    summit.admit(Withdrawn("x", "1"))
    assert point(summit, two).wording == ""


def test_a_thread_of_one_author_is_one_point_until_somebody_dealt_with_it(summit: Floor) -> None:
    ada = Author(key="ada", handle="ada")
    one = summit.said("1", author=ada)
    two = summit.said("2", author=ada, reply_to="1")
    three = summit.said("3", author=ada, reply_to="2")
    assert point(summit, one).posts == (one, two, three)
    summit.do(lambda tx: contributions.note(tx, one, True))
    assert summit.contribution(summit.said("4", author=ada, reply_to="3")) is None
    assert summit.contribution(summit.said("5", reply_to="1")) is None


def test_a_thread_that_comes_at_once_is_one_point_too(summit: Floor) -> None:
    ada = Author(key="ada", handle="ada")
    summit.arrive(*(post(key, f"Part {key}", author=ada, reply_to=to) for key, to in ("1 ", "21", "32")))
    assert len(point(summit, summit.stored("3").id).posts) == 3


def test_what_says_the_same_gathers_and_can_be_split(summit: Floor) -> None:
    one, two = summit.said("1", text=BLOG), summit.said("2", text=f"{BLOG.upper()}! https://x.example/a")
    assert point(summit, one).posts == (one, two)
    split(summit, two)
    assert point(summit, one).posts == (one,)
    assert point(summit, two).posts == (two,)
    hall = summit.session(summit.room())
    summit.do(lambda tx: relays.raise_point(tx, ORGANISER, one, hall))
    assert summit.contribution(summit.said("3", text="Yes!")) is None


def test_a_point_goes_with_the_last_of_its_posts_and_comes_back_with_one(summit: Floor) -> None:
    whole = join(summit, summit.said("1"), summit.said("2"))
    desk = summit.held(DESK)

    def on_the_desk(do: Callable[[Tx], object]) -> bool:
        summit.do(do)
        desk.apply(summit.frame(DESK, desk.seq))
        assert desk.subjects == summit.held(DESK).subjects
        return ("contribution", whole.id) in desk.subjects

    assert on_the_desk(lambda tx: vars(moves.lost(tx, summit.stored("1"))))
    assert not on_the_desk(lambda tx: vars(moves.lost(tx, summit.stored("2"))))
    assert on_the_desk(lambda tx: vars(moves.found(tx, summit.stored("2"))))
    two = summit.stored("2")
    assert not on_the_desk(lambda tx: moves.withdraw(tx, two.id, two.version, GRAVES))


def test_each_post_gets_the_session_that_a_clue_tells(summit: Floor) -> None:
    room, annex = summit.room(), summit.room("Annex")
    hall = summit.session(room)
    assert placement(summit, summit.said("1")).reason is Placed.TIME  # type: ignore[union-attr]
    other = summit.session(annex)
    version = summit.run_sheet(other).version
    tagged = SessionChange(version=version, hashtags=("#RoomB",))
    summit.do(lambda tx: programme.change_session(tx, ORGANISER, other, tagged))
    assert summit.run_sheet(other).hashtags == ("roomb",)
    said = summit.said("2", hashtags=("RoomB",))
    found = placement(summit, said)
    assert found is not None
    assert (found.session_id, found.reason, found.by_hand) == (other, Placed.HASHTAG, False)
    answered = placement(summit, summit.said("3", reply_to="2"))
    assert answered is not None
    assert (answered.session_id, answered.reason) == (other, Placed.REPLY)
    assert placement(summit, summit.said("4")) is None
    summit.do(lambda tx: relays.raise_point(tx, ORGANISER, said, hall))
    followed = placement(summit, summit.said("5", reply_to="2"))
    assert followed is not None
    assert followed.session_id == hall


def test_a_person_corrects_where_a_post_belongs(summit: Floor) -> None:
    hall = summit.session(summit.room())
    one = summit.said("1")
    summit.do(lambda tx: places.place(tx, one, None))
    found = placement(summit, one)
    assert found is not None
    assert (found.session_id, found.by_hand) == (None, True)
    summit.do(lambda tx: places.place(tx, one, hall))
    refused(summit, NotFound, lambda tx: places.place(tx, one, "nowhere"))
    belongs = refused(summit, Refused, lambda tx: places.claim(tx, ORGANISER, one, True))
    assert belongs.details["current"]["session"] == hall


def test_what_fits_no_session_is_taken_once_and_lapses(summit: Floor) -> None:
    one = summit.said("1")
    summit.do(lambda tx: places.claim(tx, FACILITATOR, one, True))
    taken = refused(summit, Refused, lambda tx: places.claim(tx, ORGANISER, one, True))
    assert taken.details["current"]["claimed_by"] == "fay"
    refused(summit, Refused, lambda tx: places.claim(tx, ORGANISER, one, False))
    summit.now += timedelta(seconds=CLAIM_SECONDS)
    summit.do(lambda tx: places.claim(tx, ORGANISER, one, True))
    summit.do(lambda tx: places.claim(tx, ORGANISER, one, False))
    found = placement(summit, one)
    assert found is not None
    assert found.claimed_by is None


def test_where_a_post_belongs_is_only_for_those_who_see_it(store: Store) -> None:
    summit = Floor(store, arrivals=(arrived,))
    summit.session(summit.room())
    one = summit.said("1")

    def seen(scope: Scope) -> bool:
        return ("placement", one) in summit.held(scope).subjects

    staff = {role for role in Role if seen(Scope(frozenset({role})))}
    assert staff == set(Role) - {Role.RATER, Role.TECHNICIAN}
    assert not seen(PUBLIC)
    summit.do(lambda tx: moves.hide(tx, one, summit.stored("1").version, Reason(code="spam")))
    staff = {role for role in Role if seen(Scope(frozenset({role})))}
    assert staff == {Role.ORGANISER, Role.MODERATOR, Role.FACILITATOR}


def test_tagging_approves_where_the_person_may(store: Store) -> None:
    summit = Floor(store, mode=Mode.PRE)
    tag = summit.tag()
    one, two = (summit.stored(key).id for key in "12" if summit.arrive(post(key, f"Said {key}")))
    summit.do(lambda tx: tagging.tag(tx, FACILITATOR, one, tag, True))
    assert summit.stored("1").state == "held"
    summit.do(lambda tx: tagging.tag(tx, ORGANISER, two, tag, True))
    assert summit.stored("2").state == "approved"
    summit.do(lambda tx: tagging.tag(tx, ORGANISER, one, tag, False))
    assert summit.stored("1").state == "held"


def test_a_trusted_author_waits_no_longer_and_can_be_taken_off_the_list(store: Store) -> None:
    summit = Floor(store, mode=Mode.TRUSTED)
    ada = Author(key="ada", handle="ada", name="Ada")

    def says(key: str) -> str:
        summit.arrive(post(key, f"This is what number {key} says", author=ada))
        return str(summit.stored(key).state)

    assert says("1") == "held"
    summit.arrive(post("0", "Somebody who is trusted too"))
    other = summit.stored("0").id
    summit.do(lambda tx: trusting.trust(tx, ORGANISER, other, True))
    one = summit.stored("1").id
    summit.do(lambda tx: trusting.trust(tx, ORGANISER, one, True))
    assert (summit.stored("1").state, says("2")) == ("approved", "approved")
    summit.do(lambda tx: trusting.trust(tx, ORGANISER, one, False))
    assert says("3") == "held"
    summit.do(lambda tx: moves.withdraw(tx, one, summit.stored("1").version, GRAVES))
    refused(summit, NotFound, lambda tx: trusting.trust(tx, ORGANISER, one, True))
    with store.reading() as conn:
        assert posts.by_ids(conn, summit.event_id, {one})[one].post.text == ""
