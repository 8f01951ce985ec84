"""One stream of a YouTube feed: find the chat of a video, then look at it again and again.

The cursor is `{"chat": …, "token": …, "at": …, "units": [day, used]}`: YouTube's own page token, when the
newest message was written, and what was used of the day's quota.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from wall.feeds.base import Arrived, Checkpoint, Dropped, Item, Trouble, Withdrawn
from wall.feeds.common.matching import plain_fold
from wall.feeds.common.plain import is_wanted
from wall.feeds.common.problems import Passing
from wall.feeds.common.told import Told, put
from wall.feeds.shapes.common import Record, attempt, parts_of
from wall.feeds.youtube_chat import messages
from wall.feeds.youtube_chat.api import PAGE, SMALL_PAGE, Api
from wall.feeds.youtube_chat.config import Times, YoutubeConfig
from wall.feeds.youtube_chat.messages import NETWORK, record
from wall.feeds.youtube_chat.problems import ChatOver, NotOpen, PageGone, Spent, not_live
from wall.feeds.youtube_chat.quota import CHAT, VIDEO, Quota
from wall.model import utc_now

PLACE = "YouTube"
"""What an organiser knows the network by; a way to it is this with a word (`YouTube history`)."""
TOKEN_LIMIT = 4_000
"""Characters of a page token that are kept."""
OVERLAP = timedelta(seconds=5)
"""Messages are dated a little apart on YouTube's servers."""

_NO_VIDEO = (
    "no_video",
    "There is no such video, or it is private: check its address, and make it public or unlisted",
)
_NO_CHAT = (
    "no_chat",
    "The stream has no open chat: it has not begun, or its chat is switched off in YouTube Studio",
)
_CLOSED = ("chat_closed", "The chat is not open to everybody, so it cannot be read")
_SPENT = (
    "quota_spent",
    "The units of its key for today are used up: they are full again at midnight in California",
)
_GAP = (
    "history_gap",
    "YouTube keeps only the newest messages of a chat: some that were written while nobody read it are "
    "missing",
)


