"""Servers as child processes that never outlive the tests."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.waiting import PATIENCE

_PR_SET_PDEATHSIG = 1


def ends_with_parent(sign: signal.Signals) -> Callable[[], None] | None:
    """A `preexec_fn` by which Linux sends `sign` to the child when this process dies."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(_PR_SET_PDEATHSIG, int(sign))


def as_user(name: str | None) -> dict[str, Any]:
    """Arguments by which `subprocess` runs something as this user and nobody's group but theirs."""
    if name is None:
        return {}
    account = pwd.getpwnam(name)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


class Child:
    """One server process: started, killed, stopped and started again, its output in a file."""

    def __init__(
        self,
        command: Sequence[str | Path],
        output: Path,
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        user: str | None = None,
        orphaned: signal.Signals = signal.SIGKILL,
    ) -> None:
        self.command = [str(part) for part in command]
        self.output = output
        self._env = dict(os.environ if env is None else env)
        self._cwd = cwd
        self._user = user
        self._orphaned = orphaned
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, in a session of its own, so that Ctrl-C reaches the tests alone."""
        assert not self.running, "it runs already"
        with self.output.open("ab") as output:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self._env,
                cwd=self._cwd,
                **as_user(self._user),
                start_new_session=True,
                preexec_fn=ends_with_parent(self._orphaned),
            )

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None, "it was never started"
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it runs."""
        return None if self._process is None else self._process.poll()

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self._end(signal.SIGKILL, PATIENCE)

    def stop(self, sign: signal.Signals = signal.SIGTERM, patience: float = PATIENCE) -> int:
        """Ask it to end; after `patience` seconds, SIGKILL. Returns the exit code."""
        self._end(sign, patience)
        return self.exit_code or 0

    def _end(self, sign: signal.Signals, patience: float) -> None:
        if self._process is None:
            return
        if self.running:
            self._process.send_signal(sign)
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(PATIENCE)

    def said(self, last: int = 8_000) -> str:
        """The last characters of its output, for the report of a failure."""
        return self.output.read_text(errors="replace")[-last:] if self.output.exists() else ""
