"""What an operator watches of each feed (Prometheus): docs/how-to/watch-a-server.md.

Labels are the network and the feed's id, and codes of the program: as many series as there are feeds, never
a server's name or anybody's words. The process that runs a feed tells of it, and forgets it with the run.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from prometheus_client import Counter, Gauge

from wall.intake.vitals import Vitals
from wall.model import Feed

_LABELS = ("network", "feed")

state = Gauge("backchannel_feed_state", "1 for how a feed is", (*_LABELS, "state"))
last_post = Gauge(
    "backchannel_feed_last_post_timestamp_seconds", "When a feed brought its last post", _LABELS
)
lag_median = Gauge(
    "backchannel_feed_lag_median_seconds",
    "Median lag of a feed's last live posts",
    _LABELS,
)
lag_worst = Gauge(
    "backchannel_feed_lag_worst_seconds",
    "Worst lag of a feed's last live posts",
    _LABELS,
)
silent = Gauge(
    "backchannel_feed_silent", "1 while a feed is silent for longer than its rhythm explains", _LABELS
)
budget_left = Gauge(
    "backchannel_feed_budget_left_ratio",
    "Share left of a feed's tightest limit",
    (*_LABELS, "what"),
)
posts = Counter("backchannel_feed_posts_total", "New posts that a feed brought", _LABELS)
dropped = Counter("backchannel_feed_dropped_total", "Items of a feed that could not be read", _LABELS)
troubles = Counter("backchannel_feed_troubles_total", "Troubles of a feed by code", (*_LABELS, "code"))

_OF_A_RUN = (last_post, lag_median, lag_worst, silent)
_states: dict[str, tuple[str, str, str]] = {}
_budgets: dict[str, set[str]] = {}


def looked(listed: Iterable[Feed]) -> None:
    """How every feed is that there is; those that are gone are forgotten."""
    now = {feed.id: (feed.network, feed.id, feed.state.value) for feed in listed}
    for feed_id, labels in list(_states.items()):
        if now.get(feed_id) != labels:
            state.remove(*_states.pop(feed_id))
    for feed_id, labels in now.items():
        state.labels(*labels).set(1)
        _states[feed_id] = labels


def brought(feed: Feed, new: int, lost: int) -> None:
    """Count what a burst brought."""
    posts.labels(feed.network, feed.id).inc(new)
    dropped.labels(feed.network, feed.id).inc(lost)


def trouble(feed: Feed, code: str) -> None:
    """Count a trouble."""
    troubles.labels(feed.network, feed.id, code).inc()


def silence(feed: Feed, *, is_silent: bool) -> None:
    """Whether a feed is silent for longer than its rhythm explains."""
    silent.labels(feed.network, feed.id).set(is_silent)


def measured(feed: Feed, found: Vitals) -> None:
    """What a run has measured."""
    labels = (feed.network, feed.id)
    if found.came_at is not None:
        last_post.labels(*labels).set(found.came_at.timestamp())
    if found.lag is not None:
        lag_median.labels(*labels).set(found.lag[0])
        lag_worst.labels(*labels).set(found.lag[1])
    for what in {one.what for one in found.budgets}:
        tightest = min(one.ratio for one in found.budgets if one.what == what)
        budget_left.labels(*labels, what).set(tightest)
        _budgets.setdefault(feed.id, set()).add(what)


def ended(feed: Feed) -> None:
    """This process runs a feed no more: another one may, and tells of it."""
    labels = (feed.network, feed.id)
    for gauge in _OF_A_RUN:
        with contextlib.suppress(KeyError):
            gauge.remove(*labels)
    for what in _budgets.pop(feed.id, ()):
        with contextlib.suppress(KeyError):
            budget_left.remove(*labels, what)
