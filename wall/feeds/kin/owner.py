"""What the owner of a token leaves out: whoever they mute or block, and languages that they did not choose.

A server shows its hashtags to a token as its owner would see them, so posts are missing from a wall of
which nobody knows. It is told as a trouble of the way `host account`, which stops nothing.

What the owner set is read where the token's scopes allow it. Where strangers may read the hashtag, what
they see and the token does not is counted. Languages are in no part of the API: `Hearing` tells them.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Mapping
from typing import Any

from wall.feeds.base import Trouble
from wall.feeds.kin.ids import order
from wall.feeds.kin.instance import About, Instance, id_in
from wall.feeds.kin.merge import Merge
from wall.feeds.kin.problems import understood
from wall.feeds.kin.rest import Rest
from wall.feeds.kin.signals import Signals
from wall.feeds.shapes.common import parts_of

PAGE = 40
"""Statuses that are compared: the newest of a hashtag."""

CERTAIN = 5
"""So many that only strangers see are asked for one by one: they may just be deleted."""

_LISTS = {
    "/api/v1/mutes": ("mutes {} account", "80"),
    "/api/v1/blocks": ("blocks {} account", "80"),
    "/api/v1/domain_blocks": ("blocks {} whole server", "200"),
}
"""Where what an owner left out is listed, what it is, and how many a page has at most."""

_FILTERS = ("/api/v2/filters", "/api/v1/filters")

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,60}")

REMEDY = (
    "Give a token of an account that mutes, blocks and filters nothing and chose no languages; one made "
    "for the event is best."
)


class Owner:
    """The account of one instance's token."""

    def __init__(
        self, instance: Instance, about: About, tags: tuple[str, ...], merge: Merge, signals: Signals
    ) -> None:
        self._instance = instance
        self._about = about
        self._tags = tags
        self._merge = merge
        self._signals = signals
        self._where = f"{instance.name} account"
        self._name: str | None = None
        self._lists: list[str] = []
        self._missing: list[str] = []
        self._closed: set[str] = set()
        """What this token may not ask for, or strangers may not."""
        self._told = ""

    async def run(self) -> None:
        """Look again and again, and tell when it changes. Raises what is a fault of the program."""
        wait = self._instance.times.owner_first
        while True:
            if await self._until(wait):
                with _passing():
                    self._name = self._name or await self._account()
                    self._lists = await self._listed()
                    self._missing = [one for tag in self._tags if (one := await self._left_out(tag))]
                wait = self._instance.times.owner
                if self._signals.hearing.languages:
                    self._signals.anew()
            await self._tell()

    async def _until(self, seconds: float) -> bool:
        """Wait for the next look. False: it is not due, and languages changed."""
        changed = self._signals.hearing.changed
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await changed.wait()
            changed.clear()
            return False
        return True

    async def _tell(self) -> None:
        said = self._words()
        if said != self._told:
            self._told = said
            await self._merge.trouble(Trouble(self._where, "owner_filters" if said else None, said))

    def _words(self) -> str:
        """What an organiser should know; empty where nothing is left out."""
        who = f"The account of its token ({self._name})" if self._name else "The account of its token"
        said = [f"{who} {_joined(self._lists)}: such posts do not come."] if self._lists else []
        said += [f"{one}: {who[0].lower()}{who[1:]} leaves them out." for one in self._missing]
        if languages := self._signals.hearing.languages:
            named = _joined([one or "no language" for one in languages])
            said.append(
                f"Its stream leaves out posts in {named}, as if {who[0].lower()}{who[1:]} had chosen other "
                "languages (Preferences → Other); they come later, by polling."
            )
        return " ".join([*said, REMEDY]) if said else ""

    async def _account(self) -> str | None:
        said = await self._asked("/api/v1/accounts/verify_credentials")
        name = said.get("username") if isinstance(said, dict) else None
        return f"@{name}" if isinstance(name, str) and _NAME.fullmatch(name) else None

    async def _listed(self) -> list[str]:
        """What the owner set, as far as this token may know."""
        found: list[str] = []
        for path, (words, most) in _LISTS.items():
            said = await self._asked(path, {"limit": most})
            if isinstance(said, list) and said:
                found.append(_counted(words, len(said), int(most)))
        if self._about.software.drops_words and (filters := await self._filters()):
            found.append(_counted("filters posts by {} phrase", filters))
        return found

    async def _filters(self) -> int:
        for path in _FILTERS:
            said = await self._asked(path)
            if isinstance(said, list):
                return sum(_drops(one) for one in parts_of(said))
        return 0

    async def _left_out(self, tag: str) -> str:
        """What strangers see of a hashtag, and this token does not; empty for nothing."""
        path = f"/api/v1/timelines/tag/{tag}"
        if path in self._closed:
            return ""
        params = {**self._about.page_params, "limit": str(PAGE)}
        strangers = Rest(self._instance.config.model_copy(update={"token": None}), self._instance.times)
        try:
            theirs = _ids(await strangers.get_if_allowed(path, params))
            if theirs is None:
                self._closed.add(path)
                return ""
            ours = _ids(await self._instance.rest.get_if_allowed(path, params))
            missing = [] if ours is None else _missing(theirs, ours)
            there = [one for one in missing[:CERTAIN] if await _is_there(strangers, one)]
        finally:
            await strangers.aclose()
        if not there:
            return ""
        number = len(there) if len(missing) <= CERTAIN else len(missing)
        return f"Strangers see {_counted('{} post', number)} under #{tag} that do not come with the token"

    async def _asked(self, path: str, params: Mapping[str, str] | None = None) -> Any | None:
        """What an owner's page says; what was refused once is not asked for again: scopes do not change."""
        if path in self._closed:
            return None
        said = await self._instance.rest.get_if_allowed(path, params)
        if said is None:
            self._closed.add(path)
        return said


@contextlib.contextmanager
def _passing() -> Any:
    """What passes by itself is told by the timelines: what was known of the owner holds meanwhile."""
    try:
        yield
    except Exception as problem:
        if understood(problem) is None:
            raise


def _ids(page: Any) -> list[str] | None:
    """The ids of a page of statuses, None where it is none."""
    return [one for status in parts_of(page) if (one := id_in(status))] if isinstance(page, list) else None


def _missing(theirs: list[str], ours: list[str]) -> list[str]:
    """What strangers see and a token does not, as far back as both pages reach."""
    oldest = min(map(order, ours), default=order("")) if len(ours) >= PAGE else order("")
    return [one for one in theirs if one not in ours and order(one) > oldest]


async def _is_there(rest: Rest, local_id: str) -> bool:
    return await rest.get_if_allowed(f"/api/v1/statuses/{local_id}") is not None


def _drops(one: Mapping[str, Any]) -> bool:
    """Whether a filter leaves posts out where hashtags are read: of the second API, or of the first."""
    hides = one.get("filter_action") == "hide" or one.get("irreversible") is True
    context = one.get("context")
    return hides and isinstance(context, list) and "public" in context


def _counted(words: str, number: int, most: int = 0) -> str:
    """`{} account` as `1 account` or `3 accounts`; `80 or more` where a page is full."""
    said = f"{number} or more" if most and number >= most else str(number)
    return words.format(said) + ("s" if number != 1 else "")


def _joined(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
