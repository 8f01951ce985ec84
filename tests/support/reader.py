"""A reader of the wire: folds what it is sent and counts what should not have happened."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Mapping
from typing import Any, Self

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from tests.support.waiting import PATIENCE
from wall.entries import POST_WINDOW, Held
from wall.store.channel import OWN_WINDOW

SILENCE = 35.0
"""Seconds without a frame after which a client reconnects."""
FINAL = frozenset({4401, 4403, 4410, 401, 403, 404, 410})
"""Close codes and HTTP statuses after which reconnecting is of no use."""


class ReaderRefused(Exception):
    """The server said that this reader may not read on; `code` is the close code or HTTP status."""

    def __init__(self, code: int) -> None:
        super().__init__(f"refused with {code}")
        self.code = code


class FoldingReader:
    """A face without pixels. `async with FoldingReader(…) as reader: await reader.wait_for_seq(9)`."""

    def __init__(
        self,
        base_url: str,
        slug: str,
        face: str = "wall",
        cookies: Mapping[str, str] | None = None,
        *,
        longest_pause: float = 0.2,
        on_frame: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        self.held = Held()
        self.floor = 0
        """The order from which this copy has every post; older ones come by paging."""
        self.cursor: str | None = None
        self.snapshots = 0
        self.resumes = 0
        """Connections that went on from the reader's cursor."""
        self.connections = 0
        """Connections whose hello arrived; all but the first are reconnects."""
        self.gaps = 0
        """Frames that did not continue from where this copy was."""
        self.duplicates = 0
        """Those of them that began before it: the same entries again."""
        self.frames = 0
        self.failures: list[str] = []
        """What ended each connection or request, newest last."""
        self._base_url, self._slug, self._face = base_url.rstrip("/"), slug, face
        self._snapshot_path = f"/api/v1/events/{slug}/snapshot"
        self._cookies = dict(cookies or {})
        self._longest_pause = longest_pause
        self._on_frame = on_frame
        self._moved = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Stop reading. Raises what ended the reader, if anything did."""
        assert self._task is not None
        self._task.cancel()
        try:
            await self._task
        except asyncio.CancelledError:
            return

    @property
    def seq(self) -> int:
        """The journal seq up to which this copy is complete."""
        return self.held.seq

    async def assert_holds_what_a_newcomer_gets(self) -> None:
        """AssertionError unless this copy is what a snapshot gives now, within the windows of both."""
        async with httpx2.AsyncClient(
            base_url=self._base_url, cookies=self._cookies, trust_env=False, timeout=PATIENCE
        ) as http:
            response = await http.get(self._snapshot_path, params={"face": self._face})
        fresh = Held.of(response.raise_for_status().json())
        floor = max(self.floor, floor_of(fresh))
        assert self.seq == fresh.seq, f"a snapshot is at {fresh.seq}: {self.report()}"
        assert _within(self.held, floor) == _within(fresh, floor), self.report()

    def subjects(self, kind: str) -> dict[str, dict[str, Any]]:
        """The values held of one type of subject, by id."""
        return {id_: value for (type_, id_), value in self.held.subjects.items() if type_ == kind}

    async def wait_for_seq(self, seq: int, within: float = PATIENCE) -> None:
        """Return when the copy is complete up to `seq`. AssertionError after `within` seconds."""
        await self.wait_until(lambda: self.seq >= seq, within, f"seq {seq}")

    async def wait_until(
        self, condition: Callable[[], bool], within: float = PATIENCE, what: str = "it"
    ) -> None:
        """Return when `condition` is true after some frame or snapshot."""
        try:
            async with asyncio.timeout(within), self._moved:
                while not condition():
                    self._raise_if_over()
                    await self._moved.wait()
        except TimeoutError:
            raise AssertionError(f"waited {within} s for {what}: {self.report()}") from None

    def _raise_if_over(self) -> None:
        if self._task is not None and self._task.done():
            self._task.result()

    def report(self) -> str:
        """Where the reader is and what it met, for a failing test."""
        return (
            f"seq {self.seq}, {self.connections} connections, {self.snapshots} snapshots, "
            f"{self.resumes} resumes, {self.gaps} gaps, {self.duplicates} duplicates, "
            f"last failures {self.failures[-3:]}"
        )

    async def run(self) -> None:
        """Read for ever, reconnecting with full jitter. Raises ReaderRefused."""
        try:
            async with httpx2.AsyncClient(
                base_url=self._base_url, cookies=self._cookies, trust_env=False, timeout=PATIENCE
            ) as http:
                await self._read_for_ever(http)
        finally:
            await self._tell()

    async def _read_for_ever(self, http: httpx2.AsyncClient) -> None:
        pause = 0.01
        while True:
            before = self.connections
            try:
                if self.cursor is None:
                    await self._fetch_snapshot(http)
                if self.cursor is not None:
                    await self._follow()
            except ConnectionClosed as exc:
                self._ended(repr(exc), exc.rcvd.code if exc.rcvd else 0)
            except InvalidStatus as exc:
                self._ended(repr(exc), exc.response.status_code)
            except (OSError, TimeoutError, WebSocketException, httpx2.TransportError) as exc:
                self.failures.append(repr(exc))
            pause = 0.01 if self.connections > before else min(self._longest_pause, pause * 2)
            await asyncio.sleep(random.uniform(0, pause))

    def _ended(self, how: str, code: int) -> None:
        self.failures.append(how)
        if code in FINAL:
            raise ReaderRefused(code)

    async def _fetch_snapshot(self, http: httpx2.AsyncClient) -> None:
        response = await http.get(self._snapshot_path, params={"face": self._face})
        if response.status_code != 200:
            self._ended(f"snapshot: HTTP {response.status_code}", response.status_code)
            return
        snapshot = response.json()
        self.held, self.cursor = Held.of(snapshot), snapshot["cursor"]
        self.floor = floor_of(self.held)
        self.snapshots += 1
        await self._tell()

    async def _follow(self) -> None:
        assert self.cursor is not None
        url = f"{self._base_url.replace('http', 'ws', 1)}/live/{self._slug}"
        cookie = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        async with connect(
            f"{url}?face={self._face}&cursor={self._own_cursor()}",
            origin=self._base_url,  # type: ignore[arg-type]
            additional_headers={"Cookie": cookie} if cookie else {},
            compression=None,
            proxy=None,
            max_size=None,
            ping_interval=None,
            close_timeout=1,
        ) as socket:
            if await self._greeted(socket):
                while True:
                    await self._take(await self._frame(socket))
            self.cursor = None

    def _own_cursor(self) -> str:
        assert self.cursor is not None
        return f"{self.cursor.rpartition('.')[0]}.{self.seq}"

    async def _greeted(self, socket: ClientConnection) -> bool:
        hello = await self._frame(socket)
        assert (hello["type"], hello["v"]) == ("hello", 1), hello
        self.connections += 1
        self.resumes += hello["resumed"]
        await self._tell()
        return bool(hello["resumed"])

    async def _frame(self, socket: ClientConnection) -> dict[str, Any]:
        async with asyncio.timeout(SILENCE):
            frame: dict[str, Any] = json.loads(await socket.recv())
        return frame

    async def _take(self, frame: dict[str, Any]) -> None:
        if frame["type"] != "changes":
            return
        self.frames += 1
        if frame["after"] != self.seq:
            self.gaps += 1
            self.duplicates += frame["after"] < self.seq
            raise OSError(f"at {self.seq}, a frame continues {frame['after']}")
        self.held.apply(frame)
        if self._on_frame:
            self._on_frame(frame)
        await self._tell()

    async def _tell(self) -> None:
        async with self._moved:
            self._moved.notify_all()


def floor_of(held: Held) -> int:
    """The order from which a fresh copy has every post: 0 when its window is not full."""
    posts = [value for (kind, _), value in held.subjects.items() if kind == "post"]
    return min(value["order"] for value in posts) if len(posts) >= POST_WINDOW else 0


def _within(held: Held, floor: int) -> dict[tuple[str, str], Any]:
    """What a snapshot would hold of this copy: posts from `floor` on, and the newest own points."""
    points = [value for subject, value in held.subjects.items() if subject[0] == "point"]
    newest = sorted(points, key=lambda value: (value["created_at"], value["id"]), reverse=True)
    own = {value["id"] for value in newest[:OWN_WINDOW]}
    return {
        subject: value
        for subject, value in held.subjects.items()
        if (subject[0] != "post" or value["order"] >= floor)
        and (subject[0] != "point" or subject[1] in own)
    }
