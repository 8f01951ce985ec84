"""fold(snapshot, changes) == a fresh snapshot, for quick asks, whoever reads; and what nobody may read."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from facilitator import ask_pacing, asks, programme
from facilitator.ask_answers import Answering, give
from facilitator.asks import NewAsk, Opening, Putting, Seen
from tests.facilitator.floor import ORGANISER, Floor
from tests.facilitator.following import Following, run_at_random
from wall.asks import TELLING, Ask, AskKind, AskState, SaidState
from wall.entries import PUBLIC, Scope
from wall.errors import BackchannelError
from wall.journal import Tx
from wall.model import Role
from wall.programme import SessionState
from wall.store import Store
from wall.store import asks as stored

SCOPES = (PUBLIC, Scope(person="pia"), *(Scope(frozenset({role})) for role in Role))
PHONES = tuple(f"phone{number}" for number in range(5))
WORDS = ("Rubrics", "rubrics!", "Time", "More time", "feedback")
KINDS: tuple[dict[str, Any], ...] = (
    {"kind": AskKind.CHOICE, "options": ("Yes", "No", "Both"), "many": True},
    {"kind": AskKind.SCALE, "top": 7, "live": True},
    {"kind": AskKind.WORDS, "live": True},
    {"kind": AskKind.TEXT},
)
SEES_DRAFTS = frozenset(Role) - {Role.RATER, Role.TECHNICIAN, Role.TAGGER}


class Asked(Following):
    """Random asking in two sessions and in the whole event, and a reader of each scope."""

    def __init__(self) -> None:
        super().__init__()
        self.floor = Floor(self.store)
        rooms = [self.floor.room("Hall"), self.floor.room("Annex")]
        self.sessions = [*map(self.floor.session, rooms), None]
        self.made: list[str] = []
        for which in range(4):
            self.something_is_drafted(which, which)
        self.follow(SCOPES)

    def try_to(self, fn: Callable[[Tx], Any]) -> Any:
        with contextlib.suppress(BackchannelError):  # then nothing may have changed
            return self.floor.do(fn).result
        return None

    def one(self, which: int) -> Ask:
        ask_id = self.made[which % len(self.made)]
        with self.store.reading() as conn:
            return stored.by_ids(conn, self.floor.event_id, {ask_id})[ask_id]

    @rule(which=st.integers(0, 2), kind=st.integers(0, 3))
    def something_is_drafted(self, which: int, kind: int) -> None:
        new = NewAsk(session=self.sessions[which % 3], question=f"Number {len(self.made)}?", **KINDS[kind])
        made = self.try_to(lambda tx: asks.draft(tx, ORGANISER, new))
        self.made.append(made["ask"])

    @rule(which=st.integers(0, 9), seconds=st.sampled_from([None, 10, 60]), walls=st.booleans())
    def an_ask_is_opened(self, which: int, seconds: int | None, walls: bool) -> None:
        one = self.one(which)
        opening = Opening(worded=one.worded, seconds=seconds, walls=walls)
        self.try_to(lambda tx: asks.open_ask(tx, ORGANISER, one.id, opening))

    @rule(which=st.integers(0, 9), verb=st.sampled_from(["close", "show", "keep", "remove"]))
    def an_ask_goes_on(self, which: int, verb: str) -> None:
        one = self.one(which)
        self.try_to(lambda tx: getattr(asks, verb)(tx, ORGANISER, one.id, Seen(worded=one.worded)))

    @rule(which=st.integers(0, 9), on=st.booleans())
    def an_ask_goes_on_walls_or_off(self, which: int, on: bool) -> None:
        one = self.one(which)
        self.try_to(lambda tx: asks.put(tx, ORGANISER, one.id, Putting(worded=one.worded, on=on)))

    @rule(
        which=st.integers(0, 9),
        phones=st.sets(st.sampled_from(PHONES), min_size=1),
        picks=st.sets(st.integers(0, 3), max_size=2),
        words=st.lists(st.sampled_from(WORDS), max_size=3),
    )
    def phones_answer(self, which: int, phones: set[str], picks: set[int], words: list[str]) -> None:
        one = self.one(which)
        sent = Answering(picks=tuple(picks)) if one.places else Answering(words=tuple(words))
        for phone in sorted(phones):
            self.try_to(lambda tx, name=phone: give(tx, one.id, name, lambda of: f"{name} of {of}", sent))

    @rule(which=st.integers(0, 9), word=st.integers(0, 9), shown=st.booleans())
    def words_are_judged(self, which: int, word: int, shown: bool) -> None:
        one = self.one(which)
        if said := one.tally.said:
            key = said[word % len(said)].key
            self.try_to(lambda tx: asks.judge(tx, ORGANISER, one.id, key, shown=shown))

    @rule(later=st.integers(0, 40))
    def the_clock_goes_on(self, later: int) -> None:
        self.floor.now += timedelta(seconds=later)
        with self.store.reading() as conn:
            due = stored.due(conn, self.floor.now)
        for event_id, ask_id in due:
            if event_id == self.floor.event_id:
                self.floor.do(lambda tx, one=ask_id: ask_pacing.settle(tx, one))

    @rule(which=st.integers(0, 1))
    def a_session_ends_or_goes_on(self, which: int) -> None:
        sheet = self.floor.run_sheet(str(self.sessions[which]))
        verb = programme.end if sheet.state is SessionState.RUNNING else programme.begin
        self.try_to(lambda tx: verb(tx, ORGANISER, sheet.id, sheet.version))

    @invariant()
    def everybody_reads_what_they_may_and_no_more(self) -> None:
        held = self.caught_up(PUBLIC)
        for one in map(self.one, range(len(self.made))):
            value = held.subjects.get(("ask", one.id))
            assert (value is not None) == (one.state in {AskState.OPEN, AskState.CLOSED, AskState.SHOWN}), (
                one.state
            )
            if value is None:
                continue
            out = one.state is AskState.SHOWN or one.live
            assert value["answered"] == one.tally.answered
            told = out and one.tally.answered >= TELLING
            assert (value["counts"] is not None) == (told and one.places > 0)
            struck = {said.text for said in one.tally.said if said.state is not SaidState.SHOWN}
            assert not [said for said in value["said"] or () if said["text"] in struck]
            assert told or value["said"] is None

    @invariant()
    def drafts_are_the_staffs(self) -> None:
        drafted = {one.id for one in map(self.one, range(len(self.made))) if one.state is AskState.DRAFTED}
        for scope in SCOPES:
            seen = {id_ for kind, id_ in self.caught_up(scope).subjects if kind == "ask"}
            assert seen & drafted == (drafted if scope.roles & SEES_DRAFTS else set())

    @invariant()
    def one_is_open_at_a_time(self) -> None:
        every = [self.one(which) for which in range(len(self.made))]
        places = [one.session_id for one in every if one.state is AskState.OPEN]
        assert len(places) == len(set(places))

    @invariant()
    def what_is_counted_is_what_was_answered(self) -> None:
        for one in map(self.one, range(len(self.made))):
            if not one.uncounted:
                with self.store.reading() as conn:
                    assert one.tally.answered == len(stored.answers(conn, one.id))

    @invariant()
    def no_entry_tells_of_an_answer(self) -> None:
        with self.store.reading() as conn:
            bodies = conn.exec_driver_sql("SELECT body FROM entry").scalars().all()
        told = json.dumps(list(bodies))
        assert not [phone for phone in PHONES if phone in told]
        assert not [word for word in WORDS if word in told]


def test_quick_asks_reach_every_reader_as_a_fresh_snapshot_would(store: Store) -> None:
    run_at_random(Asked, store)
