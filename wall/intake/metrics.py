"""What an operator watches of the door and the feeds (Prometheus): docs/how-to/watch-a-server.md."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from prometheus_client import Counter, Gauge, Histogram

from wall.intake.door import Tally
from wall.model import Feed, FeedState, utc_now

OUTCOMES = ("accepted", "repost", "edited", "known", "withdrawn", "dropped")

items = Counter("backchannel_intake_items_total", "Items that came through the door", ["outcome"])
commit_seconds = Histogram(
    "backchannel_intake_commit_seconds", "Seconds to judge and store one batch of items"
)
feed_lag = Histogram(
    "backchannel_feed_lag_seconds",
    "Seconds from when a post was made to when a feed had it in the journal",
    ["network"],
    buckets=(0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600),
)
feeds = Gauge("backchannel_feeds", "Feeds of all events by how they are", ["state"])

_COUNTERS = [items.labels(outcome) for outcome in OUTCOMES]
for _state in FeedState:
    feeds.labels(_state.value)


def stored(tally: Tally, dropped: int, network: str | None) -> None:
    """Count what became of a submission that is on disk; `network` is that of its feed, if it has one."""
    counts = (tally.accepted - tally.reposts, tally.reposts, tally.edited, tally.known, tally.withdrawn)
    for counter, count in zip(_COUNTERS, (*counts, dropped), strict=True):
        counter.inc(count)
    if network is not None:
        _observe_lag(network, tally.made)


def _observe_lag(network: str, made: Iterable[datetime]) -> None:
    now, lag = utc_now(), feed_lag.labels(network)
    for at in made:
        lag.observe(max(0.0, (now - at).total_seconds()))


def looked(listed: Iterable[Feed]) -> None:
    """Count the feeds that there are."""
    counts = dict.fromkeys(FeedState, 0)
    for feed in listed:
        counts[feed.state] += 1
    for state, count in counts.items():
        feeds.labels(state.value).set(count)
