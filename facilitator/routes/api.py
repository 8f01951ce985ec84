"""Every route of the facilitator side, for the composition root to mount."""

from __future__ import annotations

from fastapi import APIRouter

from facilitator.routes import codebook, points, programme, relays
from facilitator.routes.desk import DeskRoutes
from wall.journal import Journal


def router(journal: Journal) -> APIRouter:
    """Routes below /api/v1, the busiest first."""
    api = APIRouter()
    for routes in (
        points.router,
        relays.router,
        programme.router,
        DeskRoutes(journal).router,
        codebook.router,
    ):
        api.routes.extend(routes.routes)
    return api
