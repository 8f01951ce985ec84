"""fold(snapshot, changes) == a fresh snapshot, for questions, translations, offers between rooms, replies
and hand-over, mixed with all of facilitation and moderation, whoever reads."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from facilitator import asking, handover, receipts, routing, translating
from tests.facilitator.floor import ORGANISER
from tests.facilitator.following import run_at_random
from tests.facilitator.test_facilitation_fold import KEYS, Facilitation
from tests.store.test_journal_fold import WINDOW
from wall.journal import reading
from wall.replies import StoredQuestion
from wall.store import Store, questions, routings

PIA = {"participant:pia", "person:pia"}


class Replies(Facilitation):
    """Facilitation, with what goes back and forth beside it."""

    @rule(key=st.sampled_from(["k0", "k5"]), words=st.sampled_from(["Which ward?", "Quand ?"]))
    def its_author_is_asked(self, key: str, words: str) -> None:
        post_id = self.ids[key]
        self.try_to(lambda tx: asking.ask(tx, ORGANISER, post_id, words))

    @rule(which=st.integers(0, 9), words=st.sampled_from(["The third.", "Hier."]))
    def an_author_answers(self, which: int, words: str) -> None:
        if found := self.asked():
            one = found[which % len(found)]
            self.try_to(lambda tx: asking.answer(tx, PIA, one.question.id, words))

    @rule(which=st.integers(0, 9), on=st.booleans())
    def an_answer_is_shared_or_not_any_more(self, which: int, on: bool) -> None:
        if found := self.asked():
            one = found[which % len(found)].question
            self.try_to(lambda tx: asking.share(tx, ORGANISER, one.id, one.version, on))

    @rule(which=st.integers(0, 9))
    def a_question_is_taken_back(self, which: int) -> None:
        if found := self.asked():
            one = found[which % len(found)].question
            self.try_to(lambda tx: asking.withdraw(tx, ORGANISER, one.id, one.version))

    @rule(
        key=st.sampled_from(KEYS),
        lang=st.sampled_from(["fr", "de"]),
        text=st.sampled_from(["Dit", "Gesagt"]),
    )
    def a_post_is_translated(self, key: str, lang: str, text: str) -> None:
        post_id = self.ids[key]
        self.try_to(lambda tx: translating.translate(tx, post_id, lang, text))

    @rule(which=st.integers(0, 9))
    def a_translation_is_removed(self, which: int) -> None:
        with self.store.reading() as conn:
            found = questions.translations(conn, self.floor.event_id)
        if found:
            one = found[which % len(found)].translation
            self.try_to(lambda tx: translating.remove(tx, one.post_id, one.id))

    @rule(key=st.sampled_from(KEYS), to=st.integers(0, 2), of=st.integers(0, 3))
    def a_point_is_offered(self, key: str, to: int, of: int) -> None:
        post_id, here = self.ids[key], [*self.sessions, None][of]
        there = self.sessions[to]
        self.try_to(lambda tx: routing.route(tx, ORGANISER, post_id, there, here, "Yours?"))

    @rule(which=st.integers(0, 9), end=st.sampled_from(["accept", "give_back", "cancel"]))
    def an_offer_is_answered(self, which: int, end: str) -> None:
        with self.store.reading() as conn:
            found = routings.open_ones(conn, self.floor.event_id)
        if not found:
            return
        one = found[which % len(found)]
        if end == "give_back":
            self.try_to(lambda tx: routing.give_back(tx, ORGANISER, one.id, one.version, "Not ours."))
        else:
            command = routing.accept if end == "accept" else routing.cancel
            self.try_to(lambda tx: command(tx, ORGANISER, one.id, one.version))

    @rule(which=st.integers(0, 2), version=st.integers(0, 2), words=st.sampled_from(["Ada waits.", ""]))
    def a_desk_is_handed_over(self, which: int, version: int, words: str) -> None:
        session = self.sessions[which]
        self.try_to(lambda tx: handover.write(tx, ORGANISER, session, version, words))

    @rule(key=st.sampled_from(KEYS))
    def a_reply_is_told_with_no_account_to_post_it(self, key: str) -> None:
        point = self.floor.contribution(self.ids[key])
        if point:
            self.try_to(lambda tx: receipts.reply(tx, ORGANISER, point.id, "It was good.", True))

    def asked(self) -> list[StoredQuestion]:
        with self.store.reading() as conn:
            return questions.questions(conn, self.floor.event_id)


def test_what_goes_back_and_forth_reaches_every_reader_as_a_fresh_snapshot_would(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "POST_WINDOW", WINDOW)
    run_at_random(Replies, store)
