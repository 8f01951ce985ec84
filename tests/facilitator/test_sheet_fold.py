"""fold(snapshot, changes) == a fresh snapshot, for answers, room notes, conclusions and messages mixed with
moderation, whoever reads."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from facilitator import answers, conclusions, messages, programme, room_notes
from facilitator.conclusions import ConclusionChange, NewConclusion
from facilitator.programme import NewPrompt
from tests.facilitator.floor import ORGANISER, Floor
from tests.facilitator.following import Following, Subjects, run_at_random
from tests.store.test_journal_fold import MOVES, WINDOW
from tests.support.summit import GRAVES, post
from wall.entries import PUBLIC, Held, Scope
from wall.errors import BackchannelError
from wall.journal import Tx, reading
from wall.model import PostState, Role
from wall.programme import SessionState
from wall.sheet import Conclusion, Message, Signal
from wall.store import Store, posts
from wall.store import conclusions as stored_conclusions
from wall.store import messages as stored_messages

KEYS = tuple(f"k{number}" for number in range(5))
SCOPES = (PUBLIC, Scope(person="pia"), *(Scope(frozenset({role})) for role in Role))
PHONES = ("ann", "bob", "cy")
SEES_MESSAGES = frozenset(Role) - {Role.RATER, Role.TECHNICIAN, Role.TAGGER}


def within(held: Held, oldest: int) -> dict[tuple[str, str], Any]:
    """What a copy holds within its window: posts from an order on, and what hangs on them."""
    cards = {
        id_ for (kind, id_), value in held.subjects.items() if kind == "post" and value["order"] >= oldest
    }
    hanging = {"post", "answer", "placement"}
    return {
        (kind, id_): value
        for (kind, id_), value in held.subjects.items()
        if (kind not in hanging or id_ in cards)
        and (kind != "contribution" or not cards.isdisjoint(value["posts"]))
    }


def floor_of(held: Held) -> int:
    """The oldest order that a copy is complete from."""
    orders = sorted(value["order"] for (kind, _), value in held.subjects.items() if kind == "post")
    return orders[-WINDOW] if len(orders) >= WINDOW else 0


class Sheets(Following):
    """Random running of two sessions, and a reader of each scope."""

    def __init__(self) -> None:
        super().__init__()
        self.floor = Floor(self.store, arrivals=(answers.answered,))
        self.words = 0
        sheet = (NewPrompt(text="One?", code="Q1"), NewPrompt(text="Two?", code="Q2", minute=9))
        self.sessions = [
            self.floor.session(self.floor.room("Hall"), prompts=sheet),
            self.floor.session(self.floor.room("Annex"), prompts=sheet),
        ]
        self.notes: list[str] = []
        self.made: list[str] = []
        for key in KEYS:
            self.a_post_arrives(key, "A1:")
        self.something_is_concluded(0)
        self.the_chair_is_written_to(0)
        self.follow(SCOPES)

    def oldest_of(self, held: Held) -> int:
        return floor_of(held)

    def compared(self, held: Held, oldest: int) -> Subjects:
        return within(held, oldest)

    def try_to(self, fn: Callable[[Tx], dict[str, Any]]) -> dict[str, Any]:
        with contextlib.suppress(
            BackchannelError
        ):  # then nothing may have changed, which the invariant sees
            return self.floor.do(fn).result
        return {}

    def new_words(self) -> str:
        self.words += 1
        return f"These are words number {self.words}."

    @rule(key=st.sampled_from([*KEYS, "n1", "n2", "n3"]), begins=st.sampled_from(["A1:", "A2:", ""]))
    def a_post_arrives(self, key: str, begins: str) -> None:
        self.floor.arrive(post(key, f"{begins} {self.new_words()}"))

    @rule(which=st.integers(0, 1), to=st.sampled_from([0, 1, None]))
    def a_session_goes_to_a_prompt(self, which: int, to: int | None) -> None:
        sheet = self.floor.run_sheet(self.sessions[which])
        prompt = None if to is None else sheet.prompts[to].id
        self.try_to(lambda tx: programme.go_to_prompt(tx, ORGANISER, sheet.id, sheet.version, prompt))

    @rule(which=st.integers(0, 1))
    def a_session_ends_or_goes_on(self, which: int) -> None:
        sheet = self.floor.run_sheet(self.sessions[which])
        verb = programme.end if sheet.state is SessionState.RUNNING else programme.begin
        self.try_to(lambda tx: verb(tx, ORGANISER, sheet.id, sheet.version))

    @rule(which=st.integers(0, 1))
    def a_note_is_typed(self, which: int) -> None:
        text, session = self.new_words(), self.sessions[which]
        made = self.try_to(lambda tx: room_notes.write(tx, ORGANISER, session, text, GRAVES))
        self.notes += [made["post"]] if made else []

    @rule(key=st.sampled_from(KEYS), which=st.integers(0, 1), to=st.sampled_from([0, 1, None]))
    def somebody_says_what_a_post_answers(self, key: str, which: int, to: int | None) -> None:
        post_id, sheet = self.floor.stored(key).id, self.floor.run_sheet(self.sessions[which])
        if to is None:
            self.try_to(lambda tx: answers.unlink(tx, ORGANISER, post_id))
        else:
            prompt = sheet.prompts[to].id
            self.try_to(lambda tx: answers.link(tx, ORGANISER, post_id, sheet.id, prompt))

    @rule(which=st.integers(0, 1))
    def something_is_concluded(self, which: int) -> None:
        new, session = NewConclusion(text=self.new_words()), self.sessions[which]
        made = self.try_to(lambda tx: conclusions.add(tx, ORGANISER, session, new))
        self.made += [made["conclusion"]] if made else []

    @rule(
        which=st.integers(0, 5),
        change=st.sampled_from(
            [{"text": "Other words."}, {"room": 12}, {"room": -1}, {"removed": True}, {"removed": False}]
        ),
    )
    def a_conclusion_is_changed(self, which: int, change: dict[str, Any]) -> None:
        one = self.conclusion(self.made[which % len(self.made)])
        asked = ConclusionChange(worded=one.worded, **change)
        self.try_to(lambda tx: conclusions.change(tx, ORGANISER, one.id, asked))

    @rule(which=st.integers(0, 5), phone=st.sampled_from(PHONES), on=st.booleans())
    def a_phone_endorses(self, which: int, phone: str, on: bool) -> None:
        one = self.made[which % len(self.made)]
        self.try_to(lambda tx: conclusions.endorse(tx, one, lambda id_: f"{phone} of {id_}", on))

    @rule(which=st.integers(0, 1))
    def the_chair_is_written_to(self, which: int) -> None:
        session = self.sessions[which]
        self.try_to(lambda tx: messages.send(tx, ORGANISER, session, "Please come to an end."))

    @rule(which=st.integers(0, 1), what=st.sampled_from([Signal.MORE, Signal.WRAP_UP]))
    def the_chair_signals(self, which: int, what: Signal) -> None:
        self.try_to(lambda tx: messages.signal(tx, self.sessions[which], what))

    @rule(which=st.integers(0, 5))
    def a_message_is_read(self, which: int) -> None:
        if there := self.messages():
            one = there[which % len(there)]
            self.try_to(lambda tx: messages.acknowledge(tx, ORGANISER, one.id))

    @rule(which=st.integers(0, 9), verb=st.sampled_from(sorted(MOVES)))
    def a_moderator_decides(self, which: int, verb: str) -> None:
        ids = [*(self.floor.stored(key).id for key in KEYS[1:]), *self.notes]
        wanted = ids[which % len(ids)]
        with self.store.reading() as conn:
            stored = posts.by_ids(conn, self.floor.event_id, {wanted})[wanted]
        if verb != "withdraw" or stored.id in self.notes:
            self.try_to(lambda tx: MOVES[verb](tx, stored))

    @invariant()
    def what_is_endorsed_is_counted(self) -> None:
        for one in map(self.conclusion, self.made):
            phones = self.phones_of(one)
            assert one.endorsed == phones

    @invariant()
    def messages_are_for_the_staff_of_the_floor(self) -> None:
        sent = {one.id for one in self.messages()}
        for scope in (PUBLIC, *(Scope(frozenset({role})) for role in Role)):
            heard = {id_ for kind, id_ in self.caught_up(scope).subjects if kind == "message"}
            assert heard == (sent if scope.roles & SEES_MESSAGES else set())

    @invariant()
    def nobody_hears_of_a_post_that_is_not_shown(self) -> None:
        held = self.caught_up(PUBLIC)
        told = json.dumps([*held.subjects.values()], ensure_ascii=False)
        with self.store.reading() as conn:
            every = posts.desk_window(conn, self.floor.event_id, 500)
        shown = {stored.id for stored in every if stored.state is PostState.APPROVED}
        assert {id_ for kind, id_ in held.subjects if kind == "answer"} <= shown
        hidden = {stored.post.text for stored in every if stored.id not in shown} - {""}
        assert not [text for text in hidden if text in told]

    def conclusion(self, conclusion_id: str) -> Conclusion:
        with self.store.reading() as conn:
            return stored_conclusions.by_ids(conn, self.floor.event_id, {conclusion_id})[conclusion_id]

    def phones_of(self, one: Conclusion) -> int:
        with self.store.reading() as conn:
            return stored_conclusions.endorsements(conn, one.id)

    def messages(self) -> list[Message]:
        with self.store.reading() as conn:
            return stored_messages.window(conn, self.floor.event_id)


def test_running_a_session_reaches_every_reader_as_a_fresh_snapshot_would(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "POST_WINDOW", WINDOW)
    run_at_random(Sheets, store)
