"""Tells participants' browsers what became of their own points: it is in the room now, it was discussed or
answered, somebody asks them something, they got a reply.

Reads the journal after commits, with a cursor of its own for each event that somebody subscribed to. What
is read is taken first, by one process: each thing is told at most once, and nothing that is minutes old.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal

import structlog
from sqlalchemy import Connection

from wall.errors import BackchannelError
from wall.journal import Journal
from wall.model import Event, PostState, utc_now
from wall.parallel import RelayState
from wall.push import Note, Pusher
from wall.routes.words import Words
from wall.store import contributions, entries, events, posts, pushes, relays
from wall.store.pushes import Subscription, Unread

LOOK_SECONDS = 1.0
FRESH = timedelta(minutes=5)
"""What happened longer ago is not told any more: it would be a surprise, not news."""
MOST_ENTRIES = 2_000
"""Of an event that is further behind only the newest so many entries are looked at."""
VALID_SECONDS = 600
"""What a push service cannot pass on within ten minutes is not told any more."""

What = Literal["now", "discussed", "answered", "asked", "reply"]
_GONE = frozenset({PostState.WITHDRAWN, PostState.UNAVAILABLE})
_HEARD: dict[str, What] = {RelayState.DISCUSSED.value: "discussed", RelayState.ANSWERED.value: "answered"}

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class News:
    """Something to tell to the browsers of one reader."""

    event: Event
    post_id: str
    what: What
    browsers: tuple[Subscription, ...]


class Telling:
    """Tells the subscribers of every event for as long as it runs."""

    def __init__(
        self,
        journal: Journal,
        pusher: Pusher,
        words: Words,
        *,
        look_seconds: float = LOOK_SECONDS,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._journal = journal
        self._pusher = pusher
        self._words = words
        self._look_seconds = look_seconds
        self._clock = clock

    async def run(self) -> None:
        """Look for news for ever. What fails is looked at again; what was taken is not."""
        while True:
            await asyncio.sleep(self._look_seconds)
            try:
                await self.look()
            except BackchannelError as problem:
                log.warning("push.look_failed", code=problem.code)
            except Exception:
                log.exception("push.look_failed")

    async def look(self) -> int:
        """Tell what is new; how many things were told to how many readers."""
        store = self._journal.store
        found = await store.read(pushes.unread)
        told = 0
        for one in found:
            news = await store.write(partial(_taken, found=one, now=self._clock()))
            await asyncio.gather(*(self._tell(each) for each in news))
            told += len(news)
        return told

    async def _tell(self, news: News) -> None:
        by_lang: dict[str, list[Subscription]] = defaultdict(list)
        for browser in news.browsers:
            by_lang[browser.lang].append(browser)
        for lang, browsers in by_lang.items():
            try:
                await self._pusher.send(browsers, self._note(news, lang), seconds=VALID_SECONDS)
            except Exception:
                log.exception("push.failed", post_id=news.post_id, what=news.what)

    def _note(self, news: News, lang: str) -> Note:
        say = self._words.say
        title = say(lang, f"push.{news.what}.title")
        body = say(lang, f"push.{news.what}.body", event=news.event.name)
        return Note(title, body, f"/join/{news.event.slug}#yours", f"point-{news.post_id}")


def _taken(conn: Connection, found: Unread, now: datetime) -> list[News]:
    """Take the new entries of an event, and read what they mean to whom."""
    if not pushes.claim(conn, found) or found.after is None:
        return []
    event = events.by_id(conn, found.event_id)
    if event is None:
        return []
    after = max(found.after, found.seq - MOST_ENTRIES)
    lines = entries.after(conn, event.id, after, MOST_ENTRIES, found.seq)
    bodies = [json.loads(line.body) for line in lines if line.kind in _MEANS]
    fresh = [body for body in bodies if now - datetime.fromisoformat(body["at"]) < FRESH]
    about = [one for body in fresh for one in _MEANS[body["kind"]](conn, event, body)]
    return _for_readers(conn, event, about)


def _for_readers(conn: Connection, event: Event, about: Iterable[tuple[str, What, str]]) -> list[News]:
    """What is new to readers who subscribed. `about`: post, what happened, and what makes it once."""
    wanted = {(post_id, once): what for post_id, what, once in about}
    there = posts.by_ids(conn, event.id, {post_id for post_id, _ in wanted})
    readers = {
        id_: reader
        for id_, stored in there.items()
        if stored.state not in _GONE and (reader := _reader(stored.post.author.key))
    }
    browsers: dict[str, list[Subscription]] = defaultdict(list)
    for one in pushes.of_readers(conn, event.id, set(readers.values())):
        browsers[one.reader].append(one)
    here = [key for key in wanted if browsers.get(readers.get(key[0], ""))]
    return [
        News(event, post_id, wanted[post_id, once], tuple(browsers[readers[post_id]]))
        for post_id, once in pushes.told(conn, event.id, here)
    ]


def _reader(author_key: str) -> str | None:
    """Who wrote a post here; None for one that came from elsewhere."""
    kind, _, reader = author_key.partition(":")
    return reader if kind in {"person", "participant"} else None


Meaning = tuple[str, What, str]


def _taken_up(conn: Connection, event: Event, body: dict[str, Any]) -> list[Meaning]:
    """A point is in the room, if it still is."""
    relay_id = _subject(body, "relay")
    relay = relays.plain(conn, event.id, {relay_id}).get(relay_id)
    if relay is None or relay.state is not RelayState.ON_FLOOR:
        return []
    return [(post_id, "now", "now") for post_id in _posts(conn, event, relay.contribution_id)]


def _closed(conn: Connection, event: Event, body: dict[str, Any]) -> list[Meaning]:
    relay_id = _subject(body, "relay")
    relay = relays.plain(conn, event.id, {relay_id}).get(relay_id)
    what = _HEARD.get(relay.state.value) if relay else None
    if relay is None or what is None:
        return []
    return [(post_id, what, "heard") for post_id in _posts(conn, event, relay.contribution_id)]


def _told(_conn: Connection, _event: Event, body: dict[str, Any]) -> list[Meaning]:
    return [(body["data"]["post"], "reply", "reply")]


def _asked(_conn: Connection, _event: Event, body: dict[str, Any]) -> list[Meaning]:
    return [(body["data"]["post"], "asked", f"asked:{_subject(body, 'question')}")]


_MEANS: dict[str, Callable[[Connection, Event, dict[str, Any]], list[Meaning]]] = {
    "relay.taken_up": _taken_up,
    "relay.closed": _closed,
    "receipt.told": _told,
    "question.asked": _asked,
}


def _subject(body: dict[str, Any], kind: str) -> str:
    return next((id_ for one, id_ in body["subjects"] if one == kind), "")


def _posts(conn: Connection, event: Event, contribution_id: str) -> tuple[str, ...]:
    found = contributions.by_ids(conn, event.id, {contribution_id}).get(contribution_id)
    return found.posts if found else ()
