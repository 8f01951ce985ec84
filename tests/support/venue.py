"""A programme run by HTTP, as an organiser does it: rooms, sessions, and what is brought into them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.support.staff import Staff
from wall.model import utc_now


class Venue:
    """One event's rooms and sessions, by what their commands answered."""

    def __init__(self, staff: Staff, slug: str) -> None:
        self._staff = staff
        self._path = f"/events/{slug}"

    async def room(self, name: str = "Great Hall") -> str:
        """A new room; its id."""
        return str((await self.do("/rooms", name=name))["room"])

    async def session(
        self, room: str, title: str = "What counts", starts: datetime | None = None, **more: Any
    ) -> str:
        """A new session of two hours; its id."""
        starts = starts or utc_now() - timedelta(minutes=30)
        times = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=2)).isoformat()}
        asked = {"room": room, "title": title, "method": "guided", **times, **more}
        return str((await self.do("/sessions", **asked))["session"])

    async def running(self, title: str = "What counts", **more: Any) -> str:
        """A session that runs in a room of its own; its id."""
        session = await self.session(await self.room(f"Room of {title}"), title, **more)
        await self.do(f"/sessions/{session}/begin", version=1)
        return session

    async def bring_in(self, session: str, post: str, note: str = "") -> str:
        """Raise a post and take it up at once; its relay."""
        relay = await self.raised(session, post, note)
        await self.do(f"/relays/{relay['relay']}/take-up", version=relay["version"])
        return str(relay["relay"])

    async def raised(self, session: str, post: str, note: str = "") -> dict[str, Any]:
        """Put a post into a session's queue: its relay and version."""
        raised = await self.do(f"/posts/{post}/raise", session=session, note=note)
        return {"version": 1, **raised}

    async def do(self, path: str, **body: Any) -> dict[str, Any]:
        """Send a command below the event; AssertionError when it was refused."""
        answer = await self._staff.ask("POST", f"{self._path}{path}", json=body)
        assert answer.is_success, answer.text
        return dict(answer.json())
