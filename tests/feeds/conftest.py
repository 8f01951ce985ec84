"""What the tests of feeds share: records, and archives written to files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.feeds.feed_records import conference_record, mastodon_status


@pytest.fixture
def conference() -> Callable[..., dict[str, Any]]:
    """Makes a record of the conference shape: `conference(number, **changes)`."""
    return conference_record


@pytest.fixture
def status() -> Callable[..., dict[str, Any]]:
    """Makes a Mastodon status: `status(number, **changes)`."""
    return mastodon_status


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes an archive of objects, or of lines as bytes, and returns its path."""

    def write_archive(lines: Iterable[Any], name: str = "archive.jsonl") -> Path:
        path = tmp_path / name
        raw = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
        path.write_bytes(b"".join(line + b"\n" for line in raw))
        return path

    return write_archive
