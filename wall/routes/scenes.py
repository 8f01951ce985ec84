"""HTTP API: scenes, and the files in which they travel."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from wall.display import Policy, Step, Theme, Warnings
from wall.entries.display import SceneValue, scene_value
from wall.errors import NotFound
from wall.journal import Journal
from wall.model import Frozen
from wall.routes import AskingHere
from wall.routes.commands import CauseHere, IdHere, run
from wall.screens import scenes as commands
from wall.screens.scenes import NewScene, SceneChange, SceneFile
from wall.store import scenes


class SceneNow(Frozen):
    """A scene that was made, edited or removed."""

    scene: str
    version: int
    seq: int


class SceneFileValue(Frozen):
    """A scene as a file."""

    backchannel_scene: int
    name: str
    theme: Theme
    policy: Policy
    warnings: Warnings
    alt: bool
    join: bool
    drift: bool
    steps: tuple[Step, ...]


class SceneRoutes:
    """`…/scenes` below /api/v1/events/{slug}."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.router = APIRouter(prefix="/events/{slug}/scenes", tags=["walls"])
        add = self.router.add_api_route
        add("", self.listed, methods=["GET"])
        add("", self.make, methods=["POST"], status_code=201)
        add("/file", self.take_in, methods=["POST"], status_code=201)
        add("/{scene_id}", self.change, methods=["PATCH"])
        add("/{scene_id}", self.remove, methods=["DELETE"])
        add("/{scene_id}/file", self.file, methods=["GET"])

    async def listed(self, asking: AskingHere) -> dict[str, list[SceneValue]]:
        """The event's scenes, the default one first."""
        found = await self._journal.store.read(lambda conn: scenes.listed(conn, asking.event.id))
        return {"scenes": [scene_value(scene) for scene in found]}

    async def make(
        self, new: NewScene, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> SceneNow:
        """Make a scene."""
        asking.require("scenes.change")
        return SceneNow(
            **await run(self._journal, asking, request, cause, lambda tx: commands.add(tx, new))
        )

    async def take_in(
        self, file: SceneFile, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> SceneNow:
        """Make a scene from a file. 422 for a file of another version of scenes."""
        asking.require("scenes.change")
        return SceneNow(
            **await run(self._journal, asking, request, cause, lambda tx: commands.add(tx, file))
        )

    async def change(
        self,
        scene_id: IdHere,
        change: SceneChange,
        asking: AskingHere,
        request: Request,
        cause: CauseHere = None,
    ) -> SceneNow:
        """Edit a scene, or the default one: every screen that plays it follows at once."""
        asking.require("scenes.change")
        return SceneNow(
            **await run(
                self._journal, asking, request, cause, lambda tx: commands.change(tx, scene_id, change)
            )
        )

    async def remove(
        self, scene_id: IdHere, asking: AskingHere, request: Request, cause: CauseHere = None
    ) -> SceneNow:
        """Remove a scene that no screen plays."""
        asking.require("scenes.change")
        return SceneNow(
            **await run(self._journal, asking, request, cause, lambda tx: commands.remove(tx, scene_id))
        )

    async def file(self, scene_id: IdHere, asking: AskingHere) -> SceneFileValue:
        """A scene as a file, for another event or another server."""
        found: dict[str, Any] = await self._journal.store.read(
            lambda conn: scenes.by_ids(conn, asking.event.id, {scene_id})
        )
        if scene_id not in found:
            raise NotFound("There is no such scene in this event.")
        return SceneFileValue(**commands.file_of(found[scene_id]))
