"""How long a feed may be silent before its own rhythm does not explain it any more. Pure.

Posts of a hashtag come in bursts, fewer in a break and nearly none at night. The model is a Poisson process
of bursts whose rate is known only from what came lately:

- *Rate.* Posts and time are both forgotten with the time constant `MEMORY`, so `count` posts in `seconds`
  are what a gamma prior became (the discounted gamma-Poisson model: Smith and Miller, JRSS B 48, 1986;
  Gelman et al., Bayesian Data Analysis, 3rd ed., 2.6). The next gap then has a Lomax tail:
  P(gap > t) = (1 + t/seconds)^-count. Where little came, the tail is heavy, and nobody is alarmed.
- *Bursts.* A Poisson process of bursts of c posts has gaps with E[g²]/(2 E[g]²) = c and a tail c times as
  slow; this `burstiness` is measured and divides `count`. Gaps beyond `BREAK` means are breaks, not bursts.
- *Slowing down.* People leave a room without a word: a rate that fell by `SLOWER` explains a silence too.
- *Night.* Hours of the night at the event's place count for a twelfth, and an hour of the day in which the
  feed was slower before counts for as much less.

The tail is compared with `FALSE_A_DAY` shared among the bursts of a day. Times are seconds since 1970.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from wall.model import Frozen

MEMORY = 2_400.0
"""Seconds after which a post counts for a third."""
SLOWER = 2.5
FALSE_A_DAY = 0.1
BREAK = 12.0
EVIDENCE = 5.0
"""Bursts that must have come lately; fewer are no rhythm."""
SHORTEST = 720.0
"""Seconds. No silence is told of sooner: nobody would get up for it."""
NIGHT = frozenset({23, 0, 1, 2, 3, 4, 5, 6})
"""Hours of the event's place."""
NIGHT_SHARE = 1 / 12
ENOUGH_OF_AN_HOUR = 1_800.0
"""Seconds of an hour of the day that must have been seen before it says anything."""
HOUR = 3_600.0


Hours = tuple[tuple[float, float], ...]


class Rhythm(Frozen):
    """What was learnt of one feed. `hours`: posts and seconds of each hour of the day (UTC)."""

    last: float | None = None
    count: float = 0.0
    seconds: float = 0.0
    squares: float = 0.0
    hours: Hours = ((0.0, 0.0),) * 24

    @property
    def usual(self) -> float:
        """Seconds between two posts, lately; infinite where none came."""
        return self.seconds / self.count if self.count else math.inf

    @property
    def burstiness(self) -> float:
        """Posts of one burst, at least 1."""
        if not self.count or not self.seconds:
            return 1.0
        return max(1.0, self.squares / self.count / (2.0 * self.usual**2))


def heard(rhythm: Rhythm, at: float) -> Rhythm:
    """With a post that came now. The first one after a pause only begins a gap."""
    if rhythm.last is None:
        return rhythm.model_copy(update={"last": at})
    gap = max(0.0, at - rhythm.last)
    kept = math.exp(-gap / MEMORY)
    seconds = rhythm.seconds * kept + MEMORY * (1.0 - kept)
    count = rhythm.count * kept + 1.0
    gaps = min(gap, BREAK * seconds / count)
    return Rhythm(
        last=max(at, rhythm.last),
        count=count,
        seconds=seconds,
        squares=rhythm.squares * kept + gaps * gaps,
        hours=_learnt(rhythm.hours, rhythm.last, at),
    )


def begun(rhythm: Rhythm, at: float) -> Rhythm:
    """With a gap that begins now: before, nothing could come. Nothing is learnt of that time; a Poisson
    process has no memory, so what follows is a gap like any other."""
    return rhythm.model_copy(update={"last": at})


def longest(rhythm: Rhythm) -> float:
    """Seconds of a silence by day that are just explained; infinite where nothing can be said."""
    bursts = rhythm.count / rhythm.burstiness
    if bursts < EVIDENCE or not rhythm.seconds:
        return math.inf
    a_day = max(1.0, 86_400.0 * bursts / rhythm.seconds)
    explained = math.pow(FALSE_A_DAY / a_day, -1.0 / bursts) - 1.0
    return max(SHORTEST, SLOWER * rhythm.seconds * explained)


def is_silent(rhythm: Rhythm, now: float, zone: str = "UTC") -> bool:
    """Whether the feed has said nothing for longer than its rhythm explains."""
    if rhythm.last is None or now - rhythm.last < SHORTEST:
        return False
    limit = longest(rhythm)
    return limit < math.inf and _counted(rhythm, now, ZoneInfo(zone)) > limit


def _counted(rhythm: Rhythm, now: float, zone: ZoneInfo) -> float:
    """Seconds since the last post, those of quiet hours for less."""
    begun = now if rhythm.last is None else rhythm.last
    return sum((end - begin) * _share(rhythm, begin, zone) for begin, end in _by_hour(begun, now))


def _share(rhythm: Rhythm, at: float, zone: ZoneInfo) -> float:
    night = datetime.fromtimestamp(at, zone).hour in NIGHT
    count, seconds = rhythm.hours[_hour(at)]
    known = seconds >= ENOUGH_OF_AN_HOUR
    before = count / seconds * rhythm.usual if known else 1.0
    return min(1.0, NIGHT_SHARE if night else 1.0, max(before, NIGHT_SHARE))


def _learnt(hours: Hours, last: float, at: float) -> Hours:
    """With the time from one post to the next, and the post."""
    known = list(hours)
    for begin, end in _by_hour(max(last, at - 86_400.0), at):
        count, seconds = known[_hour(begin)]
        known[_hour(begin)] = (count, round(seconds + end - begin, 1))
    count, seconds = known[_hour(at)]
    known[_hour(at)] = (count + 1.0, seconds)
    return tuple(known)


def _by_hour(begin: float, end: float) -> Iterator[tuple[float, float]]:
    """A time in pieces of which each is in one hour."""
    while begin < end:
        stop = min(end, (math.floor(begin / HOUR) + 1.0) * HOUR)
        yield begin, stop
        begin = stop


def _hour(at: float) -> int:
    return datetime.fromtimestamp(at, UTC).hour
