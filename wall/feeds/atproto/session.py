"""Signing in with an app password: once, then refreshed, and again where that does not hold."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from wall.feeds.atproto.problems import PasswordRefused, Refused
from wall.feeds.atproto.xrpc import Params, Xrpc
from wall.feeds.base import Budget
from wall.feeds.shapes.common import Record

_Ask = Callable[[str], Awaitable[Record]]

_OVER = frozenset({"ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired"})
"""What the API says of a token that is used no more, with status 400 or 401."""


class Session:
    """An account at its service. A sign-in is asked for when it is needed: only 300 a day are allowed."""

    def __init__(self, server: Xrpc, handle: str, password: str) -> None:
        self._server = server
        self._handle = handle
        self._password = password
        self._lock = asyncio.Lock()
        self._access = ""
        self._refresh = ""
        self.did = ""

    @property
    def left(self) -> Budget | None:
        """What is left of the service's rate limit; None where it says nothing of one."""
        return self._server.left

    async def get(self, method: str, params: Params) -> Record:
        """What a query answers to this account. Raises Passing, Refused, PasswordRefused."""
        return await self._with_token(lambda token: self._server.get(method, params, token))

    async def post(self, method: str, said: Record) -> Record:
        """What a procedure answers to this account. Raises Passing, Refused, PasswordRefused."""
        return await self._with_token(lambda token: self._server.post(method, said, token))

    async def sign_in(self) -> str:
        """The DID of the account. Raises Passing, Refused, PasswordRefused."""
        async with self._lock:
            if not self._access:
                await self._create()
        return self.did

    async def _with_token(self, ask: _Ask) -> Record:
        await self.sign_in()
        used = self._access
        try:
            return await ask(used)
        except Refused as problem:
            if problem.status not in (400, 401) or problem.error not in _OVER:
                raise
        async with self._lock:
            if self._access == used:
                await self._renew()
        return await ask(self._access)

    async def _renew(self) -> None:
        try:
            self._take(
                await self._server.post("com.atproto.server.refreshSession", None, token=self._refresh)
            )
        except Refused:
            await self._create()

    async def _create(self) -> None:
        said = {"identifier": self._handle, "password": self._password}
        self._access = ""
        try:
            self._take(await self._server.post("com.atproto.server.createSession", said))
        except Refused as problem:
            if problem.status not in (400, 401, 403):
                raise
            raise PasswordRefused from problem

    def _take(self, said: Record) -> None:
        access, refresh, did = (said.get(name) for name in ("accessJwt", "refreshJwt", "did"))
        if not (isinstance(access, str) and isinstance(refresh, str) and isinstance(did, str)):
            raise Refused(200, "InvalidResponse")
        self._access, self._refresh, self.did = access, refresh, did
