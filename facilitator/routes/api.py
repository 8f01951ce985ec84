"""Every route of the facilitator side, for the composition root to mount."""

from __future__ import annotations

from fastapi import APIRouter

from facilitator.routes import (
    codebook,
    contributions,
    points,
    programme,
    relays,
    replies,
    samples,
    taking_part,
)
from facilitator.routes.codebook import CodebookRoutes
from facilitator.routes.contributions import SimilarRoutes
from facilitator.routes.desk import DeskRoutes
from facilitator.routes.samples import SampleRoutes
from wall.journal import Journal
from wall.routes.words import Words


def router(journal: Journal, words: Words) -> APIRouter:
    """Routes below /api/v1, the busiest first."""
    api = APIRouter()
    for routes in (
        points.router,
        relays.router,
        contributions.router,
        SimilarRoutes(journal).router,
        programme.router,
        DeskRoutes(journal, words).router,
        replies.router,
        taking_part.router,
        codebook.router,
        CodebookRoutes(journal).router,
        samples.router,
        SampleRoutes(journal).router,
    ):
        api.routes.extend(routes.routes)
    return api
