"""Thousands of websockets in a process of their own that only counts what it is sent.

`Crowd` starts bench/peers/crowd.c, which says there how it is talked to, or, where there is no
compiler, this module with the same arguments: it does the same, at some four times the cost.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import sys
from collections.abc import AsyncIterator
from typing import NamedTuple, cast

from bench.support.installs import LeftOut, compiled
from bench.support.processes import allow_open_files
from tests.support.processes import ROOT, clean_environment

_SEQ = re.compile(rb'"seq":(\d+)')
_AT_ONCE = 100
_WITHIN = 300.0
_PING, _PONG, _CLOSE = 0x9, 0xA, 0x8


class Received(NamedTuple):
    """What all sockets together were sent since they connected."""

    frames: int
    payload_bytes: int
    lost: int


class Crowd:
    """A crowd's process, seen from the measurement."""

    def __init__(self, process: asyncio.subprocess.Process, kind: str) -> None:
        self._process = process
        self.kind = kind
        """What it is written in."""

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    async def wait_for(self, what: str) -> None:
        """Have every socket wait for `seq N` or for `bytes N` more of payload; returns when they do."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{what}\n".encode())
        await self.said("waiting")

    async def reached(self) -> Received:
        """Wait until every socket has what it waits for. AssertionError if one was lost."""
        received = Received(*map(int, (await self.said("reached")).split()))
        assert received.lost == 0, f"{received.lost} sockets were lost"
        return received

    async def said(self, word: str, within: float = _WITHIN) -> str:
        """Wait for a line that begins with this word; the rest of it."""
        assert self._process.stdout is not None
        line = (await asyncio.wait_for(self._process.stdout.readline(), within)).decode().strip()
        assert line.startswith(word), f"the crowd said {line!r} in place of {word!r}"
        return line.removeprefix(word)


@contextlib.asynccontextmanager
async def crowd(
    port: int,
    path: str,
    count: int,
    *,
    at_once: int = _AT_ONCE,
    greeting: str = "",
    cores: set[int] | None = None,
) -> AsyncIterator[Crowd]:
    """A crowd of `count` sockets, connected `at_once`, until the block ends; on `cores` from its start.

    Each socket sends `greeting`, if there is one, as a binary frame.
    """
    kind, program = _program()
    process = await asyncio.create_subprocess_exec(
        *(*program, str(port), path, str(count), str(at_once), *([greeting] if greeting else [])),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env=clean_environment(),
        preexec_fn=(lambda: os.sched_setaffinity(0, cores)) if cores else None,
    )
    try:
        connected = Crowd(process, kind)
        await connected.said("connected")
        yield connected
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _program() -> tuple[str, list[str]]:
    try:
        return "C", [str(compiled("crowd"))]
    except LeftOut:
        return "Python", [sys.executable, "-m", "bench.support.crowd"]


class _Hall:
    """What the sockets of this process share: what they wait for, and sums."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.by_seq = True
        self.target = -1
        self.there = 0
        self.lost = 0
        self.frames = 0
        self.payload_bytes = 0
        self.sockets: list[_Socket] = []

    def look_again(self, command: str) -> None:
        """Wait for something else: `seq N` or `bytes N`."""
        kind, _, number = command.partition(" ")
        self.by_seq, self.target, self.there = kind == "seq", int(number), 0
        for socket in self.sockets:
            socket.begin()
        print("waiting", flush=True)
        self.tell()

    def tell(self) -> None:
        """Say so, if everybody is there."""
        if self.target >= 0 and self.there + self.lost >= self.count:
            self.target = -1
            print("reached", self.frames, self.payload_bytes, self.lost, flush=True)


class _Socket(asyncio.Protocol):
    """One websocket: shakes hands, counts frames, answers pings."""

    def __init__(self, hall: _Hall, request: bytes, greeting: bytes) -> None:
        self.seq = self.bytes = self.base = 0
        self.there = False
        self._greeting = greeting
        self.open = asyncio.get_running_loop().create_future()
        self._hall = hall
        self._request = request
        self._held = bytearray()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are not subclasses of asyncio's.
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's
        self._hall.lost += 1
        self._hall.there -= self.there
        if not self.open.done():
            self.open.set_exception(ConnectionError("refused"))
        self._hall.tell()

    def begin(self) -> None:
        """Wait for the hall's target from here."""
        self.base, self.there = self.bytes, False
        self.look()

    def look(self) -> None:
        """Count oneself as there."""
        hall = self._hall
        got = self.seq if hall.by_seq else self.bytes - self.base
        if hall.target >= 0 and not self.there and got >= hall.target:
            self.there = True
            hall.there += 1
            hall.tell()

    def data_received(self, data: bytes) -> None:
        held = self._held
        held += data
        if not self.open.done() and not self._shaken():
            return
        at, size = 0, len(held)
        while size - at >= 2:
            length, start = held[at + 1], at + 2
            if length > 125:
                start += 2 if length == 126 else 8
                if size < start:
                    break
                length = int.from_bytes(held[at + 2 : start], "big")
            if size < start + length:
                break
            self._frame(held[at] & 0x0F, start, length)
            at = start + length
        del held[:at]

    def _shaken(self) -> bool:
        end = self._held.find(b"\r\n\r\n")
        if end < 0:
            return False
        if not self._held.startswith(b"HTTP/1.1 101"):
            self.open.set_exception(ConnectionError(bytes(self._held[:300])))
            return False
        del self._held[: end + 4]
        self.open.set_result(None)
        if self._greeting:
            self._transport.write(bytes((0x82, 0x80 | len(self._greeting), 0, 0, 0, 0)) + self._greeting)
        return True

    def _frame(self, opcode: int, start: int, length: int) -> None:
        if opcode == _PING:
            payload = bytes(self._held[start : start + length])
            self._transport.write(bytes((0x8A, 0x80 | length, 0, 0, 0, 0)) + payload)
            return
        if opcode == _CLOSE:
            self._transport.close()
            return
        if opcode == _PONG:
            return
        hall = self._hall
        hall.frames += 1
        hall.payload_bytes += length
        self.bytes += length
        if hall.by_seq and (found := _SEQ.search(self._held, start, min(start + length, start + 80))):
            self.seq = int(found[1])
        self.look()


async def _main(port: int, path: str, count: int, at_once: int, greeting: bytes) -> None:
    hall = _Hall(count)
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    ).encode()
    loop = asyncio.get_running_loop()
    while len(hall.sockets) < count:
        some = min(at_once, count - len(hall.sockets))
        made = await asyncio.gather(
            *(
                loop.create_connection(lambda: _Socket(hall, request, greeting), "127.0.0.1", port)
                for _ in range(some)
            )
        )
        hall.sockets += [socket for _, socket in made]
        await asyncio.gather(*(socket.open for _, socket in made))
    print("connected", flush=True)
    commands = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while line := await commands.readline():
        hall.look_again(line.decode())


def _run() -> None:
    port, path, count, at_once, *greeting = sys.argv[1:]
    allow_open_files(int(count) + 50)
    talk = _main(int(port), path, int(count), int(at_once), "".join(greeting).encode())
    try:
        import uvloop  # noqa: PLC0415 - comes with uvicorn where it can
    except ImportError:
        asyncio.run(talk)
    else:
        uvloop.run(talk)


if __name__ == "__main__":
    _run()
