"""The address of a moment in a recording, as the players understand it that are known. Pure.

`ui/src/recording.ts` says the same.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_YOUTUBE = frozenset({"youtube.com", "youtu.be", "youtube-nocookie.com"})
_VIMEO = frozenset({"vimeo.com", "player.vimeo.com"})
_FILES = (".mp4", ".m4v", ".webm", ".ogv", ".mov", ".mp3", ".m4a", ".ogg", ".oga", ".wav")
"""What browsers play themselves: there Media Fragments (W3C, 2012) name a moment."""


class Moment(NamedTuple):
    """Where something is in a recording: its address, and whether that begins at the moment itself."""

    url: str
    exact: bool


def moment_in(url: str, seconds: int) -> Moment:
    """The address of a recording from so many seconds on; of a player that is not known, from its start."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    if host in _YOUTUBE:
        kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in {"t", "start"}]
        return Moment(urlunsplit(parts._replace(query=urlencode([*kept, ("t", f"{seconds}s")]))), True)
    if host in _VIMEO:
        return Moment(urlunsplit(parts._replace(fragment=f"t={seconds}s")), True)
    if parts.path.casefold().endswith(_FILES):
        return Moment(urlunsplit(parts._replace(fragment=f"t={seconds}")), True)
    return Moment(url, False)


def lasting(seconds: int) -> str:
    """A time from the start as players write it: 4:05, 1:02:03."""
    hours, rest = divmod(seconds, 3_600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
