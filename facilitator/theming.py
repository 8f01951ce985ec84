"""Themes suggested among what is shown, and a theme that somebody makes of one. Nothing is applied by
itself: a person names the theme and says which posts are of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Connection

from facilitator import tagging
from facilitator.codebook import NewTag, TagWords, add_tag
from facilitator.guards import Acting
from facilitator.programme import Id
from facilitator.statistics.clustering import clustered, installed
from facilitator.statistics.themes import Theme, themes
from wall.codebook import TagSet
from wall.journal import Tx
from wall.model import Frozen, StoredPost
from wall.store import codebook, posts

LOOKED_AT = 600
"""The newest posts among which themes are looked for: that takes some seconds."""
MOST_SUGGESTED = 20


class NewTheme(Frozen):
    """A theme to add to the codebook, and the posts that are of it."""

    name: TagWords
    posts: Annotated[tuple[Id, ...], Field(max_length=200)] = ()


@dataclass(frozen=True)
class Suggested:
    """A group of posts that are like each other, the most typical first."""

    theme: Theme
    posts: tuple[StoredPost, ...]


def looked_at(conn: Connection, event_id: str) -> list[StoredPost]:
    """The posts among which themes are looked for."""
    found: list[StoredPost] = []
    before: int | None = None
    while len(found) < LOOKED_AT:
        page = posts.shown_window(conn, event_id, 200, before)
        found += page
        if len(page) < 200:
            break
        before = page[-1].shown
    return found[:LOOKED_AT]


async def suggested(listed: list[StoredPost]) -> list[Suggested]:
    """Groups among these posts, the largest first; with the extra `themes`, by its methods."""
    group = clustered if installed() else themes
    found = await asyncio.to_thread(group, [stored.post.text for stored in listed])
    return [Suggested(one, tuple(listed[place] for place in one.places)) for one in found[:MOST_SUGGESTED]]


def make_theme(tx: Tx, acting: Acting, new: NewTheme) -> dict[str, Any]:
    """Add a theme, or take the one of this name, and set it on these posts. Raises as `codebook.add_tag`
    and `tagging.tag`."""
    name = new.name.casefold()
    known = next(
        (
            tag.id
            for tag in codebook.listed(tx.conn, tx.event.id)
            if tag.set is TagSet.THEME and not tag.retired and tag.name.casefold() == name
        ),
        None,
    )
    tag_id = known or str(add_tag(tx, NewTag(name=new.name, set=TagSet.THEME, colour=3))["tag"])
    for post_id in dict.fromkeys(new.posts):
        tagging.tag(tx, acting, post_id, tag_id, on=True)
    return {"tag": tag_id, "posts": list(dict.fromkeys(new.posts))}
