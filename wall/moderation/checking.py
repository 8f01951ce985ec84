"""Rules as a page or a program sends them: checked, or refused with words that say what to change. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from pydantic import ValidationError

from wall.errors import BadInput
from wall.model import Mode, at_border, fold_hashtag
from wall.moderation.authors import author_line, in_both
from wall.moderation.links import host_of
from wall.moderation.patterns import PATTERNS_LIMIT, BadPattern, Patterns, compiled
from wall.moderation.phones import is_region
from wall.moderation.rules import LINE_LIMIT, LINES_LIMIT, Rules, pattern_of
from wall.moderation.terms import Terms, fold, tokens_of

_NAMED_LINES = 20
"""Lines that one error names."""

_Check = Callable[[str], tuple[str | None, str]]
"""A line → the line as it is kept (None: refused), and why it is refused."""


def check_rules(data: object, own_tags: Iterable[str] = ()) -> Rules:
    """The rules of an event from what was sent; fields that were not sent have their defaults.

    A list is an array of strings, or one string with a line for each. Blank lines and repeated ones
    are dropped. `own_tags` are the event's hashtags. Raises BadInput: `details` has `field`, and
    `lines` with the number (from 1) and the problem of at most twenty lines.
    """
    if not isinstance(data, Mapping):
        _refuse("rules", "must be an object with named fields.")
    given = dict(data)
    for field, check in _LISTS.items():
        if field in given:
            given[field] = _checked_lines(field, given[field], check)
    if "links" in given and given["links"] not in ("allow", "hold"):
        given["links"] = _checked_lines("links", given["links"], _host)
    try:
        rules = Rules.model_validate(given)
    except ValidationError as error:
        _refuse(*_first_problem(error))
    _check_patterns(rules)
    _check_contradictions(rules, own_tags)
    return rules


def _checked_lines(field: str, value: Any, check: _Check) -> tuple[str, ...]:
    lines = value.splitlines() if isinstance(value, str) else value
    if not isinstance(lines, list | tuple) or not all(isinstance(line, str) for line in lines):
        _refuse(field, "must be a list of lines.")
    _check_length(field, len(lines))
    kept: dict[str, None] = {}
    problems: list[dict[str, Any]] = []
    for number, line in enumerate(lines, 1):
        if written := at_border(line).strip():
            good, why = check(written) if len(written) <= LINE_LIMIT else (None, _TOO_LONG)
            if good is None:
                problems.append({"line": number, "problem": why})
            else:
                kept.setdefault(good)
    if problems:
        _refuse_lines(field, problems)
    return tuple(kept)


def _check_length(field: str, lines: int) -> None:
    if lines > LINES_LIMIT:
        raise BadInput(
            f"The list '{field}' has {lines:,} lines; there is room for {LINES_LIMIT:,}.",
            remedy="Shorten the list and send it again. The list before it is still in use.",
            field=field,
            lines=lines,
            most=LINES_LIMIT,
        )


_TOO_LONG = f"it is longer than {LINE_LIMIT} characters"


def _word(line: str) -> tuple[str | None, str]:
    pattern = pattern_of(line)
    if pattern is None:
        return _term(line)
    try:
        compiled(pattern)
    except BadPattern as error:
        return None, f"the pattern cannot be used: {error}"
    return line, ""


def _term(line: str) -> tuple[str | None, str]:
    return (line, "") if tokens_of(line) else (None, "it has no letter, digit or emoji to look for")


def _author(line: str) -> tuple[str | None, str]:
    return author_line(line), "write @name, or the network and a colon in front of an id, as in x:12345"


def _tag(line: str) -> tuple[str | None, str]:
    tag = fold_hashtag(line)
    return (tag, "") if tag and not any(char.isspace() for char in tag) else (None, "it is not one hashtag")


def _host(line: str) -> tuple[str | None, str]:
    return host_of(line), "it is not the name of a site, such as example.org"


_LISTS: dict[str, _Check] = {
    "words": _word,
    "never_hold": _term,
    "trusted": _author,
    "blocked": _author,
    "foreign_tags": _tag,
}


def _check_patterns(rules: Rules) -> None:
    patterns = [pattern for line in rules.words if (pattern := pattern_of(line)) is not None]
    if len(patterns) > PATTERNS_LIMIT:
        _refuse("words", f"has {len(patterns):,} patterns; there is room for {PATTERNS_LIMIT:,}.")
    try:
        Patterns(patterns)
    except BadPattern as error:
        _refuse("words", f"has patterns that cannot be used: {error}.")


def _check_contradictions(rules: Rules, own_tags: Iterable[str]) -> None:
    if both := in_both(rules.trusted, rules.blocked):
        _contradict("trusted", rules.trusted, both, "this author is blocked too")
    never = Terms(rules.never_hold)
    plain = [line for line in rules.words if pattern_of(line) is None]
    if both := [line for line in plain if line in never]:
        _contradict("words", rules.words, both, "it is among the words that are never held")
    own = {fold_hashtag(tag) for tag in own_tags}
    if both := [tag for tag in rules.foreign_tags if tag in own]:
        _contradict("foreign_tags", rules.foreign_tags, both, "it is a hashtag of this event")
    if rules.mode is Mode.TRUSTED and not rules.trusted:
        _refuse(
            "trusted",
            "is empty, but only trusted authors would be shown. Name one, or choose another mode.",
        )
    if unread := [region for region in rules.regions if not is_region(region)]:
        _refuse("regions", f"has {len(unread)} codes of no known country. Use two capitals, as in CA.")


def _contradict(field: str, kept: tuple[str, ...], lines: list[str], why: str) -> NoReturn:
    places = {line: number for number, line in enumerate(kept, 1)}
    _refuse_lines(field, [{"line": places[line], "problem": why} for line in lines])


def _refuse_lines(field: str, problems: list[dict[str, Any]]) -> NoReturn:
    first, more = problems[0], len(problems) - 1
    others = f" {more:,} more lines have problems." if more > 1 else " 1 more line has one." if more else ""
    raise BadInput(
        f"Line {first['line']:,} of '{field}': {first['problem']}.{others}",
        remedy="Correct the lines that are named and send the list again. Until then the old rules apply.",
        field=field,
        lines=problems[:_NAMED_LINES],
    )


def _refuse(field: str, problem: str) -> NoReturn:
    raise BadInput(f"'{field}' {problem}", field=field)


def _first_problem(error: ValidationError) -> tuple[str, str]:
    """A field of ours, and what is wrong with it. What was sent is not repeated."""
    problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
    named = [part for part in problem["loc"] if isinstance(part, str)]
    if problem["type"] == "extra_forbidden":
        if len(named) > 1:
            return named[0], "has a field that it cannot have."
        return "rules", f"may have these fields only: {', '.join(Rules.model_fields)}."
    field = ".".join(part for part in named if fold(part).isidentifier())
    return field or "rules", f"cannot be used: {problem['msg'][:1].lower()}{problem['msg'][1:]}."
