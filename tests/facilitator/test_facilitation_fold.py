"""fold(snapshot, changes) == a fresh snapshot, for facilitation mixed with moderation, whoever reads."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from facilitator import (
    codebook,
    contributions,
    floor,
    joining,
    places,
    programme,
    receipts,
    relays,
    tagging,
)
from facilitator.answers import answered
from facilitator.arriving import arrived
from facilitator.codebook import TagChange
from facilitator.guards import Acting
from facilitator.programme import SessionChange
from tests.facilitator.floor import FACILITATOR, ORGANISER, PARTICIPANT, Floor
from tests.facilitator.following import Following, Subjects, run_at_random
from tests.store.test_journal_fold import MOVES, WINDOW, floor_of
from tests.support.summit import post
from wall.codebook import TagSet
from wall.entries import PUBLIC, Held, Scope
from wall.errors import BadInput, NotFound, Refused, Stale
from wall.feeds.base import Edited
from wall.intake import moves
from wall.journal import Tx, reading
from wall.model import PostState, Role
from wall.parallel import OPEN, Relay, RelayState
from wall.programme import SessionState
from wall.store import Store, posts
from wall.store import programme as stored_programme
from wall.store import relays as stored_relays

KEYS = tuple(f"k{number}" for number in range(6))
ALIVE = st.sampled_from(KEYS[:4])
SCOPES = (
    PUBLIC,
    Scope(person="pia"),
    *(Scope(frozenset({role})) for role in Role),
    Scope(frozenset({Role.FACILITATOR, Role.MODERATOR}), "fay"),
)
NO = (Refused, Stale, BadInput, NotFound)
VERBS: dict[str, Callable[..., object]] = {
    "ready": lambda tx, one: relays.ready(tx, ORGANISER, one.id, one.version),
    "queue": lambda tx, one: relays.queue(tx, ORGANISER, one.id, one.version),
    "take_up": lambda tx, one: relays.take_up(tx, ORGANISER, one.id, one.version),
    "reopen": lambda tx, one: relays.reopen(tx, ORGANISER, one.id, one.version),
    "annotate": lambda tx, one: relays.annotate(tx, ORGANISER, one.id, one.version, "N", "So it is."),
    "discuss": lambda tx, one: relays.close(tx, ORGANISER, one.id, one.version, RelayState.DISCUSSED),
    "defer": lambda tx, one: relays.close(tx, ORGANISER, one.id, one.version, RelayState.DEFERRED, "board"),
    "drop": lambda tx, one: relays.close(
        tx, ORGANISER, one.id, one.version, RelayState.DROPPED, "duplicate"
    ),
}
DECISIONS = {**MOVES, "reconsider": lambda tx, one: moves.reconsider(tx, one.id, one.version)}
REVERSIBLE = sorted(DECISIONS.keys() - {"withdraw"})


def within(held: Held, oldest: int) -> dict[tuple[str, str], Any]:
    """What a copy holds within its window: posts from an order on with their placements, and the
    contributions that hang on one of these posts or on a relay, or on nothing at all."""
    cards = {
        subject: value
        for subject, value in held.subjects.items()
        if subject[0] != "post" or value["order"] >= oldest
    }
    relayed = [value for (kind, _), value in cards.items() if kind == "relay"]
    raised = {value["contribution"] for value in relayed}
    leads = {value["post"]["id"] for value in relayed}
    others = {id_ for value in relayed for id_ in value["others"]}
    return {
        (kind, id_): value
        for (kind, id_), value in cards.items()
        if {
            "placement": ("post", id_) in cards,
            "check": ("post", id_) in cards or id_ in leads,
            "support": ("post", id_) in cards or id_ in leads | others,
            "contribution": id_ in raised or not outside(held, cards, value.get("posts", ())),
        }.get(kind, True)
    }


def outside(held: Held, cards: dict[tuple[str, str], Any], ids: Sequence[str]) -> bool:
    """Whether all of these posts that a copy holds are older than its window, and there are some."""
    there = [("post", id_) for id_ in ids if ("post", id_) in held.subjects]
    return bool(there) and not any(post in cards for post in there)


class Facilitation(Following):
    """Random facilitation and moderation of one event with two rooms, and a reader of each scope."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.floor = Floor(self.store, arrivals=(arrived, answered))
        self.words = 0
        for key in KEYS:
            self.arrives(key)
        self.ids = {key: self.floor.stored(key).id for key in KEYS}
        hall, annex = self.floor.room("Hall"), self.floor.room("Annex")
        self.sessions = [
            self.floor.session(hall),
            self.floor.session(hall, running=False),
            self.floor.session(annex),
        ]
        checks = self.floor.do(lambda tx: codebook.add_preset(tx, TagSet.CHECK)).result["tags"]
        self.tags = [self.floor.tag("Question", "1"), self.floor.tag("Comment", "2"), *checks[:2]]
        for key, which in zip(KEYS, (0, 0, 0, 2, 2, 1), strict=True):
            self.a_point_is_raised(key, which)
        for which in (0, 0, 2, 2):
            self.a_session_goes_on(which, RelayState.DISCUSSED)
        self.follow(SCOPES)

    def oldest_of(self, held: Held) -> int:
        return floor_of(held)

    def compared(self, held: Held, oldest: int) -> Subjects:
        return within(held, oldest)

    def arrives(self, key: str) -> None:
        own = {"author": PARTICIPANT} if key in {"k0", "k5"} else {}
        self.words += 1
        self.floor.arrive(post(key, f"These are words number {self.words}.", **own))

    def try_to(self, fn: Callable[[Tx], object]) -> None:
        with contextlib.suppress(*NO):  # then nothing may have changed, which the invariant sees
            self.floor.do(fn)

    @rule(key=st.sampled_from(KEYS), which=st.integers(0, 2))
    def a_point_is_raised(self, key: str, which: int) -> None:
        post_id = self.ids[key]
        self.try_to(lambda tx: relays.raise_point(tx, ORGANISER, post_id, self.sessions[which], "Note"))

    @rule(chosen=st.lists(st.tuples(st.integers(0, 7), st.sampled_from(sorted(VERBS))), min_size=2))
    def relays_are_moved(self, chosen: list[tuple[int, str]]) -> None:
        for which, verb in chosen:
            every = self.relays()
            one = every[which % len(every)]
            self.try_to(partial(VERBS[verb], one=one))

    @rule(session=st.integers(0, 2), which=st.integers(0, 4), other=st.integers(0, 4))
    def a_queue_is_put_in_order(self, session: int, which: int, other: int) -> None:
        if waiting := self.floor.queue(self.sessions[session]):
            one = self.floor.relay(waiting[which % len(waiting)])
            before = waiting[other % len(waiting)] if other else None
            self.try_to(lambda tx: relays.place(tx, ORGANISER, one.id, one.version, before))

    @rule(which=st.integers(0, 2), state=st.sampled_from([RelayState.DISCUSSED, RelayState.ANSWERED]))
    def a_session_goes_on(self, which: int, state: RelayState) -> None:
        session = self.sessions[which]
        here, following = self.floor.standing(session)
        self.try_to(lambda tx: floor.advance(tx, ORGANISER, session, here, following, state))

    @rule(which=st.integers(0, 2), begin=st.booleans())
    def a_session_begins_or_ends(self, which: int, begin: bool) -> None:
        session = self.floor.run_sheet(self.sessions[which])
        move = programme.begin if begin else programme.end
        self.try_to(lambda tx: move(tx, ORGANISER, session.id, session.version))

    @rule(which=st.integers(0, 2), title=st.sampled_from(["Talk", "Débat", "نقاش"]))
    def a_session_is_edited(self, which: int, title: str) -> None:
        session = self.floor.run_sheet(self.sessions[which])
        change = SessionChange(version=session.version, title=title, note="For the chair.")
        self.try_to(lambda tx: programme.change_session(tx, ORGANISER, session.id, change))

    @rule(key=st.sampled_from(KEYS), tag=st.integers(0, 3), on=st.booleans())
    def a_point_is_tagged(self, key: str, tag: int, on: bool) -> None:
        post_id = self.ids[key]
        source = f"https://example.org/{self.words}" if tag > 1 and on else ""
        self.try_to(lambda tx: tagging.tag(tx, ORGANISER, post_id, self.tags[tag], on, source))

    @rule(key=st.sampled_from(KEYS), on=st.booleans())
    def a_point_is_noted(self, key: str, on: bool) -> None:
        post_id = self.ids[key]
        self.try_to(lambda tx: contributions.note(tx, post_id, on))

    @rule(keys=st.lists(st.sampled_from(KEYS), min_size=2, max_size=3), first=st.booleans())
    def points_are_joined(self, keys: list[str], first: bool) -> None:
        one, *others = [self.ids[key] for key in keys]
        self.try_to(lambda tx: joining.join(tx, ORGANISER, one, others, first=first))

    @rule(key=st.sampled_from(KEYS))
    def a_post_is_split_off(self, key: str) -> None:
        self.try_to(lambda tx: joining.split(tx, ORGANISER, self.ids[key]))

    @rule(key=st.sampled_from(KEYS), wording=st.sampled_from(["", "It pays.", "Ça vaut la peine."]))
    def a_point_is_worded(self, key: str, wording: str) -> None:
        point = self.floor.contribution(self.ids[key])
        seen = point.worded if point else 0
        self.try_to(lambda tx: joining.word(tx, ORGANISER, self.ids[key], wording, seen))

    @rule(key=st.sampled_from(KEYS), which=st.integers(0, 3))
    def somebody_says_where_it_belongs(self, key: str, which: int) -> None:
        session = self.sessions[which] if which < len(self.sessions) else None
        self.try_to(lambda tx: places.place(tx, self.ids[key], session))

    @rule(key=st.sampled_from(KEYS), on=st.booleans(), who=st.sampled_from([ORGANISER, FACILITATOR]))
    def somebody_takes_it_from_the_tray(self, key: str, on: bool, who: Acting) -> None:
        self.try_to(lambda tx: places.claim(tx, who, self.ids[key], on))

    @rule(key=st.sampled_from(KEYS), same=st.booleans())
    def somebody_says_it_again(self, key: str, same: bool) -> None:
        """The same words from somebody else, or more from the same author in answer."""
        self.words += 1
        with self.store.reading() as conn:
            old = posts.by_ids(conn, self.floor.event_id, {self.ids[key]})[self.ids[key]].post
        more = {"author": old.author} if not same else {}
        text = old.text if same else f"And more words, number {self.words}."
        self.floor.arrive(post(f"n{self.words}", text, reply_to=old.key, **more))

    @rule(key=st.sampled_from(KEYS), told=st.booleans())
    def its_author_hears(self, key: str, told: bool) -> None:
        point = self.floor.contribution(self.ids[key])
        if point and told:
            self.try_to(lambda tx: receipts.reply(tx, ORGANISER, point.id, "It was good."))
        elif point:
            self.try_to(lambda tx: receipts.waive(tx, ORGANISER, point.id))

    @rule(tag=st.integers(0, 1), version=st.integers(1, 3), retired=st.booleans())
    def a_tag_is_retired(self, tag: int, version: int, retired: bool) -> None:
        change = TagChange(version=version, retired=retired)
        self.try_to(lambda tx: codebook.change_tag(tx, self.tags[tag], change))

    @rule(key=ALIVE, verb=st.sampled_from(REVERSIBLE))
    def a_moderator_decides(self, key: str, verb: str) -> None:
        with self.store.reading() as conn:
            stored = posts.by_ids(conn, self.floor.event_id, {self.ids[key]})[self.ids[key]]
        self.try_to(lambda tx: DECISIONS[verb](tx, stored))

    @rule(which=st.integers(0, 20), verb=st.sampled_from(["hide", "lose", "reconsider"]))
    def what_is_on_its_way_is_taken_down(self, which: int, verb: str) -> None:
        moving = [one for one in self.relays() if one.state in OPEN]
        lead = self.lead_of(moving[which % len(moving)]) if moving else None
        if lead is not None:
            self.a_moderator_decides(lead, verb)

    @rule(key=st.sampled_from(KEYS[4:]))
    def a_post_is_taken_back(self, key: str) -> None:
        self.a_moderator_decides(key, "withdraw")

    @rule(key=ALIVE)
    def a_post_is_edited(self, key: str) -> None:
        self.words += 1
        own = {"author": PARTICIPANT} if key == "k0" else {}
        self.floor.admit(Edited(post(key, f"These are words number {self.words}.", **own)))

    @rule(number=st.integers(0, 3))
    def posts_arrive(self, number: int) -> None:
        for _ in range(number):
            self.arrives(f"n{self.words}")

    @invariant()
    def a_floor_holds_one_thing_and_only_what_is_shown(self) -> None:
        with self.store.reading() as conn:
            event = self.floor.event_id
            sessions = {one.id: one for one in stored_programme.sessions(conn, event)}
            raised = stored_relays.window(conn, event, 500, public=False)
        running = [one.room_id for one in sessions.values() if one.state is SessionState.RUNNING]
        assert len(running) == len(set(running))
        floors = [
            sessions[one.relay.session_id].room_id
            for one in raised
            if one.relay.state is RelayState.ON_FLOOR
        ]
        assert len(floors) == len(set(floors))
        assert set(floors) <= set(running)
        following = [one.relay.session_id for one in raised if one.relay.state is RelayState.NEXT]
        assert len(following) == len(set(following))
        for one in raised:
            assert one.relay.state not in OPEN or one.lead.state is PostState.APPROVED
            assert one.relay.state not in OPEN or sessions[one.relay.session_id].state != "ended"

    @invariant()
    def nobody_reads_what_is_not_shown(self) -> None:
        held = self.caught_up(PUBLIC)
        told = json.dumps([*held.subjects.values()])
        with self.store.reading() as conn:
            every = posts.desk_window(conn, self.floor.event_id, 500)
        shown = {stored.post.text for stored in every if stored.state is PostState.APPROVED}
        hidden = {stored.post.text for stored in every} - shown - {""}
        assert not [text for text in hidden if text in told]

    def relays(self) -> list[Relay]:
        with self.store.reading() as conn:
            found = stored_relays.window(conn, self.floor.event_id, 500, public=False)
        return sorted((one.relay for one in found), key=lambda one: one.id)

    def lead_of(self, relay: Relay) -> str | None:
        with self.store.reading() as conn:
            found = stored_relays.by_ids(conn, self.floor.event_id, {relay.id})[relay.id]
        return next((key for key, post_id in self.ids.items() if post_id == found.lead.id), None)


def test_facilitation_reaches_every_reader_as_a_fresh_snapshot_would(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "POST_WINDOW", WINDOW)
    run_at_random(Facilitation, store, 15, 5)
