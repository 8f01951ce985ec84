"""The contract kit for replays: an archive of Mastodon frames that grows."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest

from tests.feeds.feed_records import mastodon_status
from tests.feeds.kit import FeedContract
from tests.feeds.kit_door import door

__all__ = ["door"]


class ReplayDriver:
    """An archive file to which a world writes; the replay ends with it and is run again."""

    network = "replay"
    network_of_posts = "mastodon"
    ends = True
    edits = True

    def __init__(self, path: Path) -> None:
        self.path = path
        self._records: dict[str, dict[str, Any]] = {}
        self._held: list[str] = []
        self._doubled, self._shuffled = False, 0
        path.touch()

    @property
    def config(self) -> dict[str, Any]:
        return {"path": str(self.path), "shape": "mastodon"}

    async def publish(self, text: str, *, created_at: datetime | None = None) -> str:
        number = len(self._records) + 1
        at = created_at or datetime(2026, 5, 4, 9, tzinfo=UTC) + timedelta(seconds=number)
        content = f"<p>{escape(text)}</p>"
        record = mastodon_status(number, created_at=at.isoformat(), content=content)
        self._records[record["uri"]] = record
        self._write(record)
        return str(record["uri"])

    async def edit(self, key: str, text: str) -> None:
        at = datetime(2026, 5, 4, 10, tzinfo=UTC).isoformat()
        edited = self._records[key] | {"content": f"<p>{escape(text)}</p>", "edited_at": at}
        self._write({"event": "status.update", "payload": json.dumps(edited)})

    async def delete(self, key: str) -> None:
        self._write({"event": "delete", "payload": self._records[key]["id"]})

    async def repeat(self, key: str) -> None:
        self._write(self._records[key])

    async def delete_unseen(self) -> str:
        number = len(self._records) + 1
        record = mastodon_status(number)
        self._records[record["uri"]] = record
        await self.delete(record["uri"])
        return str(record["uri"])

    async def revive(self, key: str) -> None:
        await self.repeat(key)

    def misbehave(self, *, doubled: bool = False, shuffled: int = 0) -> None:
        self._doubled, self._shuffled = doubled, shuffled

    async def settle(self) -> None:
        """Append what is held back, the last line first: archives are not always in order."""
        self._flush()

    def connections(self) -> int:
        """Descriptors of this process that are open on the archive."""
        return sum(1 for one in Path("/proc/self/fd").iterdir() if self._is_ours(one))

    def tasks(self) -> set[asyncio.Task[Any]]:
        return set()

    def _write(self, record: dict[str, Any]) -> None:
        self._held.append(json.dumps(record) + "\n")
        if len(self._held) >= max(1, self._shuffled):
            self._flush()

    def _flush(self) -> None:
        held, self._held = self._held, []
        with self.path.open("a", encoding="utf-8") as file:
            file.writelines(line for line in reversed(held) for _ in range(1 + self._doubled))

    def _is_ours(self, descriptor: Path) -> bool:
        try:
            return descriptor.readlink() == self.path
        except OSError:
            return False


class TestReplay(FeedContract):
    @pytest.fixture
    def driver(self, tmp_path: Path) -> ReplayDriver:
        return ReplayDriver(tmp_path / "archive.jsonl")
