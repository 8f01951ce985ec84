"""Whether posts are still there: X tells of no deletion, so what is shown is read again.

What X says is explicit: a post is in the answer, or an error names it. An id that is in neither is unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wall.errors import FeedFatal
from wall.feeds.base import Item, Rechecked
from wall.feeds.common.problems import Passing
from wall.feeds.shapes.common import Record, attempt, parts_of
from wall.feeds.shapes.x import history_of, is_withheld
from wall.feeds.xapi.api import LOOKUP, Api
from wall.feeds.xapi.config import Times
from wall.feeds.xapi.flow import Flow
from wall.feeds.xapi.ids import is_id, order
from wall.feeds.xapi.meter import PAGE, Meter
from wall.feeds.xapi.pace import TOGETHER, Pace
from wall.feeds.xapi.prices import WORST_POST
from wall.feeds.xapi.problems import BudgetUsed
from wall.feeds.xapi.standing import PLACE, Standing
from wall.model import utc_now

WHERE = f"{PLACE} recheck"
USED = (
    "The month's budget is used up, what was kept for this included: it cannot be seen any more which of "
    "the posts that are shown were deleted. X wants these off within 24 hours: take its posts off the "
    "walls, or give the feed a larger budget (pause it, then enter its settings again)"
)
UNSEEN = ". Until it works it cannot be seen which of the posts that are shown were deleted"
ROUND = 60.0
"""Seconds until intake asks again."""
_GONE = frozenset({"resource-not-found", "not-authorized-for-resource"})


class Recheck:
    """The rechecks of one feed. It outlives its streams: when what was asked is known."""

    def __init__(self, api: Api, meter: Meter, versions: dict[str, str], times: Times) -> None:
        """`versions`: as of Flow."""
        self._api = api
        self._meter = meter
        self._versions = versions
        self._times = times
        self._pace = Pace(times)
        self._standing: Standing | None = None
        self._flow: Flow | None = None

    async def ask(self, keys: Sequence[str], flow: Flow | None) -> Rechecked:
        """What of these is there and what is gone, as far as it is time, and money, to ask. Edits that are
        found are told to the flow. Raises Passing, FeedFatal without an answer."""
        now = utc_now()
        ids = [key for key in keys if is_id(key)]
        wanted = self._pace.chosen(ids, now, lambda key: self._meter.is_paid(key, now))
        asked = self._affordable(wanted, now)
        gone: set[str] = set()
        there: dict[str, Record] = {}
        problem = await self._look_for(asked, gone, there)
        if flow is not None:
            await self._say(flow, problem, enough=len(asked) == len(wanted))
        if problem is not None and not gone and not there:
            raise problem
        if flow is not None:
            await self._tell_edits(there, flow)
        return Rechecked(frozenset(gone), frozenset(there.keys() - gone))

    async def _look_for(
        self, asked: Sequence[str], gone: set[str], there: dict[str, Record]
    ) -> Passing | FeedFatal | None:
        """Ask for all of these until a request fails, with what is returned. What was learnt before stands,
        and the rest is due again at once."""
        for at in range(0, len(asked), TOGETHER):
            try:
                self._judge(await self._read(asked[at : at + TOGETHER]), gone, there)
            except (Passing, FeedFatal) as problem:
                return problem
            self._pace.answered(asked[at : at + TOGETHER], gone.intersection(asked), utc_now())
        return None

    def _affordable(self, wanted: list[str], now: datetime) -> list[str]:
        """The most urgent of these for which there is money; what is paid for today always."""
        left, asked = self._meter.rechecks(now), []
        for key in wanted:
            paid = self._meter.is_paid(key, now)
            if paid or left > 0:
                asked.append(key)
                left -= not paid
        return asked

    async def _read(self, ids: Sequence[str]) -> Record:
        return await self._api.read(LOOKUP, self._api.checks, {"ids": ",".join(ids)})

    def _judge(self, said: Record, gone: set[str], there: dict[str, Record]) -> None:
        there |= {str(post.get("id")): post for post in parts_of(said.get("data"))}
        gone |= {key for key, post in there.items() if is_withheld(post)}
        for error in parts_of(said.get("errors")):
            key = str(error.get("resource_id") or error.get("value"))
            if str(error.get("type")).rpartition("/")[2] in _GONE and key not in there:
                gone.add(key)

    async def _say(self, flow: Flow, problem: Passing | FeedFatal | None, *, enough: bool) -> None:
        """Say, once, that it fails or that there is no money left for it, and when that is over."""
        if self._standing is None or self._flow is not flow:
            self._flow, self._standing = flow, Standing(WHERE, self._times, flow.tell, patience=1)
        if isinstance(problem, Passing):
            await self._standing.failed(problem, max(ROUND, problem.wait or 0.0), UNSEEN)
        elif problem is not None:
            code = str(problem.details.get("problem"))
            await self._standing.over(Passing(code, f"{problem.message.rstrip('.')}{UNSEEN}"))
        elif enough:
            await self._standing.well()
        else:
            await self._standing.over(BudgetUsed(USED))

    async def _tell_edits(self, there: dict[str, Record], flow: Flow) -> None:
        """Read the newest version of posts that were edited since they were told, and tell it. One that
        cannot be read is found again by the next recheck."""
        newer = [one for post in there.values() for one in self._newer(post)]
        while newer and (size := min(PAGE, self._meter.left(utc_now()) // WORST_POST)):
            ids, newer = newer[:size], newer[size:]
            try:
                said = await self._api.read(LOOKUP, self._api.posts, {"ids": ",".join(ids)})
            except (Passing, FeedFatal):
                return
            await flow.take(said, WHERE)

    def _newer(self, post: Record) -> list[str]:
        """The id of the newest version of a post, if that was not told."""
        found: list[str] = []

        def build() -> list[Item]:
            history = history_of(post)
            if order(history[-1]) > order(self._versions.get(history[0], history[0])):
                found.append(history[-1])
            return []

        attempt("", build)
        return [one for one in found if is_id(one)]
