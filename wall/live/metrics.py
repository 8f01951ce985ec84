"""What an operator watches of the live side (Prometheus)."""

from __future__ import annotations

import time

from prometheus_client import Counter, Gauge, Histogram

from wall.journal import Reading

sockets = Gauge("backchannel_sockets", "Open websockets of readers")
withheld = Counter("backchannel_withheld_total", "Times a slow reader was withheld")
cut_off = Counter("backchannel_cut_off_total", "Slow readers that were cut off")
deliveries = Counter("backchannel_deliveries_total", "Frames written to readers")
head = Gauge("backchannel_head_seq", "Journal seq that readers follow", ["event"])
published_at = Gauge("backchannel_published_unixtime", "When changes were last published")
snapshot_seconds = Histogram("backchannel_snapshot_seconds", "Seconds to build a snapshot")


def published(reading: Reading, written: int) -> None:
    """Count one publication to `written` readers."""
    deliveries.inc(written)
    head.labels(reading.event_id).set(reading.seq)
    published_at.set(time.time())
