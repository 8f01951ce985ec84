"""The desk's page: for the staff of an event. What it shows comes over the wire."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from wall.access import RIGHTS, may
from wall.routes import AskingHere
from wall.routes.pages import DIST, build_number, built_face
from wall.routes.words import Views


def router(views: Views, dist: Path = DIST) -> APIRouter:
    """`/desk/{slug}`. Who is not signed in, or has no role, is told so by the error pages."""
    routes = APIRouter(include_in_schema=False)

    async def desk(asking: AskingHere, request: Request) -> Response:
        asking.scope("desk")
        built = built_face("desk", dist)
        return views.page(
            request,
            "desk.html",
            event=asking.event,
            person=asking.visitor.person_id,
            may=sorted(verb for verb in RIGHTS if may(asking.roles, verb)),
            script=built.script,
            styles=built.styles,
            build=build_number(dist),
        )

    routes.add_api_route("/desk/{slug}", desk, methods=["GET", "HEAD"])
    return routes
