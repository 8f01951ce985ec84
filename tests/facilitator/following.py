"""Readers of every audience who follow an event while it is worked on at random: what they fold has to be
what a newcomer gets."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.facilitator.floor import Floor
from wall.entries import Held, Scope
from wall.journal import broken_link
from wall.store import Store

Subjects = dict[tuple[str, str], Any]


class Following(RuleBasedStateMachine):
    """A machine with readers. It makes its `floor`, and calls `follow` when there is something to read."""

    store: Store
    floor: Floor

    def follow(self, scopes: Sequence[Scope]) -> None:
        """From here on a reader of each scope follows."""
        self.scopes = tuple(scopes)
        self.readers = {scope: self.floor.held(scope) for scope in self.scopes}
        self.oldest = {scope: self.oldest_of(held) for scope, held in self.readers.items()}
        self.turn = cycle(self.scopes)

    def oldest_of(self, held: Held) -> int:
        """The order of the oldest post that a copy is complete from."""
        return 0

    def compared(self, held: Held, oldest: int) -> Subjects:
        """What of a copy has to be as in any other that is complete from `oldest`."""
        return held.subjects

    @rule(which=st.integers(0, 99), steps=st.integers(1, 6))
    def somebody_follows_a_little(self, which: int, steps: int) -> None:
        scope = self.scopes[which % len(self.scopes)]
        held = self.readers[scope]
        held.apply(self.floor.frame(scope, held.seq, held.seq + steps))

    @invariant()
    def whoever_catches_up_holds_what_a_newcomer_gets(self) -> None:
        self.check(next(self.turn))

    def caught_up(self, scope: Scope) -> Held:
        """What a reader holds who hears the rest now."""
        held = Held(self.readers[scope].seq, dict(self.readers[scope].subjects))
        held.apply(self.floor.frame(scope, held.seq))
        return held

    def check(self, scope: Scope) -> None:
        """Whether a reader who catches up holds what a newcomer gets."""
        mine, newcomer = self.caught_up(scope), self.floor.held(scope)
        oldest = max(self.oldest[scope], self.oldest_of(newcomer))
        assert mine.seq == newcomer.seq == self.floor.event.seq
        assert self.compared(mine, oldest) == self.compared(newcomer, oldest), scope

    def teardown(self) -> None:
        """In the end every reader holds it, and the journal's chain is whole."""
        for scope in self.scopes:
            self.check(scope)
        with self.store.reading() as conn:
            assert broken_link(conn, self.floor.event_id) is None


def run_at_random(machine: type[Following], store: Store, examples: int = 12, on_a_server: int = 4) -> None:
    """Run a machine on a store: so many examples; fewer where the store is a server."""
    here = type(f"{machine.__name__}Here", (machine,), {"store": store})
    run_state_machine_as_test(
        here,
        settings=settings(
            max_examples=examples if store.is_sqlite else on_a_server,
            stateful_step_count=20,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
