"""fold(snapshot, changes) == a fresh snapshot, for themes while scenes show them and while none does."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from facilitator import codebook, joining, tagging, theming
from facilitator.codebook import TagChange
from facilitator.theming import NewTheme
from tests.facilitator.floor import ORGANISER, Floor
from tests.facilitator.following import Following, Subjects, run_at_random
from tests.facilitator.test_facilitation_fold import DECISIONS
from tests.support.summit import post
from wall.codebook import TagSet
from wall.display import Layout
from wall.entries import PUBLIC, Held, Scope
from wall.errors import BackchannelError
from wall.feeds.base import Edited
from wall.journal import Tx
from wall.model import PostState, Role
from wall.parallel import THEME_POSTS, Tag
from wall.screens import scenes
from wall.screens.scenes import NewScene, NewStep, SceneChange
from wall.store import Store, posts
from wall.store import codebook as stored_codebook
from wall.store import scenes as stored_scenes

KEYS = tuple(f"k{number}" for number in range(5))
BLIND = Scope(frozenset({Role.TAGGER}))
SCOPES = (PUBLIC, Scope(frozenset({Role.FACILITATOR})), Scope(frozenset({Role.TECHNICIAN})), BLIND)


class Themed(Following):
    """Random tagging, joining and moderation of one event, and a reader of each scope."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.floor = Floor(self.store)
        self.words = 0
        self.ids = {key: self.floor.said(key, text=self.new_words()) for key in KEYS}
        names = ("Rubrics", "Burnout")
        made = [
            self.floor.do(lambda tx, n=n: theming.make_theme(tx, ORGANISER, NewTheme(name=n)))
            for n in names
        ]
        self.tags = [*(str(one.result["tag"]) for one in made), self.floor.tag("Of no set of themes")]
        self.scene = "default"
        self.a_point_is_tagged(KEYS[0], 0, True)
        self.a_scene_shows(Layout.THEMES)
        self.follow(SCOPES)

    def compared(self, held: Held, oldest: int) -> Subjects:
        return _themes(held)

    def new_words(self) -> str:
        self.words += 1
        return f"These are words number {self.words}."

    def try_to(self, fn: Any) -> None:
        with contextlib.suppress(BackchannelError):  # then nothing may have changed
            self.floor.do(fn)

    @rule(layout=st.sampled_from([Layout.THEMES, Layout.THEMES, Layout.TITLE]))
    def a_scene_shows(self, layout: Layout) -> None:
        with self.store.reading() as conn:
            known = {one.id: one for one in stored_scenes.listed(conn, self.floor.event_id)}
        change = SceneChange(
            version=known[self.scene].version, steps=(NewStep(layout=layout, words="themes"),)
        )
        self.try_to(lambda tx: scenes.change(tx, self.scene, change))

    @rule(layout=st.sampled_from([Layout.THEMES, Layout.COLUMNS]))
    def a_scene_is_made(self, layout: Layout) -> None:
        new = NewScene(name='Hall of "themes"', steps=(NewStep(layout=layout),))
        self.scene = str(self.floor.do(lambda tx: scenes.add(tx, new)).result["scene"])

    @rule()
    def a_scene_is_removed(self) -> None:
        gone, self.scene = self.scene, "default"
        self.try_to(lambda tx: scenes.remove(tx, gone))

    @rule(key=st.sampled_from(KEYS), which=st.integers(0, 2), on=st.booleans())
    def a_point_is_tagged(self, key: str, which: int, on: bool) -> None:
        self.try_to(lambda tx: tagging.tag(tx, ORGANISER, self.ids[key], self.tags[which], on))

    @rule(keys=st.lists(st.sampled_from(KEYS), min_size=2, max_size=3, unique=True))
    def points_are_joined(self, keys: list[str]) -> None:
        one, *others = [self.ids[key] for key in keys]
        self.try_to(lambda tx: joining.join(tx, ORGANISER, one, others))

    @rule(key=st.sampled_from(KEYS))
    def a_post_is_split_off(self, key: str) -> None:
        self.try_to(lambda tx: joining.split(tx, ORGANISER, self.ids[key]))

    @rule(
        which=st.integers(0, 2),
        change=st.sampled_from(
            [
                {"name": "Other"},
                {"retired": True},
                {"retired": False},
                {"set": TagSet.OWN},
                {"set": TagSet.THEME},
            ]
        ),
    )
    def a_tag_is_changed(self, which: int, change: dict[str, Any]) -> None:
        seen = self.tag(which)
        asked = TagChange(version=seen.version, **change)
        self.try_to(lambda tx: codebook.change_tag(tx, seen.id, asked))

    @rule(key=st.sampled_from(KEYS), verb=st.sampled_from(sorted(DECISIONS)))
    def a_moderator_decides(self, key: str, verb: str) -> None:
        if verb == "withdraw" and key != KEYS[4]:
            return
        stored = self.floor.stored(key) if key != KEYS[4] else self.by_id(key)
        self.try_to(lambda tx: DECISIONS[verb](tx, stored))

    @rule(key=st.sampled_from(KEYS[:4]), hidden=st.booleans())
    def its_author_edits_it_and_may_want_no_listing(self, key: str, hidden: bool) -> None:
        self.floor.admit(Edited(post(key, self.new_words(), noindex=hidden)))

    @invariant()
    def themes_are_of_what_is_shown_and_only_while_a_wall_shows_them(self) -> None:
        held = self.floor.held(PUBLIC)
        themes = [value for (kind, _), value in held.subjects.items() if kind == "theme"]
        with self.store.reading() as conn:
            every = posts.desk_window(conn, self.floor.event_id, 500)
            listed = stored_scenes.listed(conn, self.floor.event_id)
        if not any(step.layout is Layout.THEMES for scene in listed for step in scene.steps):
            assert themes == []
        told = json.dumps(themes)
        for stored in every:
            if stored.state is not PostState.APPROVED or stored.post.noindex:
                assert stored.post.text not in told
        assert all(0 < len(one["posts"]) <= THEME_POSTS <= 2 or one["points"] for one in themes)
        assert not any(kind == "theme" for kind, _ in self.floor.held(BLIND).subjects)

    def by_id(self, key: str) -> Any:
        with self.store.reading() as conn:
            return posts.by_ids(conn, self.floor.event_id, {self.ids[key]})[self.ids[key]]

    def tag(self, which: int) -> Tag:
        with self.store.reading() as conn:
            return stored_codebook.by_ids(conn, self.floor.event_id, self.tags)[self.tags[which]]


