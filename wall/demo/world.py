"""The made-up summit as data: who posts what in which minute. Pure, and the same for the same seed.

`make_world(seed)` writes 2,241 posts of 291 people online, and what 83 people in the hall write.
Nothing in here knows when or how fast it is played.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from wall.demo import day
from wall.demo.people import Person, in_room, online
from wall.demo.writing import HASHTAG, Line, Writer
from wall.model import Post

POSTS = 2_241
REPOSTED = 0.4
IN_ROOM_POSTS = 118
NOT_YET = datetime(2000, 1, 1, tzinfo=UTC)
"""The time of every post until it is played."""

_LONGEST_WAIT = 55.0
_THREADS = 0.013
_SPARE = 90
_BRIEF = 6
"""Posts of one word, as there always are; the only ones that may be said twice."""


@dataclass(frozen=True)
class Said:
    """A post, the minute of the day in which it comes, and what robots know of it: its topic and kind."""

    minute: float
    post: Post
    topic: str
    kind: str


@dataclass(frozen=True)
class World:
    """A whole day. `said` is in the order of its minutes, the hall's posts among the others.

    `troll` and `phone` are keys of authors: who is rude, and whose phone the demo shows.
    """

    seed: int
    said: tuple[Said, ...]
    troll: str
    phone: str
    by_key: dict[str, Said] = field(repr=False, default_factory=dict)

    def online(self) -> list[Said]:
        """What comes from the networks."""
        return [one for one in self.said if one.post.network != "web"]

    def in_room(self) -> list[Said]:
        """What people in the hall write."""
        return [one for one in self.said if one.post.network == "web"]


def make_world(seed: int = 1) -> World:
    """The summit of a seed."""
    rng = random.Random(seed)  # noqa: S311  a made-up world has no secrets
    people, hall = online(rng), in_room(rng)
    originals = _Originals(rng, people, hall).write()
    reposts = _reposts(rng, people, [one for one in originals if one.post.network != "web"])
    said = sorted([*originals, *reposts], key=lambda one: (one.minute, one.post.key))
    return World(
        seed, tuple(said), people[0].author.key, hall[0].author.key, {one.post.key: one for one in said}
    )


class _Originals:
    """Writes what people say themselves, in the order of the day."""

    def __init__(self, rng: random.Random, people: list[Person], hall: list[Person]) -> None:
        self.rng = rng
        self.people = people
        self.hall = hall
        self.writer = Writer(rng)
        self.said: list[Said] = []
        self._replied: dict[str, int] = {}

    def write(self) -> list[Said]:
        """All originals: as many as leave room for the reposts, and the hall's."""
        count = POSTS - int(POSTS * REPOSTED)
        minutes = _minutes(self.rng, count)
        authors = iter(self._authors(count))
        odd = self._odd(minutes)
        at = 0
        while at < count:
            at += self._say(minutes, authors, at, odd)
        self._write_hall()
        return self.said

    def _say(self, minutes: list[float], authors: Iterator[Person], at: int, odd: dict[int, str]) -> int:
        """Write the post at a place, or a thread of three that begins there; how many there are."""
        kind = odd.get(at)
        if kind is not None:
            who = self.people[0] if kind == "troll" else next(authors)
            self._add(minutes[at], who, self.writer.odd(kind, minutes[at]))
            return 1
        who = next(authors)
        if not (
            who.lang == "en" and self._has_room(at, len(minutes), odd) and self.rng.random() < _THREADS
        ):
            self._ordinary(minutes[at], who)
            return 1
        parent = None
        for number, line in enumerate(self.writer.thread(minutes[at])):
            minute = min(minutes[at] + 0.4 * number, day.MINUTES - 0.1)
            parent = self._add(minute, who, line, reply_to=parent)
        return 3

    def _has_room(self, at: int, count: int, odd: dict[int, str]) -> bool:
        return at + 3 <= count and odd.keys().isdisjoint({at, at + 1, at + 2})

    def _ordinary(self, minute: float, who: Person) -> None:
        target = self._target(minute, who) if self.rng.random() < 0.24 else None
        if target is None:
            self._add(minute, who, self.writer.line(who.lang, minute))
            return
        line = self.writer.reply(who.lang, target.topic)
        handle = target.post.author.handle
        self._add(minute, who, line, reply_to=target, mention=f"@{handle} ")

    def _target(self, minute: float, who: Person) -> Said | None:
        """Something recent to answer, on the same network; what was answered draws more answers."""
        recent = [
            one
            for one in self.said[-70:]
            if one.post.network == who.network
            and one.kind not in {"offtopic", "troll", "identifier"}
            and one.post.author.key != who.author.key
            and minute - one.minute < _LONGEST_WAIT
            and (who.lang == "en" or one.post.lang == who.lang or self.rng.random() < 0.2)
        ]
        if not recent:
            return None
        weights = [1.0 + 2.0 * self._replied.get(one.post.key, 0) for one in recent]
        target = self.rng.choices(recent, weights)[0]
        self._replied[target.post.key] = self._replied.get(target.post.key, 0) + 1
        return target

    def _authors(self, count: int) -> list[Person]:
        """Who speaks, in turn: everybody has one, the troll none. The last turns may not be needed, for
        a thread is three posts in one turn; they are nobody's only one."""
        others = self.people[1:]
        drawn = self.rng.choices(others, [one.talkative for one in others], k=count - len(others))
        early = [*others, *drawn[_SPARE:]]
        self.rng.shuffle(early)
        return [*early, *drawn[:_SPARE]]

    def _odd(self, minutes: list[float]) -> dict[int, str]:
        """Which places are not ordinary posts, and what they are."""
        first = {bisect(minutes, at): kind for at, kind in day.ODD}
        brief = self.rng.sample(sorted(set(range(len(minutes) - 9)) - first.keys()), _BRIEF)
        return first | dict.fromkeys(brief, "brief")

    def _write_hall(self) -> None:
        phone, *others = self.hall
        for minute, text in zip(day.PHONE, self.writer.phone(), strict=True):
            self._in_hall(
                minute,
                phone,
                Line(text, day.topics(minute)[:1][0] if day.topics(minute) else "general", "question"),
            )
        again = IN_ROOM_POSTS - len(day.PHONE) - len(others)
        drawn = [*others, *self.rng.choices(others, k=again)]
        for minute, who in zip(_minutes(self.rng, len(drawn)), drawn, strict=True):
            self._in_hall(minute, who, self.writer.in_hall(who.lang, minute))

    def _in_hall(self, minute: float, who: Person, line: Line) -> None:
        post = Post(
            network="web",
            key=f"demo-web-{len(self.said):04}",
            author=who.author,
            text=line.text,
            created_at=NOT_YET,
            lang=line.lang,
        )
        self.said.append(Said(minute, post, line.topic, line.kind))

    def _add(
        self,
        minute: float,
        who: Person,
        line: Line,
        *,
        reply_to: Said | None = None,
        mention: str = "",
    ) -> Said:
        tagged = f" #{HASHTAG}" if f"#{HASHTAG}" not in line.text else ""
        post = Post(
            network=who.network,
            key=f"demo-{who.network}-{len(self.said):04}",
            author=who.author,
            text=f"{mention}{line.text}{tagged}",
            created_at=NOT_YET,
            lang=line.lang,
            hashtags=(HASHTAG,),
            warning=line.warning,
            reply_to=reply_to.post.key if reply_to else None,
        )
        said = Said(minute, post, line.topic, line.kind)
        self.said.append(said)
        return said


