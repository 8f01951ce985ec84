"""What the browser fixtures promise: a page's errors and policy violations fail its test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.browser import Watched
from tests.support.waiting import eventually

PAGE = """<!doctype html><title>page</title><link rel="icon" href="data:,"><p>text</p>"""
INLINE = (
    """<!doctype html><title>page</title><link rel="icon" href="data:,"><p style="color: red">text</p>"""
)


@pytest_asyncio.fixture(loop_scope="session")
async def url() -> AsyncIterator[str]:
    """A server of two pages under a strict policy."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        body = (INLINE if b"/inline" in request else PAGE).encode()
        policy = b"default-src 'self'; img-src data:"
        head = (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Security-Policy: "
        )
        writer.write(head + policy + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    yield f"http://{host}:{port}"
    server.close()


async def test_a_page_without_faults_is_clean(watched: Watched, url: str) -> None:
    page = await watched.page(f"{url}/")
    assert await page.text_content("p") == "text"
    watched.assert_clean()


async def test_a_policy_violation_an_error_and_a_console_message_are_noticed(
    watched: Watched, url: str
) -> None:
    page = await watched.page(f"{url}/inline")
    await page.evaluate("setTimeout(() => { console.error('said so'); throw new Error('thrown') })")
    await eventually(lambda: len(watched.problems) >= 4)
    problems = " | ".join(watched.problems)
    assert "policy: style-src-attr blocked inline" in problems
    assert "said so" in problems
    assert "uncaught: thrown" in problems
    with pytest.raises(AssertionError, match="thrown"):
        watched.assert_clean()
    watched.expected += ["policy:", "Content Security Policy", "said so", "thrown"]


async def test_a_problem_that_was_announced_does_not_count(watched: Watched) -> None:
    page = await watched.page()
    watched.expected.append("provoked")
    await page.evaluate("console.warn('provoked')")
    await eventually(lambda: watched.problems)
    assert watched.unexpected() == []
