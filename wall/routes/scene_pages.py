"""`/scenes/{slug}`: an event's scenes, the editor of each with a preview, and the files they travel in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from wall.access import Access, may
from wall.display import DEFAULT_SCENE, MOST_STEPS, Layout, Policy, Scene, Theme, Warnings
from wall.errors import BadInput, CauseReused, NotFound, Refused, Stale
from wall.routes import Asking, AskingHere
from wall.routes.commands import IdHere, command_body
from wall.routes.forms import file_of_form, form_of, new_cause
from wall.routes.scene_form import MOST_FIELDS, TypedScene
from wall.routes.screen_form import wrong_fields
from wall.routes.security import FRAMING
from wall.routes.words import Views
from wall.screens import scenes as commands
from wall.screens.scenes import NewScene, SceneChange, SceneFile
from wall.store import scenes, screens

SCENE_PATHS = r"/scenes/[^/]+/[^/]+"
"""The paths, whole, to which scenes are sent."""
SCENE_BODY_BYTES = 256 * 1024
"""Largest scene: twenty steps with 300 letters of words each, percent-encoded."""
NEW = "new"
"""Stands for the id of a scene that is yet to be made."""


class ScenePages:
    """The list, the editor, and files in and out."""

    def __init__(self, access: Access, views: Views) -> None:
        self._journal = access.journal
        self._views = views
        self.router = APIRouter(prefix="/scenes/{slug}", include_in_schema=False)
        add = self.router.add_api_route
        add("", self.listed, methods=["GET", "HEAD"])
        add("/file", self.take_in, methods=["POST"])
        add("/{scene_id}", self.show, methods=["GET", "HEAD"])
        add("/{scene_id}", self.save, methods=["POST"])
        add("/{scene_id}/remove", self.remove, methods=["POST"])
        add("/{scene_id}/file", self.file, methods=["GET"])

    async def listed(self, asking: AskingHere, request: Request, did: str = "") -> Response:
        """All scenes, with the screens that play each."""
        asking.require("scenes.change")
        return await self._list(asking, request, did=did if did in {"saved", "removed"} else "")

    async def show(self, scene_id: IdHere, asking: AskingHere, request: Request) -> Response:
        """A scene in its form, or an empty one."""
        asking.require("scenes.change")
        if scene_id == NEW:
            return self._page(asking, request, None, TypedScene())
        scene = await self._scene(asking, scene_id)
        return self._page(asking, request, scene, TypedScene.of(scene))

    async def save(self, scene_id: IdHere, asking: AskingHere, request: Request) -> Response:
        """Make or edit a scene. A row's button, or what cannot be used, gives back what was typed."""
        asking.require("scenes.change")
        form = await form_of(request, most=MOST_FIELDS)
        typed = TypedScene.read(form)
        scene = None if scene_id == NEW else await self._scene(asking, scene_id)
        if order := form.get("do", ""):
            return self._page(asking, request, scene, typed.arranged(order), version=form.get("version"))
        try:
            await self._save(asking, request, scene, typed, form)
        except ValidationError as error:
            wrong, status = wrong_fields(error), 422
        except (Stale, CauseReused):
            return self._page(asking, request, scene, typed, wrong=frozenset({"stale"}), status=409)
        except Refused:
            wrong, status = frozenset({"many"}), 409
        else:
            return RedirectResponse(f"/scenes/{asking.event.slug}?did=saved", 303)
        version = form.get("version")
        return self._page(asking, request, scene, typed, wrong=wrong, status=status, version=version)

    async def remove(self, scene_id: IdHere, asking: AskingHere, request: Request) -> Response:
        """Remove a scene that no screen plays."""
        asking.require("scenes.change")
        form = await form_of(request)
        try:
            await self._journal.command(
                asking.event.id,
                asking.actor,
                lambda tx: commands.remove(tx, scene_id),
                cause=form.get("cause") or None,
                body=await command_body(request),
            )
        except Refused:
            return await self._list(asking, request, wrong="plays", status=409)
        return RedirectResponse(f"/scenes/{asking.event.slug}?did=removed", 303)

    async def file(self, scene_id: IdHere, asking: AskingHere) -> Response:
        """A scene as a file to keep."""
        asking.require("scenes.change")
        scene = await self._scene(asking, scene_id)
        name = re.sub(r"[^a-z0-9]+", "-", scene.name.lower()).strip("-") or "scene"
        body = json.dumps(commands.file_of(scene), ensure_ascii=False, indent=2) + "\n"
        headers = {"Content-Disposition": f'attachment; filename="{name}.scene.json"'}
        return Response(body, media_type="application/json", headers=headers)

    async def take_in(self, asking: AskingHere, request: Request) -> Response:
        """Make a scene from a file."""
        asking.require("scenes.change")
        try:
            file = SceneFile.model_validate(json.loads(await file_of_form(request, "file")))
            await self._journal.command(asking.event.id, asking.actor, lambda tx: commands.add(tx, file))
        except BadInput:
            return await self._list(asking, request, wrong="version", status=422)
        except (ValueError, RecursionError):
            return await self._list(asking, request, wrong="file", status=422)
        except Refused:
            return await self._list(asking, request, wrong="many", status=409)
        return RedirectResponse(f"/scenes/{asking.event.slug}?did=saved", 303)

    async def _save(
        self,
        asking: Asking,
        request: Request,
        scene: Scene | None,
        typed: TypedScene,
        form: Mapping[str, str],
    ) -> None:
        """Raises ValidationError, Stale, CauseReused, Refused."""
        data = typed.data()
        if scene is None:
            new = NewScene.model_validate(data)
            await self._run(asking, request, form, lambda tx: commands.add(tx, new))
            return
        if scene.id == DEFAULT_SCENE and not data["name"]:
            # The built-in scene has no name of its own until somebody gives it one.
            del data["name"]
        change = SceneChange.model_validate({"version": form.get("version", ""), **data})
        await self._run(asking, request, form, lambda tx: commands.change(tx, scene.id, change))

    async def _run(self, asking: Asking, request: Request, form: Mapping[str, str], fn: Any) -> None:
        await self._journal.command(
            asking.event.id,
            asking.actor,
            fn,
            cause=form.get("cause") or None,
            body=await command_body(request),
        )

    async def _scene(self, asking: Asking, scene_id: str) -> Scene:
        found = await self._journal.store.read(
            lambda conn: scenes.by_ids(conn, asking.event.id, {scene_id})
        )
        if scene_id not in found:
            raise NotFound("There is no such scene in this event.")
        return found[scene_id]

    async def _list(
        self, asking: Asking, request: Request, *, did: str = "", wrong: str = "", status: int = 200
    ) -> Response:
        known, paired = await self._journal.store.read(
            lambda conn: (scenes.listed(conn, asking.event.id), screens.listed(conn, asking.event.id))
        )
        playing = {
            scene.id: [one for one in paired if (one.scene_id or DEFAULT_SCENE) == scene.id]
            for scene in known
        }
        return self._views.page(
            request,
            "scenes.html",
            status=status,
            visitor=asking.visitor,
            event=asking.event,
            scenes=known,
            playing=playing,
            default=DEFAULT_SCENE,
            looks=may(asking.roles, "look.change"),
            did=did,
            wrong=wrong,
            new_cause=new_cause,
        )

    def _page(
        self,
        asking: Asking,
        request: Request,
        scene: Scene | None,
        typed: TypedScene,
        *,
        wrong: frozenset[str] = frozenset(),
        status: int = 200,
        version: str | None = None,
    ) -> Response:
        page = self._views.page(
            request,
            "scene.html",
            status=status,
            visitor=asking.visitor,
            event=asking.event,
            scene=scene,
            version=version or (scene.version if scene else 0),
            typed=typed,
            wrong=wrong,
            cause=new_cause(),
            layouts=tuple(Layout),
            themes=tuple(Theme),
            policies=tuple(Policy),
            warnings=tuple(Warnings),
            most=MOST_STEPS,
            default=DEFAULT_SCENE,
        )
        page.headers["Content-Security-Policy"] = FRAMING
        return page
