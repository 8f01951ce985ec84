"""A moderator at the pages of one event: what they read, and the buttons that they press."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx2

from tests.live.api import Api, api_over
from tests.support.summit import MORNING
from wall.entries import kinds
from wall.feeds.base import Arrived, Edited
from wall.intake import admit
from wall.intake.settling import recount
from wall.journal import Tx
from wall.model import Author, Event, Post, PostState, Reason, Role, StoredPost
from wall.routes.words import Words
from wall.store import posts

PAGE = {"Accept": "text/html"}
ATTACK = '"><img src=x onerror=alert(1)><script>alert(1)</script></textarea>'
WORDS = Words()


@dataclass
class Desk:
    """A moderator at the page of one event, and the door through which posts arrive."""

    api: Api
    browser: httpx2.AsyncClient
    program: httpx2.AsyncClient

    @property
    def path(self) -> str:
        return f"/moderate/{self.api.event.slug}"

    async def arrive(self, *given: Post) -> list[str]:
        """Let posts arrive; their ids."""
        return list(await self._do(lambda tx: admit(tx, [Arrived(p) for p in given], self._graves).ids))

    async def edit(self, post: Post) -> None:
        await self._do(lambda tx: admit(tx, [Edited(post)], self._graves).ids)

    async def hold(self, post: Post, *reasons: Reason) -> str:
        """Let a post arrive and give it these reasons."""
        (post_id,) = await self.arrive(post)

        def held(tx: Tx) -> None:
            before = posts.by_ids(tx.conn, tx.event.id, {post_id})[post_id]
            recount(tx, before.state, PostState.HELD)
            posts.save(tx.conn, post_id, state="held", reasons=reasons)
            tx.append(kinds.PostRestored(state=PostState.HELD), ("post", post_id))

        await self._do(held)
        return post_id

    async def stored(self, post_id: str) -> StoredPost:
        event_id = self.api.event.id
        found = await self.api.parts.store.read(lambda conn: posts.by_ids(conn, event_id, {post_id}))
        return found[post_id]

    async def event(self) -> Event:
        return await self.api.parts.journal.event(self.api.event.id)

    async def page(self, query: str = "", **headers: str) -> str:
        answer = await self.browser.get(f"{self.path}{query}", headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def press(
        self, post_id: str, decision: str, page: str | None = None, **more: str
    ) -> httpx2.Response:
        """Press a button of a card as the page (or one loaded before) has it."""
        fields = fields_of(page or await self.page(), post_id) | more
        return await self.browser.post(f"{self.path}/{post_id}/{decision}", data=fields)

    async def rules(self) -> dict[str, Any]:
        return dict((await self.program.get(f"{self.api.path}/rules")).json())

    async def set_rules(self, **rules: Any) -> httpx2.Response:
        version = (await self.rules())["version"]
        return await self.program.put(f"{self.api.path}/rules", json={"version": version, "rules": rules})

    async def _do(self, fn: Any) -> Any:
        return (await self.api.parts.journal.command(self.api.event.id, "feed:f", fn)).result

    @property
    def _graves(self) -> Any:
        return self.api.parts.intake.graves


@asynccontextmanager
async def desk_over(database_url: str, directory: Path) -> AsyncIterator[Desk]:
    """A moderator of a new event of an application over this database."""
    async with api_over(database_url, directory) as api:
        token = api.signed_in(Role.MODERATOR)
        yield Desk(api, api.client(token, **PAGE), api.client(token))


def a_post(key: str = "1", text: str = "Hello", **more: Any) -> Post:
    author = Author(key=f"a{key}", handle=f"ada{key}", name="Ada")
    return Post(
        **{"network": "x", "key": key, "author": author, "text": text, "created_at": MORNING} | more
    )


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._text: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        kind = given.get("type")
        if tag == "textarea":
            self._text = given["name"]
            self.fields[given["name"] or ""] = ""
        elif tag == "input" and (kind not in {"checkbox", "radio"} or "checked" in given):
            self.fields[given["name"] or ""] = given.get("value") or ("on" if kind == "checkbox" else "")

    def handle_data(self, data: str) -> None:
        if self._text:
            self.fields[self._text] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = None


def fields_of(page: str, post_id: str | None = None) -> dict[str, str]:
    """The fields of a card's form, or of the rules' form."""
    start = page.index(f'id="post-{post_id}"') if post_id else page.index('<form class="rules"')
    form = _Form()
    form.feed(page[page.index("<form", start) : page.index("</form>", page.index("<form", start))])
    return form.fields


def shown_text(page: str) -> str:
    return flat(html.unescape(re.sub(r"<[^>]+>", "", page)))


def flat(text: str) -> str:
    """Text with one space for each gap."""
    return re.sub(r"\s+", " ", text)
