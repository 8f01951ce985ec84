"""The wall's page, and what pages of live faces need: what was built."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from wall.access import Access
from wall.access.screens import ScreenHere
from wall.errors import BackchannelError
from wall.model import Event
from wall.routes import event_named
from wall.routes.plain_wall import PlainWall
from wall.routes.security import FRAMED_WALL
from wall.routes.words import Views

STATIC = Path(__file__).resolve().parents[1] / "static"
DIST = STATIC / "dist"
_MANIFESTS = (".vite/manifest.json", "manifest.json")


class NotBuilt(BackchannelError):
    """The live faces were not built: this is a bare checkout."""

    status = 503
    code = "not_built"
    remedy = "Run `make faces` (or `npm ci && npm run build` in ui/), then load this page again."


@dataclass(frozen=True)
class Built:
    """The built files of one face, as paths on this server. `modules` are what `script` imports: a page
    that names them has them one round trip sooner."""

    script: str
    styles: tuple[str, ...]
    modules: tuple[str, ...]


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


def router(access: Access, views: Views, dist: Path = DIST) -> APIRouter:
    """`/wall/{slug}`, and the plain one for old browsers."""
    routes = APIRouter(include_in_schema=False)

    async def wall(slug: str, request: Request) -> Response:
        page = wall_page(access, views, request, await event_named(access, slug), None, dist)
        if "scene" in request.query_params:
            # What the editor of scenes previews; no screen ever opens its wall so.
            page.headers["Content-Security-Policy"] = FRAMED_WALL
        return page

    routes.add_api_route("/wall/{slug}", wall, methods=["GET", "HEAD"])
    routes.routes.extend(PlainWall(access, views).router.routes)
    return routes


def wall_page(
    access: Access,
    views: Views,
    request: Request,
    event: Event,
    screen: ScreenHere | None,
    dist: Path = DIST,
) -> Response:
    """The wall of an event, as a paired screen shows it or, without one, anybody's browser."""
    built = built_face("wall", dist)
    return views.page(
        request,
        "wall.html",
        lang=views.words.choose(*event.languages),
        event=event,
        screen=screen,
        face="wall",
        host=access.origins.base(request.scope).partition("://")[2],
        script=built.script,
        styles=built.styles,
        modules=built.modules,
        build=build_number(dist),
    )


def _built(manifest: dict[str, Any], face: str) -> Built:
    entry = next((key for key, chunk in manifest.items() if _is_entry(key, chunk, face)), None)
    if entry is None:
        raise NotBuilt(f"The face {face} is not built.")
    needed: dict[str, None] = {}
    _collect(manifest, entry, needed, set())
    chunks = [manifest[key] for key in needed]
    styles = dict.fromkeys(_url(file) for chunk in chunks for file in chunk.get("css", ()))
    files = [_url(chunk["file"]) for chunk in chunks]
    return Built(files[-1], tuple(styles), tuple(files[:-1]))


def _is_entry(key: str, chunk: dict[str, Any], face: str) -> bool:
    return bool(chunk.get("isEntry")) and (chunk.get("name") == face or f"/{face}/" in key)


def _collect(manifest: dict[str, Any], key: str, needed: dict[str, None], seen: set[str]) -> None:
    """A chunk and what it imports, imported ones first, as the cascade of their styles needs them."""
    if key in seen:
        return
    seen.add(key)
    for imported in manifest[key].get("imports", ()):
        _collect(manifest, imported, needed, seen)
    needed[key] = None


def _url(file: str) -> str:
    return f"/static/dist/{file}"


@lru_cache(maxsize=8)
def _json(path: Path, _written: int) -> Any:
    """A built JSON file; read again when it was written again."""
    return json.loads(path.read_text(encoding="utf-8"))
