"""Twins under anything that can happen in any order: what is shown is what the rule says, every reader that
follows holds what a newcomer gets, and no deleted word is anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.store.cards import DESK
from tests.store.test_twins import everything, shown
from tests.support.summit import GRAVES, MORNING, Summit
from tests.support.twins import skeet, toot
from wall.entries import PUBLIC, Held
from wall.feeds.base import Arrived, Edited, Rechecked, Withdrawn
from wall.intake import moves, parting
from wall.intake.recheck import settle
from wall.journal import broken_link
from wall.model import Post, PostState, Reason, StoredPost
from wall.store import Store, posts

Network = Literal["mastodon", "bluesky"]
NETWORKS: tuple[Network, Network] = ("mastodon", "bluesky")
SLOTS = st.integers(0, 2)
WHERE = st.sampled_from(NETWORKS)
REASON = Reason(code="off_topic")


@dataclass
class Given:
    """What the model knows of one post: its text, by number, and how it is."""

    text: int
    state: Literal["there", "lost", "gone"] = "there"


class Twins(RuleBasedStateMachine):
    """One person with two accounts, who posts up to three things on both; moderators; sources that fail."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.summit = Summit(self.store)
        self.given: dict[tuple[int, Network], Given] = {}
        self.joined: set[int] = set()
        self.told: Literal["", "apart"] = ""
        self.edits = 0
        self.deleted: set[str] = set()
        self.readers = [(scope, self.summit.held(scope)) for scope in (PUBLIC, DESK)]

    def words(self, slot: int, network: Network, text: int) -> str:
        """Texts of the same number say the same on both networks, in letters of their own."""
        how, here = ("puts", "pleads", "posits")[text], self.summit.event_id
        said = f"Point {slot}, as she, of all people, {how} it: nobody asks ({here})"
        return said.lower() if network == "mastodon" else said.upper()

    def post(self, slot: int, network: Network, text: int, *, edited: bool = False) -> Post:
        self.edits += edited
        at = MORNING.replace(second=self.edits % 60, minute=self.edits // 60) if edited else None
        make = toot if network == "mastodon" else skeet
        return make(f"p{slot}", self.words(slot, network, text), minutes=-slot, edited_at=at)

    def stored(self, slot: int, network: Network) -> StoredPost:
        return self.summit.stored(self.post(slot, network, 0).key, network)

    def fits(self, slot: int) -> bool:
        both = [self.given.get((slot, network)) for network in NETWORKS]
        return (
            all(one and one.state == "there" for one in both)
            and len({one.text for one in both if one}) == 1
        )

    def found(self, slot: int) -> None:
        """A post came, changed or came back: it finds its twin, unless a moderator keeps them apart."""
        if not self.fits(slot):
            self.joined.discard(slot)
        elif not self.told:
            self.joined.add(slot)

    def is_there(self, slot: int, network: Network) -> bool:
        one = self.given.get((slot, network))
        return one is not None and one.state == "there"

    @rule(slot=SLOTS, network=WHERE, text=st.integers(0, 1))
    def a_post_arrives(self, slot: int, network: Network, text: int) -> None:
        new = (slot, network) not in self.given
        self.summit.admit(Arrived(self.post(slot, network, text)))
        if new:
            self.given[slot, network] = Given(text)
            self.found(slot)

    @rule(slot=SLOTS, text=st.integers(0, 1))
    def both_arrive_in_one_batch(self, slot: int, text: int) -> None:
        if not any((slot, network) in self.given for network in NETWORKS):
            self.summit.admit(*(Arrived(self.post(slot, network, text)) for network in NETWORKS))
            self.given |= {(slot, network): Given(text) for network in NETWORKS}
            self.found(slot)

    @rule(slot=SLOTS, network=WHERE, text=st.integers(0, 2))
    def a_post_is_edited(self, slot: int, network: Network, text: int) -> None:
        if self.is_there(slot, network) and self.given[slot, network].text != text:
            self.summit.admit(Edited(self.post(slot, network, text, edited=True)))
            self.given[slot, network].text = text
            self.found(slot)

    @rule(slot=SLOTS, network=WHERE)
    def a_post_is_deleted(self, slot: int, network: Network) -> None:
        one = self.given.get((slot, network))
        if one is not None and one.state != "gone":
            self.summit.admit(Withdrawn(network, self.post(slot, network, 0).key))
            one.state = "gone"
            self.joined.discard(slot)
            self.deleted |= {self.words(slot, network, text) for text in range(3)}

    @rule(slot=SLOTS, network=WHERE)
    def a_post_is_lost(self, slot: int, network: Network) -> None:
        if self.is_there(slot, network):
            self.recheck(slot, network, gone=True)
            self.given[slot, network].state = "lost"
            self.joined.discard(slot)

    @precondition(lambda self: not self.told)
    @rule(slot=SLOTS, network=WHERE)
    def a_post_is_found_again(self, slot: int, network: Network) -> None:
        one = self.given.get((slot, network))
        if one is not None and one.state == "lost":
            self.recheck(slot, network, gone=False)
            one.state = "there"
            self.found(slot)

    def recheck(self, slot: int, network: Network, *, gone: bool) -> None:
        stored = self.stored(slot, network)
        key = frozenset({stored.post.key})
        said = Rechecked(gone=key) if gone else Rechecked(present=key)
        self.summit.do(lambda tx: settle(tx, network, [stored], said, GRAVES).lost)

    @rule(slot=SLOTS)
    def a_moderator_takes_them_apart_or_pairs_them(self, slot: int) -> None:
        if not self.fits(slot):
            return
        one, other = (self.stored(slot, network) for network in NETWORKS)
        if slot in self.joined:
            standing, twin = (one, other) if other.state is PostState.TWIN else (other, one)
            self.summit.do(
                lambda tx: parting.part(tx, standing.id, twin.id, standing.version, GRAVES.person)
            )
            self.joined.discard(slot)
            self.told = "apart"
        else:
            self.summit.do(lambda tx: parting.pair(tx, one.id, other.id, one.version, GRAVES.person))
            self.joined.add(slot)
            self.told = ""

    @rule(slot=SLOTS, network=WHERE)
    def a_moderator_hides_and_shows(self, slot: int, network: Network) -> None:
        if self.is_there(slot, network) and (one := self.stored(slot, network)).state is PostState.APPROVED:
            self.summit.do(lambda tx: moves.hide(tx, one.id, one.version, REASON))
            again = self.stored(slot, network)
            assert len(shown(self.summit)) == self.cards() - 1
            self.summit.do(lambda tx: moves.approve(tx, again.id, again.version))

    def cards(self) -> int:
        there = sum(one.state == "there" for one in self.given.values())
        return there - len(self.joined)

    @invariant()
    def each_pair_is_one_card_with_both_marks_and_all_else_is_one_card_each(self) -> None:
        found = shown(self.summit)
        assert len(found) == self.cards() == self.summit.event.shown
        assert sum(len(also) for _, also in found) == len(self.joined)

    @invariant()
    def no_deleted_word_is_in_any_row(self) -> None:
        rows = everything(self.summit) if self.deleted else ""
        assert not [text for text in self.deleted if text in rows]

    @invariant()
    def everybody_who_follows_holds_what_a_newcomer_gets(self) -> None:
        for scope, held in self.readers:
            held.apply(self.summit.frame(scope, held.seq))
            fresh: Held = self.summit.held(scope)
            assert (held.seq, held.subjects) == (fresh.seq, fresh.subjects)

    def teardown(self) -> None:
        with self.store.reading() as conn:
            assert broken_link(conn, self.summit.event_id) is None
            assert len(posts.shown_window(conn, self.summit.event_id, 100)) == self.cards()


def test_whatever_happens_in_whatever_order_is_shown_as_the_rule_says(store: Store) -> None:
    machine = type("TwinsHere", (Twins,), {"store": store})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=60 if store.is_sqlite else 15,
            stateful_step_count=20,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
