"""What the tests of the desk have in common: an event with work in it, keys, and rows."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect
from sqlalchemy import select

from tests.support.browser import Watched
from tests.support.hall import Hall
from tests.support.summit import post
from wall.feeds.base import Arrived
from wall.model import Role, new_id, utc_now
from wall.store import members, people
from wall.store.tables import entry

SCREEN = {"width": 1440, "height": 900}


class Summit:
    """An event with a codebook and two rooms, in each of which a session runs."""

    def __init__(self, hall: Hall, session: str) -> None:
        self.hall = hall
        self.venue = hall.venue
        self.session = session

    @classmethod
    async def prepared(cls, hall: Hall) -> Summit:
        """Add the codebook, the rooms and the sessions to a hall."""
        await hall.venue.do("/codebook/preset")
        session = await hall.venue.running("Best practices")
        await hall.venue.running("What is scholarship")
        return cls(hall, session)

    @property
    def address(self) -> str:
        """The address of the desk."""
        return self.hall.at("desk")

    def bring(self, *texts: str) -> None:
        """Let posts arrive, each under its own text's beginning as key."""
        self.hall.bring(*(Arrived(post(text[:20], text)) for text in texts))

    async def desk(self, watched: Watched, person: str | None = None) -> Page:
        """A desk on which somebody is signed in, when it shows the first post."""
        await self.hall.sign_in(watched, person)
        page = await watched.page(self.address)
        await expect(page.locator(".row").first).to_be_visible()
        return page

    async def states(self) -> dict[str, str]:
        """The states of posts, by the first word of their text."""
        return {one["text"].split()[0]: one["state"] for one in (await self.hall.held())["post"]}

    def kinds(self, prefix: str) -> list[str]:
        """The kinds of the journal's entries that begin so, in order."""
        ours = select(entry.c.kind).where(entry.c.event_id == self.hall.event.id).order_by(entry.c.seq)
        with self.hall.store.reading() as conn:
            found = conn.execute(ours).scalars().all()
        return [kind for kind in found if kind.startswith(prefix)]

    def person(self, name: str, *roles: Role) -> str:
        """Somebody with these roles in the event, and no others; their id."""
        person = new_id()
        with self.hall.store.writing() as conn:
            people.add_person(conn, person, name, utc_now())
            members.set_roles(conn, self.hall.event.id, person, roles)
        return person


async def press(page: Page, *keys: str) -> None:
    """Press keys one after the other, as fast as a browser takes them."""
    for key in keys:
        await page.keyboard.press(key)


def row(page: Page, text: str) -> Locator:
    """The row of a post."""
    return page.locator(".row", has_text=text)
