"""Health: `/healthz` says that the process answers, `/readyz` that it can serve."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from wall.bus import Bus
from wall.store import Store


def router(store: Store, bus: Bus, build: int) -> APIRouter:
    """The two probes. Neither needs a role, neither tells more than it must."""
    routes = APIRouter(tags=["health"])

    async def healthz() -> dict[str, Any]:
        """The process answers; `build` is the number of the faces it serves."""
        return {"ok": True, "build": build}

    async def readyz() -> dict[str, Any]:
        """The database answers (else 503). A bus that does not only makes things a second slower."""
        await store.ready()
        return {"ok": True, "bus": await bus.healthy()}

    for path, probe in (("/healthz", healthz), ("/readyz", readyz)):
        routes.add_api_route(path, probe, methods=["GET"])
        routes.add_api_route(path, probe, methods=["HEAD"], include_in_schema=False)
    return routes
