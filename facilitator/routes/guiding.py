"""The routes of speakers, guidance, resources and pasted posts, put together."""

from __future__ import annotations

from fastapi import APIRouter

from facilitator.routes.guidance_pages import GuidancePages
from facilitator.routes.paste import PasteRoutes
from facilitator.routes.resources import ResourceRoutes
from facilitator.routes.speaking_pages import SpeakerPages
from wall.access import Access
from wall.intake import Intake
from wall.routes.words import Views


class GuidingRoutes:
    """`api` below /api/v1, and `pages`."""

    def __init__(self, access: Access, intake: Intake, views: Views) -> None:
        resources = ResourceRoutes(intake.journal, views)
        paste = PasteRoutes(intake, views)
        self.api = APIRouter()
        self.pages = APIRouter()
        for router in (resources.api, paste.api):
            self.api.routes.extend(router.routes)
        for router in (
            SpeakerPages(access, views).router,
            GuidancePages(intake.journal, views).router,
            resources.pages,
            paste.pages,
        ):
            self.pages.routes.extend(router.routes)
