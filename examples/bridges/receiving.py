"""A small HTTP server for bridges that a chat or gateway calls. Put a proxy with TLS in front of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol

from .webhook import Refused, Unanswered

LONGEST_BODY = 1_000_000


class Headers(Protocol):
    """Headers of a request, by name."""

    def get(self, name: str, /) -> str | None:
        """One of them; None where it was not sent."""
        ...


@dataclass(frozen=True)
class Answer:
    """What a caller is told."""

    status: int
    body: str = ""
    type: str = "text/plain; charset=utf-8"


Handle = Callable[[Headers, bytes], Answer]
"""Answers a POST: its headers and its body. Raises Refused and Unanswered as the wall does."""


def server(port: int, handle: Handle, host: str = "127.0.0.1") -> ThreadingHTTPServer:
    """A server on a port of this machine; port 0 takes any free one. Start it with `serve_forever`."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 20

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length") or ""
            if not length.isdecimal() or int(length) > LONGEST_BODY:
                self._send(Answer(413))
                return
            try:
                self._send(handle(self.headers, self.rfile.read(int(length))))
            except Unanswered:
                self._send(Answer(503, "The wall does not answer now."))
            except Refused as problem:
                print(f"The wall refused it: {problem}")
                self._send(Answer(500, "The wall refused it."))

        def _send(self, answer: Answer) -> None:
            body = answer.body.encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Say nothing: a line of a log would hold addresses of people."""

    return ThreadingHTTPServer((host, port), Handler)
