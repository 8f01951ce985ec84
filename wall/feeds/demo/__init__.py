"""The demo's archive: a made-up summit with made-up people, in the conference shape."""

from importlib.resources import files
from pathlib import Path


def demo_archive() -> Path:
    """The path of the archive `summit.jsonl`: 25 minutes of a social media summit."""
    return Path(str(files("wall.feeds.demo") / "summit.jsonl"))
