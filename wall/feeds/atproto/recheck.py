"""Whether posts are still there: asked of the AppView, which leaves out what was deleted or taken down."""

from __future__ import annotations

import time
from collections.abc import Sequence

from wall.feeds.atproto.config import Times
from wall.feeds.atproto.flow import Flow
from wall.feeds.atproto.memory import Known
from wall.feeds.atproto.people import People
from wall.feeds.atproto.posts import Person, is_post, is_quote_withheld, labels_of, person_of, post_of
from wall.feeds.base import Arrived, Item, Rechecked
from wall.feeds.common.told import put
from wall.feeds.shapes.common import Record, attempt
from wall.model import Post
from wall.wishes import wish_of


class Recheck:
    """Asks about posts, and tells of those that are not as they were told."""

    def __init__(self, people: People, known: Known, times: Times) -> None:
        self._people = people
        self._known = known
        self._settled = times.settled
        self._told: dict[tuple[str, str], None] = {}

    async def ask(self, keys: Sequence[str], flow: Flow) -> Rechecked:
        """What is there and what is gone. What could not be asked, or is too young for the AppView to be
        asked about, is unknown. Raises Passing when nothing could be asked."""
        uris = [key for key in keys if is_post(key)]
        if not uris:
            return Rechecked()
        views, asked = await self._people.some_posts(uris)
        there = asked & views.keys()
        for uri in there:
            await self._compare(uri, views[uri], flow)
        gone = {uri for uri in asked - there if self._is_settled(uri)}
        return Rechecked(frozenset(gone), frozenset(there))

    def _is_settled(self, uri: str) -> bool:
        """Whether the AppView would have a post by now, if it were not gone."""
        known = self._known.version(uri)
        if known is None or known.was_there or self._known.is_deleted(uri):
            return True
        return time.monotonic() - known.since >= self._settled

    async def _compare(self, uri: str, view: Record, flow: Flow) -> None:
        """Tell, once, that somebody asks now that a post be not shown, or that the words which it quotes
        may not be read with it any more."""
        known = self._known.version(uri)
        if known is not None:
            known.was_there = True
        for item in attempt("", self._items, uri, view):
            if not isinstance(item, Arrived) or self._known.is_deleted(uri):
                continue
            edited = known.edited_at if known else None
            post = item.post.model_copy(update={"edited_at": edited})
            is_newest = known is None or known.cid == view.get("cid")
            if wish_of(post) is not None:
                await self._tell(post, "wish", flow, edited=edited is not None)
            elif is_newest and is_quote_withheld(view):
                await self._tell(post, "quote", flow, edited=True)

    async def _tell(self, post: Post, why: str, flow: Flow, *, edited: bool) -> None:
        if (post.key, why) not in self._told:
            put(self._told, (post.key, why), None)
            await flow.told_again(post, edited=edited)

    def _items(self, uri: str, view: Record) -> list[Item]:
        """The post as the AppView shows it. Raises as `post_of` does."""
        shown = person_of(view["author"])
        person = self._people.get(shown.author["key"])
        author = shown.author if person is None else person.author
        now = Person(author, shown.labels)
        return [Arrived(post_of(uri, view["record"], now, labels=labels_of(view)))]
