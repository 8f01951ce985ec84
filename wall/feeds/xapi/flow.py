"""Where stream, search and recheck put what they find, and where it comes out: each version once."""

from __future__ import annotations

import asyncio
import json

from wall.feeds.base import Arrived, Checkpoint, Dropped, Edited, Item
from wall.feeds.common.outlet import Outlet
from wall.feeds.common.told import Told, fingerprint, put
from wall.feeds.shapes.common import Record, attempt, parts_of
from wall.feeds.shapes.x import X, history_of
from wall.feeds.xapi.config import Times
from wall.feeds.xapi.ids import order
from wall.feeds.xapi.meter import Meter
from wall.feeds.xapi.place import Place
from wall.feeds.xapi.problems import BudgetUsed
from wall.feeds.xapi.standing import PLACE, Standing
from wall.model import utc_now


class Flow(Outlet):
    """What one stream of items is made of."""

    def __init__(self, place: Place, meter: Meter, versions: dict[str, str], times: Times) -> None:
        """`versions`: the id of the newest version of each post that was told, by key; it outlives the
        flow."""
        super().__init__()
        self.place = place
        self.meter = meter
        self._versions = versions
        self._times = times
        self._shape = X()
        self._told = Told()
        self.health = Standing(PLACE, times, self.tell)
        """Of all of it: in trouble while searches fail and no stream brings posts either."""
        self._turn = asyncio.Lock()
        """What is judged to be news is also put in line before a place is: otherwise a place could come
        out before a post that it covers."""

    async def take(self, record: Record, where: str) -> bool:
        """Tell the posts of a record, the oldest first. Whether one of them was news."""
        self._shape.remember(record)
        data = record.get("data")
        whole = [data] if isinstance(data, dict) else parts_of(data)
        if isinstance(data, list) and len(whole) < len(data):
            await self._lost(Dropped("unusable_post", where), fingerprint(json.dumps(data)))
        news = False
        for post in sorted(whole, key=lambda one: order(str(one.get("id")))):
            news = await self._post(post, record, where) or news
        return news

    async def keep(self) -> None:
        """Keep the place and the meter whenever they moved; for ever."""
        kept = self.place.read
        while True:
            await asyncio.sleep(self._times.checkpoint)
            async with self._turn:
                place = str(self.place)
                if place != kept:
                    kept = place
                    await self.tell(Checkpoint(place))

    async def affordable(self) -> None:
        """Wait until something new may be read for what is left of the budget, and say that it waits."""
        while self.meter.page(utc_now()) is None:
            await self.health.over(_used(self.meter))
            left = (self.meter.renews_at(utc_now()) - utc_now()).total_seconds()
            await asyncio.sleep(max(0.01, min(self._times.renewal, left)))

    async def _post(self, post: Record, record: Record, where: str) -> bool:
        alone = {"data": post, "includes": record.get("includes")}
        items = self._shape.parse(alone, where)
        attempt(where, self._note, post)
        for item in items:
            if isinstance(item, Dropped):
                await self._lost(item, f"{post.get('id')} {fingerprint(str(post.get('text')))}")
            elif isinstance(item, Arrived | Edited) and await self._tell_news(item):
                return True
        return False

    async def _tell_news(self, item: Arrived | Edited) -> bool:
        """Tell of a post, if this version of it is news. Whether it was."""
        async with self._turn:
            if not self._told.is_news(item):
                return False
            await self.tell(item)
            return True

    def _note(self, post: Record) -> list[Item]:
        """Remember which version of a post was told."""
        key, told = history_of(post)[0], str(post["id"])
        if order(told) >= order(self._versions.get(key, "")):
            self._versions.pop(key, None)
            put(self._versions, key, told)
        return []

    async def _lost(self, item: Dropped, name: str) -> None:
        async with self._turn:
            if self._told.is_new_loss(item, name):
                await self.tell(item)


def _used(meter: Meter) -> BudgetUsed:
    now = utc_now()
    return BudgetUsed(
        f"The month's budget of ${meter.most / 1_000:g} is used up, but for what is kept to look for "
        f"deletions: nothing new is read. Give the feed a larger budget (pause it, then enter its settings "
        f"again), or wait until {meter.renews_at(now):%Y-%m-%d} (UTC)"
    )
