"""The doors-open list: from facts about an event and its server to lines, each good or with what to do
next. Pure.

A code is taken to be read from up to ten times its width: the rule of thumb for a phone that is held by
hand. A newer one does more in good light, which is why a line about it can be confirmed by trying.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from wall.model import Feed, FeedState

Outcome = Literal["good", "look", "todo"]
"""Good; worth a look (it may be meant so); still to be done."""

CODE_SHARE = 0.154
"""Width of the code on a wall, of the shorter side of the screen: 13 rem, without its margin."""
TIMES_ITS_WIDTH = 10.0
SHORT_SIDE_M_PER_INCH = 0.0254 * 0.49
"""Shorter side of a screen of 16:9, in metres for each inch of its diagonal."""
BACKUP_HOURS = 24
OUTSIDE = "outside"
NOTICE = "notice"
RETENTION = "retention"
BACKUP = "backup"
PEOPLE = "people"
CODE = "code"
BY_HAND = frozenset({NOTICE, RETENTION, BACKUP, CODE})
"""Lines that a person confirms, besides the test card of each screen."""
_CARD = "card-"


@dataclass(frozen=True)
class Told:
    """Who confirmed something, by name, and when."""

    name: str
    at: datetime


@dataclass(frozen=True)
class Wall:
    """A paired screen: whether it is heard now, how it stands, and whether its test card is on (`card`)."""

    id: str
    name: str
    here: bool
    distance_m: float
    diagonal_in: float
    card: bool = False

    @property
    def item(self) -> str:
        """The code under which its test card is confirmed."""
        return card_of(self.id)

    @property
    def code_reach_m(self) -> float:
        """From how far a phone reads the code on it, in metres."""
        return self.diagonal_in * SHORT_SIDE_M_PER_INCH * CODE_SHARE * TIMES_ITS_WIDTH


@dataclass(frozen=True)
class Checked:
    """What `backchannel doctor` says of one thing, in its own words."""

    good: bool
    said: str


@dataclass(frozen=True)
class Facts:
    """Everything that the list is made of. `here_only`: the address is one of this computer; `answered`:
    what the server heard when it asked its own address (None: it has none to ask); `guided`: an organiser
    saved the guidance."""

    now: datetime
    slug: str
    address: str
    public: bool
    here_only: bool
    answered: bool | None
    feeds: tuple[Feed, ...] = ()
    walls: tuple[Wall, ...] = ()
    desk: tuple[str, ...] = ()
    moderators: int = 0
    facilitators: int = 0
    sessions: int = 0
    zone: str = "UTC"
    guided: bool = False
    clock: Checked = Checked(True, "")
    disk: Checked = Checked(True, "")
    confirmed: Mapping[str, Told] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One line. `code` names it, `words` its sentence (`doors.{code}.{words}`) with `fields`; `link` where
    to go next; `confirm` what a person may confirm here, and `told` who did; `card` whose test card can be
    shown."""

    code: str
    outcome: Outcome
    words: str
    fields: Mapping[str, str | int] = field(default_factory=dict)
    link: str = ""
    confirm: str = ""
    told: Told | None = None
    said: str = ""
    card: Wall | None = None


def card_of(screen_id: str) -> str:
    """The code under which the test card of a screen is confirmed."""
    return f"{_CARD}{screen_id}"


def lines_of(facts: Facts) -> tuple[Line, ...]:
    """The whole list, in the order in which a hall is opened."""
    return (
        address(facts),
        outside(facts),
        code(facts),
        *feeds(facts),
        *walls(facts),
        people(facts),
        notice(facts),
        retention(facts),
        clock(facts),
        disk(facts),
        backup(facts),
    )


def ready(lines: Iterable[Line]) -> bool:
    """Whether nothing is left to be done."""
    return all(line.outcome != "todo" for line in lines)


def item_known(item: str, walls: Iterable[Wall]) -> bool:
    """Whether a person can confirm this."""
    return item in BY_HAND or item in {wall.item for wall in walls}


def address(facts: Facts) -> Line:
    """Is the address one that others can open, and does it answer?"""
    fields = {"address": facts.address}
    if facts.here_only:
        return Line("address", "todo", "here_only", fields)
    if facts.answered is False:
        return Line("address", "todo", "silent", fields)
    if not facts.public:
        return Line("address", "look", "unset", fields)
    return Line("address", "good", "good", fields)


def outside(facts: Facts) -> Line:
    """Did a phone reach it?"""
    told = facts.confirmed.get(OUTSIDE)
    if told is None:
        return Line("outside", "todo", "todo")
    return Line("outside", "good", "good", told=told)


