"""Repositories of the AT protocol as their owners export them: a CAR file that holds a tree of records
(atproto.com/specs/repository, ipld.io/specs/transport/car/carv1).

The file is gone through once, to learn where its posts and its tree are, and then read in the tree's order;
one block at a time is in memory. A block counts only if its bytes are those that it is named by. Whether
its owner signed it is not looked at: whoever imports a file says where it is from.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, TypeGuard

from libipld import decode_dag_cbor, encode_cid

from wall.errors import FeedFatal
from wall.feeds.atproto.events import DID, POST, PROFILE, RECORD_KEY
from wall.feeds.shapes.common import Record

BLOCK_LIMIT = 1_000_000
"""Longest block that is read, in bytes; a longer one is passed over without being held in memory."""

MOST_BLOCKS = 500_000
"""Posts and nodes of the tree together; where they are takes some 200 bytes of memory each."""

_HEADER_LIMIT = 10_000
_VARINT_LIMIT = 9
_KEY_LIMIT = 1_024
_DEEPEST = 64
_CID = b"\x01\x71\x12\x20"
"""How the name of a block begins: version 1, DAG-CBOR, SHA-256, 32 bytes."""
_CID_LENGTH = 36
_HEADS = (b"\xa2eroots", b"\xa1gversion")
_WANTED = (f"{POST}/".encode(), f"{PROFILE}/self".encode())
_KNOWN = frozenset({POST, PROFILE})

Found = tuple[str, Record | str]
"""A record's key, and the record, or the code of why it cannot be read."""


def is_car(head: bytes) -> bool:
    """Whether a file that begins with these bytes is a CAR file."""
    return head[1:].startswith(_HEADS) or head[2:].startswith(_HEADS)


class Repo:
    """One repository in a file that can be sought in. `did`: whose it is."""

    def __init__(self, file: BinaryIO) -> None:
        """Learn what is where. Raises FeedFatal for what is no repository, OSError."""
        self._file = file
        self._index: dict[bytes, int] = {}
        self._cut = False
        self._last = b""
        root = self._root()
        self._find()
        self.did, self._tree = self._commit(root)
        self._visits = len(self._index)

    @property
    def blocks(self) -> int:
        """How many posts and nodes of the tree there are at most."""
        return len(self._index)

    def records(self) -> Iterator[Found]:
        """The profile, if there is one, with the key `self`; then the posts in the order of their keys, in
        which they were made."""
        for key, name in self._walk(self._tree, 0):
            rkey = key.rpartition(b"/")[2].decode("ascii", "replace")
            if isinstance(name, str):
                yield f"after {rkey}" if rkey else "of the beginning", name
            elif key.startswith(_WANTED):
                yield (
                    (rkey, self._record(name)) if re.fullmatch(RECORD_KEY, rkey) else ("?", "damaged_part")
                )
        if self._cut:
            yield "of the end", "archive_cut"

    def _root(self) -> bytes:
        """The name of the newest commit, from the header."""
        length = self._varint()
        try:
            header = decode_dag_cbor(self._file.read(length or 0) if (length or 0) < _HEADER_LIMIT else b"")
            if header["version"] == 1 and _is_name(root := header["roots"][0]):
                return root
        except (ValueError, LookupError, TypeError, RecursionError):
            pass
        raise _none("its header is not that of a CAR file of version 1")

    def _find(self) -> None:
        """Note where each block is that is a post, a profile or of the tree."""
        end = self._end()
        while (length := self._varint()) is not None:
            name = self._file.read(min(length, _CID_LENGTH))
            size, at = length - len(name), self._file.tell()
            if at + size > end:
                self._cut = True
                return
            data = self._file.read(size) if size <= BLOCK_LIMIT else b""
            self._file.seek(at + size)
            if name.startswith(_CID) and not _is_another(data):
                self._index[name] = at << 32 | min(size, BLOCK_LIMIT + 1)
            if len(self._index) > MOST_BLOCKS:
                raise FeedFatal(
                    f"This repository has more than {MOST_BLOCKS} posts and parts of their list.",
                    remedy="Import the account's posts in parts, as JSON lines or a table.",
                )

    def _end(self) -> int:
        """Bytes of the file. Goes on where it was."""
        at, end = self._file.tell(), self._file.seek(0, 2)
        self._file.seek(at)
        return end

    def _varint(self) -> int | None:
        """A number of the file (unsigned LEB128); None at its end, and for one that is too long."""
        number = 0
        for place in range(_VARINT_LIMIT):
            byte = self._file.read(1)
            if not byte:
                self._cut = place > 0
                return None
            number |= (byte[0] & 0x7F) << 7 * place
            if not byte[0] & 0x80:
                return number
        self._cut = True
        return None

    def _commit(self, root: bytes) -> tuple[str, bytes]:
        """Whose repository it is, and the name of the top of its tree."""
        commit = self._block(root)
        if isinstance(commit, dict):
            did, tree = commit.get("did"), commit.get("data")
            if isinstance(did, str) and re.fullmatch(DID, did) and _is_name(tree):
                return did, tree
        raise _none("the part that says whose it is is missing or damaged")

    def _walk(self, name: bytes, depth: int) -> Iterator[tuple[bytes, bytes | str]]:
        """The keys of the tree below a node, in order, each with the name of its record; or the last key
        before something that cannot be read, and why."""
        self._visits -= 1
        node = self._block(name) if depth < _DEEPEST and self._visits >= 0 else "damaged_part"
        left, entries, problem = (None, [], node) if isinstance(node, str) else _parts(node)
        if left is not None:
            yield from self._walk(left, depth + 1)
        for key, value, right in entries:
            if key <= self._last:
                problem = "damaged_part"
                break
            self._last = key
            yield key, value
            if right is not None:
                yield from self._walk(right, depth + 1)
        if problem:
            yield self._last, problem

    def _record(self, name: bytes) -> Record | str:
        value = self._block(name)
        try:
            return value if isinstance(value, str) else _plain(value)
        except RecursionError:
            return "damaged_part"

    def _block(self, name: bytes) -> Record | str:
        """An object of the file, or the code of why there is none. Raises OSError."""
        place = self._index.get(name)
        if place is None:
            return "missing_part"
        size = place & 0xFFFF_FFFF
        if size > BLOCK_LIMIT:
            return "line_too_long"
        self._file.seek(place >> 32)
        data = self._file.read(size)
        if hashlib.sha256(data).digest() != name[len(_CID) :]:
            return "damaged_part"
        value = _decoded(data)
        return value if isinstance(value, dict) else "damaged_part"