def _minutes(rng: random.Random, count: int) -> list[float]:
    """So many minutes of the day, in order, more where more is said."""
    slots = [slot / 4 for slot in range(day.MINUTES * 4)]
    drawn = rng.choices(slots, [day.weight(slot) for slot in slots], k=count)
    return sorted(slot + rng.random() / 4 for slot in drawn)


def _reposts(rng: random.Random, people: Sequence[Person], originals: list[Said]) -> list[Said]:
    """Reposts of what was liked, a few minutes later, by people of the same network."""
    liked = [one for one in originals if one.kind not in {"troll", "identifier", "offtopic", "reply"}]
    weights = [rng.paretovariate(1.4) for _ in liked]
    count = int(POSTS * REPOSTED)
    by_network = {one.network: [p for p in people[1:] if p.network == one.network] for one in people}
    found: list[Said] = []
    seen: set[tuple[str, str]] = set()
    while len(found) < count:
        of = rng.choices(liked, weights)[0]
        who = rng.choice(by_network[of.post.network])
        wait = 0.1 + min(rng.expovariate(1 / 6), _LONGEST_WAIT)
        pair = (who.author.key, of.post.key)
        if pair in seen or who.author.key == of.post.author.key or of.minute + wait >= day.MINUTES:
            continue
        seen.add(pair)
        post = Post(
            network=who.network,
            key=f"demo-repost-{len(found):04}",
            author=who.author,
            text="",
            created_at=NOT_YET,
            repost_of=of.post.key,
        )
        found.append(Said(of.minute + wait, post, of.topic, "repost"))
    return found
