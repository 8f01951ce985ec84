"""Authors and quoted posts, asked of the AppView: Jetstream knows people by their DID alone.

Nobody is shown before their labels are known: one of them may say that they are not for strangers.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from wall.feeds.atproto.config import Times
from wall.feeds.atproto.posts import Person, is_post, person_of
from wall.feeds.atproto.problems import Refused
from wall.feeds.atproto.xrpc import AppView
from wall.feeds.common.problems import Passing
from wall.feeds.common.told import put
from wall.feeds.shapes.common import Record, parts_of

_Work = Callable[[], Coroutine[Any, Any, list[Record]]]

AT_ONCE = 25
"""Profiles or posts that one request may ask for."""

SIDE_BY_SIDE = 4
"""Requests at the same time."""


class People:
    """Who is who, as the AppView last said; what is older than `Times.fresh` is asked for again."""

    def __init__(self, appview: AppView, times: Times) -> None:
        self._appview = appview
        self._fresh = times.fresh
        self._known: dict[str, tuple[float, Person]] = {}

    def get(self, did: str) -> Person | None:
        """Somebody, if they are known and what is known is fresh."""
        since, person = self._known.get(did, (0.0, None))
        return person if person and time.monotonic() - since < self._fresh else None

    def forget(self, did: str) -> None:
        """Something about somebody changed."""
        self._known.pop(did, None)

    async def ask(self, dids: Iterable[str]) -> None:
        """Learn who these are, as far as the AppView shows them. Raises Passing."""
        wanted = [did for did in dids if self.get(did) is None]
        for views in await _all([partial(self._profiles, chunk) for chunk in _chunks(wanted)]):
            for view in views:
                try:
                    person = person_of(view)
                except (LookupError, TypeError, ValueError, AttributeError):
                    continue
                self._known.pop(person.author["key"], None)
                put(self._known, person.author["key"], (time.monotonic(), person))

    async def posts(self, uris: Iterable[str]) -> dict[str, Record]:
        """Views of posts, by uri, those that the AppView has. Raises Passing."""
        some = await _all([partial(self._views, chunk) for chunk in _chunks(list(uris))])
        return {uri: view for views in some for view in views if is_post(uri := view.get("uri"))}

    async def some_posts(self, uris: Sequence[str]) -> tuple[dict[str, Record], set[str]]:
        """Views of posts by uri, and which posts were answered for at all. Raises Passing when none was."""
        chunks = list(_chunks(uris))
        answers = await _side_by_side([partial(self._views, chunk) for chunk in chunks])
        views: dict[str, Record] = {}
        asked: set[str] = set()
        failed: list[BaseException] = []
        for chunk, said in zip(chunks, answers, strict=True):
            if isinstance(said, BaseException):
                failed.append(said)
                continue
            asked.update(chunk)
            views |= {uri: view for view in said if is_post(uri := view.get("uri"))}
        for problem in failed:
            if not asked or not isinstance(problem, Passing):
                raise problem
        return views, asked

    async def _profiles(self, dids: Sequence[str]) -> list[Record]:
        return await self._got("app.bsky.actor.getProfiles", "actors", dids, "profiles")

    async def _views(self, uris: Sequence[str]) -> list[Record]:
        return await self._got("app.bsky.feed.getPosts", "uris", uris, "posts")

    async def _got(self, method: str, name: str, wanted: Sequence[str], part: str) -> list[Record]:
        """What is asked for. An id that the AppView takes for none must not cost the others theirs."""
        try:
            said = await self._appview.get(method, {name: wanted})
        except Refused as problem:
            if problem.status != 400:
                raise Passing("server_error", f"It answers with status {problem.status}") from problem
            if len(wanted) == 1:
                return []
            singly = await _all([partial(self._got, method, name, [one], part) for one in wanted])
            return [view for views in singly for view in views]
        if not isinstance(said.get(part), list):
            raise Passing("not_json", "It answers with something else than posts")
        return parts_of(said[part])


async def _all(work: Sequence[_Work]) -> list[list[Record]]:
    """What all of it answers. Raises what the first of it raises."""
    answers = await _side_by_side(work)
    for said in answers:
        if isinstance(said, BaseException):
            raise said
    return [said for said in answers if not isinstance(said, BaseException)]


async def _side_by_side(work: Sequence[_Work]) -> list[list[Record] | BaseException]:
    room = asyncio.Semaphore(SIDE_BY_SIDE)

    async def one(asking: _Work) -> list[Record]:
        async with room:
            return await asking()

    return await asyncio.gather(*map(one, work), return_exceptions=True)


def _chunks(some: Sequence[str]) -> Iterator[Sequence[str]]:
    some = list(dict.fromkeys(some))
    return (some[start : start + AT_ONCE] for start in range(0, len(some), AT_ONCE))
