"""Authors as rules name them: `@handle`, `network:@handle` or `network:key`. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from wall.model import Author
from wall.moderation.terms import fold

_NAMED = re.compile(r"(?:([a-z][a-z0-9-]{0,31}):)?(\S.*)", re.IGNORECASE | re.DOTALL)
_NO_NETWORKS = frozenset({"http", "https", "did", "at", "acct", "mailto"})
"""What keys begin with: the network was left out."""


def author_line(written: str) -> str | None:
    """A line that names an author, in its one form; None where it does not say whom.

    Handles are folded, keys are left as they are.
    """
    match = _NAMED.fullmatch(written.strip())
    if match is None:
        return None
    network, who = (match[1] or "").lower(), match[2]
    if network in _NO_NETWORKS:
        return None
    if not who.startswith("@"):
        return f"{network}:{who}" if network else None
    handle = _folded(who)
    if handle == "@":
        return None
    return f"{network}:{handle}" if network else handle


class Authors:
    """A list of authors, as lines in their one form."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = frozenset(lines)

    def __bool__(self) -> bool:
        return bool(self._lines)

    def has(self, network: str, author: Author) -> bool:
        """Whether this author is on the list, by key or by handle."""
        if not self._lines:
            return False
        handle = _folded(author.handle)
        lines = self._lines
        return handle in lines or f"{network}:{handle}" in lines or f"{network}:{author.key}" in lines


def in_both(one: Iterable[str], other: Iterable[str]) -> dict[str, str]:
    """Lines of `one` that name an author whom `other` names too, on any network where none is said:
    each with the line of `other`."""
    lines: dict[str, str] = {}
    handles: dict[str, str] = {}
    for line in other:
        lines[line] = line
        handles.setdefault(_handle(line), line)
    found = {line: lines.get(line) or _namesake(line, lines, handles) for line in one}
    return {line: match for line, match in found.items() if match is not None}


def _namesake(line: str, lines: Mapping[str, str], handles: Mapping[str, str]) -> str | None:
    """The line that names the same handle, where one of the two says no network."""
    if line.startswith("@"):
        return handles.get(line)
    handle = _handle(line)
    return lines.get(handle) if handle.startswith("@") else None


def _handle(line: str) -> str:
    """The `@handle` of a line, or the line itself where it names a key."""
    network, _, who = line.partition(":@")
    return f"@{who}" if who and ":" not in network else line


def _folded(handle: str) -> str:
    return "@" + fold(handle.strip()).lstrip("@＠").strip()