class Run:
    """What one stream does, round by round (`wall.feeds.common.rounds`)."""

    def __init__(self, config: YoutubeConfig, api: Api, times: Times, cursor: str | None) -> None:
        saved = _read(cursor)
        self.out: deque[Item] = deque()
        self.over = False
        self._config = config
        self._api = api
        self._times = times
        self._wanted = frozenset(map(plain_fold, config.hashtags))
        self._quota = Quota(config.units_a_day, PLACE, saved.get("units"))
        self._chat: str | None = None
        self._known_chat = _text(saved.get("chat"))
        self._token = _text(saved.get("token"))
        self._at = _moment(saved.get("at"))
        self._remind = self._token is not None
        self._size = PAGE
        self._told = Told()
        self._others: dict[str, None] = {}
        self._of: dict[str, dict[str, None]] = {}
        self._standing: tuple[str, str] | None = None
        self._gap_until = 0.0
        self._kept = 0.0
        self._heard = time.monotonic()

    async def round(self) -> float:
        """Look once: seconds until the next look. Raises Passing and FeedFatal."""
        now = utc_now()
        if self._quota.left(now) < CHAT:
            return self._wait_for_units(now)
        try:
            wait = await (self._find() if self._chat is None else self._look(self._chat))
        except Spent:
            self._quota.spent(utc_now())
            return self._wait_for_units(utc_now())
        except PageGone:
            self._token, wait = None, self._times.least
        except ChatOver:
            self._chat, wait = None, self._times.look
        except NotOpen:
            self._standing, wait = _CLOSED, self._times.look
        self.out.extend(self._quota.news(utc_now()))
        return wait

    def problems(self) -> Iterable[Trouble]:
        """Why nothing comes although YouTube answers, and whether something is missing."""
        if self._standing is not None:
            yield Trouble(PLACE, *self._standing)
        if time.monotonic() < self._gap_until:
            yield Trouble(f"{PLACE} history", *_GAP)

    def _wait_for_units(self, now: datetime) -> float:
        self._standing = _SPENT
        self.out.extend(self._quota.news(now))
        self._keep()
        return (self._quota.renews_at(now) - now).total_seconds() + self._times.least

    async def _find(self) -> float:
        """Look for the chat of the video; over when the stream is."""
        self._quota.use(VIDEO, utc_now())
        video = await self._api.video()
        if video is None:
            self._standing = _NO_VIDEO
            return self._times.look
        if "liveStreamingDetails" not in video:
            raise not_live()
        details = record(video["liveStreamingDetails"])
        chat = _text(details.get("activeLiveChatId"))
        if chat is None:
            self.over = "actualEndTime" in details
            self._standing = None if self.over else _NO_CHAT
            return self._times.look
        if chat != self._known_chat:
            self._token, self._remind = None, False
        self._chat = self._known_chat = chat
        return 0.0

    async def _look(self, chat: str) -> float:
        """Read what is new in the chat. After a restart what was said lately is read first: whose a message
        is must be known to take it back."""
        lately = self._remind or self._token is None
        self._quota.use(CHAT, utc_now())
        try:
            said = await self._api.messages(chat, None if lately else self._token, self._size)
        except Passing as problem:
            if problem.code == "too_large":
                self._size = SMALL_PAGE
            raise
        self._standing, self._size = None, PAGE
        resources = parts_of(said.get("items"))
        if lately:
            self._note_gap(resources)
        for resource in resources:
            self._take(resource)
        reminded, self._remind = self._remind, False
        if not reminded:
            self._token = _text(said.get("nextPageToken")) or self._token
        if self.out or time.monotonic() - self._kept > self._times.checkpoint:
            self._keep()
        if self._chat is None:
            return self._times.look
        return 0.0 if reminded else self._pace(said)

    def _pace(self, said: Record) -> float:
        asked = said.get("pollingIntervalMillis")
        wait = asked / 1000 if isinstance(asked, int) and 0 <= asked <= 600_000 else 0.0
        is_quiet = time.monotonic() - self._heard > self._times.quiet_after
        idle = self._times.idle if is_quiet else self._times.least
        return max(wait, idle, self._quota.pace(utc_now(), self._times.spread))

    def _note_gap(self, resources: list[Record]) -> None:
        """Whether the oldest message that YouTube still gives is younger than the last that was read, where
        nothing else tells what lies between."""
        if self._token is not None or self._at is None:
            return
        dated = [at for one in resources if (at := _moment(record(one.get("snippet")).get("publishedAt")))]
        if not dated or min(dated) > self._at + OVERLAP:
            self._gap_until = time.monotonic() + self._times.said

    def _take(self, resource: Record) -> None:
        match messages.kind_of(resource):
            case messages.DELETED:
                self._farewell(messages.deleted_in(resource))
            case messages.TOMBSTONE:
                self._farewell(messages.id_of(resource))
            case messages.BANNED:
                for key in list(self._of.pop(messages.banned_in(resource), ())):
                    self._farewell(key)
            case messages.ENDED:
                self._chat = None
            case _:
                self._said(resource)

    def _said(self, resource: Record) -> None:
        key = messages.id_of(resource)
        if not is_wanted(messages.words_of(resource) or "", self._wanted):
            put(self._others, key, None)
            return
        for item in attempt(PLACE, messages.items_of, resource, self._config.video):
            if isinstance(item, Dropped):
                if self._told.is_new_loss(item, key):
                    self.out.append(item)
            elif isinstance(item, Arrived) and self._told.is_news(item):
                theirs = self._of.pop(item.post.author.key, {})
                theirs[key] = None
                put(self._of, item.post.author.key, theirs)
                self._heard = time.monotonic()
                if not self._remind:
                    self._at = max(self._at or item.post.created_at, item.post.created_at)
                self.out.append(item)

    def _farewell(self, key: str) -> None:
        """A message was deleted. One that was never told is remembered there, should it come yet."""
        if key and key not in self._others and self._told.is_first_farewell(key):
            self.out.append(Withdrawn(NETWORK, key))

    def _keep(self) -> None:
        self._kept = time.monotonic()
        place = {
            "chat": self._known_chat,
            "token": self._token,
            "at": self._at.isoformat() if self._at else None,
            "units": self._quota.as_saved(),
        }
        self.out.append(Checkpoint(json.dumps(place, separators=(",", ":"))))


def _read(cursor: str | None) -> Record:
    """A cursor. One that is not ours is none: what YouTube still gives is read again."""
    try:
        saved = json.loads(cursor) if cursor else {}
    except ValueError:
        saved = {}
    return record(saved)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= TOKEN_LIMIT else None


def _moment(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else None
