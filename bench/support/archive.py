"""The archive that intake is measured with: the recorded conference, or a made-up one of its shape.

Known of both: 8,318 posts of 2,151 authors, 6,356 of them reposts; 31 reposts cite 9 originals that
the archive lacks.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

POSTS = 8_318
AUTHORS = 2_151
REPOSTS = 6_356
STUBS = 9
REPOSTS_OF_STUBS = 31

_NAME = "conference-2019.jsonl"
_START = datetime(2026, 7, 5, 12, 0, tzinfo=UTC)
_SYLLABLES = ("ra", "to", "mi", "len", "sor", "é", "da", "qui", "nor", "wek", "pli", "ست", "ha", "ün")


def archive(folder: Path) -> tuple[Path, str]:
    """The path of the archive, and in words which one it is; a made-up one is written to `folder`."""
    recorded = Path(os.environ.get("BACKCHANNEL_DATA") or _beside()) / _NAME
    if recorded.is_file():
        return recorded, f"the recorded conference ({_NAME})"
    path = folder / "made-up.jsonl"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in made_up())
    return path, "a made-up conference of the same shape and size (the recorded one is not here)"


def _beside() -> Path:
    return Path(__file__).resolve().parents[3] / "shared" / "data"


def made_up(seed: int = 2026) -> Iterator[dict[str, Any]]:
    """Records of the conference shape with the numbers above, the same ones for the same seed."""
    chance = random.Random(seed)
    authors = [_author(chance, number) for number in range(AUTHORS)]
    originals = [_post(chance, number, authors) for number in range(POSTS - REPOSTS)]
    lacking = [_post(chance, POSTS + number, authors) for number in range(STUBS)]
    cited = [lacking[number % STUBS] for number in range(REPOSTS_OF_STUBS)]
    cited += chance.choices(originals, k=REPOSTS - REPOSTS_OF_STUBS)
    chance.shuffle(cited)
    reposts = [_repost(chance, number, of, authors) for number, of in enumerate(cited)]
    yield from sorted([*originals, *reposts], key=lambda record: str(record["created_at"]))


def _words(chance: random.Random, count: int) -> str:
    return " ".join("".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4))) for _ in range(count))


def _author(chance: random.Random, number: int) -> dict[str, Any]:
    return {
        "id": f"{3_000_000_000 + number}",
        "username": f"made_up_{number}",
        "name": _words(chance, 2).title(),
        "followers_count": chance.randint(0, 5_000),
    }


def _post(chance: random.Random, number: int, authors: list[dict[str, Any]]) -> dict[str, Any]:
    at = _START + timedelta(seconds=chance.randint(0, 8 * 86_400))
    return {
        "id": f"{10_000_000_000_000_000 + number}",
        "created_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "text": f"{_words(chance, chance.randint(10, 60))} #smsummit",
        "lang": "en",
        "source": "x",
        "author": authors[number] if number < AUTHORS else chance.choice(authors),
        "hashtags": ["smsummit"],
        "media_count": 0,
    }


def _repost(
    chance: random.Random, number: int, of: dict[str, Any], authors: list[dict[str, Any]]
) -> dict[str, Any]:
    # The first of them bring the authors that no original has, so that all are there.
    first = POSTS - REPOSTS
    author = authors[first + number] if first + number < AUTHORS else chance.choice(authors)
    at = datetime.fromisoformat(of["created_at"]) + timedelta(seconds=chance.randint(1, 86_400))
    original = {name: of[name] for name in ("id", "text", "created_at")}
    return of | {
        "id": f"{20_000_000_000_000_000 + number}",
        "created_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "author": author,
        "repost_of": original | {"username": of["author"]["username"]},
        "mentions": [of["author"]["username"]],
    }
