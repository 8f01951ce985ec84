"""What a confined process takes from itself, and how it answers. Imports nothing that is slow."""

from __future__ import annotations

import contextlib
import os
import resource
import struct
from typing import BinaryIO

ANSWER = struct.Struct(">BI")
"""What every answer begins with: a status, and the length of the rest in bytes."""
MEMORY_BYTES = 1 << 30
CPU_SECONDS = 8
"""Of processor time, for one request."""
_OPEN_FILES = 32
_NICE = 10


def limit() -> None:
    """Take away what reading bytes does not need. A limit that a system lacks is left out."""
    limits = {
        "RLIMIT_AS": MEMORY_BYTES,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_NOFILE": _OPEN_FILES,
        "RLIMIT_CORE": 0,
    }
    for name, value in limits.items():
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (value, value))
    os.nice(_NICE)


def allow_time() -> None:
    """Give one request its share of processor time; the system kills a process that goes beyond."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + 1 + CPU_SECONDS
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    if hard == resource.RLIM_INFINITY or until < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (until, hard))


def private_output() -> BinaryIO:
    """Standard output, for answers alone: what a library prints gets nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return answers
