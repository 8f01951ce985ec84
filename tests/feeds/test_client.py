"""HTTP as feeds speak it: what an answer may be packed in, and which texts name a server."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest

from wall.errors import BadInput
from wall.feeds.base import check_config
from wall.feeds.common.client import Pinned, read_body
from wall.feeds.common.problems import Passing

WORDS = b"words " * 100


@asynccontextmanager
async def answering(encoding: str, body: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that answers everything so; its address, and what it was asked."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).lower())
        head = f"HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", asked


async def body_of(url: str, **headers: str) -> bytes:
    async with (
        httpx2.AsyncClient(transport=Pinned(loopback=True), headers=headers) as client,
        client.stream("GET", url) as answer,
    ):
        return await read_body(answer)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("", WORDS), ("identity", WORDS), ("gzip", gzip.compress(WORDS)), ("Deflate", zlib.compress(WORDS))],
)
async def test_an_answer_may_be_packed_once(encoding: str, body: bytes) -> None:
    async with answering(encoding, body) as (url, asked):
        assert await body_of(url) == WORDS
    assert b"accept-encoding: gzip, deflate\r\n" in asked[0]


@pytest.mark.parametrize("encoding", ["gzip, gzip", "gzip,deflate", "br", "zstd", "gzip, identity"])
async def test_what_is_packed_in_what_is_packed_is_not_unpacked(encoding: str) -> None:
    async with answering(encoding, gzip.compress(gzip.compress(WORDS))) as (url, _):
        with pytest.raises(Passing) as refused:
            await body_of(url)
    assert refused.value.code == "packed"


async def test_who_asks_for_nothing_packed_does_so() -> None:
    async with answering("", WORDS) as (url, asked):
        assert await body_of(url, **{"accept-encoding": "identity"}) == WORDS
    assert b"accept-encoding: identity\r\n" in asked[0]


@pytest.mark.parametrize(
    "host",
    ["a" * 60 + "_", ("a" * 20 + ".") * 12 + "_", "a" * 64 + ".example", "a..example", "-a.example", "a-"],
)
def test_what_is_no_host_is_refused_at_once_however_long_it_is(host: str) -> None:
    with pytest.raises(BadInput):
        check_config("mastodon", {"instances": [host], "hashtags": "tag"})
