"""The form of a scene: its fields and the rows of its steps as they were typed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Self

from wall.display import MOST_STEPS, Layout, Look, Policy, Step, Theme, Warnings

_SWITCHES = ("alt", "join", "drift")
_CHOICES = ("theme", "policy", "warnings")
FIELDS_OF_A_STEP = 6
MOST_FIELDS = 20 + MOST_STEPS * FIELDS_OF_A_STEP
"""Fields of the largest form of a scene."""


@dataclass(frozen=True)
class TypedStep:
    """One row: numbers are as they were typed, no `fewer_than` is empty."""

    layout: str = Layout.COLUMNS.value
    seconds: str = "30"
    fewer_than: str = ""
    in_session: bool = False
    on_floor: bool = False
    words: str = ""

    @classmethod
    def of(cls, step: Step) -> Self:
        """The row filled with a step."""
        fewer = "" if step.fewer_than is None else str(step.fewer_than)
        return cls(step.layout.value, str(step.seconds), fewer, step.in_session, step.on_floor, step.words)

    @classmethod
    def read(cls, form: Mapping[str, str], number: int) -> Self:
        """The row with this number, as it was sent."""
        given: dict[str, Any] = {}
        for one in fields(cls):
            name = f"{one.name}-{number}"
            given[one.name] = name in form if one.type == "bool" else form.get(name, "").strip()
        return cls(**given)


@dataclass(frozen=True)
class TypedScene:
    """What stands in the fields."""

    name: str = ""
    theme: str = Theme.DARK.value
    policy: str = Policy.NEWEST.value
    warnings: str = Warnings.COVERED.value
    alt: bool = False
    join: bool = True
    drift: bool = True
    steps: tuple[TypedStep, ...] = field(default=(TypedStep(),))

    @classmethod
    def of(cls, look: Look) -> Self:
        """The form filled with a scene."""
        chosen = {name: getattr(look, name).value for name in _CHOICES}
        switched = {name: getattr(look, name) for name in _SWITCHES}
        return cls(name=look.name, **chosen, **switched, steps=tuple(map(TypedStep.of, look.steps)))

    @classmethod
    def read(cls, form: Mapping[str, str]) -> Self:
        """The form as it was sent; rows are those that have a layout."""
        rows = [number for number in range(MOST_STEPS) if f"layout-{number}" in form]
        given: dict[str, Any] = {name: form.get(name, "") for name in _CHOICES}
        given |= {name: name in form for name in _SWITCHES}
        steps = tuple(TypedStep.read(form, number) for number in rows)
        return cls(name=form.get("name", "").strip(), steps=steps, **given)

    def arranged(self, order: str) -> TypedScene:
        """After a button of a row: `add`, or `up`, `down` and `remove` with the row's number. One that
        cannot be done changes nothing."""
        verb, _, number = order.partition("-")
        rows, at = list(self.steps), int(number) if number.isascii() and number.isdecimal() else -1
        other = at - 1 if verb == "up" else at + 1
        if verb == "add" and len(rows) < MOST_STEPS:
            rows.append(TypedStep())
        elif 0 <= at < len(rows) and verb == "remove" and len(rows) > 1:
            del rows[at]
        elif verb in {"up", "down"} and 0 <= at < len(rows) and 0 <= other < len(rows):
            rows[at], rows[other] = rows[other], rows[at]
        return replace(self, steps=tuple(rows))

    def data(self) -> dict[str, Any]:
        """What commands check."""
        steps = [asdict(row) | {"fewer_than": row.fewer_than or None} for row in self.steps]
        return asdict(self) | {"steps": steps}
