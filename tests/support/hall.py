"""One event of a serve, as tests with a browser drive it: its staff, its programme, its addresses, and
the door for what only a network brings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2

from tests.support.browser import Watched
from tests.support.processes import ServeProcess
from tests.support.staff import Staff
from tests.support.summit import OPEN_RULES
from tests.support.venue import Venue
from wall.access import COOKIE, digest_of, new_token
from wall.feeds.base import Arrived, Edited, Withdrawn
from wall.intake import Graves, admit
from wall.journal import create_event, run_command
from wall.model import Mode, utc_now
from wall.moderation import Rules
from wall.store import Store, people
from wall.store import rules as stored_rules

SECRET = "k" * 48
"""The secret key of a serve with a hall in it."""


class Hall:
    """An event in Toronto's zone, with an organiser."""

    def __init__(
        self,
        process: ServeProcess,
        store: Store,
        slug: str = "summit",
        *,
        mode: Mode = Mode.AUTO,
        rules: Rules | None = OPEN_RULES,
    ) -> None:
        """Without `rules` they are the ordinary ones of the mode."""
        self.process = process
        self.store = store
        self.slug = slug
        self.staff = Staff(process.base_url, store)
        self.venue = Venue(self.staff, slug)
        name = slug.replace("-", " ").capitalize()
        details = {"hashtags": ("SMSummit",), "zone": "America/Toronto", "mode": mode}
        with store.writing() as conn:
            self.event = create_event(conn, utc_now(), slug, name, "system", details)
            if rules is not None:
                stored_rules.save(conn, self.event.id, 1, rules.model_dump_json())

    @property
    def wall(self) -> str:
        """The address of the wall."""
        return self.at("wall")

    def at(self, face: str, **query: str) -> str:
        """The whole address of one of the event's pages: `join`, `stage`, `moderate`, `events` …"""
        return f"{self.process.base_url}{self.path(face, **query)}"

    def path(self, face: str, **query: str) -> str:
        """As `at`, without the server."""
        return f"/{face}/{self.slug}{'?' if query else ''}{urlencode(query)}"

    def bring(self, *items: Arrived | Edited | Withdrawn) -> list[str]:
        """Let items through the door, as a feed in another process would; the ids of their posts."""
        graves = Graves(SECRET.encode())
        with self.store.writing() as conn:
            _, done = run_command(
                conn, self.event.id, "feed:f", lambda tx: admit(tx, items, graves), None, b"", utc_now()
            )
        return list(done.result.ids)

    async def post(self, text: str) -> str:
        """Add a post as the organiser; its id."""
        return str((await self.staff.post(self.slug, text))["post"])

    async def ask(self, method: str, path: str, **more: Any) -> httpx2.Response:
        """One request of the organiser's to the API below the event."""
        return await self.staff.ask(method, f"/events/{self.slug}{path}", **more)

    async def held(self) -> dict[str, list[dict[str, Any]]]:
        """What the server has for a desk now: subjects by type."""
        held: dict[str, list[dict[str, Any]]] = {}
        for put in (await self.ask("GET", "/snapshot?face=desk")).json()["puts"]:
            held.setdefault(put["type"], []).append(put["value"] | {"id": put["id"]})
        return held

    async def sign_in(self, watched: Watched, person: str | None = None) -> None:
        """Give a browser context the cookie of somebody who is signed in: the organiser, if nobody else
        is named."""
        token, now = new_token(), utc_now()
        with self.store.writing() as conn:
            signed_in = person or self.staff.person_id
            people.add_sign_in(conn, digest_of(token), signed_in, now, now + timedelta(hours=1))
        cookie = {"name": COOKIE, "value": token, "url": self.process.base_url}
        await watched.context.add_cookies([cookie])


@asynccontextmanager
async def hall_at(serve: Callable[..., ServeProcess], url: str, directory: Path) -> AsyncIterator[Hall]:
    """A hall in a serve of its own over a migrated database, for as long as the block runs."""
    process = serve({"BACKCHANNEL_DATABASE_URL": url, "BACKCHANNEL_DATA_DIR": str(directory)})
    store = Store(url)
    try:
        hall = Hall(process, store)
        await process.start()
        yield hall
    finally:
        store.close()
