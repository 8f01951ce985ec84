"""Somebody on the staff who talks to a server by HTTP, signed in without going through a link."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2

from tests.support.waiting import PATIENCE
from wall.access import digest_of, new_token
from wall.model import new_id, utc_now
from wall.store import Store, people


class Staff:
    """An organiser of the instance, with a Bearer token of their own."""

    def __init__(self, base_url: str, store: Store, name: str = "Olga") -> None:
        self.base_url = base_url
        self.token = new_token()
        self.person_id = new_id()
        now = utc_now()
        with store.writing() as conn:
            people.add_person(conn, self.person_id, name, now)
            people.make_organiser(conn, self.person_id)
            until = now + timedelta(hours=1)
            people.add_sign_in(conn, digest_of(self.token), self.person_id, now, until)

    @property
    def headers(self) -> dict[str, str]:
        """The headers that sign a request in."""
        return {"Authorization": f"Bearer {self.token}"}

    async def ask(self, method: str, path: str, **more: Any) -> httpx2.Response:
        """Send one request below /api/v1."""
        headers = self.headers | more.pop("headers", {})
        # Loading certificates for a loopback address would take longer than the request.
        async with httpx2.AsyncClient(
            base_url=self.base_url, trust_env=False, timeout=PATIENCE, verify=False
        ) as client:
            return await client.request(method, f"/api/v1{path}", headers=headers, **more)

    async def post(self, slug: str, text: str, cause: str | None = None) -> dict[str, Any]:
        """Add a post; AssertionError when it was not accepted."""
        headers = {"Idempotency-Key": cause} if cause else {}
        answer = await self.ask("POST", f"/events/{slug}/posts", json={"text": text}, headers=headers)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())
