"""Themes as walls show them: how many points each has, and posts of the newest. Nothing is read while no
scene of an event shows themes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, distinct, func, select

from wall.codebook import TagSet
from wall.display import Layout
from wall.model import PostState, StoredPost
from wall.parallel import THEME_POSTS, StoredTheme, Tag
from wall.store import codebook, posts
from wall.store.chunks import ids_in_chunks
from wall.store.display_tables import scene
from wall.store.tables import contribution_post, post, tag, tagging
from wall.wishes import may_show

_LOOKED_AT = 8
"""The newest posts of a theme, among which are those that it is shown with."""

_IDS: Any = bindparam("ids", expanding=True)
_STEPS = select(scene.c.steps).where(
    scene.c.event_id == bindparam("event"), scene.c.steps.like(f"%{Layout.THEMES.value}%")
)
_TOUCHED = (
    select(tagging.c.tag_id)
    .distinct()
    .join(contribution_post, contribution_post.c.contribution_id == tagging.c.contribution_id)
    .join(tag, tag.c.id == tagging.c.tag_id)
    .where(contribution_post.c.post_id.in_(_IDS), tag.c.set == TagSet.THEME.value)
)
_SHOWN = (
    select(tagging.c.tag_id)
    .join(contribution_post, contribution_post.c.contribution_id == tagging.c.contribution_id)
    .join(post, post.c.id == contribution_post.c.post_id)
    .where(
        tagging.c.tag_id.in_(_IDS),
        post.c.state == PostState.APPROVED.value,
        post.c.left_off.is_(None),
    )
)
_POINTS = _SHOWN.add_columns(func.count(distinct(contribution_post.c.contribution_id)).label("points"))
_POINTS = _POINTS.group_by(tagging.c.tag_id)
_PLACE = func.row_number().over(
    partition_by=tagging.c.tag_id, order_by=(post.c.shown.desc(), post.c.id.desc())
)
_RANKED = _SHOWN.add_columns(
    post.c.id, contribution_post.c.contribution_id, _PLACE.label("place")
).subquery()
_NEWEST = select(_RANKED).where(_RANKED.c.place <= _LOOKED_AT).order_by(_RANKED.c.tag_id, _RANKED.c.place)


def listed(conn: Connection, event_id: str) -> list[StoredTheme]:
    """The themes of an event, while a scene of it shows themes; of those without points only the name."""
    if not on_walls(conn, event_id):
        return []
    tags = [one for one in codebook.listed(conn, event_id) if one.set is TagSet.THEME]
    return _with_points(conn, event_id, tags, on_walls=True)


def touched(
    conn: Connection,
    event_id: str,
    by_kind: dict[str, set[str]],
    tagged: Collection[str],
    moved: Collection[str],
) -> list[StoredTheme]:
    """The themes that have to be rendered when these subjects were touched (ids by type).

    `tagged`: tags that were set or taken off; `moved`: those that were put into another set. A tag that is
    no theme any more is rendered once more, to be dropped.
    """
    is_on = on_walls(conn, event_id)
    edited, of_posts = by_kind.get("tag", set()), by_kind.get("post", set())
    if "scene" in by_kind:
        tags = codebook.listed(conn, event_id)
    else:
        ids = {*edited, *tagged, *_themes_of(conn, of_posts)} if is_on else set(moved)
        tags = list(codebook.by_ids(conn, event_id, ids).values()) if ids else []
    concerned = [one for one in tags if one.set is TagSet.THEME or one.id in moved]
    return _with_points(conn, event_id, concerned, on_walls=is_on)


def on_walls(conn: Connection, event_id: str) -> bool:
    """Whether a scene of an event shows themes."""
    found = conn.execute(_STEPS, {"event": event_id}).scalars()
    return any(step["layout"] == Layout.THEMES.value for steps in found for step in json.loads(steps))


def _themes_of(conn: Connection, post_ids: Collection[str]) -> set[str]:
    found: set[str] = set()
    for ids in ids_in_chunks(post_ids):
        found.update(conn.execute(_TOUCHED, {"ids": ids}).scalars())
    return found


def _with_points(
    conn: Connection, event_id: str, tags: Iterable[Tag], *, on_walls: bool
) -> list[StoredTheme]:
    themes = {one.id: one for one in tags}
    points: dict[str, int] = {}
    newest: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for ids in ids_in_chunks(themes if on_walls else ()):
        points.update({row.tag_id: row.points for row in conn.execute(_POINTS, {"ids": ids})})
        for row in conn.execute(_NEWEST, {"ids": ids}):
            newest[row.tag_id].append((row.id, row.contribution_id))
    stored = posts.by_ids(conn, event_id, {post_id for found in newest.values() for post_id, _ in found})
    chosen = {
        tag_id: _of_different_points([(stored[post_id], point) for post_id, point in found])
        for tag_id, found in newest.items()
    }
    return [
        StoredTheme(tag=one, points=points.get(id_, 0), posts=chosen.get(id_, ()), on_walls=on_walls)
        for id_, one in themes.items()
    ]


def _of_different_points(newest: Iterable[tuple[StoredPost, str]]) -> tuple[StoredPost, ...]:
    """The first posts that may be shown, each of another point."""
    chosen: dict[str, StoredPost] = {}
    for stored, point in newest:
        if may_show(stored):
            chosen.setdefault(point, stored)
    return tuple(chosen.values())[:THEME_POSTS]
