"""Shapes: how networks and archives write posts. Pure parsers, used by replay and by live feeds."""

from wall.feeds.shapes.common import Record, Shape
from wall.feeds.shapes.conference import Conference
from wall.feeds.shapes.mastodon import Mastodon
from wall.feeds.shapes.outbox import Outbox
from wall.feeds.shapes.tables import Tags, TwarcCsv
from wall.feeds.shapes.x import X

SHAPES: dict[str, type[Shape]] = {
    shape.name: shape for shape in (Conference, Mastodon, X, Outbox, TwarcCsv, Tags)
}
"""Every shape that an archive may have, by the name used in a feed's configuration."""

__all__ = ["SHAPES", "Conference", "Mastodon", "Record", "Shape", "X", "describe", "detect"]

_STRANGERS: dict[str, frozenset[str]] = {
    "events of the Bluesky Jetstream": frozenset({"did", "kind"}),
    "posts of the X API v1.1": frozenset({"id_str", "user"}),
    "ActivityPub objects": frozenset({"@context"}),
    "Bluesky posts": frozenset({"uri", "cid"}),
}


def detect(record: Record) -> type[Shape] | None:
    """The shape that one JSON object is written in; None when it is none of `SHAPES`."""
    return next((shape for shape in SHAPES.values() if shape.recognises(record)), None)


def describe(record: Record) -> str:
    """What an object is, in words for a person; never a word of its own."""
    known = detect(record)
    if known is not None:
        return known.words
    named = (words for words, fields in _STRANGERS.items() if fields <= record.keys())
    return next(named, "JSON objects of another kind")
