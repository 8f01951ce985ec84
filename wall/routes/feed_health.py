"""How a feed is, in words: for its page, the desk and `backchannel doctor`. Pure but for the catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from wall.intake.feeding import PAUSED_WORDS
from wall.intake.health import MUCH_GONE
from wall.intake.vitals import AHEAD_TOLD, BudgetLeft, Spell, Vitals, read
from wall.model import Feed, FeedState
from wall.routes.when import When
from wall.routes.words import Words
from wall.store.vitals import Kept

Verdict = Literal["well", "look", "trouble", "waits", "off"]
"""Well; posts come, with something to look at; posts do not come; it begins; it is not to bring any now."""

SCARCE = 0.1
"""Share of a limit below which its rest is something to look at."""
BARS_HIGH = 24
"""Height of the drawing of posts per minute, in units of which each minute is one wide."""
_RUNS = frozenset({FeedState.WAITING, FeedState.RUNNING, FeedState.RETRYING})
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


@dataclass(frozen=True)
class PlaceLine:
    """One of the feed's places: whether posts come from it, what else there is to say, since when."""

    name: str
    verdict: Verdict
    said: str
    since: str


@dataclass(frozen=True)
class BudgetLine:
    """What is left of a limit, in words and in percent."""

    said: str
    percent: int
    is_scarce: bool


@dataclass(frozen=True)
class TroubleLine:
    """A trouble: what happened and what to do, when it began, and how it went on."""

    said: str
    when: str
    went: str
    is_over: bool


@dataclass(frozen=True)
class Bar:
    """Posts of one minute as a bar of the drawing: place from the left, and height from the bottom."""

    x: int
    height: float


@dataclass(frozen=True)
class Told:
    """How one feed is. `which` tells it from others of its network: its places; `headline` says how it is
    in a few words, `problem` what is wrong and `advice` what to do (both empty where nothing is)."""

    feed: Feed
    which: str
    verdict: Verdict
    headline: str
    problem: str
    advice: str
    last: str
    lag: str
    rate: str
    busiest: int
    bars: tuple[Bar, ...]
    places: tuple[PlaceLine, ...]
    budgets: tuple[BudgetLine, ...]
    troubles: tuple[TroubleLine, ...]


