"""Repositories of the AT protocol, written as a PDS exports them (atproto.com/specs/repository)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from libipld import encode_dag_cbor

DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
Blocks = dict[bytes, bytes]
"""The bytes of blocks by their name."""


def name_of(data: bytes) -> bytes:
    """The name of a block: a CID of version 1, of DAG-CBOR by SHA-256."""
    return b"\x01\x71\x12\x20" + hashlib.sha256(data).digest()


def put(blocks: Blocks, value: Any) -> bytes:
    """Write an object as a block; its name. 36 bytes that begin like a CID become a link."""
    data = bytes(encode_dag_cbor(value))
    blocks[name_of(data)] = data
    return name_of(data)


def tree(blocks: Blocks, values: Mapping[str, bytes]) -> bytes:
    """Write the tree of records by their path, given their names; the name of its top."""
    keys = sorted((path.encode(), name) for path, name in values.items())
    top = max((_layer(key) for key, _ in keys), default=0)
    return _node(blocks, keys, top) or put(blocks, {"e": [], "l": None})


def repository(records: Mapping[str, Any], did: str = DID) -> Blocks:
    """The blocks of a repository with these records, by collection/key: commit, tree, records."""
    nodes: Blocks = {}
    stored: Blocks = {}
    values = {path: put(stored, value) for path, value in records.items()}
    commit = {
        "did": did,
        "version": 3,
        "data": tree(nodes, values),
        "rev": "3mmoojp4cd223",
        "prev": None,
        "sig": bytes(64),
    }
    blocks: Blocks = {}
    put(blocks, commit)
    return blocks | nodes | stored


def car(blocks: Blocks | Iterable[tuple[bytes, bytes]], root: bytes | None = None) -> bytes:
    """A CAR file of version 1. `root`: the name of its commit, else the first block."""
    listed = list(blocks.items() if isinstance(blocks, dict) else blocks)
    header = bytes(encode_dag_cbor({"version": 1, "roots": [root or listed[0][0]]}))
    return sized(header) + b"".join(sized(name + data) for name, data in listed)


def sized(data: bytes) -> bytes:
    """Bytes behind their length (unsigned LEB128)."""
    length, number = b"", len(data)
    while number > 0x7F:
        length += bytes([number & 0x7F | 0x80])
        number >>= 7
    return length + bytes([number]) + data


def _layer(key: bytes) -> int:
    """How high a key stands: pairs of zeros at the beginning of its digest."""
    bits = f"{int.from_bytes(hashlib.sha256(key).digest()):0256b}"
    return (256 - len(bits.lstrip("0"))) // 2


def _node(blocks: Blocks, keys: list[tuple[bytes, bytes]], layer: int) -> bytes | None:
    if not keys:
        return None
    entries: list[dict[str, Any]] = []
    below: list[tuple[bytes, bytes]] = []
    left, before = None, b""
    for key, value in [*keys, (b"", b"")]:
        if key and _layer(key) < layer:
            below.append((key, value))
            continue
        under, below = _node(blocks, below, layer - 1), []
        if entries:
            entries[-1]["t"] = under
        else:
            left = under
        if key:
            shared = next(
                (n for n, (a, b) in enumerate(zip(before, key, strict=False)) if a != b), len(before)
            )
            entries.append({"p": shared, "k": key[shared:], "v": value, "t": None})
            before = key
    return put(blocks, {"e": entries, "l": left})
