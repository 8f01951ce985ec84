"""Kinds of entries about recommended resources. Part of the catalogue in `kinds`."""

from __future__ import annotations

from typing import Literal

from wall.entries.data import Data


class ResourceAdded(Data):
    """Somebody of the staff recommended a resource."""

    kind: Literal["resource.added"] = "resource.added"


class ResourceChanged(Data):
    """A resource was edited; `fields` are the names of what changed."""

    kind: Literal["resource.changed"] = "resource.changed"
    fields: tuple[str, ...]


class ResourceWithdrawn(Data):
    """A resource is no longer recommended."""

    kind: Literal["resource.withdrawn"] = "resource.withdrawn"


ResourceData = ResourceAdded | ResourceChanged | ResourceWithdrawn
