"""Scenes: made, edited, removed, and carried from one event to another as a file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from wall.display import DEFAULT_SCENE, MOST_STEPS, Look, Policy, Scene, Step, Theme, Warnings
from wall.entries import display_kinds
from wall.errors import BadInput, Refused
from wall.journal import Tx
from wall.model import Frozen, new_id
from wall.screens.typed import Name, Version, Words, differing, require_version, scene_of
from wall.store import scenes, screens

FILE_VERSION = 1
MOST_SCENES = 50
"""Scenes of one event: every reader holds all of them."""


class NewStep(Step):
    """One step of a scene, as somebody wrote it."""

    words: Words = ""


NewSteps = Annotated[tuple[NewStep, ...], Field(min_length=1, max_length=MOST_STEPS)]


class NewScene(Look):
    """A scene to make."""

    name: Name
    steps: NewSteps


class SceneChange(Frozen):
    """What to change in a scene that was looked at as `version`."""

    version: Version
    name: Name | None = None
    theme: Theme | None = None
    policy: Policy | None = None
    warnings: Warnings | None = None
    alt: bool | None = None
    join: bool | None = None
    drift: bool | None = None
    steps: NewSteps | None = None


class SceneFile(NewScene):
    """A scene as a file: everything that it looks like, and nothing of its event."""

    backchannel_scene: Literal[1]

    @model_validator(mode="before")
    @classmethod
    def _of_this_version(cls, given: Any) -> Any:
        """Raise BadInput for a file of another version, whatever else is in it."""
        version = given.get("backchannel_scene") if isinstance(given, dict) else None
        if isinstance(version, int) and version != FILE_VERSION:
            raise BadInput(
                f"This scene file is of version {version}; this server reads version {FILE_VERSION}.",
                remedy="Export the scene again from a server of the same version as this one.",
                field="backchannel_scene",
            )
        return given


def add(tx: Tx, new: Look) -> dict[str, Any]:
    """Make a scene. Raises Refused for one too many."""
    if len(scenes.listed(tx.conn, tx.event.id)) >= MOST_SCENES:
        raise Refused(
            f"An event has at most {MOST_SCENES} scenes.", remedy="Remove one that no screen plays."
        )
    scene = Scene(id=new_id(), event_id=tx.event.id, **_look(new), version=1)
    scenes.add(tx.conn, scene)
    tx.append(display_kinds.SceneAdded(), ("scene", scene.id))
    return _scene(scene)


def change(tx: Tx, scene_id: str, change: SceneChange) -> dict[str, Any]:
    """Edit a scene; every screen that plays it follows. Raises NotFound, Stale, BadInput."""
    scene = scene_of(tx, scene_id)
    require_version(scene, change.version)
    given = {name: getattr(change, name) for name in change.model_fields_set - {"version"}}
    given = {name: value for name, value in given.items() if value is not None}
    if "steps" in given:
        given["steps"] = _steps(given["steps"])
    fields = differing(scene, given)
    if fields:
        scene = scene.model_copy(update={**fields, "version": scene.version + 1})
        scenes.save(tx.conn, scene)
        tx.append(display_kinds.SceneChanged(fields=tuple(sorted(fields))), ("scene", scene.id))
    return _scene(scene)


def remove(tx: Tx, scene_id: str) -> dict[str, Any]:
    """Remove a scene that no screen plays. Raises NotFound, Refused."""
    scene = scene_of(tx, scene_id)
    if scene.id == DEFAULT_SCENE:
        raise Refused("The default scene stays.", remedy="Change it instead.")
    playing = [one.id for one in screens.listed(tx.conn, tx.event.id) if one.scene_id == scene.id]
    if playing:
        raise Refused("Screens play this scene.", remedy="Give them another scene first.", screens=playing)
    scenes.remove(tx.conn, scene)
    tx.append(display_kinds.SceneRemoved(), ("scene", scene.id))
    return _scene(scene)


def file_of(scene: Scene) -> dict[str, Any]:
    """A scene as a file. The built-in one has no name, and what is made from its file needs one."""
    look = scene.model_dump(mode="json", include=set(Look.model_fields))
    return {"backchannel_scene": FILE_VERSION, **look, "name": scene.name or scene.id}


def _look(new: Look) -> dict[str, Any]:
    look = {name: getattr(new, name) for name in Look.model_fields}
    return look | {"steps": _steps(new.steps)}


def _steps(given: tuple[Step, ...]) -> tuple[Step, ...]:
    """Steps as they are stored, so that they compare."""
    return tuple(Step(**one.model_dump()) for one in given)


def _scene(scene: Scene) -> dict[str, Any]:
    return {"scene": scene.id, "version": scene.version}
