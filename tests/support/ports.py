"""Ports for servers that must come back on the same one."""

from __future__ import annotations

import itertools
import os
import re
import socket

_FIRST, _EACH = 20_000, 600
"""Below the range from which Linux gives outgoing connections theirs; a share for each worker."""
_worker = int((re.findall(r"\d+", os.environ.get("PYTEST_XDIST_WORKER", "")) or ["0"])[0])
SHARE = range(_FIRST + _worker % 20 * _EACH, _FIRST + (_worker % 20 + 1) * _EACH)
"""The ports from which `free_port` chooses in this worker, and in no other."""
# A server takes its port some time after it was given one: two test runs do not begin at the same.
_ports = itertools.islice(itertools.cycle(SHARE), os.getpid() * 7 % _EACH, None)


def free_port() -> int:
    """A loopback TCP port on which nobody listens, and which no other worker will be given."""
    for port in itertools.islice(_ports, _EACH):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no free port")
