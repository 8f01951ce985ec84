"""fold(snapshot, changes) == a fresh snapshot, for support and second looks, mixed with all of facilitation
and moderation, whoever reads."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from facilitator import second_looks, supporting
from tests.facilitator.following import run_at_random
from tests.facilitator.test_facilitation_fold import KEYS, Facilitation
from tests.store.test_journal_fold import WINDOW
from wall.errors import NotFound, Refused
from wall.journal import reading
from wall.store import Store
from wall.store import second_looks as stored_looks

PIA = {"participant:pia", "person:pia"}
PHONES = ("ada", "bob", "cyd")


class Points(Facilitation):
    """Facilitation, with what participants do with points."""

    @rule(key=st.sampled_from(KEYS), who=st.sampled_from(PHONES), on=st.booleans())
    def somebody_thinks_so_too(self, key: str, who: str, on: bool) -> None:
        post_id = self.ids[key]
        with self.store.writing() as conn:
            try:
                supporting.support(conn, self.floor.event_id, post_id, {who}, f"{who}.{post_id}", on)
            except (NotFound, Refused):
                return

    @rule()
    def support_is_counted(self) -> None:
        self.try_to(supporting.count)

    @rule(key=st.sampled_from(["k0", "k5"]))
    def an_author_asks_for_a_second_look(self, key: str) -> None:
        post_id = self.ids[key]
        self.try_to(lambda tx: second_looks.ask(tx, PIA, post_id, "Look again."))

    @rule(key=st.sampled_from(["k0", "k5"]))
    def a_second_look_changes_nothing(self, key: str) -> None:
        post_id = self.ids[key]
        with self.store.reading() as conn:
            found = stored_looks.plain(conn, self.floor.event_id, {post_id}).get(post_id)
        if found:
            self.try_to(lambda tx: second_looks.keep(tx, post_id, found.version, "It stays."))


def test_what_participants_do_with_points_reaches_every_reader_as_a_fresh_snapshot_would(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "POST_WINDOW", WINDOW)
    run_at_random(Points, store, 12, 4)
