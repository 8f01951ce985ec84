"""What an organiser does with feeds that are there: pause, resume, configure, remove; one command each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wall.entries import kinds
from wall.entries.doors_kinds import FeedRemoved
from wall.entries.feed_kinds import FeedHeard
from wall.errors import NotFound, Refused
from wall.journal import Tx
from wall.model import Feed, FeedState
from wall.store import feeds, vitals

PAUSED = "paused"
"""The code with which a feed is stopped by a person, who can let it go on."""
PAUSED_WORDS = "Paused by a person."
_ENDED = frozenset({FeedState.STOPPED, FeedState.DONE})


def pause(tx: Tx, feed_id: str) -> dict[str, Any]:
    """Stop a feed where it is. Who runs it can store nothing from this moment on. Raises NotFound, and
    Refused for a feed that has ended."""
    feed = _feed(tx, feed_id)
    if feed.state in _ENDED:
        raise Refused("This feed does not run.", remedy="Look at the list of feeds again.")
    feeds.cut_off(tx.conn, feed_id)
    return _moved(tx, feed, FeedState.STOPPED, PAUSED, PAUSED_WORDS)


def resume(tx: Tx, feed_id: str) -> dict[str, Any]:
    """Let a stopped feed go on from its cursor: paused, or stopped for something that is mended by now. A
    `serve` starts it within seconds. Raises NotFound, and Refused for one that is not stopped."""
    feed = _feed(tx, feed_id)
    if feed.state is not FeedState.STOPPED:
        raise Refused("This feed is not stopped.", remedy="Look at the list of feeds again.")
    feeds.cut_off(tx.conn, feed_id)
    return _moved(tx, feed, FeedState.WAITING, None, None)


def configure(tx: Tx, feed_id: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """Give a feed settings that were entered again, checked, and let it go on from its cursor: one that is
    stopped, or whose settings were lost with their secret key. Raises NotFound, and Refused for another."""
    feed = _feed(tx, feed_id)
    if feed.state is not FeedState.STOPPED and not feed.lost:
        raise Refused("This feed is not stopped.", remedy="Look at the list of feeds again.")
    feeds.cut_off(tx.conn, feed_id)
    feeds.configure(tx.conn, feed_id, dict(config), feed.cursor)
    return _moved(tx, feed, FeedState.WAITING, None, None)


def remove(tx: Tx, feed_id: str) -> dict[str, Any]:
    """Remove a feed, with its credentials. The posts that it brought stay. Raises NotFound."""
    feed = _feed(tx, feed_id)
    feeds.cut_off(tx.conn, feed_id)
    feeds.remove(tx.conn, feed_id)
    vitals.forget(tx.conn, feed_id)
    tx.append(FeedRemoved(network=feed.network), ("feed", feed_id))
    return {"feed": feed_id}


def _feed(tx: Tx, feed_id: str) -> Feed:
    found = feeds.by_ids(tx.conn, tx.event.id, {feed_id}).get(feed_id)
    if found is None:
        raise NotFound("There is no such feed in this event.")
    return found


def _moved(tx: Tx, feed: Feed, state: FeedState, code: str | None, words: str | None) -> dict[str, Any]:
    feeds.move(tx.conn, feed.id, state=state.value, problem=words)
    tx.append(kinds.FeedMoved(state=state, problem=code), ("feed", feed.id))
    if vitals.silence(tx.conn, feed.id, None):
        tx.append(FeedHeard(), ("feed", feed.id))
    return {"feed": feed.id, "state": state.value}
