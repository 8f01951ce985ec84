"""What is wrong now, told when it changes: a source says all of it each time, and only news comes out."""

from __future__ import annotations

from collections.abc import Iterable

from wall.feeds.base import Trouble


class Signs:
    """The troubles of one stream that stand. One of the same code at the same place is no news."""

    def __init__(self) -> None:
        self._standing: dict[str, str | None] = {}

    def change(self, wanted: Iterable[Trouble]) -> list[Trouble]:
        """What is to be told when exactly `wanted` is wrong: troubles that are new, then ends of others."""
        now = {trouble.where: trouble for trouble in wanted}
        before, self._standing = self._standing, {where: one.code for where, one in now.items()}
        ended = [Trouble(where, None) for where in before if where not in now]
        return [*(one for where, one in now.items() if before.get(where) != one.code), *ended]
