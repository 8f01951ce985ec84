"""What the first bytes of a file say that it is, whatever its name or its sender says. Pure."""

from __future__ import annotations

import re

_SVG = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|!doctype\s+svg|svg)", re.IGNORECASE)
_WOFF2 = b"wOF2"
_WOFF2_HEAD = 48
_FLAVOURS = frozenset({b"\x00\x01\x00\x00", b"OTTO", b"true"})
"""Outlines that browsers draw: TrueType and OpenType. A collection has no one face."""
_NOT_PLAIN = 0x2E
"""The flags of an extended WebP for a colour profile, EXIF, XMP and animation."""


def is_svg(data: bytes) -> bool:
    """Whether a file is an SVG drawing, or other XML: those can carry script."""
    return _SVG.match(data[:256]) is not None


def is_woff2(data: bytes) -> bool:
    """Whether a file is one font in WOFF2: its signature, its outlines, and the length that it says (W3C
    WOFF 2.0, "WOFF2Header"). Browsers look into the tables themselves."""
    whole = int.from_bytes(data[8:12], "big") == len(data) > _WOFF2_HEAD
    has_tables = int.from_bytes(data[12:14], "big") > 0
    return data[:4] == _WOFF2 and data[4:8] in _FLAVOURS and whole and has_tables


def webp_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a WebP in pixels (RFC 9649 §2); None for what is none."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (26, 28))
        return width, height
    return None


def is_plain_webp(data: bytes) -> bool:
    """Whether a WebP is one still picture without anything said about it."""
    return webp_size(data) is not None and not (data[12:16] == b"VP8X" and data[20] & _NOT_PLAIN)