def code(facts: Facts) -> Line:
    """Can the last row scan the code, or else read the address?"""
    told = facts.confirmed.get(CODE)
    far = [wall for wall in facts.walls if wall.code_reach_m < wall.distance_m]
    if not facts.walls:
        return Line("code", "todo", "no_walls", link=f"/pair?event={facts.slug}")
    if told is not None:
        return Line("code", "good", "told", told=told, confirm=CODE)
    if far:
        wall = min(far, key=lambda one: one.code_reach_m - one.distance_m)
        fields = {"name": wall.name, "metres": round(wall.code_reach_m, 1), "last": f"{wall.distance_m:g}"}
        shown: dict[str, str | int] = {name: str(value) for name, value in fields.items()}
        return Line("code", "look", "far", shown, confirm=CODE)
    return Line("code", "good", "good")


def feeds(facts: Facts) -> tuple[Line, ...]:
    """Does each feed bring posts? An event may live on its own form alone."""
    link = f"/events/{facts.slug}/feeds"
    if not facts.feeds:
        return (Line("feeds", "look", "none", link=link),)
    return tuple(_feed(feed, link) for feed in facts.feeds)


def _feed(feed: Feed, link: str) -> Line:
    fields: dict[str, str | int] = {"network": feed.network.capitalize(), "count": feed.accepted}
    if feed.state is FeedState.DONE:
        return Line("feeds", "good", "done", fields, link)
    if feed.state is FeedState.RUNNING and not feed.problem:
        words = "good" if feed.accepted else "quiet"
        return Line("feeds", "good" if feed.accepted else "look", words, fields, link)
    outcome: Outcome = "look" if feed.state is FeedState.RUNNING else "todo"
    return Line("feeds", outcome, feed.state.value, fields, link, said=feed.problem or "")


def walls(facts: Facts) -> tuple[Line, ...]:
    """Is each screen there, and did somebody in the last row say that they can read it?"""
    if not facts.walls:
        return (Line("screens", "todo", "none", link=f"/pair?event={facts.slug}"),)
    return tuple(_wall(facts, wall) for wall in facts.walls)


def _wall(facts: Facts, wall: Wall) -> Line:
    fields: dict[str, str | int] = {"name": wall.name}
    page = f"/screens/{facts.slug}#screen-{wall.id}"
    if not wall.here:
        return Line("screens", "todo", "gone", fields, page)
    told = facts.confirmed.get(wall.item)
    if told is None:
        words = "card" if wall.card else "unread"
        return Line("screens", "todo", words, fields, page, wall.item, card=wall)
    return Line("screens", "good", "good", fields, page, wall.item, told, card=wall)


def people(facts: Facts) -> Line:
    """Is somebody there to approve, and where there are sessions, to bring points into the room?"""
    link = f"/events/{facts.slug}/staff"
    fields: dict[str, str | int] = {"names": ", ".join(facts.desk)}
    if not facts.moderators:
        return Line("people", "todo", "nobody" if not facts.desk else "no_moderator", fields, link)
    if facts.sessions and not facts.facilitators:
        return Line("people", "todo", "no_facilitator", fields, link)
    return Line("people", "good", "good", fields, link)


def notice(facts: Facts) -> Line:
    """Do people learn what becomes of their words, and how they are to treat each other? Whoever saved the
    guidance has read it."""
    link = f"/events/{facts.slug}/guidance"
    if facts.guided and NOTICE not in facts.confirmed:
        return Line(NOTICE, "good", "written", link=link)
    return _by_hand(facts, NOTICE, link)


def retention(facts: Facts) -> Line:
    """Is it known how long posts are kept? There is no setting: they stay until the event is deleted."""
    return _by_hand(facts, RETENTION, "")


def backup(facts: Facts) -> Line:
    """Was a copy made lately? The server makes none by itself and cannot know of one."""
    told = facts.confirmed.get(BACKUP)
    if told is not None and facts.now - told.at > timedelta(hours=BACKUP_HOURS):
        hours = int((facts.now - told.at).total_seconds() // 3600)
        return Line("backup", "todo", "old", {"hours": hours}, confirm=BACKUP, told=told)
    return _by_hand(facts, BACKUP, "")


def clock(facts: Facts) -> Line:
    """Is it the right time, and in the right zone?"""
    fields: dict[str, str | int] = {"zone": facts.zone}
    if not facts.clock.good:
        return Line("clock", "todo", "wrong", fields, said=facts.clock.said)
    if facts.zone == "UTC":
        return Line("clock", "look", "utc", fields, f"/events/{facts.slug}/settings")
    return Line("clock", "good", "good", fields)


def disk(facts: Facts) -> Line:
    """Is there room for a day of posts and pictures?"""
    good = facts.disk.good
    return Line("disk", "good" if good else "todo", "good" if good else "wrong", said=facts.disk.said)


def _by_hand(facts: Facts, item: str, link: str) -> Line:
    told = facts.confirmed.get(item)
    if told is None:
        return Line(item, "todo", "todo", link=link, confirm=item)
    return Line(item, "good", "good", link=link, confirm=item, told=told)
