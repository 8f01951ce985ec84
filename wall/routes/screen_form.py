"""The form of a screen: what it is called, where it stands and what it plays, as it was typed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from pydantic import ValidationError

from wall.display import Screen


@dataclass(frozen=True)
class TypedScreen:
    """What stands in the fields. `room` and `scene` are ids; empty: none, and the default one."""

    name: str = ""
    room: str = ""
    scene: str = ""
    distance_m: str = ""
    diagonal_in: str = ""

    @classmethod
    def of(cls, screen: Screen) -> Self:
        """The form filled with a screen."""
        return cls(
            screen.name,
            screen.room_id or "",
            screen.scene_id or "",
            f"{screen.distance_m:g}",
            f"{screen.diagonal_in:g}",
        )

    @classmethod
    def read(cls, form: Mapping[str, str]) -> Self:
        """The form as it was sent."""
        return cls(**{field.name: form.get(field.name, "").strip() for field in fields(cls)})

    def data(self) -> dict[str, Any]:
        """What commands check: no room and no scene are null, a decimal comma is a point."""
        numbers = {name: getattr(self, name).replace(",", ".") for name in ("distance_m", "diagonal_in")}
        return asdict(self) | numbers | {"room": self.room or None, "scene": self.scene or None}


def wrong_fields(error: ValidationError) -> frozenset[str]:
    """The fields that cannot be used, each once: `name`, `steps.2.seconds`."""
    return frozenset(".".join(str(part) for part in problem["loc"]) for problem in error.errors())