_Entry = tuple[bytes, bytes, bytes | None]
"""A key, the name of its record, and the name of the node with the keys after it."""


def _parts(node: Record) -> tuple[bytes | None, list[_Entry], str | None]:
    """The node before the first key of this one, its keys, and, where it is not whole, the code of that:
    then what comes before the damage."""
    entries: list[_Entry] = []
    try:
        left, key = _name_or_none(node["l"]), b""
        for entry in node["e"]:
            shared = entry["p"]
            key = key[:shared] + entry["k"]
            if not 0 <= shared <= len(key) <= _KEY_LIMIT or not _is_name(entry["v"]):
                return left, entries, "damaged_part"
            entries.append((key, entry["v"], _name_or_none(entry.get("t"))))
    except (LookupError, TypeError, AttributeError, ValueError):
        return None, entries, "damaged_part"
    return left, entries, None


def _name_or_none(value: Any) -> bytes | None:
    if value is None:
        return None
    if not _is_name(value):
        raise ValueError("not the name of a block")
    return bytes(value)


def _is_name(value: Any) -> TypeGuard[bytes]:
    return isinstance(value, bytes) and len(value) == _CID_LENGTH and value.startswith(_CID)


def _is_another(data: bytes) -> bool:
    """Whether a block is a record of another kind: a like, a follow. They are most of a repository."""
    value = _decoded(data)
    return isinstance(value, dict) and "$type" in value and value["$type"] not in _KNOWN


def _decoded(data: bytes) -> Any:
    try:
        return decode_dag_cbor(data)
    except (ValueError, RecursionError):
        return None


def _plain(value: Any) -> Any:
    """A value as the network's JSON has it, with `{"$link": …}` for names. Raises RecursionError."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, bytes):
        return {"$link": encode_cid(value)} if len(value) == _CID_LENGTH and value[0] == 1 else None
    return value


def _none(why: str) -> FeedFatal:
    return FeedFatal(
        f"This file is no repository of Bluesky: {why}.",
        remedy="Choose the file that Bluesky's settings give under `Export my data`, as it is.",
    )
