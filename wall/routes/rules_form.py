"""The form of the rules page: rules as text in fields, fields as rules that can be checked, and what is
wrong with them in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self

from wall.errors import BadInput
from wall.moderation import NAMED_LINES, BadRules, Flood, Lookalikes, Problem, Rules
from wall.routes.words import Words

_FLOOD, _ALIKE = Flood(), Lookalikes()


@dataclass(frozen=True)
class WrongLine:
    """A line as it was typed, what is wrong with it, and the line of another list that it contradicts."""

    number: int
    text: str
    why: str
    other: str = ""


@dataclass(frozen=True)
class Wrong:
    """Why the form cannot be used: the field, and either what is wrong with it or its lines.

    `more` counts the lines that have problems besides those that are named.
    """

    field: str
    message: str = ""
    lines: tuple[WrongLine, ...] = ()
    more: int = 0


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
        """The form as it was sent, line by line."""
        given: dict[str, Any] = {}
        for field in fields(cls):
            if field.type == "bool":
                given[field.name] = field.name in form
            elif field.name in _LISTS:
                given[field.name] = "\n".join(form.get(field.name, "").splitlines())
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
        different = [name for name in names if self._meant(name) != other._meant(name)]
        return tuple(dict.fromkeys(_RULES.get(name, name) for name in different))

    def wrong(self, error: BadRules, words: Words, lang: str) -> Wrong:
        """Why these fields cannot be used, in a language."""
        problems = error.problems
        rule = _rule(problems[0].field)
        if problems[0].line is None:
            return Wrong(rule, _sentence(problems[0], words, lang))
        named = tuple(self._line(problem, words, lang) for problem in problems[:NAMED_LINES])
        return Wrong(rule, lines=named, more=len(problems) - len(named))

    def _line(self, problem: Problem, words: Words, lang: str) -> WrongLine:
        params = problem.params
        other = self._typed(str(params["other"]), int(params["other_line"])) if "other" in params else ""
        number = problem.line or 0
        shown = dict(params) | ({"other": words.say(lang, f"rules.{params['other']}")} if other else {})
        why = _sentence(replace(problem, params=shown), words, lang)
        return WrongLine(number, self._typed(problem.field, number), why, other)

    def _typed(self, rule: str, number: int) -> str:
        """A line of a list as it was typed."""
        lines = getattr(self, "link_hosts" if rule == "links" else rule).split("\n")
        return str(lines[number - 1]).strip() if 0 < number <= len(lines) else ""

    def _meant(self, name: str) -> object:
        """A field's value; a list without what does not count."""
        value = getattr(self, name)
        return tuple(_lines(value)) if name in _LISTS else value


def in_words(error: BadRules, words: Words) -> BadInput:
    """What a program is told: codes, and what they mean in English. Lines are named as it sent them."""
    first, rest = error.problems[0], len(error.problems) - 1
    why = _sentence(first, words, _PROGRAMS)
    if first.line is None:
        return BadInput(f"'{first.field}': {why}", field=first.field, code=first.code, params=first.params)
    more = f" {words.say(_PROGRAMS, 'rules.wrong.more', count=rest)}" if rest else ""
    return BadInput(
        f"Line {first.line:,} of '{first.field}': {why}{more}",
        remedy="Correct the lines that are named and send the list again. Until then the old rules apply.",
        field=first.field,
        code=first.code,
        count=len(error.problems),
        lines=[
            {
                "line": problem.line,
                "code": problem.code,
                "params": problem.params,
                "problem": _sentence(problem, words, _PROGRAMS),
            }
            for problem in error.problems[:NAMED_LINES]
        ],
    )


def _sentence(problem: Problem, words: Words, lang: str) -> str:
    return words.say(lang, f"rules.problem.{problem.code}", **problem.params)


def _rule(field: str) -> str:
    return field.partition(".")[0]


_PROGRAMS = "en"
"""The language in which programs are told what is wrong."""

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
