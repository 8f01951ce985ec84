"""The folding reader sees the faults that the suites ask it about. Its server here is a script."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

import pytest
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from tests.support.reader import FoldingReader, ReaderRefused
from tests.support.waiting import eventually


def put(id_: str, text: str) -> dict[str, Any]:
    return {"op": "put", "type": "post", "id": id_, "version": 1, "value": {"text": text}}


def changes(after: int, seq: int, *puts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "changes", "after": after, "seq": seq, "changes": list(puts)}


class Script:
    """Serves a snapshot at seq 3, and to each connection in turn a list of frames or a close code."""

    def __init__(self) -> None:
        self.acts: list[list[dict[str, Any] | int]] = []
        self.cursors: list[str] = []
        self.status = HTTPStatus.OK
        self.url = ""

    def snapshot(self, _: ServerConnection, request: Request) -> Response | None:
        if not request.path.startswith("/api/v1/events/demo/snapshot"):
            return None
        body = {"type": "snapshot", "v": 1, "cursor": "e.s.3", "seq": 3, "puts": [put("a", "one")]}
        headers = Headers({"Content-Type": "application/json", "Connection": "close"})
        return Response(self.status, "", headers, json.dumps(body).encode())

    async def play(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        self.cursors.append(socket.request.path.rpartition("=")[2])
        for step in self.acts.pop(0) if self.acts else []:
            if isinstance(step, int):
                await socket.close(step)
                return
            await socket.send(json.dumps(step))
        await socket.wait_closed()


HELLO = {"type": "hello", "v": 1, "build": 1, "resumed": True}


@pytest.fixture
async def script() -> AsyncIterator[Script]:
    written = Script()
    server: Server
    async with serve(written.play, "127.0.0.1", 0, process_request=written.snapshot) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        written.url = f"http://127.0.0.1:{port}"
        yield written


async def test_a_reader_folds_what_it_is_sent_and_goes_on_from_its_cursor(script: Script) -> None:
    script.acts = [[HELLO, changes(3, 4, put("b", "two")), 1012], [HELLO, changes(4, 6, put("a", "three"))]]
    async with FoldingReader(script.url, "demo") as reader:
        await reader.wait_for_seq(6)
    assert reader.subjects("post") == {"a": {"text": "three"}, "b": {"text": "two"}}
    assert script.cursors == ["e.s.3", "e.s.4"]
    assert (reader.snapshots, reader.connections, reader.resumes) == (1, 2, 2)
    assert (reader.gaps, reader.duplicates) == (0, 0)


async def test_a_gap_and_a_duplicate_are_counted_and_folded_into_nothing(script: Script) -> None:
    script.acts = [
        [HELLO, changes(5, 6, put("b", "lost between"))],
        [HELLO, changes(2, 3, put("a", "again"))],
        [HELLO, changes(3, 4)],
    ]
    async with FoldingReader(script.url, "demo") as reader:
        await reader.wait_for_seq(4)
    assert (reader.gaps, reader.duplicates) == (2, 1)
    assert reader.subjects("post") == {"a": {"text": "one"}}


async def test_a_cursor_that_cannot_be_continued_brings_a_new_snapshot(script: Script) -> None:
    script.acts = [[{**HELLO, "resumed": False}, 1000], [HELLO, changes(3, 4)]]
    async with FoldingReader(script.url, "demo") as reader:
        await reader.wait_for_seq(4)
    assert (reader.snapshots, reader.resumes) == (2, 1)


async def test_a_reader_that_is_refused_stops_with_the_code(script: Script) -> None:
    script.acts = [[HELLO, 4403]]
    with pytest.raises(ReaderRefused, match="4403"):
        async with FoldingReader(script.url, "demo") as reader:
            await reader.wait_for_seq(99)
    script.status = HTTPStatus.NOT_FOUND
    with pytest.raises(ReaderRefused, match="404"):
        async with FoldingReader(script.url, "demo") as reader:
            await reader.wait_for_seq(99)


async def test_a_server_that_is_not_there_is_tried_again(script: Script) -> None:
    script.status = HTTPStatus.SERVICE_UNAVAILABLE
    script.acts = [[HELLO, changes(3, 4)]]
    async with FoldingReader(script.url, "demo") as reader:
        await eventually(lambda: len(reader.failures) > 2)
        script.status = HTTPStatus.OK
        await reader.wait_for_seq(4)
