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
from wall.feeds.base import Budget
from wall.feeds.common.problems import Passing
from wall.feeds.common.told import put
from wall.feeds.shapes.common import Record, parts_of

_Work = Callable[[], Coroutine[Any, Any, list[Record]]]
_Ask = Callable[[Sequence[str]], Coroutine[Any, Any, list[Record]]]

AT_ONCE = 25
"""Profiles or posts that one request may ask for."""

SIDE_BY_SIDE = 4
"""Requests at the same time."""

SOMEBODY = "did:plc:z72i7hdynmk6r22z27h6tvur"
"""The account `bsky.app`: asked for to learn whether the AppView answers at all."""

_OF_ONE = frozenset({"server_error", "too_large", "not_json"})
"""Problems that may be those of one id."""


class People:
    """Who is who, as the AppView last said; what is older than `Times.fresh` is asked for again."""

    def __init__(self, appview: AppView, times: Times) -> None:
        self._appview = appview
        self._fresh = times.fresh
        self._known: dict[str, tuple[float, Person]] = {}
        self._failing: dict[str, None] = {}

    @property
    def left(self) -> Budget | None:
        """What is left of the AppView's rate limit; None where it says nothing of one."""
        return self._appview.left

    def get(self, did: str) -> Person | None:
        """Somebody, if they are known and what is known is fresh."""
        since, person = self._known.get(did, (0.0, None))
        return person if person and time.monotonic() - since < self._fresh else None

    def forget(self, did: str) -> None:
        """Something about somebody changed."""
        self._known.pop(did, None)

    async def ask(self, dids: Iterable[str]) -> None:
        """Learn who these are, as far as the AppView shows them. Raises Passing, but not for those for whom
        alone it failed before."""
        wanted = [did for did in dids if self.get(did) is None]
        together = [did for did in wanted if did not in self._failing]
        for views in await _all([partial(self._profiles, chunk) for chunk in _chunks(together)]):
            self._learn(views)
        await self._each([did for did in wanted if did in self._failing])

    async def ask_singly(self, dids: Iterable[str]) -> None:
        """Learn who these are, one by one; those for whom the AppView fails stay unknown. Raises Passing
        when it fails for everybody."""
        await self._profiles([SOMEBODY])
        await self._each([did for did in dids if self.get(did) is None])

    def is_failing(self, did: str) -> bool:
        """Whether the AppView failed when it was asked for nobody but them."""
        return did in self._failing

    async def shown(self, dids: Iterable[str]) -> tuple[set[str], set[str]]:
        """Whom of these the AppView shows now, and who was answered for at all. Raises Passing when nobody
        was."""
        views, asked = await self._some(self._profiles, list(dids))
        return {did for view in views if isinstance(did := view.get("did"), str)}, asked

    async def posts(self, uris: Iterable[str]) -> dict[str, Record]:
        """Views of posts, by uri, those that the AppView has. Raises Passing."""
        some = await _all([partial(self._views, chunk) for chunk in _chunks(list(uris))])
        return {uri: view for views in some for view in views if is_post(uri := view.get("uri"))}

    async def some_posts(self, uris: Sequence[str]) -> tuple[dict[str, Record], set[str]]:
        """Views of posts by uri, and which posts were answered for at all. Raises Passing when none was."""
        views, asked = await self._some(self._views, uris)
        return {uri: view for view in views if is_post(uri := view.get("uri"))}, asked

    async def _some(self, ask: _Ask, wanted: Sequence[str]) -> tuple[list[Record], set[str]]:
        """What was answered, and for which. Raises Passing when nothing was."""
        chunks = list(_chunks(wanted))
        answers = await _side_by_side([partial(ask, chunk) for chunk in chunks])
        views: list[Record] = []
        asked: set[str] = set()
        failed: list[BaseException] = []
        for chunk, said in zip(chunks, answers, strict=True):
            if isinstance(said, BaseException):
                failed.append(said)
                continue
            asked.update(chunk)
            views += said
        for problem in failed:
            if not asked or not isinstance(problem, Passing):
                raise problem
        return views, asked

    async def _each(self, dids: Iterable[str]) -> None:
        """Learn who these are, each by a request, and who it is that the AppView fails for. Raises Passing
        for what is no problem of one."""
        some = list(dict.fromkeys(dids))
        answers = await _side_by_side([partial(self._profiles, [did]) for did in some])
        for did, said in zip(some, answers, strict=True):
            if not isinstance(said, BaseException):
                self._failing.pop(did, None)
                self._learn(said)
            elif isinstance(said, Passing) and said.code in _OF_ONE:
                put(self._failing, did, None)
            else:
                raise said

    def _learn(self, views: Iterable[Record]) -> None:
        for view in views:
            try:
                person = person_of(view)
            except (LookupError, TypeError, ValueError, AttributeError):
                continue
            self._known.pop(person.author["key"], None)
            put(self._known, person.author["key"], (time.monotonic(), person))

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
