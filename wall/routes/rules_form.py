"""The form of the rules page: rules as text in fields, and fields as rules that can be checked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from wall.errors import BadInput
from wall.moderation import Flood, Lookalikes, Rules

_FLOOD, _ALIKE = Flood(), Lookalikes()


@dataclass(frozen=True)
class Problem:
    """Why the form cannot be used: the field, and either lines (number, text, problem) or a message.

    `most` is set where a list is too long, and `count` is its length.
    """

    field: str
    message: str
    lines: tuple[tuple[int, str, str], ...] = ()
    count: int = 0
    most: int = 0


@dataclass(frozen=True)
class Typed:
    """What stands in the fields. Lists have one line each; numbers are as they were typed."""

    mode: str
    hold_images: bool
    hold_warnings: bool
    hold_sensitive: bool
    identifiers: bool
    links: str
    link_hosts: str
    words: str
    never_hold: str
    trusted: str
    blocked: str
    foreign_tags: str
    flood: bool
    flood_posts: str
    flood_minutes: str
    lookalikes: bool
    lookalikes_authors: str
    lookalikes_minutes: str
    regions: str

    @classmethod
    def of(cls, rules: Rules) -> Self:
        """The form filled with rules."""
        only = not isinstance(rules.links, str)
        flood, alike = rules.flood or _FLOOD, rules.lookalikes or _ALIKE
        return cls(
            mode=rules.mode.value,
            hold_images=rules.hold_images,
            hold_warnings=rules.hold_warnings,
            hold_sensitive=rules.hold_sensitive,
            identifiers=rules.identifiers,
            links="only" if only else str(rules.links),
            link_hosts="\n".join(rules.links) if only else "",
            words="\n".join(rules.words),
            never_hold="\n".join(rules.never_hold),
            trusted="\n".join(rules.trusted),
            blocked="\n".join(rules.blocked),
            foreign_tags="\n".join(rules.foreign_tags),
            flood=rules.flood is not None,
            flood_posts=str(flood.posts),
            flood_minutes=str(flood.minutes),
            lookalikes=rules.lookalikes is not None,
            lookalikes_authors=str(alike.authors),
            lookalikes_minutes=str(alike.minutes),
            regions=" ".join(rules.regions),
        )

    @classmethod
    def read(cls, form: Mapping[str, str]) -> Self:
        """The form as it was sent. Blank and repeated lines go, so that lines have one number."""
        given: dict[str, Any] = {}
        for field in fields(cls):
            if field.type == "bool":
                given[field.name] = field.name in form
            elif field.name in _LISTS:
                given[field.name] = "\n".join(_lines(form.get(field.name, "")))
            else:
                given[field.name] = form.get(field.name, "").strip()
        return cls(**given)

    def data(self) -> dict[str, Any]:
        """What `check_rules` checks."""
        flood = {"posts": self.flood_posts, "minutes": self.flood_minutes}
        alike = {"authors": self.lookalikes_authors, "minutes": self.lookalikes_minutes}
        lists = {name: getattr(self, name) for name in _LISTS if name != "link_hosts"}
        return {
            "mode": self.mode,
            "hold_images": self.hold_images,
            "hold_warnings": self.hold_warnings,
            "hold_sensitive": self.hold_sensitive,
            "identifiers": self.identifiers,
            "links": self.link_hosts.split("\n") if self.links == "only" else self.links,
            "flood": flood if self.flood else None,
            "lookalikes": alike if self.lookalikes else None,
            "regions": self.regions.replace(",", " ").upper().split(),
            **lists,
        }

    def differences(self, other: Typed) -> tuple[str, ...]:
        """Names of the rules in which two forms differ, in the order of the page."""
        names = (field.name for field in fields(self))
        different = [name for name in names if getattr(self, name) != getattr(other, name)]
        return tuple(dict.fromkeys(_RULES.get(name, name) for name in different))

    def problem(self, error: BadInput) -> Problem:
        """An error of `check_rules`, beside the field that it is about."""
        details = error.details
        field = str(details.get("field", "rules")).partition(".")[0]
        if "most" in details:
            return Problem(field, error.message, count=details["lines"], most=details["most"])
        typed = getattr(self, "link_hosts" if field == "links" else field, "")
        lines = typed.split("\n") if isinstance(typed, str) else []
        named = tuple(_named(details.get("lines", ()), lines))
        return Problem(field, error.message, named)


_LISTS = ("link_hosts", "words", "never_hold", "trusted", "blocked", "foreign_tags")
_RULES = {
    "link_hosts": "links",
    "flood_posts": "flood",
    "flood_minutes": "flood",
    "lookalikes_authors": "lookalikes",
    "lookalikes_minutes": "lookalikes",
}
"""Field → the rule that it is a part of, where the names differ."""


def _lines(text: str) -> Iterable[str]:
    return dict.fromkeys(line.strip() for line in text.splitlines() if line.strip())


def _named(problems: Iterable[Mapping[str, Any]], lines: list[str]) -> Iterable[tuple[int, str, str]]:
    for problem in problems:
        number = problem["line"]
        yield number, lines[number - 1] if number <= len(lines) else "", problem["problem"]
