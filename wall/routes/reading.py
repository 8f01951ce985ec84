"""HTTP API for readers: the snapshot that a live face starts from, and polling for those without
websockets. Both are what the websocket gives, by the same code."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from wall.access import Face
from wall.entries import Cursor, Hello, Scope
from wall.live import Hub, Snapshots
from wall.routes import AskingHere

CursorText = Annotated[str, Query(max_length=200)]


class ReadingRoutes:
    """`…/snapshot` and `…/changes` below /api/v1/events/{slug}."""

    def __init__(self, hub: Hub, snapshots: Snapshots) -> None:
        self._hub = hub
        self._snapshots = snapshots
        self.router = APIRouter(prefix="/events/{slug}", tags=["live"])
        self.router.add_api_route("/snapshot", self.snapshot, methods=["GET"])
        self.router.add_api_route("/changes", self.changes, methods=["GET"])

    async def snapshot(self, asking: AskingHere, request: Request, face: Face = "wall") -> Response:
        """Everything that this face holds now, with the cursor that continues from here."""
        built = await self._snapshots.get(asking.event.id, asking.scope(face))
        headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding, Cookie"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            packed = headers | {"Content-Encoding": "gzip"}
            return Response(built.packed, media_type="application/json", headers=packed)
        return Response(built.plain, media_type="application/json", headers=headers)

    async def changes(self, asking: AskingHere, cursor: CursorText, face: Face = "wall") -> dict[str, Any]:
        """What follows a cursor, as one changes frame with the next cursor; or `resumed: false`."""
        scope: Scope = asking.scope(face)
        at = Cursor.parse(cursor)
        watch = await self._hub.watch(asking.event.id)
        await watch.reach(at.seq)
        if not watch.resumes(at, scope):
            return Hello(build=self._hub.build, resumed=False).model_dump()
        changes = await watch.changes(scope, at.seq)
        return changes.model_dump(mode="json") | {"cursor": str(at._replace(seq=changes.seq))}
