"""Snapshots as bytes: compressed once, with room for what one person sees besides everybody.

A gzip file is a deflate stream between a head and a checksum (RFC 1952), and a deflate stream may be
put together from parts that were compressed apart (RFC 1951 §3.2.4: an empty stored block ends each
on a whole byte). So four hundred phones cost four hundred checksums, and not as many compressions.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from wall.entries import Cursor

_CURSOR = b'"cursor":"'
_END = b"]}"
_LEVEL = 5
_OWN_LEVEL = 1
"""For one reader alone: quickly."""
_GZIP = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
"""A gzip header without a name, a time or a system."""
_LAST = b"\x03\x00"
"""An empty deflate block that is the last one."""


@dataclass(frozen=True)
class Built:
    """A snapshot as bytes: JSON, and the same compressed with gzip. `shared` is what is compressed of it
    for everybody: all between the cursor and the end of the puts."""

    seq: int
    plain: bytes
    packed: bytes
    shared: bytes

    @classmethod
    def of(cls, seq: int, plain: bytes) -> Built:
        """Of a snapshot's JSON."""
        _, end = _cursor_in(plain)
        shared = _deflated(plain[end : -len(_END)], _LEVEL)
        packed = _gzip((plain,), (_deflated(plain[:end], _OWN_LEVEL), shared, _deflated(_END, _OWN_LEVEL)))
        return cls(seq, plain, packed, shared)

    def with_own(self, scope_key: str, puts: Iterable[bytes]) -> Built:
        """The snapshot of one person of this audience, who holds these puts (as JSON) besides."""
        start, end = _cursor_in(self.plain)
        cursor = Cursor.parse(self.plain[start:end].decode())._replace(scope=scope_key)
        before, middle = self.plain[:start] + str(cursor).encode(), self.plain[end : -len(_END)]
        after = b"".join(b"," + put for put in puts) + _END
        parts = (before, middle, after)
        blocks = (_deflated(before, _OWN_LEVEL), self.shared, _deflated(after, _OWN_LEVEL))
        return Built(self.seq, b"".join(parts), _gzip(parts, blocks), self.shared)


def _cursor_in(plain: bytes) -> tuple[int, int]:
    """Where the cursor of a snapshot begins and ends."""
    start = plain.index(_CURSOR) + len(_CURSOR)
    return start, plain.index(b'"', start)


def _deflated(part: bytes, level: int) -> bytes:
    """Deflate blocks that refer to nothing before them, and end on a whole byte."""
    packing = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packing.compress(part) + packing.flush(zlib.Z_SYNC_FLUSH)


def _gzip(parts: Iterable[bytes], blocks: Iterable[bytes]) -> bytes:
    """A gzip file of these parts, whose deflate blocks are given."""
    checksum = size = 0
    for part in parts:
        checksum = zlib.crc32(part, checksum)
        size += len(part)
    return b"".join((_GZIP, *blocks, _LAST, struct.pack("<II", checksum, size & 0xFFFF_FFFF)))
