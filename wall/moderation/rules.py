"""An event's rules for posts: what an organiser sets, as it is stored and sent. Pure.

`Rules` is what is stored: reading it back costs little. `check_rules` is what everything that a
person or a program sends goes through: it says in words what is wrong, line by line.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from wall.model import Frozen, Mode
from wall.moderation.vocabulary import STARTER_WORDS

LINES_LIMIT = 50_000
"""Most lines of one list."""

LINE_LIMIT = 200
"""Longest line of a list, in code points."""

Line = Annotated[str, StringConstraints(min_length=1, max_length=LINE_LIMIT)]
Lines = tuple[Line, ...]


class Flood(Frozen):
    """More than `posts` posts of one author within `minutes` wait, by the time they were posted."""

    posts: Annotated[int, Field(ge=1, le=1_000)] = 6
    minutes: Annotated[int, Field(ge=1, le=1_440)] = 2


class Lookalikes(Frozen):
    """The same text from `authors` or more different authors within `minutes` waits."""

    authors: Annotated[int, Field(ge=2, le=1_000)] = 4
    minutes: Annotated[int, Field(ge=1, le=1_440)] = 30


class Rules(Frozen):
    """What an event holds back, and whom it lets pass.

    `words`: one plain word or phrase, or one `/pattern/` in RE2, per line; plain ones match whole
    words without regard to case and accents. `never_hold`: terms that no line of `words` can hold,
    besides the clinical vocabulary. `trusted` and `blocked`: `@handle`, `network:@handle` or
    `network:key`. `links`: all pass, all wait, or only those to these hosts and their subdomains
    pass. `foreign_tags`: hashtags of other events, folded. `regions`: ISO 3166 codes of the countries
    whose telephone numbers are read without `+`. None for `flood` or `lookalikes`: not looked for.
    """

    mode: Mode = Mode.PRE
    hold_images: bool = True
    hold_warnings: bool = True
    hold_sensitive: bool = True
    links: Literal["allow", "hold"] | Lines = "allow"
    words: Lines = STARTER_WORDS
    never_hold: Lines = ()
    trusted: Lines = ()
    blocked: Lines = ()
    flood: Flood | None = Flood()
    lookalikes: Lookalikes | None = Lookalikes()
    foreign_tags: Lines = ()
    identifiers: bool = True
    regions: tuple[Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")], ...] = ("CA", "GB", "FR", "AU")


def pattern_of(line: str) -> str | None:
    """The RE2 pattern of a line of `words`; None for a plain word."""
    return line[1:-1] if len(line) > 2 and line[0] == line[-1] == "/" else None
