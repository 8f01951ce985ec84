"""A font made here: every letter of ASCII is a box of one height."""

from __future__ import annotations

import struct

UNITS = 1000
_FIRST, _LAST = 0x20, 0x7E


def woff2(capital: int = 500, advance: int = 600) -> bytes:
    """A font in WOFF2 whose letters are `capital` high and `advance` wide, in thousandths of an em."""
    tables = {
        b"OS/2": _os2(capital, advance),
        b"cmap": _cmap(),
        b"glyf": _glyf(capital, advance),
        b"head": _head(capital, advance),
        b"hhea": struct.pack(
            ">IhhhHhhhhhhhhhhhH", 0x10000, 800, -200, 0, advance, 0, 0, advance, 1, *[0] * 7, 3
        ),
        b"hmtx": struct.pack(">HhHhHh", advance, 0, advance, 0, advance, 0),
        b"loca": struct.pack(">HHHH", 0, 0, 0, len(_glyf(capital, advance)) // 2),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, 3, 4, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0),
        b"name": struct.pack(">HHH", 0, 0, 6),
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, -100, 50, 0, 0, 0, 0, 0),
    }
    directory = b"".join(_entry(tag, table) for tag, table in tables.items())
    packed = _brotli(b"".join(tables.values()))
    size = 12 + 16 * len(tables) + sum(len(table) + -len(table) % 4 for table in tables.values())
    length = 48 + len(directory) + len(packed)
    whole = length + -length % 4
    head = struct.pack(
        ">4sIIHHIIHHIIIII", b"wOF2", 0x10000, whole, len(tables), 0, size, len(packed), 1, 0, *[0] * 5
    )
    return (head + directory + packed).ljust(whole, b"\0")


def _entry(tag: bytes, table: bytes) -> bytes:
    """A table that is not transformed (version 3 of glyf and loca says so)."""
    version = 0xC0 if tag in {b"glyf", b"loca"} else 0
    return bytes([version | 63]) + tag + _base128(len(table))


def _base128(number: int) -> bytes:
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.insert(0, number & 0x7F | 0x80)
    return bytes(digits)


def _brotli(data: bytes) -> bytes:
    """As one stored block (RFC 7932 §9.2)."""
    return ((len(data) - 1 << 4) | 1 << 20).to_bytes(3, "little") + data + b"\x03"


def _glyf(capital: int, advance: int) -> bytes:
    right = advance - 50
    glyph = struct.pack(">hhhhhHH", 1, 50, 0, right, capital, 3, 0)
    glyph += b"\x01" * 4 + struct.pack(">hhhh", 50, right - 50, 0, 50 - right)
    glyph += struct.pack(">hhhh", 0, 0, capital, 0)
    return glyph + b"\0" * (-len(glyph) % 4)


def _cmap() -> bytes:
    """Space is the empty glyph 1, all other letters are glyph 2."""
    groups = struct.pack(">IIIIII", _FIRST, _FIRST, 1, _FIRST + 1, _FIRST + 1, 2)
    groups += b"".join(struct.pack(">III", code, code, 2) for code in range(_FIRST + 2, _LAST + 1))
    count = len(groups) // 12
    return (
        struct.pack(">HHHHI", 0, 1, 3, 10, 12)
        + struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, count)
        + groups
    )


def _head(capital: int, advance: int) -> bytes:
    dates = struct.pack(">qq", 0, 0)
    bounds = struct.pack(">hhhhHHhhh", 50, 0, advance - 50, capital, 0, 8, 2, 0, 0)
    return struct.pack(">IIIIHH", 0x10000, 0x10000, 0, 0x5F0F3CF5, 11, UNITS) + dates + bounds


def _os2(capital: int, advance: int) -> bytes:
    first = struct.pack(">HhHHH", 4, advance, 400, 5, 0) + struct.pack(">10h", *[500] * 8, 50, 250)
    first += struct.pack(">h10B4I4sHHH", 0, *[0] * 10, 1, 0, 0, 0, b"TEST", 64, _FIRST, _LAST)
    first += struct.pack(">hhhHHII", 800, -200, 0, 900, 200, 1, 0)
    return first + struct.pack(">hhHHH", capital, capital, 0, 32, 1)