class Teller:
    """Says how feeds are, in one language and at one time."""

    def __init__(self, words: Words, when: When, now: datetime) -> None:
        self._words = words
        self._when = when
        self._now = now

    def told(self, feed: Feed, kept: Kept) -> Told:
        """How this feed is, by what is kept of it."""
        vitals = read(kept.body)
        verdict, headline = self._standing(feed, kept, vitals)
        counts = vitals.by_minute(self._now)
        return Told(
            feed=feed,
            which=_which(feed, vitals),
            verdict=verdict,
            headline=headline,
            problem=self._problem(feed, kept, vitals),
            advice=self._advice(feed, kept, vitals),
            last=self._last(vitals),
            lag=self._lag(vitals),
            rate=self._say("rate", count=_few(vitals.per_minute(self._now))),
            busiest=max(counts),
            bars=_bars(counts),
            places=tuple(self._places(feed, kept, vitals)),
            budgets=tuple(self._budget(one) for one in vitals.budgets),
            troubles=tuple(self._trouble(one) for one in reversed(vitals.spells)),
        )

    def silence(self, feed: Feed, kept: Kept) -> str:
        """The sentence for a feed that is silent for longer than its rhythm explains. It stays the same
        while the silence lasts, so that nobody is told of it anew every minute."""
        since = kept.silent_since or self._now
        usual = min(read(kept.body).rhythm.usual, _DAY)
        said = {"network": self._name(feed), "since": self._when.at(since), "usual": self._span(usual)}
        return self._say("silent", **said)

    def _standing(self, feed: Feed, kept: Kept, vitals: Vitals) -> tuple[Verdict, str]:
        if feed.state not in _RUNS or not kept.held:
            return self._without_posts(feed)
        if feed.state is FeedState.RETRYING:
            return "trouble", self._say("retrying")
        if kept.silent_since is not None:
            return "look", self._say("is_silent")
        if feed.problem or vitals.open_spells:
            some = any(not spell.is_way for spell in vitals.open_spells)
            return "look", self._say("some" if some else "partly")
        if any(one.ratio < SCARCE for one in vitals.budgets):
            return "look", self._say("scarce")
        return "well", self._say("missed" if vitals.is_catching_up(self._now) else "well")

    def _without_posts(self, feed: Feed) -> tuple[Verdict, str]:
        """How a feed stands that no process runs."""
        if feed.state is FeedState.DONE:
            return "off", self._say("done")
        if feed.state is FeedState.STOPPED:
            paused = feed.problem == PAUSED_WORDS
            return ("off", self._say("paused")) if paused else ("trouble", self._say("stopped"))
        begins = feed.state is FeedState.WAITING
        return ("waits", self._say("waiting")) if begins else ("trouble", self._say("nobody"))

    def _problem(self, feed: Feed, kept: Kept, vitals: Vitals) -> str:
        """What is wrong: as the run wrote it, and what only pages say."""
        if feed.state is FeedState.STOPPED and feed.problem == PAUSED_WORDS:
            return ""
        silent = self.silence(feed, kept) if kept.silent_since is not None else ""
        return " ".join(one for one in (silent, feed.problem, self._ahead(vitals)) if one)

    def _advice(self, feed: Feed, kept: Kept, vitals: Vitals) -> str:
        """What to do about it."""
        if feed.state is FeedState.STOPPED:
            return self._say("paused.do" if feed.problem == PAUSED_WORDS else "stopped.do")
        if feed.state in _RUNS and not kept.held:
            return self._say("waiting.do" if feed.state is FeedState.WAITING else "nobody.do")
        if MUCH_GONE in (feed.problem or ""):
            return ""
        codes = dict.fromkeys(spell.code for spell in vitals.open_spells)
        return " ".join(text for code in codes if (text := self._remedy(code)))

    def _ahead(self, vitals: Vitals) -> str:
        ahead = vitals.ahead
        if ahead is None or self._now - ahead.at > AHEAD_TOLD:
            return ""
        return self._say("ahead", host=ahead.host, time=self._span(ahead.seconds))

    def _last(self, vitals: Vitals) -> str:
        if vitals.came_at is None:
            return self._say("last.none")
        came = self._say("ago", time=self._span(self._since(vitals.came_at)))
        written = self._when.at(vitals.written_at or vitals.came_at)
        return self._say("last", ago=came, written=written)

    def _lag(self, vitals: Vitals) -> str:
        if vitals.is_catching_up(self._now):
            return self._say("lag.missed", count=vitals.missed)
        if vitals.lag is None:
            return self._say("lag.none")
        usual, worst = (self._span(seconds) for seconds in vitals.lag)
        return self._say("lag", usual=usual, worst=worst)

    def _places(self, feed: Feed, kept: Kept, vitals: Vitals) -> Iterable[PlaceLine]:
        runs = kept.held and feed.state in _RUNS
        for place in vitals.places if runs else ():
            trouble = vitals.trouble_at(place.name)
            ways = [
                spell
                for spell in vitals.open_spells
                if spell.is_way and spell.where.startswith(f"{place.name} ")
            ]
            said = trouble or (ways[0] if ways else None)
            yield PlaceLine(
                name=place.name,
                verdict="trouble" if trouble else "look" if ways else "well",
                said=_sentence(said.said) if said else self._say("place.well"),
                since=self._say("since", time=self._when.at(said.began if said else place.since)),
            )

    def _budget(self, left: BudgetLeft) -> BudgetLine:
        money = left.what == "money"
        figure = "${:,.2f}" if money else "{:,.0f}"
        amounts = {"left": figure.format(left.left), "most": figure.format(left.most)}
        key = f"feed.budget.{left.what}"
        said = self._words.say(self._when.lang, key, where=left.where, **amounts)
        if left.renews_at is not None and left.renews_at > self._now:
            said = self._words.say(
                self._when.lang, "feed.budget.until", said=said, time=self._when.at(left.renews_at)
            )
        return BudgetLine(said, round(100 * left.ratio), left.ratio < SCARCE)

    def _trouble(self, spell: Spell) -> TroubleLine:
        where = f"{spell.where}: " if spell.where else ""
        said = f"{where}{_sentence(spell.said)}"
        if spell.ended is not None:
            said = f"{said} {self._remedy(spell.code)}".strip()
            lasted = self._span((spell.ended - spell.began).total_seconds())
            went = self._say("over", time=lasted)
        elif spell.again is not None:
            went = self._say("again")
        else:
            went = self._say("lasts")
        if spell.times > 1:
            went = self._say("times", said=went, count=spell.times)
        return TroubleLine(said, self._when.at(spell.began), went, spell.ended is not None)

    def _remedy(self, code: str) -> str:
        key = f"feed.remedy.{code}"
        return self._words.say(self._when.lang, key) if self._words.has(key) else ""

    def _name(self, feed: Feed) -> str:
        key = f"network.{feed.network}"
        known = self._words.has(key)
        return self._words.say(self._when.lang, key) if known else feed.network.capitalize()

    def _since(self, at: datetime) -> float:
        return max(0.0, (self._now - at).total_seconds())

    def _span(self, seconds: float) -> str:
        for unit, size, until in (("s", 1, 90), ("min", _MINUTE, 90 * _MINUTE), ("h", _HOUR, 2 * _DAY)):
            if seconds < until:
                return self._say(f"for.{unit}", count=round(seconds / size))
        return self._say("for.d", count=round(seconds / _DAY))

    def _say(self, key: str, **fields: object) -> str:
        return self._words.say(self._when.lang, f"feed.health.{key}", **fields)


def needing(told: Iterable[Told]) -> tuple[Told, ...]:
    """Those to which somebody should look, the worst first."""
    order: dict[Verdict, int] = {"trouble": 0, "look": 1}
    return tuple(sorted((one for one in told if one.verdict in order), key=lambda one: order[one.verdict]))


def _which(feed: Feed, vitals: Vitals) -> str:
    """Some of its places, where they have names of their own."""
    names = [one.name for one in vitals.places if one.name.casefold() != feed.network.casefold()]
    return ", ".join(names[:3]) + ("…" if len(names) > 3 else "")


def _bars(counts: tuple[int, ...]) -> tuple[Bar, ...]:
    most = max(*counts, 1)
    heights = ((at, max(1.5, BARS_HIGH * count / most)) for at, count in enumerate(counts) if count)
    return tuple(Bar(at, round(height, 1)) for at, height in heights)


def _few(number: float) -> str:
    """A rate as people write it: whole from 10 on."""
    return f"{number:.0f}" if number >= 10 or number == int(number) else f"{number:.1f}"


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."
