"""What X bills for reading, in one place. Pure.

docs.x.com/x-api/getting-started/pricing as of 2026-08-22 (in force since 2026-02-06): by the resource that
an answer holds, each once within a UTC day ("a soft guarantee"). Whether users and media that come beside
posts are billed it does not say: they are counted, so that the meter errs to the high side.
"""

from __future__ import annotations

from collections.abc import Iterator

from wall.feeds.shapes.common import Record, parts_of

MILLS = 1_000
"""Parts of a US dollar in which is counted."""

POST = 5
USER = 10
MEDIA = 5
"""Mills for a resource that is read."""

MOST_MEDIA = 4
MOST_REFERRED = 2
WORST_POST = POST + USER + MOST_MEDIA * MEDIA + MOST_REFERRED * (POST + USER)
"""Mills that one post can cost with all that comes beside it: author, media, what it quotes and answers."""

RESERVED = 0.2
"""Share of a budget that only rechecks may use: what is shown must be looked for when nothing new is
read."""

_BESIDE = (
    ("tweets", "post", POST),
    ("posts", "post", POST),
    ("users", "user", USER),
    ("media", "media", MEDIA),
)


def billed(record: Record) -> Iterator[tuple[str, int]]:
    """What X bills of an answer: a name of each resource and its price in mills."""
    data = record.get("data")
    for post in [data] if isinstance(data, dict) else parts_of(data):
        yield f"post {post.get('id')}", POST
    beside = record.get("includes")
    includes: Record = beside if isinstance(beside, dict) else {}
    for name, kind, price in _BESIDE:
        for one in parts_of(includes.get(name)):
            yield f"{kind} {one.get('media_key') or one.get('id')}", price
