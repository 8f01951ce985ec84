"""The one property that everything live rests on: fold(snapshot, changes) == a fresh snapshot."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.support.summit import GRAVES, MORNING, Summit, post, repost
from wall.entries import Held, Scope, kinds
from wall.entries.staff_kinds import MemberChanged
from wall.errors import NotFound, Refused
from wall.feeds.base import Arrived, Edited, Withdrawn
from wall.intake import leaving, moves
from wall.intake.intake import new_feed
from wall.journal import Tx, broken_link, reading
from wall.model import FeedState, Quote, Reason, Role, StoredPost, new_id
from wall.store import Store, feeds, members, people, posts
from wall.wishes import may_show

WINDOW = 4
KEYS = st.sampled_from([f"k{number}" for number in range(8)])
LIVELY = st.sampled_from(["k2", "k3"])
MORTAL = st.sampled_from(["k0", "k1"])
"""Keys that may be withdrawn: a withdrawn key is dead for good, and a dead post shows nothing."""
TEXTS = st.sampled_from(["", "Hello", "Bonjour à tous", "مرحبا", "👩🏽‍⚕️ yes\u2028no", "x" * 300])
PEOPLE = ("ann", "ben")
FACES: tuple[tuple[str | None, bool], ...] = ((None, False), ("ann", False), ("ann", True), ("ben", True))
REASON = Reason(code="off_topic")

MOVES: dict[str, Callable[[Tx, StoredPost], object]] = {
    "approve": lambda tx, stored: moves.approve(tx, stored.id, stored.version),
    "hide": lambda tx, stored: moves.hide(tx, stored.id, stored.version, REASON),
    "reject": lambda tx, stored: moves.reject(tx, stored.id, stored.version, REASON),
    "withdraw": lambda tx, stored: moves.withdraw(tx, stored.id, stored.version, GRAVES),
    "lose": lambda tx, stored: vars(moves.lost(tx, stored)),
    "find": lambda tx, stored: vars(moves.found(tx, stored)),
}


class Reader:
    """One reader: a person at a face (desk or phone), its copy, and how old its window is."""

    def __init__(self, summit: Summit, person: str | None, desk: bool, scope: Scope) -> None:
        self.person, self.desk, self.scope = person, desk, scope
        self.held = summit.held(scope)
        self.floor = floor_of(self.held)


def floor_of(held: Held) -> int:
    """The oldest order that a copy is complete from: 0 when its window is not full."""
    orders = [value["order"] for (kind, _), value in held.subjects.items() if kind == "post"]
    return min(orders) if len(orders) >= WINDOW else 0


def within(held: Held, floor: int) -> dict[tuple[str, str], Any]:
    """What a copy holds, its posts from an order on."""
    return {
        subject: value
        for subject, value in held.subjects.items()
        if subject[0] != "post" or value["order"] >= floor
    }


class Readers(RuleBasedStateMachine):
    """Random commands and readers of all ages over one event."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.summit = Summit(self.store)
        self.people = {name: f"{name}-{new_id()}" for name in PEOPLE}
        self.roles: dict[str, tuple[Role, ...]] = dict.fromkeys(PEOPLE, ())
        self.feeds: list[str] = []
        self.readers: list[Reader] = []
        with self.store.writing() as conn:
            for name, person_id in self.people.items():
                people.add_person(conn, person_id, name, MORNING)
        self.roles_are_set("ben", [Role.MODERATOR])
        self.summit.arrive(post("k0"), post("k2"), post("k3"), repost("r", "k9"))
        for face in FACES:
            self.somebody_starts_to_read(face)

    def scope(self, person: str | None, desk: bool) -> Scope:
        roles = frozenset(self.roles[person]) if person and desk else frozenset()
        return Scope(roles, self.people[person] if person else None)

    @rule(keys=st.lists(KEYS, min_size=1, max_size=4), text=TEXTS)
    def posts_arrive(self, keys: list[str], text: str) -> None:
        self.summit.arrive(*(post(key, text) for key in keys))

    @rule(key=KEYS, of=KEYS)
    def a_post_is_reposted(self, key: str, of: str) -> None:
        self.summit.arrive(repost(f"r-{key}-{of}", of))

    @rule(key=KEYS, text=TEXTS)
    def a_post_is_edited(self, key: str, text: str) -> None:
        self.summit.admit(Edited(post(key, text)))

    @rule(key=MORTAL)
    def a_post_is_withdrawn_and_comes_back(self, key: str) -> None:
        self.summit.admit(Withdrawn("x", key), Arrived(post(key, "It comes back.")))

    @rule(key=KEYS, of=KEYS)
    def a_repost_is_withdrawn(self, key: str, of: str) -> None:
        self.summit.admit(Withdrawn("x", f"r-{key}-{of}"))

    @rule(key=MORTAL)
    def a_moderator_withdraws_a_post(self, key: str) -> None:
        self.a_moderator_moves_a_post(key, "withdraw")

    @rule(key=LIVELY, verb=st.sampled_from(["approve", "hide", "reject", "lose", "find"]))
    def a_moderator_moves_a_post(self, key: str, verb: str) -> None:
        def move(tx: Tx) -> object:
            stored = posts.known(tx.conn, tx.event.id, "x", {key}).get(key)
            if stored is None or not stored.received:
                return None
            return MOVES[verb](tx, stored)

        with contextlib.suppress(Refused):  # then nothing may have changed, which the invariant sees
            self.summit.do(move)

    @rule(name=st.sampled_from(["Summit", "Sommet", "قمة"]))
    def the_event_is_renamed(self, name: str) -> None:
        def rename(tx: Tx) -> None:
            tx.change_event(name=name, version=tx.event.version + 1)
            tx.append(kinds.EventChanged(fields=("name",)), ("event", tx.event.id))

        self.summit.do(rename)

    @rule(
        person=st.sampled_from(PEOPLE),
        roles=st.lists(st.sampled_from([Role.ORGANISER, Role.MODERATOR, Role.TECHNICIAN]), max_size=2),
    )
    def roles_are_set(self, person: str, roles: list[Role]) -> None:
        def give(tx: Tx) -> None:
            members.set_roles(tx.conn, tx.event.id, self.people[person], roles)
            tx.append(MemberChanged(roles=tuple(roles)), ("member", self.people[person]))

        self.summit.do(give)
        self.roles[person] = tuple(roles)

    @rule(key=KEYS, of=KEYS, shy=st.booleans())
    def a_post_quotes_another(self, key: str, of: str, shy: bool) -> None:
        quote = Quote(key=of, author=post(of).author, text="Quoted", noindex=shy)
        self.summit.arrive(post(f"q-{key}", "Quoting", quote=quote, quote_of=of))

    @rule(key=KEYS)
    def an_author_no_longer_wants_to_be_listed(self, key: str) -> None:
        self.summit.arrive(post(key, noindex=True))

    @rule(key=KEYS, back=st.booleans())
    def an_author_is_left_off_or_put_back(self, key: str, back: bool) -> None:
        def leave(tx: Tx) -> object:
            stored = posts.known(tx.conn, tx.event.id, "x", {key}).get(key)
            if stored is None or not stored.received:
                return None
            command = leaving.put_author_back if back else leaving.leave_author_off
            return command(tx, stored.id, GRAVES.person)

        with contextlib.suppress(NotFound):
            self.summit.do(leave)

    @rule()
    def a_feed_is_added(self) -> None:
        feed = new_feed(self.summit.event_id, "replay", {})

        def add(tx: Tx) -> None:
            feeds.add(tx.conn, feed)
            tx.append(kinds.FeedAdded(network="replay"), ("feed", feed.id))

        self.summit.do(add)
        self.feeds.append(feed.id)

    @precondition(lambda self: self.feeds)
    @rule(state=st.sampled_from(FeedState))
    def a_feed_moves(self, state: FeedState) -> None:
        def move(tx: Tx) -> None:
            feeds.move(tx.conn, self.feeds[0], state=state.value, problem=None)
            tx.append(kinds.FeedMoved(state=state), ("feed", self.feeds[0]))

        self.summit.do(move)

    @rule(face=st.sampled_from(FACES))
    def somebody_starts_to_read(self, face: tuple[str | None, bool]) -> None:
        self.readers.append(Reader(self.summit, *face, self.scope(*face)))

    @precondition(lambda self: self.readers)
    @rule(which=st.integers(0, 30), steps=st.integers(1, 5))
    def somebody_follows_a_little(self, which: int, steps: int) -> None:
        reader = self.readers[which % len(self.readers)]
        if self.scope(reader.person, reader.desk) == reader.scope:
            until = reader.held.seq + steps
            reader.held.apply(self.summit.frame(reader.scope, reader.held.seq, until))

    @invariant()
    def everybody_who_catches_up_holds_what_a_newcomer_gets(self) -> None:
        fresh = {face: self.summit.held(self.scope(*face)) for face in FACES}
        for reader in list(self.readers):
            if self.scope(reader.person, reader.desk) != reader.scope:
                self.readers.remove(reader)  # its cursor is of another audience: it starts anew
                continue
            caught_up = Held(reader.held.seq, dict(reader.held.subjects))
            caught_up.apply(self.summit.frame(reader.scope, reader.held.seq))
            newcomer = fresh[reader.person, reader.desk]
            floor = max(reader.floor, floor_of(newcomer))
            assert caught_up.seq == newcomer.seq == self.summit.event.seq
            assert within(caught_up, floor) == within(newcomer, floor)

    def teardown(self) -> None:
        with self.store.reading() as conn:
            assert broken_link(conn, self.summit.event_id) is None
        counted = self.summit.event
        with self.store.reading() as conn:
            shown = posts.shown_window(conn, counted.id, 10_000)
            assert counted.shown == len(shown)
            assert all(map(may_show, shown))


@pytest.fixture
def small_window(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(reading, "POST_WINDOW", WINDOW)
    return


def test_folding_changes_always_gives_what_a_fresh_snapshot_gives(store: Store, small_window: None) -> None:
    machine = type("ReadersHere", (Readers,), {"store": store})
    examples = 40 if store.is_sqlite else 15
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
