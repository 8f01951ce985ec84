"""Pictures on disk: one file each, so many bytes in all, the least used go first.

Names are keyed digests: a list of the folder does not tell whose pictures were shown. Blocking;
call it from a thread. Several processes may share a folder.
"""

from __future__ import annotations

import os
import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from hashlib import blake2b
from pathlib import Path

import structlog

from wall.media.images import SIDES, Kind

log = structlog.get_logger(__name__)

KEPT_SECONDS = 86_400.0
"""A picture is asked for anew after a day: what its host took back goes from here as well."""

_NAME = re.compile(r"[0-9a-f]{32}\.webp")
_LEFT_OVER_SECONDS = 3_600


class Cache:
    """Pictures by kind and address. `limit_bytes` is for all of them together."""

    def __init__(
        self,
        folder: Path,
        secret: bytes,
        *,
        limit_bytes: int,
        kept_seconds: float = KEPT_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._key = blake2b(secret, digest_size=32, person=b"media cache").digest()
        self._limit = limit_bytes
        self._kept = kept_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._sizes: OrderedDict[str, int] = OrderedDict()
        self._total = 0
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._take_stock()

    @property
    def size_bytes(self) -> int:
        """How much the pictures take up."""
        return self._total

    def get(self, kind: Kind, url: str) -> bytes | None:
        """The picture, or None where there is none, it is too old, or its file is damaged."""
        name = self._name(kind, url)
        path = self._folder / name
        try:
            written = path.stat().st_mtime
            data = path.read_bytes()
        except OSError:
            data, written = b"", 0.0
        with self._lock:
            if written + self._kept <= self._clock() or not _is_whole(data):
                self._drop(name)
                return None
            self._count(name, len(data))
        self._used(path, written)
        return data

    def put(self, kind: Kind, url: str, data: bytes) -> None:
        """Keep a picture; where that fails (a full disk), it is fetched again the next time."""
        name = self._name(kind, url)
        beside = self._folder / f"{name}.{secrets.token_hex(4)}"
        try:
            beside.write_bytes(data)
            beside.replace(self._folder / name)
        except OSError as exc:
            beside.unlink(missing_ok=True)
            log.warning("picture_not_kept", errno=exc.errno)
            return
        with self._lock:
            self._count(name, len(data))
            while self._total > self._limit and len(self._sizes) > 1:
                self._drop(next(iter(self._sizes)))

    def purge(self, urls: Iterable[str]) -> None:
        """Remove every picture that came from these addresses."""
        self.drop(self.names(urls))

    def names(self, urls: Iterable[str]) -> set[str]:
        """The names under which pictures from these addresses are kept, of whatever kind."""
        return {self._name(kind, url) for url in urls for kind in SIDES}

    def held(self) -> set[str]:
        """The names of all pictures that are kept, by other processes in the same folder too."""
        return {item.name for item in os.scandir(self._folder) if _NAME.fullmatch(item.name)}

    def drop(self, names: Iterable[str]) -> None:
        """Remove the pictures with these names."""
        with self._lock:
            for name in names:
                self._drop(name)

    def sweep(self) -> None:
        """Remove what is too old, and what was broken off while it was written."""
        oldest = self._clock() - self._kept
        self.drop([name for name in self.held() if _written(self._folder / name) <= oldest])
        self._clear_left_overs()

    def _name(self, kind: Kind, url: str) -> str:
        digest = blake2b(f"{kind} {url}".encode(), key=self._key, digest_size=16)
        return f"{digest.hexdigest()}.webp"

    def _take_stock(self) -> None:
        """Find what an earlier process kept, in the order of its use, and clear what it broke off."""
        self._clear_left_overs()
        about = [(name, (self._folder / name).stat()) for name in self.held()]
        for name, found in sorted(about, key=lambda one: one[1].st_atime):
            self._count(name, found.st_size)

    def _clear_left_overs(self) -> None:
        oldest = self._clock() - _LEFT_OVER_SECONDS
        for path in self._folder.iterdir():
            if not _NAME.fullmatch(path.name) and _written(path) < oldest:
                path.unlink(missing_ok=True)

    def _count(self, name: str, size: int) -> None:
        self._total += size - self._sizes.pop(name, 0)
        self._sizes[name] = size

    def _drop(self, name: str) -> None:
        (self._folder / name).unlink(missing_ok=True)
        self._total -= self._sizes.pop(name, 0)

    def _used(self, path: Path, written: float) -> None:
        """Note the use for the next process; file systems do not do that reliably by themselves."""
        try:
            os.utime(path, (self._clock(), written))
        except OSError:
            return


def _is_whole(data: bytes) -> bool:
    """Whether a WebP is as long as it says: a power cut leaves files that are empty or short."""
    return data[:4] == b"RIFF" and int.from_bytes(data[4:8], "little") + 8 == len(data)


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
