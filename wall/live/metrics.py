"""What an operator watches of the live side (Prometheus): docs/how-to/watch-a-server.md."""

from __future__ import annotations

import time

from prometheus_client import Counter, Gauge, Histogram

from wall.journal import Reading

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

sockets = Gauge("backchannel_sockets", "Open websockets of readers", ["face"])
slow_readers = Gauge("backchannel_slow_readers", "Readers that are withheld now, because they do not read")
unsent_bytes = Gauge("backchannel_unsent_bytes", "Bytes buffered for readers and not yet sent")
withheld = Counter("backchannel_withheld_total", "Times a slow reader was withheld")
cut_off = Counter("backchannel_cut_off_total", "Slow readers that were cut off")
misbehaved = Counter("backchannel_misbehaved_total", "Readers that were cut off for what they sent")
deliveries = Counter("backchannel_deliveries_total", "Frames written to readers")
delivery_lag = Histogram(
    "backchannel_delivery_lag_seconds",
    "Seconds from when the oldest entry of a frame was written to the journal to when every reader at "
    "the head was written to",
    buckets=_SECONDS,
)
head = Gauge("backchannel_head_seq", "Journal seq that readers follow", ["event"])
journal_lag = Gauge(
    "backchannel_journal_lag_entries", "Entries of the journal that were not published yet", ["event"]
)
journal_read_at = Gauge(
    "backchannel_journal_read_timestamp_seconds", "When the journal of any watched event was last read"
)
journal_failures = Counter("backchannel_journal_failures_total", "Readings of the journal that failed")
published_at = Gauge("backchannel_published_timestamp_seconds", "When changes were last published")
snapshot_seconds = Histogram("backchannel_snapshot_seconds", "Seconds to build a snapshot")
loop_lag = Histogram(
    "backchannel_loop_lag_seconds",
    "Seconds by which the event loop was late, sampled every second",
    buckets=_SECONDS,
)
refused = Counter(
    "backchannel_connections_refused_total", "Connections refused because there were too many"
)
ended = Counter(
    "backchannel_connections_ended_total", "HTTP connections that the server ended, by reason", ["reason"]
)

for _reason in ("idle", "request_late", "answer_stuck", "head_too_large", "handshake"):
    ended.labels(_reason)


def published(reading: Reading, written: int) -> None:
    """Count one publication to `written` readers."""
    now = time.time()
    deliveries.inc(written)
    if written and reading.since is not None:
        delivery_lag.observe(max(0.0, now - reading.since.timestamp()))
    published_at.set(now)


def followed(reading: Reading, until: int) -> None:
    """The journal was read, and readers are at `until`."""
    head.labels(reading.event_id).set(until)
    journal_lag.labels(reading.event_id).set(reading.head - until)
    journal_read_at.set_to_current_time()


def forget(event_id: str) -> None:
    """Nobody watches this event any more."""
    for gauge in (head, journal_lag):
        gauge.remove(event_id)
