"""A venue's own network on one machine: what is in it reaches the rest by one line, which can be cut.

Linux network namespaces, so root is needed. A cut is as at a venue: nothing is refused, packets stay out.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Literal

from tests.support.children import Child
from tests.support.ports import free_port
from tests.support.processes import ROOT, ServeProcess, clean_environment

Way = Literal["silent", "down"]
"""How a line is cut: packets vanish on it, or the far end of the cable is pulled out."""

_NUMBERS = itertools.count()
_NOBODY = "02:00:00:00:00:01"
"""A hardware address that no device has: what is sent to it is dropped without a word."""


def why_not() -> str | None:
    """Why there can be no such network here; None where there can be one."""
    if not sys.platform.startswith("linux") or shutil.which("ip") is None:
        return "network namespaces need Linux and iproute2's `ip`"
    if os.geteuid() != 0:
        return "network namespaces need root"
    tried = subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False)
    return None if tried.returncode == 0 else "network namespaces are forbidden here"


class Uplink:
    """The line between a venue and the rest of the world. `inside` and `outside` are its two addresses."""

    def __init__(self) -> None:
        number = os.getpid() * 16 + next(_NUMBERS) % 16
        self.name = f"venue{number}"
        self._far, self._near = f"bo{number}"[:15], f"bi{number}"[:15]
        net = f"10.{100 + number // 64 // 256 % 100}.{number // 64 % 256}"
        self.outside, self.inside = f"{net}.{number % 64 * 4 + 1}", f"{net}.{number % 64 * 4 + 2}"
        self._cut: Way | None = None

    def open(self) -> None:
        """Make the venue and its line."""
        _ip("netns", "add", self.name)
        _ip("link", "add", self._far, "type", "veth", "peer", "name", self._near, "netns", self.name)
        _ip("address", "add", f"{self.outside}/30", "dev", self._far)
        _ip("link", "set", self._far, "up")
        self._within("link", "set", "lo", "up")
        self._within("address", "add", f"{self.inside}/30", "dev", self._near)
        self._within("link", "set", self._near, "up")
        self._within("route", "add", "default", "via", self.outside)

    def close(self) -> None:
        """Take both down; what still runs in the venue is cut off."""
        subprocess.run(["ip", "netns", "delete", self.name], capture_output=True, check=False)
        subprocess.run(["ip", "link", "delete", self._far], capture_output=True, check=False)

    def cut(self, way: Way = "silent") -> None:
        """Let nothing through from now on."""
        self._cut = way
        if way == "down":
            _ip("link", "set", self._far, "down")
            return
        _ip("neighbour", "replace", self.inside, "lladdr", _NOBODY, "dev", self._far, "nud", "permanent")
        self._within(
            "neighbour", "replace", self.outside, "lladdr", _NOBODY, "dev", self._near, "nud", "permanent"
        )

    def restore(self) -> None:
        """Let everything through again."""
        if self._cut == "down":
            _ip("link", "set", self._far, "up")
        else:
            _ip("neighbour", "delete", self.inside, "dev", self._far)
            self._within("neighbour", "delete", self.outside, "dev", self._near)
        self._cut = None

    def command(self, *command: str) -> list[str]:
        """A command as it is run inside the venue."""
        return ["ip", "netns", "exec", self.name, *command]

    def executable(self, path: str, folder: Path) -> str:
        """A program that is `path`, run inside the venue; written into `folder`."""
        script = folder / f"in-{self.name}"
        script.write_text(f'#!/bin/sh\nexec {" ".join(self.command(path))} "$@"\n', encoding="utf-8")
        script.chmod(0o755)
        return str(script)

    def _within(self, *arguments: str) -> None:
        _ip("-n", self.name, *arguments)


@contextmanager
def uplink() -> Iterator[Uplink]:
    """A venue with its line, until the block ends."""
    made = Uplink()
    try:
        made.open()
        yield made
    finally:
        made.close()


class VenueServer(ServeProcess):
    """A server inside a venue, reached from outside by its line."""

    def __init__(self, line: Uplink, child: Child, port: int) -> None:
        super().__init__(child, port)
        self._line = line

    @property
    def base_url(self) -> str:
        """Where it is for those outside."""
        return f"http://{self._line.inside}:{self.port}"

    @property
    def inside_url(self) -> str:
        """Where it is for those inside."""
        return f"http://127.0.0.1:{self.port}"


def venue_server(line: Uplink, directory: Path, settings: Mapping[str, str], *command: str) -> VenueServer:
    """`backchannel serve`, or another command with a port, inside a venue; not started yet."""
    port = free_port()
    called = [sys.executable, "-m", "wall.cli", *(command or ("serve",)), "--port", str(port)]
    environment = clean_environment() | {"BACKCHANNEL_HOST": "0.0.0.0"} | dict(settings)
    child = Child(line.command(*called), directory / f"venue-{port}.log", env=environment, cwd=ROOT)
    return VenueServer(line, child, port)


@asynccontextmanager
async def brought_in(line: Uplink, port: int, folder: Path) -> AsyncIterator[None]:
    """Let what listens on 127.0.0.1 here be there in the venue too, on the same port, over the line."""
    relay = [sys.executable, "-m", "tests.support.uplink", "127.0.0.1", str(port), line.outside]
    inside = Child(line.command(*relay), folder / f"relay-{port}.log", cwd=ROOT)
    async with _relayed(line.outside, port, "127.0.0.1"):
        inside.start()
        try:
            yield
        finally:
            inside.kill()


@asynccontextmanager
async def _relayed(address: str, port: int, target: str) -> AsyncIterator[asyncio.Server]:
    """Pass on what comes to `address` to `target`, byte by byte."""
    pumps: set[asyncio.Task[None]] = set()

    def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(_pump(reader, writer))
        pumps.add(task)
        task.add_done_callback(pumps.discard)

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            to_reader, to_writer = await asyncio.open_connection(target, port)
        except OSError:
            writer.close()
            return
        pump(reader, to_writer)
        pump(to_reader, writer)

    server = await asyncio.start_server(accept, address, port)
    try:
        yield server
    finally:
        server.close()
        for task in tuple(pumps):
            task.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
    finally:
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _relay(address: str, port: int, target: str) -> None:
    async with _relayed(address, port, target) as server:
        await server.serve_forever()


def _ip(*arguments: str) -> None:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ip {' '.join(arguments)}: {done.stderr}"


if __name__ == "__main__":
    asyncio.run(_relay(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
