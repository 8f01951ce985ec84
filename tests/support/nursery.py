"""A process that has imported the server once and forks a `serve` for every test that wants one.

Importing takes two seconds of processor time and is the same for every test; what is started is a
process of its own all the same, with its own environment, output and end. Tests that look at how a
process ends, and the long fault suites, start theirs from nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.children import Child, ends_with_parent
from tests.support.ports import free_port
from tests.support.processes import ROOT, ServeProcess, clean_environment
from tests.support.waiting import PATIENCE

_ADVANCE = ("wall.cli", "uvicorn.loops.auto", "uvicorn.protocols.http.auto", "uvicorn.lifespan.on")


class Nursery:
    """The parent of one worker's servers."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=clean_environment(),
            text=True,
            start_new_session=True,
            preexec_fn=ends_with_parent(signal.SIGKILL),
        )

    def fork(self, order: Mapping[str, Any]) -> int:
        """Start a server; its process id."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(order), file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """End it; servers that still run go on until they are killed."""
        with self._process:
            self._process.kill()


class Forked(Child):
    """A server of the nursery. How it ended is not known, only that it did."""

    def __init__(
        self, nursery: Nursery, arguments: Sequence[str], output: Path, env: Mapping[str, str]
    ) -> None:
        super().__init__(["backchannel", *arguments], output, env=env, cwd=ROOT)
        self._nursery = nursery
        self._pid: int | None = None

    def start(self) -> None:
        assert not self.running, "it runs already"
        order = {"argv": self.command, "env": self._env, "output": str(self.output)}
        self._pid = self._nursery.fork(order)

    @property
    def running(self) -> bool:
        return self._pid is not None and _alive(self._pid)

    @property
    def pid(self) -> int:
        assert self._pid is not None, "it was never started"
        return self._pid

    @property
    def exit_code(self) -> int | None:
        return None if self.running else 0

    def _end(self, sign: signal.Signals, patience: float) -> None:
        if self._pid is None:
            return
        for last, seconds in ((sign, patience), (signal.SIGKILL, PATIENCE)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, last)
            if _ends_within(self._pid, seconds):
                return


def forked_serve(
    nursery: Nursery, directory: Path, settings: Mapping[str, str], *more: str
) -> ServeProcess:
    """A `serve` of the nursery that was not started yet. `settings` are added to the environment."""
    port = free_port()
    arguments = ["serve", "--host", "127.0.0.1", "--port", str(port), *more]
    env = {**clean_environment(), **settings}
    return ServeProcess(Forked(nursery, arguments, directory / f"serve-{port}.log", env), port)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _ends_within(pid: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while _alive(pid):
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def _be_nursery() -> None:
    for module in _ADVANCE:
        __import__(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that ended
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _be_server(order)
        print(pid, flush=True)  # noqa: T201


def _be_server(order: dict[str, Any]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    if (tie := ends_with_parent(signal.SIGKILL)) is not None:
        tie()
    nothing = os.open(os.devnull, os.O_RDONLY)
    output = os.open(order["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for target, source in ((0, nothing), (1, output), (2, output)):
        os.dup2(source, target)
    os.environ.clear()
    os.environ.update(order["env"])
    random.seed()
    sys.argv = order["argv"]
    code = 0
    try:
        __import__("wall.cli").cli.main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _be_nursery()
