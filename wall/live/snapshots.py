"""Snapshots from memory: one build per event, audience and head, however many ask for it."""

from __future__ import annotations

import asyncio

from wall.entries import Cursor, Scope
from wall.journal import Journal
from wall.live import metrics
from wall.live.built import Built
from wall.live.hub import Hub, Watch


class Snapshots:
    """Builds snapshots at the head of watched events; the watch keeps them until its head moves."""

    def __init__(self, journal: Journal, hub: Hub) -> None:
        self._journal = journal
        self._hub = hub
        self._building: dict[tuple[str, str, int], asyncio.Task[Built]] = {}

    async def get(self, event_id: str, scope: Scope) -> Built:
        """The snapshot of this audience at the head. Raises NotFound, StoreUnavailable.

        What a person sees alone is read for them and joined to what everybody like them sees.
        """
        if scope.person is None or scope.roles:
            return await self._shared(event_id, scope)
        shared = await self._shared(event_id, scope.shared)
        return await self._with_own(shared, event_id, scope)

    async def _with_own(self, shared: Built, event_id: str, scope: Scope) -> Built:
        """A person's own subjects may be read newer than the rest: they come again with the changes
        that follow, and folding twice is folding once."""
        puts = await self._journal.own(event_id, scope)
        return shared.with_own(scope.key, [put.model_dump_json().encode() for put in puts])

    async def _shared(self, event_id: str, scope: Scope) -> Built:
        watch = await self._hub.watch(event_id)
        if built := watch.snapshots.get(scope.key):
            return built
        key = (event_id, scope.key, watch.head)
        if key not in self._building:
            task = asyncio.create_task(self._build(watch, scope))
            self._building[key] = task
            task.add_done_callback(lambda done: self._ended(key, done))
        return await asyncio.shield(self._building[key])

    def _ended(self, key: tuple[str, str, int], done: asyncio.Task[Built]) -> None:
        """Let the next who asks build anew. A failure counts as heard: whoever asked may be gone."""
        del self._building[key]
        if not done.cancelled():
            done.exception()

    async def _build(self, watch: Watch, scope: Scope) -> Built:
        with metrics.snapshot_seconds.time():
            snapshot = await self._journal.snapshot(watch.event_id, scope)
            plain = snapshot.model_dump_json().encode()
            built = await asyncio.to_thread(Built.of, snapshot.seq, plain)
        same_history = Cursor.parse(snapshot.cursor).epoch == watch.epoch
        if same_history and built.seq >= watch.head and not watch.ended:
            watch.snapshots[scope.key] = built
        return built
