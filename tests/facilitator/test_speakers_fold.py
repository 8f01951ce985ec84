"""fold(snapshot, changes) == a fresh snapshot, for what speakers ask, resources and pasted posts mixed with
moderation, whoever reads; and what speakers asked for holds after every command."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from facilitator import pasting, programme, resources, speaking
from facilitator.arriving import arrived
from facilitator.pasting import NewPasted
from facilitator.reserving import reserved
from facilitator.resources import NewResource, ResourceChange
from facilitator.speaking import Wish
from tests.facilitator.floor import ORGANISER, Floor
from tests.facilitator.following import Following, Subjects, run_at_random
from tests.facilitator.test_sheet_fold import floor_of, within
from tests.store.test_journal_fold import MOVES, WINDOW
from tests.support.summit import GRAVES, post
from wall.entries import PUBLIC, Held, Scope
from wall.errors import BackchannelError
from wall.journal import Tx, reading
from wall.model import Media, PostState, Role, new_id
from wall.programme import Session, SessionState
from wall.speaking import CHOICES, Walls, agreed, shows_picture
from wall.store import Store, posts, speakers
from wall.store import resources as stored_resources

KEYS = tuple(f"k{number}" for number in range(5))
SCOPES = (PUBLIC, *(Scope(frozenset({role})) for role in Role))
SLIDE = Media(kind="image", url="https://a.example/1.jpg", preview=None, alt="")


class Talks(Following):
    """Two sessions with speakers who change their minds, and a reader of each scope."""

    def __init__(self) -> None:
        super().__init__()
        self.floor = Floor(self.store, arrivals=(arrived,), reservations=(reserved,))
        self.sessions = [
            self.floor.session(self.floor.room("Hall"), hashtags=("hall",)),
            self.floor.session(self.floor.room("Annex"), hashtags=("annex",)),
        ]
        self.speakers: list[str] = []
        self.pasted = 0
        self.somebody_is_invited(0)
        self.somebody_is_invited(0)
        self.something_is_recommended(0)
        for key in KEYS:
            self.a_post_arrives(key, "hall", pictured=True)
        self.follow(SCOPES)

    def oldest_of(self, held: Held) -> int:
        return floor_of(held)

    def compared(self, held: Held, oldest: int) -> Subjects:
        return within(held, oldest)

    def try_to(self, fn: Callable[[Tx], dict[str, Any]]) -> dict[str, Any]:
        with contextlib.suppress(BackchannelError):
            return self.floor.do(fn).result
        return {}

    @rule(which=st.integers(0, 1))
    def somebody_is_invited(self, which: int) -> None:
        made = self.try_to(lambda tx: speaking.invite(tx, self.sessions[which], "Ada", new_id()))
        self.speakers += [made["speaker"]] if made else []

    @rule(which=st.integers(0, 9), walls=st.sampled_from(CHOICES), private=st.booleans())
    def a_speaker_asks_for_something(self, which: int, walls: Walls, private: bool) -> None:
        wish = Wish(walls=walls, slides_private=private, note="A note")
        one = self.speakers[which % len(self.speakers)]
        self.try_to(lambda tx: speaking.answer(tx, one, wish))

    @rule(which=st.integers(0, 9))
    def a_link_is_taken_back(self, which: int) -> None:
        one = self.speakers[which % len(self.speakers)]
        self.try_to(lambda tx: speaking.revoke(tx, one))

    @rule(which=st.integers(0, 9), on=st.booleans())
    def a_speaker_quiets_the_walls(self, which: int, on: bool) -> None:
        one = self.speakers[which % len(self.speakers)]
        self.try_to(lambda tx: speaking.quiet(tx, one, on))

    @rule(which=st.integers(0, 1))
    def a_session_ends_or_goes_on(self, which: int) -> None:
        session = self.session(which)
        verb = programme.end if session.state is SessionState.RUNNING else programme.begin
        self.try_to(lambda tx: verb(tx, ORGANISER, session.id, session.version))

    @rule(
        key=st.sampled_from([*KEYS, "n1", "n2", "n3"]),
        tag=st.sampled_from(["hall", "annex", ""]),
        pictured=st.booleans(),
    )
    def a_post_arrives(self, key: str, tag: str, pictured: bool) -> None:
        more = {"hashtags": (tag,) if tag else (), "media": (SLIDE,) if pictured else ()}
        self.floor.arrive(post(key, f"Said {key} in {tag}", created_at=self.floor.now, **more))

    @rule(which=st.integers(0, 2))
    def something_is_recommended(self, which: int) -> None:
        new = NewResource(title=f"Guide {which}", url=f"https://a.example/{which}", highlighted=which == 0)
        self.try_to(lambda tx: resources.add(tx, ORGANISER, new))

    @rule(which=st.integers(0, 2), title=st.sampled_from(["One", "Other"]), gone=st.booleans())
    def a_resource_is_changed(self, which: int, title: str, gone: bool) -> None:
        with self.store.reading() as conn:
            there = stored_resources.listed(conn, self.floor.event_id)
        if not there:
            return
        one = there[which % len(there)]
        wanted = ResourceChange(title=title, url=one.url, version=one.version)
        if gone:
            self.try_to(lambda tx: resources.withdraw(tx, one.id, one.version))
        else:
            self.try_to(lambda tx: resources.change(tx, ORGANISER, one.id, wanted))

    @rule(which=st.integers(0, 1))
    def a_post_is_pasted(self, which: int) -> None:
        self.pasted += 1
        new = NewPasted(
            address=f"https://x.com/ada/status/{self.pasted}",
            text="Pasted",
            permission="public",
            session=self.sessions[which],
        )
        self.try_to(lambda tx: pasting.paste(tx, ORGANISER, new, GRAVES))

    @rule(which=st.integers(0, 4), verb=st.sampled_from(sorted(MOVES)))
    def a_moderator_decides(self, which: int, verb: str) -> None:
        if verb != "withdraw":
            stored = self.floor.stored(KEYS[which])
            self.try_to(lambda tx: {"moved": MOVES[verb](tx, stored) is not None})

    @invariant()
    def a_session_says_the_strictest_that_was_asked(self) -> None:
        for which in range(2):
            session = self.session(which)
            with self.store.reading() as conn:
                asked = speakers.listed(conn, self.floor.event_id, session.id)
            assert (session.walls, session.slides_private) == agreed(asked)

    @invariant()
    def no_picture_of_private_slides_is_shown_that_no_person_let_on(self) -> None:
        private = {tag for which, tag in enumerate(("hall", "annex")) if self.session(which).slides_private}
        with self.store.reading() as conn:
            shown = posts.shown_window(conn, self.floor.event_id, 500)
        for stored in shown:
            if shows_picture(stored.post) and private.intersection(stored.post.hashtags):
                assert stored.by_hand, stored.post.key

    def session(self, which: int) -> Session:
        return self.floor.run_sheet(self.sessions[which])


def test_what_speakers_ask_reaches_every_reader_as_a_fresh_snapshot_would(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "POST_WINDOW", WINDOW)
    run_at_random(Talks, store)


def test_what_was_recommended_goes_when_it_is_withdrawn(store: Store) -> None:
    floor = Floor(store)
    new = NewResource(title="Guide", url="https://a.example/")
    made = floor.do(lambda tx: resources.add(tx, ORGANISER, new)).result["resource"]
    held = floor.held(PUBLIC)
    assert held.subjects["resource", made]["title"] == "Guide"
    floor.do(lambda tx: resources.withdraw(tx, made, 1))
    held.apply(floor.frame(PUBLIC, held.seq))
    assert ("resource", made) not in held.subjects


def test_a_held_post_of_before_is_not_touched_by_what_a_speaker_asks(store: Store) -> None:
    floor = Floor(store, arrivals=(arrived,), reservations=(reserved,))
    session = floor.session(floor.room(), hashtags=("hall",))
    floor.arrive(post("1", "Said", hashtags=("hall",), media=(SLIDE,)))
    hidden = floor.stored("1")
    floor.do(lambda tx: MOVES["hide"](tx, hidden))
    speaker = floor.do(lambda tx: speaking.invite(tx, session, "", "d")).result["speaker"]
    floor.do(lambda tx: speaking.answer(tx, speaker, Wish(walls=Walls.ON, slides_private=True)))
    assert floor.stored("1").state is PostState.HIDDEN
