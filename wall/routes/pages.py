"""Pages for people: the landing page, the wall, and the static files that they need."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from wall.access import Access, Visitor, may
from wall.errors import BackchannelError
from wall.model import Event
from wall.routes import event_named
from wall.routes.words import Views
from wall.store import events, members

STATIC = Path(__file__).resolve().parents[1] / "static"
DIST = STATIC / "dist"
_MANIFESTS = (".vite/manifest.json", "manifest.json")
_HASHED = "dist/assets/"


class NotBuilt(BackchannelError):
    """The live faces were not built: this is a bare checkout."""

    status = 503
    code = "not_built"
    remedy = "Run `make faces` (or `npm ci && npm run build` in ui/), then load this page again."


@dataclass(frozen=True)
class Built:
    """The built files of one face, as paths on this server."""

    script: str
    styles: tuple[str, ...]


def build_number(dist: Path = DIST) -> int:
    """The number of the built faces, which grows with every build; 0 when nothing is built."""
    path = dist / "build.json"
    return int(_json(path, path.stat().st_mtime_ns)["build"]) if path.is_file() else 0


def built_face(face: str, dist: Path = DIST) -> Built:
    """The script and styles of a face, from Vite's manifest. Raises NotBuilt."""
    for path in (dist / name for name in _MANIFESTS):
        if path.is_file():
            return _built(_json(path, path.stat().st_mtime_ns), face)
    raise NotBuilt("The live faces are not built.")


class Static(StaticFiles):
    """Static files: those with a hash in their name are kept for ever, others are asked for again."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """As Starlette's, with Cache-Control."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        hashed = self.get_path(scope).replace(os.sep, "/").startswith(_HASHED)
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        return response


def router(access: Access, views: Views, dist: Path = DIST) -> APIRouter:
    """`/` and `/wall/{slug}`."""
    routes = APIRouter(include_in_schema=False)

    async def landing(request: Request) -> Response:
        visitor = await access.visitor_of(request.scope)
        listed = await access.journal.store.read(events.listed)
        judged = await _judged(access, visitor, listed)
        return views.page(request, "landing.html", visitor=visitor, events=listed, judged=judged)

    async def wall(slug: str, request: Request) -> Response:
        event = await event_named(access, slug)
        built = built_face("wall", dist)
        return views.page(
            request,
            "wall.html",
            lang=views.words.choose(*event.languages),
            event=event,
            face="wall",
            script=built.script,
            styles=built.styles,
            build=build_number(dist),
        )

    routes.add_api_route("/", landing, methods=["GET", "HEAD"])
    routes.add_api_route("/wall/{slug}", wall, methods=["GET", "HEAD"])
    return routes


async def _judged(access: Access, visitor: Visitor, listed: list[Event]) -> frozenset[str]:
    """Ids of the events in which this visitor moderates."""
    person_id = visitor.person_id
    if person_id is None:
        return frozenset()
    if visitor.organiser:
        return frozenset(event.id for event in listed)
    roles = await access.journal.store.read(lambda conn: members.roles_of(conn, person_id))
    return frozenset(event_id for event_id, theirs in roles.items() if may(theirs, "posts.judge"))


def _built(manifest: dict[str, Any], face: str) -> Built:
    entry = next((key for key, chunk in manifest.items() if _is_entry(key, chunk, face)), None)
    if entry is None:
        raise NotBuilt(f"The face {face} is not built.")
    styles: dict[str, None] = {}
    _collect(manifest, entry, styles, set())
    return Built(_url(manifest[entry]["file"]), tuple(_url(file) for file in styles))


def _is_entry(key: str, chunk: dict[str, Any], face: str) -> bool:
    return bool(chunk.get("isEntry")) and (chunk.get("name") == face or f"/{face}/" in key)


def _collect(manifest: dict[str, Any], key: str, styles: dict[str, None], seen: set[str]) -> None:
    """Styles of a chunk and of what it imports, imported ones first, as the cascade needs them."""
    if key in seen:
        return
    seen.add(key)
    for imported in manifest[key].get("imports", ()):
        _collect(manifest, imported, styles, seen)
    styles.update(dict.fromkeys(manifest[key].get("css", ())))


def _url(file: str) -> str:
    return f"/static/dist/{file}"


@lru_cache(maxsize=8)
def _json(path: Path, _written: int) -> Any:
    """A built JSON file; read again when it was written again."""
    return json.loads(path.read_text(encoding="utf-8"))
