"""Snapshots that are compressed once and given to each person with what is theirs."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wall.entries import Cursor
from wall.live.built import Built


def snapshot(texts: list[str]) -> bytes:
    puts = [{"op": "put", "value": text} for text in texts]
    cursor = str(Cursor("epoch", "0123abcd", 7))
    return json.dumps({"cursor": cursor, "seq": 7, "puts": puts}, separators=(",", ":")).encode()


def unpacked(packed: bytes) -> bytes:
    """As a browser does it: one member, and nothing behind it."""
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    plain = unpacking.decompress(packed)
    assert unpacking.eof
    assert unpacking.unused_data == b""
    return plain


@given(st.lists(st.text(), min_size=1, max_size=20), st.lists(st.text(), max_size=3))
def test_a_person_s_snapshot_is_everybody_s_with_their_own_puts_and_cursor(
    texts: list[str], own: list[str]
) -> None:
    plain = snapshot(texts)
    built = Built.of(7, plain)
    assert unpacked(built.packed) == gzip.decompress(built.packed) == built.plain == plain
    mine = built.with_own("feedbeef", [json.dumps({"own": text}).encode() for text in own])
    assert unpacked(mine.packed) == gzip.decompress(mine.packed) == mine.plain
    read = json.loads(mine.plain)
    assert read["puts"] == json.loads(plain)["puts"] + [{"own": text} for text in own]
    assert Cursor.parse(read["cursor"]) == Cursor("epoch", "feedbeef", 7)


def test_what_everybody_sees_is_not_compressed_again_for_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    built = Built.of(7, snapshot(["much to read"] * 1_000))
    fed: list[int] = []
    real = zlib.compressobj

    def counting(*arguments: int) -> object:
        packing = real(*arguments)

        class Counting:
            flush = packing.flush

            def compress(self, part: bytes) -> bytes:
                fed.append(len(part))
                return packing.compress(part)

        return Counting()

    monkeypatch.setattr("wall.live.built.zlib.compressobj", counting)
    mine = built.with_own("feedbeef", [b'{"own":1}'])
    assert 0 < sum(fed) < 200 < len(mine.plain)
