"""Archives in the conference shape that tests write, and what an event holds after one was replayed."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from tests.support.summit import MORNING
from wall.model import PostState
from wall.store import events
from wall.store.tables import post

Key = tuple[str, str]
"""A network, and an id there."""


def write_archive(path: Path, lines: int, *, seed: int = 1) -> Path:
    """An archive with a line a second: posts, reposts (some of what is not in it), and lines twice."""
    rng = random.Random(seed)
    records: list[dict[str, Any]] = []
    for number in range(lines):
        if records and rng.random() < 0.05:
            records.append(dict(rng.choice(records)))
            continue
        records.append(_record(number))
        if number % 2:
            original = 2 * rng.randrange(-20, number // 2 + 20)
            records[-1] |= {"repost_of": {"id": str(original)}, "text": "RT"}
    for second, record in enumerate(records):
        record["created_at"] = (MORNING + timedelta(seconds=second)).isoformat()
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def _record(number: int) -> dict[str, Any]:
    return {
        "id": str(number),
        "text": f"Post {number} of the archive, with a link https://example.org/{number} #SMSummit",
        "source": "x",
        "author": {"id": str(number % 90), "username": f"u{number % 90}", "name": f"Person {number % 90}"},
        "hashtags": ["SMSummit"],
    }


@dataclass
class Expected:
    """What an event holds once an archive is in: cards, reposts, and how often each was reposted."""

    lines: int = 0
    cards: set[Key] = field(default_factory=set)
    reposts: set[Key] = field(default_factory=set)
    reposted: Counter[Key] = field(default_factory=Counter)

    @classmethod
    def of(cls, archive: Path) -> Expected:
        """By reading the archive, without any of the code that is tested."""
        expected = cls()
        with archive.open(encoding="utf-8", newline="\n") as lines:
            for line in lines:
                expected.lines += 1
                expected._take(json.loads(line))
        return expected

    def _take(self, record: dict[str, Any]) -> None:
        network = record.get("source") or "x"
        key = (network, record["id"])
        if key in self.cards or key in self.reposts:
            return
        if record.get("repost_of") is None:
            self.cards.add(key)
        else:
            self.reposts.add(key)
            self.reposted[network, record["repost_of"]["id"]] += 1

    def compare(self, conn: Connection, event_id: str, others: int = 0) -> tuple[int, int]:
        """(missing, doubled) posts of this archive in the database. `others` were shown besides.

        AssertionError when a count is wrong, or something is there that nobody gave.
        """
        columns = (post.c.network, post.c.key, post.c.state, post.c.reposts)
        rows = conn.execute(
            select(*columns).where(post.c.event_id == event_id, post.c.network != "web")
        ).all()
        cards = Counter((row.network, row.key) for row in rows if row.state in _CARDS)
        reposts = Counter((row.network, row.key) for row in rows if row.state == PostState.REPOST)
        assert (cards.keys() | reposts.keys()) <= (self.cards | self.reposts)
        counted = {(row.network, row.key): row.reposts for row in rows if row.reposts}
        assert counted == self.reposted
        self._compare_totals(conn, event_id, others)
        missing = len(self.cards - cards.keys()) + len(self.reposts - reposts.keys())
        return missing, cards.total() - len(cards) + reposts.total() - len(reposts)

    def _compare_totals(self, conn: Connection, event_id: str, others: int) -> None:
        event = events.by_id(conn, event_id)
        assert event is not None
        assert event.reposts == len(self.reposts)
        assert event.shown + event.held == len(self.cards) + others


_CARDS = frozenset({PostState.APPROVED, PostState.HELD})
