"""The form of an event's look, and the address of a try: colours as they were typed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from pydantic import ValidationError

from wall.display import Theme
from wall.look import Colours, EventLook

FIELDS = tuple(Colours.model_fields)
THEMES = tuple(theme.value for theme in Theme)


@dataclass(frozen=True)
class TypedLook:
    """What stands in the fields: by theme and colour; "" is ours."""

    colours: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    variable: bool = False

    @classmethod
    def of(cls, look: EventLook) -> Self:
        """The form filled with a look."""
        chosen = {theme.value: look.of(theme).model_dump() for theme in Theme}
        said = {theme: {name: value or "" for name, value in one.items()} for theme, one in chosen.items()}
        return cls(said, look.variable)

    @classmethod
    def read(cls, form: Mapping[str, str]) -> Self:
        """The form as it was sent: fields are called `dark-accent`."""
        said = {
            theme: {name: _tidied(form.get(f"{theme}-{name}", "")) for name in FIELDS} for theme in THEMES
        }
        return cls(said, "variable" in form)

    def data(self) -> dict[str, Any]:
        """What commands check."""
        chosen = {
            theme: {name: value or None for name, value in one.items()}
            for theme, one in self.colours.items()
        }
        return chosen | {"variable": self.variable}

    def tried(self, stored: EventLook) -> EventLook:
        """The look that these fields would make of a stored one; a colour that is none is ours."""
        found = {theme: Colours(**_usable(self.colours.get(theme, {}))) for theme in THEMES}
        return stored.model_copy(update=found | {"variable": self.variable})


def _usable(typed: Mapping[str, str]) -> dict[str, str]:
    usable = {}
    for name, value in typed.items():
        try:
            usable[name] = str(getattr(Colours(**{name: value}), name))
        except ValidationError:
            continue
    return usable


def _tidied(typed: str) -> str:
    """A colour as it is stored: small letters, six digits and a #, however it was typed."""
    value = typed.strip().lower()
    digits = value.removeprefix("#")
    if len(digits) == 3 and all(one in "0123456789abcdef" for one in digits):
        digits = "".join(one * 2 for one in digits)
    return f"#{digits}" if len(digits) == 6 else value
