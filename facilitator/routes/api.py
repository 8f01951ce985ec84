"""Every route of the facilitator side, for the composition root to mount."""

from __future__ import annotations

from fastapi import APIRouter

from facilitator.routes.codebook import CodebookRoutes
from facilitator.routes.desk import DeskRoutes
from facilitator.routes.points import PointRoutes
from facilitator.routes.programme import ProgrammeRoutes
from facilitator.routes.relays import RelayRoutes
from wall.journal import Journal


def router(journal: Journal) -> APIRouter:
    """Routes below /api/v1, the busiest first."""
    api = APIRouter()
    for routes in (PointRoutes, RelayRoutes, ProgrammeRoutes, DeskRoutes, CodebookRoutes):
        api.include_router(routes(journal).router)
    return api
