"""Rules as a page or a program sends them: checked, or refused with codes that say what to change. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any, get_type_hints

from annotated_types import Ge, Le
from pydantic import BaseModel, ValidationError

from wall.errors import BadInput
from wall.model import Mode, at_border, fold_hashtag
from wall.moderation.authors import author_line, in_both
from wall.moderation.links import host_of
from wall.moderation.patterns import PATTERNS_LIMIT, BadPattern, Patterns, compiled
from wall.moderation.phones import is_region
from wall.moderation.rules import LINE_LIMIT, LINES_LIMIT, Flood, Lookalikes, Rules, pattern_of
from wall.moderation.terms import fold, tokens_of

NAMED_LINES = 20
"""Lines that one error names."""

Places = dict[str, int]
"""The lines of a list as they are kept → the number, from 1, of the first line as sent that says so."""


@dataclass(frozen=True)
class Problem:
    """Why rules cannot be used: a code of `codes.PROBLEMS` and its parameters.

    `field` is a rule, or `flood.posts` for a part of one; `rules` for all of them. `line` counts the
    lines of a list from 1, as they were sent; None for a problem of the field as a whole.
    """

    field: str
    code: str
    line: int | None = None
    params: Mapping[str, int | str] = made(default_factory=dict)


class BadRules(BadInput):
    """Rules that cannot be used. All problems are of one field; lines are in their order."""

    code = "bad_rules"
    problems: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, *problems: Problem) -> BadRules:
        """The error of these problems, of which there is at least one."""
        first = problems[0]
        error = cls("These rules cannot be used.", field=first.field, code=first.code)
        error.problems = problems
        return error


class _BadLine(Exception):
    def __init__(self, code: str, **params: int | str) -> None:
        super().__init__(code)
        self.code, self.params = code, params


def check_rules(data: object, own_tags: Iterable[str] = ()) -> Rules:
    """The rules of an event from what was sent; fields that were not sent have their defaults.

    A list is an array of strings, or one string with a line for each. Blank lines and repeated ones
    are dropped. `own_tags` are the event's hashtags. Raises BadRules. A list of 50,000 lines takes
    about half a second.
    """
    if not isinstance(data, Mapping):
        raise _refused("rules", "not_fields")
    given, places = dict(data), dict[str, Places]()
    for name, check in _LISTS.items():
        if name in given and not (name == "links" and given[name] in ("allow", "hold")):
            places[name] = _checked_lines(name, given[name], check)
            given[name] = tuple(places[name])
    try:
        rules = Rules.model_validate(given)
    except ValidationError as error:
        raise BadRules.of(_first_problem(error)) from None
    _check_patterns(rules)
    _check_words(rules, places)
    _check_tags(rules, places, own_tags)
    check_authors(rules, places)
    if not all(map(is_region, rules.regions)):
        raise _refused("regions", "not_a_country")
    return rules


def check_authors(rules: Rules, places: Mapping[str, Places] | None = None) -> None:
    """Whether the lists of authors are short enough and do not contradict each other or the mode.

    Raises BadRules. `places` are those of the lines as they were sent; without them, as they are kept.
    """
    trusted, blocked = (_places(rules, name, places or {}) for name in ("trusted", "blocked"))
    for name, lines in (("trusted", trusted), ("blocked", blocked)):
        _check_length(name, len(lines))
    both = in_both(trusted, blocked)
    found = [
        _contradiction("trusted", trusted[line], "trusted_and_blocked", "blocked", blocked[other])
        for line, other in both.items()
    ]
    if found:
        raise BadRules.of(*found)
    if rules.mode is Mode.TRUSTED and not rules.trusted:
        raise _refused("trusted", "nobody_trusted")


def _checked_lines(name: str, value: Any, check: Callable[[str], str]) -> Places:
    lines = value.splitlines() if isinstance(value, str) else value
    if not isinstance(lines, list | tuple) or not all(isinstance(line, str) for line in lines):
        raise _refused(name, "not_lines")
    typed: Places = {}
    for number, line in enumerate(lines, 1):
        if written := at_border(line).strip():
            typed.setdefault(written, number)
    _check_length(name, len(typed))
    if name == "words":
        _check_count(typed)
    kept: Places = {}
    problems: list[Problem] = []
    for written, number in typed.items():
        try:
            kept.setdefault(_checked(written, check), number)
        except _BadLine as bad:
            problems.append(Problem(name, bad.code, number, bad.params))
    if problems:
        raise BadRules.of(*problems)
    return kept


def _checked(written: str, check: Callable[[str], str]) -> str:
    if len(written) > LINE_LIMIT:
        raise _BadLine("too_long", most=LINE_LIMIT)
    return check(written)


def _check_length(name: str, lines: int) -> None:
    if lines > LINES_LIMIT:
        raise _refused(name, "too_many_lines", lines=lines, most=LINES_LIMIT)


def _check_count(words: Iterable[str]) -> None:
    patterns = sum(pattern_of(line) is not None for line in words)
    if patterns > PATTERNS_LIMIT:
        raise _refused("words", "too_many_patterns", patterns=patterns, most=PATTERNS_LIMIT)


def _word(line: str) -> str:
    pattern = pattern_of(line)
    if pattern is None:
        return _term(line)
    try:
        compiled(pattern)
    except BadPattern as error:
        raise _BadLine(error.code) from None
    return line


def _term(line: str) -> str:
    if not tokens_of(line):
        raise _BadLine("nothing_to_find")
    return line


def _author(line: str) -> str:
    if (author := author_line(line)) is None:
        raise _BadLine("not_an_author")
    return author


def _tag(line: str) -> str:
    tag = fold_hashtag(line)
    if not tag or any(char.isspace() for char in tag):
        raise _BadLine("not_a_hashtag")
    return tag


def _host(line: str) -> str:
    if (host := host_of(line)) is None:
        raise _BadLine("not_a_site")
    return host


_LISTS: dict[str, Callable[[str], str]] = {
    "words": _word,
    "never_hold": _term,
    "trusted": _author,
    "blocked": _author,
    "foreign_tags": _tag,
    "links": _host,
}


def _check_patterns(rules: Rules) -> None:
    try:
        Patterns(pattern for line in rules.words if (pattern := pattern_of(line)) is not None)
    except BadPattern as error:
        raise _refused("words", error.code) from None


def _check_words(rules: Rules, places: Mapping[str, Places]) -> None:
    never = {tokens_of(line): number for line, number in _places(rules, "never_hold", places).items()}
    if not never:
        return
    found = [
        _contradiction("words", number, "held_and_never_held", "never_hold", never[tokens])
        for line, number in _places(rules, "words", places).items()
        if pattern_of(line) is None and (tokens := tokens_of(line)) in never
    ]
    if found:
        raise BadRules.of(*found)


def _check_tags(rules: Rules, places: Mapping[str, Places], own_tags: Iterable[str]) -> None:
    own = {fold_hashtag(tag) for tag in own_tags}
    lines = _places(rules, "foreign_tags", places)
    if found := [Problem("foreign_tags", "own_hashtag", lines[tag]) for tag in lines if tag in own]:
        raise BadRules.of(*found)


def _places(rules: Rules, name: str, places: Mapping[str, Places]) -> Places:
    """Where the lines of a list were sent; where they stand in it, for a list that was not sent."""
    return places.get(name) or {line: number for number, line in enumerate(getattr(rules, name), 1)}


def _contradiction(name: str, line: int, code: str, other: str, other_line: int) -> Problem:
    return Problem(name, code, line, {"other": other, "other_line": other_line})


def _refused(name: str, code: str, **params: int | str) -> BadRules:
    return BadRules.of(Problem(name, code, None, params))


def _first_problem(error: ValidationError) -> Problem:
    """A field of ours, and what is wrong with it. What was sent is not repeated."""
    problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
    named = [part for part in problem["loc"] if isinstance(part, str)]
    if problem["type"] == "extra_forbidden":
        if len(named) > 1:
            return Problem(named[0], "unknown_part")
        return Problem("rules", "unknown_field", None, {"fields": ", ".join(Rules.model_fields)})
    known = ".".join(part for part in named if fold(part).isidentifier()) or "rules"
    if known in _BETWEEN:
        return Problem(known, "not_between", None, _BETWEEN[known])
    return Problem(known, _OF_FIELDS.get(known, "unusable"))


def _between(name: str, model: type[BaseModel]) -> dict[str, dict[str, int | str]]:
    """The bounds of a model's numbers, by `{name}.{field}`."""
    return {f"{name}.{part}": _bounds(info.metadata) for part, info in model.model_fields.items()}


def _bounds(metadata: Sequence[Any]) -> dict[str, int | str]:
    least = next(one.ge for one in metadata if isinstance(one, Ge))
    most = next(one.le for one in metadata if isinstance(one, Le))
    return {"least": int(str(least)), "most": int(str(most))}


_BETWEEN = _between("flood", Flood) | _between("lookalikes", Lookalikes)
_OF_FIELDS = {
    "mode": "no_such_mode",
    "regions": "not_a_country",
    **{name: "not_yes_or_no" for name, kind in get_type_hints(Rules).items() if kind is bool},
}
