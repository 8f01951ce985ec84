"""`backchannel serve` as a process of its own, for tests that kill it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx2

from tests.support.children import Child
from tests.support.ports import free_port
from tests.support.waiting import PATIENCE, eventually

ROOT = Path(__file__).resolve().parents[2]


class ServeProcess:
    """One `serve` on a port that stays the same over restarts. Times are in seconds."""

    def __init__(self, child: Child, port: int) -> None:
        self.child = child
        self.port = port
        self.started_in = 0.0
        """How long the last start took until /readyz said yes."""

    @property
    def base_url(self) -> str:
        """Where it serves, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self, within: float = 2 * PATIENCE) -> None:
        """Start it, and return when /readyz says yes. AssertionError with its output otherwise."""
        began = time.monotonic()
        self.child.start()
        try:
            async with httpx2.AsyncClient(trust_env=False, timeout=5) as client:
                await eventually(lambda: self._ready(client), within, "readiness")
        except AssertionError as exc:
            raise AssertionError(f"{exc}; it said:\n{self.child.said()}") from None
        self.started_in = time.monotonic() - began

    async def _ready(self, client: httpx2.AsyncClient) -> bool:
        assert self.child.running, f"serve ended with {self.child.exit_code}"
        try:
            response = await client.get(f"{self.base_url}/readyz")
        except httpx2.TransportError:
            return False
        return response.status_code == 200

    def kill(self) -> None:
        """SIGKILL to that one process."""
        self.child.kill()

    def stop(self) -> int:
        """SIGTERM, as a service manager does. Returns the exit code."""
        return self.child.stop()


def serve_process(
    directory: Path, settings: Mapping[str, str], arguments: Sequence[str] = ()
) -> ServeProcess:
    """A `serve` that was not started yet. `settings` are added to the environment."""
    port = free_port()
    command = [sys.executable, "-m", "wall.cli", "serve", "--host", "127.0.0.1", "--port", str(port)]
    env = {**clean_environment(), **settings}
    return ServeProcess(
        Child([*command, *arguments], directory / f"serve-{port}.log", env=env, cwd=ROOT), port
    )


def clean_environment() -> dict[str, str]:
    """This process's environment without its BACKCHANNEL_ settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("BACKCHANNEL_")}
