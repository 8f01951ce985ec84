"""How a feed is, measured while it runs: what pages, `doctor` and metrics tell of it. Pure.

`Measuring` is told what a run hears and when; `Vitals` is what is kept of that, bounded in size, so that
every process and the next run can read it. Posts written before the source was last opened, or before its
last trouble ended, are *missed* ones that are read now; only the others are live, and only they count for
the lag, the posts per minute and the rhythm.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median
from urllib.parse import urlsplit

from pydantic import ValidationError

from wall.feeds.base import Budget, Trouble
from wall.intake import rhythm as rhythms
from wall.intake.rhythm import Rhythm
from wall.model import Frozen, Post

LAGS = 50
"""Live posts of which the lag is kept."""
MINUTES = 60
SPELLS = 10
"""Troubles that are kept: the newest."""
PLACES = 40
BUDGETS = 20
CATCHING_UP = timedelta(seconds=15)
"""So long after the last post that was missed, the feed counts as reading what was missed."""
SAME_SPELL = timedelta(minutes=2)
"""A trouble that comes back this soon is the same one."""
AHEAD = timedelta(minutes=1)
"""How far in the future a post's date must be to say that a clock is wrong."""
AHEAD_TOLD = timedelta(hours=1)
NOW_MINUTES = 5
"""The posts per minute of now are those of so many whole minutes, and of the one that has begun."""
_SAID = 500
_NAME = 120


class Spell(Frozen):
    """One trouble: where (empty: the whole feed), its code and words, and how often it came."""

    where: str
    code: str
    said: str
    began: datetime
    ended: datetime | None = None
    again: datetime | None = None
    times: int = 1

    @property
    def is_way(self) -> bool:
        """Whether it is about one way to a place, by which posts come no more while others go on."""
        return " " in self.where


class Place(Frozen):
    """One of the feed's places, and since when it is as it is."""

    name: str
    since: datetime


class BudgetLeft(Frozen):
    """What is left of one limit; as `wall.feeds.base.Budget`."""

    where: str
    what: str
    left: float
    most: float
    renews_at: datetime | None = None

    @property
    def ratio(self) -> float:
        """The share that is left, from 0 to 1."""
        return min(1.0, max(0.0, self.left / self.most)) if self.most > 0 else 0.0


class Ahead(Frozen):
    """A post whose date was in the future: from which server, when, and by how many seconds."""

    host: str
    at: datetime
    seconds: float


class Vitals(Frozen):
    """What is known of a feed. `live_from`: posts written earlier were missed ones; `minute` (since 1970)
    is that of the last of `counts`, the live posts of each minute; `missed`: posts that were read late."""

    live_from: datetime | None = None
    missed_at: datetime | None = None
    missed: int = 0
    came_at: datetime | None = None
    written_at: datetime | None = None
    lags: tuple[float, ...] = ()
    minute: int = 0
    counts: tuple[int, ...] = ()
    places: tuple[Place, ...] = ()
    spells: tuple[Spell, ...] = ()
    budgets: tuple[BudgetLeft, ...] = ()
    ahead: Ahead | None = None
    rhythm: Rhythm = Rhythm()

    @property
    def open_spells(self) -> tuple[Spell, ...]:
        """Troubles that last, but those of ways to places that are in trouble as a whole."""
        there = {spell.where for spell in self.spells if spell.ended is None}
        return tuple(
            spell
            for spell in self.spells
            if spell.ended is None and not (spell.is_way and spell.where.partition(" ")[0] in there)
        )

    @property
    def lag(self) -> tuple[float, float] | None:
        """Median and worst lag of the last live posts, in seconds; None before there was one."""
        return (median(self.lags), max(self.lags)) if self.lags else None

    def trouble_at(self, place: str) -> Spell | None:
        """What is wrong with a place as a whole."""
        return next((one for one in self.open_spells if one.where in (place, "")), None)

    def is_catching_up(self, now: datetime) -> bool:
        """Whether posts come now that were missed before."""
        return self.missed_at is not None and now - self.missed_at < CATCHING_UP

    def by_minute(self, now: datetime) -> tuple[int, ...]:
        """Live posts of each of the last 60 minutes, this one last."""
        late = _minute(now) - self.minute
        counts = (*self.counts, *(0,) * min(late, MINUTES)) if late > 0 else self.counts
        return ((0,) * MINUTES + counts)[-MINUTES:]

    def per_minute(self, now: datetime) -> float:
        """Live posts a minute, over the last few."""
        begun = now.timestamp() % 60 / 60
        return sum(self.by_minute(now)[-NOW_MINUTES - 1 :]) / (NOW_MINUTES + begun)

    def is_quiet(self, now: datetime) -> bool:
        """Whether no live post came for so long that it is worth asking whether it is silent."""
        last = self.rhythm.last
        return last is not None and now.timestamp() - last >= rhythms.SHORTEST

    def is_silent(self, now: datetime, zone: str) -> bool:
        """Whether it has said nothing for longer than its rhythm explains, and nothing else does."""
        known = any(not spell.is_way for spell in self.open_spells)
        return not (known or self.is_catching_up(now)) and rhythms.is_silent(
            self.rhythm, now.timestamp(), zone
        )


def read(body: str | None) -> Vitals:
    """What was kept; nothing where it is of a version that is not known."""
    try:
        return Vitals.model_validate_json(body or "{}")
    except ValidationError:
        return Vitals()


def written(vitals: Vitals) -> str:
    """As it is kept."""
    return json.dumps(vitals.model_dump(mode="json"), ensure_ascii=False, separators=(",", ":"))


