"""`backchannel import`: what an archive holds, line by line, before and while it is taken in.

The file is read once without a database, which names every line that cannot be used; then it is replayed
at full speed (`wall.replaying`), which can be broken off and gone on with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from wall.feeds.archive import BURST, Archive
from wall.feeds.base import Arrived, Dropped, Edited, Item, Withdrawn
from wall.feeds.shapes.tables import Columns
from wall.model import Post

WHY = {
    "unreadable_line": "it cannot be read: no whole object, or a quotation mark that is never closed",
    "unusable_post": "something that every post needs is missing or is not what it should be (id, author, "
    "time or text; an id that a spreadsheet rounded)",
    "not_public": "it was not written for everybody",
    "line_too_long": "it is longer than a megabyte",
    "not_utf8": "it is not UTF-8: save the file as CSV UTF-8",
    "wrong_columns": "it has more columns than the first line names",
    "missing_part": "it is not in the file, or what leads to it is not",
    "damaged_part": "its bytes are not those that it had when the file was made",
    "archive_cut": "the file ends in the middle, or is damaged from here on",
}
"""Why a line is left out, by the code of `Dropped`."""


@dataclass
class Contents:
    """What an archive holds. `left_out`: where and why, the first `most` of them; `dropped` counts all."""

    most: int
    posts: int = 0
    reposts: int = 0
    edits: int = 0
    deleted: int = 0
    dropped: int = 0
    networks: Counter[str] = field(default_factory=Counter)
    authors: set[tuple[str, str]] = field(default_factory=set)
    first: datetime | None = None
    last: datetime | None = None
    left_out: list[Dropped] = field(default_factory=list)

    def add(self, item: Item) -> None:
        """Count one item."""
        match item:
            case Arrived(post):
                self._post(post)
            case Edited():
                self.edits += 1
            case Withdrawn():
                self.deleted += 1
            case Dropped():
                self.dropped += 1
                if len(self.left_out) < self.most:
                    self.left_out.append(item)

    def _post(self, post: Post) -> None:
        self.posts += 1
        self.reposts += post.repost_of is not None
        self.networks[post.network] += 1
        self.authors.add((post.network, post.author.key))
        self.first = min(self.first or post.created_at, post.created_at)
        self.last = max(self.last or post.created_at, post.created_at)

    def in_words(self) -> Iterator[str]:
        """Lines for the person who asked."""
        if self.first and self.last:
            networks = ", ".join(f"{count} of {name}" for name, count in self.networks.most_common())
            people = len(self.authors)
            yield f"{self.posts} posts ({self.reposts} of them reposts) by {people} people: {networks}."
            yield f"From {self.first:%Y-%m-%d %H:%M} to {self.last:%Y-%m-%d %H:%M} UTC."
        else:
            yield "No post."
        if self.edits or self.deleted:
            yield f"{self.edits} edits and {self.deleted} deletions."
        for one in self.left_out:
            yield f"{one.where} is left out: {WHY.get(one.code, one.code)}."
        if self.dropped > len(self.left_out):
            yield f"{self.dropped - len(self.left_out)} more lines are left out."


def look_through(path: Path, columns: Columns | None, most: int, show: Console) -> Contents:
    """Read a whole archive and keep nothing of it. Raises FeedFatal for a file that is none."""
    contents, archive = Contents(most), Archive(path, columns=columns)
    bar = (TextColumn("Reading"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    try:
        with Progress(*bar, console=show, transient=True) as progress:
            task = progress.add_task("", total=None)
            while block := archive.block(BURST):
                for item in (item for items in block for item in items):
                    contents.add(item)
                progress.update(task, completed=archive.read_bytes, total=archive.total_bytes)
    finally:
        archive.close()
    return contents
