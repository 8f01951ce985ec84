"""Another tool that sends signed requests."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

import httpx2

from tests.live.api import Api
from wall.access.signatures import SIGNATURE_HEADER, sign
from wall.model import Role


@dataclass
class Tool:
    """An integration, with the key that it was given."""

    api: Api
    id: str
    key: str

    def signed(self, body: bytes, at: int | None = None) -> dict[str, str]:
        """The headers of a request that this tool signed."""
        moment = int(time.time()) if at is None else at
        signature = f"t={moment},k={self.id},v1={sign(self.key, moment, body)}"
        return {SIGNATURE_HEADER: signature, "Content-Type": "application/json"}

    async def send(self, body: bytes, headers: dict[str, str], path: str = "") -> httpx2.Response:
        """Send a body as it is."""
        async with self.api.client() as client:
            return await client.post(f"{path or self.api.path}/webhook", content=body, headers=headers)

    async def say(self, *items: dict[str, Any], at: int | None = None) -> httpx2.Response:
        """Send items in one signed request."""
        body = json.dumps({"items": items}).encode()
        return await self.send(body, self.signed(body, at))

    async def took(self, *items: dict[str, Any], at: int | None = None) -> list[dict[str, Any]]:
        """The answers to items; AssertionError when the request was refused."""
        answer = await self.say(*items, at=at)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])


async def tool_of(api: Api, name: str = "Chat bridge") -> Tool:
    """A new tool of an event."""
    async with api.client(api.signed_in(Role.TECHNICIAN)) as staff:
        made = await staff.post(f"{api.path}/integrations", json={"name": name})
    assert made.status_code == 201, made.text
    return Tool(api, **made.json())


def refused(answer: httpx2.Response, code: str = "bad_signature", status: int = 401) -> dict[str, Any]:
    """The error of a refused request. AssertionError where it was not, or for another reason."""
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    return dict(answer.json()["error"])