def _themes(held: Held) -> dict[tuple[str, str], Any]:
    return {subject: value for subject, value in held.subjects.items() if subject[0] == "theme"}


def test_themes_reach_every_reader_as_a_fresh_snapshot_would(store: Store) -> None:
    run_at_random(Themed, store)


@pytest.fixture
def floor(store: Store) -> Floor:
    return Floor(store)


def _on_a_wall(floor: Floor) -> None:
    new = NewScene(name="Hall", steps=(NewStep(layout=Layout.THEMES),))
    floor.do(lambda tx: scenes.add(tx, new))


def test_a_theme_counts_points_not_posts_and_is_shown_with_the_newest_of_two(floor: Floor) -> None:
    ids = [floor.said(f"k{number}") for number in range(4)]
    _on_a_wall(floor)
    floor.do(lambda tx: joining.join(tx, ORGANISER, ids[3], [ids[2]]))

    def make(tx: Tx) -> dict[str, Any]:
        return theming.make_theme(tx, ORGANISER, NewTheme(name="Rubrics", posts=tuple(ids)))

    floor.do(make)
    ((_, theme),) = _themes(floor.held(PUBLIC)).items()
    assert (theme["name"], theme["points"]) == ("Rubrics", 3)
    assert [one["text"] for one in theme["posts"]] == ["Said k3", "Said k1"]
    assert all(one["state"] is None for one in theme["posts"])


def test_what_nobody_put_on_a_wall_is_the_staffs(floor: Floor) -> None:
    post_id = floor.said("k1")
    new = NewTheme(name="Rubrics", posts=(post_id,))
    floor.do(lambda tx: theming.make_theme(tx, ORGANISER, new))
    assert _themes(floor.held(PUBLIC)) == {}
    _on_a_wall(floor)
    assert len(_themes(floor.held(PUBLIC))) == 1
