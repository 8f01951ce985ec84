"""fold(snapshot, changes) == a fresh snapshot, for scenes, screens, controls and pins mixed with
moderation, whoever reads."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.store.test_journal_fold import MOVES, WINDOW
from tests.support.summit import post
from tests.support.walls import WallSummit
from wall.access import digest_of, new_token
from wall.display import EVERYWHERE, Hold, Layout, Theme, screen_reader
from wall.entries import PUBLIC, Held, Scope
from wall.errors import BackchannelError
from wall.feeds.base import Edited
from wall.journal import Tx, broken_link, reading
from wall.look import Colours, FileKind, Slot
from wall.model import PostState, Role
from wall.screens import control, fleet, looks, pairing, scenes
from wall.screens.control import Order
from wall.screens.fleet import ScreenChange
from wall.screens.scenes import NewStep, SceneChange
from wall.store import Store, posts

KEYS = tuple(f"k{number}" for number in range(5))
HOLDS = st.sampled_from(list(Hold))
WORDS = ("Lunch", "Déjeuner", "غداء", "")


def pinned(held: Held) -> set[str]:
    """The ids of the posts that a copy holds pins of."""
    return {subject_id for kind, subject_id in held.subjects if kind == "pin"}


def floor_of(held: Held) -> int:
    """The oldest order that a copy is complete from; pinned posts are there however old they are."""
    orders = sorted(value["order"] for (kind, _), value in held.subjects.items() if kind == "post")
    return orders[-WINDOW] if len(orders) >= WINDOW else 0


def within(held: Held, oldest: int) -> dict[tuple[str, str], Any]:
    """What a copy holds within its window, and pinned posts."""
    kept = pinned(held)
    return {
        (kind, id_): value
        for (kind, id_), value in held.subjects.items()
        if kind != "post" or id_ in kept or value["order"] >= oldest
    }


class Walls(RuleBasedStateMachine):
    """Random commands about walls and posts, and a reader of each scope."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.hall = WallSummit(self.store)
        self.words = 0
        self.ids = {key: self.hall.said(key, f"First words of {key}.") for key in KEYS}
        self.screens = [self.hall.screen(room=room) for room in (self.hall.room, None)]
        self.links = {screen: new_token() for screen in self.screens}
        self.scenes = ["default", self.hall.scene(), self.hall.scene()]
        self.a_post_is_pinned(KEYS[0], True)
        self.scopes = (
            PUBLIC,
            *(Scope(person=screen_reader(screen)) for screen in self.screens),
            Scope(person=screen_reader("another")),
            Scope(person="pia"),
            *(Scope(frozenset({role})) for role in Role),
        )
        self.readers = {scope: self.hall.held(scope) for scope in self.scopes}
        self.oldest = {scope: floor_of(held) for scope, held in self.readers.items()}
        self.turn = cycle(self.scopes)

    def try_to(self, fn: Callable[[Tx], object]) -> None:
        with contextlib.suppress(BackchannelError):  # then nothing may have changed
            self.hall.do(fn)

    @rule(which=st.integers(0, 2), theme=st.sampled_from(list(Theme)), words=st.sampled_from(WORDS))
    def a_scene_is_edited(self, which: int, theme: Theme, words: str) -> None:
        known = {one.id: one for one in self.hall.scenes()}
        scene = known.get(self.scenes[which])
        change = SceneChange(
            version=scene.version if scene else 1,
            name="Hall",
            theme=theme,
            steps=(NewStep(layout=Layout.TITLE, words=words),),
        )
        self.try_to(lambda tx: scenes.change(tx, self.scenes[which], change))

    @rule(
        accent=st.sampled_from(["#ffcc00", "#33bbff", None]), font=st.sampled_from([b"one", b"two", None])
    )
    def the_events_look_is_changed(self, accent: str | None, font: bytes | None) -> None:
        file = font and looks.Prepared(FileKind.WOFF2, "Letters", font)
        version = self.hall.look().version
        change = looks.LookChange(version=version, dark=Colours(accent=accent))
        self.try_to(lambda tx: looks.change(tx, change, {Slot.FONT: file or None}))

    @rule(which=st.integers(0, 2))
    def a_scene_is_removed(self, which: int) -> None:
        self.try_to(lambda tx: scenes.remove(tx, self.scenes[which]))

    @rule(hold=HOLDS, notice=st.sampled_from([None, *WORDS]), where=st.integers(0, 2))
    def walls_are_controlled(self, hold: Hold, notice: str | None, where: int) -> None:
        room = (None, self.hall.room, self.hall.empty_room)[where]
        self.try_to(lambda tx: control.control(tx, Order(room=room, hold=hold, notice=notice)))

    @rule(hold=HOLDS, empty=st.booleans())
    def a_chair_quiets_a_room(self, hold: Hold, empty: bool) -> None:
        room = self.hall.empty_room if empty else self.hall.room
        self.try_to(lambda tx: control.quiet(tx, Order(room=room, hold=hold)))

    @rule(key=st.sampled_from(KEYS), on=st.booleans())
    def a_post_is_pinned(self, key: str, on: bool) -> None:
        move = control.pin if on else control.unpin
        self.try_to(lambda tx: move(tx, self.ids[key]))

    @rule(which=st.integers(0, 1), name=st.sampled_from(["Left", "Droite"]), scene=st.integers(0, 3))
    def a_screen_is_edited(self, which: int, name: str, scene: int) -> None:
        version = {one.id: one.version for one in self.hall.screens()}.get(self.screens[which], 1)
        change = ScreenChange(version=version, name=name, scene=[*self.scenes, None][scene])
        self.try_to(lambda tx: fleet.change(tx, self.screens[which], change))

    @rule(
        which=st.integers(0, 1),
        verb=st.sampled_from([fleet.flash, fleet.load_anew, fleet.show_card, fleet.hide_card]),
    )
    def a_screen_is_told_something(self, which: int, verb: Callable[..., object]) -> None:
        self.try_to(lambda tx: verb(tx, self.screens[which]))

    @rule(which=st.integers(0, 1), used=st.booleans())
    def a_screen_gets_a_link(self, which: int, used: bool) -> None:
        screen, digest = self.screens[which], digest_of(self.links[self.screens[which]])
        self.try_to(lambda tx: pairing.make_link(tx, screen, digest))
        if used:
            self.try_to(lambda tx: pairing.pair_again(tx, digest, digest_of(new_token())))

    @rule(which=st.integers(0, 1))
    def a_screen_is_unpaired(self, which: int) -> None:
        self.try_to(lambda tx: fleet.unpair(tx, self.screens[which]))

    @rule(key=st.sampled_from(KEYS), verb=st.sampled_from(sorted(MOVES)))
    def a_moderator_decides(self, key: str, verb: str) -> None:
        with self.store.reading() as conn:
            stored = posts.by_ids(conn, self.hall.event_id, {self.ids[key]})[self.ids[key]]
        self.try_to(lambda tx: MOVES[verb](tx, stored))

    @rule(key=st.sampled_from(KEYS))
    def a_post_is_edited(self, key: str) -> None:
        self.words += 1
        self.hall.admit(Edited(post(key, f"These are words number {self.words}.")))

    @rule(number=st.integers(1, 4))
    def posts_arrive(self, number: int) -> None:
        for _ in range(number):
            self.words += 1
            self.hall.said(f"n{self.words}", f"These are words number {self.words}.")

    @rule(which=st.integers(0, 30), steps=st.integers(1, 6))
    def somebody_follows_a_little(self, which: int, steps: int) -> None:
        scope = self.scopes[which % len(self.scopes)]
        held = self.readers[scope]
        held.apply(self.hall.frame(scope, held.seq, held.seq + steps))

    @invariant()
    def whoever_catches_up_holds_what_a_newcomer_gets(self) -> None:
        self.check(next(self.turn))

    @invariant()
    def nobody_reads_what_is_not_shown(self) -> None:
        held = self.caught_up(PUBLIC)
        told = json.dumps([*held.subjects.values()], ensure_ascii=False)
        with self.store.reading() as conn:
            every = posts.desk_window(conn, self.hall.event_id, 500)
        shown = {stored.id for stored in every if stored.state is PostState.APPROVED}
        assert pinned(held) <= shown
        assert pinned(held) <= {id_ for kind, id_ in held.subjects if kind == "post"}
        for stored in every:
            assert stored.id in shown or stored.post.text not in told

    @invariant()
    def a_screen_hears_of_itself_and_of_no_other(self) -> None:
        paired = {one.id for one in self.hall.screens()}
        for screen in self.screens:
            scope = Scope(person=screen_reader(screen))
            heard = {id_ for kind, id_ in self.caught_up(scope).subjects if kind == "screen"}
            assert heard == paired & {screen}

    def caught_up(self, scope: Scope) -> Held:
        held = Held(self.readers[scope].seq, dict(self.readers[scope].subjects))
        held.apply(self.hall.frame(scope, held.seq))
        return held

    def check(self, scope: Scope) -> None:
        mine, newcomer = self.caught_up(scope), self.hall.held(scope)
        oldest = max(self.oldest[scope], floor_of(newcomer))
        assert mine.seq == newcomer.seq == self.hall.event.seq
        assert within(mine, oldest) == within(newcomer, oldest), scope

    def teardown(self) -> None:
        for scope in self.scopes:
            self.check(scope)
        with self.store.reading() as conn:
            assert broken_link(conn, self.hall.event_id) is None
        standing = self.hall.control(EVERYWHERE)
        assert standing is None or standing.version > 0


def test_walls_reach_every_reader_as_a_fresh_snapshot_would(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "POST_WINDOW", WINDOW)
    machine = type("WallsHere", (Walls,), {"store": store})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=10 if store.is_sqlite else 4,
            stateful_step_count=20,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
