"""Coverage: how much of what was said online came to the floors of an event, and back. Pure.

Asked, forwarded and answered are the counts that remote moderators of the Internet Governance Forum
report: points made online, those that were raised into a session, and those that a room took up. A point
is one or more posts that say one thing. Nothing here knows followers, reposts or likes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from wall.model import Frozen
from wall.parallel import HEARD, RelayState

VOICES = 12
"""So many who were not heard yet are named at a time."""


@dataclass(frozen=True)
class Said:
    """One post that is shown: who wrote it, in which language (`""`: unknown), and when."""

    post: str
    author: str
    lang: str
    at: datetime


@dataclass(frozen=True)
class Raised:
    """One attempt to bring a point into a session."""

    session: str
    state: RelayState
    raised_at: datetime
    floor_at: datetime | None


@dataclass(frozen=True)
class Made:
    """One point: the posts that make it, its themes, and its attempts. `online`: it was not noted in a
    room. `owed`, `told`: its authors who wait for a reply, and who had one."""

    said: tuple[Said, ...]
    online: bool = True
    themes: frozenset[str] = frozenset()
    raised: tuple[Raised, ...] = ()
    owed: int = 0
    told: int = 0

    @property
    def forwarded(self) -> bool:
        """Whether it was raised into a session."""
        return bool(self.raised)

    @property
    def floor_at(self) -> datetime | None:
        """When it first was on a floor."""
        return min((one.floor_at for one in self.raised if one.floor_at), default=None)

    @property
    def answered(self) -> bool:
        """Whether a room took it up."""
        return any(one.state in HEARD for one in self.raised)


class Share(Frozen):
    """So many of so many; `part` is never more than `whole`."""

    part: int
    whole: int

    @property
    def percent(self) -> int | None:
        """Rounded; None of nothing."""
        return round(100 * self.part / self.whole) if self.whole else None


class SessionCoverage(Frozen):
    """What came to one session: points raised into it, on its floor, taken up by the room, and how many
    of those on its floor were made online."""

    session: str
    forwarded: int
    floor: int
    answered: int
    online: Share


class Coverage(Frozen):
    """How much came to the floors. Spans are seconds, None where there is none; shares are of what was said
    online, but `floor_online`, which is of all that was on a floor.

    `to_floor_seconds`: median from the moment in which a point was first made; `waiting_seconds`: from
    the moment in which it was raised. `replied`: receipts told, of those owed or told.
    """

    asked: int
    forwarded: int
    answered: int
    authors: Share
    languages: Share
    themes: Share
    floor_online: Share
    replied: Share
    to_floor_seconds: float | None
    waiting_seconds: float | None
    sessions: tuple[SessionCoverage, ...]


@dataclass
class _Reach:
    """Things that were said of, and those of them that came to a floor."""

    every: set[str] = field(default_factory=set)
    reached: set[str] = field(default_factory=set)

    def add(self, names: Iterable[str], *, on_floor: bool) -> None:
        known = {name for name in names if name}
        self.every |= known
        if on_floor:
            self.reached |= known

    @property
    def share(self) -> Share:
        return Share(part=len(self.reached), whole=len(self.every))


def coverage(made: Collection[Made]) -> Coverage:
    """What came of all these points. Their order makes no difference."""
    online = [one for one in made if one.online]
    authors, languages, themes = _Reach(), _Reach(), _Reach()
    for one in online:
        on_floor = one.floor_at is not None
        authors.add((said.author for said in one.said), on_floor=on_floor)
        languages.add((primary(said.lang) for said in one.said), on_floor=on_floor)
        themes.add(one.themes, on_floor=on_floor)
    floors = [one for one in made if one.floor_at is not None]
    return Coverage(
        asked=len(online),
        forwarded=sum(one.forwarded for one in online),
        answered=sum(one.answered for one in online),
        authors=authors.share,
        languages=languages.share,
        themes=themes.share,
        floor_online=Share(part=sum(one.online for one in floors), whole=len(floors)),
        replied=Share(part=sum(one.told for one in made), whole=sum(one.told + one.owed for one in made)),
        to_floor_seconds=_median(_spans_from_said(online)),
        waiting_seconds=_median(_spans_from_raised(online)),
        sessions=tuple(_by_session(made)),
    )


def unheard(made: Collection[Made]) -> list[Said]:
    """One post, the newest, of each author of whom nothing came to a floor, in no order."""
    online = [one for one in made if one.online]
    heard = {said.author for one in online if one.floor_at is not None for said in one.said}
    newest: dict[str, Said] = {}
    for said in sorted(
        (said for one in online for said in one.said), key=lambda said: (said.at, said.post)
    ):
        if said.author not in heard:
            newest[said.author] = said
    return list(newest.values())


def drawn(silent: Iterable[Said], seed: str, most: int = VOICES) -> list[Said]:
    """Some of those who were not heard, in an order that is random and stays the same for one `seed`:
    nobody is further up for being louder."""
    return sorted(silent, key=lambda said: _lot(seed, said.author))[:most]


def primary(lang: str) -> str:
    """A language without its region or script: `fr` of `fr-CA`."""
    return lang.replace("_", "-").partition("-")[0].lower()


def _lot(seed: str, author: str) -> bytes:
    return hashlib.blake2b(f"{seed}/{author}".encode("utf-8", "replace"), digest_size=8).digest()


def _by_session(made: Collection[Made]) -> Iterable[SessionCoverage]:
    sessions = {raised.session for one in made for raised in one.raised}
    for session in sorted(sessions):
        here = [(one, [each for each in one.raised if each.session == session]) for one in made]
        came = [(one, raised) for one, raised in here if raised]
        floor = [one for one, raised in came if any(each.floor_at for each in raised)]
        yield SessionCoverage(
            session=session,
            forwarded=len(came),
            floor=len(floor),
            answered=sum(any(each.state in HEARD for each in raised) for _, raised in came),
            online=Share(part=sum(one.online for one in floor), whole=len(floor)),
        )


def _spans_from_said(online: Iterable[Made]) -> list[float]:
    """Seconds from when each point was first made to its floor; a point that was made after it came to
    the floor (somebody said it again) counts as none."""
    made = ((one.floor_at, min((said.at for said in one.said), default=None)) for one in online)
    spans = ((at - first).total_seconds() for at, first in made if at is not None and first is not None)
    return [max(0.0, span) for span in spans]


def _spans_from_raised(online: Iterable[Made]) -> list[float]:
    pairs = ((each.floor_at, each.raised_at) for one in online for each in one.raised)
    return [(at - raised_at).total_seconds() for at, raised_at in pairs if at is not None]


def _median(spans: Sequence[float]) -> float | None:
    return median(spans) if spans else None
