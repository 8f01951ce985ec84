"""Whether posts are still there: asked of the AppView, which leaves out what was deleted or taken down.

A post is purged when it is said to be gone twice, five minutes apart (`wall.intake.recheck`). So only one
that the AppView had, of an author whom it shows, or one that the stream deleted, is gone for as long as it
is absent. The posts of an account that may come back are said to be gone until they are off the faces, and
unknown from then on, which keeps them off and purges nothing.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Literal

from wall.feeds.atproto.config import Times
from wall.feeds.atproto.events import DELETED
from wall.feeds.atproto.flow import Flow
from wall.feeds.atproto.memory import Known, Version
from wall.feeds.atproto.people import People
from wall.feeds.atproto.posts import (
    Person,
    did_of,
    is_post,
    is_quote_withheld,
    labels_of,
    person_of,
    post_of,
    quoted_uri,
)
from wall.feeds.base import Arrived, Item, Rechecked
from wall.feeds.common.problems import Passing
from wall.feeds.common.told import put
from wall.feeds.shapes.common import Record, attempt
from wall.model import Post
from wall.wishes import wish_of

_Why = Literal["wish", "quote", "label"]


class Recheck:
    """Asks about posts, and tells of those that are not as they were told."""

    def __init__(self, people: People, known: Known, times: Times) -> None:
        self._people = people
        self._known = known
        self._hiding = times.hiding
        self._told: dict[tuple[str, _Why], None] = {}
        self._hidden: dict[str, float] = {}
        """Posts of accounts that are away, and since when (monotonic seconds) they are said to be gone."""

    async def ask(self, keys: Sequence[str], flow: Flow) -> Rechecked:
        """What is there and what is gone. What could not be asked, or was never there, is unknown. Raises
        Passing when nothing could be asked."""
        uris = [key for key in keys if is_post(key)]
        if not uris:
            return Rechecked()
        self._known.posts.learn(uris)
        views, asked = await self._people.some_posts(uris)
        await flow.budget("authors", self._people.left)
        there = asked & views.keys()
        for uri in there:
            self._seen(uri)
            await self._compare(uri, views[uri], flow)
        return Rechecked(frozenset(await self._gone(asked - there, flow)), frozenset(there))

    def _seen(self, uri: str) -> None:
        self._known.posts.see(uri, there=True)
        self._known.posts.account(did_of(uri), None)
        self._hidden.pop(uri, None)

    async def _gone(self, absent: set[str], flow: Flow) -> set[str]:
        """Which of the posts that the AppView does not show are gone, for good or for a while.

        Those that the stream deleted before it was known that they are ours are withdrawn now.
        """
        gone = {uri for uri in absent if self._is_deleted(uri)}
        for uri in gone:
            await flow.withdrawn(uri)
        doubtful = absent - gone
        try:
            shown, asked = await self._people.shown({did_of(uri) for uri in doubtful})
        except Passing:
            return gone
        known = self._known.posts
        for uri in doubtful:
            did = did_of(uri)
            if did in shown and known.away(did) is None:
                is_gone = known.was_there(uri)
            else:
                is_gone = did in asked and self._is_to_hide(uri)
            gone |= {uri} if is_gone else set()
        return gone

    def _is_deleted(self, uri: str) -> bool:
        """Whether the stream said that a post, or its whole account, is deleted."""
        return self._known.is_deleted(uri) or self._known.posts.away(did_of(uri)) == DELETED

    def _is_to_hide(self, uri: str) -> bool:
        """Whether a post of an account that is away is said to be gone. Its author was shown when it was
        told, or it was there itself; that is forgotten, so that no restart says so again."""
        now, known = time.monotonic(), self._known
        if uri not in self._hidden:
            if not known.posts.was_there(uri) and known.version(uri) is None:
                return False
            put(self._hidden, uri, now)
            known.posts.see(uri, there=False)
        return now - self._hidden[uri] < self._hiding

    async def _compare(self, uri: str, view: Record, flow: Flow) -> None:
        """Tell, once, that somebody asks now that a post be not shown, that a person must look at it now,
        or that the words which it quotes may not be read with it any more."""
        if self._known.is_deleted(uri):
            return
        known = self._known.version(uri)
        for post in self._posts(uri, view, known, {}):
            why = _why(post, view, known)
            if why is not None and (uri, why) not in self._told:
                quotes = {} if is_quote_withheld(view) else await self._quoted(view["record"])
                if quotes is not None:
                    put(self._told, (uri, why), None)
                    await self._tell(self._posts(uri, view, known, quotes), why, flow)

    async def _tell(self, posts: Sequence[Post], why: _Why, flow: Flow) -> None:
        for post in posts:
            await flow.told_again(post, edited=why != "wish" or post.edited_at is not None)

    async def _quoted(self, record: Record) -> Mapping[str, Record] | None:
        """What a record quotes, as what is told again must have what was told; None without an answer."""
        uri = quoted_uri(record)
        try:
            return await self._people.posts([uri] if uri else [])
        except Passing:
            return None

    def _posts(
        self, uri: str, view: Record, known: Version | None, quotes: Mapping[str, Record]
    ) -> list[Post]:
        """The post as the AppView shows it; none if it cannot be used. One that is not known to be as it
        was told is dated as never edited: of such a one the door takes a new wish and nothing else."""

        def build() -> list[Item]:
            shown, record = person_of(view["author"]), view["record"]
            person = self._people.get(shown.author["key"])
            author = shown.author if person is None else person.author
            return [
                Arrived(
                    post_of(
                        uri,
                        record,
                        Person(author, shown.labels),
                        labels=labels_of(view),
                        quote=quotes.get(quoted_uri(record) or ""),
                        edited_at=known.edited_at if known and known.cid == view.get("cid") else None,
                    )
                )
            ]

        return [item.post for item in attempt("", build) if isinstance(item, Arrived)]


def _why(post: Post, view: Record, known: Version | None) -> _Why | None:
    """Why a post is to be told again. The AppView shows an edited one as it was: its words are not told."""
    if wish_of(post) is not None:
        return "wish"
    if known is not None and known.cid != view.get("cid"):
        return None
    if is_quote_withheld(view):
        return "quote"
    return "label" if post.sensitive and not (known and known.sensitive) else None
