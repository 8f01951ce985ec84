"""Checks of posts and themes on walls, as readers hold them. These models are the wire's values."""

from __future__ import annotations

from typing import Literal

from wall.codebook import Checked
from wall.entries.audience import PUBLIC, visible
from wall.entries.cards import PostValue, card
from wall.model import Frozen
from wall.parallel import StoredTheme


class CheckMark(Frozen):
    """One finding: how a claim stands, and where that can be read. `host` is what a wall writes of it."""

    code: Literal["supported", "disputed", "corrected"]
    host: str
    url: str


class CheckValue(Frozen):
    """`check`: what was found about the claims of a post; its id is the post's."""

    id: str
    checks: tuple[CheckMark, ...]
    version: int


def check_value(checked: Checked) -> CheckValue:
    """What was found about a post, for everybody who may see it."""
    marks = tuple(CheckMark(code=one.code.value, host=one.host, url=one.url) for one in checked.checks)
    return CheckValue(id=checked.stored.id, checks=marks, version=checked.version)


class ThemeValue(Frozen):
    """`theme`: what points have in common, while a scene of the event shows themes; its id is its tag's.

    `points` are of it; `posts` are the newest of two of them. `colour` is one of the six tints.
    """

    id: str
    name: str
    colour: int
    position: int
    points: int
    posts: tuple[PostValue, ...]
    version: int


def theme_value(theme: StoredTheme) -> ThemeValue:
    """A theme, for everybody."""
    tag = theme.tag
    return ThemeValue(
        id=tag.id,
        name=tag.name,
        colour=tag.colour,
        position=tag.position,
        points=theme.points,
        posts=tuple(card(one, staff=False) for one in theme.posts if visible(one, PUBLIC)),
        version=tag.version,
    )