class Measuring:
    """Measures one run. It begins with what the run before left."""

    def __init__(self, before: Vitals) -> None:
        self.vitals = before

    def began(self, places: Sequence[str], now: datetime, *, first: bool = True) -> None:
        """The source is opened, `first` in this run. What was wrong with places is open no more: they say
        anew what is. What was wrong with the whole lasts until posts can come again."""
        known = {place.name: place for place in self.vitals.places}
        there = tuple(dict.fromkeys(one[:_NAME] for one in places))[:PLACES]
        self._end(lambda spell: first or spell.where != "", now)
        self._set(places=tuple(known.get(name) or Place(name=name, since=now) for name in there))
        self._went_on(now)

    def trouble(self, told: Trouble, now: datetime) -> None:
        """A place has a problem, or has it no more."""
        where = told.where[:_NAME]
        open_ = next((one for one in self.vitals.spells if one.where == where and one.ended is None), None)
        if open_ is not None and told.code == open_.code:
            self._replace(open_, said=told.message[:_SAID], again=_again(told.retry_seconds, now))
            return
        self._end(lambda spell: spell.where == where, now)
        if told.code is None:
            self._stood(where, now)
            if open_ is not None:
                self._went_on(now)
        else:
            self._open(where, told.code, told.message, told.retry_seconds, now)

    def failed(self, code: str, said: str, retry_seconds: float | None, now: datetime) -> None:
        """The source failed as a whole; None: it is not tried again."""
        self._end(lambda spell: spell.where == "" and spell.code != code, now)
        self._open("", code, said, retry_seconds, now)

    def works(self, now: datetime) -> None:
        """Posts can come: what was wrong with the whole is over."""
        if any(spell.where == "" and spell.ended is None for spell in self.vitals.spells):
            self._end(lambda spell: spell.where == "", now)
            self._went_on(now)

    def came(self, made: Iterable[datetime], now: datetime) -> None:
        """These posts are new: when each was written, by its network."""
        for at in made:
            self._one(at, now)

    def saw(self, posts: Iterable[Post], now: datetime) -> None:
        """These posts were given, dates as their network has them."""
        for post in posts:
            if post.created_at > now + AHEAD:
                host = urlsplit(post.url or post.key).hostname or post.network
                late = (post.created_at - now).total_seconds()
                self._set(ahead=Ahead(host=host[:_NAME], at=now, seconds=round(late)))

    def budget(self, told: Budget) -> None:
        """How much is left of a limit."""
        left = BudgetLeft(
            where=told.where[:_NAME],
            what=told.what,
            left=told.left,
            most=told.most,
            renews_at=told.renews_at,
        )
        others = [one for one in self.vitals.budgets if (one.where, one.what) != (left.where, left.what)]
        budgets = sorted([*others, left], key=lambda one: (one.where, one.what))
        self._set(budgets=tuple(budgets)[:BUDGETS])

    def _one(self, made: datetime, now: datetime) -> None:
        known = self.vitals
        latest = max(made, known.written_at or made)
        if known.live_from is not None and made < known.live_from:
            begun = rhythms.begun(known.rhythm, now.timestamp())
            late = {"missed": known.missed + 1, "missed_at": now, "rhythm": begun}
            self._set(**late, came_at=now, written_at=latest)
            return
        lag = round(max(0.0, (now - made).total_seconds()), 1)
        counts = list(known.by_minute(now))
        counts[-1] += 1
        self._set(
            came_at=now,
            written_at=latest,
            lags=(*known.lags, lag)[-LAGS:],
            minute=_minute(now),
            counts=tuple(counts),
            rhythm=rhythms.heard(known.rhythm, now.timestamp()),
        )

    def _went_on(self, now: datetime) -> None:
        self._set(live_from=now, rhythm=rhythms.begun(self.vitals.rhythm, now.timestamp()))

    def _open(self, where: str, code: str, said: str, retry: float | None, now: datetime) -> None:
        spells = self.vitals.spells
        same = [one for one in spells if (one.where, one.code) == (where, code)]
        if same and (same[-1].ended is None or now - same[-1].ended < SAME_SPELL):
            lasts = same[-1].ended is None
            again = {"ended": None, "again": _again(retry, now), "times": same[-1].times + (not lasts)}
            self._replace(same[-1], said=said[:_SAID], **again)
        else:
            new = Spell(where=where, code=code, said=said[:_SAID], began=now, again=_again(retry, now))
            self._set(spells=(*spells, new)[-SPELLS:])
        self._stood(where, now)

    def _end(self, which: Callable[[Spell], bool], now: datetime) -> None:
        ended = tuple(
            spell.model_copy(update={"ended": now}) if spell.ended is None and which(spell) else spell
            for spell in self.vitals.spells
        )
        self._set(spells=ended)

    def _replace(self, old: Spell, **changes: object) -> None:
        new = old.model_copy(update=changes)
        self._set(spells=tuple(new if one is old else one for one in self.vitals.spells))

    def _stood(self, where: str, now: datetime) -> None:
        places = (
            one.model_copy(update={"since": now}) if one.name == where else one
            for one in self.vitals.places
        )
        self._set(places=tuple(places))

    def _set(self, **changes: object) -> None:
        self.vitals = self.vitals.model_copy(update=changes)


def _again(seconds: float | None, now: datetime) -> datetime | None:
    return None if seconds is None else now + timedelta(seconds=seconds)


def _minute(now: datetime) -> int:
    return int(now.timestamp() // 60)
